"""Where a person's keys are: the person's own folder, never the agency's."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from custody.errors import UsageError
from custody.protocol.names import check_id


def keys_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """`CUSTODY_KEYS`, else the keys folder in the platform's per-user configuration."""
    if environ.get("CUSTODY_KEYS"):
        return Path(environ["CUSTODY_KEYS"])
    return config_folder(environ, platform) / "keys"


def config_folder(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The per-user configuration folder of this program."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "custody"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "custody"
    named = Path(environ.get("XDG_CONFIG_HOME") or "")
    # A relative path there is to be ignored (XDG Base Directory Specification).
    return (named if named.is_absolute() else home / ".config") / "custody"


def key_path(identity: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The private key file of a person; its public half has `.pub` added.

    Raises MalformedError when it is not an id, UsageError when no key file can bear that name.
    """
    if not check_id(identity).strip(".") or identity.endswith(".pub"):  # a folder, or another key's public half
        raise UsageError(f"{identity} can't be the name of a key file", hint=f"--key {identity}=FILE names another")
    return keys_folder(environ, platform) / identity
