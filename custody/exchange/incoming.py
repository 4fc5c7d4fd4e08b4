"""A partner's bundle: verified against the keys pinned, and made ready to be kept.

    check whose it is -> verify -> refuse what breaks the record or the rules -> gather parts, proofs, cosignatures

Facts are taken in as they were found: a broken seal, a digest that differs, clocks that disagree. What was done
against the rules, and what the record does not bear, is refused before anything is written.
"""

import hashlib
import io
from collections.abc import Collection
from typing import NamedTuple

from custody.errors import MalformedError, RuleRefusedError, UsageError
from custody.exchange.gathering import gather
from custody.exchange.trust import NotTrustedError, check_partner, policy_of
from custody.ledger.others.arrival import Arrival
from custody.ledger.reading import Reading
from custody.protocol import bundle
from custody.protocol.findings import Finding
from custody.protocol.vkey import parse_vkey
from custody.verifier.verify import Request, Verified, verify

MAX_BUNDLE = 1 << 28
"""Bytes of a bundle that is taken in: it is verified from memory. 500 items with a hundred events each fill half."""

_RECORD = "LSX"
"""First letters of the codes that are about the record itself. D01 is: whoever shows an item shows what it is from."""


class Incoming(NamedTuple):
    """A bundle that may be taken in."""

    arrival: Arrival
    verified: Verified
    findings: list[Finding]
    """What there is to say about it; nothing that would refuse it."""


def read_header(data: bytes) -> bundle.Header:
    """What a bundle says it is about. Raises MalformedError."""
    if len(data) > MAX_BUNDLE:
        raise MalformedError(f"the bundle exceeds {MAX_BUNDLE} bytes", hint="ask for several bundles")
    header = bundle.parse_line(next(bundle.read_lines(io.BytesIO(data)), b"")).header
    if header is None:
        raise MalformedError("a bundle begins with its header", hint="is this a .custody file?")
    return header


def read_incoming(data: bytes, ledger: Reading, *, own: bool = False) -> Incoming:
    """Verifies a partner's bundle. `own`: one that this ledger cut itself, too, to be compared and not to be kept.

    Raises UsageError for one cut here that is not wanted, MalformedError for bytes that are none, NotTrustedError for
    a stranger's and for one that does not prove what it has to, RuleRefusedError for one that breaks the record or the
    rules of custody.
    """
    header, continued = read_header(data), ledger.keys_continued()
    if header.ledger != ledger.origin:
        if header.ledger not in {parse_vkey(text).name for text in continued}:
            check_partner(ledger, header.ledger)
    elif not own:
        raise UsageError("this bundle was cut by this ledger itself", hint="it is for a partner; theirs are taken in")
    if not header.subjects:
        raise MalformedError("a whole ledger is verified, not taken in", hint="`custody verify FILE --policy FILE`")
    policy = policy_of(ledger.state, own=True, continued=continued)
    verified = verify(io.BytesIO(data), Request(policy=policy))
    findings = _findings(verified)
    _refuse(findings, header.ledger, {vkey.name for vkey in policy.logs})
    arrival = gather(data, hashlib.sha256(data).hexdigest(), verified, policy)
    return Incoming(arrival, verified, findings)


def _findings(verified: Verified) -> list[Finding]:
    items = (one.docket.found for one in verified.world.items.values())
    return [*verified.world.general, *(one for found in items for one in found)]


def _refuse(findings: list[Finding], cutter: str, known: Collection[str]) -> None:
    """`known`: ledgers whose keys are pinned; what is shown of others rests on the cutter's word."""
    for one in findings:
        if one.code == "C02":
            continue  # the ledger finds the two branches, and keeps them as a dispute
        if one.severity == "B" and (one.code[0] in _RECORD or one.code == "D01" or one.refused):
            hint = f"nothing was taken in; show this to {cutter}, and ask for a new bundle"
            raise RuleRefusedError(one.code, one.message, hint=hint)
    for one in findings:
        stranger = one.key == "L04.untrusted" and dict(one.facts).get("origin") not in known
        if one.severity == "N" and one.code[0] == "L" and one.code != "L05" and not stranger:
            raise NotTrustedError(one.message, hint=f"nothing was taken in; ask {cutter} for a new bundle")
