"""What every store has to do. A new kind of store is one more factory."""

import gc
import hashlib
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.errors import CustodyError
from custody.ledger.edge import Edge
from custody.ledger.listing import ItemSummary
from custody.ledger.others.kept import Cosigned, Dispute, Joined, KeptCheckpoint, KeptEntry, KeptPart, Stamped
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import EMPTY, Head, HeadMovedError, LoggedEntry, Store, StoredCheckpoint
from custody.protocol.tree import cover, leaf_hash, root


class SqliteFactory:
    """Stores in one SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.db"

    def create(self) -> Store:
        return SqlStore.create(self.path)

    def open(self) -> Store:
        return SqlStore.open(self.path)


class PostgresFactory:
    """Stores in one database on a server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def create(self) -> Store:
        return SqlStore.create(self.url)

    def open(self) -> Store:
        return SqlStore.open(self.url)


@pytest.fixture(params=["sqlite", "postgres"])
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "sqlite":
        yield SqliteFactory(tmp_path)
        return
    server = request.getfixturevalue("postgres")
    url = server.create()
    yield PostgresFactory(url)
    server.drop(url)


@pytest.fixture
def store(factory: Any) -> Any:
    store = factory.create()
    yield store
    store.close()


def entries(count: int, start: int = 0, edge: Edge | None = None, mark: str = "") -> list[LoggedEntry]:
    edge = edge or Edge(0, lambda places: [])
    found = []
    for index in range(start, start + count):
        body = f"{mark}entry {index}".encode()
        digest = hashlib.sha256(body).hexdigest()
        nodes = edge.grow(leaf_hash(body))
        found.append(LoggedEntry(index, digest, nodes, f"item:{index % 3}", "item.stored", "OP-17", 1000 + index, body))
    return found


def head_after(found: list[LoggedEntry]) -> Head:
    return Head(found[-1].index + 1, found[-1].hash, found[-1].recorded)


def fill(store: Store, count: int) -> list[LoggedEntry]:
    found = entries(count)
    with store.transaction(EMPTY) as writing:
        writing.add_entries(found)
    return found


def line(label: str, begun: int, **more: Any) -> ItemSummary:
    values: dict[str, Any] = {
        "uuid": hashlib.sha256(f"{label}{begun}".encode()).hexdigest()[:32],
        "label": label, "case": "OP-17", "kind": "physical", "category": "phone", "description": "čierny telefón",
        "status": "held", "end": None, "custodian": "jm@a.example", "holder": "jm@a.example",
        "addressees": ("ana@a.example",), "seals": {"A-1": "intact"}, "country": "RO", "place": "Iași", "stored": None,
        "since": 7, "return_by": None, "presented": None, "begun": begun, "last": begun,
    }  # fmt: skip
    return ItemSummary(**(values | more))


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.head() == EMPTY
    assert list(store.entries(0, 10)) == []
    assert store.last_checkpoint() is None
    assert store.integrity() == []


def test_entries_come_back_as_they_were_put(store: Store, factory: Any) -> None:
    found = fill(store, 7)
    again = factory.open()
    assert again.head() == store.head() == head_after(found)
    assert list(again.entries(0, 7)) == found
    assert list(again.entries(2, 4)) == found[2:4]
    again.close()


def test_entries_are_found_by_subject_and_hash(store: Store) -> None:
    found = fill(store, 9)
    assert store.entries_of(["item:1", "item:2"]) == [entry for entry in found if entry.index % 3]
    assert store.subjects("item") == ["item:0", "item:1", "item:2"]
    assert store.subjects("case") == []
    assert store.find_entries(found[4].hash[:9]) == [4]
    assert store.find_entries(found[4].hash) == [4]


