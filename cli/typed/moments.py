"""Times and dates as people type them, turned into what an event states: local time with its offset.

    2026-05-03T10:20+02:00     2026-05-03 10:20:30 +0200     10:20Z (today)     now

A time without an offset is refused, with the complete one in the hint: evidence crosses borders, and a guess by
whichever computer the officer sat at would be read as a statement. A date alone, where only the day counts (roles,
deadlines), gets this computer's offset.
"""

import re
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Literal

from custody.errors import MalformedError, UsageError
from custody.protocol.times import parse_local

_MOMENT = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2})(?:[Tt]|\s+))?(\d{1,2}:\d{2})(:\d{2})?\s*(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Edge = Literal["start", "end"]


def now() -> datetime:
    """This computer's clock, to the second, with its local offset."""
    return datetime.now(UTC).astimezone().replace(microsecond=0)


def stated_now() -> str:
    """`occurred_at` of what happens now."""
    return write(now())


def write(moment: datetime) -> str:
    """`2026-05-03T10:20:00+02:00`."""
    text = moment.isoformat(timespec="seconds")
    try:
        parse_local(text)
    except MalformedError as error:
        raise UsageError(f"{text} can't be stated: {error.message}") from error
    return text


def read_time(text: str) -> str:
    """A time with its offset. Raises UsageError that shows how to write it."""
    if text.strip().lower() == "now":
        return stated_now()
    matched = _MOMENT.fullmatch(text.strip())
    if matched is None:
        raise UsageError(f"{text!r} is not a time", hint=f"write it as {stated_now()}")
    day, clock, seconds, zulu, sign, hours, minutes = matched.groups()
    offset = _offset(zulu, sign, hours, minutes, text)
    today = now().astimezone(offset).date().isoformat()
    hour, _, minute = clock.partition(":")
    plain = f"{day or today}T{hour:0>2}:{minute}{seconds or ':00'}"
    try:
        local = datetime.fromisoformat(plain)
    except ValueError:
        raise UsageError(f"{text!r} does not exist in the calendar", hint=f"write it as {stated_now()}") from None
    if offset is None:
        complete = write(local.astimezone())
        raise UsageError(
            f"{text!r} does not say its offset from UTC", hint=f"by this computer's clock it is {complete}"
        )
    return write(local.replace(tzinfo=offset))


def _offset(zulu: str | None, sign: str | None, hours: str | None, minutes: str | None, text: str) -> timezone | None:
    if zulu:
        return UTC
    if not sign or not hours:
        return None
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if length > timedelta(hours=14, minutes=59) or int(minutes or 0) > 59:
        raise UsageError(f"{text!r} has an offset that no place on earth has", hint="as in +02:00")
    return timezone(length if sign == "+" else -length)


def read_day(text: str, edge: Edge) -> str:
    """A time with its offset, or a date alone: its first second, or its last."""
    if not _DATE.fullmatch(text.strip()):
        if _MOMENT.fullmatch(text.strip()) or text.strip().lower() == "now":
            return read_time(text)
        raise UsageError(f"{text!r} is not a date", hint=f"a date is written 2026-05-03, a time {stated_now()}")
    try:
        day = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise UsageError(f"{text!r} does not exist in the calendar", hint="a date is written 2026-05-03") from None
    clock = time(0, 0, 0) if edge == "start" else time(23, 59, 59)
    return write(datetime.combine(day, clock).astimezone())


def read_date(text: str) -> str:
    """A date alone: `2026-05-03`."""
    try:
        if _DATE.fullmatch(text.strip()):
            return datetime.fromisoformat(text.strip()).date().isoformat()
    except ValueError:
        pass
    raise UsageError(f"{text!r} is not a date", hint="a date is written 2026-05-03")


def readable(text: str) -> str:
    """`2026-05-03 10:20 +02:00` of a time as stated; seconds only where there are some."""
    clock = text[11:16] if text[17:19] == "00" else text[11:19]
    return f"{text[:10]} {clock} {text[19:]}"


def readable_at(seconds: int) -> str:
    """A ledger's time, by this computer's clock: `2026-05-03 10:20`."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
