"""Across the border: partners, a request, a handover by courier, a receipt that comes home."""

import shutil

from stage import DEMO, IASI, KOELN, answer, chapter, check, custody, tell
from tamper import readable

RELEASE = (
    "release JM/1 JM/1-img JM/2 --as joana --to heike@koeln.police.example/custody --request DE-2026-044 "
    "--reason 'examination and trial' --condition JM/1='{condition}' --condition JM/1-img=unchanged "
    "--condition JM/2=worn --seal JM/1=RO-4472 "
    "--seal JM/2=RO-4473 --courier 'liaison officer M. Dinu' --waybill RO-771"
)


def become_partners() -> None:
    """Cards by mail, fingerprints by telephone."""
    chapter("Iași and Köln become partners: cards by mail, fingerprints by telephone")
    custody(IASI, "card -o post/iasi.card")
    custody(KOELN, "card -o post/koeln.card")
    tell("A card that somebody changed on the way has another fingerprint than the one read out")
    wrong = "0000-1111-2222-3333-4444-5555-6666-7777"
    custody(IASI, f"partner add post/koeln.card --fingerprint {wrong}", expect=3, find="L04")
    for home, other in ((IASI, KOELN), (KOELN, IASI)):
        custody(home, f"partner add post/{other}.card --fingerprint {answer(other, 'card', 'fingerprint')}")


def ask() -> None:
    """The request, and what may not happen before it is granted."""
    chapter("Köln requests mutual legal assistance; Iași grants it, on a condition")
    custody(KOELN, "request template -o request.toml")
    print("(request.toml holds what UNTOC article 18(15) asks for, with comments; here it is sent as it stands)")
    custody(
        KOELN,
        "request send request.toml --as dieter --to iasi.police.example/custody --case 44-Js-117 "
        "-o post/DE-2026-044.custody",
    )
    custody(IASI, "request receive post/DE-2026-044.custody --case OP-17 --as carmen")
    tell("Nothing leaves before it is granted: the ledger refuses, and writes nothing")
    custody(IASI, RELEASE.format(condition="screen cracked") + " -o post/RO-771.custody", expect=3, find="A04")
    custody(
        IASI,
        "request accept DE-2026-044 --as carmen --condition 'to be returned after the trial' -o post/accepted.custody",
    )
    custody(KOELN, "import post/accepted.custody")


def cross() -> None:
    """Three things are announced, two arrive."""
    chapter("The courier takes phone and notebook; the image travels as a file, encrypted to Köln alone")
    shutil.copytree(DEMO / IASI, DEMO / "iasi-copy")  # for the insider, at the end
    custody(IASI, RELEASE.format(condition="screen cracked") + " --evidence phone.img -o post/RO-771.custody")
    sent = (DEMO / "post/RO-771.custody").read_bytes()
    check(sent.startswith(b"age-encryption.org/"), "the package is an age file; Köln's key opens it, and no other")
    chapter("Köln: the seal is read from the bag; the notebook is not there")
    custody(
        KOELN,
        "receive --package post/RO-771.custody --as heike --case 44-Js-117 --condition JM/1='screen cracked' "
        "--condition JM/1-img=unchanged --seal JM/1=RO-4472 --missing JM/2 --into laboratory -o post/receipt.custody",
    )
    told = readable(DEMO / "laboratory/bundle.custody")
    check(b"kitchen table" in told and b"Ioana P." not in told, "Köln was given no name of the victim")
    tell("The same package once more changes nothing")
    custody(KOELN, "receive --package post/RO-771.custody --as heike --case 44-Js-117 -o post/r2.custody")
    tell("At home the receipt says who answers for what now; the notebook is with nobody but its sender")
    custody(IASI, "import post/receipt.custody", find="C11")
    tell("It lay in the courier's depot. Joana takes it back")
    custody(IASI, "withdraw JM/2 --as joana --reason 'left behind in the depot' --condition worn --seal RO-4473")
    custody(IASI, "items")
