"""The demo: an item's way from seizure to court on a real disk image, then five tamperings and what catches them.

Every command is printed as a user would type it, and run. Each step states the exit code it expects, so that a demo
that ends well is a test that passed. What it leaves to look at is in demo/.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from image import make_image
from tamper import alter_entry, alter_row, drop_event, flip_bit

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")


def say(text: str) -> None:
    """A headline."""
    print(f"\n{BOLD}# {text}{PLAIN}", flush=True)


def custody(line: str, *, expect: int = 0, find: str = "", home: str = "agency") -> str:
    """Prints and runs one `custody` command in demo/; it must exit with `expect` and print `find`."""
    prefix = "" if home == "agency" else f"CUSTODY_HOME={home} "
    print(f"{prefix}$ custody {line}", flush=True)
    environ = os.environ | {"CUSTODY_HOME": home, "CUSTODY_KEYS": "keys"}
    words = [shutil.which("custody") or "custody", *shlex.split(line)]
    done = subprocess.run(words, cwd=DEMO, env=environ, text=True, capture_output=True, stdin=subprocess.DEVNULL)
    print((done.stdout + done.stderr).rstrip(), flush=True)
    if done.returncode != expect or find not in done.stdout + done.stderr:
        sys.exit(f"the demo failed: exit code {done.returncode}, expected {expect} and {find!r}")
    return done.stdout


def set_up() -> None:
    """An agency, its people, a case."""
    say("An agency begins its ledger; each person has a key of their own")
    custody("init ocrteh.police.example/custody --agency 'Organised Crime Unit' --jurisdiction RO --no-passphrase -y")
    for person, name, role in (
        ("jm", "Joana Marin", "investigator"),
        ("lab", "Liviu Albu", "examiner"),
        ("sv", "Sanda Vasile", "supervisor"),
        ("px", "Petru Xenopol", "prosecutor"),
    ):
        custody(f"key new {person} --no-passphrase")
        custody(f"person enrol {person} --name '{name}' --role {role} -y")
    custody("case open OP-17 --title 'Operation Lantern' --offence 'trafficking in persons' --lead jm --as jm -y")


def seize_and_image() -> None:
    """From the scene to the laboratory."""
    say("A phone is seized, sealed, and handed to the laboratory")
    custody(
        "seize --as jm --case OP-17 --label JM/1 --physical --category phone --description 'black smartphone, cracked' "
        "--source 'Strada Lunga 4, kitchen table' --condition 'screen cracked, switched off' "
        "--authority 'search warrant 112/2026' --serial 356938035643890 --place 'Strada Lunga 4, Iași' --witness sv -y"
    )
    custody("seal JM/1 --as jm --new RO-4471 --why 'bagged at the scene' -y")
    custody(
        "handover JM/1 --as jm --to lab --reason 'imaging' --condition 'screen cracked, switched off' --seal RO-4471 -y"
    )
    say("The examiner opens it before a witness and images it; the image is an item of its own, with its digests")
    custody("open JM/1 --as lab --witness sv --seal RO-4471 --why 'to image it' -y")
    custody(
        "derive JM/1 phone.img --as lab --label JM/1-img --method image --tool 'dc3dd 7.3.1' "
        "--description 'image of the flash memory' -y"
    )
    custody("examine JM/1-img --as lab --purpose 'messages between 1 and 30 April 2026' -y")
    custody("seal JM/1 --as lab --new RO-4472 --why 'imaging done' -y")


def correct_and_lend() -> None:
    """Mistakes and paper, as they happen."""
    say("A clerical error is corrected, before a witness; the original stays readable")
    custody("log -n 30")
    custody(
        "correct 6 --as jm --witness sv --field /details/serial --value 356938035643809 "
        "--why 'last two digits transposed' -y"
    )
    shutil.copytree(DEMO / "agency", DEMO / "backup")  # for the insider, at the end
    say("A hospital laboratory without keys borrows it on a paper receipt, and gives it back")
    (DEMO / "receipt.txt").write_text("Received on loan: one phone, seal RO-4472 intact. County Hospital Laboratory\n")
    custody(
        "lend JM/1 --as lab --to 'Dr E. Ionescu' --organisation 'County Hospital Laboratory' --reason 'DNA swabs' "
        "--condition 'sealed' --receipt receipt.txt --seal RO-4472 --may-open -y"
    )
    custody("recover JM/1 --as lab --condition 'sealed anew' --removed RO-4472 --put-on HL-0031 --seal HL-0031 -y")


def keep_secret() -> None:
    """A victim's name, and who may read it."""
    say("A victim gives a notebook: her name is sealed, and stands nowhere in clear")
    custody(
        "seize --as jm --case OP-17 --label JM/2 --category document --description 'notebook' --condition 'worn' "
        "--authority 'consent, document 3' --source-person 'Ioana P., born 4 May 2008' "
        "--sealed place='shelter, Strada Ascunsa 7' --sealed-for court -y"
    )
    custody("report JM/2 --as jm --sealed text='she names the driver: Mihai T.' --sealed-for court,defence -y")
    for audience in ("court", "defence"):
        say(f"What the {audience} will see, and what it is given")
        custody(f"bundle JM/2 --as px --audience {audience} -n", find=f"{audience} will not see")
        custody(f"bundle JM/2 --as px --audience {audience} -o JM-2-{audience}.custody -y")
    say("Both verify; the defence's says how much it was not shown")
    custody("verify JM-2-court.custody --policy agency.policy --report JM-2-court.html", find="UNBROKEN")
    custody("verify JM-2-defence.custody --policy agency.policy --report JM-2-defence.html", find="X01")
    for name, hers in (("JM-2-court.html", True), ("JM-2-defence.html", False), ("agency/ledger.db", False)):
        if (b"Ioana P." in (DEMO / name).read_bytes()) != hers:
            sys.exit(f"the demo failed: the victim's name in {name}")
    print("(her name stands in the court's report; not in the defence's, nor anywhere in the agency's folder)")


