"""PostgreSQL: what is refused when it is opened, who may do what in it, and how it commits."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from custody.errors import CustodyError, RuleRefusedError, UsageError
from custody.ledger.acts.beginnings import seize
from custody.ledger.audit import audit
from custody.ledger.opening import create_ledger, open_ledger
from custody.ledger.store.database import Database
from custody.ledger.store.postgres import session
from custody.ledger.store.postgres.database import PostgresDatabase
from custody.ledger.store.postgres.failures import describe
from custody.ledger.store.postgres.grants import grants
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.store import LostError
from custody.ledger.store.tables import APPEND_ONLY, DROPPABLE
from tests.ledger.agency import ORIGIN, Agency, key_of
from tests.postgres import OwnServer, connected

ON_POSTGRES = pytest.mark.parametrize("agency", ["postgres"], indirect=True)


def database_of(agency: Agency) -> Database:
    assert isinstance(agency.ledger.store, SqlStore)
    return agency.ledger.store.database


def ran(agency: Agency, statement: str) -> list[tuple[object, ...]]:
    """A statement of the administrator's."""
    with connected(str(agency.where)) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


@ON_POSTGRES
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}", "TRUNCATE {}"])
def test_the_log_can_not_be_changed_even_by_its_owner(agency: Agency, table: str, statement: str) -> None:
    (column,) = ran(
        agency, f"SELECT attname::text FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1"
    )
    name = f'"{column[0]}"'
    with pytest.raises(Exception, match="append-only"):
        ran(agency, statement.format(table, name, name))


@ON_POSTGRES
def test_the_audit_misses_a_trigger(agency: Agency) -> None:
    assert audit(agency.ledger).problems == []
    ran(agency, "ALTER TABLE shown DISABLE TRIGGER shown_append_only")
    assert [one.message for one in audit(agency.ledger).problems] == [
        "the database says: the triggers that keep the log append-only are gone or changed: shown_append_only; what "
        "`custody grants` prints makes them anew"
    ]


REMADE = {
    "never called": "CREATE TRIGGER {name} BEFORE DELETE OR UPDATE OR TRUNCATE ON entry FOR EACH STATEMENT "
    "WHEN (false) EXECUTE FUNCTION custody_append_only()",
    "of another table": "CREATE TRIGGER {name} BEFORE DELETE OR UPDATE OR TRUNCATE ON entry FOR EACH STATEMENT "
    "EXECUTE FUNCTION custody_append_only('entry')",
    "of one column": 'CREATE TRIGGER {name} BEFORE DELETE OR UPDATE OF "case" OR TRUNCATE ON entry FOR EACH STATEMENT '
    "EXECUTE FUNCTION custody_append_only()",
    "another function": "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER {name} BEFORE DELETE OR UPDATE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION nothing()",
    "changed inside": "CREATE OR REPLACE FUNCTION custody_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "gone": "SELECT 1",
}


@ON_POSTGRES
@pytest.mark.parametrize("how", REMADE)
@pytest.mark.usefixtures("roles")
def test_the_audit_compares_what_a_trigger_does(agency: Agency, how: str) -> None:
    name = "entry_append_only"
    ran(agency, f"DROP TRIGGER {name} ON entry; {REMADE[how].format(name=name)}")
    (problem,) = audit(agency.ledger).problems
    assert ("gone or changed" in problem.message, name in problem.message) == (True, True)
    ran(agency, grants("custody_test_custodian", custodian=True))
    assert audit(agency.ledger).problems == []


IN_THE_WAY = {
    "a trigger": "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER a_first BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION swallow()",
    "a rule": "CREATE RULE swallow AS ON INSERT TO entry DO INSTEAD NOTHING",
    "a later trigger": "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER zz BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION swallow()",
}
"""What swallows entries."""


@ON_POSTGRES
@pytest.mark.parametrize("how", IN_THE_WAY)
def test_nothing_is_told_as_recorded_that_was_swallowed(agency: Agency, how: str) -> None:
    size = agency.ledger.size
    ran(agency, IN_THE_WAY[how])
    with pytest.raises(CustodyError, match=r"did not take|failed") as caught:
        agency.seize()
    assert caught.value.exit_code == 1
    assert agency.ledger.size == size
    assert list(agency.ledger.items()) == []
    (problem,) = audit(agency.ledger).problems
    assert "on entry is not the ledger's" in problem.message


