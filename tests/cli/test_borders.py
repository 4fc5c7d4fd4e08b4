"""Two agencies by their commands: cards, requests, crates that go and come back, and what each side then shows."""

import pytest
from freezegun import freeze_time

from tests.cli.abroad import DE, FR, PHONE, Abroad, Elsewhere, befriend, fingerprint, seen
from tests.cli.station import ORIGIN, SEIZE, Station


def status(by: Station, reference: str) -> str:
    listed = by.must("request", "list", "--json").json["requests"]
    return str(next(one["status"] for one in listed if one["reference"] == reference))


def verdict(by: Station, label: str, actor: str, *more: str) -> tuple[int, str]:
    """What the verifier says, by this agency's own policy, of what it shows a court."""
    by.must("policy", "-o", "now.policy", "--force")
    by.must("bundle", label, "--as", actor, "-o", "now.custody", "--force")
    done = by("verify", "now.custody", "--policy", "now.policy", "--json", *more)
    return done.code, done.json["verdict"]


# -- cards


@pytest.mark.parametrize(
    "spelling", [str.upper, lambda text: text.replace("-", " "), lambda text: f"  {text[:7]} {text[7:]}"]
)
def test_a_fingerprint_is_typed_as_it_was_heard(abroad: Abroad, spelling) -> None:  # type: ignore[no-untyped-def]
    typed = spelling(fingerprint(abroad.de, "bka.card"))
    abroad.ro.must("partner", "add", "bka.card", "--fingerprint", typed)


def test_another_fingerprint_is_refused(abroad: Abroad) -> None:
    read_out = fingerprint(abroad.de, "bka.card")
    size = abroad.ro.size()
    for typed in (read_out[:-1] + ("0" if read_out[-1] != "0" else "1"), read_out[:-5], "0000", ""):
        done = abroad.ro("partner", "add", "bka.card", "--fingerprint", typed)
        assert done.code == (3 if typed else 2)
        assert "hint: " in done.err
    assert abroad.ro.size() == size


def test_a_card_that_was_changed_on_its_way_has_another_fingerprint(abroad: Abroad) -> None:
    read_out = fingerprint(abroad.de, "bka.card")
    card = abroad.folder / "bka.card"
    card.write_bytes(card.read_bytes().replace(b'"BKA"', b'"BKB"'))
    done = abroad.ro("partner", "add", "bka.card", "--fingerprint", read_out)
    assert (done.code, "refused (L04)" in done.err) == (3, True)


def test_what_another_showed_under_the_new_partner_s_name_is_dropped_and_said(abroad: Abroad) -> None:
    """DE carried the history of a ledger that somebody made under FR's name; then RO compares FR's own card."""
    forged, fr = (Elsewhere(abroad.folder, abroad.clock, name, "km") for name in ("forged", "fr"))
    for one in (forged, fr):
        one.found(FR, "OCRTEH-FR", "FR", "P-5")
    befriend(abroad.de, "b.card", forged, "c.card")
    forged.must("seize", "--case", "P-5", *SEIZE[2:], "--label", "X/1", "--description", "thing")
    forged.must("bundle", "X/1", "--audience", "partner", "--as", "ca", "-o", "1.custody")
    abroad.de.must("import", "1.custody")
    abroad.de.must("bundle", "X/1", "--audience", "partner", "--as", "ca", "-o", "2.custody")
    abroad.ro.must("import", "2.custody")
    read_out = fingerprint(fr, "fr.card")
    done = abroad.ro.must("partner", "add", "fr.card", "--fingerprint", read_out)
    assert f"warning: what others showed of {FR} before was dropped" in done.err
    assert "items: 1, requests: 0" in done.err
    assert "hint: " in done.err
    assert abroad.ro("show", "X/1").code == 2
    abroad.ro.must("audit")
    assert "dropped" not in abroad.ro.must("partner", "add", "fr.card", "--fingerprint", read_out).err


def test_what_partner_list_shows(abroad: Abroad) -> None:
    (one,) = abroad.ro.must("partner", "list", "--json").json["partners"]
    assert set(one) == {
        *("origin", "agency", "jurisdiction", "fingerprint", "key", "confirmed", "distrusted", "since", "seen"),
        "disputes",
    }
    assert (one["origin"], one["jurisdiction"], one["distrusted"], one["disputes"]) == (DE, "DE", False, 0)
    assert one["fingerprint"] == fingerprint(abroad.de, "bka.card")
    assert DE in abroad.ro.must("partner", "list").out


# -- requests


