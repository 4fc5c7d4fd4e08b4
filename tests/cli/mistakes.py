"""The mistakes people make, as typed at the station of `station.py`, and what each gets."""

from typing import NamedTuple

from tests.cli.station import ORIGIN


class Mistake(NamedTuple):
    """What was typed, and what it gets."""

    words: tuple[str, ...]
    code: int
    error: str
    hint: str = ""


def mistake(line: str, code: int, error: str, hint: str = "") -> Mistake:
    """Words separated by two spaces or more, so that texts can hold one."""
    return Mistake(tuple(line.split("  ")), code, error, hint)


NEW = "seize  --case  OP-17  --label  X/1  --source  car  --condition  good  --description  thing"

MISTAKES: dict[str, Mistake] = {
    # persons
    "nobody acts": mistake(f"{NEW}  --as  ", 2, "--as"),
    "an unknown person acts": mistake(f"{NEW}  --as  xy", 2, f"xy@{ORIGIN} is not enrolled", "custody person list"),
    "two persons act": mistake("--as  jm  --as  ak  items", 2, "--as is given twice"),
    "another person acts after all": mistake(
        f"--as  ak  {NEW}  --as  jm", 2, "--as is given twice, before seize and after it", "custody seize --help"
    ),
    "two folders": mistake("--home  x  items  --home  agency", 2, "--home is given twice, before items and after it"),
    "an unknown witness": mistake(f"{NEW}  --witness  xy", 2, "is not enrolled"),
    "a witness who is the actor": mistake(f"{NEW}  --witness  jm", 3, "refused (S02): X/1:", "different persons"),
    "a witness named twice": mistake(f"{NEW}  --witness  ak  --witness  ak", 3, "refused (S02)"),
    "an id that is none": mistake(f"{NEW}  --as  J.Marin!", 2, "--as: 'J.Marin!' is not an id"),
    "a role that does not allow it": mistake(f"{NEW}  --as  px", 3, "refused (A05)"),
    "enrolled with the key of another": mistake(
        "person  enrol  zz  --name  Z  --role  court  --key  zz=people/jm", 3, "refused (S02)"
    ),
    "two sources of a key": mistake(
        "person  enrol  zz  --name  Z  --role  court  --public-key  a  --request  b", 2, "give one"
    ),
    "no key for the new person": mistake(
        "person  enrol  zz  --name  Z  --role  court",
        2,
        "the private half of zz's key is not at hand",
        "--key zz=FILE",
    ),
    "an unknown role": mistake("person  enrol  zz  --name  Z  --role  boss", 2, "'boss' is not one of"),
    "revoking nobody": mistake("person  revoke  zz  --reason  r", 2, "is not enrolled"),
    # keys
    "another person's key": mistake(f"{NEW}  --key  people/ak", 3, "refused (S01): the key at people/ak (SHA256:"),
    "no key file": mistake(f"{NEW}  --key  none", 2, "there is no key at none"),
    "a public key": mistake(f"{NEW}  --key  people/jm.pub", 4, "people/jm.pub is a public key"),
    "no key at all": mistake(f"{NEW}  --key  chat.json", 4, "chat.json is not an OpenSSH private key"),
    "two keys for one": mistake(f"{NEW}  --key  people/jm  --key  jm=people/jm", 2, "--key names two keys for jm"),
    "a key made twice": mistake("key  new  jm  --no-passphrase", 2, "a key is never overwritten"),
    "a passphrase and nobody to ask": mistake("key  new  zz", 2, "needs a passphrase", "--no-passphrase"),
    # items and cases
    "an unknown item": mistake("history  JM/77", 2, "there is no item JM/77", "custody items"),
    "two files after one option": mistake(
        "handover  JM/1  chat.json  --to  ak  --reason  r  --condition  c  --evidence  chat.json",
        2,
        "chat.json is a file, and no item bears that name",
        "--evidence A --evidence B",
    ),
    "a prefix too short": mistake("show  abcdef1", 2, "abcdef1"),
    "an unknown entry": mistake("show  999", 2, "there is no entry 999"),
    "an unknown case": mistake(NEW.replace("OP-17", "OP-99"), 2, "there is no case OP-99", "custody case list"),
    "a label that is taken": mistake(NEW.replace("X/1", "JM/1"), 2, "has an item JM/1 already", "PREFIX/+"),
    "a label that is none": mistake(NEW.replace("X/1", "X 1"), 2, "--label: 'X 1' is not a label"),
    "nothing said of the item": mistake(
        "seize  --case  OP-17",
        2,
        "--label, --description, --source, --condition are",
    ),
    "a digital item without files": mistake(f"{NEW}  --digital", 2, "recorded by its files", "--physical"),
    "files of a physical item": mistake(f"{NEW}  --physical  chat.json", 2, "files are a digital item", "--document"),
    "a file that is not there": mistake(f"{NEW}  none.dd", 2, "there is no file none.dd"),
    "an acquisition without its tool": mistake(f"{NEW}  chat.json  --format  raw", 2, "begins with the tool"),
    "an amount without unit": mistake(f"{NEW}  --quantity  200", 2, "--quantity: '200' is not an amount", "EUR-50"),
    "a document without kind": mistake(
        f"{NEW}  --document  warrant.pdf", 2, "does not name a kind", "warrant=order.pdf"
    ),
    "a document that is not there": mistake(f"{NEW}  --document  warrant=none.pdf", 2, "there is no file none.pdf"),
    "an item named twice": mistake("store  JM/1  OP-17:JM/1  --facility  x", 2, "OP-17:JM/1 is named twice"),
    "neither item nor file": mistake(
        "derive  JM/4  x.dd  --label  Y/1  --method  copy", 2, "neither an item nor a file"
    ),
    "an image of nothing": mistake("derive  JM/4  --label  Y/1  --method  image", 2, "no file is named"),
    "a sealed parent": mistake(
        "derive  JM/1  image.dd  --label  Y/1  --method  image", 3, "refused (P01)", "--seal-opened"
    ),
    "examining what is sealed": mistake("examine  JM/1  --purpose  p", 3, "refused (P01)", "--seal-opened"),
    "changes without reason": mistake("examine  JM/4  --purpose  p  --changes  c", 2, "belong together"),
    "like what was derived": mistake("seize  --like  JM/99  --label  X/1", 2, "there is no item JM/99"),
    "void without witness": mistake("void  JM/6  --reason  twice", 3, "refused (S02)", "--witness"),
    "void what was released": mistake("void  JM/5  --reason  r  --witness  ak  --as  px", 3, "refused"),
    "a case opened twice": mistake("case  open  OP-17  --title  t  --offence  o  --lead  jm", 2, "is open already"),
    "nothing amended": mistake("case  amend  OP-17  --why  w", 2, "nothing is changed"),
    "correcting an addressee": mistake(
        "correct  9  --field  addressees  --value  x  --why  w", 2, "can't be corrected", "custody report"
    ),
    "correcting a member that is not there": mistake(
        "correct  7  --field  colour  --value  x  --why  w", 2, "has no colour"
    ),
    "correcting a time without offset": mistake(
        "correct  7  --field  occurred_at  --value  10:20  --why  w", 2, "can't be '10:20'"
    ),
    "a note on a person": mistake("confirm  2  --why  w", 2, "only entries about items"),
    "authority without document": mistake("authority  JM/1", 2, "the document is missing", ""),
    "authority that is a photo": mistake("authority  JM/1  --document  photo=chat.json", 2, "exactly one", "warrant"),
    "a copy of no data": mistake("copy  JM/6  --to  t  --purpose  p", 2, "has no digests of its own"),
    "present as an officer": mistake(
        "present  JM/4  --court  c  --hearing  2026-05-04  --exhibit  P-1", 3, "refused (A05)"
    ),
    "a hearing without date": mistake("present  JM/5  --court  c  --hearing  soon  --exhibit  P", 2, "is not a date"),
    "an exhibit for another item": mistake(
        "present  JM/4  JM/5  --court  c  --hearing  2026-05-04  --exhibit  JM/4=P-1  --as  px", 2, "needed for JM/5"
    ),
    # times
    "a time without offset": mistake(
        f"{NEW}  --at  10:20",
        2,
        "does not say its offset",
        "2026-05-03T10:20:00+00:00",
    ),
    "a time that is none": mistake(f"{NEW}  --at  noon", 2, "--at: 'noon' is not a time", "2026-05-03T12:"),
    "a date where a time is needed": mistake(f"{NEW}  --at  2026-05-03", 2, "is not a time"),
    "a time in the future": mistake(f"{NEW}  --at  2026-05-03T23:00Z", 3, "refused (T01)", "the computer's clock"),
    "a place without country": mistake(f"{NEW}  --country  Romania", 2, "--country: 'Romania' is not a country"),
    # profiles
    "no profile": mistake("profile  adopt  none.toml", 2, "there is no file none.toml"),
    "a folder for a profile": mistake("profile  adopt  agency", 2, "agency is a folder"),
    "a warrant for a profile": mistake("profile  adopt  warrant.pdf", 4, "warrant.pdf is a PDF, not a profile"),
    "a chat for a profile": mistake(
        "profile  adopt  chat.json", 4, "chat.json: the profile is not TOML", "docs/profiles"
    ),
    # seals
    "a seal that was not read": mistake(
        "handover  JM/1  --to  ak  --reason  r  --condition  c",
        2,
        "a seal is on record for JM/1, and none was read",
        "S:broken",
    ),
    "an empty text": mistake("store  JM/1  --facility  ", 2, "--facility: it is empty"),
    "a seal for an item not named": mistake(
        "handover  JM/1  --to  ak  --reason  r  --condition  c  --seal  JM/3=A-1003", 2, "JM/3 is not among the items"
    ),
    "one seal in two states": mistake(
        "handover  JM/1  --to  ak  --reason  r  --condition  c  --seal  A-1  --seal  A-1:broken", 2, "in two states"
    ),
    "a state that is none": mistake("inspect  JM/1  --seal  A-1001:torn", 2, "names no state of a seal", "S:broken"),
    "resealing without reading": mistake("seal  JM/1  --new  S-9  --why  w", 2, "was not read", "--old S"),
    "a seal put on twice": mistake("seal  JM/1  --new  A-1001  --why  w  --beside", 2, "is on JM/1 already"),
    "opening what is not sealed": mistake("open  JM/6  --why  w", 2, "no seal is on record for JM/6"),
    # handovers
    "a release by who does not hold it": mistake(
        "release  JM/1  --to  px  --reason  r  --condition  c  --seal  A-1001  --as  ak",
        3,
        f"refused (C03): JM/1: ak@{ORIGIN} acted on the item, for which jm@{ORIGIN} answers",
        "the person who answers for it",
    ),
    "a release of what is in transit": mistake(
        "release  JM/2  --to  px  --reason  r  --condition  c  --seal  A-1002", 3, "refused (C03): JM/2:", "withdrawn"
    ),
    "a release of what is lent": mistake(
        "release  JM/3  --to  px  --reason  r  --condition  c  --seal  A-1003", 3, "refused (C03): JM/3:", "recovered"
    ),
    "a receipt by somebody not addressed": mistake(
        "receive  JM/2  --condition  c  --seal  A-1002  --as  px", 3, "refused (C04): JM/2:", "addressed"
    ),
    "a receipt of what was not released": mistake(
        "receive  JM/6  --condition  c  --as  ak",
        3,
        "refused (C03): JM/6:",
    ),
    "a handover to oneself": mistake("handover  JM/4  --to  jm  --reason  r  --condition  c", 3, "refused (S02)"),
    "an addressee nobody knows": mistake(
        "release  JM/4  --to  xy  --reason  r  --condition  c",
        2,
        "is not enrolled",
    ),
    "four addressees": mistake(
        "release  JM/4  --to  ak  --to  px  --to  lee  --to  dr  --reason  r  --condition  c",
        2,
        "one to three persons",
    ),
    "a condition for one of two": mistake(
        "release  JM/4  JM/6  --to  ak  --reason  r  --condition  JM/4=good", 2, "--condition is needed for JM/6"
    ),
    "a condition twice": mistake(
        "release  JM/4  --to  ak  --reason  r  --condition  a  --condition  b", 2, "--condition is given twice"
    ),
    "a discrepancy of which item": mistake(
        "receive  JM/2  JM/4  --condition  c  --discrepancy  torn  --as  ak", 2, "does not say of which item"
    ),
    "refusing what was not released": mistake("refuse  JM/4  --reason  r  --as  ak", 3, "refused (C03)"),
    "withdrawing somebody else's release": mistake(
        "withdraw  JM/2  --reason  r  --condition  c  --seal  A-1002  --as  ak", 3, "refused (C03)"
    ),
    "lending without receipt": mistake(
        "lend  JM/4  --to  t  --organisation  o  --reason  r  --condition  c  --receipt  none",
        2,
        "there is no file none",
    ),
    "assuming as an officer": mistake(
        "assume  JM/6  --why  w  --authority  a  --condition  c  --witness  ak  --as  dr", 3, "refused (A05)"
    ),
    "assuming without witness": mistake(
        "assume  JM/6  --why  w  --authority  a  --condition  c  --as  ak", 3, "refused (S02)", "--witness"
    ),
    # the program
    "a command that is none": mistake("sieze", 2, "there is no command 'sieze'; did you mean seize?"),
    "an option that is none": mistake("items  --colour", 2, "--colour"),
    "no such folder": mistake("items  --home  nowhere", 2, "there is no ledger in nowhere", "custody init"),
    "a folder without a name": mistake("--home    items", 2, "--home: it is empty"),
    "a file without a name": mistake(f"{NEW}  ", 2, "files: it is empty"),
    "a source's file without a name": mistake("derive  JM/4    --label  X/1  --method  copy", 2, "neither an item nor"),
    "an item's file without a name": mistake(
        "handover  JM/4  --to  ak  --reason  r  --condition  c  --evidence  JM/4=", 2, "--evidence: it is empty"
    ),
    "a key without a name": mistake(f"{NEW}  --key  ", 2, "--key: it is empty"),
    "a folder for a key": mistake(f"{NEW}  --key  .", 1, ". can't be read"),
    "a folder for a backup": mistake("audit  --backup  .", 2, ". is a folder"),
    "a folder to be restored": mistake("restore  .  --home  new", 2, ". is a folder"),
    "a backup in place of all": mistake("backup  -o  /", 2, "/ is a folder"),
    "a file written twice": mistake("policy  -o  chat.json", 2, "chat.json exists", "--force"),
    "a folder that is not there": mistake("policy  -o  no/such.policy", 2, "there is no folder no"),
    "a second ledger in a folder": mistake(
        f"init  {ORIGIN}  --agency  A  --jurisdiction  RO", 2, "holds a ledger already"
    ),
    "an origin that is none": mistake("init  https://x  --agency  A  --jurisdiction  RO", 2, "is not an origin"),
    "a database that can't be used": mistake(
        f"init  {ORIGIN}  --home  h  --agency  A  --jurisdiction  RO  --database  oracle://x", 2, "is not a database"
    ),
    "continuing no checkpoint": mistake(
        f"init  {ORIGIN}  --home  h  --agency  A  --jurisdiction  RO  --continues  chat.json  --no-passphrase",
        4,
        "chat.json is not a signed checkpoint",
    ),
    "a request that is a key": mistake(
        "person  enrol  zz  --name  Z  --role  court  --request  people/jm.pub",
        4,
        "is a public key, not an enrolment",
    ),
    # labels
    "a sheet that is none": mistake("labels  JM/1  --sheet  a4  -o  h", 2, "there is no sheet 'a4'", "avery-l7163"),
    "labels of nothing": mistake("labels  -o  h", 2, "ITEM"),
    "labels of an unknown item": mistake("labels  JM/77  -o  h", 2, "there is no item JM/77"),
    "labels to nowhere": mistake("labels  JM/1", 2, "-o"),
    "labels over a file": mistake("labels  JM/1  -o  chat.json", 2, "chat.json exists", "--force"),
    "more labels than a sheet has skipped": mistake("labels  JM/1  --skip  14  -o  h", 2, "--skip 14: a sheet avery"),
}