@ON_POSTGRES
def test_a_swallowed_checkpoint_is_not_given_out(agency: Agency) -> None:
    agency.seize()
    ran(agency, IN_THE_WAY["a trigger"].replace("ON entry", "ON checkpoint"))
    with pytest.raises(CustodyError, match="did not take"):
        agency.ledger.checkpoint(agency.ledger_key)


@ON_POSTGRES
def test_the_audit_names_what_hides_rows(agency: Agency) -> None:
    ran(agency, "ALTER TABLE seen ENABLE ROW LEVEL SECURITY; CREATE TABLE more () INHERITS (part)")
    said = sorted(one.message for one in audit(agency.ledger).problems)
    assert [one.partition(" is not the ledger's")[0] for one in said] == [
        "the database says: row security on seen",
        "the database says: the table more under part",
    ]


def entered(agency: Agency, role: str, *, custodian: bool) -> Agency:
    """The agency as a role has it."""
    ran(agency, grants(role, custodian=custodian))
    assert isinstance(agency.where, str)
    url = make_url(agency.where).set(username=role).render_as_string(hide_password=False)
    twin = Agency(agency.folder, url)
    twin.ledger, twin.clock = twin.opened(), agency.clock
    return twin


@ON_POSTGRES
def test_an_officer_appends_and_can_neither_change_nor_remove(agency: Agency, roles: dict[str, str]) -> None:
    officer = entered(agency, roles["officer"], custodian=False)
    item = officer.seize("JM/1")
    officer.release(item, "jm", "ana")
    officer.receive(item, "ana")
    with pytest.raises(CustodyError, match="does not allow this to your role"):
        officer.ledger.checkpoint(officer.ledger_key)
    assert audit(officer.ledger).problems == []
    store = officer.ledger.store
    for table in APPEND_ONLY:
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}"):
            with pytest.raises(CustodyError, match="does not allow this to your role"):
                database_of(officer).run(statement, [{}])
    for statement in ('UPDATE entry SET "index" = 99', "ALTER TABLE entry DISABLE TRIGGER ALL"):
        with pytest.raises(CustodyError, match="does not allow this to your role") as caught:
            database_of(officer).run(statement, [{}])
        assert caught.value.hint
    with pytest.raises(CustodyError, match="does not allow"), store.transaction(store.head()) as writing:
        writing.drop("a/b", [1])
    assert audit(officer.ledger).problems == []
    officer.ledger.close()


@ON_POSTGRES
def test_the_custodian_drops_what_nobody_vouches_for_and_nothing_else(agency: Agency, roles: dict[str, str]) -> None:
    custodian = entered(agency, roles["custodian"], custodian=True)
    custodian.seize("JM/1")
    custodian.ledger.checkpoint(custodian.ledger_key)
    store = custodian.ledger.store
    with store.transaction(store.head()) as writing:
        assert writing.drop("a/b", [1]) == []
        writing.drop_sealed(["00" * 32])
    for table in APPEND_ONLY:
        said = "refuses to change its log" if table in DROPPABLE else "does not allow this to your role"
        with pytest.raises(CustodyError, match=said):
            database_of(custodian).run(f"DELETE FROM {table}", [{}])
    custodian.ledger.close()


COPIED = 'INSERT INTO entry SELECT {}, sha256(hash), nodes, subject, kind, "case", recorded, body FROM entry WHERE {}'


@ON_POSTGRES
@pytest.mark.parametrize("index", [-1, 3, 9, 10**9, 2**63 - 1])
def test_only_the_next_entry_can_be_put(agency: Agency, roles: dict[str, str], index: int) -> None:
    """Whatever the role that may insert calls by our names."""
    officer = entered(agency, roles["officer"], custodian=False)
    url = make_url(str(officer.where)).set(drivername="postgresql").render_as_string(hide_password=False)
    insertion = COPIED.format(index, '"index" = 0').replace("INTO entry", "INTO public.entry", 1)
    with connected(url) as connection:
        connection.execute("CREATE TEMP TABLE entry AS SELECT * FROM public.entry WHERE false")
        connection.execute("SET search_path = pg_temp, public, pg_catalog")
        with pytest.raises(Exception, match="the next entry of the log is 7, not"):
            connection.execute(insertion.replace("FROM entry", "FROM public.entry").encode())
    assert audit(officer.ledger).problems == []
    officer.ledger.close()


