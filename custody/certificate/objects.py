"""Parts of a certificate that signing touches: pages, boxes, what an appearance uses."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from custody.certificate.layout import Reader, Revision
from custody.certificate.syntax import Name, Ref, Value, same
from custody.errors import MalformedError

WIDGET = frozenset({"Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "AP", "StructParent", "V"})
"""Keys of a signature's field: none of them acts."""
SIGNATURE = frozenset(
    {"Type", "Filter", "SubFilter", "Contents", "ByteRange", "M", "Reason", "Name", "Location", "ContactInfo"}
)
MAX_ALT = 512
"""Bytes of the words that a screen reader says for a signature."""

_LIVING = frozenset({"OC", "A", "AA", "JS", "OPI", "Ref", "EF", "AF", "Alternates", "Parent", "Kids"})
"""Keys in what is drawn that show one thing here and another there, or lead out of it."""
_MAX_DEPTH = 16
"""Of the tree of pages."""


class Box(NamedTuple):
    """A rectangle in points, from its lower left to its upper right corner."""

    left: Decimal
    bottom: Decimal
    right: Decimal
    top: Decimal

    @property
    def area(self) -> Decimal:
        """In square points; zero for what can't be seen."""
        return (self.right - self.left) * (self.top - self.bottom)

    def inside(self, other: "Box") -> bool:
        """Whether it lies within the other."""
        return other.left <= self.left and self.right <= other.right and self._between(other)

    def _between(self, other: "Box") -> bool:
        return other.bottom <= self.bottom and self.top <= other.top

    def __str__(self) -> str:
        return f"{self.right - self.left:.0f} × {self.top - self.bottom:.0f} points"


def box_of(reader: Reader, value: Value) -> Box:
    """A rectangle as it is written: any two opposite corners. Raises MalformedError."""
    sides = reader.array(value, "a rectangle")
    numbers = [Decimal(one) for one in sides if isinstance(one, int | Decimal) and not isinstance(one, bool)]
    if len(numbers) != 4 or len(sides) != 4:
        raise MalformedError("a rectangle has four sides")
    one, two, three, four = numbers
    return Box(min(one, three), min(two, four), max(one, three), max(two, four))


def last_page(reader: Reader) -> tuple[Ref, dict[str, Value]]:
    """The last page. Raises MalformedError."""
    place = reader.catalog.get("Pages")
    for _ in range(_MAX_DEPTH):
        node = reader.dictionary(place, "a page")
        if not isinstance(place, Ref):
            break
        if node.get("Type") == Name("Page"):
            return place, node
        kids = reader.array(node.get("Kids"), "the list of pages")
        if not kids:
            break
        place = kids[-1]
    raise MalformedError("the last page is not found")


def differing(one: Value, other: Value) -> set[str]:
    """The keys in which two dictionaries differ."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return set()
    missing = object()
    return {key for key in one.keys() | other.keys() if not _equal(one.get(key, missing), other.get(key, missing))}


def _equal(one: object, other: object) -> bool:
    if type(one) is object or type(other) is object:
        return one is other
    return same(one, other)  # type: ignore[arg-type]


def list_references(value: Value) -> list[int]:
    """The objects that a value names."""
    if isinstance(value, Ref):
        return [value.number]
    if isinstance(value, dict):
        return [number for one in value.values() for number in list_references(one)]
    if isinstance(value, list):
        return [number for one in value for number in list_references(one)]
    return []


def walk(reader: Reader, value: Value, revision: Revision, size: int) -> Iterator[tuple[int, str]]:
    """The objects that an appearance uses, each with what is wrong with it (empty: nothing)."""
    if value is not None and (not isinstance(value, dict) or value.keys() != {"N"}):
        yield 0, "has more than one form"
    waiting, seen = list_references(value), set()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        if number < size or number not in revision.offsets:
            yield number, "is not its own"
            continue
        found = reader.object(number).value
        yield number, "may change" if _lives(found) else ""
        waiting += list_references(found)


def _lives(value: Value) -> bool:
    if isinstance(value, dict):
        return bool(value.keys() & _LIVING) or any(_lives(one) for one in value.values())
    return isinstance(value, list) and any(_lives(one) for one in value)
