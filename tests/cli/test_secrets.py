"""What stays secret: sealed fields at the command line, what each audience is given, what lies on the disk, erasure."""

import base64
import hashlib
import io
import json
import re
import shutil
import sqlite3
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from custody.keys.vault import Vault
from custody.protocol.disclosure import parse_disclosure
from tests.cli.station import SEIZE, Done, Station
from tests.cli.terminal import at_terminal

TITLE, PERSON, WHAT, WHERE = "Ana-and-others", "Ana Popescu 1999-05-03", "phone with Ana's stickers", "Strada Ascunsa 7"
SERIAL, TOLD, OWNER, FILE = "353918052999999", "she said she was Bianca", "Ana's mother Cora", "ana-popescu-chat.json"
SECRETS = (TITLE, PERSON, WHAT, WHERE, SERIAL, TOLD, OWNER, FILE)

GOLDEN = {
    "court": {TITLE, PERSON, WHAT, WHERE, SERIAL, OWNER, FILE},
    "defence": {TITLE, WHAT, WHERE, SERIAL, FILE},
    "partner": {TITLE, WHAT, SERIAL},
    "public": set(),
    "victim-support": {TOLD},
    "nobody-we-know": set(),
}
"""What each audience's bundle gives in clear of the story below."""


def seize(station: Station, *more: str) -> Done:
    words = ("--case", "OP-19", "--condition", "good", "--authority", "warrant 12/2026", "--category", "phone")
    return station("seize", *words, *more)


@pytest.fixture
def secrets(station: Station) -> Station:
    """A case with a sealed victim, every command's output kept in `said`."""
    (station.folder / FILE).write_bytes(b"{}")
    said = []

    def must(*words: str) -> None:
        done = station(*words)
        assert done.code == 0, done
        said.append(done.out + done.err)

    must("case", "open", "OP-19", "--sealed", f"title={TITLE}", "--offence", "trafficking", "--lead", "jm")
    base = ("--case", "OP-19", "--condition", "good", "--authority", "warrant 12/2026", "--category", "phone")
    sealed = ("--sealed", f"description={WHAT}", f"--sealed=serial={SERIAL}", "--sealed", f"place={WHERE}")
    must("seize", *base, "--label", "V/1", "--source-person", PERSON, *sealed)
    digital = ("--label", "V/2", "--source", "cloud", "--description", "export", "--sealed", "file-names")
    must("seize", FILE, *base, *digital)
    must("report", "V/1", "--sealed", f"text={TOLD}", "--sealed-for", "victim-support")
    must("handover", "V/1", "--to", "ak", "--reason", "end of trial", "--condition", "good")
    must("return", "V/1", "--to", OWNER, "--authority", "order 5/2026", "--as", "ak")
    for words in (("history", "V/1"), ("show", "20"), ("log",), ("items",), ("case", "list"), ("audit",)):
        must(*words)
        must(*words, "--json")
    must("items", "--csv")
    must("bundle", "--case", "OP-19", "--audience", "court", "--as", "px", "-n")
    must("bundle", "--case", "OP-19", "--audience", "court", "--as", "px", "-n", "--json")
    station.said = "".join(said)  # type: ignore[attr-defined]
    return station


