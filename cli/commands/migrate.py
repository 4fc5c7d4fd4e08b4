"""`custody migrate` and `custody grants`: for whoever looks after the database."""

import click

from ..desk.home import check_driver, database_of, folder_of, read_home
from ..options import Command, Common, example, reading
from ..shown import showing
from ..typed.parsing import TEXT


@click.command(cls=Command, epilog=example("custody migrate"))
@click.option("--database", metavar="URL", help="Where the log is, with the owner's role. Default: as configured.")
@reading
def migrate(common: Common, database: str | None) -> None:
    """Bring the database to this program's schema.

    A file of an older schema is brought there whenever it is opened; on a server the role that owns the tables does it,
    once, after a backup. There is no way back; nothing recorded is touched. Older programs refuse the database then.
    """
    target = read_home(common).database if database is None else database_of(folder_of(common), database)
    check_driver(target)
    from custody.ledger.opening import migrate_ledger

    had, has = migrate_ledger(target)
    if common.session.wants_json:
        showing.answer(common.session, {"from": had, "to": has})
    else:
        showing.tell(f"schema {has}" + (", as before" if had == has else f", from {had}"))


@click.command(cls=Command, epilog=example("custody grants officers"))
@click.argument("role", type=TEXT)
@click.option("--custodian", is_flag=True, help="Also what trusting a new partner may drop.")
@reading
def grants(common: Common, role: str, custodian: bool) -> None:
    """Print the SQL that lets a role append, and no more.

    The role exists already; whoever owns the tables runs the SQL. It reads and appends, and can neither change, delete
    nor empty what was recorded.
    """
    from custody.ledger.store.postgres.grants import grants as write

    sql = write(role, custodian=custodian)
    if common.session.wants_json:
        showing.answer(common.session, {"sql": sql})
    else:
        showing.tell(sql.rstrip("\n"))
