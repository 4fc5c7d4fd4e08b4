"""Whether a signature (PAdES, ISO 32000-1, 12.8) matches what it signs. pyHanko checks it where that is installed.

Whose certificate it is, is told and not judged: nobody's roots are built in.

    /ByteRange [0 a b c]    all of the revision but the hole from a to b
    /Contents <3082…00>     the hole: CMS in hexadecimal, filled up with zeros (ETSI EN 319 142-1)
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from custody.certificate.changes import Signing
from custody.certificate.layout import Reader
from custody.certificate.syntax import Value
from custody.errors import MalformedError
from custody.verifier.certified import Signature

MAX_CMS = 128 * 1024
"""Bytes: a chain of certificates, their revocations, a time-stamp."""

_HOLE = re.compile(rb"/Contents[\0\t\n\x0c\r ]*<(?:([0-9A-F]+)|([0-9a-f]+))>")
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
MISSING = "pyHanko is not installed; `pip install custody[pades]` brings it"


class _BrokenError(Exception):
    """The signature does not match."""


class _UnknownError(Exception):
    """It can't be told."""


def check_signatures(data: bytes, signings: Iterable[Signing]) -> tuple[Signature, ...]:
    """What is to be said of each signature, in their order."""
    return tuple(_check(data, one) for one in signings)


def _check(data: bytes, signing: Signing) -> Signature:
    found = Signature(draws=str(signing.box) if signing.box else "")
    try:
        head = _read(data, signing)
        found = found._replace(reason=_text(head.get("Reason")), stated=_text(head.get("M")))
        start, end = _hole(data, signing, head)
        signed = (data[: start - 1], data[end + 1 : signing.revision.end])
        return _judge(found, bytes.fromhex(data[start:end].decode()), signed)
    except (_BrokenError, MalformedError) as error:
        return found._replace(state="broken", why=str(error))
    except _UnknownError as error:
        return found._replace(state="unchecked", why=str(error))


def _read(data: bytes, signing: Signing) -> dict[str, Value]:
    value = Reader(data, [signing.revision]).object(signing.value).value
    if not isinstance(value, dict):
        raise _BrokenError("it is no signature")
    return value


def _hole(data: bytes, signing: Signing, head: dict[str, Value]) -> tuple[int, int]:
    """Where its digits stand. Everything else of the revision, and of those before it, must be signed."""
    start = signing.revision.offsets[signing.value]
    found = _HOLE.search(data, start, signing.revision.xref)
    if found is None or len(found[1] or found[2]) > 2 * MAX_CMS or len(found[1] or found[2]) % 2:
        raise _BrokenError("it has no value that can be read")
    at, end = found.start(1 if found[1] else 2), found.end() - 1
    if head.get("Contents") != bytes.fromhex(data[at:end].decode()):
        raise _BrokenError("it has two values")
    if head.get("ByteRange") != [0, at - 1, end + 1, signing.revision.end - end - 1]:
        raise _BrokenError("it does not cover the whole document")
    return at, end


def _judge(found: Signature, contents: bytes, signed: tuple[bytes, bytes]) -> Signature:
    try:
        from asn1crypto import cms
        from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
        from pyhanko.sign.validation import generic_cms
        from pyhanko.sign.validation.errors import SignatureValidationError
    except ImportError:
        raise _UnknownError(MISSING) from None
    failures: tuple[type[Exception], ...] = (
        CMSExtractionError,
        CMSStructuralError,
        SignatureValidationError,
        ArithmeticError,
        AttributeError,
        LookupError,
        NotImplementedError,
        RecursionError,
        TypeError,
        ValueError,
    )
    try:
        message, length = _parse(cms, contents)
        info = message["content"]
        certificate = generic_cms.extract_certs_for_validation(info).signer_cert
        (signer,) = info["signer_infos"]
        _check_form(info, signer, certificate)
        _check_parts(message, info, signer)
        digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native)
        for one in signed:
            digest.update(one)
        intact, valid = generic_cms.validate_sig_integrity(signer, certificate, "data", digest.digest())
    except failures as error:
        raise _BrokenError(f"it can't be read: {error}") from error
    told = _about(found, certificate)
    if contents[length:].strip(b"\0"):
        return told._replace(state="broken", why="something stands behind it")
    if not intact:
        return told._replace(state="broken", why="the document was altered after it was signed")
    if not valid:
        return told._replace(state="broken", why="the certificate's key did not make it")
    return told._replace(state="sound")


def _check_form(info: Any, signer: Any, certificate: Any) -> None:
    """What CMS does not sign itself, so that nobody can write it otherwise (RFC 5652, 5.1 and 5.3)."""
    algorithms = [*info["digest_algorithms"], signer["digest_algorithm"]]
    names = {one["algorithm"].native for one in algorithms}
    if len(algorithms) != 2 or len(names) != 1 or not names <= _DIGESTS:
        raise _BrokenError("its digest is none of SHA-256, SHA-384 and SHA-512")
    if any(one["parameters"].dump() not in (b"", b"\x05\x00") for one in algorithms):
        raise _BrokenError("its digest has parameters")
    algorithm = signer["signature_algorithm"]
    if not algorithm.signature_algo.startswith("rsa") and algorithm["parameters"].dump():  # RFC 5758, 3.2; RFC 8410, 3
        raise _BrokenError("its signature has parameters")
    inner = info["encap_content_info"]
    if inner["content_type"].native != "data" or inner["content"].native is not None:
        raise _BrokenError("it signs something else than the document")
    by_issuer = signer["sid"].name == "issuer_and_serial_number"
    if by_issuer and signer["sid"].chosen["issuer"].dump() != certificate.issuer.dump():
        raise _BrokenError("it names another certificate than it has")
    if signer["version"].native != ("v1" if by_issuer else "v3") or info["version"].native != signer["version"].native:
        raise _BrokenError("its version is another than its form")


def _check_parts(message: Any, info: Any, signer: Any) -> None:
    """Nothing behind the elements that are defined, where the signature itself would not show it."""
    from asn1crypto.core import Sequence

    algorithms = [*info["digest_algorithms"], signer["digest_algorithm"], signer["signature_algorithm"]]
    for one in (message, info, info["encap_content_info"], signer, signer["sid"].chosen, *algorithms):
        if isinstance(one, Sequence) and sum(len(one[name].dump()) for name in one) != len(one.contents):
            raise _BrokenError("something stands in it that is no part of it")


def _parse(cms: Any, contents: bytes) -> tuple[Any, int]:
    """The message (RFC 5652, 3), and how many bytes it has."""
    from asn1crypto import parser

    length = parser.peek(contents)
    info = cms.ContentInfo.load(contents[:length], strict=True)
    if info["content_type"].native != "signed_data":
        raise _BrokenError("it is no signature")
    return info, length


def _about(found: Signature, certificate: Any) -> Signature:
    validity = certificate["tbs_certificate"]["validity"]
    return found._replace(
        signer=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        valid_from=validity["not_before"].native.isoformat()[:10],
        valid_until=validity["not_after"].native.isoformat()[:10],
        certificate=hashlib.sha256(certificate.dump()).hexdigest(),
    )


def _text(value: Value) -> str:
    """A text string (ISO 32000-1, 7.9.2.2)."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    return value.decode("latin-1")
