"""A last row that the ledger never wrote, or that was altered: nothing is recorded upon it, and it can be removed."""

from collections.abc import Callable

import msgspec
import pytest

from custody.errors import CustodyError
from custody.ledger.audit import audit
from custody.protocol.entry import format_entry, hash_entry, parse_entry
from custody.protocol.tree import leaf_hash
from tests.ledger.administrator import Administrator, put, tamper
from tests.ledger.agency import Agency
from tests.ledger.conftest import BOTH

pytestmark = BOTH

ROW = 'INSERT INTO entry SELECT "index" + 1, ?, ?, subject, kind, "case", recorded, ? FROM entry WHERE "index" = ?'


def _inserted(agency: Agency, body: bytes, hash_: str, leaf: bytes) -> Callable[[Administrator], None]:
    last = agency.ledger.size - 1
    return lambda database: database.run(ROW, bytes.fromhex(hash_), leaf, body, last)


def _another_again(agency: Agency) -> Callable[[Administrator], object]:
    return put(agency.ledger.size)


def _no_entry(agency: Agency) -> Callable[[Administrator], object]:
    return _inserted(agency, b"junk", hash_entry(b"junk"), leaf_hash(b"junk"))


def _next(agency: Agency, **changed: object) -> bytes:
    last = agency.ledger.size - 1
    follows = {"index": last + 1, "previous": hash_entry(agency.ledger.entry(last))}
    return format_entry(msgspec.structs.replace(parse_entry(agency.ledger.entry(last)), **(follows | changed)))


def _upon_another(agency: Agency) -> Callable[[Administrator], object]:
    body = _next(agency, previous=hash_entry(agency.ledger.entry(0)))
    return _inserted(agency, body, hash_entry(body), leaf_hash(body))


def _under_another_number(agency: Agency) -> Callable[[Administrator], object]:
    body = _next(agency, index=99)
    return _inserted(agency, body, hash_entry(body), leaf_hash(body))


def _under_another_hash(agency: Agency) -> Callable[[Administrator], object]:
    body = _next(agency)
    return _inserted(agency, body, hash_entry(b"x"), leaf_hash(body))


def _at_another_time(agency: Agency) -> Callable[[Administrator], object]:
    size, body = agency.ledger.size, _next(agency)
    row = ROW.replace("recorded", "recorded + 10000000")
    return lambda database: database.run(row, bytes.fromhex(hash_entry(body)), leaf_hash(body), body, size - 1)


def _as_another_leaf(agency: Agency) -> Callable[[Administrator], object]:
    body = _next(agency)
    return _inserted(agency, body, hash_entry(body), leaf_hash(b"x"))


@pytest.mark.parametrize(
    "row",
    [
        _another_again,
        _no_entry,
        _upon_another,
        _under_another_number,
        _under_another_hash,
        _at_another_time,
        _as_another_leaf,
    ],
)
def test_nothing_is_recorded_upon_it(
    agency: Agency, row: Callable[[Agency], Callable[[Administrator], object]]
) -> None:
    agency.seize("JM/1")
    size = agency.ledger.size
    tamper(agency, row(agency))
    with pytest.raises(
        CustodyError, match="is no entry that follows the one before it, or was altered; nothing was recorded"
    ) as caught:
        agency.seize("JM/2")
    assert "docs/national.md" in (caught.value.hint or "")
    with pytest.raises(CustodyError, match="is no entry that follows"):
        agency.ledger.keep_outside()
    tamper(agency, lambda database: database.run('DELETE FROM entry WHERE "index" >= ?', size))
    agency.seize("JM/2")
    assert audit(agency.ledger).problems == []
