"""How the demo cheats: with files and a database, and no key."""

import base64
import json
import re
import sqlite3
from pathlib import Path


def alter_entry(source: Path, target: Path, old: bytes, new: bytes) -> None:
    """Replaces words in the first event that holds them; the signature stays as it was."""
    lines = source.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines):
        payload = _payload(line)
        if old in payload:
            lines[number] = line.replace(base64.b64encode(payload), base64.b64encode(payload.replace(old, new, 1)))
            break
    target.write_bytes(b"".join(lines))


def drop_event(source: Path, target: Path, mark: bytes) -> None:
    """Leaves out the first entry whose event holds `mark`."""
    lines = source.read_bytes().splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if mark in _payload(line))
    target.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))


def flip_bit(source: Path, target: Path) -> None:
    """Changes one bit in the middle."""
    data = bytearray(source.read_bytes())
    data[len(data) // 2] ^= 1
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)


def alter_row(database: Path, index: int) -> None:
    """Edits an entry in the database: drops the trigger that forbids it, as an administrator can."""
    with sqlite3.connect(database) as link:
        for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            link.execute(f'DROP TRIGGER "{name}"')
        (body,) = link.execute('SELECT body FROM entry WHERE "index" = ?', (index,)).fetchone()
        payload = base64.b64decode(json.loads(body)["envelope"]["payload"])
        altered = payload.replace(b"switched off", b"switched on!")
        body = bytes(body).replace(base64.b64encode(payload), base64.b64encode(altered))
        link.execute('UPDATE entry SET body = ? WHERE "index" = ?', (body, index))
    link.close()


def readable(bundle: Path) -> bytes:
    """All that can be read in a bundle, what is in base64 decoded."""
    text = bundle.read_bytes()
    words = re.findall(rb"[A-Za-z0-9+/_-]{16,}", text)
    return text + b"".join(
        base64.urlsafe_b64decode(one.translate(_URLSAFE) + b"==") for one in words if len(one) % 4 != 1
    )


_URLSAFE = bytes.maketrans(b"+/", b"-_")


def _payload(line: bytes) -> bytes:
    value = json.loads(line)
    return base64.b64decode(value["entry"]["envelope"]["payload"]) if "entry" in value else b""
