"""Certificates before other people's judges: veraPDF on PDF/A-3 and PDF/UA-1, qpdf and poppler on the file itself."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from custody.certificate.signing import Block, sign
from custody.certificate.typeset import typeset
from tests.certificate.issued import PASSPHRASE, p12
from tests.certificate.journeys import journey, pages_of

JARS = Path(sys.prefix) / "java"
STANDARDS = ("3a", "ua1")
_SUSPECTS = "Syntax Error: Suspects object is wrong type (boolean)\n"
"""Said by poppler of every `/Suspects false`, which ISO 32000-1, table 321, says is a boolean."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every sort of certificate, of a way through three States."""
    folder = tmp_path_factory.mktemp("pdf")
    bundle, policy = journey(folder, 30, "RO", "DE", "FR")

    def set_(*languages: str, **changed: object) -> bytes:
        pages = pages_of(bundle, policy, *languages, **changed)
        return typeset(pages, {"bundle.custody": bundle, "report.json": b"{}\n"}, moment=1_777_900_000)

    block = Block(("Ștefan Țîrlea", "2026-05-03"), lang="ro")
    made = {
        "plain": set_("en"),
        "draft": set_("de", draft=True),
        "letter": set_("es", paper="letter", declaration="us"),
        "two": set_("fr", "ru", declaration="in"),
        "signed": sign(set_("ro", signed=True), p12(), PASSPHRASE, block=block, reason="certificate"),
    }
    for name, data in made.items():
        (folder / f"{name}.pdf").write_bytes(data)
    return {name: folder / f"{name}.pdf" for name in made}


@pytest.mark.parametrize("standard", STANDARDS)
def test_verapdf_accepts_what_they_claim(files: dict[str, Path], standard: str) -> None:
    java = shutil.which("java")
    if java is None or not JARS.with_name(".java").exists():
        pytest.skip("not judged by veraPDF: Java, or what `make test` fetches by Maven, is not on this machine")
    words = [java, "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", "-cp", f"{JARS}{os.sep}*"]
    words += ["org.verapdf.apps.GreenfieldCliWrapper", "-f", standard, "--format", "text"]
    done = subprocess.run([*words, *map(str, files.values())], capture_output=True, text=True, timeout=300)
    judged = dict(reversed(line.split()[:2]) for line in done.stdout.splitlines() if line.startswith(("PASS", "FAIL")))
    assert judged == {str(one): "PASS" for one in files.values()}, done.stdout + done.stderr[-2000:]


def test_qpdf_finds_nothing_wrong(files: dict[str, Path]) -> None:
    if shutil.which("qpdf") is None:
        pytest.skip("not judged by qpdf: it is not installed")
    for one in files.values():
        done = subprocess.run(["qpdf", "--check", str(one)], capture_output=True, text=True, timeout=60)
        assert (done.returncode, "No syntax or stream encoding errors" in done.stdout) == (0, True), done


def test_poppler_reads_pages_tags_and_language(files: dict[str, Path]) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("not read by poppler: `pdfinfo` is not installed")
    for name, one in files.items():
        done = subprocess.run(["pdfinfo", str(one)], capture_output=True, text=True, timeout=60)
        told = dict(re.findall(r"(?m)^([\w ]+): +(.*)$", done.stdout))
        said = done.stderr.replace(_SUSPECTS, "")
        assert (said, told["Tagged"], told["Encrypted"]) == ("", "yes", "no")
        assert told["Page size"].endswith("(letter)" if name == "letter" else "(A4)")
        assert int(told["Pages"]) > 3


def test_the_text_follows_the_page(files: dict[str, Path]) -> None:
    """Reading order, as a screen reader or a clerk who copies it gets it."""
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(files["plain"]).pages).split())
    order = [
        "Certificate of custody",
        "What is certified",
        "Unbroken: nothing in this record",
        "For the court Tribunalul Iași",
        "What the record rests on",
        "Exhibit JM/1",
        "Custody in time",
        "Custody, event by event",
        "stated by: Officer",
        "Discrepancies, corrections and remarks",
        "Legal authority and conditions of use",
        "Method",
        "What this does not prove",
        "How to verify this document",
        "Proposed wording: a lawyer is to confirm",
        "Glossary",
    ]
    places = [text.find(one) for one in order]
    assert -1 not in places, [one for one, place in zip(order, places, strict=True) if place < 0]
    assert places == sorted(places)
