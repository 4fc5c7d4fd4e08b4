"""Proof of possession: at enrolment a person's key signs its own name, so that nobody enrols another's key.

    body  = {"id":"jm","ledger":"ocrteh.police.example/custody","public_key":"base64"}
    proof = Ed25519(PAE("application/vnd.custody.possession+json", body))              PAE: envelope.py

A request to be enrolled elsewhere is that body with `proof`, one line:

    {"id":"jm","ledger":"ocrteh.police.example/custody","proof":"base64","public_key":"base64"}
"""

from custody.errors import MalformedError
from custody.protocol import canonical, ed25519, values
from custody.protocol.encodings import decode_base64, encode_base64
from custody.protocol.values import Value

POSSESSION_TYPE = "application/vnd.custody.possession+json"


class EnrolmentRequest(Value):
    """What a person sends to be enrolled."""

    id: values.Id
    ledger: values.Origin
    proof: values.Base64
    public_key: values.Base64


_decode = canonical.decoder(EnrolmentRequest, "enrolment request")


def possession_message(identity: str, ledger: str, key: bytes) -> bytes:
    """The bytes whose signature proves possession of `key` (raw)."""
    body = canonical.encode({"id": identity, "ledger": ledger, "public_key": encode_base64(key)})
    return b"DSSEv1 %d %s %d %s" % (len(POSSESSION_TYPE), POSSESSION_TYPE.encode(), len(body), body)


def check_possession(identity: str, ledger: str, key: bytes, proof: bytes) -> bool:
    """Whether `proof` shows that `key` is valid and its holder asked to be `identity` of `ledger`."""
    try:
        ed25519.check_public_key(key)
    except MalformedError:
        return False
    return len(proof) == 64 and ed25519.verify(key, possession_message(identity, ledger, key), proof)


def format_request(identity: str, ledger: str, key: bytes, proof: bytes) -> bytes:
    """An enrolment request, with its line feed."""
    request = EnrolmentRequest(id=identity, ledger=ledger, proof=encode_base64(proof), public_key=encode_base64(key))
    return canonical.encode(request) + b"\n"


def parse_request(data: bytes) -> EnrolmentRequest:
    """A request whose proof verifies. Raises MalformedError."""
    if not data.endswith(b"\n"):
        raise MalformedError("an enrolment request is one line")
    request: EnrolmentRequest = _decode(data[:-1])
    key = decode_base64(request.public_key, "public key")
    if not check_possession(request.id, request.ledger, key, decode_base64(request.proof, "proof")):
        raise MalformedError("the enrolment request's proof does not match its key")
    return request
