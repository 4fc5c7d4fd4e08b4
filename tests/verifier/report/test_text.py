"""The report in a terminal and for programs: golden files, and what never happens."""

import json
import re
from collections.abc import Callable

import pytest

from custody.protocol.eye import deceives
from custody.verifier.report.json_form import report_as_json
from custody.verifier.report.model import LIMITS, Report
from custody.verifier.report.text import WIDTH, render_text
from tests.verifier.report.stories import GOLDEN, STORIES, broken, hostile, many, phone, stamped, travelling, untrusted

MEMBERS = {"verdict", "record", "custody", "authority", "evidence", "seals", "findings", "items"}


@pytest.mark.parametrize("story", [phone, broken, travelling, stamped])
def test_text_is_the_golden_text(story: Callable[[], Report]) -> None:
    golden = (GOLDEN / f"{story.__name__}.txt").read_text(encoding="utf-8")
    assert render_text(story()) == golden, "if that was meant: python -m tests.verifier.report.stories"


def test_json_is_the_golden_json() -> None:
    golden = json.loads((GOLDEN / "phone.json").read_text(encoding="utf-8"))
    assert report_as_json(phone()) == golden, "if that was meant: python -m tests.verifier.report.stories"


@pytest.mark.parametrize("story", STORIES)
def test_json_has_the_members_it_promises(story: Callable[[], Report]) -> None:
    told = report_as_json(story())
    assert told == json.loads(json.dumps(told))
    assert set(told) == MEMBERS | {
        "ledgers",
        "file",
        "policy",
        "authorities",
        "profile",
        "certificate",
        "as_of",
        "limits",
        "verdict_line",
    }
    assert all(set(one) >= MEMBERS - {"items"} for one in told["items"])
    assert all(set(one) == {"code", "severity", "message", "item", "entries"} for one in told["findings"])
    assert told["limits"] == list(LIMITS)


def test_json_shows_text_as_stated_and_every_document() -> None:
    details = report_as_json(phone())["items"][0]["steps"][0]["details"]
    assert details["document (warrant)"].count("SHA-256") == 2
    stated = report_as_json(hostile())["items"][0]["steps"][0]["details"]
    assert "\u202e" in stated["condition"] and stated["serial"] == "(sealed; not disclosed to this reader)"


@pytest.mark.parametrize("story", STORIES)
def test_text_fits_eighty_columns_and_deceives_no_eye(story: Callable[[], Report]) -> None:
    text = render_text(story())
    assert [line for line in text.split("\n") if len(line) > WIDTH or line != line.rstrip()] == []
    assert not deceives(text)


def test_text_opens_with_keys_and_closes_with_limits() -> None:
    for report in (phone(), broken()):
        text = render_text(report)
        assert text.startswith("Trusted keys (yours, not the file's):\n  SHA256:")
        assert report.verdict_line in text.split("\n")
        assert text.rpartition("Not proved by this check:")[2].count("\n  - ") == len(LIMITS)
    assert render_text(untrusted()).startswith("No trusted key was given: whose record this is can't be established.")


def test_the_profile_that_the_reader_brought_is_named() -> None:
    report = phone()._replace(profile="rules of the Court of Ruritania")
    line = "Rules of evidence asked for on top of each ledger's own: rules of the Court of"
    assert f"\n{line}\n  Ruritania\n\n{report.verdict_line[:8]}" in render_text(report)
    assert report_as_json(report)["profile"] == report.profile
    assert "Rules of evidence" not in render_text(phone())
    assert report_as_json(phone())["profile"] is None


def test_text_says_that_people_answer_for_things() -> None:
    for story in (phone, broken, travelling, many):
        assert not re.search(
            r"\b(held|had)\b", render_text(story()).partition("Not proved")[0].replace("had no role", "")
        )


def test_text_of_many_items_is_short_and_begins_with_the_worst() -> None:
    text = render_text(many(300))
    assert len(text.split("\n")) < 350
    assert re.findall(r"^Item (\S+):", text, re.MULTILINE)[0] == "JM/290"
    assert "300 items: 1 BROKEN, 299 UNBROKEN; the worst first, 10 in full above." in text
    assert "… and 190 more items; --item shows one" in text


def test_long_statements_are_cut_and_say_so() -> None:
    assert "more characters; a report in .html or .json has them)" in " ".join(render_text(hostile()).split())
