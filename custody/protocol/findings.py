"""Findings: what the rules have to say about a chain (docs/format.md, "Findings").

A finding is a code, a severity and a sentence with the facts filled in; the sentence is chosen by `key`, which is
the code, or the code and a variant (`P01.unread`). B makes the answer its code decides *no*, N makes it *not
established*, R is a remark.
"""

from typing import Literal, NamedTuple

from custody.protocol.eye import show

Severity = Literal["B", "N", "R"]

SENTENCES: dict[str, tuple[Severity, str]] = {
    "L01": ("B", "entry {entry} was altered after it was written"),
    "L02": ("B", "entries of {subject} are missing, reordered or repeated after {entry}"),
    "L02.head": ("B", "the chain shown of {subject} does not reach its stated head {head}"),
    "L02.elsewhere": ("N", "entries of {subject} stand in {ledger}, of which this whole ledger shows nothing"),
    "L01.root": ("B", "the entries shown of {origin} do not have the root that its checkpoint signs"),
    "L02.size": ("B", "the file shows {shown} entries of {origin}, its checkpoint has {size}"),
    "L03": ("B", "{origin} differs from the head already signed at size {size}: {how}"),
    "L03.unjoined": ("N", "no consistency proof joins the head of {origin} at size {size} to the one shown"),
    "L04": ("B", "the checkpoint of {origin} does not carry a valid signature of its key"),
    "L04.replaced": ("B", "the checkpoint of {origin} is signed by a key that was replaced before it"),
    "L04.untrusted": ("N", "the key of {origin} is not among those you trust, nor linked to one of them"),
    "L05": ("R", "no partner has cosigned the checkpoint of {origin}"),
    "L05.quorum": ("N", "the checkpoint of {origin} lacks the cosignatures your policy asks for"),
    "L06": ("N", "no statement of heads is the last leaf of the checkpoint of {origin}: later events may be left out"),
    "L06.subject": ("N", "the statement of heads of {origin} does not name {subject}: later events may be left out"),
    "S01": ("B", "the signature of {person} on {entry} does not match the person's key"),
    "S01.possession": ("B", "the proof that {person} holds the key enrolled by {entry} does not match it"),
    "S02": ("B", "{entry} lacks a signature: {signers} signers are named, {signatures} signatures stand"),
    "S02.same": ("B", "{entry} was signed by one person or one key as two: {person}"),
    "S02.witness": ("B", "{entry} needs {needed} witnesses and names {named}"),
    "S03": ("B", "{person} was not enrolled when {entry} was recorded"),
    "S03.revoked": ("B", "{person} was revoked before {entry} was recorded"),
    "S04": ("N", "the key of {person}, who signed {entry}, is in doubt since {since}"),
    "S04.confirmed": (
        "R",
        "the key of {person}, who signed {entry}, is in doubt since {since}; the entry was confirmed",
    ),
    "C01": ("N", "{person}, who answers for the item, was revoked on {since} and nobody assumed it {until}"),
    "C01.since": ("R", "{person}, who answered for the item, was revoked on {since}; since then: {how}"),
    "C02": ("B", "two continuations of {entry} both take custody, or a receipt stands beside a withdrawal"),
    "C03": ("B", "{entry}: {person} acted on the item, for which {custodian} answers"),
    "C03.transit": ("B", "{entry}: {person} acted on the item while it was in transit"),
    "C03.lent": ("B", "{entry}: {person} acted on the item while it was lent"),
    "C03.start": ("B", "{entry} is the first event shown of the item, and is neither seizure nor derivation"),
    "C03.again": ("B", "{entry} begins an item that has already begun"),
    "C03.release": ("B", "{entry} is a receipt, and no release is open"),
    "C03.void": ("B", "{entry} voids an item that has been released, derived from or examined"),
    "C03.loan": ("B", "{entry} recovers an item that was not lent"),
    "C03.ledger": ("B", "{entry} continues the item in another ledger without a release to it"),
    "C03.from": ("B", "{entry} assumes the item from {person}; {custodian} answers for it"),
    "C03.digital": ("B", "{entry} takes back a digital item that left the ledger, and nobody refused it"),
    "C04": ("B", "{entry}: {person} received the item, which was addressed to {addressees}"),
    "C04.refusal": ("B", "{entry}: {person} refused an item that was addressed to {addressees}"),
    "C05": ("R", "dispatched on {date} by {person}, no receipt is recorded"),
    "C06": ("B", "{entry}: activity after the item was {end}"),
    "C07": ("R", "{person} refused to receive the item on {date}; the sender still answers for it"),
    "C08": ("R", "not yet presented in court: the chain runs to {date}, answered for by {person}"),
    "C09": ("R", "custody was assumed without a release, by {person} from {custodian}: {why}"),
    "C10": ("R", "in outside hands on a paper receipt since {date}: {organisation}"),
    "C10.back": ("R", "in outside hands on a paper receipt from {date} to {back}: {organisation}"),
    "C11": ("B", "{person} found the item absent on {date}, and it was not seen since"),
    "C11.missing": ("B", "{person} reported on {date} that the item did not arrive, and it was not seen since"),
    "C12": ("N", "before {date} the history of the item is on paper"),
    "C12.none": ("N", "no event of the item is shown"),
    "C12.late": ("N", "before {date} the history rests on one statement, made {late} late"),
    "P01": ("B", "seal {expected} was on record, seal {read} was read ({entry})"),
    "P01.unread": ("N", "seal {expected} was on record and was not read ({entry})"),
    "P01.sealed": ("B", "{entry}: seal {expected} was on record, and no opening is recorded"),
    "P02": ("B", "seal {seal} was {state} when it was read on {date} ({entry})"),
    "P02.resealed": ("R", "seal {seal} was {state} on {date} ({entry}); explained and resealed before a witness"),
    "P03": ("R", "resealed on {date}: {old} replaced by {new}, {why}"),
    "P04": ("R", "condition on receipt ({entry}) differs from dispatch: {received} / {released}"),
    "P04.inspection": ("R", "an inspection on {date} found the item different ({entry})"),
    "P04.noted": ("R", "discrepancies noted on receipt ({entry}): {received}"),
    "P05": ("R", "it travelled unsealed and its digests were not measured on receipt ({entry})"),
    "H01": ("B", "no file supplied matches the digests of {name}, fixed on {date}; supplied: {supplied}"),
    "H02": ("B", "the digest of the image and of its digital source differ ({entry})"),
    "H04": ("R", "the file {name} was not supplied, so it was not checked"),
    "H05": ("B", "a digest measured on {date} differs from the one recorded ({entry})"),
    "H05.again": ("R", "a digest measured on {date} differed ({entry}); measured again on {again}, it was equal"),
    "D01": ("B", "the source of this derived item is not shown: {parent}"),
    "D02": ("B", "amounts do not add up ({entry}): {sum}"),
    "D02.consumed": ("R", "amounts add up with what was consumed ({entry}): {sum}"),
    "A01": ("N", "no legal authority is recorded at seizure"),
    "A01.since": ("R", "no legal authority was recorded at seizure; recorded on {date}, with its document"),
    "A02": ("B", "{entry}: {label} is outside the scope of request {request}"),
    "A03": ("B", "{entry}: sent for {purpose}; request {request} was made for {asked}"),
    "A03.state": ("B", "{entry}: sent to {state} without its consent or request: {why}"),
    "A03.onward": ("B", "{entry}: sent on to {state} without the consent of the State where the item was taken"),
    "A03.partner": ("B", "{entry}: released to {origin}, which was no longer trusted as a partner"),
    "A03.use": ("B", "{entry}: presented for {purpose}, which is not what request {request} was made for"),
    "A04": ("B", "{entry}: sent abroad while {request} was {status}"),
    "A04.agreement": ("B", "{entry}: sent abroad under an agreement that the case does not record: {agreement}"),
    "A04.expired": ("B", "{entry}: sent abroad after what request {request} was granted for had expired"),
    "A04.spontaneous": ("B", "{entry}: sent abroad unasked: {why}"),
    "A04.step": ("B", "{entry}: a request that is {status} can't become {act}"),
    "A04.urgent": ("R", "{entry}: sent abroad urgently, while request {request} was {status}"),
    "A05.party": ("B", "{entry}: {origin} is not the ledger that the request was made to"),
    "A05": ("B", "{entry}: {person} had no role on that date that allows {act}"),
    "A05.profile": ("B", "{entry}: the profile leaves {act} to {roles}, and {person} had no such role on that date"),
    "T01.future": ("B", "{entry} happened {late} after it was recorded"),
    "T01.order": ("B", "{entry} happened {late} before {before}, which it follows"),
    "T01.ledger": ("B", "{entry} was recorded before an entry that stands before it"),
    "T01.stamp": ("N", "{entry} was recorded {late} after the time-stamp of {time} that covers it: a clock was wrong"),
    "T02": ("R", "{entry} was recorded {late} after it happened"),
    "T03": ("R", "no independent time-stamp covers the entries of {origin}"),
    "T03.after": ("R", "no independent time-stamp covers what stands in {origin} after its first {size} entries"),
    "T03.unchecked": ("R", "the file brings time-stamps of {origin}, and you named no authority to check them by"),
    "T03.unproven": ("R", "a time-stamp of {origin} at {size} entries proves nothing to you: {why}"),
    "T04": ("R", "two clocks differ by {late} ({entry})"),
    "F01": ("B", "{entry} leaves blank what the profile requires: {field}"),
    "F02": ("R", "{entry}: {act} without a witness"),
    "F03": ("R", "the profile of {origin} was loosened by {entry}"),
    "E01": ("R", "{entry}: {field} of {corrected} was corrected to {value}"),
    "X01": ("R", "sealed fields not disclosed to this reader: {count}"),
    "X01.missing": ("R", "{entry} disclosed {stated} sealed values, and {missing} of them are missing from the file"),
    "X02": ("B", "a disclosed value does not match what was signed: {path}"),
    "X03": ("R", "{entry} contains characters that deceive the eye; they are shown escaped"),
    "K01": ("B", "the document is not the one that {entry} recorded: a page or an attachment was altered"),
    "K01.bundle": ("B", "the bundle in the document is not the one that {entry} recorded"),
    "K02": ("N", "no entry of its issue is attached to the document: a draft, or cut off"),
    "K03": ("B", "a later revision of the document alters what it shows: {how}"),
    "K03.block": ("R", "a signature draws {box} over the last page: what stands beneath is not seen there"),
    "K04": ("B", "the signature in the document does not match it: {why}"),
    "K04.unchecked": ("R", "the signature in the document was not checked: {why}"),
    "M01": ("R", "it was to be back by {date}, and no return is recorded"),
}
"""Every key, its usual severity and its sentence."""

