"""`custody verify` of a certificate: known by its first bytes, told as a bundle is, and what is none says why."""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from custody.certificate.reading import open_certificate
from tests.certificate.conftest import Made
from tests.certificate.issued import signed
from tests.cli.station import Done, call
from tests.cli.test_start import started
from tests.docs.test_format import table


@pytest.fixture
def verify(made: Made, tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(data: bytes, *words: str, name: str = "certificate.pdf", trusted: bool = True) -> Done:
        (tmp_path / name).write_bytes(data)
        trust = ["--trust", made.office.member.ledger.state.key or ""] if trusted else []
        return call("verify", str(tmp_path / name), *trust, *words)

    return run


def test_text_for_people(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    done = verify(signed(made.one.pdf))
    assert done.code == 0, done.err
    told = " ".join(done.out.split())
    assert "UNBROKEN as stated on " in told
    assert "issued 2026-05-03T" in told and "chief@police.ro.example/custody (Chief) for Tribunal of Iași" in told
    assert "signed by Common Name: Insp. Ștefan Țîrlea" in told
    assert "The pages were not read. Compare them with this report" in told
    assert "bundle inside, SHA-256" in told


def test_the_same_as_of_the_bundle_alone(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    bundle, _ = open_certificate(made.one.pdf)
    inside, alone = verify(made.one.pdf, "--json").json, verify(bundle, "--json", name="b.custody").json
    assert (inside["findings"], inside["ledgers"]) == (alone["findings"], alone["ledgers"])
    one, other = inside["items"][0], alone["items"][0]
    assert one == other
    assert alone["certificate"] is None


def test_json_for_programs(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    told = verify(signed(made.one.pdf), "--json").json["certificate"]
    assert {row[0] for row in table("Members of `certificate`")} == told.keys()
    assert {row[0] for row in table("Members of `signatures`")} == told["signatures"][0].keys()
    assert (len(told["id"]), told["name"], told["rendered"]) == (8, "Chief", len(made.one.first))
    draft = verify(made.one.first, "--json")
    assert (draft.code, draft.json["certificate"]["id"]) == (5, None)


def test_a_page_to_keep(verify, made: Made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "report.html"
    assert verify(signed(made.one.pdf), "--report", str(target)).code == 0
    page = target.read_text()
    assert '<a href="#certificate">The certificate</a>' in page
    assert "The pages were not read." in page and "Insp. Ștefan Țîrlea" in page
    bundle, _ = open_certificate(made.one.pdf)
    assert verify(bundle, "--report", str(target), "--force").code == 0
    assert "#certificate" not in target.read_text()


def test_options_are_those_of_a_bundle(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    assert verify(made.one.pdf, "--item", "JM/1", "--to-court").code == 5
    assert "no item called XY" in verify(made.one.pdf, "--item", "XY").err
    untrusted = verify(made.one.pdf, "--json", trusted=False)
    assert (untrusted.code, [one["code"] for one in untrusted.json["findings"]].count("L04")) == (5, 1)


def test_the_name_says_nothing(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    bundle, _ = open_certificate(made.one.pdf)
    assert verify(made.one.pdf, name="renamed.custody").code == 0
    assert verify(bundle, name="renamed.pdf").code == 0


def plain(*standards: str) -> bytes:
    """Pages, and nothing in them."""
    data: bytes = typst.compile({"main.typ": b"A scan."}, format="pdf", ignore_system_fonts=True)
    return data


def encrypted(pdf: bytes) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda pdf: plain() + b"\n", ("no certificate", "scan")),
        (plain, ("no certificate", "scan")),
        (encrypted, ("encrypted", "as it was issued")),
        (lambda pdf: pdf[:5000], ("cut off", "copied whole")),
        (lambda pdf: pdf[:-100], ("cut off", "copied whole")),
        (lambda pdf: b"%PDF- a receipt\n", ("cut off",)),
    ],
)
def test_what_is_no_certificate(verify, made: Made, make, words: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    done = verify(make(made.one.pdf), "--json")
    assert done.code == 4, done.out
    assert done.err.startswith("error: certificate.pdf can't be verified: it is")
    assert all(word in done.err for word in words), done.err
    assert "Traceback" not in done.err and done.json["error"]["exit"] == 4


def test_saved_anew_by_another_program(verify, made: Made) -> None:  # type: ignore[no-untyped-def]
    """The bundle inside is judged all the same; that these are the pages issued is not established."""
    out = io.BytesIO()
    PdfWriter(PdfReader(io.BytesIO(made.one.pdf))).write(out)
    done = verify(out.getvalue(), "--json")
    assert done.code == 5
    assert "K02" in {one["code"] for one in done.json["findings"]}


def test_a_bundle_inside_that_is_none(verify) -> None:  # type: ignore[no-untyped-def]
    from tests.certificate.issued import render

    done = verify(render(b"{}\n"))
    assert (done.code, "does not hold a sound bundle" in done.err) == (4, True)


def test_a_bundle_loads_no_reader_of_pdf(made: Made, tmp_path: Path) -> None:
    (tmp_path / "a.custody").write_bytes(open_certificate(made.one.pdf)[0])
    (tmp_path / "a.pdf").write_bytes(made.one.pdf)
    heavy = ("pypdf", "pyhanko", "custody.certificate", "typst")
    trust = ["--trust", made.office.member.ledger.state.key or ""]
    assert started(tmp_path, ["verify", "a.custody", *trust], heavy=heavy) == ([0], [])
    assert started(tmp_path, ["verify", "a.pdf", *trust], heavy=heavy) == ([0], ["pypdf", "custody.certificate"])


def test_the_experts_single_file(made: Made, tmp_path: Path) -> None:
    """It verifies certificates, and says that it can't check a signature."""
    root = Path(__file__).parents[2]
    built = tmp_path / "verify.pyz"
    subprocess.run([sys.executable, root / ".ci/verifier.py", built], check=True, capture_output=True, timeout=120)
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "certificate.pdf"
        pdf.write_bytes(signed(made.one.pdf, seen=False))
        command = [sys.executable, "-I", "-S", built, str(pdf), "--json"]
        command += ["--trust", made.office.member.ledger.state.key or ""]
        environ = {"SHIV_ROOT": folder, "HOME": folder}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"]) == (0, "UNBROKEN"), done.stderr
    assert [one["code"] for one in told["findings"] if one["code"].startswith("K")] == ["K04"]
    assert "not installed" in told["certificate"]["signatures"][0]["why"]
