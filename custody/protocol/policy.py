"""Trust policies: which ledgers and witnesses a verifier trusts, and how many must agree (C2SP tlog-policy).

One item a line, words separated by spaces and tabs, `#` begins a comment line, every line ends in LF:

    log log.example/a+870806f8+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
    witness W w.example+a26f2ad7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU https://w.example/
    group partners any W
    quorum partners

`any` stands for 1, `all` for the number of members; a plain number may stand there. The quorum names a witness, a
group, or `none`. A URL may end a log's or a witness's line.

A checkpoint is acceptable when any of the logs signed it and the quorum's group holds. Each name is a member of one
group at most and two witnesses never share a public key, so that nobody counts twice; a threshold is between 1 and
the number of members (CVE-2020-6174: TUF counted duplicates and accepted thresholds of 0).

Names of witnesses and groups are bytes, as the standard wants them: opaque, meaningless outside the file. URLs are
read over: this verifier opens no connection. A log's key must be of type 01 or 06, a witness's of type 04 or 06;
06 is carried and, until it is understood, never fulfils anything.
"""

from collections.abc import Collection, Iterable

import msgspec

from custody.errors import MalformedError
from custody.protocol.vkey import COSIGNATURE_ML_DSA_44, COSIGNATURE_V1, ED25519, Vkey

LOG_TYPES = frozenset({ED25519, COSIGNATURE_ML_DSA_44})
WITNESS_TYPES = frozenset({COSIGNATURE_V1, COSIGNATURE_ML_DSA_44})

MAX_EACH = 64
"""Logs, witnesses, groups. C2SP asks for 32 at least; a note carries 64 signatures at most."""

NO_QUORUM = b"none"


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """A cosigner, under the name by which this policy speaks of it."""

    name: bytes
    vkey: Vkey


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Holds when at least `threshold` of its members (witnesses or earlier groups) do."""

    name: bytes
    threshold: int
    members: tuple[bytes, ...]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the verifier was told to trust. Checked whenever one is made: MalformedError."""

    logs: tuple[Vkey, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: bytes = NO_QUORUM

    def __post_init__(self) -> None:
        _check(self)


def trust(logs: Iterable[Vkey]) -> Policy:
    """The policy that accepts these ledgers without any witness."""
    return Policy(logs=tuple(logs))


def satisfied(policy: Policy, cosigners: Iterable[Vkey], *, excluding: Collection[bytes] = ()) -> bool:
    """Whether the witnesses whose cosignatures were verified, `cosigners`, fulfil the quorum.

    Witnesses whose public key is in `excluding` (a ledger's own witness judging its own ledger) are as if not
    listed; a threshold then asks for no more members than are left, and a group with none left asks for nothing.
    """
    cosigned = {vkey.public_key for vkey in cosigners}
    holds: dict[bytes, bool] = {
        witness.name: witness.vkey.public_key in cosigned
        for witness in policy.witnesses
        if witness.vkey.public_key not in excluding
    }
    for group in policy.groups:
        left = [holds[member] for member in group.members if member in holds]
        if left:
            holds[group.name] = sum(left) >= min(group.threshold, len(left))
    return holds.get(policy.quorum, True)


def needed(policy: Policy, *, excluding: Collection[bytes] = ()) -> int:
    """The fewest cosignatures that can fulfil the quorum; 0 for `none`. `excluding` as in `satisfied`."""
    cost = {witness.name: 1 for witness in policy.witnesses if witness.vkey.public_key not in excluding}
    for group in policy.groups:
        left = sorted(cost[member] for member in group.members if member in cost)
        if left:
            cost[group.name] = sum(left[: group.threshold])
    return cost.get(policy.quorum, 0)


def _check(policy: Policy) -> None:
    """The rules that hold for every policy, read or made."""
    for listed, what in ((policy.logs, "logs"), (policy.witnesses, "witnesses"), (policy.groups, "groups")):
        if len(listed) > MAX_EACH:
            raise MalformedError(f"policy lists {len(listed)} {what}, more than {MAX_EACH}")
    _check_keys(policy.logs, LOG_TYPES, "log")
    _check_keys([witness.vkey for witness in policy.witnesses], WITNESS_TYPES, "witness")
    defined = {NO_QUORUM}
    for witness in policy.witnesses:
        _define(witness.name, defined)
    spent = {NO_QUORUM}
    for group in policy.groups:
        for member in group.members:
            if member not in defined or member in spent:
                raise MalformedError(f"policy: {_show(member)} is unknown, or already a member of a group")
            spent.add(member)
        if not 1 <= group.threshold <= len(group.members):
            raise MalformedError(f"policy: the threshold of {_show(group.name)} is not between 1 and its size")
        _define(group.name, defined)
    if policy.quorum not in defined:
        raise MalformedError(f"policy: the quorum {_show(policy.quorum)} is not defined")


def _check_keys(vkeys: Iterable[Vkey], types: frozenset[int], what: str) -> None:
    seen: set[bytes] = set()
    for vkey in vkeys:
        if vkey.type not in types:
            raise MalformedError(f"policy: the key of {vkey.name}, type {vkey.type:02x}, cannot be a {what}'s")
        if vkey.public_key in seen:
            raise MalformedError(f"policy: the public key of {vkey.name} is listed twice")
        seen.add(vkey.public_key)


def _define(name: bytes, defined: set[bytes]) -> None:
    if not name or any(octet <= 0x20 or octet == 0x7F for octet in name):
        raise MalformedError(f"policy: {_show(name)} cannot be a name")
    if name in defined:
        raise MalformedError(f"policy: {_show(name)} is defined twice")
    defined.add(name)


def _show(name: bytes) -> str:
    return repr(name[:64].decode(errors="replace"))
