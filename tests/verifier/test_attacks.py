"""The attacks of DESIGN §3, by who makes them. Whatever they try, the verdict is never UNBROKEN."""

import random

import msgspec
import pytest

from custody.protocol.entry import Entry, hash_entry
from custody.protocol.policy import trust
from custody.verifier.verify import Request
from fixtures.forge import Forge, whole
from fixtures.judge import Judged, judge, supplied
from fixtures.story import INTACT, ORIGIN, Story


def honest() -> tuple[Story, bytes]:
    """A phone, seized, handed over, examined by the laboratory."""
    case = Story()
    case.seize()
    case.release()
    case.receive()
    case.open_seal("lab")
    return case, case.cut()


def ask(data: bytes, case: Story, **more: object) -> Judged:
    """The verdict of a reader who trusts the ledger."""
    return judge(data, Request(policy=case.policy, cores=1, **more))  # type: ignore[arg-type]


def heads_of(forge: Forge) -> list[object]:
    """What a reader remembers of a ledger."""
    return [forge.head()]


CASE, BUNDLE = honest()
LINES = BUNDLE.splitlines(keepends=True)


def test_the_honest_bundle_is_unbroken() -> None:
    assert ask(BUNDLE, CASE).verdict == "UNBROKEN"


# -- an outsider, without any key


def flip(place: int, bit: int) -> bytes:
    """The bundle with one bit of one byte changed."""
    return BUNDLE[:place] + bytes([BUNDLE[place] ^ 1 << bit]) + BUNDLE[place + 1 :]


@pytest.mark.parametrize("seed", range(8))
def test_any_byte_changed(seed: int) -> None:
    chance = random.Random(seed)
    for place in chance.sample(range(len(BUNDLE)), 60):
        assert ask(flip(place, chance.randrange(8)), CASE).exit != 0, place


@pytest.mark.soak
def test_every_byte_changed() -> None:
    for place in range(len(BUNDLE)):
        assert ask(flip(place, place % 8), CASE).exit != 0, place


@pytest.mark.parametrize("number", range(len(LINES)))
def test_any_line_dropped(number: int) -> None:
    assert ask(b"".join(LINES[:number] + LINES[number + 1 :]), CASE).exit != 0


@pytest.mark.parametrize("number", range(len(LINES)))
def test_any_line_repeated(number: int) -> None:
    assert ask(b"".join(LINES[: number + 1] + LINES[number:]), CASE).exit != 0
    assert ask(b"".join([*LINES, LINES[number]]), CASE).exit != 0


@pytest.mark.parametrize("number", range(len(LINES) - 1))
def test_any_two_lines_swapped(number: int) -> None:
    changed = [*LINES[:number], LINES[number + 1], LINES[number], *LINES[number + 2 :]]
    assert ask(b"".join(changed), CASE).exit != 0


@pytest.mark.parametrize("number", range(len(LINES) - 1))
def test_cut_off_after_any_line(number: int) -> None:
    assert ask(b"".join(LINES[:number]), CASE).exit != 0


def test_an_entry_of_another_bundle() -> None:
    other = Story()
    other.seize(description="another phone")
    strange = next(line for line in other.cut().splitlines(keepends=True) if b"entry" in line[:9] and line not in LINES)
    for place in range(3, len(LINES)):
        assert ask(b"".join([*LINES[:place], strange, *LINES[place:]]), CASE).exit != 0


def test_a_ledger_of_the_forgers_own_under_the_same_name() -> None:
    own = Story()
    own.forge = Forge(ORIGIN)
    own.forge.key_name = "a forger"
    own.forge.open()
    own.enrol("jm")
    own.enrol("px")
    own.forge.open_case()
    own.seize()
    assert ask(own.cut(), CASE).verdict == "NOT ESTABLISHED"


# -- a database administrator, without the ledger key: the tree and checkpoint stay


