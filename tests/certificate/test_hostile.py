"""Files made to break the reader: MalformedError, soon, and little memory."""

import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from custody.certificate import attachments, layout
from custody.certificate.reading import open_certificate
from custody.certificate.revision import attach
from custody.certificate.syntax import MAX_DEPTH, parse_value
from custody.errors import MalformedError
from tests.certificate.forge import signing
from tests.certificate.issued import render

SOON = 5.0
"""Seconds, on a loaded machine; each takes a fraction of one."""


def document(
    *objects: bytes, catalog: bytes = b"<</Type/Catalog/Names 2 0 R>>", trailer: bytes = b"", packed: int = 0
) -> bytes:
    """A PDF of one revision: the catalog is object 1, others follow from 2 on."""
    out = bytearray(b"%PDF-1.7\n")
    rows = []
    for number, body in enumerate((catalog, *objects), 1):
        rows.append(b"%010d 00000 n\r\n" % len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    count = len(rows) + 1
    table = b"xref\n0 %d\n0000000000 65535 f\r\n" % count + b"".join(rows)
    tail = b"trailer\n<</Size %d/Root 1 0 R/ID[(a)(a)]%b>>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, len(out))
    return bytes(out) + table + tail


def holding(stream: bytes, head: bytes = b"", *, specification: bytes = b"<</EF<</F 4 0 R>>>>") -> bytes:
    names = b"<</EmbeddedFiles<</Names[(bundle.custody)3 0 R]>>>>"
    body = b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(stream), head, stream)
    return document(names, specification, body)


FLATE = b"/Filter/FlateDecode"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: holding(zlib.compress(bytes(40_000_000), 9), FLATE), "exceed"),
    "a bomb in a bomb": (lambda: holding(zlib.compress(b"x"), b"/Filter[/FlateDecode/FlateDecode]"), "not read here"),
    "a packed file that is cut off": (lambda: holding(zlib.compress(b"x" * 999)[:-4], FLATE), "cut off"),
    "a packed file that is none": (lambda: holding(b"nonsense", FLATE), "can't be unpacked"),
    "something behind a packed file": (lambda: holding(zlib.compress(b"x") + b"y", FLATE), "stands behind"),
    "another packing": (lambda: holding(b"x", b"/Filter/LZWDecode"), "not read here"),
    "a predictor": (lambda: holding(zlib.compress(b"x"), FLATE + b"/DecodeParms<<>>"), "not read here"),
    "a file elsewhere": (lambda: holding(b"x", b"/F(/etc/passwd)"), "not read here"),
    "a stream longer than it is": (lambda: holding(b"x").replace(b"/Length 1>>", b"/Length 9>>"), "does not end"),
    "a stream of negative length": (lambda: holding(b"x", b"").replace(b"/Length 1", b"/Length-1"), ""),
    "a length that is an object": (lambda: holding(b"x").replace(b"/Length 1>>", b"/Length 4 0 R>>"), ""),
    "a specification that is itself": (lambda: holding(b"x", specification=b"<</EF 3 0 R>>"), "no stream"),
    "a file that is no stream": (lambda: holding(b"x", specification=b"<</EF<</F 3 0 R>>>>"), "no stream"),
    "names that go round": (lambda: document(b"<</EmbeddedFiles 2 0 R>>"), "no array"),
    "names that are a catalog": (lambda: document(b"<<>>", catalog=b"<</Type/Catalog/Names 1 0 R>>"), "no dictionary"),
    "names in a tree": (lambda: document(b"<</EmbeddedFiles<</Kids[2 0 R]>>>>"), "no array"),
    "an odd list of names": (lambda: document(b"<</EmbeddedFiles<</Names[(a)]>>>>"), "nothing is attached"),
    "one name twice": (lambda: document(b"<</EmbeddedFiles<</Names[(a)1 0 R(a)1 0 R]>>>>"), "not sound"),
    "many files": (
        lambda: document(b"<</EmbeddedFiles<</Names[%b]>>>>" % b"".join(b"(%d)1 0 R" % one for one in range(20_000))),
        "more than 8 files",
    ),
    "a catalog that is none": (lambda: document(catalog=b"<</Names 1 0 R>>"), "something else than a catalog"),
    "no object": (lambda: document(catalog=b"<</Type/Catalog/Names 77 0 R>>"), "no object 77"),
    "deeply nested": (lambda: document(b"[" * 1_000_000 + b"]" * 1_000_000), "nested too deeply"),
    "a dictionary of many keys": (
        lambda: document(b"<<" + b"".join(b"/K%d 0" % one for one in range(40_000)) + b">>"),
        "no dictionary",
    ),
    "an object of twenty million numbers": (lambda: document(b"[" + b"1 " * 20_000_000 + b"]"), "no value stands"),
    "a string that does not end": (lambda: document(b"(" * 3_000_000), "does not end"),
    "names encrypted": (lambda: document(b"<<>>", trailer=b"/Encrypt 2 0 R"), "encrypted"),
    "a table of a million": (
        lambda: document().replace(b"xref\n0 2\n", b"xref\n0 9999999\n"),
        "another program",
    ),
    "many tables of one": (lambda: _decoys(), "another program"),
    "ends without number": (lambda: b"%PDF-1.7\n" + b"startxref\n0\n%%EOF\n" * 500_000, "another program"),
    "nothing": (lambda: b"%PDF-", "cut off"),
    "no PDF": (lambda: b"GIF89a", "no PDF"),
}


