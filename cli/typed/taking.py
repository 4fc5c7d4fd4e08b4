"""What can be said of an item that is taken: the options of `custody seize`, and the columns of its lists."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import click

from custody.errors import UsageError
from custody.protocol.events.items import SeizedDetails
from custody.protocol.values import Acquisition, ContentHashes, DigestList

from .parsing import AMOUNT, CASE, LABEL, MD5, SEAL_NUMBER, SHA256, TEXT, WORD

Function = TypeVar("Function", bound=Callable[..., Any])

MANNERS = ("seized", "surrendered", "found", "produced", "captured", "paper")
FORMATS = ("raw", "e01", "aff4", "logical", "other")

COPIED = ("case", "category", "description", "source", "condition", "authority", "manner", "make", "model")
"""What `--like` takes over: never what tells one object from another."""

_TAKEN = (
    click.option("--case", type=CASE, help="The case it belongs to."),
    click.option("--label", type=LABEL, help="As on the object: JM/1; JM/+ takes the next number."),
    click.option("--category", type=WORD, help="phone, disk, document, cash …"),
    click.option("--description", type=TEXT, help="What it is."),
    click.option("--source", type=TEXT, help="Person or place it was taken from."),
    click.option("--condition", type=TEXT, help="Condition in which it was taken."),
    click.option("--authority", type=TEXT, help="Legal authority: warrant, order, consent."),
    click.option("--manner", type=click.Choice(MANNERS), help="How it came into custody. Default: seized."),
    click.option("--quantity", type=AMOUNT, help="'200 EUR-50', '12.5 g'."),
    click.option("--seal", "seals", type=SEAL_NUMBER, multiple=True, help="Seal put on. Repeatable."),
    click.option("--make", type=TEXT, help="Manufacturer."),
    click.option("--model", type=TEXT, help="Model."),
    click.option("--serial", type=TEXT, help="Serial number or IMEI."),
    click.option("--state", type=click.Choice(["on", "off"]), help="Whether a device was on or off."),
)
_ACQUIRED = (
    click.option("--tool", type=TEXT, help="Tool with which it was acquired."),
    click.option("--tool-version", type=TEXT, help="Its version."),
    click.option("--write-blocker", type=TEXT, help="Write-blocker used."),
    click.option("--format", "format_", type=click.Choice(FORMATS), help="Format of the image file."),
    click.option("--content-sha256", type=SHA256, help="SHA-256 of the decoded content, as the tool states it."),
    click.option("--content-md5", type=MD5, help="MD5 of the decoded content, as the tool states it."),
)


def taken(command: Function) -> Function:
    """The options that describe an item."""
    return _with(command, _TAKEN)


def acquired(command: Function) -> Function:
    """The options that say how digital evidence was acquired: parameter `tool` and those of `acquisition`."""
    return _with(command, _ACQUIRED)


def _with(command: Function, options: tuple[Any, ...]) -> Function:
    for option in reversed(options):
        command = option(command)
    return command


def acquisition(said: Mapping[str, Any]) -> Acquisition | None:
    """How it was acquired; None where nothing was said."""
    names = ("tool", "tool_version", "write_blocker", "format_", "content_sha256", "content_md5")
    if not any(said.get(name) for name in names):
        return None
    if not said.get("tool"):
        raise UsageError("how it was acquired begins with the tool", hint='--tool "dd (coreutils)"')
    hashes = {name: said[f"content_{name}"] for name in ("sha256", "md5") if said.get(f"content_{name}")}
    return Acquisition(
        tool=said["tool"],
        version=said.get("tool_version"),
        write_blocker=said.get("write_blocker"),
        format=said.get("format_"),
        content=ContentHashes(**hashes) if hashes else None,
    )


_REQUIRED = ("case", "label", "description", "source", "condition")


def kind_of(said: Mapping[str, Any], *, files: bool) -> Literal["physical", "digital"]:
    """`physical` or `digital`: as said, else what the files say. Raises UsageError for what is missing or does not fit.

    Asked before anything is measured, for that may take hours.
    """
    lacking = ", ".join(f"--{name}" for name in _REQUIRED if not said.get(name))
    if lacking:
        raise UsageError(f"{lacking} {'are' if ',' in lacking else 'is'} missing")
    kind = said.get("kind") or ("digital" if files else "physical")
    if kind == "digital" and not files:
        raise UsageError("a digital item is recorded by its files", hint="name the FILE or FOLDER, or --physical")
    if kind == "physical" and files:
        raise UsageError("files are a digital item", hint="leave --physical out; --document photo=FILE cites a picture")
    acquisition(said)
    return "digital" if files else "physical"


def seized(said: Mapping[str, Any], digests: DigestList) -> SeizedDetails:
    """The details of a seizure from what was said by option or column, and what was measured."""
    return SeizedDetails(
        kind=kind_of(said, files=bool(digests)),
        manner=said.get("manner") or "seized",
        seals=tuple(dict.fromkeys(said.get("seals") or ())) or None,
        digests=digests or None,
        acquisition=acquisition(said),
        **{name: said.get(name) for name in _PLAIN},  # type: ignore[arg-type]
    )


_PLAIN = (
    *("label", "condition", "description", "source", "category", "authority", "quantity"),
    *("make", "model", "serial", "state", "formerly"),
)
