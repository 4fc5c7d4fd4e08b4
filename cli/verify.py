"""`custody verify`: check a bundle, with no ledger, home or network; `custody-verify` is the same, alone."""

import hashlib
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.durable import write_file
from custody.errors import MalformedError, UsageError
from custody.evidence.measure import measure_all, total_size
from custody.protocol.checkpoint import Checkpoint, open_checkpoint
from custody.protocol.encodings import decode_base64, decode_size
from custody.protocol.names import check_origin
from custody.protocol.policy import Policy, trust
from custody.protocol.policy_file import parse_policy
from custody.protocol.times import parse_local
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.protocol.vkey import parse_vkey
from custody.verifier.answers import EXIT_CODES
from custody.verifier.report.build import build_report
from custody.verifier.report.model import Report
from custody.verifier.supplied import SuppliedFile
from custody.verifier.verify import Request, Verified
from custody.verifier.verify import verify as verify_bundle

from . import showing
from .options import example
from .running import run
from .session import Session
from .typed import PATH, TIME

_MAX_SMALL = 1 << 20
"""Bytes of a policy or a checkpoint file."""


class Asked(NamedTuple):
    """What the reader typed, besides the file."""

    policy: Policy
    seen: tuple[Checkpoint, ...]
    supplied: tuple[SuppliedFile, ...]
    to_court: bool
    as_of: int | None


@click.command("verify", epilog=example("custody verify JM-1.custody --policy agency.policy --report JM-1.html"))
@click.argument("file", type=PATH)
@click.option("--policy", "policy_file", type=PATH, metavar="FILE", help="Whom you trust: a tlog-policy file.")
@click.option("--trust", "trusted", multiple=True, metavar="VKEY", help="A ledger key you trust. Repeatable.")
@click.option("--evidence", type=PATH, multiple=True, metavar="FILE|FOLDER", help="To be measured. Repeatable.")
@click.option("--item", metavar="ITEM", help="Judge one item of the bundle.")
@click.option("--seen", type=PATH, multiple=True, metavar="FILE", help="A checkpoint seen before. Repeatable.")
@click.option("--head", "heads", multiple=True, metavar='"ORIGIN SIZE ROOT"', help="A head read off paper. Repeatable.")
@click.option("--to-court", is_flag=True, help="Judge the way from seizure to presentation in court.")
@click.option("--as-of", type=TIME, metavar="TIME", help="The time by which deadlines are judged.")
@click.option("--report", "report_file", type=PATH, metavar="FILE", help="Write the report: .html, .json or .txt.")
@click.option("--force", is_flag=True, help="Overwrite the report.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object on stdout.")
@click.pass_context
def verify(context: click.Context, file: Path, **given: Any) -> int:
    """Check a bundle: is the record unaltered, custody continuous, every step covered, and this the item?

    Trusted keys come from you, never from the file. Exit code 0: unbroken; 3: broken; 5: not established; 4: not a
    bundle.
    """
    session = context.ensure_object(Session)
    session.wants_json = session.wants_json or given["as_json"]
    _check_report_name(given["report_file"])
    policy = _policy(given["policy_file"], given["trusted"])
    asked = Asked(
        policy=policy,
        seen=(*(_seen(path, policy) for path in given["seen"]), *(_head(text) for text in given["heads"])),
        supplied=_supplied(given["evidence"]),
        to_court=given["to_court"],
        as_of=parse_local(given["as_of"]) if given["as_of"] else None,
    )
    report = _report(file, asked, given["item"])
    if given["report_file"] is not None:
        write_file(given["report_file"], _rendered(report, given["report_file"]), overwrite=given["force"], mode=0o644)
        showing.say(f"report written to {given['report_file']}")
    if session.wants_json:
        from custody.verifier.report.json_form import report_as_json

        showing.answer(session, report_as_json(report))
    else:
        from custody.verifier.report.text import render_text

        click.echo(render_text(report), nl=False)
    return EXIT_CODES[report.answers.verdict]


def alone() -> None:
    """`custody-verify`: the expert's single file."""
    sys.exit(run(verify, name="custody-verify"))


def _report(file: Path, asked: Asked, item: str | None) -> Report:
    verified, about = _judge(file, asked, ())
    if item is not None:
        verified, about = _judge(file, asked, (_find(verified, item),))
    return build_report(verified, asked.policy, checked=int(time.time()), file=about)


def _judge(file: Path, asked: Asked, items: tuple[str, ...]) -> tuple[Verified, list[tuple[str, str]]]:
    request = Request(
        policy=asked.policy,
        supplied=asked.supplied,
        seen=asked.seen,
        items=items,
        to_court=asked.to_court,
        as_of=asked.as_of,
    )
    try:
        with file.open("rb") as stream:
            _recognise(stream.peek(64)[:64], file)
            size = file.stat().st_size
            with showing.progress(file.name, size) as progress:
                counted = _Counted(stream, progress)
                verified = verify_bundle(counted, request)  # type: ignore[arg-type]
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}") from None
    except IsADirectoryError:
        raise UsageError(f"{file} is a folder; a bundle is one file, *.custody") from None
    except UsageError as error:
        raise UsageError(f"{file.name}: {error.message}", hint=error.hint) from error
    except MalformedError as error:
        raise MalformedError(f"{file.name} is not a sound bundle: {error.message}", hint=error.hint) from error
    return verified, [("file", file.name), ("size", f"{counted.size} bytes"), ("SHA-256", counted.digest)]


