"""The report as one JSON object; the names of its members are fixed by docs/format.md, "Report"."""

from typing import Any

from custody.protocol.findings import Finding
from custody.verifier.answers import Answers
from custody.verifier.report.model import Certified, ItemReport, Report


def report_as_json(report: Report) -> dict[str, Any]:
    """Plain dicts, lists and strings, text as it was stated (not escaped)."""
    return {
        "verdict": report.answers.verdict,
        "verdict_line": report.verdict_line,
        **_answers(report.answers),
        "findings": [_finding(one) for one in report.findings],
        "items": [_item(one) for one in report.items],
        "ledgers": [
            {
                "origin": one.origin,
                "agency": one.agency,
                "size": one.size,
                "root": one.root,
                "stated_at": one.stated_at,
                "trusted_key": one.trusted_key,
                "cosigned": [{"witness": name, "time": time} for name, time in one.cosigned],
                "stamped": [stamp._asdict() for stamp in one.stamped],
            }
            for one in report.ledgers
        ],
        "file": dict(report.file),
        "policy": [{"name": name, "fingerprint": fingerprint} for name, fingerprint in report.policy],
        "authorities": [{"name": name, "fingerprint": fingerprint} for name, fingerprint in report.authorities],
        "profile": report.profile,
        "certificate": _certificate(report.certificate) if report.certificate else None,
        "as_of": report.as_of,
        "limits": list(report.limits),
    }


def _certificate(one: Certified) -> dict[str, Any]:
    issued = one.issued
    return {
        "id": issued.id if issued else None,
        "entry": issued.entry if issued else None,
        "issued_at": issued.at if issued else None,
        "issued_by": issued.by.reference if issued else None,
        "name": issued.by.name if issued else None,
        "office": issued.by.office if issued else None,
        "court": issued.court if issued else None,
        "rendered": one.rendered,
        "digest": one.digest,
        "added": list(one.added),
        "signatures": [signature._asdict() for signature in one.signatures],
        "notes": list(one.notes),
    }


def _answers(answers: Answers) -> dict[str, str]:
    return {
        "record": answers.record,
        "custody": answers.custody,
        "authority": answers.authority,
        "evidence": answers.evidence,
        "seals": answers.seals,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "item": one.item,
        "entries": list(one.entries),
    }


def _item(item: ItemReport) -> dict[str, Any]:
    return {
        "item": item.uuid,
        "label": item.label,
        "case": item.case,
        "kind": item.kind,
        "description": item.description,
        "verdict": item.answers.verdict,
        **_answers(item.answers),
        "custodian": item.custodian,
        "status": item.status,
        "until": item.until,
        "presented": item.presented,
        "findings": [_finding(one) for one in item.findings],
        "steps": [
            {
                "entry": step.entry,
                "type": step.type,
                "occurred_at": step.occurred_at,
                "recorded_at": step.recorded_at,
                "actor": step.actor,
                "witnesses": list(step.witnesses),
                "place": step.place,
                "custodian": step.custodian,
                "status": step.status,
                "details": {fact.name: fact.text for fact in step.facts},
            }
            for step in item.steps
        ],
    }
