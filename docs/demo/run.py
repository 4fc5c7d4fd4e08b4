"""The demo: a phone's way from a kitchen in Iași to a court in Köln, then five ways to cheat, and what catches them.

Every command is printed as a user would type it, and run. Each step states the exit code it expects, so that a demo
that ends well is a test that passed. What it leaves to look at is in demo/.
"""

import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import cheating
import court
import crossing
import seizure
from image import make_image
from stage import DEMO, ROOT, chapter


def main() -> None:
    """The story."""
    start = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    make_image(DEMO / "phone.img", ROOT / "fixtures" / "disk" / "phone.img.gz")
    seizure.set_up()
    seizure.seize()
    crossing.become_partners()
    crossing.ask()
    crossing.cross()
    court.examine()
    court.present()
    court.certify()
    court.defend()
    cheating.tamper()
    cheating.rewrite()
    chapter(f"Done in {time.monotonic() - start:.0f} seconds")
    print(
        "demo/certificate.pdf is for the judge, demo/court.html the expert's report, demo/court.custody the bundle, "
        "demo/dispute.jsonl the proof."
    )


if __name__ == "__main__":
    main()
