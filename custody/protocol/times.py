"""Times as they are written: with their offset when a person states them, in UTC when a ledger records them.

    occurred_at   2026-05-03T10:20:00+02:00     local time of the place, with its offset; never `Z`, never -00:00
    recorded_at   2026-05-03T08:20:07Z          the ledger's clock

A subset of RFC 3339: seconds, no fractions, no leap second, years 1900 to 2999.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from custody.errors import MalformedError

LOCAL_PATTERN = (
    r"\A(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\+(0[0-9]|1[0-3]):[0-5][0-9]|\+14:00|-(0[1-9]|1[0-3]):[0-5][0-9]|-14:00|-00:(0[1-9]|[1-5][0-9]))\Z"
)
UTC_PATTERN = r"\A(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\Z"
DATE_PATTERN = r"\A(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}\Z"

_LOCAL = re.compile(LOCAL_PATTERN)
_UTC = re.compile(UTC_PATTERN)

HOUR = 3600
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

CLOCK_TOLERANCE = 15 * 60
"""Seconds by which two honest clocks may differ (docs/format.md, T04); beyond it, T01."""


@lru_cache(maxsize=4096)
def parse_local(text: str) -> int:
    """Seconds since 1970 of a time with offset."""
    if not _LOCAL.match(text):
        raise MalformedError(f"{text[:40]!r} is not a time of the form 2026-05-03T10:20:00+02:00")
    return _seconds(text)


@lru_cache(maxsize=4096)
def parse_utc(text: str) -> int:
    """Seconds since 1970 of a time ending in `Z`."""
    if not _UTC.match(text):
        raise MalformedError(f"{text[:40]!r} is not a time of the form 2026-05-03T08:20:07Z")
    return _seconds(text)


def _seconds(text: str) -> int:
    try:
        return (datetime.fromisoformat(text) - _EPOCH) // _SECOND
    except ValueError as error:
        raise MalformedError(f"{text!r} does not exist in the calendar") from error


def check_date(text: str) -> None:
    """Refuses a date that is not in the calendar; its shape is checked by the type that holds it."""
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise MalformedError(f"{text!r} does not exist in the calendar") from error


def format_utc(seconds: int) -> str:
    """`2026-05-03T08:20:07Z`."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_duration(seconds: int) -> str:
    """A length of time in words, rounded down: `3 days`, `26 hours`, `12 minutes`."""
    for name, length in (("day", DAY), ("hour", HOUR), ("minute", 60), ("second", 1)):
        threshold = 2 * DAY if name == "day" else length
        if seconds >= threshold:
            count = seconds // length
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "0 seconds"