def test_a_request_s_whole_life_is_the_same_on_both_sides(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    ro.must("request", "receive", "DE-7.custody", "--case", "KR-9", "--as", "ca")
    for number, (step, stands, more) in enumerate(
        (
            ("consult", "consulted", ("--ground", "a copy only?")),
            ("postpone", "postponed", ("--ground", "our own trial", "--until", "2026-06-01")),
            ("accept", "accepted", ("--condition", "confidential", "--until", "2026-12-31")),
            ("accept", "accepted", ("--kind", "digital")),
            ("execute", "executed", ()),
            ("close", "closed", ("--ground", "done")),
        )
    ):
        done = ro.must("request", step, "DE-7", *more, "--as", "ca", "-o", f"{number}.reply", "--json").json
        assert (done["package"], status(ro, "DE-7")) == (f"{number}.reply", stands)
        told = de.must("import", f"{number}.reply", "--json").json
        assert told["requests"] == [{"request": done["request"], "reference": "DE-7", "status": stands}]
        assert status(de, "DE-7") == stands
    done = ro("request", "accept", "DE-7", "--as", "ca")
    assert (done.code, "refused (A04)" in done.err) == (3, True)
    ro.must("request", "refuse", "DE-8", "--ground", "against our law", "--as", "ca", "-o", "no.reply")
    de.must("import", "no.reply")
    assert status(ro, "DE-8") == status(de, "DE-8") == "refused"


def test_a_request_received_twice_changes_nothing(abroad: Abroad) -> None:
    size = abroad.ro.size()
    done = abroad.ro.must("request", "receive", "DE-8.custody", "--case", "KR-9", "--as", "ca", "--json")
    assert (done.json, abroad.ro.size()) == ({"entries": []}, size)
    assert "received before; nothing changed" in done.err


@pytest.mark.parametrize("more", [(), ("-o", "known.custody")])
def test_all_requests_in_a_file_are_received(abroad: Abroad, more: tuple[str, ...]) -> None:
    ro, de = abroad.ro, abroad.de
    abroad.send(de, "DE-6", ORIGIN, "K-12")
    both = ("--request", "DE-6", "--request", "DE-7", "--audience", "partner", "--as", "ca", "-o", "both.custody")
    de.must("bundle", *both)
    size = ro.size()
    done = ro.must("request", "receive", "both.custody", "--case", "KR-9", "--as", "ca", *more)
    assert (status(ro, "DE-6"), status(ro, "DE-7")) == ("received", "received")
    assert ro.size() == size + (3 if more else 2)
    if more:
        de.must("import", "known.custody")
        assert status(de, "DE-6") == status(de, "DE-7") == "received"
    else:
        assert "Request DE-6: " in done.err and "Request DE-7: " in done.err


def test_an_answer_is_signed_by_the_central_authority(abroad: Abroad) -> None:
    size = abroad.ro.size()
    done = abroad.ro("request", "accept", "DE-8", "-o", "reply")
    assert (done.code, "refused (A05)" in done.err) == (3, True)
    done = abroad.de("request", "accept", "RO-7", "-o", "reply", "--as", "st")
    assert (done.code, "refused (A05)" in done.err) == (3, True)
    done = abroad.ro("request", "accept", "RO-7", "--as", "ca", "-o", "reply")
    assert (done.code, "refused (A05)" in done.err) == (3, True)  # who asks does not answer
    assert abroad.ro.size() == size
    assert not (abroad.folder / "reply").exists()


def test_what_is_overdue(abroad: Abroad) -> None:
    """Five days to receive, thirty to decide, ninety to execute; or the request's own deadline."""

    def overdue(day: str) -> list[str]:
        with freeze_time(f"{day}T12:00:00Z"):
            listed = abroad.ro.must("request", "list", "--overdue", "--json").json["requests"]
            assert all(one["overdue"] for one in listed)
            return [one["reference"] for one in listed]

    assert overdue("2026-05-03") == []
    early = overdue("2026-07-01")
    assert "DE-8" in early
    assert "DE-9" not in early
    assert {"DE-8", "DE-9"} <= set(overdue("2027-01-02"))
    assert "(overdue)" not in abroad.ro.must("request", "list").out
    with freeze_time("2027-01-02T12:00:00Z"):
        assert "(overdue)" in abroad.ro.must("request", "list").out


# -- crates


def test_a_crate_with_one_refused_and_one_missing(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    for number in (1, 2, 3):
        ro.must("seize", *SEIZE, "--label", f"C/{number}", "--description", "thing", "--seal", f"C-{number}")
    read = [word for number in (1, 2, 3) for word in ("--seal", f"C/{number}=C-{number}")]
    words = ("--to", f"km@{DE}", "--request", "DE-9", "--reason", "analysis", "--condition", "packed")
    crate = ("--consignment", "crate 7", "--outer-seal", "OUT-7", "-o", "crate.custody")
    ro.must("release", "C/1", "C/2", "C/3", *words, *read, *crate)
    told = ("--refuse", "C/2=lid open", "--missing", "C/3", "--seal", "C/1=C-1", "--outer-seal", "OUT-7")
    done = abroad.take("crate.custody", None, "crate.receipt", *told, "--json")
    assert len(done.json["entries"]) == 4
    answer = ro.must("import", "crate.receipt", "--json").json
    assert {one["label"]: one["status"] for one in answer["items"]} == {
        "C/1": "held",
        "C/2": "transit",
        "C/3": "transit",
    }
    assert ro.item("C/1")["custodian"] == f"km@{DE}"
    back = ("--reason", "it came back", "--condition", "bag intact")
    assert (ro.item("C/1")["refused"], ro.item("C/3")["refused"]["outcome"]) == (None, "missing")
    assert ro.item("C/2")["refused"] == {"outcome": "refused", "by": f"km@{DE}", "reason": "lid open"}
    listed = ro.must("items", "--in-transit").out
    assert f"in transit; refused by km@{DE}: record it back in hand" in listed
    assert f"in transit; reported missing by km@{DE}: record it back in hand" in listed
    assert f"refused by km@{DE}: lid open" in ro.must("items", "--in-transit", "--csv").out
    assert "in transit; refused by km  " in de.must("items", "--in-transit").out
    ro.must("withdraw", "C/2", "C/3", *back, "--seal", "C/2=C-2", "--seal", "C/3=C-3")
    assert (ro.item("C/2")["status"], ro.item("C/2")["refused"]) == ("held", None)
    for label in ("C/1", "C/2", "C/3"):
        assert verdict(ro, label, "px") == (0, "UNBROKEN")
    assert verdict(de, "C/1", "st") == (0, "UNBROKEN")
    again = de("receive", "--package", "crate.custody", "--case", "K-12", "--condition", "c", "-o", "again", "--json")
    assert (again.code, again.json) == (0, {"entries": []})
    assert not (abroad.folder / "again").exists()


@pytest.mark.parametrize("actor", ["lt", "ca"])
def test_what_was_sent_to_nobody_is_refused_for_the_agency_and_taken_back(abroad: Abroad, actor: str) -> None:
    """A file to a mistyped name: nobody could receive it, and without a refusal it could not be withdrawn."""
    ro, de = abroad.ro, abroad.de
    words = ("--request", "DE-9", "--reason", "analysis", "--condition", "whole", "--evidence", "chat.json")
    ro.must("release", "JM/4", "--to", f"kmm@{DE}", *words, "-o", "JM-4.custody")
    back = ("withdraw", "JM/4", "--reason", "a slip of the pen", "--condition", "whole")
    assert "refused (C03)" in ro(*back).err
    answer = ("--package", "JM-4.custody", "--case", "K-12", "--refuse", "JM/4=nobody here is called so", "-o", "no")
    done = de("receive", *answer, "--as", "km")
    assert (done.code, "refused (C04)" in done.err, "supervisor" in done.err) == (3, True, True)
    de.must("receive", *answer, "--as", actor)
    assert not (abroad.folder / "JM-4.evidence").exists()
    ro.must("import", "no")
    assert ro.item("JM/4")["refused"]["by"] == f"{actor}@{DE}"
    ro.must(*back)
    assert ro.item("JM/4")["status"] == "held"
    ro.must("release", "JM/4", "--to", f"km@{DE}", *words, "-o", "again.custody")
    abroad.take("again.custody", None, "again.receipt")
    ro.must("import", "again.receipt")
    assert verdict(ro, "JM/4", "px") == (0, "UNBROKEN")


def test_a_receipt_taken_in_twice(abroad: Abroad) -> None:
    ro = abroad.ro
    first = ro.must("import", "receipt.custody", "--json").json
    assert set(first) == {"entries", "taken", "partner", "items", "requests"}
    assert (first["taken"], first["partner"]) == (True, DE)
    assert ro.item("GR/1")["custodian"] == f"km@{DE}"
    again = ro.must("import", "receipt.custody", "--json").json
    assert again == first | {"taken": False}
    assert "taken in before: nothing changed" in ro.must("import", "receipt.custody").out
    assert ro("audit").code == 0


def test_there_and_back_without_a_request(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    ro.must("import", "receipt.custody")
    de.must("release", "GR/1", "--to", f"jm@{ORIGIN}", *PHONE, "B-1", "-o", "back.custody")
    words = ("--package", "back.custody", "--case", "OP-17", "--condition", "bag intact", "--seal", "B-1")
    ro.must("receive", *words, "-o", "back.receipt")
    de.must("import", "back.receipt")
    for by, actor in ((ro, "px"), (de, "st")):
        assert by.item("GR/1")["custodian"] == f"jm@{ORIGIN}"
        assert verdict(by, "GR/1", actor) == (0, "UNBROKEN")


def test_nothing_leaves_without_a_reason(abroad: Abroad) -> None:
    ro = abroad.ro
    size = ro.size()
    words = ("release", "JM/6", "--to", f"km@{DE}", "--reason", "analysis", "--condition", "good", "-o", "out.custody")
    for more, code in (
        ((), "A04"),
        (("--request", "DE-8"), "A04"),
        (("--request", "DE-9", "--purpose", "intelligence"), "A03"),
        (("--agreement", "JIT 4/2026"), "A04"),
        (("--spontaneous", "they should know"), "A04"),
        (("--request", "RO-7"), "A03"),
    ):
        done = ro(*words, *more)
        assert (done.code, f"refused ({code})" in done.err) == (3, True), (more, done.err)
        assert "hint: " in done.err
    assert ro.size() == size
    assert not (abroad.folder / "out.custody").exists()


def test_onward_with_the_first_state_s_consent(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    fr = abroad.third()
    ro.must("import", "receipt.custody")
    abroad.send(fr, "FR-1", DE, "P-5")
    de.must("request", "receive", "FR-1.custody", "--case", "K-12", "--as", "ca")
    de.must("request", "accept", "FR-1", "--as", "ca", "-o", "FR-1.accepted")
    fr.must("import", "FR-1.accepted")
    words = ("release", "GR/1", "--to", f"km@{FR}", *PHONE, "B-1", "-o", "onward.custody")
    done = de(*words, "--request", "FR-1")
    assert (done.code, "refused (A03)" in done.err) == (3, True)
    consent = (
        (abroad.folder / "mla.toml")
        .read_text()
        .replace('purpose = "prosecution"', 'purpose = "onward"\nonward_to = "FR"')
    )
    (abroad.folder / "consent.toml").write_text(consent)
    to = ("--to", ORIGIN, "--case", "K-12", "--reference", "DE-20", "--as", "ca", "-o", "DE-20.custody")
    de.must("request", "send", "consent.toml", *to)
    ro.must("request", "receive", "DE-20.custody", "--case", "KR-9", "--as", "ca")
    ro.must("request", "accept", "DE-20", "--as", "ca", "-o", "DE-20.accepted")
    de.must("import", "DE-20.accepted")
    de.must(*words, "--request", "DE-20")
    received = ("--package", "onward.custody", "--case", "P-5", "--condition", "bag intact", "--seal", "B-1")
    fr.must("receive", *received, "-o", "onward.receipt")
    de.must("import", "onward.receipt")
    de.must("bundle", "GR/1", "--audience", "partner", "--as", "ca", "-o", "for-ro.custody")
    ro.must("import", "for-ro.custody")
    for by, actor in ((ro, "px"), (de, "st"), (fr, "st")):
        assert by.item("GR/1")["custodian"] == f"km@{FR}"
        assert verdict(by, "GR/1", actor) == (0, "UNBROKEN"), by


def test_presented_for_the_purpose_it_came_for(abroad: Abroad) -> None:
    de = abroad.de
    court = ("--court", "Landgericht Köln", "--hearing", "2026-11-02", "--exhibit", "P-1", "--as", "st")
    de.must("handover", "GR/1", "--to", "st", "--reason", "trial", "--condition", "good", "--seal", "B-1")
    done = de("present", "GR/1", *court, "--purpose", "intelligence")
    assert (done.code, "refused (A03)" in done.err) == (3, True)
    done = de("present", "GR/1", *court, "--request", "RO-7")
    assert (done.code, "refused (A03)" in done.err) == (3, True)
    event = de.must("present", "GR/1", *court, "-n", "--json").json["events"][0]
    assert event["details"]["purpose"] == "prosecution"
    de.must("present", "GR/1", *court)
    assert verdict(de, "GR/1", "st", "--to-court") == (0, "UNBROKEN")


def test_a_copy_for_another_state_needs_what_the_item_needs(abroad: Abroad) -> None:
    ro = abroad.ro
    words = ("copy", "JM/4", "--to", "BKA", "--purpose", "analysis")
    done = ro(*words, "--state", "DE")
    assert (done.code, "refused (A04)" in done.err) == (3, True)
    done = ro(*words, "--request", "DE-9")
    assert (done.code, "--state CC" in done.err) == (2, True)
    ro.must(*words, "--state", "DE", "--request", "DE-9")
    ro.must(*words)
    assert verdict(ro, "JM/4", "px") == (0, "UNBROKEN")


def test_what_a_partner_has_seen_grows_with_what_it_takes_in(abroad: Abroad) -> None:
    before = seen(abroad.ro, DE)
    abroad.ro.must("import", "receipt.custody")
    abroad.ro.must("import", "bka.checkpoint")
    assert seen(abroad.ro, DE) > before
