"""Amounts taken, left and consumed add up, in one unit (D02)."""

from decimal import Decimal

from custody.protocol.events.handling import ItemExamined
from custody.protocol.events.items import ItemDerived, ItemSeized, ItemYielded
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.naming import MAX_NAMED, with_rest
from custody.protocol.values import Amount

_NOTHING = Decimal(0)

_CONCERNED = frozenset({ItemSeized, ItemDerived, ItemExamined, ItemYielded})


class Amounts:
    """How much there is, as last stated, and what was used up since."""

    __slots__ = ("_consumed", "_total", "_units", "now")

    def __init__(self) -> None:
        self.now: Amount | None = None
        self._consumed: list[Amount] = []
        self._total = _NOTHING
        self._units: frozenset[str] = frozenset()
        """Of what was consumed, up to two: nothing adds up in more than one."""

    def take(self, fact: Recorded, docket: Docket) -> None:
        """Judges the amounts an event states."""
        event = fact.event
        if type(event) not in _CONCERNED:
            return
        if isinstance(event, ItemSeized):
            self.now = event.details.quantity
        elif isinstance(event, ItemDerived):
            taken = [parent.taken for parent in event.details.parents]
            self.now = taken[0] if len(taken) == 1 else None
        elif isinstance(event, ItemExamined) and event.details.consumed:
            self._consume(event.details.consumed)
            if self.now is not None:
                self._check(fact, self.now, None, None, docket)
        elif isinstance(event, ItemYielded):
            self._yield(fact, event, docket)

    def _yield(self, fact: Recorded, event: ItemYielded, docket: Docket) -> None:
        taken, left = event.details.taken, event.details.left
        if taken is None and left is None:
            return
        if self.now is not None:
            rest = self._check(fact, self.now, taken, left, docket)
            if rest is not None and self._consumed:
                docket.add("D02.consumed", fact, sum=self._sum(self.now, taken, left))
            if left is None and rest is not None:
                left = Amount(amount=_plain(rest), unit=self.now.unit)
        if left is not None:
            self.now, self._consumed, self._total, self._units = left, [], _NOTHING, frozenset()

    def _consume(self, amount: Amount) -> None:
        self._consumed.append(amount)
        self._total += Decimal(amount.amount)
        if len(self._units) < 2:  # with two they never add up: which others there are decides nothing
            self._units |= {amount.unit}

    def _check(
        self, fact: Recorded, before: Amount, taken: Amount | None, left: Amount | None, docket: Docket
    ) -> Decimal | None:
        """What is left when `taken`, if anything, and all that was consumed are gone; None with D02."""
        units = self._units | {one.unit for one in (before, taken, left) if one is not None}
        rest = Decimal(before.amount) - (self._total + (Decimal(taken.amount) if taken is not None else _NOTHING))
        if len(units) == 1 and rest >= 0 and (left is None or Decimal(left.amount) == rest):
            return rest
        docket.add("D02", fact, sum=self._sum(before, taken, left))
        return None

    def _sum(self, *amounts: Amount | None) -> str:
        """These amounts, and those consumed, for a sentence."""
        named = (one for one in (*amounts, *self._consumed[:MAX_NAMED]) if one is not None)
        return with_rest(" ".join(f"{one.amount} {one.unit}" for one in named), len(self._consumed))


def _plain(value: Decimal) -> str:
    """The one spelling of a decimal (values.Decimal)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
