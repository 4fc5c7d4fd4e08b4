"""What options hold, read once, where they are typed: amounts, seals, labels, `ITEM=` values.

200 EUR-50        12,5 g           an amount and its unit
A-1001            A-1001:broken    a seal as read
JM/1=A-1001       A-1001           for one of several items, or for all
warrant=order.pdf                  a kind of document and its file
"""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from custody.errors import MalformedError, UsageError
from custody.protocol import names
from custody.protocol.eye import deceives
from custody.protocol.names import AUDIENCE_PATTERN
from custody.protocol.values import MAX_TEXT, Amount, SealReading

from . import moments

_DECIMAL = re.compile(r"\d{1,18}(?:[.,]\d{1,9})?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""What half of Europe reads as thousands, the other half as a fraction."""

_STATES = ("intact", "broken", "missing")


class ForItem(NamedTuple):
    """A value for the item that `item` names, as typed; for all items when None."""

    item: str | None
    value: Any
    text: str
    """The whole as typed, `ITEM=` included: free text may contain `=` too."""


class Named(NamedTuple):
    """`NAME=FILE`, or a file alone."""

    name: str | None
    path: Path


class Typed(click.ParamType):  # type: ignore[type-arg]  # in click 8.1 it takes no arguments
    """A parameter type from a function that raises UsageError; the error names the option."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value read; what was read before is left as it is."""
        del ctx
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except (UsageError, MalformedError) as error:
            where = f"{param.opts[0]}: " if param is not None and param.opts else ""
            raise UsageError(f"{where}{error.message}", hint=error.hint) from error


def read_amount(text: str) -> Amount:
    """`200 EUR-50`: a decimal number, a space, a unit without spaces."""
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip()
    if not _DECIMAL.fullmatch(number) or not re.fullmatch(rf"{names.MARK}{{1,32}}", unit):
        raise UsageError(
            f"{text!r} is not an amount", hint="a number, a space and a unit: '3 pieces', '12.5 g', '200 EUR-50'"
        )
    if _THOUSANDS.fullmatch(number):
        plain = number.replace(",", "").replace(".", "")
        hint = f"'{plain} {unit}', or '{number.replace(',', '.')}0 {unit}' for a fraction"
        raise UsageError(f"{text!r} may be thousands or a fraction", hint=hint)
    whole, _, part = number.replace(",", ".").partition(".")
    part = part.rstrip("0")
    return Amount(amount=(whole.lstrip("0") or "0") + (f".{part}" if part else ""), unit=unit)


def read_seal(text: str) -> SealReading:
    """`A-1001`, `A-1001:broken`, `A-1001:missing`."""
    number, colon, state = text.strip().partition(":")
    if colon and state not in _STATES:
        raise UsageError(f"{text!r} names no state of a seal", hint="S, S:broken or S:missing")
    return SealReading(seal=read_seal_number(number), state=state or "intact")  # type: ignore[arg-type]


def read_seal_number(text: str) -> str:
    """A seal number alone."""
    return _mark(text, names.SEAL_PATTERN, "a seal number", "1 to 64 characters, no spaces or , ; : = #")


def read_label(text: str) -> str:
    """An item's label; `JM/+` asks for the next number."""
    return _mark(text, names.LABEL_PATTERN, "a label", "as JM/1: no spaces or , ; : = #")


def _mark(text: str, pattern: str, what: str, form: str) -> str:
    """What people read off an object: two that look the same are the same (Unicode NFC), and all of it is seen."""
    mark = _matching(unicodedata.normalize("NFC", text), pattern, what, form)
    if deceives(mark):
        raise UsageError(f"{text!r} has characters that nobody sees", hint="type it as it stands on the object")
    return mark


def read_word(text: str) -> str:
    """A lower-case word: a category, a kind of document."""
    return _matching(text, names.WORD_PATTERN, "one word", "as phone, disk, warrant: a-z, 0-9, -", str.lower)


def read_country(text: str) -> str:
    """ISO 3166-1 alpha-2."""
    return _matching(text, names.COUNTRY_PATTERN, "a country", "two letters (ISO 3166), as RO", str.upper)


def read_case(text: str) -> str:
    """A case's reference."""
    return _matching(text, names.CASE_PATTERN, "a case reference", "as OP-17: letters, digits, . _ / -")


def read_reference(text: str) -> str:
    """A request's reference."""
    return _matching(text, names.CASE_PATTERN, "a request's reference", "as DE-2026-044: letters, digits, . _ / -")


def read_addressee(text: str) -> str:
    """A person of this ledger, `ID`, or of a partner's, `ID@ORIGIN`."""
    identity, at, origin = text.strip().partition("@")
    names.check_id(identity)
    if at:
        names.check_origin(origin)
    return text.strip()


def read_text(text: str) -> str:
    """Free text that is not empty."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("it is not text in UTF-8", hint="is the terminal's character set UTF-8?") from None
    if not text.strip():
        raise UsageError("it is empty", hint="say it in a few words, or leave the option out")
    if len(text.strip()) > MAX_TEXT:
        raise UsageError(f"it has more than {MAX_TEXT} characters", hint="cite a document: --document report=FILE")
    return text.strip()


def read_line(text: str) -> str:
    """Free text that is one line."""
    line = read_text(text)
    if len(line.splitlines()) > 1:
        raise UsageError("it goes over several lines", hint="write it on one; or is a quote open, or one too many?")
    return line


def read_place(text: str) -> str:
    """A room, shelf or box: the same one however it is spaced or composed (Unicode NFC)."""
    return " ".join(unicodedata.normalize("NFC", read_line(text)).split())


def read_audience(text: str) -> str:
    """A name of readers: court, defence, or one agreed on."""
    hint = "court, defence, partner, public, or a name in a-z, 0-9, . _ -"
    return _matching(text, AUDIENCE_PATTERN, "an audience", hint, str.lower)


def read_audiences(text: str) -> tuple[str, ...]:
    """`court,defence`."""
    return tuple(dict.fromkeys(read_audience(part.strip()) for part in text.replace(";", ",").split(",")))


def read_hex(digits: int) -> Callable[[str], str]:
    """A reader of a hash of so many hexadecimal digits."""
    pattern, form = rf"\A[0-9a-f]{{{digits}}}\Z", f"{digits} digits 0-9 a-f"
    return lambda text: _matching(text, pattern, "a hash", form, str.lower)


def _matching(text: str, pattern: str, what: str, form: str, spelling: Callable[[str], str] = str) -> str:
    value = spelling(text.strip())
    if not re.search(pattern, value, re.ASCII):
        raise UsageError(f"{text!r} is not {what}", hint=form)
    return value


def read_path(text: str) -> Path:
    """The name of a file or folder. An empty one would be the working directory: a variable that was never set."""
    if not text:
        raise UsageError("it is empty", hint="name a file or folder; the working directory is .")
    return Path(text)


def read_folder(text: str) -> Path:
    """A folder that is there."""
    path = read_path(text)
    if not path.is_dir():
        raise UsageError(f"there is no folder {text}")
    return path


def read_document(text: str) -> Named:
    """`warrant=order.pdf`."""
    kind, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"{text!r} does not name a kind of document", hint="KIND=FILE, as warrant=order.pdf")
    return Named(read_word(kind), Path(path))


def read_key(text: str) -> Named:
    """`jm=keys/jm`, or the file alone: the acting person's."""
    name, equals, path = text.partition("=")
    if equals and path and re.search(names.ID_PATTERN, name, re.ASCII):
        return Named(name, Path(path))
    return Named(None, read_path(text))


def read_until(text: str) -> str:
    """The end of a day, or a time with its offset."""
    return moments.read_day(text, "end")


def for_item(read: Callable[[str], Any]) -> Callable[[str], ForItem]:
    """A reader of `[ITEM=]VALUE`."""

    def split(text: str) -> ForItem:
        item, equals, value = text.partition("=")
        return ForItem(item.strip(), read(value), text) if equals else ForItem(None, read(text), text)

    return split


def _free(text: str) -> ForItem:
    item, equals, value = text.partition("=")
    return ForItem(item.strip() if equals else None, value.strip() if equals else read_text(text), read_text(text))


def _file(text: str) -> ForItem:
    one = _free(text)
    read_path(one.value)
    return one


TIME = Typed("TIME", moments.read_time)
FROM_DAY = Typed("DATE", lambda text: moments.read_day(text, "start"))
UNTIL_DAY = Typed("DATE", read_until)
DATE = Typed("DATE", moments.read_date)
AMOUNT = Typed("AMOUNT", read_amount)
SEAL_NUMBER = Typed("S", read_seal_number)
SEAL = Typed("S", read_seal)
ITEM_SEAL = Typed("[ITEM=]S", for_item(read_seal))
ITEM_AMOUNT = Typed("[ITEM=]AMOUNT", for_item(read_amount))
ITEM_TEXT = Typed("[ITEM=]TEXT", _free)
ITEM_FILE = Typed("[ITEM=]FILE", _file)
LABEL = Typed("LABEL", read_label)
WORD = Typed("WORD", read_word)
COUNTRY = Typed("CC", read_country)
CASE = Typed("REF", read_case)
REFERENCE = Typed("R", read_reference)
ADDRESSEE = Typed("ID[@ORIGIN]", read_addressee)
TEXT = Typed("TEXT", read_text)
PLACE = Typed("TEXT", read_place)
AUDIENCE = Typed("AUDIENCE", read_audience)
AUDIENCES = Typed("AUDIENCE,...", read_audiences)
SHA256 = Typed("HEX", read_hex(64))
MD5 = Typed("HEX", read_hex(32))
ORIGIN = Typed("ORIGIN", names.check_origin)
ID = Typed("ID", names.check_id)
DOCUMENT = Typed("KIND=FILE", read_document)
KEY = Typed("[ID=]FILE", read_key)
PATH = Typed("FILE", read_path)
FOLDER = Typed("DIR", read_folder)
