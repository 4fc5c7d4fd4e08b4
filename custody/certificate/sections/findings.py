"""Discrepancies, what is not established, corrections, remarks: always there, "none found" in words."""

from collections.abc import Collection

from custody.certificate.blocks import Cell, Code, Facts, Line, Row, Said, Section, Stated, Table, Texts
from custody.certificate.setting import Setting, said
from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.model import ItemReport

_CORRECTED = "E01"
_ENTRIES = 8
"""Entries shown beside a finding; all stand in the attached report."""


def answers(setting: Setting) -> Section:
    """The questions a court asks, answered each for itself."""
    words, found = setting.words, setting.report.answers
    rows = tuple(
        Row(
            cells=(said(words.say(f"questions.{key}")), ((words.said(f"answers.{getattr(found, key)}", strong=True),),))
        )
        for key in QUESTIONS
    )
    table = Table(
        caption=words.say("answers.caption"),
        head=(words.say("answers.question"), words.say("answers.answer")),
        widths=(1.0, 1.0),
        rows=rows,
    )
    return Section(heading=words.say("answers.heading"), blocks=(table,), keep=True)


def findings_about(setting: Setting, report: ItemReport) -> Section:
    """Those about one exhibit and what it was made from."""
    return _section(setting, setting.words.say("findings_section.heading"), report.findings, level=2)


def findings_of_record(setting: Setting) -> Section:
    """Those about no single exhibit."""
    items = {one.uuid for one in setting.report.items}
    told = {one for report in setting.report.items for one in report.findings}
    found = [one for one in setting.report.findings if one.item not in items and one not in told]
    return _section(setting, setting.words.say("findings_section.record"), found, level=1)


def _section(setting: Setting, heading: Texts, found: Collection[Finding], *, level: int) -> Section:
    words = setting.words
    groups = {
        "broken": [one for one in found if one.severity == "B"],
        "not_established": [one for one in found if one.severity == "N"],
        "corrections": [one for one in found if one.severity == "R" and one.code == _CORRECTED],
        "remarks": [one for one in found if one.severity == "R" and one.code != _CORRECTED],
    }
    rows = tuple(
        (words.say(f"findings_section.{name}"), _lines(setting, group) or said(words.say("findings_section.none")))
        for name, group in groups.items()
    )
    return Section(heading=heading, blocks=(Facts(rows=rows),), level=level)


def _lines(setting: Setting, group: Collection[Finding]) -> Cell:
    """Each with its code and the entries it is about."""
    lines: list[Line] = []
    for one in group:
        lines.append((Code(one.code), Said(setting.words.finding(one))))
        shown = tuple(Code(name) for name in one.entries[:_ENTRIES])
        if shown and len(one.entries) > _ENTRIES:
            lines.append((*shown, Stated("…")))
        elif shown:
            lines.append(shown)
    return tuple(lines)
