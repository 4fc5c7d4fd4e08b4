"""What may follow a certificate's first revision, and every way we know to make it show something else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from custody.certificate.reading import open_certificate
from custody.certificate.revision import ISSUE, attach
from custody.certificate.syntax import Name, Ref, format_value
from tests.certificate import forge
from tests.certificate.conftest import Made
from tests.certificate.forge import Objects, increment, reader, signing, size, stream
from tests.certificate.issued import render, signed

Attack = Callable[[bytes], bytes]


def altered(pdf: bytes) -> str:
    return "; ".join(open_certificate(pdf)[1].altered)


def page_of(pdf: bytes) -> tuple[int, dict[str, Any]]:
    where, page = forge.last_page(reader(pdf))
    return where.number, page


def catalog(pdf: bytes, **more: Any) -> bytes:
    """The catalog, with these keys."""
    return increment(pdf, {reader(pdf).root.number: {**reader(pdf).catalog, **more}})


def page(pdf: bytes, **more: Any) -> bytes:
    number, old = page_of(pdf)
    return increment(pdf, {number: {**old, **more}})


def number_of(pdf: bytes, kind: str) -> int:
    """An object of a type."""
    read = reader(pdf)
    for number in read.revisions[0].offsets:
        value = read.object(number).value
        if isinstance(value, dict) and value.get("Type") == Name(kind):
            return number
    raise AssertionError(kind)


def contents(pdf: bytes) -> bytes:
    """Another drawing on the last page."""
    return increment(pdf, {page_of(pdf)[1]["Contents"].number: stream(b"0 0 99 99 re f")})


def new_pages(pdf: bytes) -> bytes:
    number, old = page_of(pdf)
    free, tree = size(pdf), old["Parent"]
    kids = [Ref(free), Ref(number)]
    return increment(
        pdf,
        {tree.number: {**reader(pdf).dictionary(tree, ""), "Kids": kids}, free: {**old, "Contents": Ref(free + 1)}}
        | {free + 1: stream(b"0 0 9 9 re f")},
    )


def annotation(pdf: bytes) -> bytes:
    number, old = page_of(pdf)
    note = {"Type": Name("Annot"), "Subtype": Name("FreeText"), "Rect": [0, 0, 500, 800], "Contents": b"none found"}
    return increment(pdf, {number: {**old, "Annots": [Ref(size(pdf))]}, size(pdf): note})


def font(pdf: bytes) -> bytes:
    number = number_of(pdf, "Font")
    return increment(pdf, {number: {"Type": Name("Font"), "Subtype": Name("Type1"), "BaseFont": Name("Symbol")}})


def swapped_bundle(pdf: bytes) -> bytes:
    return increment(pdf, {number_of(pdf, "EmbeddedFile"): stream(b"{}\n", Type=Name("EmbeddedFile"))})


def second_issue(pdf: bytes) -> bytes:
    """The list of files names another file as the issue."""
    read, free = reader(pdf), size(pdf)
    files = read.catalog["Names"]["EmbeddedFiles"]["Names"]  # type: ignore[index,call-overload]
    other = [Ref(free) if isinstance(one, Ref) and files[place - 1] == ISSUE.encode() else one
             for place, one in enumerate(files)]  # fmt: skip
    names = {"EmbeddedFiles": {"Names": other}}
    return increment(pdf, {read.root.number: {**read.catalog, "Names": names}, free: {"Type": Name("Filespec")}})


def information(pdf: bytes) -> bytes:
    number = reader(pdf).revisions[-1].trailer["Info"].number  # type: ignore[union-attr]
    return increment(pdf, {number: {**reader(pdf).dictionary(Ref(number), ""), "Title": b"Acquittal"}})


def second_root(pdf: bytes) -> bytes:
    """Another catalog altogether."""
    free = size(pdf)
    return increment(pdf, {free: reader(pdf).catalog}, trailer={"Root": Ref(free)})


def cross_reference_stream(pdf: bytes) -> bytes:
    """A table packed into an object, as newer programs write it."""
    free = size(pdf)
    head = {"Type": Name("XRef"), "W": [1, 4, 1], "Root": reader(pdf).root, "Size": free + 1}
    body = b"%d 0 obj\n%b\nendobj\n" % (free, stream(b"\0" * 6, **head))
    return pdf + body + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


def twice(pdf: bytes) -> bytes:
    """A page with two /Contents: readers differ in which they take."""
    number, old = page_of(pdf)
    body = format_value(old)[:-2] + b"/Contents 1 0 R>>"
    return increment(pdf, {number: body})


ATTACKS: dict[str, tuple[Attack, str]] = {
    "a page is drawn anew": (contents, "replaces an object"),
    "a page has other contents": (lambda pdf: page(pdf, Contents=Ref(1)), "replaces a page, number .*: /Contents"),
    "a page is turned": (lambda pdf: page(pdf, Rotate=180), "replaces a page, number .*: /Rotate"),
    "a page is cropped": (lambda pdf: page(pdf, CropBox=[0, 0, 9, 9]), "/CropBox"),
    "a page is enlarged": (lambda pdf: page(pdf, UserUnit=9), "/UserUnit"),
    "a page acts when it is opened": (lambda pdf: page(pdf, AA={}), "/AA"),
    "a page comes before": (new_pages, "replaces the list of pages"),
    "a note lies over a page": (annotation, "replaces a page, number .*: /Annots"),
    "a key stands twice": (twice, "/Contents stands twice"),
    "letters look otherwise": (font, "replaces a font"),
    "layers": (lambda pdf: catalog(pdf, OCProperties={"OCGs": []}), "replaces the catalog, number .*: /OCProperties"),
    "a script when it is opened": (
        lambda pdf: catalog(pdf, OpenAction={"S": Name("JavaScript"), "JS": b"app.alert(1)"}),
        "/OpenAction",
    ),
    "a script among the names": (lambda pdf: catalog(pdf, Names={"JavaScript": {"Names": []}}), "/Names"),
    "another version": (lambda pdf: catalog(pdf, Version=Name("2.0")), "/Version"),
    "another language": (lambda pdf: catalog(pdf, Lang=b"fr"), "/Lang"),
    "an extension that names an object": (lambda pdf: catalog(pdf, Extensions={"X": Ref(1)}), "/Extensions"),
    "files no longer associated": (lambda pdf: catalog(pdf, AF=[]), "/AF"),
    "another bundle": (swapped_bundle, "replaces a EmbeddedFile"),
    "another issue": (second_issue, "/Names"),
    "another title": (information, "/Title"),
    "a form that asks for what it shows to be made": (
        lambda pdf: catalog(pdf, AcroForm={"Fields": [], "NeedAppearances": True}),
        "changes the form: /NeedAppearances",
    ),
    "a form in XFA": (lambda pdf: catalog(pdf, AcroForm={"Fields": [], "XFA": b""}), "changes the form: /XFA"),
    "nothing at all": (lambda pdf: increment(pdf, {}), "adds 0 signatures"),
    "a hidden object": (lambda pdf: increment(pdf, {size(pdf): {"Type": Name("Page")}}), "no signature uses"),
    "another catalog": (second_root, "behind its last sound revision"),
    "the table in a stream": (cross_reference_stream, "behind its last sound revision"),
    "a hybrid table": (lambda pdf: increment(pdf, {}, trailer={"XRefStm": 9}), "behind its last sound revision"),
    "the table before is itself": (
        lambda pdf: increment(pdf, {}, trailer={"Prev": len(pdf)}),
        "behind its last sound revision",
    ),
    "the table before is the first": (
        lambda pdf: increment(pdf, {}, trailer={"Prev": reader(pdf).revisions[0].xref}),
        "behind its last sound revision",
    ),
    "no table before": (lambda pdf: increment(pdf, {}, trailer={"Prev": None}), "behind its last sound revision"),
    "encrypted from here": (
        lambda pdf: increment(pdf, {}, trailer={"Encrypt": {"Filter": Name("Standard")}}),
        "behind its last sound revision",
    ),
    "another document's identifier": (
        lambda pdf: increment(pdf, {}, trailer={"ID": [b"x", b"y"]}),
        "behind its last sound revision",
    ),
    "an object freed": (
        lambda pdf: increment(pdf, {}, rows=b"1 1\n0000000000 00001 f\r\n"),
        "behind its last sound revision",
    ),
    "another generation": (
        lambda pdf: increment(pdf, {size(pdf): {}}, generation=1),
        "behind its last sound revision",
    ),
    "another PDF between": (
        lambda pdf: increment(pdf, {size(pdf): {}}, between=b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
        "something stands between its objects",
    ),
    "an object that is not where the table says": (
        lambda pdf: increment(pdf, {size(pdf): {}}, rows=b"1 1\n0000000016 00000 n\r\n"),
        "something stands between its objects",
    ),
    "a second end": (lambda pdf: pdf + b"%%EOF\n", "behind its last sound revision"),
    "a PDF behind it": (lambda pdf: pdf + pdf, "behind its last sound revision"),
    "a stream that ends elsewhere": (
        lambda pdf: increment(pdf, {size(pdf): b"<</Length 3>>\nstream\nabc def\nendstream"}),
        "does not end where it says",
    ),
    "an object of an object": (
        lambda pdf: increment(pdf, {size(pdf): b"<</A " * 30 + b">>" * 30}),
        "nested too deeply",
    ),
    "more than a signature needs": (
        lambda pdf: increment(pdf, {size(pdf): stream(b"x" * 3_000_000)}),
        "larger than a signature",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_named(attack: str, made: Made) -> None:
    change, words = ATTACKS[attack]
    forged = change(made.one.pdf)
    assert_named(forged, words)
    assert made.office.codes(forged)["verdict"] == "BROKEN"


def assert_named(pdf: bytes, words: str) -> None:
    found = altered(pdf)
    assert re.search(words, found), found


def test_an_attack_on_a_signed_one_is_named_as_well(made: Made) -> None:
    forged = contents(signed(made.one.pdf))
    assert_named(forged, "revision 4 replaces an object")


# -- a revision that looks like a signature


def set_key(place: int, key: str, value: Any) -> Callable[[Objects, int], None]:
    """Of an object counted from the first new one: the form, widget, value, appearance, element."""

    def change(objects: Objects, free: int) -> None:
        objects[free + place] = {**objects[free + place], key: value}

    return change


def drawing(*heads: tuple[str, Any]) -> Callable[[Objects, int], None]:
    def change(objects: Objects, free: int) -> None:
        objects[free + 3] = stream(b"", Type=Name("XObject"), Subtype=Name("Form"), **dict(heads))

    return change


def second_widget(objects: Objects, free: int) -> None:
    objects[free + 5] = dict(objects[free + 1])
    objects[free] = {"Fields": [Ref(free + 1), Ref(free + 5)]}


def on_another_page(objects: Objects, free: int) -> None:
    objects[free + 1]["P"] = Ref(1)


def replaced_element(objects: Objects, free: int) -> None:
    """What a screen reader says of the table."""
    for number, value in list(objects.items()):
        if isinstance(value, dict) and value.get("S") == Name("Document"):
            objects[number] = {**value, "K": value["K"][1:]}


def relabelled(objects: Objects, free: int) -> None:
    for number, value in list(objects.items()):
        if isinstance(value, dict) and value.get("Type") == Name("StructTreeRoot"):
            objects[number] = {**value, "ParentTree": {"Nums": [0, Ref(free + 4)]}}


SIGNING: dict[str, tuple[Callable[[Objects, int], None], str]] = {
    "the widget acts": (set_key(1, "A", {"S": Name("JavaScript")}), "more than a signature: /A"),
    "the widget acts of itself": (set_key(1, "AA", {}), "more than a signature: /AA"),
    "the widget is in a layer": (set_key(1, "OC", Ref(1)), "more than a signature: /OC"),
    "the widget is a text field": (set_key(1, "FT", Name("Tx")), "more than a signature"),
    "the widget is seen but not printed": (set_key(1, "F", 0), "not printed as it is shown"),
    "the widget is printed but not seen": (set_key(1, "F", 4 | 32), "not printed as it is shown"),
    "the widget lies on another page": (on_another_page, "on another page than the last"),
    "the widget covers the page": (set_key(1, "Rect", [0, 0, 595, 841]), "one part in 8 of a page"),
    "the widget leaves the page": (set_key(1, "Rect", [-9, 0, 50, 50]), "one part in 8 of a page"),
    "the widget has no place": (set_key(1, "Rect", [0, 0, 50]), "a rectangle has four sides"),
    "the widget looks otherwise when touched": (set_key(1, "AP", {"N": Ref(1), "D": Ref(2)}), "more than one form"),
    "the block is the page's own": (drawing(("Resources", Ref(2))), "draws what is not its own"),
    "the block is in a layer": (drawing(("OC", {})), "draws what may change"),
    "the block shows something of elsewhere": (drawing(("Ref", {})), "draws what may change"),
    "two at once": (second_widget, "adds 2 signatures"),
    "the form refers to fields of before": (set_key(0, "Fields", [Ref(1)]), "a field that is not new"),
    "the value refers to more": (set_key(2, "Reference", [Ref(1)]), "more than one: /Reference"),
    "the value names an object": (set_key(2, "Reason", Ref(1)), "more than one"),
    "the structure loses an element": (replaced_element, "replaces a StructElem, number .*: /K"),
    "the structure is relabelled": (relabelled, "replaces a StructTreeRoot, number .*: /ParentTree"),
    "the element leads elsewhere": (set_key(4, "K", {"Obj": Ref(1)}), "replaces a StructElem"),
    "the element says a lot": (set_key(4, "Alt", b"x" * 600), "replaces a StructElem"),
    "the element is a table": (set_key(4, "S", Name("Table")), "replaces a StructElem"),
}


def test_the_form_of_a_signature_alters_nothing(made: Made) -> None:
    assert altered(signing(made.one.pdf)) == ""
    assert altered(signing(made.one.pdf, box=(0, 0, 0, 0))) == ""
    assert altered(signing(signed(made.one.pdf, seen=False), lambda *_: None)) != ""  # its form is the first


@pytest.mark.parametrize("attack", SIGNING)
def test_what_a_signature_does_beside_is_named(attack: str, made: Made) -> None:
    change, words = SIGNING[attack]
    assert_named(signing(made.one.pdf, change), words)


def test_an_object_named_before_it_is_there() -> None:
    """Shadow attack: an issuer leaves a hole to be filled after the digest was recorded."""
    first = render(b"{}\n")
    _, old = page_of(first)
    hole = first.replace(b"/Contents %d 0 R" % old["Contents"].number, b"/Contents 99 0 R")
    assert len(hole) == len(first) and size(first) < 99
    forged = signing(attach(hole, b"", moment=0))
    assert "names an object that is not in it: 99" in altered(forged)
    assert altered(attach(hole, b"", moment=0)) == ""  # nothing follows that could bring it


# -- honest ones


def test_a_signature_alters_nothing(made: Made) -> None:
    for seen in (True, False):
        assert altered(signed(made.one.pdf, seen=seen)) == ""
    two = signed(signed(made.one.pdf), seen=False)
    assert altered(two) == ""
    assert [one.state for one in open_certificate(two)[1].signatures] == ["sound", "sound"]


def test_blocks_together_may_not_cover_more(made: Made) -> None:
    pdf = made.one.pdf
    for _ in range(5):
        pdf = signed(pdf)
    assert "one part in 8" in altered(pdf)


def test_a_draft_may_be_signed(made: Made) -> None:
    _, document = open_certificate(signed(made.one.first))
    assert (document.altered, document.issue, document.attached) == ((), b"", None)


def test_the_second_revision_is_exactly_that(made: Made) -> None:
    """Each byte of it: whatever differs is no longer what attaching writes."""
    one = made.one
    assert one.pdf == attach(one.first, one.issue, moment=one.moment)
    start = one.pdf.index(b"\nstream\n", len(one.first))
    end = one.pdf.index(b"\nendstream", start)
    for place in [*range(len(one.first), start, 7), *range(end, len(one.pdf) - 8, 7)]:
        changed = bytearray(one.pdf)
        changed[place] ^= 1
        _, document = open_certificate(bytes(changed))
        assert document.altered or document.attached != one.moment, place