REFUSED = frozenset({"C02", "C03", "C04", "C06", "S01", "S02", "S03", "A02", "A03", "A04", "A05", "T01"})
"""Acts against the rules: a ledger refuses them. Every other finding is a fact, recorded as it was found."""

_ALSO_REFUSED = frozenset({"P01.sealed"})
"""Examining what is sealed is an act; reading another seal is a fact."""


class Finding(NamedTuple):
    """One thing the verifier has to say."""

    key: str
    severity: Severity
    item: str | None
    """The item's UUID; None for what concerns a whole ledger."""
    entries: tuple[str, ...]
    """`ORIGIN#index` of the entries concerned, the first the one that shows it."""
    facts: tuple[tuple[str, str], ...]

    @property
    def code(self) -> str:
        """`P01` of `P01.unread`."""
        return self.key[:3]

    @property
    def message(self) -> str:
        """The plain sentence, its facts escaped for any eye."""
        return SENTENCES[self.key][1].format_map({name: show(value) for name, value in self.facts})

    @property
    def refused(self) -> bool:
        """Whether a ledger refuses the act instead of recording it."""
        if self.key in _ALSO_REFUSED:
            return True
        if self.key == "T01.order" and len({name.partition("#")[0] for name in self.entries}) > 1:
            return False  # two ledgers have two clocks: the receiver records what it finds
        return self.severity == "B" and self.code in REFUSED


def state_finding(
    key: str, entries: tuple[str, ...], *, item: str | None, severity: Severity | None, facts: dict[str, str]
) -> Finding:
    """A finding with its usual severity, or the one given; `facts` fill the sentence."""
    return Finding(key, severity or SENTENCES[key][0], item, entries, tuple(facts.items()))


def finding(key: str, entries: tuple[str, ...] = (), *, item: str | None = None, **facts: str) -> Finding:
    """A finding with its usual severity."""
    return state_finding(key, entries, item=item, severity=None, facts=facts)
