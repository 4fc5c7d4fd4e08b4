"""RFC 3161 time-stamps: that a text existed when an authority, trusted by the reader, saw its digest.

    reply = TimeStampResp { status, TimeStampToken }                             RFC 3161 §2.4.2, DER
    token = CMS SignedData over TSTInfo { SHA-256 of the text, genTime … }       what is kept, and carried in a bundle

The text is that of a checkpoint, three lines, without signatures: cosignatures may come later. Anybody can check the
same with `openssl ts -verify -token_in -in TOKEN -data TEXT -CAfile ROOTS`.

This is the only room of the verifier that uses `cryptography`, and rfc3161-client, which leaves the signature and the
chain to OpenSSL. It is imported when there is a token to look at and somebody to trust, not before. What the library
does not look at is looked at here: which digest the imprint is, that the token is one DER value and no more, and that
it brings one certificate, not two, of the name and number that signed.

Not looked at: whether a certificate was revoked. That cannot be known offline.
"""

import hashlib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    Accuracy,
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.verify import SHA256_OID

from custody.errors import CustodyError, MalformedError
from custody.protocol.bundle import MAX_TOKEN
from custody.protocol.encodings import decode_base64
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.verifier.der import sort_certificates
from custody.verifier.stamp import Authority, Stamp

MAX_REPLY = MAX_TOKEN + 4096
"""Bytes of a reply: a token and the authority's words about it."""
MAX_AUTHORITIES = 64
"""Root certificates in one file: a reader's own few, not a browser's hundred."""

_GRANTED = (0, 1)  # granted, grantedWithMods (RFC 3161 §2.4.2): the token is signed either way
_STATUS = {2: "rejection", 3: "waiting", 4: "revocation warning", 5: "revocation notification"}
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\r?\n(.*?)-----END \1-----", re.DOTALL)


class Reply(NamedTuple):
    """An authority's answer as read: nothing in it is verified."""

    token: bytes
    imprint: bytes
    """SHA-256 of the text it is over."""
    stamp: Stamp
    """What it says; the size is not known from it."""


class _Token(NamedTuple):
    """A token as read."""

    answer: TimeStampResponse
    imprint: bytes
    time: datetime
    """In whole seconds: the library drops parts of one."""
    accuracy: int
    signer: x509.Certificate
    name: str

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.name, int(self.time.timestamp()), self.accuracy, 0)


def make_query(text: bytes) -> bytes:
    """The request to time-stamp a text (RFC 3161 §2.4.1), with a nonce, asking for the authority's certificate.

    The nonce is for authorities that insist on one. It is not remembered: an old reply over the same text is no fraud,
    it proves more.
    """
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    return request.as_bytes()


def read_reply(data: bytes) -> Reply:
    """An authority's reply; certificates in another order than DER's are sorted (custody.verifier.der).

    Raises MalformedError for what is none, BadSignatureError for one that no reader could use, CustodyError where the
    authority gave no time-stamp.
    """
    if len(data) > MAX_REPLY:
        raise MalformedError(f"a reply of {len(data)} bytes exceeds {MAX_REPLY}")
    with _parsing("a time-stamp reply"):
        answer = _decode(data)
        if answer.status not in _GRANTED:
            said = "; ".join(answer.status_string)
            why = _STATUS.get(answer.status, f"status {answer.status}") + (f", {said}" if said else "")
            hint = "`custody timestamp query` asks anew"
            raise CustodyError(f"the authority gave no time-stamp: {why}", hint=hint)
        token = answer.time_stamp_token()
    read = _read(token)
    return Reply(token, read.imprint, read.stamp)


def check_token(token: bytes, text: bytes, authorities: tuple[Authority, ...]) -> Stamp:
    """What a token proves of a text, to somebody who trusts these authorities; its size is left 0.

    Certificates count as they were at the time stated. Raises MalformedError for what is no token, BadSignatureError
    for one over something else or by a certificate that may not, UnknownSignerError where none of the authorities
    vouches for the signature.
    """
    read, imprint = _read(token), hashlib.sha256(text).digest()
    if read.imprint != imprint:
        raise BadSignatureError("it is over something else")
    _check_signer(read.signer, read.time)
    if not authorities:
        raise UnknownSignerError("no authority is trusted")
    roots = [x509.load_der_x509_certificate(one.certificate) for one in authorities]
    try:
        with _parsing("a time-stamp"):
            VerifierBuilder(roots=roots).build().verify(read.answer, imprint)
    except (VerificationError, MalformedError) as error:
        raise UnknownSignerError("it bears no valid signature of an authority that you trust") from error
    return read.stamp


