"""custody timestamp: asked for and given by files, `openssl ts` being the authority; custody verify --tsa."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.abroad import DE, Abroad
from tests.cli.openssl import OpensslAuthority, openssl_authority
from tests.cli.station import ORIGIN, Done, Station

__all__ = ["openssl_authority"]


def stamp(station: Station, authority: OpensslAuthority, name: str = "now", *more: str) -> Done:
    """A time-stamp over the ledger as it is: NAME.tsq, NAME.tsr, kept."""
    station.must("timestamp", "query", "-o", f"{name}.tsq")
    authority.reply(f"{name}.tsq", f"{name}.tsr")
    return station.must("timestamp", "add", f"{name}.tsr", *more)


def bundled(station: Station, *more: str) -> str:
    """JM/1 in a bundle, and a policy beside it."""
    station.must("bundle", "JM/1", "--as", "px", "-o", "JM-1.custody", "--force", *more)
    station.must("policy", "-o", "agency.policy", "--force")
    return "JM-1.custody"


def verified(station: Station, *more: str) -> Done:
    return station("verify", "JM-1.custody", "--policy", "agency.policy", *more)


def test_from_the_query_to_the_verdict(station: Station, openssl_authority: OpensslAuthority) -> None:
    size = station.size()
    added = stamp(station, openssl_authority, "now", "--tsa", openssl_authority.root)
    assert added.out.startswith(f"kept\n{ORIGIN} at {size} entries, 20")
    assert "CN=tsa,O=Time Authority" in added.out
    assert added.err == ""
    bundled(station)
    found = verified(station, "--tsa", openssl_authority.root, "--json")
    assert (found.code, "T03" in found.codes) == (0, False)
    (ledger,) = found.json["ledgers"]
    (told,) = ledger["stamped"]
    assert (told["authority"], told["size"], told["accuracy"]) == ("CN=tsa,O=Time Authority", size, 1)
    assert [one["name"] for one in found.json["authorities"]] == ["CN=root,O=Time Authority"]
    assert "T03" in verified(station, "--json").codes
    text = verified(station, "--tsa", openssl_authority.root).out
    assert f"its first {size} entries existed on 20" in text and "time-stamped by" in text


def test_openssl_agrees_on_the_token_in_the_bundle(station: Station, openssl_authority: OpensslAuthority) -> None:
    """With the commands of docs/format.md: the bundle's reader needs none of our code for this."""
    from custody.protocol.encodings import decode_base64

    stamp(station, openssl_authority)
    lines = [json.loads(line) for line in Path(bundled(station)).read_bytes().splitlines()]
    (token,) = (line["timestamp"] for line in lines if "timestamp" in line)
    note = next(one["consistency"]["checkpoint"] for one in lines if one.get("consistency", {}).get("checkpoint"))
    Path("token").write_bytes(decode_base64(token["token"]))
    Path("text").write_text(note.partition("\n\n")[0] + "\n")
    files = ("-in", Path("token").absolute(), "-data", Path("text").absolute())
    said = openssl_authority.openssl("ts", "-verify", "-token_in", *files, "-CAfile", "root.pem")
    assert "Verification: OK" in said


def test_the_reply_may_come_days_later(station: Station, openssl_authority: OpensslAuthority) -> None:
    station.must("timestamp", "query", "-o", "old.tsq")
    size = station.size()
    station.must("report", "JM/1", "--text", "the bag was torn")
    bundled(station)
    assert "T03" in verified(station, "--tsa", openssl_authority.root, "--json").codes
    openssl_authority.reply("old.tsq", "old.tsr")
    done = station.must("timestamp", "add", "old.tsr", "--json")
    assert (done.json["size"], done.json["added"], done.json["verified"]) == (size, True, False)
    assert "its signature was not checked" in done.err
    bundled(station)
    found = verified(station, "--tsa", openssl_authority.root)
    assert f"after its first {size} entries" in " ".join(found.out.split())
    again = station.must("timestamp", "add", "old.tsr", "--tsa", openssl_authority.root)
    assert again.out.startswith("kept before: nothing changed")
    stamp(station, openssl_authority, "new")
    bundled(station)
    assert "T03" not in verified(station, "--tsa", openssl_authority.root, "--json").codes


