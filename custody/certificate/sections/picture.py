"""The picture of custody: who answered for the item and when, borders crossed, gaps through the whole height."""

from collections.abc import Mapping, Sequence

from custody.certificate.blocks import Band, Block, Mark, Paragraph, Picture, Section, Texts
from custody.certificate.sections.custody import gaps_of
from custody.certificate.sections.moments import plain_time
from custody.certificate.setting import Setting, exhibit, said
from custody.errors import MalformedError
from custody.protocol.times import format_utc, parse_local
from custody.verifier.report.axis import Axis, list_ticks, make_axis
from custody.verifier.report.model import ItemReport
from custody.verifier.report.stretches import Stretch

LANES = 40
"""Persons who have a lane of their own; the last lane is for all others."""

_WIDTH = 1000.0
_APART = 170.0
"""Units of the axis between two of its labels."""


def picture(setting: Setting, report: ItemReport) -> Section:
    """The picture, or that there is nothing to draw."""
    words = setting.words
    stretches = setting.stretches(report)
    block: Block = Paragraph(cell=said(words.say("picture.none")))
    if stretches:
        block = _draw(setting, report, stretches)
    return Section(heading=words.say("picture.heading"), blocks=(block,), level=2)


def _draw(setting: Setting, report: ItemReport, stretches: Sequence[Stretch]) -> Picture:
    words = setting.words
    moments = [moment for one in stretches for moment in (one.start, one.stop)]
    axis = make_axis(moments, 0.0, _WIDTH)
    lanes = _lanes(stretches)
    numbers = {one: number for number, one in enumerate(gaps_of(setting, report), 1)}
    bands = tuple(
        Band(
            kind=one.kind,
            lane=lanes[one.person],
            start=axis.at(one.start) / _WIDTH,
            stop=axis.at(one.stop) / _WIDTH,
            number=numbers.get(one, 0),
        )
        for one in stretches
    )
    marks = (*_borders(setting, stretches, axis), *_events(report, axis))
    return Picture(
        lanes=_names(setting, lanes),
        bands=bands,
        marks=marks,
        ticks=tuple((place / _WIDTH, label) for place, label in list_ticks(axis, apart=_APART)),
        legend=tuple((kind, words.say(f"picture.{kind}")) for kind in _kinds(bands, marks)),
        axis=words.say("picture.axis"),
        alternative=_in_words(setting, stretches),
        caption=words.say("picture.caption", label=exhibit(report)),
    )


def _lanes(stretches: Sequence[Stretch]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in stretches:
        found.setdefault(one.person, min(len(found), LANES - 1))
    return found


def _names(setting: Setting, lanes: Mapping[str, int]) -> tuple[str, ...]:
    names = [setting.name(person) or "—" for person, lane in lanes.items() if lane < LANES - 1]
    others = [person for person, lane in lanes.items() if lane == LANES - 1]
    if len(others) == 1:
        names.append(setting.name(others[0]) or "—")
    elif others:
        names.append(setting.words.say("picture.others", count=str(len(others)))[0])
    return tuple(names)


def _borders(setting: Setting, stretches: Sequence[Stretch], axis: Axis) -> list[Mark]:
    """Where who answers for it is in another State than who answered before."""
    found, before = [], ""
    for one in stretches:
        state = setting.state(one.person.partition("@")[2]) if one.person else ""
        if state and before and state != before:
            found.append(Mark(kind="border", at=axis.at(one.start) / _WIDTH, text=f"{before} → {state}"))
        before = state or before
    return found


def _events(report: ItemReport, axis: Axis) -> list[Mark]:
    found: list[Mark] = []
    for step in report.steps:
        try:
            at = axis.at(parse_local(step.occurred_at)) / _WIDTH
        except MalformedError:
            continue
        found.append(Mark(kind="court" if step.type == "court.presented" else "event", at=at))
    return found


def _kinds(bands: Sequence[Band], marks: Sequence[Mark]) -> list[str]:
    """What the legend explains: what occurs."""
    found = {one.kind for one in bands} | {one.kind for one in marks}
    return [
        kind for kind in ("held", "transit", "lent", "silent", "nobody", "border", "court", "event") if kind in found
    ]


def _in_words(setting: Setting, stretches: Sequence[Stretch]) -> str:
    """The picture for who can't see it, in the authentic language."""
    words = setting.words
    said_ = [words.say("picture.alternative")[0]]
    for one in stretches[:200]:
        facts: dict[str, str | Texts] = {
            "what": words.say(f"picture.{one.kind}"),
            "person": setting.name(one.person) or words.say("front.none"),
            "start": plain_time(format_utc(one.start)),
            "stop": plain_time(format_utc(one.stop)),
        }
        said_.append(words.say("picture.band", **facts)[0])
    return " ".join(said_)
