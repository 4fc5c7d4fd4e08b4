"""Certificates against what their ledger recorded: each finding by what causes it, and bytes at random."""

import hashlib
from collections.abc import Iterator

import pytest
from asn1crypto import parser as asn1
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.certificate.layout import read_revisions
from custody.certificate.reading import open_certificate
from custody.certificate.revision import attach
from custody.errors import MalformedError
from tests.certificate.conftest import Made
from tests.certificate.issued import PAGES, render, signed


def judged(made: Made, pdf: bytes) -> str:
    """The verdict; `malformed` where it is no certificate."""
    try:
        return made.office.codes(pdf)["verdict"]
    except MalformedError:
        return "malformed"


def test_unbroken(made: Made) -> None:
    assert made.office.codes(made.one.pdf) == {"verdict": "UNBROKEN"}
    assert made.office.codes(signed(made.one.pdf, seen=False)) == {"verdict": "UNBROKEN"}
    drawn = made.office.codes(signed(made.one.pdf))
    assert (drawn["verdict"], drawn.keys()) == ("UNBROKEN", {"verdict", "K03.block"})


def test_the_report_says_who_issued_it(made: Made) -> None:
    told = made.office.report(signed(made.one.pdf)).certificate
    assert told is not None and told.issued is not None
    assert (told.issued.by.name, told.issued.court) == ("Chief", "Tribunal of Iași")
    assert told.digest == hashlib.sha256(made.one.first).hexdigest()
    assert told.added[0].startswith("the entry of its issue was attached, 2026-")
    assert "Insp. Ștefan Țîrlea" in told.added[1] and "it matches the document" in told.added[1]
    assert "not read" in told.notes[0] and "for you to decide" in told.notes[1]


def test_a_draft(made: Made) -> None:
    found = made.office.codes(made.one.first)
    assert (found["verdict"], set(found)) == ("NOT ESTABLISHED", {"verdict", "K02"})


def test_other_pages_than_recorded(made: Made) -> None:
    """The agency's own entry, and the bundle; the pages say something else."""
    bundle, _ = open_certificate(made.one.pdf)
    other = render(bundle, PAGES.replace(b"sealed", b"opened"))
    assert "K01" in made.office.codes(attach(other, made.one.issue, moment=made.one.moment))
    assert other != made.one.first


def test_an_issue_that_names_another_bundle(made: Made) -> None:
    one = made.office.certificate(made.item)
    assert made.office.codes(one.pdf) == {"verdict": "UNBROKEN"}
    bundle = open_certificate(one.pdf)[0]
    cut = made.office.cut(made.item)
    wrong = made.office.certificate(made.item, bundle=cut, first=one.first)
    assert bundle != cut
    assert set(made.office.codes(wrong.pdf)) == {"verdict", "K01.bundle"}


def test_the_issue_of_another_item(made: Made) -> None:
    other = f"item:{made.office.member.seize('JM/9')}"
    one = made.office.certificate(made.item, subjects=(other,))
    assert set(made.office.codes(one.pdf)) == {"verdict", "K01.bundle"}


def test_the_issue_of_another_certificate(made: Made) -> None:
    one, other = made.one, made.office.certificate(made.item)
    swapped = attach(one.first, other.issue, moment=other.moment)
    assert {"K01"} < set(made.office.codes(swapped))


def test_a_revision_of_another_certificate(made: Made) -> None:
    one, other = made.one, made.office.certificate(made.item)
    for first, rest in ((one, other), (other, one)):
        assert judged(made, first.first + rest.pdf[len(rest.first) :]) in ("BROKEN", "malformed")


def test_a_size_that_takes_in_what_was_added(made: Made) -> None:
    """The agency records more than it rendered, so that a later change would be covered."""
    bundle = made.office.cut(made.item)
    rendered = render(bundle)
    longer = attach(rendered, b"x", moment=0)
    stated = made.office.certificate(
        made.item, bundle=bundle, first=rendered, document=hashlib.sha256(longer).hexdigest(), size=len(longer)
    )
    assert "K01" in made.office.codes(stated.pdf)


def test_another_date_than_the_entry(made: Made) -> None:
    pdf = attach(made.one.first, made.one.issue, moment=made.one.moment + 1)
    found = made.office.codes(pdf)
    assert (found["verdict"], set(found)) == ("BROKEN", {"verdict", "K03"})


def test_an_altered_byte_that_was_signed(made: Made) -> None:
    pdf = signed(made.one.pdf)
    place = pdf.index(b"/Reason (") + 9
    found = made.office.codes(pdf[:place] + b"C" + pdf[place + 1 :])
    assert "altered after it was signed" in found["K04"]