def test_a_whole_ledger_and_an_audit(station: Station, openssl_authority: OpensslAuthority) -> None:
    stamp(station, openssl_authority)
    station.must("bundle", "--all", "--as", "px", "-o", "JM-1.custody")
    station.must("policy", "-o", "agency.policy")
    found = verified(station, "--tsa", openssl_authority.root, "--json")
    assert (found.code, "T03" in found.codes) == (0, False)
    station.must("audit")


def test_a_query_with_nothing_new_needs_no_key(station: Station) -> None:
    station.must("checkpoint", "-o", "now.checkpoint")
    shutil.rmtree(station.home / "keys")
    done = station.must("timestamp", "query", "-o", "now.tsq", "--json")
    assert (done.json["ledger"], done.json["size"]) == (ORIGIN, station.size())
    assert station("timestamp", "query", "-o", "now.tsq").code == 2
    assert station.must("timestamp", "query", "-o", "-").data[:1] == b"\x30"


def test_how_to_send_it_is_said(station: Station) -> None:
    done = station.must("timestamp", "query", "-o", "now.tsq")
    assert "--data-binary @now.tsq URL -o now.tsr" in done.err


# -- what is refused


def test_a_reply_to_another_query(abroad: Abroad, openssl_authority: OpensslAuthority) -> None:
    abroad.de.must("timestamp", "query", "-o", "de.tsq")
    openssl_authority.reply("de.tsq", "de.tsr")
    done = abroad.ro("timestamp", "add", "de.tsr")
    assert (done.code, "refused (T03)" in done.err, "over no checkpoint of" in done.err) == (3, True, True)
    abroad.de.must("timestamp", "add", "de.tsr")


def test_a_reply_that_the_authority_named_does_not_vouch_for(
    station: Station, openssl_authority: OpensslAuthority
) -> None:
    station.must("timestamp", "query", "-o", "now.tsq")
    openssl_authority.reply("now.tsq", "now.tsr")
    for name in ("middle.pem", "tsa.pem"):
        done = station("timestamp", "add", "now.tsr", "--tsa", str(openssl_authority.folder / name))
        assert (done.code, "no valid signature of an authority" in done.err) == (3, True)
    bundled(station)
    assert "T03.unchecked" not in verified(station).out
    assert "no independent time-stamp covers the entries" in verified(station).out


def test_an_authority_that_refuses(station: Station, openssl_authority: OpensslAuthority) -> None:
    Path("bad.tsq").write_bytes(b"no query")
    openssl_authority.reply("bad.tsq", "refused.tsr")
    done = station("timestamp", "add", "refused.tsr")
    assert (done.code, "rejection, Bad request format" in done.err) == (1, True)


def test_files_that_are_no_reply(station: Station, openssl_authority: OpensslAuthority) -> None:
    station.must("timestamp", "query", "-o", "now.tsq")
    openssl_authority.reply("now.tsq", "now.tsr")
    whole = Path("now.tsr").read_bytes()
    files = {
        "empty": (b"", "is empty"),
        "now.tsq": (Path("now.tsq").read_bytes(), "is the request"),
        "pem": (Path(openssl_authority.root).read_bytes(), "a certificate, not a time-stamp reply"),
        "pem-reply": (b"-----BEGIN CMS-----\n", "is PEM"),
        "page": (b"<html>503 Service Unavailable</html>", "not a time-stamp reply"),
        "cut": (whole[:-1], "not a time-stamp reply"),
        "longer": (whole + b"\n", "not a time-stamp reply"),
        "huge": (whole + bytes(1 << 20), "larger than"),
        "checkpoint": (station.must("checkpoint").data, "a checkpoint, not a time-stamp reply"),
    }
    for name, (data, said) in files.items():
        Path(name).write_bytes(data)
        done = station("timestamp", "add", name)
        assert (done.code, said in done.err, "hint:" in done.err) == (4, True, True), (name, done)
    assert station("timestamp", "add", "nowhere").code == 2


