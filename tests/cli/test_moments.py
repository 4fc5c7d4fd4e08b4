"""Times and dates as people type them."""

import time
from collections.abc import Iterator

import pytest
from freezegun import freeze_time

from custody.errors import UsageError
from custody_cli.typed import moments


@pytest.fixture(autouse=True)
def bucharest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer in UTC+2, UTC+3 in summer."""
    monkeypatch.setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4")
    time.tzset()
    with freeze_time("2026-05-03T22:30:00Z", ignore=["_pytest"]):
        yield
    monkeypatch.undo()
    time.tzset()


TIMES = {
    "2026-05-03T10:20:00+02:00": "2026-05-03T10:20:00+02:00",
    "2026-05-03 10:20+02:00": "2026-05-03T10:20:00+02:00",
    "2026-05-03t10:20:31 +0200": "2026-05-03T10:20:31+02:00",
    "2026-05-03 10:20 -03": "2026-05-03T10:20:00-03:00",
    "2026-05-03T10:20Z": "2026-05-03T10:20:00+00:00",
    "10:20Z": "2026-05-03T10:20:00+00:00",
    "9:05+03:00": "2026-05-04T09:05:00+03:00",
    "now": "2026-05-04T01:30:00+03:00",
}


@pytest.mark.parametrize("typed", TIMES)
def test_a_time_is_read(typed: str) -> None:
    assert moments.read_time(typed) == TIMES[typed]


NOT_TIMES = {
    "2026-05-03T10:20": "2026-05-03T10:20:00+03:00",
    "10:20": "2026-05-04T10:20:00+03:00",
    "2026-01-03 10:20": "2026-01-03T10:20:00+02:00",
    "2026-05-03": "2026-05-04T01:30:00+03:00",
    "2026-02-30T10:20Z": "2026-05-04T01:30:00+03:00",
    "25:20Z": "2026-05-04T01:30:00+03:00",
    "yesterday": "2026-05-04T01:30:00+03:00",
    "2026-05-03T10:20:00.5Z": "2026-05-04T01:30:00+03:00",
    "2026-05-03T10:20+15:00": "+02:00",
    "2026-05-03T10:20+02:75": "+02:00",
    "1815-06-18T11:30+00:00": None,
    "": "2026-05-04T01:30:00+03:00",
}


@pytest.mark.parametrize("typed", NOT_TIMES)
def test_what_is_no_complete_time_is_refused_with_the_right_form(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        moments.read_time(typed)
    shown = NOT_TIMES[typed]
    assert shown is None or shown in (caught.value.hint or "")


def test_a_date_alone_is_its_start_or_its_end() -> None:
    assert moments.read_day("2026-05-03", "start") == "2026-05-03T00:00:00+03:00"
    assert moments.read_day("2026-01-03", "end") == "2026-01-03T23:59:59+02:00"
    assert moments.read_day("2026-05-03T10:20Z", "end") == "2026-05-03T10:20:00+00:00"
    with pytest.raises(UsageError):
        moments.read_day("2026-02-30", "start")


def test_a_date_is_a_date() -> None:
    assert moments.read_date("2026-05-03") == "2026-05-03"
    for typed in ("2026-02-30", "3.5.2026", "2026-05-03T10:20Z"):
        with pytest.raises(UsageError, match="is not a date"):
            moments.read_date(typed)


def test_a_time_is_shown_to_the_minute_where_it_was_stated_so() -> None:
    assert moments.readable("2026-05-03T10:20:00+02:00") == "2026-05-03 10:20 +02:00"
    assert moments.readable("2026-05-03T10:20:07+02:00") == "2026-05-03 10:20:07 +02:00"
    assert moments.readable_at(0) == "1970-01-01 02:00"
