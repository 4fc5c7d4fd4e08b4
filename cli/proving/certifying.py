"""From items, or a bundle cut before, to a certificate: judged, set, recorded, written."""

import hashlib
import io
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from custody.errors import UsageError
from custody.protocol.ed25519 import Signer

from .. import interrupts
from ..desk.desk import Desk
from ..desk.files import STDOUT, write_output
from ..shown import showing
from . import cutting, unsealing

if TYPE_CHECKING:
    from custody.certificate.blocks import Pages
    from custody.certificate.catalogue import Catalogue
    from custody.certificate.setting import Trust
    from custody.ledger.disclosing.certifying import Issue
    from custody.protocol.policy import Policy
    from custody.verifier.report.model import Report
    from custody.verifier.stamp import Authority
    from custody.verifier.verify import Verified

    from .p12 import PdfSigner

_NOT_YET = "L06"
"""What a bundle that nobody was given lacks: the statement of heads, which cutting it makes."""


class Wanted(NamedTuple):
    """What the certifier asks for."""

    court: str
    catalogues: "tuple[Catalogue, ...]"
    declaration: Any
    knowledge: str | None
    paper: Any
    draft: bool
    signer: "PdfSigner | None"
    fonts: Path | None
    output: Path
    force: bool


class Judged(NamedTuple):
    """A bundle, verified."""

    data: bytes
    verified: "Verified"
    report: "Report"


