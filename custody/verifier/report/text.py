"""The report for a terminal, eighty columns wide."""

from collections.abc import Iterator
from textwrap import wrap

from custody.protocol.eye import show
from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.model import Certified, ItemReport, Report, Stated
from custody.verifier.report.stretches import TITLES, count_brief, list_stretches, say_gap
from custody.verifier.report.words import (
    SEVERITIES,
    VERDICTS,
    count_verdicts,
    say_answer,
    say_person,
    say_stamp,
    worst_first,
)

WIDTH = 80
ITEMS_SHOWN = 10
"""In full; of more than these, a line each."""
LINES_SHOWN = 100
FINDINGS_SHOWN = 50
GAPS_SHOWN = 20
_LONG = 400


def render_text(report: Report) -> str:
    """Plain text, every word from the file escaped."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield from _trust(report)
    if report.profile:
        yield from _say(f"Rules of evidence asked for on top of each ledger's own: {report.profile}", under=2)
    yield ""
    yield from _say(report.verdict_line)
    yield from _say(VERDICTS[report.answers.verdict])
    yield ""
    items = worst_first(report.items, ITEMS_SHOWN)
    for item in items[:ITEMS_SHOWN]:
        yield from _item(report, item)
    if len(items) > ITEMS_SHOWN:
        yield from _others(items)
    general = [one for one in report.findings if one.item is None]
    if general:
        yield "The record as a whole:"
        yield from _findings(general)
        yield ""
    yield "Ledgers:"
    for ledger in report.ledgers:
        yield from _ledger(ledger)
    yield ""
    if report.certificate:
        yield from _certificate(report.certificate)
        yield ""
    yield "The file:"
    for name, value in (*report.file, ("now, for deadlines", report.as_of)):
        yield from _say(f"{name}: {value}", "  ")
    yield ""
    yield "Not proved by this check:"
    for limit in report.limits:
        yield from _say(limit, "  - ")


def _certificate(one: Certified) -> Iterator[str]:
    yield "The certificate that the bundle was taken out of:"
    if one.issued:
        person = one.issued.by
        who = ", ".join(part for part in (person.name, person.office) if part)
        by = person.reference + (f" ({who})" if who else "")
        yield from _say(f"{one.issued.id}, issued {one.issued.at} by {by} for {one.issued.court}", "  ", under=4)
    else:
        yield "  not issued, as far as this file shows"
    yield from _say(f"pages and attachments, the first {one.rendered} bytes: SHA-256 {one.digest}", "  ", under=4)
    for added in one.added or ("nothing was added",):
        yield from _say(added, "  ", under=4)
    for note in one.notes:
        yield from _say(note, "  ")


def _say(words: str, lead: str = "", *, under: int | None = None) -> list[str]:
    """Wrapped lines; what follows the first stands under it. Very long text is cut, and says so."""
    shown = show(words)
    if len(shown) > _LONG:
        shown = f"{shown[:_LONG]}… ({len(shown) - _LONG} more characters; a report in .html or .json has them)"
    indent = " " * (len(lead) if under is None else under)
    return wrap(
        shown, WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
    ) or [lead.rstrip()]


def _trust(report: Report) -> Iterator[str]:
    if not report.policy:
        yield "No trusted key was given: whose record this is can't be established."
    else:
        yield "Trusted keys (yours, not the file's):"
    for name, fingerprint in report.policy:
        line = f"  {fingerprint}  {show(name)}"
        yield from [line] if len(line) <= WIDTH else [f"  {fingerprint}", f"    {show(name)}"]
    if report.authorities:
        yield "Trusted for time-stamps (yours, too), certificate and its SHA-256:"
    for name, fingerprint in report.authorities:
        yield from [f"  {fingerprint}", *_say(name, "    ")]


def _item(report: Report, item: ItemReport) -> Iterator[str]:
    yield from _say(f"Item {item.label}" + (f": {item.description}" if item.description else ""), under=2)
    yield from _say(f"case {item.case or 'not stated'}, {item.kind or 'kind not stated'}, {item.uuid}", "  ")
    for question, words in QUESTIONS.items():
        yield f"  {words:<42} {getattr(item.answers, question)}"
        rests_on = say_answer(report, item, question)
        if rests_on:
            yield from _say(rests_on, "      ")
    persons = {one.reference: one for one in report.persons}
    stretches = list_stretches(item, report.as_of)
    gaps = [one for one in stretches if one.gap]
    if gaps:
        yield "  Gaps:"
    for one in gaps[:GAPS_SHOWN]:
        yield from _say(f"{TITLES[one.kind]}, {one.length}, {say_gap(one, say_person(one.person, persons))}", "    - ")
    if len(gaps) > GAPS_SHOWN:
        yield f"    … and {len(gaps) - GAPS_SHOWN} more gaps"
    if brief := count_brief(stretches):
        yield f"  Transits of less than a day: {brief}"
    if item.findings:
        yield "  Findings:"
        yield from _findings(list(item.findings), "    ")
    yield ""


def _others(items: tuple[ItemReport, ...]) -> Iterator[str]:
    yield from _say(f"{count_verdicts(items)}; the worst first, {ITEMS_SHOWN} in full above. The others:")
    for item in items[ITEMS_SHOWN : ITEMS_SHOWN + LINES_SHOWN]:
        codes = " ".join(dict.fromkeys(one.code for one in item.findings))
        questions = f" ({', '.join(item.answers.questions)})" if item.answers.questions else ""
        yield from _say(f"{item.label:<14} {item.answers.verdict}{questions}  {codes}", "  ", under=17)
    more = len(items) - ITEMS_SHOWN - LINES_SHOWN
    if more > 0:
        yield f"  … and {more} more items; --item shows one"
    yield ""


def _findings(findings: list[Finding], lead: str = "  ") -> Iterator[str]:
    for one in findings[:FINDINGS_SHOWN]:
        start = f"{lead}{one.code} {SEVERITIES[one.severity]}: "
        yield from _say(one.message, start, under=len(lead) + 4)
    if len(findings) > FINDINGS_SHOWN:
        yield f"{lead}… and {len(findings) - FINDINGS_SHOWN} more findings"


def _ledger(ledger: Stated) -> Iterator[str]:
    about = ", ".join(part for part in (ledger.agency, ledger.jurisdiction) if part)
    yield from _say(ledger.origin + (f" ({about})" if about else ""), "  ")
    yield f"    {ledger.size} entries, root {ledger.root}"
    if ledger.stated_at:
        yield f"    heads stated {ledger.stated_at}"
    if ledger.trusted_key:
        yield from _say(f"consistent with its signature, {ledger.trusted_key}", "    ")
    seen = ", ".join(f"{name} on {when}" for name, when in ledger.cosigned)
    yield from _say(f"seen outside by {seen or 'nobody, as far as this file and your policy show'}", "    ")
    for stamp in ledger.stamped:
        yield from _say(say_stamp(stamp), "    ", under=6)
