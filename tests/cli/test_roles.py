"""What the officers' role is granted is what an officer's work needs, and no more."""

import shutil
import tomllib
from collections.abc import Iterator

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url

from tests.cli.abroad import DE, Abroad, seen
from tests.postgres import Server, connected

OFFICER = "custody_test_desk"


@pytest.fixture
def at_desks(abroad: Abroad, postgres: Server) -> Iterator[Abroad]:
    """RO's ledger on a server, as an officer has it: by the officers' role, without a key of the agency."""
    ro, url = abroad.ro, postgres.create()
    ro.must("backup", "-o", "moving.backup")
    (ro.home / "ledger.db").rename(ro.home / "before.db")
    ro.must("restore", "moving.backup", "--database", url)
    sql = ro.must("grants", OFFICER).out
    with connected(url) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OFFICER,)).fetchall():
            connection.execute(f"CREATE ROLE {OFFICER} LOGIN".encode())
        connection.execute(sql.encode())
    config = ro.home / "config.toml"
    mine = make_url(url).set(username=OFFICER).render_as_string(hide_password=False)
    config.write_text(config.read_text().replace(url, mine))
    shutil.rmtree(ro.home / "keys")
    yield abroad
    postgres.drop(url)


def test_an_officer_does_all_that_needs_no_key_of_the_agency(at_desks: Abroad) -> None:
    ro, words = at_desks.ro, ("--reason", "storage", "--condition", "good", "--seal", "S-9")
    ro.seize("JM/9", "phone", "--seal", "S-9", "--sealed", "place=Strada Lungă 4")
    ro.must("handover", "JM/9", "--to", "ak", *words)
    assert "taken in" in ro.must("import", "receipt.custody").out
    ro.must("request", "receive", "DE-7.custody", "--case", "KR-9", "--as", "ca")
    at_desks.de.must("checkpoint", "--force", "--since", str(seen(ro, DE)), "-o", "newer.checkpoint")
    ro.must("import", "newer.checkpoint")
    ro.must("rebuild")
    assert "nothing is wrong" in ro.must("audit").out
    done = ro("checkpoint")
    assert (done.code, "not on this machine" in done.err) == (1, True)


@pytest.mark.parametrize("table", ["checkpoint", "meta", "alembic_version"])
def test_what_only_the_custodian_or_the_owner_writes(at_desks: Abroad, table: str) -> None:
    given = {"checkpoint": "(5, 'x')", "meta": "('a', 'b')", "alembic_version": "('9')"}[table]
    url = tomllib.loads((at_desks.ro.home / "config.toml").read_text())["database"]
    with connected(url) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(f"INSERT INTO {table} VALUES {given}".encode())