def test_a_signature_of_less_than_all(made: Made) -> None:
    pdf = signed(made.one.pdf)
    place = pdf.index(b"/ByteRange [0 ") + 14
    assert "K04" in made.office.codes(pdf[:place] + b"1" + pdf[place + 1 :])


def test_a_signature_that_can_not_be_checked(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = signed(made.one.pdf, seen=False)
    monkeypatch.setitem(__import__("sys").modules, "pyhanko.sign.general", None)
    found = made.office.codes(pdf)
    assert (found["verdict"], set(found)) == ("UNBROKEN", {"verdict", "K04.unchecked"})
    assert "pip install custody[pades]" in found["K04.unchecked"]


def places(pdf: bytes, step: int) -> Iterator[int]:
    yield from range(3, len(pdf), step)


def test_no_byte_can_be_another(made: Made) -> None:
    """Bits all over, and more closely where the issue is attached."""
    pdf = made.one.pdf
    for place in [*places(pdf, 199), *range(len(made.one.first), len(pdf), 13)]:
        changed = bytearray(pdf)
        changed[place] ^= 1 << (place % 8)
        assert judged(made, bytes(changed)) != "UNBROKEN", place


def test_no_byte_of_a_signature_can_be_another(made: Made) -> None:
    """Not either in what CMS leaves out of its own signature: versions, algorithms, the name of the certificate."""
    pdf = signed(made.one.pdf)
    start = pdf.index(b"/Contents <", len(made.one.pdf)) + 11
    one_bit = [
        (place, (place - start) % 8)
        for place in (
            *range(len(made.one.pdf), len(pdf), 97),
            *range(start, start + 160),
            *range(start + 700, start + 960),
        )
    ]
    every_bit = [(place, bit) for place in range(start, start + 16) for bit in range(8)]
    for place, bit in one_bit + every_bit:
        changed = bytearray(pdf)
        changed[place] ^= 1 << bit
        assert judged(made, bytes(changed)) != "UNBROKEN", (place, bit)


def test_nothing_more_stands_in_a_signature(made: Made) -> None:
    """A NULL behind what each of its parts must hold, every length made right: CMS itself would not show it."""
    pdf = signed(made.one.pdf)
    start = pdf.index(b"/Contents <", len(made.one.pdf)) + 11
    end = pdf.index(b">", start)
    longer = list(lengthened(bytes.fromhex(pdf[start:end].decode())))
    assert len(longer) > 20
    for message in longer:
        changed = pdf[:start] + message.hex().ljust(end - start, "0").encode() + pdf[end:]
        assert judged(made, changed) != "UNBROKEN", message.hex()


def lengthened(data: bytes) -> Iterator[bytes]:
    """Each with one constructed value (X.690, 8.1.2) that has a last element more."""
    kind, method, tag, _, contents, _ = asn1.parse(data)
    if not method:
        return
    yield asn1.emit(kind, method, tag, contents + asn1.emit(0, 0, 5, b""))
    at = 0
    while at < len(contents):
        end = at + asn1.peek(contents[at:])
        for one in lengthened(contents[at:end]):
            yield asn1.emit(kind, method, tag, contents[:at] + one + contents[end:])
        at = end


def test_cut_off_anywhere(made: Made) -> None:
    pdf = signed(made.one.pdf)
    ends = [one.end for one in read_revisions(pdf)[0]]
    for end in ends:
        for place in range(end - 40, min(end + 40, len(pdf))):
            whole = {ends[0]: "NOT ESTABLISHED", ends[1]: "UNBROKEN"}
            if place in (ends[0] - 1, ends[1] - 1, len(pdf) - 1):
                continue  # the last line feed alone
            assert judged(made, pdf[:place]) == whole.get(place, "malformed"), place
    for place in (0, 1, 5, 100, len(pdf) // 2):
        assert judged(made, pdf[:place]) == "malformed"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_random_changes(made: Made, data: st.DataObject) -> None:
    """A report or MalformedError; never UNBROKEN, never anything else."""
    pdf = bytearray(data.draw(st.sampled_from([made.one.pdf, signed(made.one.pdf)])))
    original = bytes(pdf)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pdf) - 1))
        length = data.draw(st.sampled_from([0, 1, 1, 4, 60, 5000]))
        with_ = data.draw(st.one_of(st.binary(max_size=12), st.sampled_from(_PIECES)))
        pdf[place : place + length] = with_
    if bytes(pdf) != original:
        assert judged(made, bytes(pdf)) != "UNBROKEN"


_PIECES = [
    b"%%EOF\n",
    b"startxref\n0\n%%EOF\n",
    b"endobj",
    b"stream\n",
    b"<<",
    b">>",
    b"[",
    b"(",
    b"1 0 R",
    b"/Length 9999999",
]
