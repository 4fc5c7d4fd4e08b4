"""One item on the page: the answers, the findings, the picture, the gaps, the events."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from custody.verifier.answers import QUESTIONS
from custody.verifier.report.events_table import Place, events_table
from custody.verifier.report.findings_table import findings_table
from custody.verifier.report.markup import LONG, code, listed, prose, rest, row, table, text
from custody.verifier.report.model import ItemReport, Person, Report
from custody.verifier.report.stretches import TITLES, Stretch, count_brief, list_stretches, say_gap
from custody.verifier.report.timeline import LANES, draw_timeline
from custody.verifier.report.words import say_answer, say_person

GAPS_SHOWN = 100
_TITLE = 100
_FOUND = "About this item and what it was made from."

_KEY = (
    ("ink", "", "in custody, answered for"),
    ("filled", "transit", "in transit"),
    ("filled", "lent", "lent on a paper receipt"),
    ("hollow", "", "no statement for 30 days or more"),
    ("filled", "nobody", "nobody answers for it on record"),
)


class Shown(NamedTuple):
    """One of the items in full: where it stands, and between which."""

    item: ItemReport
    name: str
    """Its anchor."""
    before: tuple[str, str] | None
    """Anchor and label."""
    after: tuple[str, str] | None


def item_section(report: Report, one: Shown, persons: Mapping[str, Person], places: Mapping[str, Place]) -> str:
    """The section of one item; `places` has the events that are on the page."""
    item, name = one.item, one.name
    stretches = list_stretches(item, report.as_of)
    title = f": {text(_cut(item.description))}" if item.description else ""
    facts = [("case", text(item.case or "none stated")), ("kind", text(item.kind or "not stated"))]
    facts += [("identifier", code(item.uuid)), ("verdict on it", _verdict(item))]
    if len(item.description) > _TITLE:
        long = len(item.description) > LONG
        facts.insert(0, ("description", "in full at its first event below" if long else prose(item.description)))
    return (
        f'<section class="item" id="{name}" aria-labelledby="{name}-head">{_alone(report, one)}'
        f'<h2 id="{name}-head">Item {text(item.label)}{title}</h2>{listed(facts)}'
        f"<h3>The questions</h3>{_answers(report, item)}"
        f"<h3>Findings</h3>{findings_table(item.findings, _FOUND, name, places)}"
        f"<h3>Who answered for it, and when</h3>{_picture(item, stretches, persons, name)}"
        f"<h3>Gaps</h3>{_gaps(stretches, persons)}"
        f"<h3>Custody, event by event</h3>{events_table(item, stretches, persons, name)}</section>"
    )


def _alone(report: Report, one: Shown) -> str:
    """Seen only while the item is shown alone: the style does that where the reader followed a link into it."""
    if len(report.items) == 1:
        return ""
    ways = [("", "questions", "Show all items")]
    ways += [(f"{word}: ", *to) for word, to in (("Previous", one.before), ("Next", one.after)) if to]
    links = "".join(f'<li><a href="#{to}">{word}{text(label)}</a></li>' for word, to, label in ways)
    return (
        f'<nav class="alone" aria-label="Other items"><p><b>Of {len(report.items)} items, this one alone is shown.</b>'
        f"</p><ul>{links}</ul></nav>"
    )


def _cut(words: str) -> str:
    return words if len(words) <= _TITLE else words[: _TITLE - 1] + "…"


def _verdict(item: ItemReport) -> str:
    questions = f" ({', '.join(item.answers.questions)})" if item.answers.questions else ""
    return f'<span class="{kind_of_answer(item.answers.verdict)}">{text(item.answers.verdict)}</span>{text(questions)}'


def kind_of_answer(answer: str) -> str:
    """The class that makes a bad answer bold and underlined, an open one bold and slanted."""
    if answer in ("no", "differs", "differ", "BROKEN"):
        return "no"
    return "unsure" if answer in ("not established", "NOT ESTABLISHED") else "fine"


def _answers(report: Report, item: ItemReport) -> str:
    rows = (
        row(
            (
                text(words),
                f'<span class="{kind_of_answer(answer)}">{text(answer)}</span>',
                prose(say_answer(report, item, question)),
            )
        )
        for question, words in QUESTIONS.items()
        for answer in [getattr(item.answers, question)]
    )
    return table(("Question", "Answer", "What it rests on"), rows, caption="As a court asks them; each for itself.")


def _picture(item: ItemReport, stretches: Sequence[Stretch], persons: Mapping[str, Person], name: str) -> str:
    drawn = draw_timeline(item, stretches, persons, name)
    if not drawn:
        return "<p>No event is shown from which a picture could be drawn.</p>"
    many = len({one.person for one in stretches}) - LANES
    key = "".join(_key(look, fill, words, name) for look, fill, words in _KEY)
    return (
        f'<div class="scroll">{drawn}</div><ul class="key small">{key}'
        "<li><b>┃</b> border crossed</li><li>◇ presented in court</li></ul>"
        '<p class="small">In order and to scale, except that short stretches are drawn wide enough to be seen. '
        "Numbers: the gaps below; dashed bands go through the whole picture. An event said to be earlier than the one "
        f"it follows is drawn where that one stands.</p>{rest(many, 'persons who answered for it')}"
    )


def _key(look: str, fill: str, words: str, name: str) -> str:
    filled = f' fill="url(#{name}-{fill})"' if fill else ""
    return (
        '<li><svg viewBox="0 0 34 14" aria-hidden="true">'
        f'<rect class="{look}"{filled} x="1" y="1" width="32" height="12"/></svg>{words}</li>'
    )


def _gaps(stretches: Sequence[Stretch], persons: Mapping[str, Person]) -> str:
    found = [one for one in stretches if one.gap]
    count = count_brief(stretches)
    words = f"Transits of less than a day, each with its release and receipt among the events: {count}."
    brief = f'<p class="small">{words}</p>' if count else ""
    if not found:
        return (
            "<p>None: from the first event to the last it was in custody, with a statement at least every 30 days.</p>"
            + brief
        )
    rows = "".join(
        f"<li><b>{TITLES[one.kind]}, {one.length}</b>: {text(say_gap(one, say_person(one.person, persons)))}</li>"
        for one in found[:GAPS_SHOWN]
    )
    more = rest(len(found) - GAPS_SHOWN, "gaps")
    return (
        '<p class="small">Stretches that rest on less than a statement by whoever took it. A gap is not a finding: '
        f'what the rules make of it stands under Findings.</p><ol class="gaps">{rows}</ol>{more}{brief}'
    )
