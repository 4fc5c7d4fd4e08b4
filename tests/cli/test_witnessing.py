"""What was seen of a partner binds it: cosignatures, changed keys, histories rewritten, and what is kept altered."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from custody.protocol.checkpoint import open_checkpoint, parse_checkpoint
from custody.protocol.note import parse_note
from custody.protocol.vkey import parse_vkey
from tests.cli.abroad import DE, FR, PHONE, Abroad, Elsewhere, fingerprint, seen, tables
from tests.cli.station import ORIGIN, SEIZE, Station


def backup(by: Station, to: Path) -> None:
    shutil.copytree(by.home, to)


def restore(by: Station, from_: Path) -> None:
    """Last week's database is put back, with all that lies beside it."""
    shutil.rmtree(by.home)
    shutil.copytree(from_, by.home)


def since(by: Station, other: Station, name: str) -> str:
    """A checkpoint of `by` with the proof that it extends what `other` saw: its file."""
    size = seen(other, ORIGIN if isinstance(other, Elsewhere) else DE)
    by.must("checkpoint", "--since", str(size), "-o", name)
    return name


# -- cosignatures


def test_a_quorum_is_enforced_and_met_by_a_cosignature(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    ro.must("seize", *SEIZE, "--label", "Q/1", "--description", "thing")
    ro.must("policy", "--quorum", "1", "-o", "strict.policy")
    ro.must("bundle", "Q/1", "--as", "px", "-o", "before.custody")
    judged = ro("verify", "before.custody", "--policy", "strict.policy", "--json")
    assert (judged.code, judged.json["verdict"]) == (5, "NOT ESTABLISHED")
    ro.must("checkpoint", "--for", DE, "-o", "ro.checkpoint")
    done = de.must("cosign", "ro.checkpoint", "-o", "ro.cosigned", "--json")
    assert (done.json["ledger"], done.json["size"]) == (ORIGIN, ro.size())
    assert ro.must("import", "ro.cosigned", "--json").json["taken"]
    ro.must("bundle", "Q/1", "--as", "px", "-o", "after.custody")
    ro.must("verify", "after.custody", "--policy", "strict.policy")
    done = ro("policy", "--quorum", "3", "-o", "no.policy")
    assert (done.code, "hint: " in done.err) == (2, True)


def test_a_receipt_brings_the_cosignature_along(abroad: Abroad) -> None:
    """Whoever received what we sent saw our checkpoint, and says so. Theirs, in the same bundle, we have to cosign."""
    ro = abroad.ro
    ro.must("release", "JM/4", "--to", f"km@{DE}", "--request", "DE-9", *PHONE[:4], "-o", "JM-4.custody")
    abroad.take("JM-4.custody", None, "JM-4.receipt", "--evidence", "chat.json")
    ro.must("import", "JM-4.receipt")
    ro.must("policy", "--quorum", "1", "-o", "strict.policy")
    ro.must("bundle", "JM/4", "--as", "px", "-o", "after.custody")
    judged = ro("verify", "after.custody", "--policy", "strict.policy", "--json").json
    lacking = [one["message"] for one in judged["findings"] if one["code"] == "L05" and one["severity"] == "N"]
    assert len(lacking) == 1
    assert f"the checkpoint of {DE} lacks" in lacking[0]
    ro.must("cosign", "JM-4.receipt", "-o", "de.cosigned")
    ro.must("bundle", "JM/4", "--as", "px", "-o", "both.custody")
    ro.must("verify", "both.custody", "--policy", "strict.policy")


def test_cosigned_again_says_the_same(abroad: Abroad) -> None:
    first = abroad.ro.must("cosign", "bka.checkpoint", "-o", "-").data
    assert abroad.ro.must("cosign", "bka.checkpoint", "-o", "-").data == first
    key = abroad.de.must("policy", "--json").json["vkeys"][0]
    open_checkpoint(first, [parse_vkey(key)])


def test_what_the_file_shows_is_cosigned_and_not_the_newest_seen(abroad: Abroad) -> None:
    """What was seen and not cosigned may be larger; once that is cosigned, nothing before it is any more."""
    ro, de = abroad.ro, abroad.de
    sizes = []
    for name in ("one.checkpoint", "two.checkpoint"):
        de.must("report", "GR/1", "--text", "weighed")
        de.must("checkpoint", "--since", str(seen(ro, DE)), "-o", name)
        sizes.append(de.size())
    de.must("bundle", "GR/1", "--audience", "partner", "--as", "ca", "-o", "newest.custody")
    ro.must("import", "newest.custody")
    done = ro.must("cosign", "one.checkpoint", "-o", "one.cosigned", "--json")
    assert done.json == {"ledger": DE, "size": sizes[0], "file": "one.cosigned"}
    cosigned = (abroad.folder / "one.cosigned").read_bytes()
    assert parse_checkpoint(parse_note(cosigned).text).size == sizes[0]
    assert ro.must("cosign", "newest.custody", "-o", "x", "--json").json["size"] == de.size()
    for more in ((), ("-n",)):
        done = ro("cosign", "two.checkpoint", "-o", "two.cosigned", *more)
        assert (done.code, f"cosigned at {de.size()} entries" in done.err, "--since" in done.err) == (2, True, True)
    assert not (abroad.folder / "two.cosigned").exists()
    assert ro.must("cosign", "one.checkpoint", "-o", "-").data == cosigned  # given once, given again


def test_a_checkpoint_for_a_partner_begins_where_the_partner_is(abroad: Abroad) -> None:
    """After a receipt, which the partner took in and has not answered; after a cosignature; not what another got."""
    ro, de = abroad.ro, abroad.de
    ro.must("release", "JM/4", "--to", f"km@{DE}", "--request", "DE-9", *PHONE[:4], "-o", "JM-4.custody")
    abroad.take("JM-4.custody", None, "JM-4.receipt")
    ro.must("import", "JM-4.receipt")
    receipt = de.size()
    de.must("bundle", "JM/4", "--audience", "court", "--as", "st", "-o", "court.custody")
    assert de.must("checkpoint", "--for", ORIGIN, "-o", "de.checkpoint", "--json").json["since"] == receipt
    cosigned = ro.must("cosign", "de.checkpoint", "-o", "de.cosigned", "--json").json["size"]
    de.must("import", "de.cosigned")
    fr = abroad.third()
    abroad.send(de, "DE-30", FR, "K-12")
    told = de.must("checkpoint", "--for", ORIGIN, "-o", "later.checkpoint", "--json").json
    assert (told["since"], told["size"]) == (cosigned, de.size())
    ro.must("cosign", "later.checkpoint", "-o", "x")
    told = de.must("checkpoint", "--for", FR, "-o", "fr.checkpoint", "--json").json
    assert told["since"] == de.size()
    fr.must("request", "receive", "DE-30.custody", "--case", "P-5", "--as", "ca")
    fr.must("cosign", "fr.checkpoint", "-o", "y")


def test_nobody_cosigns_its_own(abroad: Abroad) -> None:
    abroad.ro.must("checkpoint", "-o", "own.checkpoint")
    done = abroad.ro("cosign", "own.checkpoint", "-o", "own.cosigned")
    assert (done.code, "partners do" in done.err) == (2, True)
    assert not (abroad.folder / "own.cosigned").exists()


# -- keys


def test_nothing_is_taken_from_or_given_to_a_partner_that_was_removed(abroad: Abroad) -> None:
    ro = abroad.ro
    ro.must("partner", "remove", DE, "--reason", "key lost")
    size = ro.size()
    for words in (
        ("import", "receipt.custody"),
        ("cosign", "bka.checkpoint", "-o", "x"),
        ("request", "receive", "DE-7.custody", "--case", "KR-9", "--as", "ca"),
        ("receive", "--package", "DE-1.custody", "--case", "OP-17", *PHONE[2:], "D-77", "-o", "x"),
    ):
        done = ro(*words)
        assert (done.code, "refused (L04)" in done.err, "partner add" in done.err) == (3, True, True), words
    done = ro("release", "JM/6", "--to", f"km@{DE}", "--request", "DE-9", *PHONE[:4], "-o", "x")
    assert (done.code, "has been distrusted since" in done.err) == (2, True)
    assert (ro.size(), seen(ro, DE)) == (size, seen(ro, DE))
    ro.must("partner", "add", "bka.card", "--fingerprint", fingerprint(abroad.de, "bka.card"))
    ro.must("import", "receipt.custody")


def test_a_partner_s_new_key_is_followed(abroad: Abroad) -> None:
    """Signed by the old one, and shown by a bundle: nothing has to be compared by telephone."""
    ro, de = abroad.ro, abroad.de
    de.must("rekey", "--reason", "yearly", "--no-passphrase")
    alone = since(de, ro, "new.checkpoint")
    done = ro("import", alone)
    assert (done.code, "import a bundle of theirs" in done.err) == (5, True)
    de.must("bundle", "GR/1", "--audience", "partner", "-o", "new.custody")
    ro.must("import", "new.custody")
    ro.must("import", alone)
    de.must("report", "GR/1", "--text", "weighed")
    ro.must("cosign", since(de, ro, "newer.checkpoint"), "-o", "newer.cosigned")
    ro.must("receive", "--package", "DE-1.custody", "--case", "OP-17", *PHONE[2:], "D-77", "-o", "late.receipt")
    de.must("import", "late.receipt")
    assert ro.item("DE/1")["custodian"] == f"jm@{ORIGIN}"


def test_a_key_that_was_lost_is_pinned_anew(abroad: Abroad) -> None:
    """A new ledger under the old name: its card is compared by telephone again, and it is held to what was seen."""
    ro, de = abroad.ro, abroad.de
    shutil.rmtree(de.home)
    de.must("init", DE, "--agency", "BKA", "--jurisdiction", "DE", "--no-passphrase")
    read_out = fingerprint(de, "new.card")
    de.must("checkpoint", "-o", "new.checkpoint")
    done = ro("import", "new.checkpoint")
    assert (done.code, "compare cards anew" in done.err) == (5, True)
    ro.must("partner", "add", "new.card", "--fingerprint", read_out)
    (one,) = ro.must("partner", "list", "--json").json["partners"]
    assert one["fingerprint"] == read_out
    assert ro("import", "new.checkpoint").code == 5
    shutil.rmtree(de.home)
    de.must("init", f"{DE}/2", "--agency", "BKA", "--jurisdiction", "DE", "--no-passphrase")
    de.must("checkpoint", "-o", "second.checkpoint")
    ro.must("partner", "add", "new.card", "--fingerprint", fingerprint(de, "new.card"))
    ro.must("import", "second.checkpoint")


# -- histories rewritten


def rewritten(abroad: Abroad) -> str:
    """DE restores last week's database and goes on from there; a checkpoint that RO can compare: its file."""
    ro, de = abroad.ro, abroad.de
    backup(de, abroad.folder / "week")
    de.must("report", "GR/1", "--text", "as it was")
    ro.must("import", since(de, ro, "honest.checkpoint"))
    restore(de, abroad.folder / "week")
    for number in range(4):
        de.must("report", "GR/1", "--text", f"another past {number}")
    return since(de, ro, "rewritten.checkpoint")


@pytest.mark.parametrize("words", [("import",), ("cosign", "-o", "x"), ("import", "-n"), ("cosign", "-o", "x", "-n")])
def test_a_partner_that_restored_last_week_s_database(abroad: Abroad, words: tuple[str, ...]) -> None:
    ro, file = abroad.ro, rewritten(abroad)
    size, pin = ro.size(), seen(ro, DE)
    done = ro(words[0], file, *words[1:])
    assert (done.code, "refused (L03)" in done.err, "rewrote its history" in done.err) == (3, True, True)
    assert "`custody partner disputes -o FILE`" in done.err
    assert (ro.size(), seen(ro, DE)) == (size, pin)
    assert not (abroad.folder / "x").exists()
    found = ro.must("partner", "disputes", "--json", "-o", "proof").json["disputes"]
    kept = "-n" not in words
    assert [(one["ledger"], one["code"]) for one in found] == ([(DE, "L03")] if kept else [])
    if kept:
        (line,) = (abroad.folder / "proof").read_bytes().splitlines()
        proof = json.loads(line)
        key = parse_vkey(abroad.de.must("policy", "--json").json["vkeys"][0])
        both = [open_checkpoint(one["checkpoint"].encode(), [key]).checkpoint for one in proof["statements"]]
        assert {one.origin for one in both} == {DE}
        assert ro.must("partner", "list", "--json").json["partners"][0]["disputes"] == 1
        assert ro(words[0], file, *words[1:]).code == 3
        assert len(ro.must("partner", "disputes", "--json").json["disputes"]) == 1


def test_two_receipts_of_one_release(abroad: Abroad) -> None:
    """DE's km receives it twice, in two copies of the ledger: a fork of the item, signed by one hand."""
    ro, de = abroad.ro, abroad.de
    ro.must("release", "JM/4", "--to", f"km@{DE}", "--request", "DE-9", *PHONE[:4], "-o", "JM-4.custody")
    backup(de, abroad.folder / "week")
    abroad.take("JM-4.custody", None, "one.receipt")
    restore(de, abroad.folder / "week")
    abroad.take("JM-4.custody", None, "two.receipt", "--discrepancy", "another")
    ro.must("import", "one.receipt")
    size = ro.size()
    done = ro("import", "two.receipt")
    assert (done.code, any(f"refused ({code})" in done.err for code in ("C02", "L03"))) == (3, True), done
    assert ro.size() == size
    assert len(ro.must("partner", "disputes", "--json").json["disputes"]) == 1


def test_we_restored_last_week_s_database(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    backup(ro, abroad.folder / "week")
    ro.must("release", "JM/4", "--to", f"km@{DE}", "--request", "DE-9", *PHONE[:4], "-o", "JM-4.custody")
    abroad.take("JM-4.custody", None, "JM-4.receipt")
    restore(ro, abroad.folder / "week")
    size = ro.size()
    done = ro("import", "JM-4.receipt")
    assert (done.code, "restored from a backup" in done.err, "newest database" in done.err) == (3, True, True)
    assert ro.size() == size
    del de


def test_our_own_bundle_is_compared_and_changes_nothing(abroad: Abroad) -> None:
    ro = abroad.ro
    backup(ro, abroad.folder / "week")
    ro.must("bundle", "GR/1", "JM/4", "--as", "px", "-o", "own.custody")
    before = tables(ro.home)
    done = ro.must("import", "own.custody")
    assert "cut by this ledger itself: nothing changed" in done.out
    told = ro.must("import", "own.custody", "--json").json
    assert (told["entries"], told["taken"], told["partner"]) == ([], False, ORIGIN)
    assert [one["label"] for one in told["items"]] == ["GR/1", "JM/4"]
    assert tables(ro.home) == before
    restore(ro, abroad.folder / "week")
    done = ro("import", "own.custody")
    assert (done.code, "restored from a backup" in done.err) == (3, True)
    for _ in range(2):
        ro.must("report", "GR/1", "--text", "another past")
    done = ro("import", "own.custody")
    assert (done.code, "another history of this ledger" in done.err) == (3, True)


# -- what is kept


ALTERED = {
    "an entry shown": ("UPDATE shown SET body = swap(body, ':\"2026-', ':\"2025-')", "altered where it is kept"),
    "what it is found by": ("UPDATE shown SET subject = 'item:x' WHERE subject LIKE 'item:%'", "is not what"),
    "its proof": ("UPDATE shown SET proof = zeroblob(length(proof)) WHERE length(proof) > 0", "is not what"),
    "a checkpoint seen": (
        "UPDATE seen SET note = swap(note, '\n' || size || '\n', '\n99\n')",
        "the checkpoint kept of",
    ),
    "where it is seen": ("UPDATE seen SET size = size + 99", "is another"),
    "no checkpoint": ("DELETE FROM seen", "is not what"),
    "a cosignature": ("UPDATE cosigned SET line = swap(line, 'AAA', 'BBB')", "is not its witness's"),
    "a proof of extension": ("UPDATE joined SET proof = zeroblob(length(proof))", "does not lead from"),
}


@pytest.mark.parametrize("defect", ALTERED)
def test_what_was_altered_of_others_is_found(abroad: Abroad, defect: str) -> None:
    ro = abroad.ro
    change, said = ALTERED[defect]
    ro.must("import", "receipt.custody")
    ro.must("cosign", "bka.checkpoint", "-o", "bka.cosigned")
    assert ro("audit").code == 0
    link = sqlite3.connect(ro.home / "ledger.db")
    triggers = link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        link.execute(f"DROP TRIGGER {name}")
    link.create_function("swap", 3, swapped)
    assert link.execute(change.replace("\n", "' || char(10) || '")).rowcount > 0
    for _, sql in triggers:
        link.execute(sql)
    link.commit()
    link.close()
    done = ro("audit")
    assert (done.code, said in done.out + done.err) == (3, True), done


def swapped(data: bytes, old: str, new: str) -> bytes:
    return data.replace(old.encode(), new.encode(), 1)