def given(path: Path) -> set[str]:
    """The values a bundle discloses, parsed from its lines."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    return {parse_disclosure(line["disclosure"]).value for line in lines if "disclosure" in line}


def decoded(path: Path) -> bytes:
    """A bundle with everything in it that is base64, decoded, beside it."""
    data = path.read_bytes()
    runs = re.findall(rb"[A-Za-z0-9+/_-]{16,}={0,2}", data)
    clear = (base64.b64decode(run.rstrip(b"=") + b"=" * (-len(run.rstrip(b"=")) % 4), b"-_") for run in runs)
    plain = (base64.b64decode(run.rstrip(b"=") + b"=" * (-len(run.rstrip(b"=")) % 4)) for run in runs)
    return b"\n".join([data, *clear, *plain])


def cut(station: Station, audience: str, *what: str) -> Path:
    path = station.folder / f"{audience}.custody"
    station.must("bundle", *(what or ("--case", "OP-19")), "--audience", audience, "--as", "px", "-o", str(path))
    return path


@pytest.mark.parametrize("audience", GOLDEN)
def test_each_audience_is_given_its_own(secrets: Station, audience: str) -> None:
    path = cut(secrets, audience)
    assert given(path) == GOLDEN[audience]
    raw = decoded(path)
    assert {secret for secret in SECRETS if secret.encode() in raw} == GOLDEN[audience]
    secrets.must("policy", "-o", "p")
    done = secrets("verify", str(path), "--policy", "p", "--json")
    assert done.json["verdict"].startswith("UNBROKEN")
    withheld = sum(int(one["message"].rpartition(": ")[2]) for one in done.json["findings"] if one["code"] == "X01")
    assert withheld == len(SECRETS) - len(GOLDEN[audience])
    report = secrets.folder / "r.html"
    shown = secrets("verify", str(path), "--policy", "p", "--report", str(report), "--force")
    text = (shown.out + shown.err + done.out + report.read_text()).replace("&#x27;", "'")
    assert {secret for secret in SECRETS if secret in text} <= GOLDEN[audience]


@pytest.mark.parametrize("audience", GOLDEN)
def test_the_preview_says_what_the_bundle_will_give(secrets: Station, audience: str) -> None:
    size = secrets.size()
    words = ("bundle", "--case", "OP-19", "--audience", audience, "--as", "px", "-n")
    told = secrets.must(*words, "--json").json
    assert (len(told["shown"]), len(told["withheld"])) == (
        len(GOLDEN[audience]),
        len(SECRETS) - len(GOLDEN[audience]),
    )
    columns = secrets.must(*words).out
    assert columns.startswith(f"{audience} will see ")
    assert f"{audience} will not see" in columns.split("\n")[0]
    for line in told["shown"] + told["withheld"]:
        assert line in columns
    assert secrets.size() == size


def test_what_was_given_is_on_record(secrets: Station) -> None:
    cut(secrets, "defence")
    shown = secrets.must("history", "V/1").out
    assert "a bundle for defence, sealed values shown: 5, by px" in shown
    event = secrets.must("history", "V/1", "--json").json["events"][-1]["event"]
    assert (event["details"]["audience"], event["details"]["disclosed"]) == ("defence", 5)


def test_a_whole_ledger_discloses_for_its_audience(secrets: Station) -> None:
    assert given(cut(secrets, "partner", "--all")) == GOLDEN["partner"]


def test_nothing_sealed_lies_in_the_home_or_was_said(secrets: Station) -> None:
    cut(secrets, "public")
    files = [path for path in (secrets.folder / "agency").rglob("*") if path.is_file()]
    assert {"ledger.db", "head", "checkpoint", "identity"} <= {path.name for path in files}
    for secret in SECRETS:
        forms = (secret.encode(), base64.b64encode(secret.encode())[2:-4], secret.encode("utf-16-le"))
        for path in files:
            assert not [form for form in forms if form in path.read_bytes()], (secret, path)
        assert secret not in secrets.said  # type: ignore[attr-defined]


MANY_SEALS = [word for number in range(300) for word in ("--seal", f"S-{number}")]
"""More than one item can bear."""


def test_errors_and_tracebacks_do_not_say_it(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for words in (
        ("--label", "V/1", "--sealed", f"label={PERSON}"),
        ("--label", "V/1", "--sealed", f"to={PERSON}"),
        ("--label", "V/1", "--sealed", f"source={PERSON}", "--source", "kitchen"),
        ("--label", "V/1", "--sealed", f"source={PERSON}", "--description", "d", "--seal", "no seal"),
        ("--label", "V/1", "--sealed", f"source={PERSON}", "--description", "d", "--as", "px"),
        ("--label", "V/1", "--sealed", f"source={PERSON}", "--description", "d", "--case", "OP-99"),
        ("--label", "V/1", "--source-person", PERSON, "--source", "kitchen", "--description", "d"),
        ("--label", "V/1", "--source-person", PERSON * 2000, "--description", "d"),
        ("--label", "V/1", "--sealed", PERSON, "--source", "s", "--description", "d"),
        ("--label", "V/1", "--description", "--", "--sealed", f"serial={PERSON}"),
        ("--label", "V/1", "--description", "-h", "--source", "s", "--condition", "--sealed", f"serial={PERSON}"),
        ("--label", "V/1", "--source-person", f"{PERSON}\udcff", "--description", "d"),
        ("--label", "V/1", "--source", "s", "--description", "d", "--sealed", f"serial={PERSON}", *MANY_SEALS),
    ):
        done = station("seize", "--case", "OP-17", "--condition", "good", *words)
        assert done.code in (2, 3), done
        texts.append(done.out + done.err)
    for words in (
        ("release", "JM/6", "--to", "ak", "--sealed", f"to={PERSON}", "--reason", "r", "--condition", "c"),
        ("correct", "7", "--field", "label", "--sealed", f"value={PERSON}", "--why", "w"),
    ):
        done = station(*words)
        assert done.code == 2, done
        texts.append(done.out + done.err)
    assert PERSON not in "".join(texts)
    assert "internal error" not in "".join(texts)
    monkeypatch.setenv("CUSTODY_DEBUG", "1")
    monkeypatch.setattr("custody.keys.vault.Vault.lock", lambda *_: 1 / 0)
    import traceback

    with pytest.raises(ZeroDivisionError) as caught:
        station("seize", *SEIZE[:2], *SEIZE[4:], "--label", "V/1", "--source-person", PERSON, "--description", "d")
    assert PERSON not in "".join(traceback.format_exception(caught.value))


MISTAKES = {
    "a label": (("--sealed", "label=V/1"), "label can't be sealed"),
    "nothing": (("--sealed",), "that can't be sealed"),
    "another command's": (("--sealed", "to=X"), "this command has no --to"),
    "text for file names": (("--sealed", "file-names=x"), "takes no text"),
    "file names without files": (("--sealed", "file-names"), "file-names can't be sealed here"),
    "readers of nothing": (("--sealed-for", "court"), "nothing here is sealed"),
    "no audience": (("--sealed", "serial=1", "--sealed-for", "the press"), "is not an audience"),
    "clear, and no person": (("--clear", "source"), "only a source that is a person is sealed"),
    "an empty text": (("--sealed", "serial="), "--serial: it is empty"),
    "two sources": (("--source-person", "Ana"), "two answers to one question"),
    "sealed and in clear": (("--sealed", "source=Ana"), "source is said twice"),
    "sealed twice": (("--sealed", "serial=1", "--sealed", "serial=2"), "serial is said twice"),
    "a rule's option": (("--sealed", "category=phone"), "category can't be sealed"),
    "no name": (("--sealed", "Ana P."), "that can't be sealed"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(station: Station, name: str) -> None:
    words, said = MISTAKES[name]
    size = station.size()
    done = station("seize", *SEIZE, "--label", "V/1", "--description", "d", *words)
    assert (done.code, said in done.err) == (2, True), done
    assert station.size() == size


def test_a_person_in_clear_is_warned_of(station: Station) -> None:
    words = ("--label", "V/1", "--source-person", "Bo", "--clear", "source", "--description", "d")
    done = station.must("seize", *SEIZE[:2], *SEIZE[4:], *words)
    assert "warning: source names a person, and will stand in clear" in done.err
    assert station.must("history", "V/1", "--json").json["events"][0]["event"]["details"]["source"] == "Bo"


def test_asked_for_it_is_not_among_the_arguments(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PERSON}\n"))
    words = ("seize", *SEIZE[:2], *SEIZE[4:], "--label", "V/1", "--description", "d", "--sealed", "source")
    station.must(*words)
    assert given(cut(station, "court", "V/1")) == {PERSON}
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    done = station(*words[:-2], "--label", "V/2", "--sealed", "source")
    assert (done.code, "nobody is here to be asked for source" in done.err) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are not to be had")
def test_at_a_terminal_it_is_asked_for_and_its_readers_are_shown(ready_station: Path, tmp_path: Path) -> None:
    shutil.copytree(ready_station, tmp_path, dirs_exist_ok=True)
    places = {"CUSTODY_HOME": "agency", "CUSTODY_KEYS": str(tmp_path / "people"), "CUSTODY_AS": "jm"}
    asked = (("source, to be sealed: ", f"{PERSON}\n"), ("Sign and record?", "y\n"))
    words = ("seize", *SEIZE[:2], *SEIZE[4:], "--label", "V/1", "--description", "d", "--sealed", "source")
    done = at_terminal(words, asked, tmp_path, places)
    assert done.code == 0, done.shown
    assert "source       (sealed for court)" in done.shown
    assert done.shown.count(PERSON) == 1  # as it was typed


def test_help_and_completion_ask_nothing(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert "Usage:" in station.must("seize", "--sealed", "source", "--help").out


def test_a_list_seals_by_column(station: Station) -> None:
    (station.folder / "list.csv").write_text(
        "label,description,sealed description,source person,source,sealed for\n"
        f"V/1,,{WHAT},{PERSON},,court;press\n"
        f"V/2,bag,,,kitchen,\n"
        f"V/3,bag,,Bo,,\n"
    )
    station.must("seize", "--from", "list.csv", "--case", "OP-17", "--condition", "good", "--authority", "w")
    assert given(cut(station, "press", "V/1", "V/2", "V/3")) == {WHAT, PERSON}
    assert given(cut(station, "court", "V/1", "V/2", "V/3")) == {WHAT, PERSON, "Bo"}
    (station.folder / "bad.csv").write_text(
        "label,description,sealed description,source,sealed for\nV/5,a,b,c,\nV/6,a,,c,court\n"
    )
    done = station("seize", "--from", "bad.csv", "--case", "OP-17", "--condition", "good")
    assert done.code == 2
    assert "line 2: description stands there twice: in clear and sealed" in done.err
    assert "line 3: sealed-for: nothing in this line is sealed" in done.err


def test_like_another_item_but_from_a_person(station: Station) -> None:
    words = ("--like", "JM/1", "--label", "V/1", "--source-person", PERSON)
    station.must("seize", *words)
    assert given(cut(station, "court", "V/1")) == {PERSON}
    sealed_before = station.must("seize", "--like", "V/1", "--label", "V/2", "--source", "car")
    assert sealed_before.code == 0


def test_a_correction_keeps_every_other_wish_and_its_readers(station: Station) -> None:
    words = ("--label", "V/1", "--source-person", PERSON, "--description", "d")
    entry = station.must("seize", *SEIZE[:2], *SEIZE[4:], *words, "--json").json["entries"][0]["index"]
    base = ("correct", str(entry), "--field", "source", "--why", "w")
    widened = station(*base, "--sealed", "value=Bogdana", "--sealed-for", "court,public")
    assert (widened.code, "is sealed for court; its correction is, too" in widened.err) == (2, True)
    document = ("--document", f"letter={FILE}", "--sealed", "file-names")
    (station.folder / FILE).write_bytes(b"letter")
    station.must(*base, "--value", "Bogdana Rusu", "--sealed", f"place={WHERE}", *document)
    assert given(cut(station, "court", "V/1")) == {PERSON, "Bogdana Rusu", WHERE, FILE}
    assert given(cut(station, "public", "V/1")) == set()
    for secret in ("Bogdana Rusu", WHERE, FILE):
        assert secret.encode() not in decoded(station.folder / "public.custody")


def test_who_was_shown_an_item_is_told_also_of_what_was_made_from_it(station: Station) -> None:
    station.must("seize", *SEIZE, "--label", "V/1", "--description", "d")
    station.must("derive", "V/1", "--label", "V/2", "--method", "split", "--category", "phone")
    cut(station, "defence", "V/2")
    cut(station, "partner", "--all")
    shown = station.must("history", "V/1").out
    assert "a bundle for defence" in shown
    assert "the whole ledger for partner" in shown


def test_a_correction_of_what_is_sealed_is_sealed(secrets: Station) -> None:
    entry = secrets.must("history", "V/1", "--json").json["events"][0]["index"]
    words = ("--field", "source", "--why", "misheard", "--witness", "ak")
    secrets.must("correct", str(entry), *words, "--sealed", "value=Ana Popa")
    assert given(cut(secrets, "defence")) == GOLDEN["defence"]
    assert given(cut(secrets, "court")) == GOLDEN["court"] | {"Ana Popa"}


def test_a_persons_name_is_locked_for_the_agency(station: Station) -> None:
    station.must("key", "new", "uc", "--no-passphrase")
    station.must("person", "enrol", "uc", "--sealed", "name=Undercover Name", "--role", "investigator")
    words = ("seize", *SEIZE, "--label", "U/1", "--description", "d", "--as", "uc")
    station.must(*words)
    assert given(cut(station, "court", "U/1")) == {"Undercover Name"}
    assert given(cut(station, "public", "U/1")) == set()
    assert b"Undercover" not in (station.folder / "agency" / "ledger.db").read_bytes()


def test_guessing_a_birth_date_fails_for_want_of_the_salt(secrets: Station) -> None:
    path = cut(secrets, "public")
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    events = [json.loads(base64.b64decode(one["entry"]["envelope"]["payload"])) for one in lines if "entry" in one]
    digests = {digest: pointer for event in events for pointer, digest in event["sealed"].items()}
    assert "/details/source" in digests.values()

    def guesses(salt: str) -> set[str]:
        days = (str(date(1999, 1, 1) + timedelta(days=one)) for one in range(365))
        stated = (json.dumps([salt, "/details/source", f"Ana Popescu {day}"], separators=(",", ":")) for day in days)
        texts = (base64.urlsafe_b64encode(one.encode()).rstrip(b"=") for one in stated)
        return {hashlib.sha256(text).hexdigest() for text in texts}

    assert not guesses("") & digests.keys()
    court = [json.loads(line) for line in cut(secrets, "court").read_bytes().splitlines()]
    shown = [parse_disclosure(one["disclosure"]) for one in court if "disclosure" in one]
    salt = next(one.salt for one in shown if one.path == "/details/source")
    assert guesses(base64.urlsafe_b64encode(salt).rstrip(b"=").decode()) & digests.keys()  # with the salt it succeeds


def erase(station: Station, *more: str) -> Done:
    return station("erase", "--case", "OP-19", "--authority", "order 12/2031", *(more or ("--as", "ak")))


def backup(database: Path, to: Path) -> None:
    """As SQLite's own backup copies it."""
    source, target = sqlite3.connect(database), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()


