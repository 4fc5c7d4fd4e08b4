"""The report as one HTML page that stands alone: no script, nothing fetched, every word from the file escaped."""

from collections.abc import Iterable
from html import escape

from custody.errors import MalformedError
from custody.protocol.eye import show
from custody.protocol.findings import Finding
from custody.protocol.times import format_utc, parse_local
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.model import ItemReport, Report, Stated, Step
from custody.verifier.report.style import STYLE
from custody.verifier.report.timeline import draw_timeline
from custody.verifier.report.words import SEVERITIES, say, seals_of

ITEMS_SHOWN = 50
ROWS_SHOWN = 2_000

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Custody report: {title}</title><style>{style}</style></head><body>
"""


def render_page(report: Report) -> str:
    """The page. Deterministic: the same report, the same bytes."""
    parts = [
        _HEAD.format(title=_text(report.verdict_line), style=STYLE),
        "<h1>Report on a chain of custody</h1>",
        f'<p class="verdict" role="status">{_text(report.verdict_line)}'
        "<small>Read it with the keys it rests on and the findings below; whether evidence is admitted is for the "
        "court to say.</small></p>",
        _trust(report),
        _summary(report.items),
    ]
    for number, item in enumerate(report.items[:ITEMS_SHOWN]):
        parts.append(_item(item, f"item{number}"))
    if len(report.items) > ITEMS_SHOWN:
        parts.append(
            f"<p>{len(report.items) - ITEMS_SHOWN} more items are in the table above; "
            "<code>custody verify --item</code> shows one.</p>"
        )
    parts.append("<h2>The record as a whole</h2>")
    parts.append(_findings([one for one in report.findings if one.item is None]))
    parts.append(_ledgers(report.ledgers))
    parts.append(_about(report))
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _trust(report: Report) -> str:
    if not report.policy:
        return "<h2>Keys trusted</h2><p><strong>None was given: whose record this is can't be established.</strong></p>"
    rows = "".join(f"<tr><td>{_text(name)}</td><td><code>{_text(key)}</code></td></tr>" for name, key in report.policy)
    return (
        "<h2>Keys trusted</h2><p>The check rests on these keys, which the reader brought; compare each fingerprint with "
        "one the agency gives by another way than this file.</p>"
        f"<table><thead><tr><th>Ledger</th><th>Fingerprint</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _summary(items: tuple[ItemReport, ...]) -> str:
    heads = "".join(f"<th scope=col>{escape(words)}</th>" for words in QUESTIONS.values())
    rows = "".join(
        f"<tr><th scope=row>{_text(item.label)}</th><td>{_text(item.answers.verdict)}</td>"
        + "".join(f"<td>{_text(getattr(item.answers, question))}</td>" for question in QUESTIONS)
        + "</tr>"
        for item in items[:ROWS_SHOWN]
    )
    more = len(items) - ROWS_SHOWN
    rest = f"<p>… and {more} more items.</p>" if more > 0 else ""
    return (
        "<h2>The four questions</h2><table><thead><tr><th scope=col>Item</th><th scope=col>Verdict</th>"
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>{rest}"
    )


def _item(item: ItemReport, name: str) -> str:
    description = f": {_text(item.description)}" if item.description else ""
    rows = "".join(_step(step) for step in item.steps)
    more = f"<p>{item.more_steps} more events are not shown here.</p>" if item.more_steps else ""
    answered = f"{_text(item.custodian)} answers for it" if item.status in ("held", "transit", "lent") else ""
    end = f"The chain runs to {_text(item.until)}; {answered or 'it was ' + _text(item.status)}."
    presented = f" Presented in court on {_text(item.presented)}." if item.presented else ""
    return (
        f'<section class="item"><h2>Item {_text(item.label)}{description}</h2>'
        f'<p class="note">Case {_text(item.case)}, {_text(item.kind)}, <code>{_text(item.uuid)}</code>. {end}{presented}</p>'
        f"<h3>Findings</h3>{_findings(item.findings)}"
        f'<h3>Who answered for it</h3><div class="timeline">{draw_timeline(item, name)}</div>'
        '<p class="note">Solid: in hand. Hatched: in transit, the releaser answers. Dotted: lent on a paper receipt. '
        "Diamond: presented in court.</p>"
        "<h3>Custody, event by event</h3><table><thead><tr><th>When it happened</th><th>What happened</th>"
        "<th>Who stated it</th><th>Place</th><th>Seals read</th><th>Condition</th><th>Answers for it then</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{more}</section>"
    )


def _step(step: Step) -> str:
    facts = dict(step.facts)
    others = [(key, value) for key, value in step.facts if key not in ("condition", "seals")]
    listed = "".join(f"<dt>{_text(key)}</dt><dd>{_text(value)}</dd>" for key, value in others)
    witnesses = "".join(f"<br>witness: {_text(one)}" for one in step.witnesses)
    transit = " (in transit)" if step.status == "transit" else " (lent)" if step.status == "lent" else ""
    return (
        f"<tr><td>{_text(step.occurred_at.replace('T', ' '))}<br>{_utc(step.occurred_at)}"
        f'<br><span class="note">recorded {_text(step.recorded_at)}</span></td>'
        f"<td><strong>{_text(say(step.type))}</strong>"
        f'<details><summary class="note">{_text(step.entry)}</summary><dl class="facts">{listed}</dl></details></td>'
        f"<td>{_text(step.actor)}{witnesses}</td><td>{_text(step.place)}</td>"
        f"<td>{_text(seals_of(step.type, step.facts))}</td><td>{_text(facts.get('condition', ''))}</td>"
        f"<td>{_text(step.custodian)}{transit}</td></tr>"
    )


def _utc(local: str) -> str:
    try:
        return format_utc(parse_local(local))
    except MalformedError:
        return ""


def _findings(findings: Iterable[Finding]) -> str:
    rows = "".join(
        f'<tr class="{one.severity}"><td>{one.code}</td><td>{SEVERITIES[one.severity]}</td>'
        f"<td>{escape(one.message)}</td><td>{_text(', '.join(one.entries[:8]))}</td></tr>"
        for one in findings
    )
    if not rows:
        return "<p>None found.</p>"
    return (
        "<table><thead><tr><th>Code</th><th>Weight</th><th>Finding</th><th>Entries concerned</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _ledgers(ledgers: Iterable[Stated]) -> str:
    rows = "".join(
        f"<tr><td>{_text(one.origin)}<br>{_text(one.agency)}</td><td>{one.size}</td><td><code>{_text(one.root)}</code></td>"
        f"<td>{_text(one.stated_at or 'not stated')}</td>"
        f"<td>{_text(', '.join(f'{who}, {when}' for who, when in one.cosigned) or 'nobody, as far as is shown')}</td></tr>"
        for one in ledgers
    )
    return (
        "<h2>Ledgers</h2><table><thead><tr><th>Ledger</th><th>Entries</th><th>Root</th><th>Heads stated</th>"
        f"<th>Seen outside by</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _about(report: Report) -> str:
    facts = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in report.file)
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in report.limits)
    return (
        f'<h2>The file</h2><dl class="facts">{facts}<dt>now, for deadlines</dt><dd>{_text(report.as_of)}</dd></dl>'
        f"<h2>Not proved by this check</h2><ul>{limits}</ul>"
        "<h2>To check again</h2><p>Anyone can repeat it, without a network and without the agency: "
        "<code>custody verify FILE --policy POLICY --evidence FILE</code>.</p>"
    )


def _text(text: str) -> str:
    return escape(show(text))
