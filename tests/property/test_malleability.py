"""One spelling each: what parses re-encodes to the same bytes, and no mutation is another spelling of the same."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import bundle, canonical
from custody.protocol.disclosure import Disclosure, format_disclosure, parse_disclosure
from custody.protocol.entry import format_entry, hash_entry, parse_entry
from custody.protocol.envelope import seal_envelope
from custody.protocol.events.codec import EVENT_TYPES, format_event, parse_event
from fixtures.judge import HERE

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def _collect() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Lines, entries and events of every sound fixture, one of each kind and shape."""
    lines, entries, events = {}, {}, {}
    for folder in sorted([*(HERE / "valid").iterdir(), *(HERE / "invalid").glob("[!m]*")]):
        for data in (folder / "bundle.custody").read_bytes().splitlines():
            line = bundle.parse_line(data)
            lines.setdefault((data[:4], len(data) // 64), data)
            if line.entry is not bundle.NO_ENTRY:
                entry = parse_entry(bytes(line.entry))
                payload = entry.envelope.payload
                shape = (parse_event(payload).type, len(entry.envelope.signatures))
                entries.setdefault(shape, bytes(line.entry))
                events.setdefault((shape, len(payload) // 64), payload)
    return list(lines.values()), list(entries.values()), list(events.values())


LINES, ENTRIES, EVENTS = _collect()


def line_again(data: bytes) -> bytes:
    """A line, parsed and written again."""
    return bundle.format_line(bundle.parse_line(data))


def entry_again(data: bytes) -> bytes:
    """An entry, its envelope taken apart and put together again."""
    entry = parse_entry(data)
    envelope = entry.envelope
    signatures = [(one.keyid, one.sig) for one in envelope.signatures]
    assert seal_envelope(parse_event(envelope.payload), signatures) == envelope
    return format_entry(entry)


def event_again(data: bytes) -> bytes:
    """An event, parsed and written again."""
    return format_event(parse_event(data))


KINDS: dict[str, tuple[list[bytes], Callable[[bytes], bytes]]] = {
    "line": (LINES, line_again),
    "entry": (ENTRIES, entry_again),
    "event": (EVENTS, event_again),
}


def test_fixtures_hold_every_type_of_event_but_the_rare() -> None:
    shown = {parse_event(data).type for data in EVENTS}
    assert set(EVENT_TYPES) - shown <= {"case.amended", "case.closed", "case.erased", "item.copied"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_comes_back(kind: str) -> None:
    samples, again = KINDS[kind]
    assert [again(data) for data in samples] == samples


def mutate(data: bytes, draw: Any) -> bytes:
    """One byte changed, taken out, put in or doubled, or two swapped."""
    place = draw(st.integers(0, len(data) - 1))
    octet = bytes([draw(st.sampled_from(b'",:{}[]0129aAfFzZ+/=- \t\n\r\\\x00\x7f\xff') | st.integers(0, 255))])
    how = draw(st.sampled_from(("change", "drop", "insert", "double", "swap")))
    if how == "change":
        return data[:place] + octet + data[place + 1 :]
    if how == "drop":
        return data[:place] + data[place + 1 :]
    if how == "insert":
        return data[:place] + octet + data[place:]
    if how == "double":
        return data[:place] + data[place : place + 1] + data[place:]
    return data[:place] + data[place + 1 : place + 2] + data[place : place + 1] + data[place + 2 :]


def check_mutation(kind: str, draw: Any) -> None:
    """A mutation is refused, or it is another statement with a spelling of its own."""
    samples, again = KINDS[kind]
    data = draw(st.sampled_from(samples))
    changed = mutate(data, draw)
    try:
        back = again(changed)
    except MalformedError:
        return
    assert back == changed
    assert (hash_entry(changed) == hash_entry(data)) == (changed == data)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=400, **QUIET)  # type: ignore[arg-type]
@given(draw=st.data())
def test_no_second_spelling(kind: str, draw: Any) -> None:
    check_mutation(kind, draw.draw)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50_000, **QUIET)  # type: ignore[arg-type]
@given(draw=st.data())
def test_no_second_spelling_at_length(kind: str, draw: Any) -> None:
    check_mutation(kind, draw.draw)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200)


@settings(max_examples=200, **QUIET)  # type: ignore[arg-type]
@given(text=TEXT)
def test_any_text_comes_back(text: str) -> None:
    event = next(data for data in EVENTS if b'"report.late"' in data and b'"sealed":{}' in data)
    stated = canonical.decode_any(event)
    stated["details"]["text"] = text
    data = canonical.encode(stated)
    assert event_again(data) == data
    assert parse_event(data).details.text == text  # type: ignore[attr-defined]


@settings(max_examples=200, **QUIET)  # type: ignore[arg-type]
@given(salt=st.binary(min_size=16, max_size=16), value=TEXT, draw=st.data())
def test_disclosures_have_one_spelling(salt: bytes, value: str, draw: Any) -> None:
    one = Disclosure(salt, "/details/source", value)
    text = format_disclosure(one)
    assert parse_disclosure(text) == one
    changed = mutate(text.encode(), draw.draw).decode("latin-1")
    with contextlib.suppress(MalformedError):
        assert format_disclosure(parse_disclosure(changed)) == changed


@settings(max_examples=300, **QUIET)  # type: ignore[arg-type]
@given(junk=st.binary(max_size=300))
def test_junk_is_refused_and_nothing_else(junk: bytes) -> None:
    for again in (line_again, entry_again, event_again):
        with contextlib.suppress(MalformedError):
            assert again(junk) == junk
