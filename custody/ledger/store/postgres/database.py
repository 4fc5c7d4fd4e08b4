"""PostgreSQL: how a ledger's database is made, recognised, kept append-only and brought to a new schema.

One ledger in one database, for many writers on many machines (custody.ledger.store.postgres.session says how they take
turns). The role that owns the tables makes and migrates them; others need less (custody.ledger.store.postgres.grants).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from custody.errors import CustodyError, UsageError
from custody.ledger.store.guards import DROPPING, FUNCTIONS
from custody.ledger.store.postgres.integrity import problems
from custody.ledger.store.postgres.session import Session
from custody.ledger.store.postgres.url import SCHEME
from custody.ledger.store.sums import summed
from custody.ledger.store.tables import SCHEMA, TABLES, VERSIONS

_NUMBER = re.compile(r"[1-9][0-9]*")

_OTHERS = """
SELECT DISTINCT current_user::text, pg_get_userbyid(relowner)::text FROM pg_class
WHERE relnamespace = current_schema()::text::regnamespace AND relname::text = ANY(%(tables)s)
AND NOT pg_has_role(relowner, 'USAGE') ORDER BY 2
"""
"""Who we are, and whose tables are not ours to change."""

_FIT = "SELECT current_setting('server_encoding'), has_schema_privilege(current_schema()::text, 'CREATE')"

_MISSING = "`custody init` begins a ledger; config.toml in the home names the database"


class PostgresDatabase(Session):
    """One ledger's database."""

    @classmethod
    def open(cls, url: str) -> "PostgresDatabase":
        """The ledger in an existing database.

        Raises CustodyError when there is none, when it is of another schema, and when the server can't be reached.
        """
        database = cls(url)
        try:
            database._check_ours()
            if database.schema < SCHEMA:
                raise CustodyError(
                    f"the database {database.name} has schema {database.schema}; this program needs {SCHEMA}",
                    hint="`custody migrate --database URL`, by the role that owns the tables",
                )
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def create(cls, url: str) -> "PostgresDatabase":
        """The tables in an empty database; those without entries that an interrupted creation left are taken over.

        Raises UsageError when there is anything else in it.
        """
        database = cls(url)
        try:
            if database._relations():
                database._check_ours()
                if database.rows("SELECT 1 FROM entry LIMIT 1"):
                    raise UsageError(
                        f"there is a ledger in {database.name} already", hint="--database names another one"
                    )
            else:
                database._create()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def is_empty(cls, url: str) -> bool:
        """Whether there is no table yet. Raises CustodyError when the server can't be reached, or none can be made."""
        database = cls(url)
        try:
            empty = not database._relations()
            if empty:
                database._check_fit()
            return empty
        finally:
            database.close()

    @classmethod
    def migrate(cls, url: str) -> tuple[int, int]:
        """Brings an older schema to the newest, all the way or not at all; the two schemas.

        Raises CustodyError, too, where the role may not change the tables.
        """
        database = cls(url)
        try:
            database._check_ours()
            return database._upgrade(), SCHEMA
        finally:
            database.close()

    @property
    def schema(self) -> int:
        """The schema that the database says it has. Raises CustodyError where it says no number, or several."""
        said = [str(row[0]) for row in self.rows(f"SELECT version_num FROM {VERSIONS}")]  # noqa: S608
        if len(said) != 1 or not _NUMBER.fullmatch(said[0]):
            raise CustodyError(
                f"the database {self.name} is damaged: its table {VERSIONS} does not say which schema it has",
                hint="restore the newest backup into an empty database: `custody restore FILE --database URL`",
            )
        return int(said[0])

    @contextmanager
    def deleting(self, tables: Sequence[str]) -> Iterator[None]:
        """The triggers of droppable tables make way, for a role that may delete."""
        del tables
        self.execute(f"SET LOCAL {DROPPING} = 'on'")
        yield
        self.execute(f"SET LOCAL {DROPPING} = 'off'")

    def integrity(self, *, hurried: bool) -> list[str]:
        """Settings under which a commit is not durable, and triggers that are not as we made them."""
        del hurried
        return problems(self)

    def discard(self) -> None:
        """Removes the tables, and lets go of the database."""
        try:
            self.begin()
            functions = ", ".join(one.name for one in FUNCTIONS)
            self.execute(f"DROP TABLE {', '.join((*TABLES, VERSIONS))}; DROP FUNCTION {functions}")
            self.commit(early=False)
        finally:
            self.close()

    def _create(self) -> None:
        """Tables, triggers and marks, in one transaction."""
        from custody.ledger.store.declared.schema import creation

        self._check_fit()
        self.begin()
        try:
            if self._relations():
                raise UsageError(f"the database {self.name} is not empty", hint="another process was faster; try again")
            for statement in creation(self.kind):
                self.execute(statement)
            row = summed("meta", {"name": "schema", "value": str(SCHEMA)})
            self.run("INSERT INTO meta (name, value, sum) VALUES (%(name)s, %(value)s, %(sum)s)", [row])
            self.execute(f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32) PRIMARY KEY)")
            self._mark("INSERT INTO {} VALUES (%(schema)s)")
            self.commit(early=False)
        except BaseException:
            self.roll_back()
            raise

    def _check_fit(self) -> None:
        """Refuses an empty database in which no ledger could be made."""
        ((encoding, allowed),) = self.rows(_FIT)
        if encoding != "UTF8":
            raise UsageError(f"the database {self.name} is not in UTF-8", hint="CREATE DATABASE … ENCODING 'UTF8'")
        if not allowed:
            hint = "name the role that owns the database; docs/national.md says which role may do what"
            raise CustodyError(f"the database {self.name} does not allow your role to make tables", hint=hint)

    def _mark(self, statement: str) -> None:
        self.run(statement.format(VERSIONS), [{"schema": str(SCHEMA)}])

    def _relations(self) -> set[str]:
        """The tables in the schema where ours would be made."""
        found = self.rows(
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::text::regnamespace"
        )
        return {str(row[0]) for row in found}

    def _check_ours(self) -> None:
        """Refuses an empty database, another program's, and one that a newer version of this program wrote."""
        there = self._relations()
        if not there:
            raise CustodyError(f"there is no ledger in the database {self.name}", hint=_MISSING)
        if not {"entry", "meta", VERSIONS} <= there:
            raise CustodyError(f"{self.name} is a database of another program", hint=_MISSING)
        if self.schema > SCHEMA:
            raise CustodyError(
                f"the database {self.name} was written by a newer version of custody (schema {self.schema})",
                hint="install the newer version",
            )

    def _check_owner(self) -> None:
        """Refuses a role that may not change the tables; a member of the owner's, and an administrator, may."""
        others = self.rows(_OTHERS, {"tables": [*TABLES, VERSIONS]})
        if others:
            role, owners = others[0][0], ", ".join(str(row[1]) for row in others)
            raise CustodyError(
                f"only the owner of its tables may migrate {self.name}: they belong to {owners}, and this is {role}",
                hint="`custody migrate --database URL`, with the owner's role in the URL",
            )

    def _upgrade(self) -> int:
        from custody.ledger.store.declared.upgrading import connected, upgrade

        with self.named(), connected(SCHEME, self.connection) as connection:
            self.begin()
            try:
                had = self.schema
                if had < SCHEMA:
                    self._check_owner()
                    upgrade(connection, had)
                    self._mark("UPDATE {} SET version_num = %(schema)s")
                self.commit(early=False)
            except BaseException:
                self.roll_back()
                raise
        return had