def read_authorities(data: bytes) -> tuple[Authority, ...]:
    """The certificates in a PEM file (RFC 7468), with or without words between them. Raises MalformedError."""
    found: dict[str, Authority] = {}
    for label, body in _PEM.findall(data.decode("ascii", "replace")):
        if label != "CERTIFICATE":
            raise MalformedError(f"it holds a {label.lower()} beside certificates", hint="name certificates alone")
        der = decode_base64("".join(body.split()), "the certificate")
        with _parsing("a certificate that can be read"):
            certificate = x509.load_der_x509_certificate(der)
            name, fingerprint = certificate.subject.rfc4514_string(), certificate.fingerprint(SHA256()).hex()
        found.setdefault(fingerprint, Authority(name, fingerprint, der))
        if len(found) > MAX_AUTHORITIES:
            raise MalformedError(f"it holds more than {MAX_AUTHORITIES} certificates", hint="name those you trust")
    if not found:
        hint = "`openssl x509 -inform DER -in FILE` turns a binary one into PEM"
        raise MalformedError("it holds no certificate in PEM", hint=hint)
    return tuple(found.values())


@contextmanager
def _parsing(what: str) -> Iterator[None]:
    """Whatever the parsers raise on hostile bytes, found by mutating tokens, is one error; what they warn of, none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (
        ValueError,
        KeyError,
        TypeError,
        OverflowError,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise MalformedError(f"it is not {what}") from error


def _read(token: bytes) -> _Token:
    """A token, whole, that comes back byte for byte. Raises MalformedError; BadSignatureError as `check_token`."""
    if len(token) > MAX_TOKEN:
        raise MalformedError(f"a time-stamp of {len(token)} bytes exceeds {MAX_TOKEN}")
    wrapped = _as_reply(token)
    with _parsing("a time-stamp"):
        answer = decode_timestamp_response(wrapped)
        if answer.as_bytes() != wrapped:
            raise ValueError("another spelling of the same")
        info = answer.tst_info
        imprint, time, accuracy = info.message_imprint, info.gen_time.astimezone(UTC), _seconds(info.accuracy)
        if imprint.hash_algorithm != x509.ObjectIdentifier(SHA256_OID):
            raise BadSignatureError("it is over another digest than SHA-256")
        signer = _signer(answer)
        return _Token(answer, imprint.message, time, accuracy, signer, signer.subject.rfc4514_string())


def _decode(data: bytes) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(data)
    except ValueError:
        data = sort_certificates(data)
        answer = decode_timestamp_response(data)
    if answer.as_bytes() != data:
        raise ValueError("another spelling of the same")
    return answer


def _as_reply(token: bytes) -> bytes:
    """SEQUENCE { SEQUENCE { INTEGER 0 }, token }: the library reads replies only."""
    content = b"\x30\x03\x02\x01\x00" + token
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return b"\x30" + (length if len(content) < 0x80 else bytes([0x80 | len(length)]) + length) + content


def _seconds(accuracy: Accuracy | None) -> int:
    """An accuracy, rounded up; 0 where none is stated."""
    if accuracy is None:
        return 0
    return (accuracy.seconds or 0) + (1 if accuracy.millis or accuracy.micros else 0)


def _signer(answer: TimeStampResponse) -> x509.Certificate:
    """The certificate that the one signature names.

    Two of its name and number would let one be looked at, and the other sign: the library looks at the first it meets.
    """
    signers = list(answer.signed_data.signer_infos)
    if len(signers) != 1:
        raise BadSignatureError(f"it has {len(signers)} signatures, and one is wanted")
    brought = [x509.load_der_x509_certificate(one) for one in answer.signed_data.certificates]
    named = (signers[0].issuer, signers[0].serial_number)
    found = [one for one in brought if (one.issuer, one.serial_number) == named]
    if len(found) != 1:
        raise BadSignatureError("it does not bring the one certificate of whoever signed it")
    return found[0]


def _check_signer(certificate: x509.Certificate, time: datetime) -> None:
    """That it was valid then, and is for time-stamping alone (RFC 3161 §2.3)."""
    if not certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc:
        raise BadSignatureError("the authority's certificate was not valid at the time stated")
    with _parsing("a time-stamp"):
        usages = [one for one in certificate.extensions if isinstance(one.value, x509.ExtendedKeyUsage)]
    if [(one.critical, list(one.value)) for one in usages] != [(True, [ExtendedKeyUsageOID.TIME_STAMPING])]:
        raise BadSignatureError("the certificate that signed it is not one for time-stamping alone")
