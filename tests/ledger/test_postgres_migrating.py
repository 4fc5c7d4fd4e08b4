"""PostgreSQL: an older schema is brought to the newest by the role that owns the tables, or told why it is not."""

import pytest
from sqlalchemy import create_engine, make_url

from custody.errors import CustodyError
from custody.ledger.audit import audit
from custody.ledger.opening import migrate_ledger
from custody.ledger.store.declared import upgrading
from custody.ledger.store.declared.upgrading import upgrade
from custody.ledger.store.postgres import session
from custody.ledger.store.postgres.grants import grants
from custody.ledger.store.sql import SqlStore
from custody.ledger.store.tables import SCHEMA
from tests.ledger.agency import Agency
from tests.postgres import Server, connected

ON_POSTGRES = pytest.mark.parametrize("agency", ["postgres"], indirect=True)

DEFINED = """
SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default IS NULL
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION SELECT tablename, indexdef, '', '', '', true FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION SELECT relname, pg_get_triggerdef(t.oid), '', '', '', true
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal
UNION SELECT proname, prosrc, coalesce(proconfig::text, ''), '', '', true FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
"""


def defined(url: str) -> set[tuple[object, ...]]:
    with connected(url) as connection:
        return set(connection.execute(DEFINED).fetchall())


def test_all_revisions_make_what_a_new_ledger_has(empty: str, postgres: Server) -> None:
    engine = create_engine(empty)
    with engine.begin() as connection:
        upgrade(connection, 0)
    engine.dispose()
    new = postgres.create()
    SqlStore.create(new).close()
    assert defined(empty) == defined(new)
    assert len(defined(new)) > 60
    postgres.drop(new)


def as_schema_one(url: str) -> None:
    """What a ledger of schema 1 had."""
    with connected(url) as connection:
        connection.execute("DROP TABLE seen, cosigned, joined, part, shown, arrival, dispute, stamped")
        connection.execute('ALTER TABLE item DROP COLUMN "case"')
        for table in ("sealed", "meta", "item"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN sum")
        connection.execute("UPDATE alembic_version SET version_num = '1'")


@ON_POSTGRES
def test_an_older_schema_is_migrated_once_all_the_way_or_not_at_all(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(agency.where)
    agency.seize("JM/1")
    agency.ledger.close()
    whole = defined(url)
    as_schema_one(url)
    before = defined(url)

    def fail(*what: object) -> None:
        upgrade(*what)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(upgrading, "upgrade", fail)
        migrate_ledger(url)
    assert defined(url) == before
    assert migrate_ledger(url) == (1, SCHEMA)
    assert migrate_ledger(url) == (SCHEMA, SCHEMA)
    assert defined(url) == whole
    agency.reopen()
    agency.seize("JM/2")
    assert audit(agency.ledger).problems == []


@pytest.fixture
def older(agency: Agency) -> str:
    """The URL of a ledger of schema 1, as its owner has it."""
    agency.ledger.close()
    as_schema_one(str(agency.where))
    return str(agency.where)


def ran(url: str, statement: str) -> None:
    """A statement of the administrator's."""
    with connected(url) as connection:
        connection.execute(statement.encode())


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@ON_POSTGRES
def test_a_role_that_does_not_own_the_tables_is_told_who_does(older: str, roles: dict[str, str]) -> None:
    before = defined(older)
    ran(older, f"GRANT SELECT ON alembic_version TO {roles['officer']}")
    with connected(older) as connection:
        ((owner,),) = connection.execute("SELECT current_user::text").fetchall()
    with pytest.raises(CustodyError) as caught:
        migrate_ledger(as_role(older, roles["officer"]))
    assert "only the owner of its tables may migrate" in caught.value.message
    assert f"they belong to {owner}, and this is {roles['officer']}" in caught.value.message
    assert (caught.value.exit_code, "--database URL" in (caught.value.hint or "")) == (1, True)
    assert defined(older) == before


@ON_POSTGRES
def test_whoever_has_the_schema_already_needs_not_own_it(agency: Agency, roles: dict[str, str]) -> None:
    url = str(agency.where)
    ran(url, grants(roles["officer"], custodian=False))
    assert migrate_ledger(as_role(url, roles["officer"])) == (SCHEMA, SCHEMA)


@ON_POSTGRES
def test_a_reader_in_the_way_is_a_lock_of_another_program(older: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_SESSION", session._SESSION.replace("'10s'", "'50ms'"))
    with connected(older) as other, other.transaction():
        other.execute("SELECT 1 FROM item")
        with pytest.raises(CustodyError, match="is locked by another program") as caught:
            migrate_ledger(older)
    assert "SQL" not in caught.value.message
    assert migrate_ledger(older) == (1, SCHEMA)


NUMBERS = {
    "none": "DELETE FROM alembic_version",
    "a word": "UPDATE alembic_version SET version_num = 'head'",
    "nothing": "UPDATE alembic_version SET version_num = ''",
    "zero": "UPDATE alembic_version SET version_num = '0'",
    "negative": "UPDATE alembic_version SET version_num = '-1'",
    "another script": "UPDATE alembic_version SET version_num = '٣'",
    "several": "INSERT INTO alembic_version VALUES ('2')",
}


@ON_POSTGRES
@pytest.mark.parametrize("number", NUMBERS)
def test_a_schema_that_is_no_number_is_damage(older: str, number: str) -> None:
    ran(older, NUMBERS[number])
    with pytest.raises(CustodyError, match="is damaged: its table alembic_version") as caught:
        migrate_ledger(older)
    assert (caught.value.exit_code, "custody restore" in (caught.value.hint or "")) == (1, True)


@ON_POSTGRES
def test_tables_that_are_not_those_of_the_schema(agency: Agency) -> None:
    agency.ledger.close()
    ran(str(agency.where), "UPDATE alembic_version SET version_num = '1'")
    with pytest.raises(CustodyError, match="has other tables than its schema says") as caught:
        migrate_ledger(str(agency.where))
    assert (caught.value.exit_code, bool(caught.value.hint)) == (1, True)
