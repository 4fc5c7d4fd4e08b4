"""A computer whose clock is wrong reads, refuses to record and says why; it goes on when the clock is right."""

from datetime import UTC, datetime, timedelta

from freezegun.api import real_time

from tests.cli.station import Station

HOUR = timedelta(hours=1)


def test_set_back_an_hour(empty_station: Station, url: str) -> None:
    station = empty_station
    station.begin(url)
    station.seize("JM/1", "phone")
    size = station.size()
    station.clock.tick(-HOUR)
    for words in (("report", "JM/1", "--text", "t"), ("report", "JM/1", "--text", "t", "--at", "2026-05-03T09:25Z")):
        done = station(*words)
        assert (done.code, done.out) == (3, "")
        said, hint = done.err.splitlines()
        assert said.startswith("error: refused (T01): this computer's clock says 2026-05-03T08:")
        assert ", but the last entry was recorded at 2026-05-03T09:" in said
        assert hint.startswith("hint: set the clock right; if it is, another one was ahead: wait until that time")
    assert station("report", "JM/1", "--text", "t", "--json").json["error"]["rule"] == "T01"
    assert station.item("JM/1")["status"] == "held"
    station.must("checkpoint", "-o", "today")
    assert "nothing is wrong" in station.must("audit").out
    assert station.size() == size
    station.clock.tick(HOUR)
    station.must("report", "JM/1", "--text", "t")
    assert "nothing is wrong" in station.must("audit").out


def test_ahead_of_the_server(on_server: Station) -> None:
    on_server.clock.move_to(datetime.fromtimestamp(real_time(), UTC) + HOUR)
    done = on_server("case", "close", "OP-17", "--reason", "done")
    assert (done.code, "refused (T01): this computer's clock says" in done.err) == (3, True), done
    assert "the database server's" in done.err
    assert "hint: set the clock right; nobody could record before that time any more" in done.err
