"""Amounts taken, left and consumed add up, in one unit (D02)."""

from decimal import Decimal

from custody.protocol.events.handling import ItemExamined
from custody.protocol.events.items import ItemDerived, ItemSeized, ItemYielded
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.values import Amount


class Amounts:
    """How much there is, as last stated, and what was used up since."""

    __slots__ = ("_consumed", "now")

    def __init__(self) -> None:
        self.now: Amount | None = None
        self._consumed: list[Amount] = []

    def take(self, fact: Recorded, docket: Docket) -> None:
        """Judges the amounts an event states."""
        event = fact.event
        if isinstance(event, ItemSeized):
            self.now = event.details.quantity
        elif isinstance(event, ItemDerived):
            taken = [parent.taken for parent in event.details.parents]
            self.now = taken[0] if len(taken) == 1 else None
        elif isinstance(event, ItemExamined) and event.details.consumed:
            self._consumed.append(event.details.consumed)
        elif isinstance(event, ItemYielded):
            self._yield(fact, event, docket)

    def _yield(self, fact: Recorded, event: ItemYielded, docket: Docket) -> None:
        taken, left = event.details.taken, event.details.left
        if taken is None and left is None:
            return
        before = self.now
        if before is not None and taken is not None:
            self._add_up(fact, before, taken, left, docket)
        if left is not None:
            self.now, self._consumed = left, []

    def _add_up(self, fact: Recorded, before: Amount, taken: Amount, left: Amount | None, docket: Docket) -> None:
        stated = [before, taken, *([left] if left else []), *self._consumed]
        consumed = sum((Decimal(one.amount) for one in self._consumed), Decimal(0))
        rest = Decimal(before.amount) - Decimal(taken.amount) - consumed
        sum_text = " ".join(f"{one.amount} {one.unit}" for one in stated)
        if len({one.unit for one in stated}) > 1 or rest < 0 or (left is not None and Decimal(left.amount) != rest):
            docket.add("D02", fact, sum=sum_text)
        elif consumed:
            docket.add("D02.consumed", fact, sum=sum_text)
        if left is None and rest >= 0:
            self.now, self._consumed = Amount(amount=_plain(rest), unit=before.unit), []


def _plain(value: Decimal) -> str:
    """The one spelling of a decimal (values.Decimal)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