def _decoys() -> bytes:
    """One large table that leads to no trailer, named by each of many ends."""
    rows = b"xref\n0 90000\n0000000000 65535 f\r\n" + b"0000000000 00000 n\r\n" * 89_999
    return b"%PDF-1.7\n" + rows + b"startxref\n9\n%%EOF\n" * 50_000


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_malformed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, words = HOSTILE[name]
    monkeypatch.setattr(attachments, "MAX_UNPACKED", 1_000_000)
    data = make()
    started = time.monotonic()
    with pytest.raises(MalformedError) as caught:
        open_certificate(data)
    assert time.monotonic() - started < SOON
    assert words in caught.value.message, caught.value.message


def test_a_bomb_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_UNPACKED", 1_000_000)
    data = holding(zlib.compress(bytes(200_000_000), 9), FLATE)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            open_certificate(data)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_file_larger_than_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.certificate.reading.MAX_FILE", 100)
    with pytest.raises(MalformedError, match="exceeds 100 bytes"):
        open_certificate(b"%PDF-" + bytes(100))


def test_two_readers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    data = holding(b"x")
    (revision,), _ = layout.read_revisions(data)
    assert attachments.take_out(data, revision) == {"bundle.custody": b"x"}
    monkeypatch.setattr(attachments, "_as_others_read", lambda _: {})
    with pytest.raises(MalformedError, match="two readers"):
        attachments.take_out(data, revision)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (holding(b"x")[:-1], "line feed"),
        (
            attach(
                document(b"<</EmbeddedFiles<</Names[(a)1 0 R]>>>>", catalog=b"<</Type/Catalog/Names 2 0 R/AF[]>>"),
                b"",
                moment=0,
            ),
            "one",
        ),
        (document(b"<</EmbeddedFiles<</Names[(issue.jsonl)1 0 R]>>>>"), "attached already"),
    ],
)
def test_what_nothing_is_attached_to(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        attach(data, b"", moment=0)


@pytest.mark.parametrize(
    "value",
    [b"% comment\n1", b"<</A 1/A 2>>", b"1 1 R", b"(\\q)", b"<0g>", b"/A#zz", b"[1", b"<</A", b"truer", b"0x1", b"--1",
     b"", b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2)],
)  # fmt: skip
def test_values_that_are_none(value: bytes) -> None:
    try:
        found, end = parse_value(value, 0)
    except MalformedError:
        return
    assert end < len(value) and found in (1, "A"), found


def test_a_structure_too_large_to_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.certificate.changes.MAX_STRUCTURE", 1000)
    signed = signing(attach(render(b"{}\n"), b"", moment=0))
    assert "more than is read here" in "; ".join(open_certificate(signed)[1].altered)
