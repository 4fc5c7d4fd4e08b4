"""The report for a terminal."""

from collections.abc import Iterator

from custody.protocol.eye import show
from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS, Question
from custody.verifier.report.model import ItemReport, Report, Stated

ITEMS_SHOWN = 50
FINDINGS_SHOWN = 200


def render_text(report: Report) -> str:
    """Plain text, every word from the file escaped."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    if report.policy:
        yield "Trusted keys (yours, not the file's):"
        for name, print_ in report.policy:
            yield f"  {show(name)}  {print_}"
    else:
        yield "No trusted key was given: whose record this is can't be established."
    yield ""
    yield report.verdict_line
    yield ""
    for item in report.items[:ITEMS_SHOWN]:
        yield from _item(item)
    if len(report.items) > ITEMS_SHOWN:
        yield f"… and {len(report.items) - ITEMS_SHOWN} more items; --item shows one"
        yield ""
    general = [one for one in report.findings if one.item is None]
    if general:
        yield "The record as a whole:"
        yield from _findings(general)
        yield ""
    yield "Ledgers:"
    for ledger in report.ledgers:
        yield from _ledger(ledger)
    yield ""
    for name, value in report.file:
        yield f"{name}: {show(value)}"
    yield f"now, for deadlines: {report.as_of}"
    yield ""
    yield "Not proved by this check:"
    for limit in report.limits:
        yield f"  - {limit}"


def _item(item: ItemReport) -> Iterator[str]:
    title = f"Item {show(item.label)}"
    if item.description:
        title += f": {show(item.description)}"
    yield title
    for question, words in QUESTIONS.items():
        yield f"  {words:<42} {getattr(item.answers, question)}{_detail(item, question)}"
    yield from _findings(list(item.findings))
    yield ""


def _detail(item: ItemReport, question: Question) -> str:
    if question != "custody" or item.answers.custody != "yes":
        return ""
    if item.status in ("returned", "destroyed", "voided"):
        return f", until it was {item.status} on {item.until}"
    presented = f"; presented in court on {item.presented}" if item.presented else ""
    return f", until {item.until}; {show(item.custodian)} answers for it{presented}"


def _findings(findings: list[Finding]) -> Iterator[str]:
    names = {"B": "broken", "N": "not established", "R": "remark"}
    for one in findings[:FINDINGS_SHOWN]:
        yield f"  {one.code} {names[one.severity]}: {one.message}"
    if len(findings) > FINDINGS_SHOWN:
        yield f"  … and {len(findings) - FINDINGS_SHOWN} more findings"


def _ledger(ledger: Stated) -> Iterator[str]:
    stated = f", stated {ledger.stated_at}" if ledger.stated_at else ""
    yield f"  {show(ledger.origin)} ({show(ledger.agency)}): {ledger.size} entries, root {ledger.root}{stated}"
    if ledger.trusted_key:
        yield f"    consistent with the signature of {show(ledger.origin)}, {ledger.trusted_key}"
    seen = ", ".join(f"{show(name)} on {when}" for name, when in ledger.cosigned)
    yield (
        f"    seen outside by {seen}"
        if seen
        else "    seen outside by nobody, as far as this file and your policy show"
    )
