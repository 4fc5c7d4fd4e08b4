"""The report as one HTML page that stands alone: no script, nothing fetched, every word from the file escaped."""

import base64
import hashlib
from collections.abc import Iterable

from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.item_page import findings_table, item_section, kind_of_answer
from custody.verifier.report.markup import code, listed, prose, rest, row, table, text
from custody.verifier.report.model import ItemReport, Person, Report, Stated
from custody.verifier.report.style import STYLE
from custody.verifier.report.words import VERDICTS, count_verdicts, deciding, say_stamp, worst_first

ITEMS_SHOWN = 50
"""In full; a page of ten thousand would be read by nobody."""
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
    ("file", "The file"),
    ("limits", "Not proved by this check"),
)


def render_page(report: Report) -> str:
    """The page. Deterministic: the same report, the same bytes."""
    persons = {one.reference: one for one in report.persons}
    items = worst_first(report.items, ITEMS_SHOWN)
    anchors = {item.uuid: f"item{number}" for number, item in enumerate(items[:ITEMS_SHOWN], 1)}
    parts = [
        _HEAD.format(title=text(report.verdict_line), style=STYLE, hash=_hash(STYLE)),
        f"<header><h1>Report on a chain of custody</h1>{_verdict(report, anchors)}</header>",
        _contents(),
        "<main>",
        _trust(report),
        _summary(items, anchors),
        *(item_section(report, item, persons, anchors[item.uuid]) for item in items[:ITEMS_SHOWN]),
        _section(
            "record", findings_table([one for one in report.findings if one.item is None], "About no single item.")
        ),
        _section("ledgers", _ledgers(report.ledgers)),
        _section("persons", _persons(report.persons)),
        _section("file", _about(report)),
        _section("limits", _limits(report)),
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _section(name: str, markup: str) -> str:
    return f'<section id="{name}"><h2>{dict(_CONTENTS)[name]}</h2>{markup}</section>'


def _contents() -> str:
    links = "".join(f'<li><a href="#{name}">{words}</a></li>' for name, words in _CONTENTS)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'


def _verdict(report: Report, anchors: dict[str, str]) -> str:
    found = deciding(report)
    decided = "".join(f"<li>{_decided(one, report, anchors)}</li>" for one in found[:_DECIDING])
    reasons = f"<p>It rests on:</p><ul>{decided}</ul>{rest(len(found) - _DECIDING, 'findings')}" if decided else ""
    asked = f" and by rules of evidence that the reader brought: {prose(report.profile)}" if report.profile else ""
    return (
        f'<div class="verdict {report.answers.verdict}"><p><strong>{text(report.verdict_line)}</strong></p>'
        f"<p>{VERDICTS[report.answers.verdict]}</p>{reasons}"
        f'<p class="small">It speaks of this file, as read with the keys below, by the findings below{asked}. '
        '<a href="#limits">What no such check can prove</a> stands at the end; whether evidence is admitted is for the '
        "court to say.</p></div>"
    )


def _decided(one: Finding, report: Report, anchors: dict[str, str]) -> str:
    label = next((item.label for item in report.items if item.uuid == one.item), "") if one.item else ""
    about = f"Item {text(label)}: " if label else ""
    if one.item in anchors:
        about = f'<a href="#{anchors[one.item]}">{about.removesuffix(": ")}</a>: '
    return f"{code(one.code)} {about}{prose(one.message)}"


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
    if len(items) > ITEMS_SHOWN:
        caption += (
            f"; the worst first, {ITEMS_SHOWN} of them in full below. <code>custody verify --item</code> shows any."
        )
    shown = table(("Item", "Verdict", *QUESTIONS.values()), rows, caption=caption)
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
