"""What happens to an item while its custodian has it: seals, storage, examination, inspection, loans, assumption."""

from typing import Literal

from msgspec import field

from custody.protocol import values
from custody.protocol.events.common import CustodyEvent
from custody.protocol.values import Amount, DigestList, Digests, SealReading, SealReadings, Seals, Text, Value


class SealedDetails(Value):
    """A new seal; where it replaces one, that one as it was read and why."""

    seal: values.SealNumber
    old: SealReading | None = None
    why: Text | None = None


class ItemSealed(CustodyEvent, tag="item.sealed"):
    """The seal is on record from here."""

    details: SealedDetails


class OpenedSealsDetails(Value):
    """The seals opened, as they were read before, and why."""

    seals: SealReadings
    why: Text


class ItemOpened(CustodyEvent, tag="item.opened"):
    """The seals named are gone from the record; a witness is expected (F02)."""

    details: OpenedSealsDetails


class StoredDetails(Value):
    """Where in which facility."""

    facility: Text
    container: Text | None = None
    shelf: Text | None = None
    temperature: Text | None = None


class ItemStored(CustodyEvent, tag="item.stored"):
    """Put in its place; the custodian still answers."""

    details: StoredDetails


class ExaminedDetails(Value):
    """For what; what it changed and why that was unavoidable (ISO/IEC 27037 §6.1); how much it used up."""

    purpose: Text
    because: Text | None = None
    changes: Text | None = None
    consumed: Amount | None = None


class ItemExamined(CustodyEvent, tag="item.examined"):
    """A sealed item is opened first."""

    details: ExaminedDetails


class InspectedDetails(Value):
    """What somebody found on looking: a check, an inventory, a fresh measurement."""

    outcome: Literal["as-expected", "differs", "absent"]
    condition: Text | None = None
    digests: DigestList | None = None
    seals: SealReadings | None = None


class ItemInspected(CustodyEvent, tag="item.inspected"):
    """Anyone enrolled may inspect."""

    details: InspectedDetails


class LentDetails(Value):
    """Out of the agency's hands on a paper receipt: who holds it, why, until when."""

    condition: Text
    organisation: Text
    reason: Text
    receipt: Digests
    may_open: Literal[True] | None = None
    return_by: values.LocalTime | None = None
    seals: SealReadings | None = None
    to: values.Sealable | None = None


class ItemLent(CustodyEvent, tag="item.lent"):
    """Somebody without keys holds it (hospital, laboratory, clerk); the custodian still answers."""

    details: LentDetails


class RecoveredDetails(Value):
    """Back from a loan: as it was read, and the seals the borrower removed and put on."""

    condition: Text
    put_on: Seals | None = None
    removed: Seals | None = None
    seals: SealReadings | None = None


class ItemRecovered(CustodyEvent, tag="item.recovered"):
    """The custodian holds it again."""

    details: RecoveredDetails


class AssumedDetails(Value):
    """Custody taken without a release: from whom, why (death, absence, lost key), by whose order."""

    authority: Text
    condition: Text
    from_: values.Person = field(name="from")
    why: Text
    digests: DigestList | None = None
    seals: SealReadings | None = None


class ItemAssumed(CustodyEvent, tag="item.assumed"):
    """A supervisor becomes custodian, before a witness."""

    details: AssumedDetails
