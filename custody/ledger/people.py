"""Who may sign: acts of the ledger key about persons and about itself."""

from collections.abc import Sequence

from custody.errors import UsageError
from custody.ledger.draft import Draft, Occasion
from custody.ledger.ledger import Act
from custody.ledger.recorder import Recorder
from custody.protocol.ed25519 import Signer
from custody.protocol.encodings import encode_base64
from custody.protocol.events.ledger import AdoptedDetails, LedgerRekeyed, Profile, ProfileAdopted, RekeyedDetails
from custody.protocol.events.people import EnrolledDetails, PersonEnrolled, PersonRevoked, RevokedDetails, RoleTerm
from custody.protocol.names import check_id
from custody.protocol.possession import possession_message
from custody.protocol.vkey import Vkey, format_vkey, parse_vkey


def prove_possession(identity: str, origin: str, signer: Signer) -> bytes:
    """The proof that `signer` holds its key and asks to be `identity` of `origin`."""
    return signer.sign(possession_message(check_id(identity), origin, signer.public_key))


def enrol(
    occasion: Occasion,
    identity: str,
    *,
    key: bytes,
    proof: bytes,
    roles: Sequence[RoleTerm],
    name: str | None = None,
    office: str | None = None,
) -> Act:
    """Enrols a person, or enrols one again with a new key or other roles.

    `key`: raw Ed25519; `proof`: see `prove_possession`. A key that stands for another person, or for the ledger, is
    refused (S02), a proof that does not match as well (S01).
    """
    details = EnrolledDetails(
        proof=encode_base64(proof), public_key=encode_base64(key), roles=tuple(roles), name=name, office=office
    )

    def act(recorder: Recorder) -> None:
        check_id(identity)
        recorder.everybody()  # one key, one person: the rules compare with the keys they know
        _refuse_ledger_keys(recorder, key)
        recorder.record(
            Draft(
                kind=PersonEnrolled,
                subject=f"person:{identity}",
                details=details,
                occasion=occasion,
            )
        )

    return act


def _refuse_ledger_keys(recorder: Recorder, key: bytes) -> None:
    opened = recorder.ledger.opened
    texts = [text for _, text in recorder.ledger.keys] + ([opened.details.witness_key] if opened else [])
    if any(parse_vkey(text).public_key == key for text in texts):
        raise UsageError("this is a key of the ledger itself; a person has one of their own", hint="`custody key new`")


def revoke(occasion: Occasion, identity: str, *, reason: str, effective_from: str) -> Act:
    """From here on the person's key signs no more; what it signed since `effective_from` is in doubt (S04)."""
    details = RevokedDetails(effective_from=effective_from, reason=reason)

    def act(recorder: Recorder) -> None:
        recorder.record(Draft(kind=PersonRevoked, subject=f"person:{identity}", details=details, occasion=occasion))

    return act


def rekey(occasion: Occasion, new: Vkey, *, reason: str) -> Act:
    """A new ledger key. The signers are the old one, by the origin, and the new, by `signing.NEW_LEDGER_KEY`."""
    details = RekeyedDetails(ledger_key=format_vkey(new), reason=reason)

    def act(recorder: Recorder) -> None:
        if new.name != recorder.origin:
            raise UsageError(f"a key named {new.name} can't sign for {recorder.origin}")
        _refuse_ledger_keys(recorder, new.public_key)
        if any(new.public_key in (standing.key for standing in one.standings) for one in recorder.everybody()):
            raise UsageError("this is a person's key; the ledger has one of its own")
        recorder.record(Draft(kind=LedgerRekeyed, subject="ledger", details=details, occasion=occasion))

    return act


def adopt_profile(occasion: Occasion, profile: Profile) -> Act:
    """What the ledger's jurisdiction asks beyond the base rules, from the next entry on."""

    def act(recorder: Recorder) -> None:
        details = AdoptedDetails(profile=profile)
        recorder.record(Draft(kind=ProfileAdopted, subject="ledger", details=details, occasion=occasion))

    return act
