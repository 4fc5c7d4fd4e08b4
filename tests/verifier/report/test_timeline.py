"""The picture: who answered when, and where nobody's statement stands."""

import itertools
import re

import pytest

from custody.protocol.times import DAY, HOUR, parse_utc
from custody.verifier.report.axis import LEAST, list_ticks, make_axis
from custody.verifier.report.model import ItemReport, Report, Step
from custody.verifier.report.stretches import SILENCE, Stretch, count_brief, list_stretches
from custody.verifier.report.timeline import LANES, draw_timeline
from tests.verifier.report.stories import broken, many, phone, ten_years, three_states, travelling

START = parse_utc("2026-05-04T08:00:00Z")


def kinds(report: Report) -> list[tuple[str, str, str]]:
    stretches = list_stretches(report.items[0], report.as_of)
    return [(one.kind, one.person.partition("@")[0], one.length) for one in stretches]


def draw(report: Report, item: ItemReport | None = None) -> str:
    chosen = item or report.items[0]
    persons = {one.reference: one for one in report.persons}
    return draw_timeline(chosen, list_stretches(chosen, report.as_of), persons, "item1")


def test_stretches_of_a_plain_story() -> None:
    assert kinds(phone()) == [
        ("held", "jm", "20 minutes"),
        ("transit", "jm", "10 minutes"),
        ("held", "lab", "50 minutes"),
        ("transit", "lab", "10 minutes"),
        ("held", "px", "20 minutes"),
    ]


def test_stretches_with_every_kind_of_gap_and_an_open_end() -> None:
    assert kinds(travelling()) == [
        ("held", "jm", "3 days"),
        ("lent", "jm", "9 days"),
        ("silent", "jm", "400 days"),
        ("held", "jm", "10 minutes"),
        ("transit", "jm", "7 days"),
        ("held", "lab", "10 minutes"),
        ("transit", "lab", "2 days"),
    ]


def test_silence_begins_at_thirty_days() -> None:
    report = broken()
    item = report.items[0]
    first, last = item.steps[0], item.steps[-1]
    for days, kind in ((29, "held"), (30, "silent")):
        later = last._replace(occurred_at=first.occurred_at.replace("05-04", "06-02" if days == 29 else "06-03"))
        found = list_stretches(item._replace(steps=(first, later)), report.as_of)
        assert (found[0].kind, found[0].stop - found[0].start) == (kind, days * DAY)
    assert SILENCE == 30 * DAY


def test_the_last_stretch_reaches_now_unless_it_ended_or_more_is_hidden() -> None:
    report = phone()
    item = report.items[0]
    later = "2027-01-01T00:00:00Z"
    assert list_stretches(item, later)[-1].kind == "silent"
    ended = item._replace(steps=(*item.steps[:-1], item.steps[-1]._replace(status="ended")))
    assert list_stretches(ended, later)[-1].stop < parse_utc(later)
    assert list_stretches(item._replace(more_steps=3), later)[-1].stop < parse_utc(later)


def test_contradictory_and_impossible_times_draw_nothing_wrong() -> None:
    report = phone()
    item = report.items[0]

    def timed(step: Step, when: str) -> Step:
        return step._replace(occurred_at=when)

    back = item._replace(steps=(*item.steps[:4], timed(item.steps[4], "2020-01-01T00:00:00+03:00"), *item.steps[5:]))
    found = list_stretches(back, report.as_of)
    assert all(one.start <= one.stop for one in found)
    assert all(one.stop <= after.start for one, after in itertools.pairwise(found))
    assert draw(report, back).startswith("<svg")
    broken_time = item._replace(steps=(timed(item.steps[0], "when it rained"),))
    assert list_stretches(broken_time, report.as_of) == () and draw(report, broken_time) == ""
    assert draw(report, item._replace(steps=())) == ""


def test_a_first_event_that_makes_nobody_answer_is_a_gap() -> None:
    report = phone()
    item = report.items[0]
    steps = tuple(one._replace(custodian="", status="none") for one in item.steps[:2])
    found = list_stretches(item._replace(steps=steps), report.as_of)
    assert [(one.kind, one.gap) for one in found] == [("nobody", True)]
    assert "nobody on record" in draw(report, item._replace(steps=steps))


def test_picture_names_people_ledgers_states_and_court() -> None:
    svg = draw(travelling())
    assert "jm · Officer JM" in svg and "ocrteh.police.example/custody (RO)" in svg
    assert "lab · Officer LAB" in svg and "tribunal.example/custody (FR)" in svg
    assert "in court" not in svg and "in court" in draw(phone())
    assert 'role="img"' in svg and "<desc" in svg


