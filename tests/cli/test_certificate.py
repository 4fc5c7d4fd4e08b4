"""`custody certificate`: what is recorded, what the document carries, and when there is none."""

import hashlib
import json
import stat
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from custody.certificate.attachments import take_out
from custody.certificate.layout import read_revisions
from custody.certificate.reading import open_certificate
from custody.protocol.entry import parse_entry
from custody.protocol.events.codec import parse_event
from custody.protocol.events.disclosures import CertificateIssued
from custody.protocol.vkey import COSIGNATURE_V1, format_vkey, make_vkey
from tests.certificate.issued import PASSPHRASE, p12
from tests.cli.openssl import OpensslAuthority, openssl_authority
from tests.cli.station import SEIZE, Done, Station
from tests.ledger.agency import key_of

__all__ = ["openssl_authority"]

pytest.importorskip("typst")

COURT = "Tribunalul Iași"


def certify(station: Station, *words: str) -> Done:
    """px certifies to the court in Iași, unless the words say otherwise."""
    usual = {"--court": COURT, "--as": "px", "-o": "out.pdf"}
    more = [word for name, value in usual.items() if name not in words for word in (name, value)]
    return station("certificate", *words, *more)


def policy_of(station: Station) -> str:
    station.must("policy", "-o", "policy", "--force")
    return "policy"