class _Counted:
    """A stream that knows how much was read of it, and its SHA-256."""

    def __init__(self, stream: Any, progress: Any) -> None:
        self._stream, self._progress = stream, progress
        self._sha = hashlib.sha256()
        self.size = 0

    def readline(self, limit: int) -> bytes:
        line: bytes = self._stream.readline(limit)
        self._sha.update(line)
        self.size += len(line)
        self._progress(len(line))
        return line

    @property
    def digest(self) -> str:
        return self._sha.hexdigest()


def _recognise(start: bytes, file: Path) -> None:
    """The wrong kind of file names the right command."""
    if start.startswith(b'{"bundle":'):
        return
    for prefix, what, hint in (
        (b"", "empty", None),
        (b"ssh-", "a public key", "custody person enrol ID --public-key FILE enrols it"),
        (b"-----BEGIN", "a private key", "keep it to yourself"),
        (b"log ", "a policy", f"custody verify BUNDLE --policy {file}"),
        (b"witness ", "a policy", f"custody verify BUNDLE --policy {file}"),
        (b"quorum ", "a policy", f"custody verify BUNDLE --policy {file}"),
        (b"%PDF", "a PDF", "verify the bundle it came with"),
    ):
        if start == prefix or (prefix and start.startswith(prefix)):
            raise MalformedError(f"it is {what}, not a bundle", hint=hint)
    if start.count(b"\n") >= 2 and b"/" in start.partition(b"\n")[0]:
        raise MalformedError("it looks like a checkpoint", hint=f"custody verify BUNDLE --seen {file}")
    raise MalformedError("it does not begin as a bundle does", hint="custody bundle ITEM -o FILE writes one")


def _policy(policy_file: Path | None, trusted: tuple[str, ...]) -> Policy:
    keys = [parse_vkey(text) for text in trusted]
    if policy_file is None:
        return trust(keys)
    policy = parse_policy(_small(policy_file))
    known = {vkey.public_key for vkey in policy.logs}
    logs = (*policy.logs, *(vkey for vkey in keys if vkey.public_key not in known))
    return Policy(logs=logs, witnesses=policy.witnesses, groups=policy.groups, quorum=policy.quorum)


def _seen(path: Path, policy: Policy) -> Checkpoint:
    """A checkpoint the reader kept. One that the ledger did not sign proves nothing, and is refused."""
    try:
        return open_checkpoint(_small(path), policy.logs).checkpoint
    except (UnknownSignerError, BadSignatureError) as error:
        raise MalformedError(
            f"--seen {path}: {error.message}", hint="name the ledger's key: --policy, --trust"
        ) from error


def _head(text: str) -> Checkpoint:
    parts = text.split()
    if len(parts) != 3:
        raise UsageError("--head takes three words in quotes: ORIGIN SIZE ROOT")
    root = decode_base64(parts[2], "the root in --head")
    if len(root) != 32:
        raise UsageError("the root in --head is 32 bytes in base64")
    return Checkpoint(origin=check_origin(parts[0]), size=decode_size(parts[1], "the size in --head"), root=root)


def _small(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_SMALL + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder") from None
    if len(data) > _MAX_SMALL:
        raise MalformedError(f"{path} is too large for what it should be")
    return data


def _supplied(paths: tuple[Path, ...]) -> tuple[SuppliedFile, ...]:
    with showing.progress("measuring", total_size(paths)) as progress:
        measured = measure_all(paths, progress)
    return tuple(SuppliedFile(one.name, one.size, one.blake3, one.sha256) for one in measured)


def _find(verified: Verified, text: str) -> str:
    """ITEM among those of the bundle: label, CASE:LABEL, UUID or a prefix of it."""
    found = []
    for uuid in verified.items:
        item = verified.world.items[uuid]
        if text in (item.label, f"{item.case}:{item.label}", uuid) or (len(text) >= 8 and uuid.startswith(text)):
            found.append(uuid)
    if len(found) == 1:
        return found[0]
    labels = ", ".join(verified.world.items[uuid].label for uuid in (found or verified.items)[:12])
    problem = "several items" if found else "no item"
    raise UsageError(f"the bundle has {problem} called {text}", hint=f"it is about: {labels}")


def _check_report_name(path: Path | None) -> None:
    if path is not None and path.suffix not in (".html", ".json", ".txt"):
        raise UsageError(f"--report {path}: its name ends in .html, .json or .txt")


def _rendered(report: Report, path: Path) -> bytes:
    if path.suffix == ".html":
        from custody.verifier.report.page import render_page

        return render_page(report).encode()
    if path.suffix == ".txt":
        from custody.verifier.report.text import render_text

        return render_text(report).encode()
    import json

    from custody.verifier.report.json_form import report_as_json

    return (json.dumps(report_as_json(report), indent=2, sort_keys=True) + "\n").encode()
