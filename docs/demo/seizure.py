"""Two agencies, and what one of them seizes."""

from stage import DEMO, IASI, KOELN, chapter, custody, tell

STAFF = {
    IASI: (
        ("joana", "Joana Marin", "investigator"),
        ("sanda", "Sanda Vasile", "supervisor"),
        ("carmen", "Carmen Albu", "central-authority"),
    ),
    KOELN: (
        ("heike", "Heike Kurz", "investigator"),
        ("dieter", "Dieter Claus", "central-authority"),
        ("lena", "Lena Brandt", "examiner"),
        ("paula", "Paula Xanten", "prosecutor"),
    ),
}


def set_up() -> None:
    """Agencies, people, cases."""
    chapter("Two agencies, two ledgers, no server between them")
    print("iasi$ means CUSTODY_HOME=iasi, koeln$ CUSTODY_HOME=koeln; persons' keys are in CUSTODY_KEYS=keys.")
    print(
        "All is in demo/. What goes from one to the other is a file in demo/post/, as mail or a stick would carry it."
    )
    custody(IASI, "init iasi.police.example/custody --agency 'Poliția Iași' --jurisdiction RO --no-passphrase", lines=2)
    custody(KOELN, "init koeln.police.example/custody --agency 'Kripo Köln' --jurisdiction DE --no-passphrase", lines=2)
    for home, staff in STAFF.items():
        for person, name, role in staff:
            custody(home, f"key new {person} --no-passphrase", lines=0)
            custody(home, f"person enrol {person} --name '{name}' --role {role}", lines=0)
    lead = "--offence 'trafficking in persons' --lead"
    custody(IASI, f"case open OP-17 --title 'Operation Lantern' {lead} joana --as joana")
    custody(KOELN, f"case open 44-Js-117 --title 'Verfahren Laterne' {lead} heike --as heike")


def seize() -> None:
    """A phone and its image; a notebook whose giver has a name that must not travel."""
    chapter("Iași: a phone is seized, sealed, imaged before a witness, and sealed again")
    custody(
        IASI,
        "seize --as joana --case OP-17 --label JM/1 --physical --category phone --description 'black smartphone' "
        "--source 'Strada Lunga 4, kitchen table' --condition 'screen cracked, switched off' "
        "--authority 'search warrant 112/2026' --place 'Strada Lunga 4, Iași' --seal RO-4471 --witness sanda",
    )
    custody(IASI, "open JM/1 --as joana --seal RO-4471 --why 'to image it' --witness sanda")
    custody(
        IASI,
        "derive JM/1 phone.img --as joana --label JM/1-img --category image --method image --tool 'dc3dd 7.3.1' "
        "--description 'image of the flash memory'",
    )
    custody(IASI, "seal JM/1 --as joana --new RO-4472 --why 'imaging done'")
    tell("A victim gives a notebook. Who she is and where she lives is sealed: it stands nowhere in clear")
    custody(
        IASI,
        "seize --as joana --case OP-17 --label JM/2 --physical --category document --description notebook "
        "--source-person 'Ioana P., born 4 May 2008' --sealed place='shelter, Strada Ascunsa 7' --condition worn "
        "--authority 'consent, document 3' --seal RO-4473",
    )
    (DEMO / "post").mkdir()
