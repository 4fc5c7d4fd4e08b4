"""What goes wrong between agencies, as typed at RO's station of `abroad.py`, and what each gets.

Files of FR, a stranger, and files cut or edited are made by `BAD_FILES` of test_border_mistakes.py.
"""

from tests.cli.abroad import DE, FR
from tests.cli.mistakes import Mistake, mistake
from tests.cli.station import ORIGIN

TAKE = "receive  --case  OP-17  --condition  bag intact  --seal  D-77  -o  out  --package"
ASK = f"request  send  --to  {DE}  --case  OP-17  --as  ca  -o  out"
GIVE = f"release  JM/6  --to  km@{DE}  --reason  r  --condition  c"
TOLD = "--as  ca  -o  out"

BORDER_MISTAKES: dict[str, Mistake] = {
    # whose it is
    "a stranger's bundle": mistake("import  fr.custody", 5, f"{FR} is not a partner", "custody partner add"),
    "a stranger's checkpoint": mistake("import  fr.checkpoint", 5, f"{FR} is not a partner", "custody partner add"),
    "a stranger's request": mistake(
        f"request  receive  fr-request.custody  --case  KR-9  {TOLD}", 5, f"{FR} is not a partner", "partner add"
    ),
    "our own bundle": mistake("import  own.custody", 0, ""),
    "our own bundle, to be cosigned": mistake("cosign  own.custody  -o  out", 2, "cut by this ledger itself", ""),
    "a whole ledger": mistake("import  whole.custody", 4, "a whole ledger is verified", "custody verify"),
    "a package for another agency": mistake(f"{TAKE}  for-fr.custody", 3, "refused (C04)", "custody import"),
    "a request to another agency": mistake(
        f"request  receive  to-fr.custody  --case  KR-9  {TOLD}", 3, "refused (A05)", "send it there"
    ),
    "our own package": mistake(f"{TAKE}  GR-1.custody", 2, "cut by this ledger itself", "for a partner"),
    "our own card": mistake("partner  add  ro.card  --fingerprint  RO", 2, "this ledger's own card", "give you theirs"),
    # what is not whole
    "a package cut off": mistake(f"{TAKE}  cut.custody", 4, "is cut off", ""),
    "a bundle cut off": mistake("import  cut.receipt", 4, "is cut off", "ask the partner for it again"),
    "a bundle whose end is gone": mistake("import  short.custody", 4, "its end is missing", ""),
    "a request cut off": mistake(
        f"request  receive  cut-request.custody  --case  KR-9  {TOLD}", 4, "is cut off", "ask the partner for it again"
    ),
    "a signature edited": mistake("import  edited.checkpoint", 3, "refused (L04)", "ask for it again"),
    "an empty file": mistake("import  empty", 4, "empty is not a partner's bundle", "custody bundle"),
    "a card cut off": mistake("partner  add  cut.card  --fingerprint  0000", 4, "cut.card: ", "custody card -o FILE"),
    # out of order
    "an answer to what was never seen": mistake(
        f"request  accept  DE-7  {TOLD}", 2, "there is no request DE-7", "request list"
    ),
    "a checkpoint that nothing joins": mistake(
        "import  alone.checkpoint", 5, "nothing joins the checkpoint", "custody checkpoint --since"
    ),
    "an execution before the acceptance": mistake(f"request  execute  DE-8  {TOLD}", 3, "refused (A04)", ""),
    "a request received by an officer": mistake(
        "request  receive  DE-7.custody  --case  KR-9  -o  out", 3, "refused (A05)", ""
    ),
    "a receipt of what was received": mistake(f"{TAKE}  receipt.custody", 0, ""),
    # wrong kinds of files
    "a card for a bundle": mistake("import  bka.card", 4, "is a partner's card, not", "custody partner add"),
    "a package for a bundle": mistake("import  encrypted.custody", 4, "is an encrypted file", "receive --package"),
    "a PDF for a bundle": mistake("import  warrant.pdf", 4, "is a PDF", "custody verify"),
    "a policy for a bundle": mistake("import  ro.policy", 4, "is a policy", "--policy FILE"),
    "a key for a bundle": mistake("import  people/jm", 4, "is a private key", "--key"),
    "a database for a bundle": mistake("import  agency/ledger.db", 4, "is a database", "custody audit"),
    "a profile for a bundle": mistake("import  rules.toml", 4, "rules.toml is not a partner's bundle", ""),
    "a folder for a bundle": mistake("import  agency", 2, "agency is a folder", ""),
    "no bundle": mistake("import  none", 2, "there is no file none", ""),
    "a bundle for a card": mistake("partner  add  receipt.custody  --fingerprint  00", 4, "is a bundle", "verify"),
    "a request file for a card": mistake(
        "partner  add  mla.toml  --fingerprint  00", 4, "mla.toml is not a card", "custody card"
    ),
    "a checkpoint for a package": mistake(f"{TAKE}  bka.checkpoint", 4, "is a checkpoint", ""),
    "a card for a package": mistake(f"{TAKE}  bka.card", 4, "is a partner's card, not a package", "partner add"),
    "a request for a package": mistake(f"{TAKE}  DE-7.custody", 2, "holds no item", "custody request receive"),
    "a package for a request": mistake(
        f"request  receive  DE-1.custody  --case  KR-9  {TOLD}", 4, "holds no request", "custody import"
    ),
    "a checkpoint for a request": mistake(
        f"request  receive  bka.checkpoint  --case  KR-9  {TOLD}", 4, "holds no request", "custody import"
    ),
    "a TOML file for a request received": mistake(
        f"request  receive  mla.toml  --case  KR-9  {TOLD}", 4, "is not a partner's bundle", ""
    ),
    "a bundle for a request file": mistake(f"{ASK}  DE-7.custody", 4, "it is not TOML", "request template"),
    "a card to be cosigned": mistake("cosign  bka.card  -o  out", 4, "is a partner's card", "partner add"),
    "a package to be verified": mistake("verify  encrypted.custody", 4, "is an encrypted file", "receive --package"),
    "a card to be verified": mistake("verify  bka.card", 4, "is a partner's card", "partner add"),
    # options
    "a package without its receipt": mistake(
        "receive  --package  DE-1.custody  --case  OP-17  --condition  c  --seal  D-77", 2, "-o is needed", "-o RECEIPT"
    ),
    "a package without its case": mistake("receive  --package  DE-1.custody  -o  out", 2, "--case is needed", ""),
    "a package without its condition": mistake(
        "receive  --package  DE-1.custody  --case  OP-17  --seal  D-77  -o  out", 2, "--condition is needed", ""
    ),
    "a package without its seal": mistake(
        "receive  --package  DE-1.custody  --case  OP-17  --condition  c  -o  out", 2, "none was read", "--seal S"
    ),
    "a case that is not there": mistake(
        "receive  --package  DE-1.custody  --case  OP-99  --condition  c  --seal  D-77  -o  out", 2, "no case OP-99", ""
    ),
    "an item that is not in the package": mistake(f"{TAKE}  DE-1.custody  JM/1", 2, "JM/1 is not among the items", ""),
    "a receipt abroad without a package": mistake(
        "receive  JM/2  --condition  c  -o  out", 2, "-o belongs to a package", ""
    ),
    "a release abroad without a package": mistake(f"{GIVE}  --request  DE-9", 2, "goes as a package", "-o PACKAGE"),
    "a release at home with a package": mistake(
        "release  JM/6  --to  ak  --reason  r  --condition  c  -o  out", 2, "belong to a release to another ledger", ""
    ),
    "a release to a stranger": mistake(
        f"release  JM/6  --to  km@{FR}  --reason  r  --condition  c  -o  out", 2, "is not a partner", "partner add"
    ),
    "a release to two ledgers": mistake(
        f"{GIVE}  --to  ak  -o  out", 2, "belong to several ledgers", "release to one of them"
    ),
    "two reasons": mistake(
        f"{GIVE}  --request  DE-9  --spontaneous  s  -o  out", 2, "three answers to one question", ""
    ),
    "a purpose of no request": mistake(f"{GIVE}  --purpose  trial  -o  out", 2, "--purpose is that of a request", ""),
    "a request nobody made": mistake(f"{GIVE}  --request  XX-1  -o  out", 2, "no request XX-1", "request list"),
    "no reason": mistake(f"{GIVE}  -o  out", 3, "refused (A04)", ""),
    "evidence on stdout": mistake(
        f"release  JM/4  --to  km@{DE}  --reason  r  --condition  c  --request  DE-9  --evidence  chat.json  -o  -",
        2,
        "a package with evidence is a file",
        "-o PACKAGE",
    ),
    "no output of a request": mistake(f"request  send  mla.toml  --to  {DE}  --case  OP-17  --as  ca", 2, "-o", ""),
    "no output of a cosignature": mistake("cosign  bka.checkpoint", 2, "-o", ""),
    "a request to a stranger": mistake(
        f"request  send  mla.toml  --to  {FR}  --case  OP-17  --as  ca  -o  out", 2, "is not a partner", "partner add"
    ),
    "a request to ourselves": mistake(
        f"request  send  mla.toml  --to  {ORIGIN}  --case  OP-17  --as  ca  -o  out", 2, "", ""
    ),
    "a reference that is taken": mistake(
        f"{ASK}  mla.toml  --reference  RO-7", 2, "a request RO-7 already", "--reference R"
    ),
    "a refusal without its ground": mistake(f"request  refuse  DE-8  {TOLD}", 2, "--ground", ""),
    "removing a stranger": mistake(f"partner  remove  {FR}  --reason  r", 2, "is not a partner", "partner list"),
    "a fingerprint that is none": mistake("partner  add  bka.card  --fingerprint  abcd", 3, "refused (L04)", "again"),
}