def test_files_that_are_no_certificate(station: Station, openssl_authority: OpensslAuthority) -> None:
    bundled(station)
    key = str(openssl_authority.folder / "tsa.key")
    for name, said in ((key, "a private key"), ("agency.policy", "is a policy"), ("warrant.pdf", "a PDF")):
        done = verified(station, "--tsa", name)
        assert (done.code, said in done.err) == (4, True), (name, done)
    assert verified(station, "--tsa", "nowhere.pem").code == 2


def test_one_damaged_byte(station: Station, openssl_authority: OpensslAuthority) -> None:
    """Whatever is damaged, in the signed part or the signature: no reply, not verified, or over something else."""
    station.must("timestamp", "query", "-o", "now.tsq")
    openssl_authority.reply("now.tsq", "now.tsr")
    whole = Path("now.tsr").read_bytes()
    for place in (70, len(whole) // 2, len(whole) - 300, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        Path("damaged.tsr").write_bytes(damaged)
        assert station("timestamp", "add", "damaged.tsr", "--tsa", openssl_authority.root).code in (3, 4), place


def test_what_was_altered_in_the_database_is_found(station: Station, openssl_authority: OpensslAuthority) -> None:
    import sqlite3

    stamp(station, openssl_authority)
    link = sqlite3.connect(station.home / "ledger.db", isolation_level=None)
    (trigger,) = link.execute("SELECT sql FROM sqlite_master WHERE name = 'stamped_no_update'").fetchone()
    link.execute("DROP TRIGGER stamped_no_update")
    link.execute("UPDATE stamped SET size = 1")
    link.execute(trigger)
    link.close()
    done = station("audit")
    assert (done.code, "a time-stamp kept on the checkpoint" in done.out + done.err) == (3, True)


def test_a_clock_that_is_ahead_is_said_at_once(station: Station, openssl_authority: OpensslAuthority) -> None:
    station.clock.move_to("2199-01-01T00:00:00Z")
    station.must("report", "JM/1", "--text", "written in another century")
    done = stamp(station, openssl_authority)
    assert "this ledger's clock is wrong (T01)" in done.err
    bundled(station)
    found = verified(station, "--tsa", openssl_authority.root, "--json")
    assert (found.code, "T01" in found.codes) == (5, True)


# -- across a border


def test_a_partner_s_time_stamp_is_passed_on(abroad: Abroad, openssl_authority: OpensslAuthority) -> None:
    """RO stamps, releases; DE receives, and its bundle for the court carries RO's time-stamp."""
    ro, de = abroad.ro, abroad.de
    stamp(ro, openssl_authority)
    before = ro.size()
    ro.must("release", "JM/4", "--to", f"km@{DE}", "--request", "DE-9", *RELEASED, "-o", "JM-4.custody")
    abroad.take("JM-4.custody", None, "JM-4.receipt")
    stamp(de, openssl_authority, "de")
    de.must("bundle", "JM/4", "--as", "st", "-o", "court.custody")
    de.must("policy", "-o", "de.policy")
    found = de("verify", "court.custody", "--policy", "de.policy", "--tsa", openssl_authority.root, "--json")
    stamped = {one["origin"]: [each["size"] for each in one["stamped"]] for one in found.json["ledgers"]}
    assert stamped[ORIGIN] == [before]
    assert len(stamped[DE]) == 1
    assert [one["message"] for one in found.json["findings"] if one["code"] == "T03"] == [
        f"no independent time-stamp covers what stands in {ORIGIN} after its first {before} entries"
    ], "the release came after it"
    de.must("audit")


RELEASED = ("--reason", "analysis", "--condition", "bag intact")


@pytest.mark.parametrize("again", [1, 2])
def test_two_processes_ask_for_the_same_checkpoint(
    station: Station, openssl_authority: OpensslAuthority, again: int
) -> None:
    """Each reply is kept; a bundle carries a time-stamp of each."""
    for number in range(again):
        stamp(station, openssl_authority, f"n{number}")
    bundled(station)
    found = verified(station, "--tsa", openssl_authority.root, "--json")
    assert "T03" not in found.codes
    assert Path("JM-1.custody").read_bytes().count(b'{"timestamp"') == again