def to_court() -> None:
    """The prosecutor presents it and cuts the bundle; the expert verifies."""
    say("A head is handed to the defence early: nobody can rewrite what stands under it unseen")
    custody("checkpoint -o seen-by-defence.checkpoint")
    say("Phone and image go to the prosecutor, and to court")
    custody(
        "handover JM/1 JM/1-img --as lab --to px --reason 'trial' --condition 'sealed' --seal JM/1=HL-0031 "
        "--evidence phone.img -y"
    )
    custody(
        "present JM/1 JM/1-img --as px --court 'Tribunalul Iași' --hearing 2026-12-01 "
        "--exhibit JM/1=P-7 --exhibit JM/1-img=P-8 -y"
    )
    custody("history JM/1")
    custody("bundle JM/1 JM/1-img --as px -o JM-1.custody -y")
    custody("policy -o agency.policy")
    say("The defence expert checks it alone: no ledger, no network, only the file, the policy and the image")
    custody(
        "verify JM-1.custody --policy agency.policy --evidence phone.img --seen seen-by-defence.checkpoint "
        "--to-court --report JM-1.html",
        find="UNBROKEN",
    )


def tamper() -> None:
    """Five ways to cheat."""
    say("1. Somebody alters an entry in the file")
    alter_entry(DEMO / "JM-1.custody", DEMO / "altered.custody", b"switched off", b"switched on!")
    custody("verify altered.custody --policy agency.policy", expect=3, find="L01")
    say("2. Somebody leaves out the opening of the bag")
    drop_event(DEMO / "JM-1.custody", DEMO / "shortened.custody", b'"type":"item.opened"')
    custody("verify shortened.custody --policy agency.policy", expect=3, find="L02")
    say("3. Somebody changes one bit of the image")
    flip_bit(DEMO / "phone.img", DEMO / "changed" / "phone.img")
    custody("verify JM-1.custody --policy agency.policy --evidence changed/phone.img", expect=3, find="H01")
    say("4. A database administrator edits a row, without any key")
    shutil.copytree(DEMO / "agency", DEMO / "edited")
    alter_row(DEMO / "edited" / "ledger.db", 6)
    custody("audit", expect=3, find="#6", home="edited")
    say("5. An insider with the ledger key goes back to a backup, where the loan never happened, and signs that past")
    custody(
        "handover JM/1 JM/1-img --as lab --to px --reason 'trial' --condition 'sealed' --seal JM/1=RO-4472 "
        "--evidence phone.img -y",
        home="backup",
    )
    size = (DEMO / "seen-by-defence.checkpoint").read_text().split("\n")[1]
    custody(f"bundle JM/1 --as px --since {size} -o rewritten.custody -y", home="backup")
    custody("verify rewritten.custody --policy agency.policy", find="UNBROKEN")
    print("(alone, it looks sound; beside the head that the defence kept, it does not)")
    custody("verify rewritten.custody --policy agency.policy --seen seen-by-defence.checkpoint", expect=3, find="L03")


def main() -> None:
    """The story."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    print("working in demo/ with CUSTODY_HOME=agency CUSTODY_KEYS=keys")
    make_image(DEMO / "phone.img", ROOT / "fixtures" / "disk" / "phone.img.gz")
    set_up()
    seize_and_image()
    correct_and_lend()
    to_court()
    keep_secret()
    tamper()
    say("Done. Look at demo/JM-1.html in a browser; demo/JM-1.custody is the bundle; JM-2-*.html: one with a name")


if __name__ == "__main__":
    main()
