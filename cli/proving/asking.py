"""What a reader brings to `custody verify` beside the file: keys, heads seen before, evidence, rules, a moment."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.errors import MalformedError, UsageError

from ..shown import showing
from ..typed.kinds import not_this

if TYPE_CHECKING:
    from custody.protocol.checkpoint import Checkpoint
    from custody.protocol.events.ledger import Profile
    from custody.protocol.policy import Policy
    from custody.protocol.vkey import Vkey
    from custody.verifier.stamp import Authority
    from custody.verifier.supplied import SuppliedFile

MAX_SMALL = 1 << 20
"""Bytes of a policy, a profile or a checkpoint file."""

_BUNDLE = b'{"bundle":'
"""How a bundle begins: keys are sorted, and its header has one."""

PDF = b"%PDF-"
"""How a certificate begins."""

_REQUEST = b"old "
"""How an add-checkpoint request begins (C2SP tlog-witness; checkpoint.py)."""


class Asked(NamedTuple):
    """All of it, read."""

    policy: "Policy"
    seen: "tuple[Checkpoint, ...]"
    supplied: "tuple[SuppliedFile, ...]"
    to_court: bool
    as_of: int | None
    profile: "Profile | None"
    authorities: "tuple[Authority, ...]" = ()


def is_bundle(path: Path) -> bool:
    """Whether a file is there that begins as a bundle does."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_BUNDLE)) == _BUNDLE
    except OSError:
        return False


def check_bundle(path: Path) -> None:
    """Refuses what can't be a bundle before anything else is done; the wrong kind of file names the right command."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", hint="a bundle is one file, *.custody") from None
    if not start:
        raise MalformedError(f"{path} is empty", hint="was it copied whole?")
    if not start.startswith((_BUNDLE, PDF)):
        message, hint = not_this(path, "a bundle or a certificate", start)
        raise MalformedError(message, hint=hint or "`custody bundle ITEM -o FILE` writes one")


def read_key(text: str) -> "Vkey":
    """`--trust`: a vkey. Raises MalformedError."""
    from custody.protocol.vkey import parse_vkey

    try:
        return parse_vkey(text)
    except MalformedError as error:
        hint = "NAME+HASH+KEY, as `custody policy` writes it after the word log"
        raise MalformedError(error.message, hint=hint) from error


def read_head(text: str) -> "Checkpoint":
    """`--head`: origin, size and root as they stand in a certificate. Raises UsageError, MalformedError."""
    from custody.protocol.checkpoint import Checkpoint, format_checkpoint
    from custody.protocol.encodings import decode_base64, decode_size
    from custody.protocol.names import check_origin

    parts = text.split()
    if len(parts) != 3:
        raise UsageError(f"{text!r} is not a head", hint='three words in quotes: "ORIGIN SIZE ROOT"')
    root = decode_base64(parts[2], "the root")
    head = Checkpoint(origin=check_origin(parts[0]), size=decode_size(parts[1], "the size"), root=root)
    format_checkpoint(head)  # refuses a root of another length
    return head


def read_policy(path: Path | None, trusted: "Sequence[Vkey]") -> "Policy":
    """`--policy` and `--trust` together; neither trusts nobody."""
    from custody.protocol.policy import Policy, trust

    if path is None:
        return trust(trusted)
    from custody.protocol.policy_file import parse_policy

    data = _read(path)
    try:
        policy = parse_policy(data)
    except MalformedError as error:
        message, hint = not_this(path, "a policy", data)
        if hint is None or "--policy" in hint:
            message, hint = f"--policy {path}: {error.message}", error.hint
        raise MalformedError(message, hint=hint) from error
    known = {vkey.public_key for vkey in policy.logs}
    logs = (*policy.logs, *(vkey for vkey in trusted if vkey.public_key not in known))
    return Policy(logs=logs, witnesses=policy.witnesses, groups=policy.groups, quorum=policy.quorum)


def read_seen(path: Path, policy: "Policy") -> "Checkpoint":
    """`--seen`: a checkpoint the reader kept, or one with its consistency proof, as `custody checkpoint` writes them.

    One that the ledger did not sign proves nothing, and is refused.
    """
    from custody.protocol.checkpoint import open_checkpoint
    from custody.protocol.unverified import BadSignatureError, UnknownSignerError

    data = _read(path)
    try:
        return open_checkpoint(_note(data), policy.logs).checkpoint
    except (UnknownSignerError, BadSignatureError) as error:
        raise MalformedError(f"--seen {path}: {error.message}", hint="name its key: --policy, --trust") from error
    except MalformedError as error:
        message, hint = not_this(path, "a checkpoint", data)
        if hint is None or "--seen" in hint:
            message, hint = f"--seen {path}: {error.message}", "`custody checkpoint -o FILE` writes one"
        raise MalformedError(message, hint=hint) from error


def _note(data: bytes) -> bytes:
    """The checkpoint in a request to witnesses; its proof is theirs, the bundle brings its own."""
    from custody.protocol.encodings import decode_base64, decode_size

    if not data.startswith(_REQUEST):
        return data
    head, _, note = data.partition(b"\n\n")
    try:
        old, *proof = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("the lines before the checkpoint are not ASCII") from error
    decode_size(old.removeprefix("old "), "old size")
    for line in proof:
        if len(decode_base64(line, "proof hash")) != 32:
            raise MalformedError("a proof hash has 32 bytes")
    return note


def measure(paths: Sequence[Path]) -> "tuple[SuppliedFile, ...]":
    """`--evidence`: files, and what folders hold, digested."""
    if not paths:
        return ()
    from custody.evidence.measure import measure_all, total_size
    from custody.verifier.supplied import SuppliedFile

    with showing.progress("measuring", total_size(paths)) as progress:
        measured = measure_all(paths, progress)
    return tuple(SuppliedFile(one.name, one.size, one.blake3, one.sha256) for one in measured)


def read_profile(path: Path) -> "Profile":
    """A jurisdiction's, or a court's, rules of evidence."""
    from custody.protocol.profile_file import parse_profile

    data = _read(path)
    try:
        return parse_profile(data)
    except MalformedError as error:
        message, hint = not_this(path, "a profile", data)
        if hint is None:
            message, hint = f"{path}: {error.message}", error.hint or "docs/profiles has examples"
        raise MalformedError(message, hint=hint) from error


def read_authorities(paths: Sequence[Path]) -> "tuple[Authority, ...]":
    """`--tsa`: root certificates of time-stamping authorities."""
    found: dict[str, Authority] = {}
    for path in paths:
        from custody.verifier.timestamps import read_authorities as parse

        data = _read(path)
        try:
            found |= {one.fingerprint: one for one in parse(data)}
        except MalformedError as error:
            message, hint = not_this(path, "a root certificate", data)
            if hint is None:
                message, hint = f"--tsa {path}: {error.message}", error.hint
            raise MalformedError(message, hint=hint) from error
    return tuple(found.values())


def read_moment(text: str | None) -> int | None:
    """`--as-of` in seconds since 1970."""
    from custody.protocol.times import parse_local

    return parse_local(text) if text else None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SMALL + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder") from None
    if len(data) > MAX_SMALL:
        wrong, use = not_this(path, "a policy, a profile or a checkpoint", data[:4096])
        raise MalformedError(wrong, hint=use)
    return data
