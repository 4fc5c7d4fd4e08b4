"""Ways to cheat, and what catches each: with files, with the database, and with every key there is."""

import json
import shutil

from crossing import RELEASE
from stage import DEMO, IASI, KOELN, chapter, check, custody, tell
from tamper import alter_entry, alter_row, drop_event, flip_bit


def tamper() -> None:
    """Without any key."""
    chapter("Four ways to cheat without a key")
    tell("1. Somebody alters an entry in the file")
    alter_entry(DEMO / "court.custody", DEMO / "altered.custody", b"switched off", b"switched on!")
    custody("expert", "verify altered.custody --policy koeln.policy", expect=3, find="L01", lines=8)
    tell("2. Somebody leaves out the opening of the bag in Iași")
    drop_event(DEMO / "court.custody", DEMO / "shortened.custody", b'"type":"item.opened"')
    custody("expert", "verify shortened.custody --policy koeln.policy", expect=3, find="L02", lines=8)
    tell("3. Somebody changes one bit of the image")
    flip_bit(DEMO / "phone.img", DEMO / "changed" / "phone.img")
    custody(
        "expert",
        "verify court.custody --policy koeln.policy --evidence changed/phone.img",
        expect=3,
        find="H01",
        lines=8,
    )
    tell("4. Iași's database administrator edits a row")
    shutil.copytree(DEMO / IASI, DEMO / "edited")
    alter_row(DEMO / "edited" / "ledger.db", 5)
    custody("edited", "audit", expect=3, find="#5")


def rewrite() -> None:
    """With every key of the agency."""
    chapter("The sender rewrites its history, with its own ledger key, and its partner notices")
    tell("Somebody in Iași puts back a copy of the folder from before the release, and the same day is signed again,")
    print("# with Joana's key and the ledger's: the screen is to have been whole when the phone left")
    (DEMO / IASI).rename(DEMO / "iasi-true")
    (DEMO / "iasi-copy").rename(DEMO / IASI)
    custody(IASI, RELEASE.format(condition="screen whole") + " -o post/again.custody")
    tell("Alone, that past looks sound: every signature is good, the ledger agrees with itself")
    custody(IASI, "audit", find="nothing is wrong")
    tell("A policy that asks for a partner's cosignature does not take it: nobody outside has seen it")
    custody("expert", "verify post/again.custody --policy iasi.policy", expect=5, find="L05", lines=7)
    tell("And Köln kept what it was shown. It refuses, and has both statements, each with Iași's signature")
    custody(KOELN, "import post/again.custody", expect=3, find="L03")
    custody(KOELN, "partner disputes -o dispute.jsonl", find="L03")
    proof = json.loads((DEMO / "dispute.jsonl").read_text())
    signed = [one["checkpoint"] for one in proof["statements"]]
    print("\n".join(signed).rstrip())
    sizes, roots = ({one.split("\n")[line] for one in signed} for line in (1, 2))
    check(len(signed) == len(roots) == 2 and len(sizes) == 1, "one size, two roots, both signed: anybody can check it")
    tell("And whoever restored the copy in good faith is told by the first receipt that comes in")
    custody(IASI, "import post/receipt.custody", expect=3, find="L03")
