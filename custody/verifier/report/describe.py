"""An event's details as names and values for a reader; text as stated, escaped later by whoever shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from custody.protocol.events.codec import details_of
from custody.protocol.events.common import Event
from custody.protocol.values import Amount, Digests, Document, Reference, SealReading, Value
from custody.verifier.report.model import Fact


def describe(event: Event, entry: str, disclosed: Mapping[tuple[str, str], str]) -> tuple[Fact, ...]:
    """Every detail that is present, documents after them; sealed ones with the value disclosed, or marked.

    Each name stands once: what shares a name (two warrants) becomes one fact with several values.
    """
    found = [Fact(name, values) for name, values in _members(details_of(event), "")]
    by_kind: dict[str, list[str]] = {}
    for document in event.documents:
        by_kind.setdefault(document.kind, []).append(_document(document))
    found += [Fact(f"document ({kind})", tuple(values)) for kind, values in by_kind.items()]
    for path in event.sealed:
        value = disclosed.get((entry, path))
        found.append(Fact(_path(path), (), "withheld") if value is None else Fact(_path(path), (value,), "disclosed"))
    return tuple(found)


def _path(path: str) -> str:
    """`/documents/0/title` as `documents 1 title`: people count from one."""
    words = path.removeprefix("/details").strip("/").replace("_", " ").split("/")
    return " ".join(str(int(word) + 1) if word.isdecimal() else word for word in words)


def _members(value: Value, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in msgspec.structs.fields(value):
        member = getattr(value, field.name)
        if member is None or member == ():
            continue
        name = f"{prefix}{field.encode_name.replace('_', ' ')}"
        if isinstance(member, Value) and not isinstance(member, Amount | SealReading | Digests | Reference):
            yield from _members(member, f"{name} ")
        elif isinstance(member, tuple):
            yield name, tuple(_text(one) for one in member)
        elif isinstance(member, dict):
            yield name, tuple(f"{key}: {_text(one)}" for key, one in member.items())
        else:
            yield name, (_text(member),)


def _text(member: Any) -> str:
    if isinstance(member, tuple):
        return "; ".join(_text(one) for one in member)
    if isinstance(member, Amount):
        return f"{member.amount} {member.unit}"
    if isinstance(member, SealReading):
        return f"{member.seal} {member.state}"
    if isinstance(member, Digests):
        return _digests(member)
    if isinstance(member, Reference):
        return f"entry {member.entry[:16]}… of {member.ledger}"
    if isinstance(member, Value):
        return ", ".join(f"{name} {'; '.join(values)}" for name, values in _members(member, ""))
    return "yes" if member is True else str(member)


def _digests(digests: Digests) -> str:
    name = f"{digests.name}: " if digests.name else ""
    folder = f", a folder of {digests.files} files, {digests.total} bytes" if digests.files is not None else ""
    return f"{name}SHA-256 {digests.sha256}, BLAKE3 {digests.blake3}, {digests.size} bytes{folder}"


def _document(document: Document) -> str:
    title = f"{document.title}: " if document.title else ""
    return f"{title}SHA-256 {document.sha256}, {document.size} bytes"