def tampered(change: bytes, to: bytes, *, rechain: bool) -> bytes:
    """A whole ledger, a word of an event changed in the table and, with `rechain`, every hash after it."""
    case, _ = honest()
    lines = whole(case.forge).splitlines(keepends=True)
    changed, previous = lines[:2], ""
    for index, data in enumerate(case.forge.entries):
        entry = msgspec.json.decode(data, type=Entry)
        payload = case.forge.events[index]
        body = msgspec.json.encode(payload, order="sorted").replace(change, to)
        envelope = msgspec.structs.replace(entry.envelope, payload=body)
        entry = msgspec.structs.replace(entry, envelope=envelope)
        if rechain and index:
            entry = msgspec.structs.replace(entry, previous=previous)
        data = msgspec.json.encode(entry, order="sorted")
        previous = hash_entry(data)
        changed.append(b'{"entry":' + data + b"}\n")
    return b"".join(changed)


@pytest.mark.parametrize("rechain", [False, True])
def test_a_word_changed_in_the_table(rechain: bool) -> None:
    judged = ask(tampered(b'"a phone"', b'"a brick"', rechain=rechain), CASE)
    assert judged.verdict == "BROKEN"
    assert {"S01 B", "L01.root B"} <= set(judged.findings)


def test_a_row_deleted() -> None:
    case, _ = honest()
    lines = whole(case.forge).splitlines(keepends=True)
    for number in range(2, len(lines)):
        assert ask(b"".join(lines[:number] + lines[number + 1 :]), case).verdict == "BROKEN"


# -- the operator, with the ledger key (and, for the sake of argument, every person's)


def rewritten() -> Story:
    """History again, with another phone: everything properly signed and chained."""
    case = Story()
    case.seize(description="another phone")
    case.release()
    case.receive()
    case.open_seal("lab")
    return case


def test_history_rewritten_against_a_head_seen_before() -> None:
    case, _ = honest()
    seen = heads_of(case.forge)
    again = rewritten()
    size = len(case.forge.entries)
    again.cut()
    again.store("lab")
    assert ask(again.cut(since=(size,)), case, seen=seen).findings[:1] != []
    assert "L03 B" in ask(again.cut(since=(size,)), case, seen=seen).findings
    assert "L03.unjoined N" in ask(again.cut(), case, seen=seen).findings
    assert ask(again.cut(), case).verdict == "UNBROKEN", "without a head seen before, nothing shows it"


def test_an_old_backup_restored() -> None:
    """What was appended since is gone; what is shown now has another entry in its place."""
    case, _ = honest()
    seen = heads_of(case.forge)
    backup = Story()
    backup.seize()
    backup.release()
    backup.receive()
    assert ask(backup.cut(), case, seen=seen).exit == 5
    for _ in range(4):
        backup.store("lab")
    assert "L03 B" in ask(backup.cut(since=(seen[0].size,)), case, seen=seen).findings  # type: ignore[attr-defined]


def test_an_old_statement_of_heads() -> None:
    """The release after it is left out: its head is another, and the old statement is no longer the last leaf."""
    case = Story()
    case.seize()
    early = case.cut().splitlines(keepends=True)
    case.release()
    late = case.cut(keep=lambda event: event["type"] != "handover.released").splitlines(keepends=True)
    heads = next(line for line in early if line.startswith(b'{"heads"'))
    mixed = [heads if line.startswith(b'{"heads"') else line for line in late]
    assert ask(b"".join(late), case).verdict == "BROKEN"
    assert ask(b"".join(mixed), case).exit != 0


@pytest.mark.parametrize("left_out", ["item.opened", "handover.received", "handover.released", "item.seized"])
def test_events_left_out(left_out: str) -> None:
    case = honest()[0]
    assert ask(case.cut(keep=lambda event: event["type"] != left_out), case).verdict == "BROKEN"


def test_a_lie_about_heads_is_signed() -> None:
    """Heads that fit what is left out are a lie that only the operator can sign, and that a later head exposes."""
    case = Story()
    case.seize()
    seizure = case.forge.heads[f"item:{case.item}"]
    case.store()
    lie = case.cut(
        heads=lambda stated: stated | {f"item:{case.item}": seizure}, keep=lambda event: event["type"] != "item.stored"
    )
    assert ask(lie, case).verdict == "UNBROKEN", "the limit that every report states"
    assert ask(whole(case.forge), case).verdict == "UNBROKEN"


# -- a custodian, with a key of one's own


