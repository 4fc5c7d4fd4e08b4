"""Notes that speak of an entry: corrections and confirmations. The others are `compose.state`."""

from collections.abc import Sequence
from typing import Any

import msgspec

from custody.errors import MalformedError, UsageError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.preconditions import check_field
from custody.ledger.recorder import Recorder
from custody.protocol import canonical, names
from custody.protocol.events.codec import parse_event
from custody.protocol.events.common import Event
from custody.protocol.events.notes import ConfirmedDetails, CorrectedDetails, EntryConfirmed, EntryCorrected
from custody.protocol.events.validity import pointer_filled
from custody.protocol.rules.fact import Recorded
from custody.protocol.values import Reference


def correct(
    occasion: Occasion,
    corrected: Recorded,
    *,
    field: str,
    value: str,
    why: str,
    readers: Sequence[str] | None = None,
) -> Act:
    """What a member of an entry should have said. `field`: its name (`serial`) or JSON Pointer.

    The correction of a sealed member is sealed for the same audiences; `readers` are those asked for, if any.

    Raises UsageError for an entry that is not about an item, a member that is not there or can't be corrected, a
    value that could not stand there, other readers.
    """
    pointer = field_pointer(corrected.event, field)
    check_field(corrected.event, pointer)
    _check_value(corrected.event, pointer, value, secret="value" in occasion.sealing)
    details = CorrectedDetails(entry=_cite(corrected), field=pointer, why=why, value=value)
    digest = corrected.event.sealed.get(pointer)

    def act(recorder: Recorder) -> None:
        stated = occasion
        if digest is not None:
            same = recorder.audiences(digest)
            if readers is not None and set(readers) != set(same):
                raise UsageError(f"{field} is sealed for {', '.join(same)}; its correction is, too")
            stated = occasion.sealed({"value": same})
        _note(EntryCorrected, stated, corrected, details)(recorder)

    return act


def confirm(occasion: Occasion, doubted: Recorded, *, why: str) -> Act:
    """That an entry whose signer's key is in doubt is nevertheless true (S04)."""
    details = ConfirmedDetails(entry=_cite(doubted), why=why)
    return _note(EntryConfirmed, occasion, doubted, details)


def _cite(fact: Recorded) -> Reference:
    return Reference(entry=fact.hash, ledger=fact.origin)


def _note(kind: type[Event], occasion: Occasion, cited: Recorded, details: Any) -> Act:
    subject = cited.event.subject
    if names.kind_of(subject) not in ("item", "notes"):
        hint = "amend the case, or enrol the person again, instead"
        raise UsageError(f"{cited.name} is about {subject}; only entries about items take notes", hint=hint)
    draft = Draft(
        kind=kind,
        subject=names.notes_of(subject),
        details=details,
        occasion=occasion,
    )

    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act


def field_pointer(event: Event, field: str) -> str:
    """The JSON Pointer of a member that people call `field`. Raises UsageError when the event has none such."""
    for pointer in (field,) if field.startswith("/") else (f"/details/{field}", f"/{field}"):
        if pointer_filled(event, pointer):
            return pointer
    members = ", ".join(sorted(msgspec.to_builtins(event)["details"]))
    raise UsageError(f"{event.type} has no {field}", hint=f"it has occurred_at, place/name, {members}")


def _check_value(event: Event, pointer: str, value: str, *, secret: bool) -> None:
    """Refuses a text that could not have stood there: a label with a space, a time without offset."""
    whole = msgspec.to_builtins(event)
    *path, last = pointer.split("/")[1:]
    holder: Any = whole
    for name in path:
        holder = holder[int(name) if isinstance(holder, list | tuple) else name]
    place: Any = int(last) if isinstance(holder, list | tuple) else last
    if pointer in event.sealed or not isinstance(holder[place], str):
        return
    holder[place] = value
    try:
        parse_event(canonical.encode(whole))
    except MalformedError as error:
        if secret:
            raise UsageError(f"{pointer} can't be what is to be sealed there") from None
        raise UsageError(f"{pointer} can't be {value!r}: {error.message}") from error