@ON_POSTGRES
def test_many_entries_of_one_statement_are_put_in_their_order(agency: Agency) -> None:
    ran(agency, COPIED.format('"index" + 7', "true ORDER BY 1"))
    assert ran(agency, 'SELECT count(*), max("index") FROM entry') == [(14, 13)]
    with pytest.raises(Exception, match="the next entry of the log is 14, not 20"):
        ran(agency, COPIED.format('27 - "index"', '"index" > 6 ORDER BY 1 DESC'))


@ON_POSTGRES
def test_a_ledger_without_the_guard_of_its_order_gets_it_by_the_grants(agency: Agency, roles: dict[str, str]) -> None:
    """One that an earlier version made."""
    ran(agency, "DROP TRIGGER entry_in_order ON entry; DROP FUNCTION custody_in_order")
    (problem,) = audit(agency.ledger).problems
    assert "gone or changed: entry_in_order; what `custody grants` prints" in problem.message
    agency.seize("JM/1")
    officer = entered(agency, roles["officer"], custodian=False)
    officer.seize("JM/2")
    assert audit(officer.ledger).problems == []
    officer.ledger.close()


def test_a_role_is_named_as_postgres_spells_it() -> None:
    for name in ("Officers", 'a"b', "a; DROP TABLE entry", "", "public", "none"):
        with pytest.raises(UsageError, match="is not the name of a role"):
            grants(name, custodian=False)


@ON_POSTGRES
def test_a_role_may_be_called_by_a_word_of_sql(agency: Agency) -> None:
    ran(agency, 'CREATE ROLE "select"')
    try:
        ran(agency, grants("select", custodian=True))
        assert ran(agency, "SELECT has_table_privilege('select', 'entry', 'INSERT')") == [(True,)]
    finally:
        ran(agency, 'DROP OWNED BY "select"; DROP ROLE "select"')


