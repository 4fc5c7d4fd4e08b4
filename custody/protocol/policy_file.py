"""Reading and writing a policy file (C2SP tlog-policy, "Policy file syntax"); the format is shown in policy.py.

Strict where the standard is: octets 09, 0A, 20-7E and 80-FF only (so a file with CR LF is refused), every line ends,
names are defined on earlier lines, exactly one quorum.
"""

import re
from collections.abc import Callable

from custody.errors import MalformedError
from custody.protocol.policy import NO_QUORUM, Group, Policy, Witness
from custody.protocol.vkey import Vkey, format_vkey, parse_vkey

MAX_POLICY = 1024 * 1024
"""Bytes: 64 logs and 64 witnesses with the largest keys, 64 groups, and comments."""

_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile(rb"[1-9][0-9]{0,3}")


def parse_policy(data: bytes) -> Policy:
    """The policy in a file's bytes. Raises MalformedError, naming the line."""
    if len(data) > MAX_POLICY:
        raise MalformedError(f"a policy of {len(data)} bytes exceeds {MAX_POLICY}")
    if _FORBIDDEN.search(data):
        raise MalformedError("policy has a control character", hint="lines end in LF alone, not in CR LF")
    *lines, rest = data.split(b"\n")
    if rest:
        raise MalformedError("the policy's last line does not end in a newline")
    reading = _Reading()
    for number, line in enumerate(lines, start=1):
        words = [word for word in re.split(rb"[ \t]+", line) if word]
        if not words or words[0].startswith(b"#"):
            continue
        try:
            reading.take(words)
        except MalformedError as error:
            raise MalformedError(f"policy, line {number}: {error.message}") from error
    return reading.finish()


def format_policy(policy: Policy) -> bytes:
    """The policy as a file: logs, witnesses, groups, quorum. Reads back as the same value."""
    lines = [b"log %s" % format_vkey(vkey).encode() for vkey in policy.logs]
    lines += [b"witness %s %s" % (witness.name, format_vkey(witness.vkey).encode()) for witness in policy.witnesses]
    lines += [b"group %s %d %s" % (group.name, group.threshold, b" ".join(group.members)) for group in policy.groups]
    lines.append(b"quorum %s" % policy.quorum)
    return b"".join(line + b"\n" for line in lines)


class _Reading:
    """What was read of a policy so far."""

    def __init__(self) -> None:
        self._logs: list[Vkey] = []
        self._witnesses: list[Witness] = []
        self._groups: list[Group] = []
        self._defined = {NO_QUORUM}
        self._quorum: bytes | None = None
        self._verbs: dict[bytes, Callable[[list[bytes]], None]] = {
            b"log": self._log,
            b"witness": self._witness,
            b"group": self._group,
            b"quorum": self._set_quorum,
        }

    def take(self, words: list[bytes]) -> None:
        verb = self._verbs.get(words[0])
        if verb is None:
            raise MalformedError("the line begins with none of log, witness, group, quorum")
        verb(words[1:])

    def finish(self) -> Policy:
        if self._quorum is None:
            raise MalformedError("policy has no quorum line", hint="`quorum none` asks for no cosignature")
        return Policy(
            logs=tuple(self._logs),
            witnesses=tuple(self._witnesses),
            groups=tuple(self._groups),
            quorum=self._quorum,
        )

    def _log(self, words: list[bytes]) -> None:
        if len(words) not in (1, 2):
            raise MalformedError("expected: log <vkey> [<url>]")
        self._logs.append(_vkey(words[0]))

    def _witness(self, words: list[bytes]) -> None:
        if len(words) not in (2, 3):
            raise MalformedError("expected: witness <name> <vkey> [<url>]")
        self._witnesses.append(Witness(name=words[0], vkey=_vkey(words[1])))
        self._defined.add(words[0])

    def _group(self, words: list[bytes]) -> None:
        if len(words) < 3:
            raise MalformedError("expected: group <name> all|any|<k> <name>...")
        name, rule, *members = words
        for member in members:
            self._see(member)
        self._groups.append(Group(name=name, threshold=_threshold(rule, len(members)), members=tuple(members)))
        self._defined.add(name)

    def _set_quorum(self, words: list[bytes]) -> None:
        if len(words) != 1 or self._quorum is not None:
            raise MalformedError("expected, once: quorum <name>")
        self._see(words[0])
        self._quorum = words[0]

    def _see(self, name: bytes) -> None:
        """Names are used after the line that defines them."""
        if name not in self._defined:
            raise MalformedError(f"{name[:64].decode(errors='replace')!r} is not defined on an earlier line")


def _vkey(word: bytes) -> Vkey:
    try:
        return parse_vkey(word.decode())
    except UnicodeDecodeError as error:
        raise MalformedError("verifier key is not UTF-8") from error


def _threshold(word: bytes, members: int) -> int:
    if word == b"all":
        return members
    if word == b"any":
        return 1
    if not _THRESHOLD.fullmatch(word):
        raise MalformedError("a group's threshold is `all`, `any`, or a decimal number from 1")
    return int(word)