@pytest.mark.parametrize("count", [0, 1, 6, 7, 50, 51, 107])
def test_many_subjects_are_read_at_once(store: Store, count: int) -> None:
    """In the log's order, each entry once, and nothing about others."""
    found = [msgspec.structs.replace(one, subject=f"item:{one.index % 120}") for one in entries(240)]
    theirs = [KeptEntry("d/x", 500, n, f"{n:064x}", f"item:{n % 120}", b"", 1, b"body") for n in range(240)]
    with store.transaction(EMPTY) as writing:
        writing.add_entries(found)
        writing.keep_entries(theirs)
    wanted = [f"item:{number}" for number in reversed(range(count))]
    assert store.entries_of(wanted) == [one for one in found if one.subject in wanted]
    assert store.kept.entries_of(wanted) == [one for one in theirs if one.subject in wanted]


def test_nodes_are_those_of_the_tree(store: Store) -> None:
    found = fill(store, 13)
    edge = Edge(0, store.nodes)
    for size, entry in enumerate(found, 1):
        edge.grow(leaf_hash(entry.body))
        assert root(size, store.nodes) == edge.root()
        assert Edge(size, store.nodes).root() == edge.root()
    with pytest.raises(CustodyError, match="tree node 4/0"):
        store.nodes([(4, 0)])
    assert store.nodes(cover(0, 13)[:1]) == store.nodes([(3, 0)])


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    found = fill(store, 3)
    with pytest.raises(RuntimeError, match="midway"), store.transaction(head_after(found)) as writing:
        writing.add_entries(entries(1, 3, Edge(3, store.nodes)))
        writing.put_items([line("JM/1", 3)])
        writing.add_checkpoint(StoredCheckpoint(4, b"note"))
        raise RuntimeError("midway")
    assert store.head() == head_after(found)
    assert list(store.items()) == []
    assert store.checkpoints() == []


def test_a_moved_head_is_refused(store: Store, factory: Any) -> None:
    found = fill(store, 3)
    other = factory.open()
    more = entries(1, 3, Edge(3, other.nodes))
    with other.transaction(head_after(found)) as writing:
        writing.add_entries(more)
    with pytest.raises(HeadMovedError), store.transaction(head_after(found)) as writing:
        writing.add_entries(entries(1, 3, Edge(3, store.nodes), mark="late "))
    assert store.head() == head_after(more)
    other.close()


def test_a_head_of_another_history_is_refused(store: Store) -> None:
    fill(store, 3)
    with pytest.raises(HeadMovedError), store.transaction(Head(3, "ab" * 32, 1002)):
        pass


def test_an_index_or_hash_can_not_be_taken_twice(store: Store) -> None:
    found = fill(store, 3)
    with (
        pytest.raises(CustodyError, match=r"contradicts|the next entry of the log is 3, not 1"),
        store.transaction(head_after(found)) as writing,
    ):
        writing.add_entries(found[1:2])


def test_items_are_listed_found_and_replaced(store: Store) -> None:
    lines = [line("JM/1", 5), line("JM/2", 3), line("JM/1", 9, case="OP-18")]
    with store.transaction(EMPTY) as writing:
        writing.put_items(lines)
    assert list(store.items()) == [lines[1], lines[0], lines[2]]
    assert list(store.items(newest=True)) == [lines[2], lines[0], lines[1]]
    assert store.items_labelled("JM/1") == [lines[0], lines[2]]
    assert store.items_labelled("JM/1", "OP-18") == [lines[2]]
    assert store.items_beginning(lines[1].uuid[:8]) == [lines[1]]
    assert sorted(store.labels("JM/", "OP-17")) == ["JM/1", "JM/2"]
    assert (store.labels("JM/2", "OP-17"), store.labels("JM/", "OP-18")) == (["JM/2"], ["JM/1"])
    changed = line("JM/1", 5, status="transit")
    with store.transaction(EMPTY) as writing:
        writing.put_items([changed])
    assert store.items_labelled("JM/1", "OP-17") == [changed]
    assert store.items_in("OP-17") == [lines[1], changed]
    moved = msgspec.structs.replace(changed, case="OP-18")
    with store.transaction(EMPTY) as writing:
        writing.put_items([moved])
    assert (store.items_in("OP-17"), store.items_in("OP-18")) == ([lines[1]], [moved, lines[2]])
    with store.transaction(EMPTY) as writing:
        writing.clear_items()
    assert list(store.items()) == []


