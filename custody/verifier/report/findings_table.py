"""Findings as a table: each with its sentence, and, to be opened, what its code means and the events concerned."""

from collections.abc import Mapping, Sequence

from custody.protocol.findings import Finding
from custody.verifier.report.events_table import Place
from custody.verifier.report.markup import LONG, code, prose, rest, row, table, text
from custody.verifier.report.meanings import MEANINGS, say_effect
from custody.verifier.report.words import SEVERITIES, say

FINDINGS_SHOWN = 500
_ENTRIES = 8


def findings_table(findings: Sequence[Finding], caption: str, name: str, places: Mapping[str, Place]) -> str:
    """Findings as they come, worst first; `name` begins their anchors, `places` has the events that are on the page."""
    if not findings:
        return "<p>None.</p>"
    rows = (
        row(
            (
                code(one.code),
                text(SEVERITIES[one.severity]),
                f"{prose(one.message)}{_more(one, places)}",
                "<br>".join(_entry(entry, places) for entry in one.entries[:_ENTRIES]),
            ),
            kind=f"{one.severity}{' tall' if len(one.message) > LONG else ''}",
            name=anchor(name, number),
        )
        for number, one in enumerate(findings[:FINDINGS_SHOWN])
    )
    more = rest(len(findings) - FINDINGS_SHOWN, "findings; the report as JSON has them")
    shown = table(("Code", "Weight", "Finding", "Entries concerned"), rows, caption=caption, kind="findings")
    return f'<div class="scroll">{shown}</div>{more}'


def list_anchors(findings: Sequence[Finding], name: str) -> dict[Finding, str]:
    """Where each finding of such a table stands."""
    return {one: anchor(name, number) for number, one in enumerate(findings[:FINDINGS_SHOWN])}


def anchor(name: str, number: int) -> str:
    """Of a finding in the table `name`."""
    return f"{name}-f{number + 1}"


def _more(one: Finding, places: Mapping[str, Place]) -> str:
    """Closed on a screen, open on paper. Nothing of the finding itself is hidden in it."""
    shown = (places[entry] for entry in one.entries[:_ENTRIES] if entry in places)
    events = "".join(f"<li>{_event(place)}</li>" for place in shown)
    what = "What it means, and the events concerned" if events else "What it means"
    return (
        f'<details><summary>{what}<span class="unseen"> ({text(one.code)})</span></summary>'
        f"<p>{text(MEANINGS.get(one.code, ''))}</p><p>{text(say_effect(one))}</p>"
        f"{f'<ul>{events}</ul>' if events else ''}</details>"
    )


def _event(place: Place) -> str:
    when = place.step.occurred_at
    words = f"{when[:10]} {when[11:19]} {when[19:]}"
    link = f'<a href="#{place.anchor}">{text(say(place.step.type))}</a>'
    return f"{link}, {text(words)}, stated by {code(place.step.actor)}"


def _entry(entry: str, places: Mapping[str, Place]) -> str:
    place = places.get(entry)
    return f'<a href="#{place.anchor}">{code(entry)}</a>' if place else code(entry)
