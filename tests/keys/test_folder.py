"""Where persons' keys are, on each platform."""

from pathlib import Path

import pytest

from custody.errors import MalformedError
from custody.keys.folder import key_path, keys_folder


@pytest.mark.parametrize(
    ("platform", "environ", "folder"),
    [
        ("linux", {"HOME": "/h/jm"}, "/h/jm/.config/custody/keys"),
        ("linux", {"HOME": "/h/jm", "XDG_CONFIG_HOME": "/c"}, "/c/custody/keys"),
        ("darwin", {"HOME": "/U/jm"}, "/U/jm/Library/Application Support/custody/keys"),
        ("win32", {"HOME": "/u", "APPDATA": "/u/AppData/Roaming"}, "/u/AppData/Roaming/custody/keys"),
        ("linux", {"HOME": "/h/jm", "CUSTODY_KEYS": "/media/stick"}, "/media/stick"),
    ],
)
def test_keys_are_in_the_persons_own_folder(platform: str, environ: dict[str, str], folder: str) -> None:
    assert keys_folder(environ, platform) == Path(folder)


@pytest.mark.parametrize("identity", ["../root", "a/b", "JM", "", "a" * 65])
def test_an_id_is_no_path(identity: str) -> None:
    with pytest.raises(MalformedError):
        key_path(identity, {"CUSTODY_KEYS": "/keys"})
