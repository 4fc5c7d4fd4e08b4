"""Policies: whom a verifier trusts, exactly as C2SP tlog-policy has them.

    log ocrteh.police.example/custody+1a2b3c4d+AQ…
    witness NL police.nl.example/witness+5e6f7a8b+BA…
    witness DE bka.de.example/witness+9c0d1e2f+BA…
    group partners any NL DE
    quorum partners

Items are separated by spaces and tabs; `#` begins a comment line; a name is defined before it is used; each name is a
member at most once; a threshold counts distinct keys and is at least one (compare CVE-2020-6174). URLs are carried.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from custody.errors import MalformedError
from custody.protocol.note import COSIGNATURE, ED25519, Vkey, format_vkey, parse_vkey

MAX_POLICY = 256 * 1024
MAX_LINES = 1024
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_COUNT = re.compile("[1-9][0-9]{0,3}", re.ASCII)


class Group(NamedTuple):
    """At least `threshold` of the members."""

    threshold: int
    members: tuple[str, ...]


class Policy(NamedTuple):
    """Logs and witnesses a verifier trusts, and how many witnesses it wants."""

    logs: tuple[Vkey, ...]
    witnesses: dict[str, Vkey]
    groups: dict[str, Group]
    quorum: str | None
    """A witness or group; None: no cosignature is asked for."""

    def trusted(self, origin: str) -> tuple[Vkey, ...]:
        """The keys it knows for a ledger."""
        return tuple(vkey for vkey in self.logs if vkey.name == origin)

    def satisfied(self, cosigners: Collection[bytes], excluded: Collection[bytes] = ()) -> bool:
        """Whether the witness keys in `cosigners` make the quorum.

        `excluded` keys never count, the ledger's own witness among them; a group that can't reach its threshold
        without them asks for all that remain.
        """
        return self.quorum is None or self._holds(self.quorum, frozenset(cosigners) - frozenset(excluded), excluded)

    def _holds(self, name: str, cosigners: frozenset[bytes], excluded: Collection[bytes]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in cosigners
        group = self.groups[name]
        able = [member for member in group.members if self._able(member, excluded)]
        needed = min(group.threshold, len(able))
        return needed > 0 and sum(self._holds(member, cosigners, excluded) for member in able) >= needed

    def _able(self, name: str, excluded: Collection[bytes]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key not in excluded
        return any(self._able(member, excluded) for member in self.groups[name].members)


def trust(vkeys: Collection[Vkey]) -> Policy:
    """The policy that trusts these ledger keys and asks for no cosignature."""
    return Policy(tuple(vkeys), {}, {}, None)


def parse_policy(data: bytes) -> Policy:
    """A policy file, strictly. Raises MalformedError with the line's number."""
    if len(data) > MAX_POLICY or not _ALLOWED.fullmatch(data):
        raise MalformedError("a policy is a text of printable characters, tabs and line feeds, up to 256 KiB")
    if data and not data.endswith(b"\n"):
        raise MalformedError("a policy's last line ends in a line feed")
    # Names are opaque octets to the specification; surrogateescape keeps them apart without reading them as text.
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if len(lines) > MAX_LINES:
        raise MalformedError(f"a policy has at most {MAX_LINES} lines")
    builder = _Builder()
    for number, line in enumerate(lines, 1):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            try:
                builder.take(words)
            except MalformedError as error:
                raise MalformedError(f"line {number} of the policy: {error.message}") from error
    return builder.policy()


class _Builder:
    """Takes the lines of a policy one after another."""

    def __init__(self) -> None:
        self.logs: list[Vkey] = []
        self.witnesses: dict[str, Vkey] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum: list[str | None] = []

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._log(vkey)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._witness(name, vkey)
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise MalformedError("not a log, witness, group or quorum line")

    def _log(self, text: str) -> None:
        vkey = parse_vkey(text)
        if vkey.kind != ED25519:
            raise MalformedError("a log's key is of type 01")
        if any(vkey.key == known.key for known in self.logs):
            raise MalformedError("this log key is already named")
        self.logs.append(vkey)

    def _witness(self, name: str, text: str) -> None:
        vkey = parse_vkey(text)
        if vkey.kind != COSIGNATURE:
            raise MalformedError("a witness's key is of type 04")
        if any(vkey.key == known.key for known in self.witnesses.values()):
            raise MalformedError("this witness key is already named")
        self._define(name)
        self.witnesses[name] = vkey

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise MalformedError(f"{member} is not defined above")
            if member in self.members:
                raise MalformedError(f"{member} is a member already")
            self.members.add(member)
        count = {"all": str(len(members)), "any": "1"}.get(threshold, threshold)
        if not _COUNT.fullmatch(count) or int(count) > len(members):
            raise MalformedError(f"the threshold {threshold} is not between 1 and {len(members)}")
        self._define(name)
        self.groups[name] = Group(int(count), tuple(members))

    def _quorum(self, name: str) -> None:
        if name != "none" and name not in self.witnesses and name not in self.groups:
            raise MalformedError(f"{name} is not defined above")
        self.quorum.append(None if name == "none" else name)

    def _define(self, name: str) -> None:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise MalformedError(f"the name {name} is taken")

    def policy(self) -> Policy:
        if len(self.quorum) != 1:
            raise MalformedError("a policy has exactly one quorum line")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum[0])


def format_policy(policy: Policy) -> bytes:
    """A policy file that parses to `policy`; groups must stand in the order of their definition."""
    lines = [f"log {format_vkey(vkey)}" for vkey in policy.logs]
    lines += [f"witness {name} {format_vkey(vkey)}" for name, vkey in policy.witnesses.items()]
    lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in policy.groups.items()]
    lines.append(f"quorum {policy.quorum or 'none'}")
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
