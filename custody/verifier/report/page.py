"""The report as one HTML page that stands alone: no script, nothing fetched, every word from the file escaped.

Items are filtered by links alone: whoever follows one into an item sees that item and no other, on paper too, until a
link leads out again (`:target` and `:has()` in the style; a browser that lacks them shows every item, and goes there).
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from itertools import accumulate

from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.events_table import list_places
from custody.verifier.report.findings_table import findings_table, list_anchors
from custody.verifier.report.item_page import Shown, item_section, kind_of_answer
from custody.verifier.report.markup import code, listed, prose, rest, row, table, text
from custody.verifier.report.model import Certified, ItemReport, Person, Report, Stated
from custody.verifier.report.style import STYLE
from custody.verifier.report.words import VERDICTS, count_verdicts, deciding, say_stamp, worst_first

ITEMS_SHOWN = 500
"""In full; a page of ten thousand would be opened by no browser."""
STEPS_SHOWN = 10_000
"""Events of all items in full: some 15 MB. Items beyond them stand in the table alone."""
ROWS_SHOWN = 1_000
PERSONS_SHOWN = 500
_DECIDING = 8

# The style is named by its hash: a style that a string might smuggle in would not be applied either.
_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; \
form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Custody report: {title}</title><style>{style}</style></head><body>
"""

_CONTENTS = (
    ("keys", "Keys trusted"),
    ("questions", "The questions"),
    ("record", "The record as a whole"),
    ("ledgers", "Ledgers"),
    ("persons", "Persons"),
    ("certificate", "The certificate"),
    ("file", "The file"),
    ("limits", "Not proved by this check"),
)


