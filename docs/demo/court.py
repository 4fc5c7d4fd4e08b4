"""Köln: from the laboratory to the court, and what the defence makes of it."""

from stage import DEMO, IASI, KOELN, answer, chapter, check, custody, tell

IMAGE = "laboratory/data/phone.img"


def examine() -> None:
    """The laboratory."""
    chapter("Köln: the laboratory opens the seal before a witness, examines, exports, seals again")
    custody(
        KOELN,
        "handover JM/1 JM/1-img --as heike --to lena --reason examination --condition 'screen cracked, bag intact' "
        f"--seal JM/1=RO-4472 --evidence {IMAGE}",
    )
    custody(KOELN, "open JM/1 --as lena --seal RO-4472 --why 'chip and SIM card are to be seen' --witness heike")
    (DEMO / "chat.txt").write_text("12 April 2026, 23:10: bring the passports\n")
    custody(
        KOELN,
        "derive JM/1-img chat.txt --as lena --label JM/1-chat --method export --tool 'Autopsy 4.21' "
        "--description 'messages of April 2026'",
    )
    custody(KOELN, "examine JM/1-img --as lena --purpose 'messages between 1 and 30 April 2026'")
    custody(KOELN, "seal JM/1 --as lena --new DE-0099 --why 'examined'")
    custody(
        KOELN,
        "handover JM/1 JM/1-img JM/1-chat --as lena --to paula --reason trial --condition 'bag intact' "
        f"--seal JM/1=DE-0099 --evidence {IMAGE} --evidence chat.txt",
    )


def present() -> None:
    """The court, for the purpose that was asked for; and the partner's word that it saw the ledger."""
    chapter("Köln: before the court, for the purpose of the request and no other")
    exhibits = "--exhibit JM/1=1 --exhibit JM/1-img=2 --exhibit JM/1-chat=3"
    line = f"present JM/1 JM/1-img JM/1-chat --as paula --court 'Landgericht Köln' --hearing 2026-12-11 {exhibits}"
    custody(KOELN, f"{line} --purpose tax", expect=3, find="A03")
    custody(KOELN, line)
    tell("Iași, which saw Köln's ledger with the receipt, sees that it was only continued, and cosigns it")
    size = answer(IASI, "partner list", "partners")[0]["seen"]  # Iași says it over the telephone
    custody(KOELN, f"checkpoint --since {size} -o post/koeln.checkpoint")
    custody(IASI, "cosign post/koeln.checkpoint -o post/koeln.cosigned")
    custody(KOELN, "import post/koeln.cosigned")
    custody(KOELN, "bundle JM/1 JM/1-img JM/1-chat --as paula --audience defence -o court.custody")


def certify() -> None:
    """What the judge reads."""
    chapter("Köln: the certificate for the judge, in German with Romanian beside it")
    custody(
        KOELN,
        "certificate JM/1 JM/1-img JM/1-chat --as paula --court 'Landgericht Köln' --lang de,ro --declaration mlat "
        "-o certificate.pdf",
        find="certificate.issued",
    )


def defend() -> None:
    """The expert, alone."""
    chapter("The defence expert checks it: no ledger, no network, and a policy from each of the two agencies")
    custody(KOELN, "policy --quorum 1 -o koeln.policy")
    custody(IASI, "policy --quorum 1 -o iasi.policy")
    check(_keys("koeln.policy") == _keys("iasi.policy"), "the two policies name the same keys")
    custody(
        "expert",
        "verify court.custody --policy koeln.policy --evidence phone.img --evidence chat.txt --to-court "
        "--report court.html",
        find="iasi.police.example/custody/witness",
        lines=28,
    )
    verdict = custody("expert", "verify court.custody --policy iasi.policy --to-court", lines=7)
    custody("expert", "verify certificate.pdf --policy koeln.policy", find="UNBROKEN", lines=14)
    check("\nUNBROKEN" in verdict, "UNBROKEN by either; the record was seen outside by the partner's witness")


def _keys(policy: str) -> list[str]:
    lines = (DEMO / policy).read_text().splitlines()
    return sorted(line for line in lines if line.startswith(("log ", "witness ")))