def test_back_dated_into_a_term_of_office() -> None:
    """Back-dating makes the role fit, and the ledger's own clock tells how late it was stated."""
    case = Story()
    day = case.forge.time(case.forge.now + 3600)
    case.enrol("ab", roles=[{"role": "custodian", "until": day}])
    case.seize()
    case.forge.now += 3 * 86_400
    case.inspect("ab", occurred_at=day)
    assert "T02 R" in ask(case.cut(), case).findings
    case.inspect("ab")
    assert "A05 B" in ask(case.cut(), case).findings


def test_swapped_item_and_seal() -> None:
    case = Story()
    case.seize()
    case.release()
    case.receive(seals=[INTACT | {"seal": "A-7"}])
    case.release("lab", "px", seals=[INTACT | {"seal": "A-7"}])
    judged = ask(case.cut(), case)
    assert judged.verdict == "BROKEN"
    assert judged.findings.count("P01 B") == 1, "one swap, one finding"


# -- never a success


def test_no_policy() -> None:
    assert judge(BUNDLE, Request(policy=trust([]), cores=1)).exit == 5


@pytest.mark.parametrize(
    "data", [b"", b"\n", LINES[0], b"".join(LINES[:2]), b"".join(LINES[:3]), b"{}\n", b"\x00" * 99]
)
def test_next_to_nothing(data: bytes) -> None:
    assert ask(data, CASE).exit in (3, 4, 5)


def test_a_whole_ledger_without_items() -> None:
    assert ask(whole(Story().forge), CASE).exit == 5


def test_a_gigabyte_on_one_line_is_refused_at_its_beginning() -> None:
    class Endless:
        read = 0

        def readline(self, limit: int) -> bytes:
            self.read += limit
            return b"x" * limit

    from custody.errors import MalformedError
    from custody.verifier.verify import verify

    stream = Endless()
    with pytest.raises(MalformedError, match="exceeds"):
        verify(stream, Request(policy=trust([]), cores=1))  # type: ignore[arg-type]
    assert stream.read < 1_000_000


# -- what the reader asks


def test_as_of_may_lie_later_never_earlier() -> None:
    from custody.errors import UsageError

    case = Story()
    case.seize()
    case.release()
    data = case.cut()
    assert "C05 R" in ask(data, case).findings
    assert "C05 N" in ask(data, case, as_of=case.forge.now + 40 * 86_400).findings
    with pytest.raises(UsageError, match="before the newest"):
        ask(data, case, as_of=case.forge.now - 1)


@pytest.mark.parametrize(
    ("story", "finding"),
    [
        (lambda case: case.seize(authority=None), "A01 N"),
        (lambda case: case.seize(manner="paper"), "C12 N"),
        (lambda case: (case.seize(), case.inspect("ab", outcome="absent")), "C11 B"),
        (lambda case: (case.seize(), case.inspect("ab"), case.forge.revoke("ab", case.forge.now - 60)), "S04 N"),
        (lambda case: (case.enrol("ab"), case.seize(witnesses=("ab",), signers=[case.forge.signer("x")] * 2)), "S01 B"),
    ],
)
def test_what_happened_before_court_stays_when_more_follows(story, finding: str) -> None:  # type: ignore[no-untyped-def]
    """`--to-court` makes remarks of what follows presentation, and of nothing else."""
    case = Story()
    story(case)
    case.present()
    case.store()
    assert finding in ask(case.cut(), case, to_court=True).findings


def test_what_follows_court_is_a_remark() -> None:
    case = Story()
    case.seize()
    case.present()
    case.inspect("ab")
    case.forge.revoke("ab", case.forge.now - 60)
    case.store("lab")
    data = case.cut()
    assert {"C03 B", "S04 N"} <= set(ask(data, case).findings)
    assert {"C03 R", "S04 R"} <= set(ask(data, case, to_court=True).findings)


def test_evidence_of_several_items() -> None:
    case = Story()
    case.seize(seals=(), kind="digital", digests=[_digests("first"), _digests("second")])
    data = case.cut()

    def found(*texts: str) -> set[str]:
        files = [supplied(f"{number}.dd", text.encode()) for number, text in enumerate(texts)]
        return set(ask(data, case, supplied=files).findings) & {"H01 B", "H04 R"}

    assert found("first", "second", "beside") == set()
    assert found("first") == {"H04 R"}
    assert found("first", "beside") == {"H01 B"}
    assert found() == {"H04 R"}


def _digests(text: str) -> dict[str, object]:
    from fixtures.story import digests_of

    return digests_of(text)