def test_where_nothing_opens_a_case_nothing_is_said_to_be_destroyed(secrets: Station) -> None:
    cases = secrets.folder / "agency" / "cases"
    cases.rename(secrets.folder / "elsewhere")
    done = erase(secrets)
    assert (done.code, "will be unreadable" in done.err, "nothing was destroyed: what opens" in done.err) == (
        0,
        False,
        True,
    )
    (secrets.folder / "elsewhere").rename(cases)
    assert "what was left of its identity is destroyed" in erase(secrets).err
    assert not list(cases.rglob("*.age"))


def test_erased_is_erased_in_backups_too_and_the_chain_verifies(secrets: Station) -> None:
    before = cut(secrets, "court")
    backup(secrets.folder / "agency" / "ledger.db", secrets.folder / "backup.db")
    done = erase(secrets)
    assert (done.code, f"{len(SECRETS)} sealed values of case OP-19 will be unreadable" in done.err) == (0, True)
    assert not list((secrets.folder / "agency" / "cases").rglob("*.age"))
    after = secrets.folder / "after.custody"
    words = ("bundle", "--case", "OP-19", "--audience", "court", "--as", "px")
    cutting = secrets.must(*words, "-o", str(after))
    assert f"Of {len(SECRETS)} sealed values the audience court is shown 0" in cutting.err
    assert given(after) == set()
    assert given(before) == GOLDEN["court"]  # what was given is out of reach, and the docs say so
    secrets.must("policy", "-o", "p")
    assert secrets("verify", str(after), "--policy", "p", "--json").json["verdict"].startswith("UNBROKEN")
    assert "nothing is wrong" in secrets.must("audit").out
    restored = sqlite3.connect(secrets.folder / "backup.db")
    identity = (secrets.folder / "agency" / "keys" / "identity").read_text().splitlines()[-1]
    vault = Vault(secrets.folder / "agency" / "cases", "")
    rows = restored.execute("SELECT body FROM sealed").fetchall()
    restored.close()
    assert len(rows) == len(SECRETS)
    assert {vault.open("OP-19", bytes(body), identity) for (body,) in rows} == {None}