@ON_POSTGRES
def test_a_commit_is_flushed_before_it_is_acknowledged_and_a_checkpoint_before_it_is_seen(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = database_of(agency)
    assert isinstance(database, PostgresDatabase)
    said: list[bytes] = []
    pipe = database._pipe

    def listening() -> None:
        said.extend(statement for statement, _ in database._pending)
        before = ran(agency, "SELECT pg_current_wal_insert_lsn()")[0][0]
        pipe()
        if said[-1] == session._FLUSH.encode():
            assert ran(agency, f"SELECT pg_current_wal_flush_lsn() > '{before}'") == [(True,)]

    monkeypatch.setattr(database, "_pipe", listening)
    agency.seize()
    assert said[-3:] == [session._EARLY.encode(), b"COMMIT", session._FLUSH.encode()]
    said.clear()
    agency.ledger.checkpoint(agency.ledger_key)
    assert said[-1] == b"COMMIT"
    assert session._EARLY.encode() not in said


@ON_POSTGRES
def test_a_locked_database_is_named(agency: Agency) -> None:
    database = database_of(agency)
    assert isinstance(database, PostgresDatabase)
    database.execute("SET lock_timeout = '50ms'")
    with connected(str(agency.where)) as other, other.transaction():
        other.execute(f"SELECT pg_advisory_xact_lock({session._LOCK})".encode())
        with pytest.raises(CustodyError, match="is locked by another program"):
            agency.seize()
    agency.seize()


def _newer(url: str) -> None:
    with connected(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '99'")


def _older(url: str) -> None:
    with connected(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '1'")


def _foreign(url: str) -> None:
    with connected(url) as connection:
        connection.execute("DROP TABLE entry")


def _without_schema(url: str) -> None:
    with connected(url) as connection:
        connection.execute("DELETE FROM alembic_version")


DEFECTS = {
    "newer": (_newer, "was written by a newer version"),
    "older": (_older, "has schema 1; this program needs"),
    "without a schema": (_without_schema, "is damaged: its table alembic_version does not say"),
    "another program's": (_foreign, "is a database of another program"),
}


@ON_POSTGRES
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_database_that_is_no_ledger_of_ours_is_refused_with_a_hint(agency: Agency, defect: str) -> None:
    damage, said = DEFECTS[defect]
    agency.ledger.close()
    damage(str(agency.where))
    with pytest.raises(CustodyError, match=said) as caught:
        agency.opened()
    assert (caught.value.exit_code, bool(caught.value.hint)) == (1, True)


def test_an_empty_database_and_a_server_that_is_not_there(empty: str, tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="there is no ledger in the database"):
        open_ledger(empty, now=lambda: 0, beside=tmp_path)
    nowhere = "postgresql+psycopg://jm:sesame@127.0.0.1:1/ledger"
    with pytest.raises(CustodyError, match="can't be reached") as caught:
        open_ledger(nowhere, now=lambda: 0, beside=tmp_path)
    assert "sesame" not in caught.value.message + str(caught.value.hint)
    assert caught.value.exit_code == 1


@ON_POSTGRES
def test_a_ledger_is_not_created_over_another(agency: Agency) -> None:
    size = agency.ledger.size
    with pytest.raises(UsageError, match="there is a ledger in"):
        SqlStore.create(str(agency.where))
    assert agency.ledger.size == size


def test_nothing_is_left_of_a_ledger_that_could_not_be_opened(empty: str, tmp_path: Path) -> None:
    agency = Agency(tmp_path, empty).found()
    details = agency.ledger.fact(0).event.details  # type: ignore[attr-defined]
    database_of(agency).discard()
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(RuleRefusedError, match="not the one on record"):
        create_ledger(empty, agency.by(ORIGIN), details, key_of("another"), now=agency.now, beside=tmp_path)
    with pytest.raises(CustodyError, match="there is no ledger in the database"):
        open_ledger(empty, now=agency.now, beside=tmp_path)


@ON_POSTGRES
def test_of_a_large_act_most_is_written_before_the_commit(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a restore or a long list writes does not wait in this process's memory."""
    monkeypatch.setattr(session, "_PUT_OFF", 10)
    waiting: list[int] = []
    real = session.Session.commit

    def commit(self: session.Session, *, early: bool) -> None:
        waiting.append(len(self._pending))
        real(self, early=early)

    monkeypatch.setattr(session.Session, "commit", commit)
    taken = [agency.seizure(f"JM/{number}") for number in range(40)]
    agency.do(seize(agency.by("jm"), taken))
    assert waiting[-1] <= 10
    assert [one.label for one in agency.ledger.items()] == [f"JM/{number}" for number in range(40)]


@ON_POSTGRES
def test_a_writer_that_stalls_does_not_hold_the_others_up(agency: Agency) -> None:
    """Its machine went to sleep in the middle of its turn."""
    other = agency.twin()
    database = database_of(agency)
    assert isinstance(database, PostgresDatabase)
    database.execute("SET idle_in_transaction_session_timeout = '200ms'")
    database.begin()
    other.seize("JM/2")
    with pytest.raises(LostError, match=r"ended the session|no longer answers"):
        database.rows("SELECT 1")
    other.ledger.close()


def test_a_machine_that_is_gone_in_its_turn_is_noticed_before_others_give_up() -> None:
    """What the server watches a connection by, in seconds, where that is a network's: others wait ten."""
    server = OwnServer()
    try:
        server.listen()
        connection = session.Session(server.url.render_as_string(hide_password=False))
        asked = "SELECT current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'), "
        asked += "current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout')"
        before = connection.rows(asked)
        connection.begin()
        ((idle, interval, count, unanswered),) = connection.rows(asked)
        assert int(idle) + int(interval) * int(count) <= 6
        assert unanswered == "6000"  # milliseconds
        connection.roll_back()
        assert connection.rows(asked) == before != [(idle, interval, count, unanswered)]
        connection.close()
    finally:
        server.remove()


LIMITS = {
    "ROLE {role} CONNECTION LIMIT 0": ("has as many connections as your role may have", "ALTER ROLE"),
    "DATABASE {database} CONNECTION LIMIT 0": ("has as many connections as it may have", "ALTER DATABASE"),
}


@ON_POSTGRES
@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_of_the_role_or_the_database_is_told_apart(agency: Agency, roles: dict[str, str], limit: str) -> None:
    officer = entered(agency, roles["officer"], custodian=False)
    officer.ledger.close()
    statement = limit.format(role=roles["officer"], database=make_url(str(agency.where)).database)
    ran(agency, f"ALTER {statement}")
    try:
        with pytest.raises(CustodyError, match=LIMITS[limit][0]) as caught:
            officer.opened()
    finally:
        ran(agency, f"ALTER {statement.removesuffix('0')} -1")
    assert LIMITS[limit][1] in (caught.value.hint or "")
    assert "max_connections" not in (caught.value.hint or "")


@pytest.mark.parametrize(
    "words",
    [
        "sorry, too many clients already",
        "remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
)
def test_a_server_without_a_connection_left_is_named(words: str) -> None:
    error = describe("x", psycopg.OperationalError(f"connection to server failed: FATAL:  {words}"), connecting=True)
    assert "has too many connections" in error.message
    assert "max_connections" in (error.hint or "")
