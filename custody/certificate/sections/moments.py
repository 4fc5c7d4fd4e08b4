"""Times on the pages: as stated, with their offset; never rounded, never moved to another zone without saying so."""

from custody.errors import MalformedError
from custody.protocol.times import format_utc, parse_local


def stated_time(occurred_at: str) -> str:
    """`2026-05-04 09:20:00 +03:00` of a local time as stated."""
    return f"{occurred_at[:10]} {occurred_at[11:19]} {occurred_at[19:]}"


def utc_time(occurred_at: str) -> str:
    """The same in UTC, without the word; empty where it was stated so, and for a time that the calendar has not."""
    if occurred_at.endswith("+00:00"):
        return ""
    try:
        return plain_time(format_utc(parse_local(occurred_at)))
    except MalformedError:
        return ""


def plain_time(recorded_at: str) -> str:
    """`2026-05-04 06:20:00` of a time in UTC."""
    return recorded_at.replace("T", " ").removesuffix("Z")
