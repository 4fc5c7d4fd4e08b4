"""securesystemslib, which verifies DSSE for TUF and in-toto, reads and verifies our envelopes, and signs one for us."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from securesystemslib.dsse import Envelope as Theirs
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from custody.ledger.acts import compose
from custody.protocol import canonical
from custody.protocol.ed25519 import fingerprint, verify
from custody.protocol.envelope import Envelope, event_of, event_pae, seal_envelope
from custody.protocol.events.common import PAYLOAD_TYPE
from custody.protocol.events.items import ItemVoided, VoidedDetails
from tests.ledger.agency import Agency


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    """Its entries are signed by the ledger key, by one person, and the last by two."""
    made = Agency(tmp_path_factory.mktemp("agency")).staffed()
    item = made.seize()
    made.do(compose.state(ItemVoided, made.by("jm", "ana"), item, VoidedDetails(reason="typed twice")))
    yield made
    made.ledger.close()


def envelopes(agency: Agency) -> list[dict[str, Any]]:
    return [json.loads(entry)["envelope"] for entry in agency.ledger.entries()]


def their_key(public: bytes) -> SSlibKey:
    return SSlibKey(fingerprint(public), "ed25519", "ed25519", {"public": public.hex()})


def keys_of(agency: Agency, index: int) -> list[SSlibKey]:
    return [their_key(agency.signers[one].public_key) for one in agency.ledger.fact(index).event.signers]


def test_they_verify_every_signature(agency: Agency) -> None:
    signatures = []
    for index, one in enumerate(envelopes(agency)):
        theirs, keys = Theirs.from_dict(one), keys_of(agency, index)
        assert theirs.pae() == event_pae(theirs.payload)
        assert len(theirs.verify(keys, threshold=len(keys))) == len(keys) == len(theirs.signatures)
        signatures.append(len(keys))
    assert set(signatures) == {1, 2}


def test_they_refuse_another_payload_type_or_key(agency: Agency) -> None:
    last = agency.ledger.size - 1
    keys = keys_of(agency, last)
    for member, value in (("payload", envelopes(agency)[0]["payload"]), ("payloadType", "application/json")):
        with pytest.raises(VerificationError):
            Theirs.from_dict(envelopes(agency)[last] | {member: value}).verify(keys, threshold=1)
    jm, _ = keys
    stranger = SSlibKey(jm.keyid, "ed25519", "ed25519", {"public": agency.ledger_key.public_key.hex()})
    with pytest.raises(VerificationError):
        Theirs.from_dict(envelopes(agency)[last]).verify([stranger], threshold=1)


def test_we_read_what_they_sign(agency: Agency) -> None:
    """Their dictionary, as canonical JSON, is our envelope byte for byte."""
    event = agency.ledger.fact(0).event
    signer = CryptoSigner.generate_ed25519()
    public = bytes.fromhex(signer.public_key.keyval["public"])
    signer.public_key.keyid = fingerprint(public)
    theirs = Theirs(Theirs.from_dict(envelopes(agency)[0]).payload, PAYLOAD_TYPE, {})
    signature = bytes.fromhex(theirs.sign(signer).signature)
    ours: Envelope = canonical.decoder(Envelope, "envelope")(canonical.encode(theirs.to_dict()))
    assert ours == seal_envelope(event, [(fingerprint(public), signature)])
    assert event_of(ours) == event
    assert verify(public, event_pae(ours.payload), signature)
    assert not verify(public, event_pae(ours.payload + b" "), signature)
