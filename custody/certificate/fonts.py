"""Typefaces: what sets the letters of a document, and what stands for what no face has.

The faces embedded in Typst set Latin, Greek, Cyrillic and Hebrew with the same bytes on every machine; where they are
enough, nothing else is looked for. Letters of another script need a face from the folder of `CUSTODY_FONTS` or of the
system: where there is none, the document is refused. Signs that no face has, private-use and control characters stand
as `U+1F600`. A page of empty boxes would be silent about what it lost.
"""

import contextlib
import functools
import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from custody.certificate.scripts import how_to_set, script_of
from custody.errors import CustodyError

BODY, MONO = "Libertinus Serif", "DejaVu Sans Mono"
"""Embedded in Typst. The second has signs, too, that the first lacks."""

_PROBE = b"""#let d = json(bytes(sys.inputs.d))
#set document(title: "probe")
#set page(width: 400cm, height: auto)
#set text(font: d.fonts, fallback: false)
#for c in d.characters [#c #text(weight: "bold", c) #text(style: "italic", c) \\ ]
"""
_KEPT = "\n\u00ad\u061c\u200b\u200c\u200d\u200e\u200f"
"""Beside what is printed: line feed, soft hyphen, joiners and marks that languages need."""

_SLANTED = frozenset(("ar", "fa", "he", "hi", "ja", "ko", "ru", "th", "ur", "zh"))
"""Languages that have no italics, or whose readers find them hard to read in small print: they stand upright."""


class Faces(NamedTuple):
    """What a document is set with."""

    families: tuple[str, ...]
    """In the order in which a letter is looked for."""
    files: tuple[Path, ...]
    """Where those are that are not embedded."""


class Fitted(NamedTuple):
    """A document's JSON in which every character has a face."""

    data: Any
    faces: Faces


class _Face(NamedTuple):
    """A family found on this machine."""

    family: str
    files: tuple[Path, ...]


def fit(data: Any, languages: tuple[str, ...] = (), *, folder: Path | None = None) -> Fitted:
    """`data` (lists, dicts, strings) with what can't be set replaced, and the faces that set the rest.

    `languages`: codes, the authentic one first. `folder`: fonts that come before the system's.
    Raises CustodyError where a script has no face: it names the script, and what installs one.
    """
    strange = {one for one in _characters(data) if _is_strange(one)}
    data = _replaced(data, strange)
    lacking = _missing((BODY,), (), _characters(data))
    if not lacking:
        return Fitted(data, Faces((BODY,), ()))
    chosen: list[_Face] = []
    for script, letters in sorted(_by_script(lacking).items()):
        face = _find(script, letters, languages, folder)
        if face not in chosen:
            chosen.append(face)
    families = (BODY, *(face.family for face in chosen), MONO)
    files = tuple(dict.fromkeys(path for face in chosen for path in face.files))
    return Fitted(_replaced(data, _missing(families, files, lacking)), Faces(families, files))


def for_language(families: tuple[str, ...], code: str) -> list[dict[str, str]]:
    """The list that a page sets a language with: `name`, and `covers` where it is not all that the face has."""
    east = code.lower().split("-")[0] in ("zh", "ja", "ko")
    body = {"name": BODY, "covers": "latin-in-cjk"} if east and len(families) > 1 else {"name": BODY}
    return [body, *({"name": name} for name in families[1:])]


def slanted(code: str) -> bool:
    """Whether a language's second voice is set in italics."""
    return code.lower().split("-")[0] not in _SLANTED


@contextlib.contextmanager
def linked(files: tuple[Path, ...]) -> Iterator[Path]:
    """A folder that holds these files and no others: the typesetter reads folders."""
    with tempfile.TemporaryDirectory(prefix="custody-") as name:
        for number, path in enumerate(files):
            link = Path(name) / f"{number}{path.suffix}"
            try:
                link.symlink_to(path.resolve())
            except OSError:  # Windows asks for a privilege
                shutil.copyfile(path, link)
        yield Path(name)


def _characters(data: Any) -> set[str]:
    if isinstance(data, str):
        return set(data)
    if isinstance(data, dict):
        data = data.values()
    elif not isinstance(data, list | tuple):
        return set()
    return set().union(*(_characters(one) for one in data))


def _is_strange(character: str) -> bool:
    """Control, format, surrogate, private-use or unassigned: no face has it, or none that is known here."""
    return unicodedata.category(character)[0] == "C" and character not in _KEPT


