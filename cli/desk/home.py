"""The agency's folder: `config.toml`, the database, the files that stand outside it, the agency's own keys.

config.toml     origin, the database where it is not ledger.db, and where places are by default
ledger.db       the log; `head` and `checkpoint` beside it say how long it was when it was last written. Of a log on a
                PostgreSQL server those two stand here: each machine keeps what it has seen
keys/           ledger, witness (OpenSSH), identity (age): the agency's. Persons' keys are never here.
cases/          an age identity for each case in which something is sealed, locked for the agency (custody.keys.vault)
"""

import os
import re
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.durable import write_file
from custody.errors import CustodyError, MalformedError, UsageError
from custody.protocol.names import check_origin

from ..options import Common
from ..shown import showing

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger

CONFIG = "config.toml"
_SQLITE, _POSTGRES = "sqlite:///", "postgresql+psycopg://"
_TOLD = re.compile(r"[a-z][a-z0-9+.-]*(?=://)|[^\s:@=?#]+\Z", re.IGNORECASE)
"""What may be repeated of a text that is no database's URL: its scheme, or all of it where no password can be in it."""
_TEXT = ("origin", "database", "country", "place")


class Home(NamedTuple):
    """An agency's folder, as its configuration describes it."""

    folder: Path
    origin: str
    database: Path | str
    """A file, or the URL of a database on a server."""
    country: str | None = None
    """Of a place that is given without one."""
    place: str | None = None
    """Where things happen unless `--place` says otherwise."""

    @property
    def beside(self) -> Path:
        """Where the files stand that say how long the log was."""
        return self.database.parent if isinstance(self.database, Path) else self.folder

    @property
    def keys(self) -> Path:
        """The agency's own keys."""
        return self.folder / "keys"

    @property
    def cases(self) -> Path:
        """The identities of cases."""
        return self.folder / "cases"


def default_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where an agency's folder is when nobody says so."""
    user = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or user / "AppData" / "Local") / "custody" / "agency"
    if platform == "darwin":
        return user / "Library" / "Application Support" / "custody" / "agency"
    return Path(environ.get("XDG_DATA_HOME") or user / ".local" / "share") / "custody"


def folder_of(common: Common) -> Path:
    """The folder that the command means."""
    return common.home or default_folder()


def read_home(common: Common) -> Home:
    """The agency's folder. Raises UsageError where there is none, MalformedError for a bad configuration."""
    folder = folder_of(common)
    path = folder / CONFIG
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        hint = "`custody init ORIGIN …` begins one; --home or CUSTODY_HOME names another folder"
        raise UsageError(f"there is no ledger in {folder}", hint=hint) from None
    except OSError as error:
        raise CustodyError(f"{path} can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"{path} is not TOML: {error}") from error
    for name, value in values.items():
        if name not in _TEXT or not isinstance(value, str) or not value:
            raise MalformedError(
                f"{path}: {name} is not a setting, or not a text", hint=f"settings: {', '.join(_TEXT)}"
            )
    if "origin" not in values:
        raise MalformedError(
            f"{path} does not name the ledger's origin", hint='origin = "…", as `custody init` wrote it'
        )
    try:
        database = database_of(folder, values.get("database"))
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", hint=error.hint) from error
    return Home(folder, check_origin(values["origin"]), database, values.get("country"), values.get("place"))


def write_config(folder: Path, origin: str, database: str | None, country: str) -> None:
    """The configuration of a new ledger; the last step of its making."""
    lines = ["# The agency's folder of a custody ledger. See `custody --help`.", f"origin = {_quoted(origin)}"]
    if database is not None:
        lines.append(f"database = {_quoted(database)}")
    lines += ["# The country of a place that is given without one.", f"country = {_quoted(country)}"]
    lines += ["# Where things happen, unless --place says otherwise.", '# place = "evidence room, Main Street 1"']
    write_file(folder / CONFIG, ("\n".join(lines) + "\n").encode())


def point_to(folder: Path, database: str) -> None:
    """The same configuration, with another database."""
    config = folder / CONFIG
    kept = [line for line in config.read_text("utf-8").splitlines() if not re.match(r"\s*database\s*=", line)]
    write_file(config, "\n".join([f"database = {_quoted(database)}", *kept, ""]).encode(), overwrite=True)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, which also asks for one of DEL."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def database_of(folder: Path, url: str | None) -> Path | str:
    """What a database URL names: `sqlite:///` and a path, relative to the agency's folder, or a PostgreSQL database.

    Raises UsageError for what names neither, or a database on a server in a way that could be read in two.
    """
    if url is None:
        return folder / "ledger.db"
    if url.startswith(_POSTGRES):
        from custody.ledger.store.postgres.url import parse_url

        parse_url(url)
        return url
    path = url.removeprefix(_SQLITE)
    if path == url or not path:
        told = _TOLD.match(url)
        hint = f"{_SQLITE}PATH, relative to the home, or {_POSTGRES}USER@HOST/DATABASE"
        raise UsageError(f"{told.group() if told else 'this'} is not a database that can be used", hint=hint)
    return folder / path


_DAMAGED_HEAD = (
    "is damaged, as a power cut may leave it: it can't show that the database is the newest; the next entry writes it "
    "anew. Where the database was put back or copied, ask partners first for the last checkpoint they have"
)


@contextmanager
def opened(home: Home, *, unasked: bool = False, appends: bool = False) -> Iterator["Ledger"]:
    """The ledger of this folder. Loads the database's libraries: nothing else in the program does.

    `unasked`: for an audit, which finds out itself whether the database is what the configuration says, and has all of
    it. `appends`: for what is refused where it has not: an act, a signature, a backup.
    """
    check_driver(home.database)
    from custody.ledger.opening import open_ledger, understood

    if isinstance(home.database, Path) and not home.database.exists():
        hint = "put it back from the newest backup: `custody restore FILE`"
        raise CustodyError(f"the database {home.database} is gone", hint=hint)
    origin = home.origin if unasked else None
    ledger = open_ledger(home.database, now=clock, beside=home.beside, origin=origin)
    try:
        if ledger.origin != home.origin:
            raise CustodyError(
                f"{ledger.store.name} is the ledger of {ledger.origin}, and {home.folder / CONFIG} says {home.origin}",
                hint="--home names another folder; a database can't be moved between them",
            )
        if (damaged := ledger.damaged_head()) is not None:
            showing.message("warning", f"{damaged} {_DAMAGED_HEAD}")
        with understood(ledger.store):
            if not (unasked or appends):
                _warn_behind(ledger)
            yield ledger
    finally:
        ledger.close()


def _warn_behind(ledger: "Ledger") -> None:
    """Who reads an old copy should know; who records in one is refused."""
    try:
        ledger.check_outside()
    except CustodyError as error:
        showing.message("warning", error.message)


def shown(database: Path | str) -> str:
    """A database as messages name it: a URL without its password."""
    if isinstance(database, Path):
        return str(database)
    from custody.ledger.store.postgres.url import masked

    return masked(database)


def kept_url(database: Path | str, url: str | None) -> str | None:
    """What the configuration keeps of the `url` given for it: a password is used now, and not written down."""
    if isinstance(database, Path):
        return url
    from custody.ledger.store.postgres.url import without_password

    return without_password(database)


def check_driver(database: Path | str) -> None:
    """Raises UsageError for a database on a server where the driver is not installed."""
    if isinstance(database, str):
        from importlib.util import find_spec

        if find_spec("psycopg") is None:
            raise UsageError("PostgreSQL's driver is not installed", hint="pip install 'custody[postgres]'")


def clock() -> int:
    """Seconds since 1970."""
    return int(time.time())