def test_erasing_is_a_supervisors_act_and_is_done_once(secrets: Station) -> None:
    assert (erase(secrets, "--as", "jm").code, erase(secrets, "--as", "ak", "-n").code) == (3, 0)
    assert list((secrets.folder / "agency" / "cases").rglob("*.age"))
    assert erase(secrets).code == 0
    assert "was erased already" in erase(secrets).err
    assert "open, erased" in secrets.must("case", "list").out
    assert [one["erased"] for one in secrets.must("case", "list", "--json").json["cases"]] == [False, True]
    assert given(cut(secrets, "court")) == set()


def test_after_an_erasure_what_is_sealed_is_locked_for_the_agency(secrets: Station) -> None:
    assert erase(secrets).code == 0
    assert seize(secrets, "--label", "V/9", "--source-person", "Bo", "--description", "d").code == 0
    assert not list((secrets.folder / "agency" / "cases").rglob("*.age"))
    assert given(cut(secrets, "court")) == {"Bo"}
    told = secrets.must("bundle", "--case", "OP-19", "--as", "px", "-n", "--json").json
    assert len(told["shown"]) == 1
    assert all(line.endswith("(erased)") for line in told["withheld"])
    assert "nothing is wrong" in secrets.must("audit").out


def test_erasing_is_finished_before_it_is_acknowledged(secrets: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("custody_cli.shown.recorded.tell_entries", full)
        assert erase(secrets).code == 1
    assert not list((secrets.folder / "agency" / "cases").rglob("*.age"))


def test_what_was_erased_while_a_bundle_was_cut_is_not_given(secrets: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody_cli.desk import agency

    real = agency.ledger_signer

    def slowly(*words: object) -> object:
        monkeypatch.setattr(agency, "ledger_signer", real)
        assert erase(secrets).code == 0
        return real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(agency, "ledger_signer", slowly)
    path = cut(secrets, "court")
    assert given(path) == set()
    assert "sealed values shown" not in secrets.must("history", "V/1").out.splitlines()[-1]


def test_an_interrupted_erasure_is_noticed_and_finished(secrets: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "destroy", killed)
        assert erase(secrets).code == 1
    done = secrets("audit")
    assert (done.code, "its identity is here; run `custody erase` again" in done.out) == (3, True)
    assert "keep a copy" not in done.err
    assert given(cut(secrets, "court")) == set()  # it is on record as erased
    size = secrets.size()
    assert "would be destroyed" in erase(secrets, "--as", "ak", "-n").err
    assert secrets("audit").code == 3
    assert "what was left of its identity is destroyed" in erase(secrets).err
    assert (secrets("audit").code, secrets.size()) == (0, size)


def test_a_damaged_vault_stops_the_bundle_before_anything_is_recorded(secrets: Station) -> None:
    for path in (secrets.folder / "agency" / "cases").rglob("*.age"):
        path.write_bytes(b"damaged")
    size = secrets.size()
    done = secrets("bundle", "--case", "OP-19", "--as", "px", "-o", "x.custody")
    assert (done.code, "does not open with the agency's identity" in done.err) == (1, True)
    assert (secrets.size(), (secrets.folder / "x.custody").exists()) == (size, False)


def test_readers_widened_in_the_database_are_refused(secrets: Station) -> None:
    database = sqlite3.connect(secrets.folder / "agency" / "ledger.db")
    database.execute("DROP TRIGGER sealed_no_update")
    database.execute("UPDATE sealed SET audiences = 'court,public'")
    database.commit()
    database.close()
    size = secrets.size()
    done = secrets("bundle", "--case", "OP-19", "--audience", "public", "--as", "px", "-o", "x.custody")
    assert (done.code, "in the database was altered" in done.err) == (1, True)
    assert secrets.size() == size


def test_a_protected_identity_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, station: Station) -> None:
    (tmp_path / "word").write_text("sesame\n")
    (tmp_path / "guess").write_text("guess\n")
    monkeypatch.setenv("CUSTODY_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", str(tmp_path / "word"))
    station.must("init", "other.example/custody", "--agency", "Other", "--jurisdiction", "RO")
    for identity, role in (("jm", "investigator"), ("px", "prosecutor")):
        station.must("person", "enrol", identity, "--name", identity, "--role", role)
    station.must("case", "open", "OP-17", "--title", "t", "--offence", "o", "--lead", "jm")
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", str(tmp_path / "guess"))  # an officer seals without it
    station.must("seize", *SEIZE[:2], *SEIZE[4:], "--label", "V/1", "--source-person", PERSON, "--description", "d")
    words = ("bundle", "V/1", "--as", "px", "-o", str(tmp_path / "x.custody"))
    done = station(*words)
    assert (done.code, "the passphrase for" in done.err, "is wrong" in done.err) == (1, True, True)
    monkeypatch.delenv("CUSTODY_PASSPHRASE_FILE")
    assert "has a passphrase, and nobody is here to be asked" in station(*words).err
    monkeypatch.setenv("CUSTODY_PASSPHRASE_FILE", str(tmp_path / "word"))
    station.must(*words)
    assert given(tmp_path / "x.custody") == {PERSON}


def test_what_was_kept_long_enough_is_listed(station: Station) -> None:
    assert station.must("items", "--retention-due", "--json").json["items"] == []
    amend = ("case", "amend", "OP-17", "--why", "judgment is final", "--retain-until")
    station.must(*amend, "2026-05-03")
    assert station.must("items", "--retention-due", "--json").json["items"] == []  # today is still kept
    station.must(*amend, "2026-05-02")
    assert len(station.must("items", "--retention-due", "--json").json["items"]) == 7
    station.must("erase", "--case", "OP-17", "--authority", "order", "--as", "ak")
    assert station.must("items", "--retention-due", "--json").json["items"] == []