def test_a_list_that_is_not_read_to_its_end_says_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the other end of a pipe is gone: the store is closed first."""
    heard: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    with store.transaction(EMPTY) as writing:
        writing.put_items([line("JM/1", 5), line("JM/2", 3)])
    listed = store.items()
    next(listed)
    store.close()
    del listed
    gc.collect()
    assert heard == []


def test_checkpoints_are_kept(store: Store) -> None:
    kept = [StoredCheckpoint(2, b"two"), StoredCheckpoint(10, b"ten")]
    with store.transaction(EMPTY) as writing:
        for one in reversed(kept):
            writing.add_checkpoint(one)
    assert store.checkpoints() == kept
    assert store.last_checkpoint() == kept[1]
    assert store.checkpoints(2) == kept[1:]
    assert list(store.signed()) == [10, 2]
    assert (store.checkpoint_at(2), store.checkpoint_at(3)) == (kept[0], None)


def _append_many(open_store: Callable[[], Store], count: int, mark: str) -> None:
    store = open_store()
    done = 0
    while done < count:
        head = store.head()
        new = entries(1, head.size, Edge(head.size, store.nodes), mark=f"{mark} {done} ")
        try:
            with store.transaction(head) as writing:
                writing.add_entries(new)
            done += 1
        except HeadMovedError:
            pass
    store.close()


def test_processes_append_in_turns(store: Store, factory: Any) -> None:
    context = multiprocessing.get_context("fork")
    racers = [
        context.Process(target=_append_many, args=(factory.open, 40, name), daemon=True) for name in ("a", "b", "c")
    ]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
        assert one.exitcode == 0
    bodies = [entry.body for entry in store.entries(0, store.head().size)]
    assert len(bodies) == len(set(bodies)) == 120
    edge = Edge(0, store.nodes)
    for body in bodies:
        edge.grow(leaf_hash(body))
    assert root(120, store.nodes) == edge.root()


def test_in_a_turn_nobody_else_appends(store: Store, factory: Any) -> None:
    found = fill(store, 3)
    other = factory.open()
    done: list[str] = []

    def append() -> None:
        head = other.head()
        with other.turn(), other.transaction(other.head()) as writing:
            writing.add_entries(entries(1, 4, Edge(4, other.nodes), mark="other "))
        done.append(f"other, who saw {head.size}")

    with store.turn():
        waiting = threading.Thread(target=append)
        waiting.start()
        waiting.join(0.3)
        assert done == []
        with store.transaction(store.head()) as writing:
            writing.add_entries(entries(1, 3, Edge(3, store.nodes)))
    waiting.join()
    assert done == ["other, who saw 3"]
    assert [one.index for one in store.entries(0, 9)] == list(range(5))
    assert len(found) == 3
    other.close()


def test_a_turn_that_is_not_used_ends(store: Store, factory: Any) -> None:
    fill(store, 3)
    other = factory.open()
    with pytest.raises(RuntimeError), store.turn():
        raise RuntimeError
    for one in (other, store):
        with one.turn():
            pass
    assert store.head().size == 3
    other.close()


def shown(index: int, size: int, subject: str = "item:1") -> KeptEntry:
    body = f"shown {index}".encode()
    return KeptEntry("d/x", size, index, hashlib.sha256(body).hexdigest(), subject, b"p" * 64, 3, body)


def test_what_partners_show_is_kept_once_and_found(store: Store) -> None:
    long = b"two signed statements " * 1000
    for _ in range(2):
        with store.transaction(EMPTY) as writing:
            writing.keep_checkpoints([KeptCheckpoint("d/x", size, b"note") for size in (4, 9)])
            writing.keep_cosigned([Cosigned("d/x", 4, b"w" * 32, b"line\n")])
            writing.keep_stamped([Stamped("d/x", 4, b"d" * 32, b"token")])
            writing.keep_joined([Joined("d/x", 4, 9, b"proof")])
            writing.keep_parts([KeptPart("d/x", 4, b"heads")])
            writing.keep_entries([shown(0, 9, "ledger"), shown(1, 9)])
            writing.keep_entries([shown(1, 4)])
            writing.keep_dispute(Dispute("d/x", "L03", 5_000_000_000, long))
            writing.keep_arrival("ab" * 32, 3, "d/x", 2)
    kept = store.kept
    assert [one.size for one in kept.checkpoints("d/x")] == [4, 9]
    assert kept.pin("d/x") == kept.checkpoint("d/x", 9)
    assert kept.cosigned("d/x") == [Cosigned("d/x", 4, b"w" * 32, b"line\n")]
    assert kept.stamped("d/x") == [Stamped("d/x", 4, b"d" * 32, b"token")]
    assert kept.joins_to("d/x", 9) == kept.joins_from("d/x", 4) == [Joined("d/x", 4, 9, b"proof")]
    assert kept.parts("d/x") == [KeptPart("d/x", 4, b"heads")]
    assert list(kept.all_entries()) == [shown(0, 9, "ledger"), shown(1, 4)]
    assert (kept.subjects("item"), kept.entry("d/x", 1)) == (["item:1"], shown(1, 4))
    assert [(one.when, one.proof) for one in kept.disputes()] == [(5_000_000_000, long)]
    assert (kept.arrived("ab" * 32), kept.arrived("cd" * 32), kept.known()) == (True, False, {"d/x": 2})
    fill(store, 1)
    assert store.head().arrivals > 0


def test_what_came_since(store: Store) -> None:
    """First: what came again later, under another checkpoint, is not new."""
    with store.transaction(EMPTY) as writing:
        writing.keep_entries([msgspec.structs.replace(shown(number, 9), own=number) for number in range(4)])
        writing.keep_entries([msgspec.structs.replace(shown(1, 4), own=7)])
    assert store.kept.came() == [("d/x", number, number) for number in range(4)]
    assert store.kept.came(2) == [("d/x", 2, 2), ("d/x", 3, 3)]


def test_what_nobody_vouches_for_is_dropped_with_what_hangs_on_it(store: Store) -> None:
    with store.transaction(EMPTY) as writing:
        writing.keep_checkpoints(
            [KeptCheckpoint(ledger, size, b"note") for ledger in ("d/x", "e/x") for size in (4, 9)]
        )
        writing.keep_joined([Joined("d/x", 4, 9, b"proof"), Joined("e/x", 4, 9, b"proof")])
        writing.keep_entries([shown(0, 9, "ledger"), shown(1, 4)])
    with store.transaction(store.head()) as writing:
        assert writing.drop("d/x", [4]) == ["item:1"]
    kept = store.kept
    assert [one.size for one in kept.checkpoints("d/x")] == [9]
    assert (kept.joins_to("d/x", 9), len(kept.joins_to("e/x", 9))) == ([], 1)
    assert list(kept.all_entries()) == [shown(0, 9, "ledger")]
    assert store.integrity() == []


def test_all_that_is_kept_is_read_while_other_questions_are_asked(store: Store) -> None:
    with store.transaction(EMPTY) as writing:
        writing.keep_checkpoints([KeptCheckpoint("d/x", 900, b"note")])
        writing.keep_entries([shown(index, 900) for index in range(700)])
    counted = [store.kept.checkpoint(one.ledger, one.size) for one in store.kept.all_entries()]
    assert counted == [KeptCheckpoint("d/x", 900, b"note")] * 700
