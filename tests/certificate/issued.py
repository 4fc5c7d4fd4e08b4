"""Certificates as their agency issues them: small pages set by Typst, a real ledger, a signer's key of this run.

office = Office(folder); one = office.certificate(item); one.pdf, one.signed()
"""

import datetime
import hashlib
import io
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from custody.certificate.reading import open_certificate
from custody.certificate.revision import attach
from custody.certificate.signing import Block, sign
from custody.ledger.disclosing.certifying import Issue, issue_certificate
from custody.protocol import bundle as bundles
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.entry import parse_entry
from custody.protocol.events.disclosures import IssuedDetails
from custody.protocol.note import parse_note
from custody.protocol.policy import Policy, trust
from custody.protocol.vkey import parse_vkey
from custody.verifier.report.build import build_report
from custody.verifier.report.model import Report
from custody.verifier.verify import Request, verify
from tests.exchange.member import Clock, Member

PAGES = (Path(__file__).parent / "small.typ").read_bytes()
PASSPHRASE = "a word"


@cache
def render(bundle: bytes, pages: bytes = PAGES) -> bytes:
    """Revision 1."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bundle.custody").write_bytes(bundle)
        (Path(folder) / "report.json").write_bytes(b'{"verdict":"UNBROKEN"}\n')
        (Path(folder) / "pages.typ").write_bytes(pages)
        data: bytes = typst.compile(
            str(Path(folder) / "pages.typ"),
            root=folder,
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=1_777_800_000,
            ignore_system_fonts=True,
        )
    return data + b"\n"


@cache
def p12() -> bytes:
    """A key and a certificate by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Insp. Ștefan Țîrlea")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, lock)


@cache
def signed(pdf: bytes, *, seen: bool = True) -> bytes:
    """With a signature, and a block where it is to be seen."""
    block = Block(("Signed: Insp. Ștefan Țîrlea", "2026-05-03 10:00 UTC", "#not markup$")) if seen else None
    return sign(pdf, p12(), PASSPHRASE, block=block, reason="certificate of custody")


class Certificate(NamedTuple):
    """One, with what was cut for it."""

    first: bytes
    issue: bytes
    pdf: bytes
    moment: int


class Office:
    """An agency that issues certificates."""

    def __init__(self, folder: Path) -> None:
        self.member = Member(folder, "RO", Clock())

    @property
    def policy(self) -> Policy:
        return trust([parse_vkey(self.member.ledger.state.key or "")])

    def cut(self, item: str) -> bytes:
        return self.member.package([item], audience="court")

    def certificate(self, item: str, **changed: Any) -> Certificate:
        """`bundle`, `first` for others than those cut and rendered; other names change what the issue states."""
        bundle = changed.pop("bundle", None) or self.cut(item)
        first = changed.pop("first", None) or render(bundle)
        stated: dict[str, Any] = {
            "audience": "court",
            "bundle": hashlib.sha256(bundle).hexdigest(),
            "court": "Tribunal of Iași",
            "document": hashlib.sha256(first).hexdigest(),
            "size": len(first),
            "subjects": (f"item:{item}",),
        }
        details = IssuedDetails(**(stated | changed))
        shown, size = _shown(bundle, self.member.origin)
        done = issue_certificate(
            self.member.ledger,
            Issue(self.member.by("chief"), str(uuid4()), details),
            shown=shown,
            size=size,
            signers=self.member.signers,
            ledger_key=self.member.keys["ledger"],
        )
        moment = done.appended.entries[-1].recorded
        return Certificate(first, done.lines, attach(first, done.lines, moment=moment), moment)

    def report(self, pdf: bytes) -> Report:
        """The verifier's. Raises MalformedError."""
        bundle, document = open_certificate(pdf)
        verified = verify(io.BytesIO(bundle), Request(policy=self.policy, document=document, cores=1))
        return build_report(verified, self.policy, checked=verified.now)

    def codes(self, pdf: bytes) -> Mapping[str, str]:
        """Verdict, and the findings about certificates with their sentences."""
        report = self.report(pdf)
        found = {one.key: one.message for one in report.findings if one.code.startswith("K")}
        return {"verdict": report.answers.verdict} | found


def _shown(bundle: bytes, origin: str) -> tuple[set[int], int]:
    shown, size, own = set(), 0, False
    for data in bundle.splitlines():
        line = bundles.parse_line(data)
        if line.part is not None:
            own = line.part.ledger == origin
            if own:
                size = parse_checkpoint(parse_note(line.part.checkpoint.encode()).text).size
        if own and line.entry is not bundles.NO_ENTRY:
            shown.add(parse_entry(bytes(line.entry)).index)
    return shown, size
