"""policy.py: nobody counts twice, and nothing is satisfied by nobody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol.policy import MAX_EACH, Group, Policy, Witness, needed, satisfied, trust
from custody.protocol.vkey import Vkey, make_vkey
from tests.protocol.fixed_signers import Signer

KEYS = {number: Vkey(name=f"w{number}", key_id=bytes(4), type=4, public_key=b"%032d" % number) for number in range(100)}


def witness(number: int) -> Witness:
    return Witness(name=b"w%d" % number, vkey=KEYS[number])


def group(name: bytes, threshold: int, *members: bytes) -> Group:
    return Group(name=name, threshold=threshold, members=members)


def policy(quorum: bytes, *groups: Group, count: int = 6) -> Policy:
    return Policy(logs=(), witnesses=tuple(map(witness, range(count))), groups=groups, quorum=quorum)


EXAMPLE = policy(
    b"X-and-Y",
    group(b"X", 2, b"w0", b"w1", b"w2"),
    group(b"Y", 1, b"w3", b"w4", b"w5"),
    group(b"X-and-Y", 2, b"X", b"Y"),
)


@pytest.mark.parametrize(
    ("cosigners", "expected"),
    [
        ([], False),
        ([0, 1], False),
        ([0, 1, 2], False),
        ([3, 4, 5], False),
        ([0, 3], False),
        ([0, 0, 3], False),
        ([0, 2, 5], True),
        ([0, 1, 2, 3, 4, 5], True),
        ([0, 1, 99], False),
    ],
)
def test_the_example_of_c2sp(cosigners: list[int], expected: bool) -> None:
    assert satisfied(EXAMPLE, [KEYS[number] for number in cosigners]) is expected
    assert needed(EXAMPLE) == 3


def test_quorum_none_and_a_single_witness() -> None:
    assert satisfied(policy(b"none"), [])
    assert needed(policy(b"none")) == 0
    assert not satisfied(policy(b"w1"), [KEYS[0]])
    assert satisfied(policy(b"w1"), [KEYS[1]])
    assert needed(policy(b"w1")) == 1


def test_one_key_under_two_names_counts_once() -> None:
    """A cosigner's key is what counts: a second name or type of the same key adds nothing."""
    again = Vkey(name="w0-again", key_id=b"\x01\x02\x03\x04", type=4, public_key=KEYS[0].public_key)
    two = policy(b"G", group(b"G", 2, b"w0", b"w1"))
    assert not satisfied(two, [KEYS[0], again])
    with pytest.raises(MalformedError, match="twice"):
        Policy(logs=(), witnesses=(witness(0), Witness(name=b"w1", vkey=again)))


@pytest.mark.parametrize(
    ("excluded", "cosigners", "expected", "fewest"),
    [
        ([], [0], False, 2),
        ([0], [1, 2], True, 2),
        ([0], [0, 1], False, 2),
        ([0, 1], [2], True, 1),
        ([0, 1], [], False, 1),
        ([0, 1, 2], [], True, 0),
    ],
)
def test_a_ledger_s_own_witness_is_as_if_not_listed(
    excluded: list[int], cosigners: list[int], expected: bool, fewest: int
) -> None:
    two_of_three = policy(b"G", group(b"G", 2, b"w0", b"w1", b"w2"), count=3)
    own = {KEYS[number].public_key for number in excluded}
    assert satisfied(two_of_three, [KEYS[number] for number in cosigners], excluding=own) is expected
    assert needed(two_of_three, excluding=own) == fewest


def test_an_emptied_group_asks_nothing_of_the_group_above() -> None:
    nested = policy(b"all", group(b"A", 1, b"w0"), group(b"B", 1, b"w1"), group(b"all", 2, b"A", b"B"))
    own = {KEYS[0].public_key}
    assert satisfied(nested, [KEYS[1]], excluding=own)
    assert not satisfied(nested, [], excluding=own)
    assert needed(nested, excluding=own) == 1


BAD = {
    "threshold 0": lambda: policy(b"G", group(b"G", 0, b"w0")),
    "threshold negative": lambda: policy(b"G", group(b"G", -1, b"w0")),
    "threshold above the members": lambda: policy(b"G", group(b"G", 2, b"w0")),
    "no members": lambda: policy(b"G", group(b"G", 1)),
    "a member twice": lambda: policy(b"G", group(b"G", 2, b"w0", b"w0")),
    "a member of two groups": lambda: policy(b"G", group(b"G", 1, b"w0"), group(b"H", 1, b"w0")),
    "an unknown member": lambda: policy(b"G", group(b"G", 1, b"w99")),
    "a group in itself": lambda: policy(b"G", group(b"G", 1, b"G")),
    "a group defined later": lambda: policy(b"G", group(b"G", 1, b"H"), group(b"H", 1, b"w0")),
    "none as a member": lambda: policy(b"G", group(b"G", 1, b"none")),
    "a group called none": lambda: policy(b"none", group(b"none", 1, b"w0")),
    "a witness called none": lambda: Policy(logs=(), witnesses=(Witness(name=b"none", vkey=KEYS[0]),)),
    "a group named as a witness": lambda: policy(b"w0", group(b"w0", 1, b"w1")),
    "two witnesses of one name": lambda: Policy(logs=(), witnesses=(witness(0), Witness(name=b"w0", vkey=KEYS[1]))),
    "an empty name": lambda: Policy(logs=(), witnesses=(Witness(name=b"", vkey=KEYS[0]),)),
    "a space in a name": lambda: Policy(logs=(), witnesses=(Witness(name=b"a b", vkey=KEYS[0]),)),
    "an unknown quorum": lambda: policy(b"G"),
    "a log's key for a witness": lambda: Policy(logs=(), witnesses=(Witness(name=b"a", vkey=LOG),)),
    "a witness's key for a log": lambda: trust([KEYS[0]]),
    "one log twice": lambda: trust([LOG, LOG]),
    "one log's key under two names": lambda: trust([LOG, make_vkey("b.example", 1, LOG.public_key)]),
    "too many witnesses": lambda: policy(b"none", count=MAX_EACH + 1),
}

LOG = make_vkey("a.example", 1, bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_bad_policies_cannot_be_made(make: object) -> None:
    assert callable(make)
    with pytest.raises(MalformedError):
        make()


def test_trust_names_ledgers_and_asks_for_no_witness(log: Signer, other_log: Signer) -> None:
    bare = trust([log.vkey, other_log.vkey])
    assert bare.logs == (log.vkey, other_log.vkey)
    assert satisfied(bare, [])
    assert needed(bare) == 0


def test_a_carried_key_fulfils_nothing() -> None:
    """Nothing verifies ML-DSA yet, so its cosignature never reaches `satisfied`; the threshold stands."""
    ml_dsa = make_vkey("w.example", 6, bytes(1312))
    held = Policy(logs=(), witnesses=(Witness(name=b"a", vkey=ml_dsa),), quorum=b"a")
    assert not satisfied(held, [])


@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
@settings(deadline=None)
def test_more_cosigners_never_hurt_and_fewer_than_needed_never_suffice(some: set[int], more: set[int]) -> None:
    if satisfied(EXAMPLE, [KEYS[number] for number in some]):
        assert satisfied(EXAMPLE, [KEYS[number] for number in some | more])
        assert len(some) >= needed(EXAMPLE)