def test_it_carries_its_proof(station: Station) -> None:
    done = certify(station, "JM/1", "--json")
    assert done.code == 0, done
    told, data = done.json, Path("out.pdf").read_bytes()
    assert (told["sha256"], told["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
    entry = station.must("show", str(told["entries"][-1]["index"]), "--json").data.rstrip(b"\n")
    event = parse_event(parse_entry(entry).envelope.payload)
    assert isinstance(event, CertificateIssued)
    details = event.details
    assert (event.subject, details.court) == (f"disclosure:{told['id']}", COURT)
    assert hashlib.sha256(data[: details.size]).hexdigest() == details.document
    bundle, document = open_certificate(data)
    assert hashlib.sha256(bundle).hexdigest() == details.bundle
    assert document.issue
    assert stat.S_IMODE(Path("out.pdf").stat().st_mode) == 0o644


def test_stdout_gets_the_certificate_and_nothing_else(station: Station) -> None:
    done = certify(station, "JM/1", "-o", "-")
    assert (done.code, "what was recorded stands: " in done.err) == (0, True), done.err
    Path("piped.pdf").write_bytes(done.data)
    assert station("verify", "piped.pdf", "--policy", policy_of(station)).code == 0


def test_anyone_can_verify_it(station: Station) -> None:
    certify(station, "JM/1")
    done = station("verify", "out.pdf", "--policy", policy_of(station), "--json")
    assert (done.code, done.json["verdict"]) == (0, "UNBROKEN")
    assert station.must("audit").code == 0


def test_pages_set_before_the_second_they_are_recorded_in(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The date attached is the entry's: with that of the pages, a certificate that took a second was BROKEN (K03)."""
    earlier = SimpleNamespace(time=lambda: time.time() - 90)
    monkeypatch.setattr("custody_cli.proving.certifying.time", earlier)
    assert certify(station, "JM/1").code == 0
    assert station("verify", "out.pdf", "--policy", policy_of(station)).code == 0


def test_several_items_and_two_languages(station: Station) -> None:
    done = certify(station, "JM/1", "JM/5", "--lang", "fr,ro", "--paper", "letter", "--declaration", "mlat")
    assert done.code == 0, done
    assert station("verify", "out.pdf", "--policy", policy_of(station)).code == 0


def test_a_bundle_cut_before(station: Station) -> None:
    station.must("bundle", "JM/1", "--as", "px", "-o", "cut.custody")
    done = certify(station, "cut.custody", "--json")
    assert done.code == 0, done
    assert open_certificate(Path("out.pdf").read_bytes())[0] == Path("cut.custody").read_bytes()
    assert station("verify", "out.pdf", "--policy", policy_of(station)).code == 0


def test_by_somebody_whom_the_bundle_does_not_show(station: Station) -> None:
    station.must("bundle", "JM/1", "--as", "px", "-o", "cut.custody")
    assert certify(station, "cut.custody", "--as", "ak").code == 0
    assert station("verify", "out.pdf", "--policy", policy_of(station)).code == 0


def test_signed_electronically(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """PAdES, with a block that can be seen; what the ledger recorded is the document below it."""
    pytest.importorskip("pyhanko")
    Path("px.p12").write_bytes(p12())
    Path("word").write_text(PASSPHRASE)
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", "word")
    done = certify(station, "JM/1", "--lang", "fr", "--sign-with", "px.p12")
    assert done.code == 0, done
    verified = station("verify", "out.pdf", "--policy", policy_of(station), "--json")
    assert (verified.code, verified.json["verdict"]) == (0, "UNBROKEN")
    (told,) = verified.json["certificate"]["signatures"]
    assert (told["state"], "Țîrlea" in told["signer"]) == ("sound", True)


def test_a_signature_that_can_not_be_made_records_nothing(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyhanko")
    Path("px.p12").write_bytes(p12())
    Path("none.p12").write_bytes(b"no key")
    Path("word").write_text("wrong")
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", "word")
    before = station.size()
    for name in ("px.p12", "none.p12", "absent.p12"):
        done = certify(station, "JM/1", "--sign-with", name)
        assert (done.code, name in done.err) == (2, True), done
    assert certify(station, "JM/1", "--draft", "--sign-with", "px.p12").code == 2
    assert (station.size(), Path("out.pdf").exists()) == (before, False)


def test_a_draft_records_and_discloses_nothing(station: Station) -> None:
    before = station.size()
    done = certify(station, "JM/1", "--draft")
    assert done.code == 0, done
    assert "watermarked" in done.err
    assert station.size() == before
    verified = station("verify", "out.pdf", "--policy", policy_of(station), "--json")
    assert verified.code == 5
    assert {"K02", "L06"} <= {one["code"] for one in verified.json["findings"]}


def test_a_draft_shows_nothing_that_is_sealed(station: Station) -> None:
    words = ("--case", "OP-17", "--condition", "good", "--authority", "warrant 12/2026", "--category", "phone")
    station.must("seize", *words, "--label", "V/1", "--description", "phone", "--source-person", "Ana Popescu")
    assert certify(station, "V/1", "--draft").code == 0
    assert b'{"disclosure"' not in open_certificate(Path("out.pdf").read_bytes())[0]
    assert certify(station, "V/1", "--force").code == 0
    assert b'{"disclosure"' in open_certificate(Path("out.pdf").read_bytes())[0]


def test_a_dry_run_writes_nothing(station: Station) -> None:
    before = station.size()
    done = certify(station, "JM/1", "-n")
    assert done.code == 0, done
    assert station.size() == before
    assert not Path("out.pdf").exists()


def test_of_a_broken_chain_there_is_none(station: Station) -> None:
    station.must("inspect", "JM/1", "--condition", "bag torn", "--seal", "A-1001:broken")
    before = station.size()
    done = certify(station, "JM/1")
    assert done.code == 3
    assert "P02" in done.out
    assert "no certificate is issued: the chain is BROKEN; nothing was recorded" in done.err
    assert station.size() == before
    assert not Path("out.pdf").exists()
    assert certify(station, "JM/1", "--draft").code == 0


def test_of_what_is_not_established_there_is_none(station: Station) -> None:
    words = ("--case", "OP-17", "--condition", "good", "--source", "a room", "--category", "phone")
    station.must("seize", *words, "--label", "N/1", "--description", "phone")
    done = certify(station, "N/1", "--json")
    assert done.code == 5
    assert "A01" in {one["code"] for one in done.json["findings"]}
    assert not Path("out.pdf").exists()


def quorum(station: Station) -> None:
    """A policy that asks for the cosignature of a witness who never saw this ledger."""
    text = Path(policy_of(station)).read_text()
    witness = format_vkey(make_vkey("abroad.example/witness", COSIGNATURE_V1, key_of("abroad").public_key))
    kept = [line for line in text.splitlines() if not line.startswith(("quorum", "witness"))]
    Path("strict").write_text("\n".join([*kept, f"witness abroad {witness}", "quorum abroad", ""]))


def test_if_only_a_cosignature_is_missing_page_1_says_so(station: Station) -> None:
    quorum(station)
    done = certify(station, "JM/1", "--policy", "strict")
    assert done.code == 0, done
    verified = station("verify", "out.pdf", "--policy", "strict", "--json")
    assert (verified.code, verified.json["verdict"]) == (5, "NOT ESTABLISHED")


MISTAKES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no such language": (("JM/1", "--lang", "xx"), 2, "no catalogue for the language xx"),
    "three languages": (("JM/1", "--lang", "en,fr,de"), 2, "one language, or two"),
    "one language twice": (("JM/1", "--lang", "fr,fr"), 2, "one language, or two"),
    "no such item": (("QQ/9",), 2, "QQ/9"),
    "an investigator": (("JM/1", "--as", "jm"), 3, "A05"),
    "a bundle for the defence": (("defence.custody",), 2, "was cut for defence"),
    "a file that is no bundle": (("chat.json",), 2, "chat.json"),
    "no court": (("JM/1", "--court", ""), 2, "--court"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_record_nothing(station: Station, name: str) -> None:
    station.must("bundle", "JM/1", "--audience", "defence", "--as", "px", "-o", "defence.custody")
    words, code, error = MISTAKES[name]
    before = station.size()
    done = certify(station, *words)
    assert (done.code, error in done.err) == (code, True), done
    assert station.size() == before
    assert not Path("out.pdf").exists()


def test_a_file_is_not_overwritten_unasked(station: Station) -> None:
    Path("out.pdf").write_bytes(b"kept")
    before = station.size()
    assert certify(station, "JM/1").code == 2
    assert (Path("out.pdf").read_bytes(), station.size()) == (b"kept", before)
    assert certify(station, "JM/1", "--force").code == 0
    assert Path("out.pdf").read_bytes().startswith(b"%PDF-")


def test_without_the_typesetter_nothing_is_recorded(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    before = station.size()
    done = certify(station, "JM/1")
    assert done.code == 1
    assert "pip install 'custody[certificate]'" in done.err
    assert station.size() == before


def test_a_script_without_letters_is_missed_before_anything_is_recorded(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custody.certificate.fonts._candidates", lambda *_: iter(()))
    station.must("seize", *SEIZE, "--label", "T/1", "--category", "phone", "--description", "โทรศัพท์")
    before = station.size()
    done = certify(station, "T/1")
    assert done.code == 1
    assert "THAI" in done.err.upper()
    assert station.size() == before


def test_markup_and_every_script_are_text(station: Station) -> None:
    nasty = "#strong[x] $x$ <script>alert(1)</script> *b* _i_ @ref \\u{41} `raw` // no \U0001f600 Đặng Ωμέγα Иван ț"
    station.must("seize", *SEIZE, "--label", "X/1", "--category", "phone", "--description", nasty * 20)
    done = certify(station, "X/1")
    assert done.code == 0, done


def test_the_report_inside_is_that_on_the_bundle_inside(station: Station) -> None:
    certify(station, "JM/1")
    data = Path("out.pdf").read_bytes()
    inside = take_out(data, read_revisions(data)[0][0])
    Path("inside.custody").write_bytes(inside["bundle.custody"])
    told = station("verify", "inside.custody", "--policy", policy_of(station), "--json").json
    stated = json.loads(inside["report.json"])
    assert told["items"] == stated["items"]
    assert told["verdict"] == stated["verdict"] == "UNBROKEN"


def stamp(station: Station, authority: OpensslAuthority) -> int:
    """A time-stamp over the ledger as it is; its size."""
    station.must("timestamp", "query", "-o", "now.tsq")
    authority.reply("now.tsq", "now.tsr")
    station.must("timestamp", "add", "now.tsr")
    return station.size()


def printed() -> str:
    """The words of out.pdf, on one line, without the places where long ones may break."""
    words = " ".join(page.extract_text() for page in PdfReader("out.pdf").pages)
    return " ".join(words.replace("\u200b", "").split())


def remarks(verified: Done) -> set[str]:
    return {one["code"] for one in verified.json["findings"]}


def test_a_time_stamp_that_was_checked_is_stated(station: Station, openssl_authority: OpensslAuthority) -> None:
    size, root = stamp(station, openssl_authority), openssl_authority.root
    done = certify(station, "JM/1", "--tsa", root)
    assert done.code == 0, done
    verified = station("verify", "out.pdf", "--policy", policy_of(station), "--tsa", root, "--json")
    assert (verified.code, "T03" in remarks(verified)) == (0, False)
    (stamped,) = verified.json["ledgers"][0]["stamped"]
    words, time = printed(), stamped["time"].replace("T", " ").removesuffix("Z")
    assert f"time-stamped by CN=tsa,O=Time Authority at {time} UTC: its first {size} entries" in words
    assert "nobody has cosigned it" in words
    assert "by a clock that may be" not in words, "one second is what a whole number of them is off by"
    assert "custody verify FILE.pdf --policy FILE --tsa FILE.pem" in words
    assert "Certificate of CN=root,O=Time" in words
    data = Path("out.pdf").read_bytes()
    report = json.loads(take_out(data, read_revisions(data)[0][0])["report.json"])
    assert [one["name"] for one in report["authorities"]] == ["CN=root,O=Time Authority"]
    assert report["ledgers"][0]["stamped"] == [stamped]


def test_one_that_nobody_checked_is_not(station: Station, openssl_authority: OpensslAuthority) -> None:
    stamp(station, openssl_authority)
    assert certify(station, "JM/1").code == 0
    words = printed()
    assert "time-stamped by" not in words and "--tsa" not in words
    assert "you named no authority to check them by" in words
    verified = station("verify", "out.pdf", "--policy", policy_of(station), "--tsa", openssl_authority.root, "--json")
    assert (verified.code, "T03" in remarks(verified)) == (0, False), "its reader can check what the certifier did not"


def test_where_a_time_stamp_contradicts_the_clock_there_is_none(
    station: Station, openssl_authority: OpensslAuthority
) -> None:
    station.clock.move_to("2199-01-01T00:00:00Z")
    station.must("report", "JM/1", "--text", "written in another century")
    before = stamp(station, openssl_authority)
    done = certify(station, "JM/1", "--tsa", openssl_authority.root)
    assert (done.code, "T01" in done.out, station.size()) == (5, True, before)
    assert not Path("out.pdf").exists()


def test_an_authority_is_read_before_anything_is_recorded(station: Station) -> None:
    before = station.size()
    done = certify(station, "JM/1", "--tsa", "chat.json")
    assert (done.code, "chat.json" in done.err, station.size()) == (4, True, before)
