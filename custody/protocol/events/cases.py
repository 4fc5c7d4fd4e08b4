"""Cases: what items belong to."""

from custody.protocol import values
from custody.protocol.events.common import Event
from custody.protocol.values import Text, Value


class CaseOpenedDetails(Value):
    """What the case is about, who leads it, how long its data are kept."""

    lead: values.Person
    offence: Text
    agreement: Text | None = None
    """A joint-investigation agreement under which partners share evidence."""
    retain_until: values.Date | None = None
    title: values.SealableRequired | None = None


class CaseOpened(Event, tag="case.opened"):
    """Items can be recorded under it from here on."""

    subject_kinds = ("case",)
    details: CaseOpenedDetails


class CaseAmendedDetails(Value):
    """The members that changed, and why."""

    why: Text
    agreement: Text | None = None
    lead: values.Person | None = None
    offence: Text | None = None
    retain_until: values.Date | None = None
    title: values.Sealable | None = None


class CaseAmended(Event, tag="case.amended"):
    """Never an edit: what the case was before stays readable."""

    subject_kinds = ("case",)
    details: CaseAmendedDetails


class CaseErasedDetails(Value):
    """By whose order the case's sealed fields were destroyed."""

    authority: Text


class CaseErased(Event, tag="case.erased"):
    """The identity that opens the case's sealed fields is gone."""

    subject_kinds = ("case",)
    details: CaseErasedDetails


class CaseClosedDetails(Value):
    """Why the case ended."""

    reason: Text


class CaseClosed(Event, tag="case.closed"):
    """No new item is recorded under it; what it holds can still be handed over, returned or destroyed."""

    subject_kinds = ("case",)
    details: CaseClosedDetails
