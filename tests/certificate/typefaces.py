"""Fonts that whoever runs the tests has: those of the folder CUSTODY_FONTS, and of the system."""

import os
from pathlib import Path

import pytest

from custody.certificate import fonts
from custody.errors import CustodyError

_FOLDER = os.environ.get("CUSTODY_FONTS")  # read at import: tests run without it
FONTS = Path(_FOLDER) if _FOLDER else None
"""Handed to what sets pages, as the command line does."""


def need(letters: str, code: str) -> None:
    """Skips a test, aloud, where no font has these letters."""
    try:
        fonts.fit([letters], (code,), folder=FONTS)
    except CustodyError as error:
        pytest.skip(f"{error.message}; {error.hint}")
