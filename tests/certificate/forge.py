"""Revisions written by hand over a certificate, honest in form or not."""

from collections.abc import Callable, Mapping
from typing import Any

from custody.certificate.layout import Reader, read_revisions
from custody.certificate.objects import last_page
from custody.certificate.syntax import Name, Ref, Value, format_value

Objects = dict[int, Any]
"""Values by number; bytes are what stands between `obj` and `endobj`."""


def reader(pdf: bytes) -> Reader:
    revisions, _ = read_revisions(pdf)
    return Reader(pdf, revisions)


def size(pdf: bytes) -> int:
    """The first number that is free."""
    return read_revisions(pdf)[0][-1].size


def stream(content: bytes, **head: Value) -> bytes:
    return format_value({**head, "Length": len(content)}) + b"\nstream\n" + content + b"\nendstream"


def increment(
    pdf: bytes,
    objects: Mapping[int, Any],
    *,
    between: bytes = b"",
    rows: bytes = b"",
    trailer: Mapping[str, Value] | None = None,
    generation: int = 0,
) -> bytes:
    """One more revision. `rows`: of the table, as bytes; `trailer`: what it says otherwise, None for nothing."""
    last = read_revisions(pdf)[0][-1]
    out = bytearray(pdf)
    table = [b"xref\n0 1\n0000000000 65535 f\r\n"]
    for number in sorted(objects):
        value = objects[number]
        table.append(b"%d 1\n%010d %05d n\r\n" % (number, len(out), generation))
        body = value if isinstance(value, bytes) else format_value(value)
        out += b"%d %d obj\n%b\nendobj\n" % (number, generation, body) + between
    said: dict[str, Value] = {**last.trailer, "Prev": last.xref, "Size": max(last.size, *objects, 0) + 1}
    said |= trailer or {}
    said = {key: value for key, value in said.items() if value is not None}
    tail = b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (format_value(said), len(out))
    return bytes(out) + b"".join(table) + rows + tail


def signing(
    pdf: bytes,
    change: Callable[[Objects, int], None] = lambda *_: None,
    *,
    box: tuple[int, ...] = (60, 60, 300, 110),
) -> bytes:
    """A revision in the form of a signature, with a value that is none: for what it does beside.

    `change(objects, free)` alters it; from `free` on stand the form, the widget, its value, its appearance, its element.
    """
    read, free = reader(pdf), size(pdf)
    where, page = last_page(read)
    form, widget, value, look, element = range(free, free + 5)
    tree_at = read.catalog["StructTreeRoot"]
    tree = read.dictionary(tree_at, "tree")
    nums = tree["ParentTree"]["Nums"]  # type: ignore[index,call-overload]
    top_at = tree["K"][0]  # type: ignore[index]
    top = read.dictionary(top_at, "top")
    objects: Objects = {
        read.root.number: {**read.catalog, "AcroForm": Ref(form)},
        where.number: {**page, "Annots": [*page.get("Annots", []), Ref(widget)]},  # type: ignore[misc]
        tree_at.number: {**tree, "ParentTree": {"Nums": [*nums, 9, Ref(element)]}, "ParentTreeNextKey": 10},  # type: ignore[union-attr]
        top_at.number: {**top, "K": [*top["K"], Ref(element)]},  # type: ignore[misc]
        form: {"Fields": [Ref(widget)], "SigFlags": 3},
        widget: {
            "Type": Name("Annot"),
            "Subtype": Name("Widget"),
            "FT": Name("Sig"),
            "T": b"Signature",
            "F": 132,
            "Rect": list(box),
            "P": where,
            "AP": {"N": Ref(look)},
            "V": Ref(value),
        },
        value: {
            "Type": Name("Sig"),
            "Filter": Name("Adobe.PPKLite"),
            "ByteRange": [0, 1, 2, 3],
            "Contents": b"\x30\x00",
        },
        look: stream(b"0 0 10 10 re f", Type=Name("XObject"), Subtype=Name("Form"), BBox=[0, 0, 240, 50]),
        element: {
            "Type": Name("StructElem"),
            "S": Name("Form"),
            "P": top_at,
            "Alt": b"Signature",
            "K": {"Type": Name("OBJR"), "Obj": Ref(widget), "Pg": where},
        },
    }
    change(objects, free)
    return increment(pdf, objects)