def test_each_gap_is_a_band_through_the_picture_with_its_number() -> None:
    svg = draw(travelling())
    assert svg.count('class="band"') == 4
    assert re.findall(r'class="number"[^>]*>(\d+)<', svg) == ["1", "2", "3", "4"]
    assert svg.count('fill="url(#item1-transit)"') == 2 and svg.count('fill="url(#item1-lent)"') == 1
    assert svg.count('class="hollow"') == 1


def test_ten_minutes_in_ten_years_can_be_seen() -> None:
    svg = draw(ten_years())
    widths = [float(one) for one in re.findall(r'class="filled"[^>]* width="([\d.]+)"', svg)]
    assert len(widths) == 12 and min(widths) >= 10
    assert len(re.findall(r'class="number"', svg)) == 12  # the silences; a transit of minutes is no gap


def test_axis_keeps_order_and_ends() -> None:
    axis = make_axis([START + 60, START, START + 3650 * DAY, START], 100, 900)
    assert axis.places == (100, 100 + axis.places[1] - 100, 900)
    assert axis.places[1] - 100 == pytest.approx(LEAST, abs=0.01)
    assert [axis.at(START - 5), axis.at(START + 9999 * DAY)] == [100, 900]
    assert make_axis([START], 100, 900).at(START + 5) == 100
    crowded = make_axis(range(START, START + 10_000), 100, 900)
    assert list(crowded.places) == sorted(set(crowded.places)) and crowded.places[-1] == pytest.approx(900)


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (0, ["2026-05-04 08:00"]),
        (1, ["2026-05-04 08:00", "2026-05-04 08:00"]),
        (5 * HOUR, [f"2026-05-04 {hour:02}:00" for hour in range(8, 14)]),
        (6 * DAY, ["2026-05-04 08:00", "2026-05-06", "2026-05-07", "2026-05-08", "2026-05-09", "2026-05-10 08:00"]),
        (400 * DAY, ["2026-05-04 08:00", "2026-10-01", "2027-01-01", "2027-04-01", "2027-06-08 08:00"]),
        (100_000 * DAY, ["2026-05-04 08:00", "2100-01-01", "2200-01-01", "2300-02-17 08:00"]),
    ],
)
def test_ticks(length: int, labels: list[str]) -> None:
    axis = make_axis([START, START + length], 0, 600)
    found = list_ticks(axis, apart=90)
    assert all(after[0] - one[0] >= 90 for one, after in itertools.pairwise(found))
    assert [label for _, label in found] == labels


def test_many_persons_make_no_endless_picture() -> None:
    report = ten_years()
    item = report.items[0]
    steps = tuple(one._replace(custodian=f"p{place}@x.example/c") for place, one in enumerate(item.steps * 3))
    svg = draw(report, item._replace(steps=steps))
    height = int(re.findall(r'viewBox="0 0 860 (\d+)"', svg)[0])
    assert svg.count('class="who"') == LANES and height < 1_300


def test_an_item_with_one_event() -> None:
    assert "<svg" in draw(many(11))


def test_a_border_is_a_line_through_the_picture_with_both_states() -> None:
    svg = draw(travelling())
    assert svg.count('class="border"') == 1 and ">RO → FR</text>" in svg
    assert "border crossed, RO → FR, 2027-06-27 10:50 UTC" in svg, "shown when pointed at"
    assert "Border crossed, RO → FR, 2027-06-27 10:50 UTC. lab@" in svg, "and told in words"
    assert 'class="border"' not in draw(phone())
    assert re.findall(r'class="sign"[^>]*>([^<]*)<', draw(three_states())) == ["RO → FR", "FR → DE"]


def test_a_border_whose_states_are_not_shown_is_not_drawn_and_signs_keep_apart() -> None:
    report = travelling()
    unknown = report._replace(persons=tuple(one._replace(jurisdiction="") for one in report.persons))
    assert 'class="border"' not in draw(unknown)
    item = ten_years().items[0]
    states = {"jm": "RO", "lab": "<script>" * 9}
    persons = tuple(
        one._replace(jurisdiction=states[one.reference.partition("@")[0]])
        for one in ten_years().persons
        if one.reference.partition("@")[0] in states
    )
    svg = draw(ten_years()._replace(persons=persons), item)
    assert svg.count('class="border"') == 12 and "<script" not in svg and "RO → &lt;script…" in svg
    signs = [float(one) for one in re.findall(r'class="sign" x="([\d.]+)"', svg)]
    assert all(after - one >= 60 for one, after in itertools.pairwise(signs))


def test_a_transit_that_ended_within_a_day_is_counted_and_is_no_gap() -> None:
    short = Stretch(kind="transit", person="a@b", start=0, stop=DAY - 1, after=0, until="Received", whom="")
    others = [short._replace(stop=DAY), short._replace(until=""), short._replace(kind="lent")]
    assert (short.gap, short.brief) == (False, True)
    assert [(one.gap, one.brief) for one in others] == [(True, False)] * 3
    assert count_brief([short, *others, short]) == 2