class Certifying:
    """One certificate on its way."""

    def __init__(
        self, desk: Desk, wanted: Wanted, policy: "Policy | None", authorities: "tuple[Authority, ...]" = ()
    ) -> None:
        from custody.certificate import typeset  # noqa: F401  # what is not installed is missed before anything is done
        from custody.exchange.trust import policy_of

        self.desk, self.wanted = desk, wanted
        self.policy, self.authorities = (
            policy or policy_of(desk.ledger.state, continued=desk.ledger.keys_continued()),
            authorities,
        )
        self.id = str(uuid.uuid4())
        self.moment = int(time.time())

    def of_items(self, typed: Sequence[str]) -> int:
        """Cuts a bundle about them, and certifies it."""
        from custody.ledger.disclosing.cutting import Disclosure, cut_bundle
        from custody.ledger.disclosing.unrecorded import foresee

        desk = self.desk
        disclosure = Disclosure(desk.occasion, [one.uuid for one in desk.items(typed)], "court")
        desk.rehearse(disclosure)
        key = interrupts.Signing(desk.ledger_signer())
        foreseen = self._judge(b"".join(foresee(desk.ledger, disclosure, key)))
        if self.wanted.draft:
            return self._draft(foreseen)
        refusal = self._refuse(foreseen, ignoring=_NOT_YET)
        if refusal:
            return refusal
        self._check_pages(foreseen)
        signers = desk.agree(disclosure)
        if signers is None:
            return 0
        disclosure.opened = unsealing.open_granted(desk, disclosure)
        with interrupts.held_back():
            cut = cut_bundle(desk.ledger, disclosure, signers=signers, ledger_key=key, lock=desk.vault.lock)
            desk.acting.session.recorded += [fact.name for fact in cut.appended.entries]
        with cutting.recorded_stands(desk):
            judged = self._judge(b"".join(cut.lines))
            return self._refuse(judged) or self._issue(judged, signers, key)

    def of_bundle(self, path: Path) -> int:
        """Certifies a bundle that this ledger cut before."""
        desk, judged = self.desk, self._judge(path.read_bytes())
        header, audience = judged.verified.header, dict(judged.report.file)["audience"]
        if header.ledger != desk.ledger.origin:
            hint = "`custody import` it, then name its items"
            raise UsageError(f"{path} was cut by {header.ledger}: its issuer is to certify it", hint=hint)
        if not judged.verified.items or not header.items:
            raise UsageError(f"{path} is not about items", hint="a certificate is: custody bundle ITEM -o FILE")
        if self.wanted.draft:
            return self._draft(judged)
        if audience != "court":
            hint = "custody certificate ITEM cuts one for the court"
            raise UsageError(f"{path} was cut for {audience}, not for the court", hint=hint)
        refusal = self._refuse(judged)
        if refusal:
            return refusal
        self._check_pages(judged)
        signers = desk.agree(self._act(judged, b""))
        if signers is None:
            return 0
        return self._issue(judged, signers, interrupts.Signing(desk.ledger_signer()))

    def _judge(self, data: bytes) -> Judged:
        from custody.verifier.report.build import build_report
        from custody.verifier.verify import Request, verify

        verified = verify(io.BytesIO(data), Request(policy=self.policy, authorities=self.authorities))
        about = [
            ("file", "bundle.custody"),
            ("size", f"{len(data)} bytes"),
            ("SHA-256", hashlib.sha256(data).hexdigest()),
        ]
        return Judged(data, verified, build_report(verified, self.policy, checked=verified.now, file=about))

    def _refuse(self, judged: Judged, *, ignoring: str = "") -> int:
        """Prints the report where no certificate can be had, and gives the exit code; 0 where one can."""
        from custody.certificate.sections.front import only_cosignature
        from custody.verifier.answers import EXIT_CODES
        from custody.verifier.report.json_form import report_as_json
        from custody.verifier.report.text import render_text

        report = judged.report
        found = tuple(one for one in report.findings if one.severity != "R" and one.code != ignoring)
        broken = any(one.severity == "B" for one in found)
        if not broken and only_cosignature(found):
            return 0
        if self.desk.acting.json:
            showing.answer(self.desk.acting.session, report_as_json(report))
        else:
            click.echo(render_text(report), nl=False)
        verdict = "BROKEN" if broken else "NOT ESTABLISHED"
        outcome = self.desk.acting.session.outcome
        showing.message("error", f"no certificate is issued: the chain is {verdict}; {outcome}")
        return EXIT_CODES["BROKEN" if broken else "NOT ESTABLISHED"]

    def _pages(self, judged: Judged) -> "Pages":
        from custody.certificate.making import make_pages
        from custody.certificate.setting import Particulars
        from custody.certificate.words import Words

        wanted = self.wanted
        particulars = Particulars(
            id=self.id,
            court=wanted.court,
            certifier=self.desk.occasion.actor,
            knowledge=wanted.knowledge,
            declaration=wanted.declaration,
            paper=wanted.paper,
            draft=wanted.draft,
            signed=wanted.signer is not None,
            issued=self.moment,
            trust=self._trust(),
            version=version("custody"),
        )
        return make_pages(judged.verified, judged.report, Words(wanted.catalogues), particulars)

    def _trust(self) -> "dict[str, Trust]":
        """How each key came to be trusted: as recorded when the partner's card was compared."""
        from custody.certificate.setting import Trust

        found = {origin: Trust(own=False, how=one.details.confirmed) for origin, one in self._partners()}
        return found | {self.desk.ledger.origin: Trust(own=True, how="")}

    def _partners(self) -> "list[tuple[str, Any]]":
        return [(origin, one) for origin, one in self.desk.ledger.partners().items() if one.details is not None]

    def _check_pages(self, judged: Judged) -> None:
        """That there are letters for all that is said, before anything is recorded."""
        from custody.certificate.blocks import as_data
        from custody.certificate.fonts import fit, typesetter

        typesetter()
        codes = tuple(one.code for one in self.wanted.catalogues)
        fit(as_data(self._pages(judged)), codes, folder=self.wanted.fonts)

    def _set(self, judged: Judged) -> bytes:
        """The document, as rendered."""
        from custody.certificate.typeset import typeset
        from custody.verifier.report.json_form import report_as_json

        report = (
            json.dumps(report_as_json(judged.report), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        )
        attachments = {"bundle.custody": judged.data, "report.json": report}
        return typeset(self._pages(judged), attachments, moment=self.moment, fonts_in=self.wanted.fonts)

    def _draft(self, judged: Judged) -> int:
        document = self._set(judged)
        write_output(self.wanted.output, document, force=self.wanted.force)
        told = {"certificate": str(self.wanted.output), "draft": True, "verdict": judged.report.answers.verdict}
        if self.desk.acting.json:
            showing.answer(self.desk.acting.session, told)
        showing.say(f"A draft, watermarked, is written to {self.wanted.output}. Nothing was disclosed or recorded.")
        return 0

    def _act(self, judged: Judged, document: bytes) -> "Issue":
        import msgspec

        from custody.ledger.disclosing.certifying import Issue
        from custody.protocol.events.disclosures import IssuedDetails

        details = IssuedDetails(
            audience="court",
            bundle=hashlib.sha256(judged.data).hexdigest(),
            court=self.wanted.court,
            document=hashlib.sha256(document).hexdigest(),
            size=max(1, len(document)),
            subjects=judged.verified.header.subjects,
        )
        occasion = msgspec.structs.replace(self.desk.occasion, witnesses=(), documents=(), sealing={})
        return Issue(occasion, self.id, details)

    def _issue(self, judged: Judged, signers: Mapping[str, Signer], key: Signer) -> int:
        """Sets the pages, records their digest, attaches that entry, and puts the file in its place."""
        from custody.certificate.revision import attach
        from custody.ledger.disclosing.certifying import issue_certificate

        desk, wanted = self.desk, self.wanted
        document = self._set(judged)
        if wanted.signer is not None:  # what can't be signed is missed before it is recorded
            self._sign(attach(document, b"", moment=self.moment))
        with interrupts.held_back():
            issued = issue_certificate(
                desk.ledger,
                self._act(judged, document),
                shown=_shown(judged, desk.ledger.origin),
                size=judged.verified.parts[-1].checkpoint.size,
                signers=signers,
                ledger_key=key,
            )
            desk.acting.session.recorded += [fact.name for fact in issued.appended.entries]
        with cutting.recorded_stands(desk):
            moment = issued.appended.entries[-1].recorded  # as a reader compares it, not when the pages were set
            data = self._sign(attach(document, issued.lines, moment=moment))
            write_output(wanted.output, data, force=wanted.force)
        digest = hashlib.sha256(data).hexdigest()
        if wanted.output == STDOUT:
            showing.say(desk.acting.session.outcome)
        else:
            desk.acting.session.done.append(f"the certificate {wanted.output}")
            desk.acknowledge(issued.appended, certificate=str(wanted.output), id=self.id, sha256=digest, size=len(data))
        for line in showing.aligned({"certificate": f"{wanted.output}, {len(data)} bytes", "SHA-256": digest}):
            showing.say(line)
        return 0

    def _sign(self, document: bytes) -> bytes:
        """With the certifier's electronic signature, where one is asked for."""
        signer = self.wanted.signer
        if signer is None:
            return document
        from custody.certificate.signing import Block
        from custody.certificate.words import Words

        catalogue = self.wanted.catalogues[0]
        words = Words([catalogue])
        lines = (
            words.say("declaration.signature")[0],
            signer.name,
            words.time(self.moment)[0],
            words.say("title.footer_certificate", id=self.id[:8])[0],
        )
        block = Block(lines=lines, lang=catalogue.code, right_to_left=catalogue.rtl)
        return signer.sign(document, block, reason=lines[-1], fonts_in=self.wanted.fonts)


def _shown(judged: Judged, origin: str) -> set[int]:
    """This ledger's entries that the bundle shows."""
    from custody.protocol import bundle
    from custody.protocol.entry import parse_entry

    found, ours = set(), False
    for data in bundle.read_lines(io.BytesIO(judged.data)):
        line = bundle.parse_line(data)
        if line.part is not None:
            ours = line.part.ledger == origin
        elif line.entry is not bundle.NO_ENTRY and ours:
            found.add(parse_entry(bytes(line.entry)).index)
    return found
