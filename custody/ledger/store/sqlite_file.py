"""An SQLite file, looked at before SQLite opens it: SQLite would make a new one, or say less."""

from pathlib import Path

from custody.errors import CustodyError

_HEADER = 100


def check_file(path: Path) -> None:
    """Refuses, before anything is opened, a file that is missing, empty or cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
    except FileNotFoundError:
        hint = "`custody init` makes one; --home names its folder"
        raise CustodyError(f"there is no ledger at {path}", hint=hint) from None
    except OSError as error:
        raise CustodyError(f"the database {path} can't be read: {error.strerror}") from error
    if size == 0:
        raise CustodyError(f"the database {path} is empty", hint="restore a backup; `custody init` begins a new ledger")
    if not header.startswith(b"SQLite format 3\0"):
        raise CustodyError(f"{path} is not a custody ledger", hint="check --home; the ledger's file is ledger.db")
    # While a write-ahead log is there, the file itself may lag behind its own header.
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return
    page = int.from_bytes(header[16:18], "big") or 1
    wanted = (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if size < wanted:
        hint = "restore the newest backup, and keep this file for comparison"
        raise CustodyError(f"the database {path} is cut off: {size} bytes of {wanted}", hint=hint)
