"""An event's details as names and values for a reader; text as stated, escaped later by whoever shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from custody.protocol.events.codec import details_of
from custody.protocol.events.common import Event
from custody.protocol.values import Amount, Digests, Document, Reference, SealReading, Value

SEALED = "(sealed; not disclosed to this reader)"


def describe(event: Event, entry: str, disclosed: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str], ...]:
    """Every detail that is present, documents after them; sealed ones with the value disclosed, or marked."""
    found = list(_members(details_of(event), ""))
    found += [(f"document ({document.kind})", _document(document)) for document in event.documents]
    for path in event.sealed:
        value = disclosed.get((entry, path))
        name = path.removeprefix("/details/").strip("/").replace("/", " ").replace("_", " ")
        found.append((name, SEALED if value is None else f"{value} (sealed; disclosed to this reader)"))
    return tuple(found)


def _members(value: Value, prefix: str) -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(value):
        member = getattr(value, field.name)
        if member is not None and member != ():
            name = f"{prefix}{field.encode_name.replace('_', ' ')}"
            if isinstance(member, Value) and not isinstance(member, Amount | SealReading | Digests | Reference):
                yield from _members(member, f"{name} ")
            else:
                yield name, _text(member)


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
        return ", ".join(f"{name} {text}" for name, text in _members(member, ""))
    if isinstance(member, dict):
        return "; ".join(f"{name}: {_text(one)}" for name, one in member.items())
    return "yes" if member is True else str(member)


def _digests(digests: Digests) -> str:
    name = f"{digests.name}: " if digests.name else ""
    folder = f", a folder of {digests.files} files, {digests.total} bytes" if digests.files is not None else ""
    return f"{name}SHA-256 {digests.sha256}, BLAKE3 {digests.blake3}, {digests.size} bytes{folder}"


def _document(document: Document) -> str:
    title = f"{document.title}: " if document.title else ""
    return f"{title}SHA-256 {document.sha256}, {document.size} bytes"
