"""Remarks beside an item's chain. They never extend it: a note written honestly after the item left this ledger
would look like a fork."""

from custody.protocol import values
from custody.protocol.events.common import NoteEvent
from custody.protocol.events.handovers import Basis
from custody.protocol.values import DigestList, Digests, Reference, Text, Value


class CorrectedDetails(Value):
    """Which member of which entry was wrong, what it should have said, why."""

    entry: Reference
    field: values.Pointer
    why: Text
    value: values.SealableRequired | None = None


class EntryCorrected(NoteEvent, tag="entry.corrected"):
    """Never an edit: both values are shown, and rules run on the original one."""

    details: CorrectedDetails


class LateDetails(Value):
    """What was not recorded when it happened."""

    text: values.SealableRequired | None = None


class ReportLate(NoteEvent, tag="report.late"):
    """A statement made afterwards."""

    details: LateDetails


class CopiedDetails(Value):
    """A working or defence copy: to whom, for what, with which digests; abroad, into which State and why it may."""

    digests: DigestList
    purpose: Text
    basis: Basis | None = None
    medium: Text | None = None
    receipt: Digests | None = None
    state: values.Country | None = None
    """The State it goes to, where that is another."""
    to: values.SealableRequired | None = None


class ItemCopied(NoteEvent, tag="item.copied"):
    """Custody is unchanged."""

    details: CopiedDetails


class AuthorityDetails(Value):
    """Which of the event's `documents`, by its SHA-256, is the legal authority for the seizure."""

    document: values.Hash


class AuthorityRecorded(NoteEvent, tag="authority.recorded"):
    """Legal authority recorded after the fact (A01)."""

    details: AuthorityDetails


class ConfirmedDetails(Value):
    """The entry in doubt, and why it is nevertheless true."""

    entry: Reference
    why: Text


class EntryConfirmed(NoteEvent, tag="entry.confirmed"):
    """By the person's new key, or by all its other signers, and a supervisor (S04)."""

    details: ConfirmedDetails
