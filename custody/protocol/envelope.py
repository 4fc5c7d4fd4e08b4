"""Envelopes: an event and the signatures over it, as DSSE 1.0.2 writes them.

    {"payload":base64(event),"payloadType":"application/vnd.custody.event+json",
     "signatures":[{"keyid":"SHA256:…","sig":base64(Ed25519)}, …]}

Signature *i* is signer *i*'s: the actor's, then the witnesses'. What is signed is the pre-authentication encoding:

    PAE = "DSSEv1" SP len(type) SP type SP len(body) SP body      lengths in ASCII decimal    DSSE protocol.md

`keyid` is the OpenSSH fingerprint, a hint for a person looking; no check ever trusts it.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from custody.protocol.events.codec import format_event, parse_event
from custody.protocol.events.common import MAX_SIGNERS, PAYLOAD_TYPE, Event
from custody.protocol.values import Value


class Signature(Value):
    """An Ed25519 signature, 64 bytes in base64, and the hint whose key made it."""

    keyid: Annotated[str, Meta(pattern=r"\ASHA256:[A-Za-z0-9+/]{43}\Z")]
    sig: Annotated[bytes, Meta(min_length=64, max_length=64, extra={"pattern": r"\A[A-Za-z0-9+/]{85}[AQgw]==\Z"})]


class Envelope(Value):
    """A DSSE envelope. The payload is the event's bytes, as they were signed; `event_of` reads it.

    Bytes are written in base64, and another spelling of it is no canonical JSON.
    """

    payload: Annotated[bytes, Meta(min_length=1)]
    payload_type: Literal["application/vnd.custody.event+json"] = field(name="payloadType")
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=MAX_SIGNERS)]


def encode_pae(payload_type: str, body: bytes) -> bytes:
    """The bytes a DSSE signature signs."""
    kind = payload_type.encode("ascii")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


_PAE_HEAD = b"DSSEv1 %d %s " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode("ascii"))


def event_pae(payload: bytes) -> bytes:
    """`encode_pae` of an event's bytes."""
    return b"%s%d %s" % (_PAE_HEAD, len(payload), payload)


def event_of(envelope: Envelope) -> Event:
    """The event, parsed strictly. Raises MalformedError."""
    return parse_event(envelope.payload)


def seal_envelope(event: Event, signatures: list[tuple[str, bytes]]) -> Envelope:
    """The envelope of `event` with `(fingerprint, signature)` of each signer, in the signers' order."""
    return Envelope(
        payload=format_event(event),
        payload_type="application/vnd.custody.event+json",
        signatures=tuple(Signature(keyid=keyid, sig=sig) for keyid, sig in signatures),
    )
