"""Which time-stamps a bundle carries, and over which checkpoint a token is."""

import hashlib

import pytest

from custody.ledger.others.kept import Stamped
from custody.ledger.stamps import choose, stamp_of, worth_stamping
from custody.protocol.bundle import MAX_TIMESTAMPS
from tests.ledger.agency import ORIGIN, Agency

TEXT = b"log.example/a\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"


def stamps(*sizes: int) -> list[Stamped]:
    return [Stamped("a", size, bytes([number]), b"") for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "indices", "size", "chosen"),
    [
        ((), (1, 2), 9, []),
        ((3, 5, 8), (), 9, [8]),
        ((3, 5, 8), (2,), 9, [3, 8]),
        ((3, 5, 8), (3, 4), 9, [5, 8]),
        ((3, 5, 8), (2, 7), 9, [3, 8]),
        ((3, 5, 8), (8,), 9, [8]),
        ((3, 5, 8), (2, 3), 5, [3, 5]),
        ((8,), (2,), 7, []),
        ((3, 3, 5), (2,), 9, [3, 3, 5]),
        (tuple(range(1, 20)), range(19), 30, [1, 2, 3, 4, 5, 6, 7, 19]),
        ((5,) * 20, (2,), 9, [5] * MAX_TIMESTAMPS),
        ((3,) * 20 + (5,), (2,), 9, [3] * (MAX_TIMESTAMPS - 1) + [5]),
    ],
)
def test_the_first_that_covers_each_entry_and_the_newest(
    sizes: tuple[int, ...], indices: tuple[int, ...], size: int, chosen: list[int]
) -> None:
    assert [one.size for one in choose(stamps(*sizes), indices, size)] == chosen


def test_what_a_time_stamp_is_asked_about() -> None:
    wanted = {"item:x": True, "notes:x": True, "request:x": True, "person:x": False, "ledger": False}
    assert {subject: worth_stamping(subject) for subject in wanted} == wanted


def test_a_token_holds_the_digest_of_what_it_is_over() -> None:
    token = b"before" + hashlib.sha256(TEXT).digest() + b"after"
    assert stamp_of(TEXT, token) == Stamped("log.example/a", 3, hashlib.sha256(token).digest(), token)
    assert stamp_of(TEXT, token[:-10]) is None


def test_kept_once_and_for_ever(agency: Agency) -> None:
    kept = [Stamped(ORIGIN, 1, b"one", b"token"), Stamped(ORIGIN, 1, b"two", b"another")]
    agency.ledger.keep_stamped(kept)
    agency.ledger.keep_stamped(kept[:1])
    agency.ledger.keep_stamped([Stamped("other.example/custody", 1, b"one", b"token")])
    assert agency.reopen().store.kept.stamped(ORIGIN) == kept
