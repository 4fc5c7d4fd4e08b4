"""What a later revision does to a certificate beyond signing it, in words (K03).

A signature may write these objects, and nothing else may be written:

    the catalog           gains /AcroForm, and /Extensions that name no object
    the form              its /Fields go on with one signature field, /SigFlags
    the field             a widget; drawn, if at all, on an eighth of the last page, and printed as shown
    its appearance        streams and what they use, all of it new, nothing optional in it (/OC)
    its value             the signature
    the last page         /Annots goes on with the widget; /Tabs is /S
    the structure tree    one /Form element that leads to the widget; ISO 14289-1 wants it
    the information       when and by what it was modified

What stood in the file before may name no object that is still to come, and every byte that is added belongs to an
object that the table lists and the signature uses: nothing waits in the file for a later revision to show it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from custody.certificate.layout import Object, Reader, Revision, read_object
from custody.certificate.objects import (
    MAX_ALT,
    SIGNATURE,
    WIDGET,
    Box,
    box_of,
    differing,
    last_page,
    list_references,
    walk,
)
from custody.certificate.syntax import SPACE, Name, Ref, Value, same
from custody.errors import MalformedError

MAX_BYTES = 2 * 1024 * 1024
"""Of a revision that signs: certificates, a block with its font."""
MAX_OBJECTS = 400
MAX_STRUCTURE = 16 * 1024 * 1024
"""Bytes of all objects before, without their streams: those of ten thousand events; half a minute to read."""
SHARE = 8
"""All that signatures draw together covers at most one part in so many of the last page."""


class Signing(NamedTuple):
    """A revision that signs all before it."""

    revision: Revision
    value: int
    """The object that holds the signature."""
    box: Box | None
    """What it draws over, on the last page."""


class Changes(NamedTuple):
    """All that later revisions do."""

    altered: tuple[str, ...]
    """Beyond signing, in words."""
    signings: tuple[Signing, ...]


def list_changes(data: bytes, before: list[Revision], later: list[Revision]) -> Changes:
    """What each of `later` does to what stands `before`: the first revision, and the second where it attaches."""
    altered: list[str] = []
    signings: list[Signing] = []
    known = list(before)
    for number, revision in enumerate(later, len(before) + 1):
        judge = _Judge(data, known, revision)
        try:
            found = judge.all()
        except MalformedError as error:
            altered.append(f"revision {number} can't be read: {error.message}")
        else:
            altered += [f"revision {number} {one}" for one in judge.altered]
            signings += [found] if found else []
        known.append(revision)
    try:
        altered += [*(_missing(data, before) if later else ()), *_overdrawn(data, before, signings)]
    except MalformedError as error:
        altered.append(f"what stood before can't be read: {error.message}")
    return Changes(tuple(altered), tuple(signings))


def _missing(data: bytes, revisions: list[Revision]) -> Iterator[str]:
    """Objects that are named and not there: a later revision could bring them."""
    known = {number for one in revisions for number in one.offsets}
    read = 0
    for revision in revisions:
        at = 0
        for number, start in sorted(revision.offsets.items(), key=lambda one: one[1]):
            if start < at:
                raise MalformedError("two of its objects overlap")
            found = read_object(data, number, start, revision.xref)
            at = found.end
            read += at - start - (found.stream[1] - found.stream[0] if found.stream else 0)
            if read > MAX_STRUCTURE:
                raise MalformedError("it has more than is read here")
            if lost := set(list_references(found.value)) - known:
                yield f"the document names an object that is not in it: {min(lost)}"
                return


def _overdrawn(data: bytes, before: list[Revision], signings: list[Signing]) -> Iterator[str]:
    boxes = [one.box for one in signings if one.box]
    if not boxes:
        return
    reader = Reader(data, before)
    page = box_of(reader, last_page(reader)[1].get("MediaBox"))
    if any(not box.inside(page) for box in boxes) or sum(box.area for box in boxes) * SHARE > page.area:
        yield f"signatures draw over more than one part in {SHARE} of a page"


class _Judge:
    """One revision against those before it."""

    def __init__(self, data: bytes, known: list[Revision], revision: Revision) -> None:
        self.data, self.revision = data, revision
        self.before, self.after = Reader(data, known), Reader(data, [*known, revision])
        self.size = known[-1].size
        self.altered: list[str] = []
        self.used: set[int] = set()
        """New objects that are accounted for."""
        self.widgets: list[int] = []

    def all(self) -> Signing | None:
        """The signature; what else is done is added to `altered`. Raises MalformedError."""
        objects = self._objects()
        self._form()
        for number, found in objects.items():
            if number < self.size:
                self._replaced(number, found)
        signing = self._signature()
        for number in sorted(objects.keys() - self.used):
            if number >= self.size:
                self.altered.append(f"adds an object that no signature uses ({_kind(number, objects[number].value)})")
                break
        return signing

    def _objects(self) -> dict[int, Object]:
        """All that the revision wrote: one object after another, with nothing between."""
        revision = self.revision
        if revision.end - revision.start > MAX_BYTES or len(revision.offsets) > MAX_OBJECTS:
            raise MalformedError("it is larger than a signature")
        found, at = {}, revision.start
        for number, start in sorted(revision.offsets.items(), key=lambda one: one[1]):
            if start < at or self.data[at:start].strip(SPACE):
                raise MalformedError("something stands between its objects")
            found[number] = read_object(self.data, number, start, revision.xref)
            at = found[number].end
        if self.data[at : revision.xref].strip(SPACE):
            raise MalformedError("something stands between its objects")
        return found

    # -- the form and its fields

    def _form(self) -> None:
        old = self.before.catalog.get("AcroForm")
        new = self.after.catalog.get("AcroForm")
        before = self.before.dictionary(old, "the form") if old is not None else {}
        after = self.after.dictionary(new, "the form") if new is not None else {}
        self.used |= {new.number} if isinstance(new, Ref) else set()
        if more := differing(before, after) - {"Fields", "SigFlags"}:
            self.altered.append(f"changes the form: /{min(more)}")
        if type(after.get("SigFlags", 3)) is not int:
            self.altered.append("changes the form: /SigFlags")
        fields = self.after.array(after.get("Fields", []), "the form's fields")
        known = self.before.array(before.get("Fields", []), "the form's fields")
        added = fields[len(known) :]
        self.used |= set(list_references(after.get("Fields"))) if isinstance(after.get("Fields"), Ref) else set()
        if not same(fields[: len(known)], known):
            self.altered.append("changes the form's fields")
        for one in added:
            if not isinstance(one, Ref) or one.number < self.size or one.number not in self.revision.offsets:
                raise MalformedError("a field that is not new")
            self.widgets.append(one.number)

    def _signature(self) -> Signing | None:
        if len(self.widgets) != 1:
            self.altered.append(f"adds {len(self.widgets)} signatures, not one")
            return None
        number = self.widgets[0]
        self.used.add(number)
        widget = self.after.dictionary(Ref(number), "a field")
        extra = widget.keys() - WIDGET
        expected = {"FT": Name("Sig"), "Subtype": Name("Widget")}
        if extra or any(widget.get(key) != value for key, value in expected.items()):
            self.altered.append(f"adds a field that is more than a signature: /{min(extra or {'FT'})}")
        value = widget.get("V")
        if not isinstance(value, Ref) or value.number < self.size:
            raise MalformedError("a signature without a value")
        self.used.add(value.number)
        signature = self.after.dictionary(value, "a signature")
        if (extra := signature.keys() - SIGNATURE) or any(list_references(one) for one in signature.values()):
            self.altered.append(f"adds a signature that is more than one: /{min(extra or {'V'})}")
        return Signing(self.revision, value.number, self._drawn(widget))

    def _drawn(self, widget: dict[str, Value]) -> Box | None:
        """Where it draws; None where it can't be seen."""
        for number, problem in walk(self.after, widget.get("AP"), self.revision, self.size):
            self.used.add(number)
            if problem:
                self.altered.append(f"draws what {problem}")
        box = box_of(self.after, widget.get("Rect"))
        if not box.area:
            return None
        if widget.get("F") not in (4, 132):
            self.altered.append("draws something that is not printed as it is shown")
        if widget.get("P") != last_page(self.before)[0]:
            self.altered.append("draws on another page than the last")
        return box

    # -- what is written anew

    def _replaced(self, number: int, found: Object) -> None:
        old, new = self.before.object(number), found.value
        allowed: set[str] = set()
        if old.stream is None and found.stream is None and isinstance(old.value, dict) and isinstance(new, dict):
            allowed = self._allowed(number, old.value, new)
            if not differing(old.value, new) - allowed:
                return
        keys = differing(old.value, new) - allowed if isinstance(old.value, dict) and isinstance(new, dict) else set()
        which = f": /{min(keys)}" if keys else ""
        self.altered.append(f"replaces {_kind(number, old.value)}{which}")

    def _allowed(self, number: int, old: dict[str, Value], new: dict[str, Value]) -> set[str]:
        """The keys that the revision may have changed in this object, and has changed as it may."""
        if number == self.before.root.number:
            plain = not list_references(new.get("Extensions"))
            return {"AcroForm"} | ({"Extensions"} if plain and "Extensions" not in old else set())
        if Ref(number) == self.before.revisions[-1].trailer.get("Info"):
            return {"ModDate", "Producer"}
        if Ref(number) == self.before.catalog.get("AcroForm"):
            return {"Fields", "SigFlags"}  # looked at in _form
        if Ref(number) == self.before.catalog.get("StructTreeRoot"):
            return self._tree(old, new)
        if old.get("Type") == Name("Page"):
            return self._page(number, old, new)
        if old.get("Type") == Name("StructElem"):
            return self._element(old, new)
        return set()

    def _page(self, number: int, old: dict[str, Value], new: dict[str, Value]) -> set[str]:
        own = [Ref(one) for one in self.widgets if self.after.dictionary(Ref(one), "").get("P") == Ref(number)]
        before = self.before.array(old.get("Annots", []), "/Annots")
        direct = not isinstance(new.get("Annots"), Ref) and not isinstance(old.get("Annots"), Ref)
        allowed = {"Annots"} if direct and own and same(new.get("Annots"), [*before, *own]) else set()
        return allowed | ({"Tabs"} if new.get("Tabs") == Name("S") else set())

    def _tree(self, old: dict[str, Value], new: dict[str, Value]) -> set[str]:
        before, after = old.get("ParentTree"), new.get("ParentTree")
        if not isinstance(before, dict) or not isinstance(after, dict) or differing(before, after) - {"Nums"}:
            return set()
        known, nums = before.get("Nums"), after.get("Nums")
        if not isinstance(known, list) or not isinstance(nums, list) or not same(nums[: len(known)], known):
            return set()
        added = nums[len(known) :]
        keys, elements = added[::2], added[1::2]
        fits = len(keys) == len(elements) and all(type(one) is int for one in (*keys, new.get("ParentTreeNextKey")))
        return {"ParentTree", "ParentTreeNextKey"} if fits and all(map(self._is_form, elements)) else set()

    def _element(self, old: dict[str, Value], new: dict[str, Value]) -> set[str]:
        before, after = old.get("K"), new.get("K")
        if not isinstance(before, list) or not isinstance(after, list) or not same(after[: len(before)], before):
            return set()
        return {"K"} if all(map(self._is_form, after[len(before) :])) else set()

    def _is_form(self, value: Value) -> bool:
        """Whether it is a new element that leads to the widget and says no more of it than a line."""
        if not isinstance(value, Ref) or value.number < self.size or value.number not in self.revision.offsets:
            return False
        element = self.after.dictionary(value, "an element")
        child, alt = element.get("K"), element.get("Alt", b"")
        if element.keys() - {"Type", "S", "P", "Alt", "K"} or element.get("S") != Name("Form"):
            return False
        if not isinstance(child, dict) or child.get("Obj") not in [Ref(one) for one in self.widgets]:
            return False
        self.used.add(value.number)
        return isinstance(alt, bytes) and len(alt) <= MAX_ALT and not child.keys() - {"Type", "Obj", "Pg"}


def _kind(number: int, value: Value) -> str:
    kind = value.get("Type") if isinstance(value, dict) else None
    named = {"Catalog": "the catalog", "Page": "a page", "Pages": "the list of pages", "Font": "a font"}
    words = named.get(kind, f"a {kind}") if isinstance(kind, Name) else "an object"
    return f"{words}, number {number}"
