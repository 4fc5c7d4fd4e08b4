"""Cells that no spreadsheet calculates.

One that it would calculate is written with an apostrophe before it (OWASP, "CSV injection"), and read
without; so is what it would take for a cell where it separates by semicolons, as Excel does in half of Europe.
"""

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make spreadsheets calculate (OWASP, CSV injection)."""

_CELL_WITHIN = re.compile(r"(?<=[;\t\r\n])(?=[\s\"]*[=+\-@])")
"""Where a spreadsheet that separates otherwise than by commas would begin a cell, and calculate it."""


def escape_formula(text: str) -> str:
    """A cell that no spreadsheet calculates, nor any part of it."""
    text = _CELL_WITHIN.sub("'", text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` was given, where it has no cells within."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(_FORMULA) else text