def _replaced(data: Any, unfit: Collection[str]) -> Any:
    """`data` with each of `unfit` as U+1F600, set off by spaces; a tab is a space."""
    if not unfit:
        return data
    pattern = re.compile(f" ?([{re.escape(''.join(sorted(unfit)))}]) ?")

    def said(match: re.Match[str]) -> str:
        character = match[1]
        return " " if character == "\t" else f" U+{ord(character):04X} "

    def walk(one: Any) -> Any:
        if isinstance(one, str):
            return pattern.sub(said, one).replace("  ", " ").strip(" ") if pattern.search(one) else one
        if isinstance(one, dict):
            return {name: walk(value) for name, value in one.items()}
        return [walk(value) for value in one] if isinstance(one, list | tuple) else one

    return walk(data)


def _by_script(characters: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for character in characters:
        script = script_of(character)
        if script is not None:
            found.setdefault(script, set()).add(character)
    return found


def _find(script: str, letters: set[str], languages: tuple[str, ...], folder: Path | None) -> _Face:
    """The face that sets the script: the first that has all its letters, else the one that has most of them."""
    families, package = how_to_set(script, languages)
    best: tuple[int, _Face] | None = None
    for face in _candidates(families, folder):
        lacking = len(_missing((face.family,), face.files, letters))
        if best is None or lacking < best[0]:
            best = (lacking, face)
        if not lacking:
            break
    if best is None or best[0] == len(letters):
        examples = " ".join(sorted(letters)[:5])
        raise CustodyError(
            f"no font here has the letters of the script {script.replace('-', ' ').title()}: {examples}",
            hint=f"apt install {package}, or put a font file ({families[0]} …) into a folder that CUSTODY_FONTS names",
        )
    return best[1]


def _candidates(families: tuple[str, ...], folder: Path | None) -> Iterator[_Face]:
    """Those of `folder` first, the known before others; then the known ones of the system."""
    if folder is not None:
        own = _installed(folder)
        known = [name for name in families if name in own]
        yield from (own[name] for name in (*known, *(name for name in sorted(own) if name not in known)))
    everywhere = _installed(None)
    yield from (everywhere[name] for name in families if name in everywhere)


@functools.cache
def _installed(folder: Path | None) -> dict[str, _Face]:
    """Families with their files, in `folder` or, for None, on the system. Faces that vary in weight are left out:
    text copied from a PDF set with them comes out scrambled where letters join."""
    typst = typesetter()
    fonts = typst.Fonts(
        include_system_fonts=folder is None, include_embedded_fonts=False, font_paths=[str(folder)] if folder else []
    )
    files: dict[str, list[Path]] = {}
    for one in fonts.fonts():
        if one.path is not None and one.weight in (400, 700):
            files.setdefault(one.family, []).append(Path(one.path))
    found = {name: _Face(name, tuple(sorted(set(paths)))) for name, paths in files.items()}
    return {name: face for name, face in found.items() if not any(_varies(path) for path in face.files)}


@functools.cache
def _varies(path: Path) -> bool:
    """Whether a font file has the table `fvar` (OpenType); of a collection, its first font."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
            stream.seek(int.from_bytes(head[12:16]) if head[:4] == b"ttcf" else 0)
            count = int.from_bytes(stream.read(12)[4:6])
            return b"fvar" in (stream.read(16)[:4] for _ in range(count))
    except OSError:
        return True


def _missing(families: tuple[str, ...], files: tuple[Path, ...], characters: Collection[str]) -> list[str]:
    """Those of `characters` that none of `families` has in upright, bold and slanted."""
    typst = typesetter()
    asked = sorted(one for one in characters if one not in _KEPT and one != " ")

    def fits(some: list[str]) -> bool:
        asking = json.dumps({"fonts": families, "characters": some})
        try:
            compiler.compile(_PROBE, format="pdf", sys_inputs={"d": asking}, pdf_standards=["a-3a"], timestamp=0)
        except typst.TypstError:
            return False
        return True

    def halves(some: list[str]) -> list[str]:
        if not some or fits(some):
            return []
        if len(some) == 1:
            return some
        return halves(some[: len(some) // 2]) + halves(some[len(some) // 2 :])

    if not files:
        compiler = _embedded()
        return halves(asked)
    with linked(files) as folder:
        compiler = typst.Compiler(font_paths=[str(folder)], ignore_system_fonts=True)
        return halves(asked)


@functools.cache
def _embedded() -> Any:
    return typesetter().Compiler(ignore_system_fonts=True)


def typesetter() -> Any:
    """The package `typst`. Raises CustodyError where it is not installed."""
    try:
        import typst
    except ImportError:
        hint = "pip install 'custody[certificate]'"
        raise CustodyError("pages are set with Typst, which is not installed here", hint=hint) from None
    return typst
