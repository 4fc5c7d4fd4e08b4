"""URLs of databases on a server: what is refused, what is shown of them, and that libpq reads them as we do."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from custody.errors import UsageError
from custody.ledger.opening import open_ledger
from custody.ledger.store.postgres.url import SCHEME, masked, parse_url, without_password


def read_by_libpq(url: str) -> dict[str, object]:
    return dict(conninfo_to_dict(url.replace(SCHEME, "postgresql://", 1)))


def test_a_password_is_not_shown_nor_kept() -> None:
    url = "postgresql+psycopg://jm:ses%40me@db.example:5433/ledger?sslmode=require&host=/run/pg"
    assert masked(url) == "postgresql+psycopg://jm:***@db.example:5433/ledger?host=/run/pg"
    assert without_password(url) == "postgresql+psycopg://jm@db.example:5433/ledger?sslmode=require&host=/run/pg"
    for same in ("postgresql+psycopg:///ledger?host=/tmp", "postgresql+psycopg://db.example/ledger"):
        assert without_password(same) == masked(same) == same


@pytest.mark.parametrize("name", ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "Password"])
def test_a_password_among_the_parameters_is_not_shown_nor_kept(name: str) -> None:
    url = f"postgresql+psycopg://jm@db.example/ledger?{name}=sesame"
    with pytest.raises(UsageError, match="does not belong among"):
        without_password(url)
    assert masked(url) == "postgresql+psycopg://jm@db.example/ledger"


READ = {
    "jm@db.example/ledger": {"user": "jm", "host": "db.example", "dbname": "ledger"},
    "jm:sesame@/ledger": {"user": "jm", "password": "sesame", "dbname": "ledger"},
    "jm:a%2Fb%3Fc%23d%40e%25f%20g@db/ledger": {
        "user": "jm",
        "password": "a/b?c#d@e%f g",
        "host": "db",
        "dbname": "ledger",
    },
    "jm:a:b[c@db/ledger": {"user": "jm", "password": "a:b[c", "host": "db", "dbname": "ledger"},
    "jm@[2001:db8::1]:5433/ledger": {"user": "jm", "host": "2001:db8::1", "port": "5433", "dbname": "ledger"},
    "[fe80::1%25eth0]/ledger": {"host": "fe80::1%eth0", "dbname": "ledger"},
    "one:1,two:2/ledger": {"host": "one,two", "port": "1,2", "dbname": "ledger"},
    "%2Frun%2Fpg/ledger": {"host": "/run/pg", "dbname": "ledger"},
    "/ledger?host=/run/pg&user=jm": {"host": "/run/pg", "user": "jm", "dbname": "ledger"},
    "db/ledger?sslmode=verify-full&sslrootcert=/etc/ca.pem": {
        "host": "db",
        "dbname": "ledger",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
    },
    "db/ledger?options=-c%20role%3Downer": {"host": "db", "dbname": "ledger", "options": "-c role=owner"},
    "db/ledger?ssl=true": {"host": "db", "dbname": "ledger", "sslmode": "require"},
    "db/ledger?password=sesame": {"host": "db", "dbname": "ledger", "password": "sesame"},
    "": {},
}


@pytest.mark.parametrize("rest", READ)
def test_what_one_reader_alone_can_make_of_it_is_read(rest: str) -> None:
    parse_url(SCHEME + rest)
    assert read_by_libpq(SCHEME + rest) == READ[rest]


REFUSED = {
    "a ? in the password": "w1:Top?Secret@127.0.0.1:54777/ledger",
    "a # in the password": "w1:Top#Secret@127.0.0.1:54777/ledger",
    "a / in the password": "w1:Top/Secret@127.0.0.1:54777/ledger",
    "an @ in the password": "w1:Top@Secret@127.0.0.1:54777/ledger",
    "a port, by what stands before it": "w1:1234/Secret@127.0.0.1/ledger",
    "a parameter, by what stands before it": "w1:1234?sslmode=Secret@127.0.0.1/ledger",
    "a password and no host": "w1:Secret",
    "a password without its @": "w1:Secret127.0.0.1/ledger",
    "a space": "w1:Top Secret@127.0.0.1/ledger",
    "a line break": "w1:Top\nSecret@127.0.0.1/ledger",
    "a % that encodes nothing": "w1:100%Secret@127.0.0.1/ledger",
    "NUL": "w1:Secret%00@127.0.0.1/ledger",
    "not UTF-8": "w1:Secret%FF@127.0.0.1/ledger",
    "not text": "w1:Secret\udcff@127.0.0.1/ledger",
    "half a bracket": "w1:Secret@[::1/ledger",
    "a parameter without a value": "127.0.0.1/ledger?Secret",
    "half a password as a parameter": "127.0.0.1/ledger?password=Top=Secret",
    "a fragment": "127.0.0.1/ledger#Secret",
}


@pytest.mark.parametrize("defect", REFUSED)
@pytest.mark.parametrize("reader", [parse_url, masked, without_password])
def test_what_can_be_read_in_two_ways_is_refused_and_not_repeated(reader: object, defect: str) -> None:
    with pytest.raises(UsageError, match="can't be read with certainty") as caught:
        reader(SCHEME + REFUSED[defect])  # type: ignore[operator]
    assert caught.value.hint is not None
    said = caught.value.message + caught.value.hint
    assert [one for one in ("Secret", "Top", "w1", "127.0.0.1") if one in said] == []
    assert "PGPASSWORD" in said and "%2F %3F %23 %40" in said


PIECES = [
    *"/?#@%:[],&=+.",
    "%40",
    "%FF",
    " ",
    "\t",
    "é",
    "[::1]",
    "5432",
    "user",
    "host",
    "password",
    "ssl=true",
    "Top",
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_what_is_taken_for_the_password_is_what_libpq_takes_for_it(rest: str) -> None:
    try:
        url = parse_url(SCHEME + rest)
    except UsageError:
        return
    try:
        read = read_by_libpq(SCHEME + rest)
    except ProgrammingError as error:
        assert "URI query parameter" in str(error)  # what it does not know is named when it connects
        return
    given = dict(url.parameters).get("password", url.password or "")
    assert unquote(given) == (read.pop("password", None) or "")
    if not url.has_secret:
        kept = read_by_libpq(without_password(SCHEME + rest))
        assert kept == read


PARAMETERS = {
    "colour=Secret": "the parameter colour that PostgreSQL does not know",
    "ssl=Secret": "the parameter ssl that PostgreSQL does not know",
    "connect_timeout=Secret": "the parameter connect_timeout of the database's URL has a value",
    "sslmode=Secret": "the parameter sslmode of the database's URL has a value",
    "port=Secret": "the parameter port of the database's URL has a value",
    "keepalives_idle=Secret": "the parameter keepalives_idle of the database's URL has a value",
    "min_protocol_version=Secret": "the parameter min_protocol_version of the database's URL has a value",
    "password=Top&Secret=1": "a parameter that PostgreSQL does not know",
}


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_named_and_its_value_is_not(parameter: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=PARAMETERS[parameter]) as caught:
        open_ledger(f"{SCHEME}127.0.0.1:1/ledger?{parameter}", now=lambda: 0, beside=tmp_path)
    assert caught.value.hint is not None
    assert "Secret" not in caught.value.message + caught.value.hint


def test_a_port_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the parameter port of"):
        open_ledger(f"{SCHEME}127.0.0.1:99999/ledger", now=lambda: 0, beside=tmp_path)