def render_page(report: Report) -> str:
    """The page. Deterministic: the same report, the same bytes."""
    persons = {one.reference: one for one in report.persons}
    items = worst_first(report.items, _count_full(report.items))
    shown = _in_full(items[: _count_full(items)])
    anchors = {one.item.uuid: one.name for one in shown}
    places = {entry: place for one in reversed(shown) for entry, place in list_places(one.item, one.name).items()}
    parts = [
        _HEAD.format(title=text(report.verdict_line), style=STYLE, hash=_hash(STYLE)),
        f"<header><h1>Report on a chain of custody</h1>{_verdict(report, anchors)}{_extract(report)}</header>",
        _contents(report),
        "<main>",
        _trust(report),
        _summary(items, anchors),
        *(item_section(report, one, persons, places) for one in shown),
        _section("record", findings_table(_general(report), "About no single item.", "record", places)),
        _section("ledgers", _ledgers(report.ledgers)),
        _section("persons", _persons(report.persons)),
        _section("certificate", _certificate(report.certificate)) if report.certificate else "",
        _section("file", _about(report)),
        _section("limits", _limits(report)),
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _count_full(items: tuple[ItemReport, ...]) -> int:
    """How many of the items, from the first on, are shown in full."""
    counts = accumulate(len(item.steps) for item in items[:ITEMS_SHOWN])
    return sum(number == 0 or count <= STEPS_SHOWN for number, count in enumerate(counts))


def _in_full(items: tuple[ItemReport, ...]) -> list[Shown]:
    ways = [(f"item{number}", item.label) for number, item in enumerate(items, 1)]
    return [
        Shown(item, name, before, after)
        for item, (name, _), before, after in zip(items, ways, [None, *ways], [*ways[1:], None], strict=False)
    ]


def _general(report: Report) -> list[Finding]:
    """The findings about no single item."""
    return [one for one in report.findings if one.item is None]


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _section(name: str, markup: str) -> str:
    return f'<section id="{name}"><h2>{dict(_CONTENTS)[name]}</h2>{markup}</section>'


def _contents(report: Report) -> str:
    shown = (one for one in _CONTENTS if one[0] != "certificate" or report.certificate)
    links = "".join(f'<li><a href="#{name}">{words}</a></li>' for name, words in shown)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'


def _extract(report: Report) -> str:
    """For the first sheet of paper: that what follows is an extract. Seen only then."""
    if len(report.items) == 1:
        return ""
    words = f"An extract: of {len(report.items)} items, one alone is shown below. The verdict speaks of all."
    return f'<p class="extract"><b>{words}</b></p>'


def _verdict(report: Report, anchors: dict[str, str]) -> str:
    found = deciding(report)
    rows = list_anchors(_general(report), "record")
    for item in report.items:
        if item.uuid in anchors:
            rows |= list_anchors(item.findings, anchors[item.uuid])
    decided = "".join(f"<li>{_decided(one, report, rows)}</li>" for one in found[:_DECIDING])
    reasons = f"<p>It rests on:</p><ul>{decided}</ul>{rest(len(found) - _DECIDING, 'findings')}" if decided else ""
    asked = f" and by rules of evidence that the reader brought: {prose(report.profile)}" if report.profile else ""
    return (
        f'<div class="verdict {report.answers.verdict}"><p><strong>{text(report.verdict_line)}</strong></p>'
        f"<p>{VERDICTS[report.answers.verdict]}</p>{reasons}"
        f'<p class="small">It speaks of this file, as read with the keys below, by the findings below{asked}. '
        '<a href="#limits">What no such check can prove</a> stands at the end; whether evidence is admitted is for the '
        "court to say.</p></div>"
    )


def _decided(one: Finding, report: Report, rows: Mapping[Finding, str]) -> str:
    label = next((item.label for item in report.items if item.uuid == one.item), "") if one.item else ""
    where = f'<a href="#{rows[one]}">{code(one.code)}</a>' if one in rows else code(one.code)
    return f"{where} {f'Item {text(label)}: ' if label else ''}{prose(one.message)}"


def _summary(items: tuple[ItemReport, ...], anchors: dict[str, str]) -> str:
    rows = (
        row(
            (
                f'<a href="#{anchors[item.uuid]}">{text(item.label)}</a>' if item.uuid in anchors else text(item.label),
                *(
                    f'<span class="{kind_of_answer(answer)}">{text(answer)}</span>'
                    for answer in (item.answers.verdict, *(getattr(item.answers, question) for question in QUESTIONS))
                ),
            )
        )
        for item in items[:ROWS_SHOWN]
    )
    caption = text(count_verdicts(items))
    if len(items) > len(anchors):
        caption += (
            f"; the worst first, {len(anchors)} of them in full below. <code>custody verify --item</code> shows any"
        )
    if len(items) > 1:
        caption += '<span class="onscreen">. Choose one to see it alone, here and on paper</span>'
    shown = table(("Item", "Verdict", *QUESTIONS.values()), rows, caption=f"{caption}.")
    return _section("questions", f'<div class="scroll">{shown}</div>{rest(len(items) - ROWS_SHOWN, "items")}')


def _trust(report: Report) -> str:
    if not report.policy:
        none = "<p><strong>None was given: whose record this is can't be established.</strong></p>"
        return _section("keys", none + _authorities(report))
    rows = (row((text(name), code(key))) for name, key in report.policy)
    caption = "Brought by the reader, not by the file. Compare each with what the agency gives by another way."
    return _section("keys", table(("Ledger", "Fingerprint"), rows, caption=caption) + _authorities(report))


def _authorities(report: Report) -> str:
    if not report.authorities:
        return ""
    rows = (row((text(name), code(fingerprint))) for name, fingerprint in report.authorities)
    caption = "Certificates by which time-stamps were checked; brought by the reader, too."
    return table(("Authority", "SHA-256 of its certificate"), rows, caption=caption)


def _ledgers(ledgers: Iterable[Stated]) -> str:
    rows = (
        row(
            (
                f"{code(one.origin)}<br>{text(one.agency or 'agency not shown')}",
                text(one.jurisdiction or "not shown"),
                f"{one.size}<br>{code(one.root)}",
                text(one.stated_at or "not stated"),
                code(one.trusted_key) if one.trusted_key else "<b>none that you trust</b>",
                _seen(one),
            )
        )
        for one in ledgers
    )
    heads = ("Ledger", "State", "Entries and root", "Heads stated", "Signed by", "Seen outside by")
    caption = "Each ledger's newest checkpoint in the file."
    return f'<div class="scroll">{table(heads, rows, caption=caption)}</div>'


def _seen(one: Stated) -> str:
    seen = [f"{text(who)}, {text(when)}" for who, when in one.cosigned] or ["nobody, as far as is shown"]
    return "<br>".join([*seen, *(prose(say_stamp(stamp)) for stamp in one.stamped)])


def _persons(persons: tuple[Person, ...]) -> str:
    if not persons:
        return "<p>None.</p>"
    rows = (
        row(
            (
                code(one.reference),
                text(one.name) or "not shown",
                text(one.office),
                text(one.roles) or "not shown",
                text(one.jurisdiction) or "not shown",
            )
        )
        for one in persons[:PERSONS_SHOWN]
    )
    caption = "Who signed or answers for the items, as last enrolled by their agency."
    shown = table(("Person", "Name", "Office", "Roles", "State"), rows, caption=caption)
    return f'<div class="scroll">{shown}</div>{rest(len(persons) - PERSONS_SHOWN, "persons")}'


def _certificate(one: Certified) -> str:
    facts = [("number", "not issued, as far as this file shows")]
    if one.issued:
        person = one.issued.by
        who = "".join(f"<br>{prose(part)}" for part in (person.name, person.office) if part)
        facts = [
            ("number", code(one.issued.id)),
            ("issued", f"{text(one.issued.at)}, {code(one.issued.entry)}"),
            ("by", f"{code(person.reference)}{who}"),
            ("for", prose(one.issued.court)),
        ]
    facts.append(("pages and attachments", f"the first {one.rendered} bytes, SHA-256 {code(one.digest)}"))
    facts.append(("added since", "<br>".join(prose(added) for added in one.added) or "nothing"))
    return listed(facts) + "".join(f"<p><strong>{text(note)}</strong></p>" for note in one.notes)


def _about(report: Report) -> str:
    facts = [*((name, prose(value)) for name, value in report.file), ("now, for deadlines", text(report.as_of))]
    if report.profile:
        facts.append(("rules of evidence asked for on top of each ledger's own", prose(report.profile)))
    more = " --profile FILE" if report.profile else ""
    more += " --tsa FILE.pem" if report.authorities else ""
    return (
        f"{listed(facts)}"
        "<p>To check again, without a network and without the agency: "
        f"<code>custody verify FILE --policy POLICY --evidence FILE{more}</code></p>"
    )


def _limits(report: Report) -> str:
    return f"<ul>{''.join(f'<li>{text(limit)}</li>' for limit in report.limits)}</ul>"
