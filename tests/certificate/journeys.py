"""An item's way through several States, as long as wanted, and the pages that a certificate of it has.

bundle, policy = journey(folder, 200, "RO", "DE", "FR")
pages = pages_of(bundle, policy, "fr", "ro")
"""

import hashlib
import io
from pathlib import Path
from typing import Any

from custody.certificate.blocks import Pages
from custody.certificate.catalogue import load_catalogue
from custody.certificate.making import make_pages
from custody.certificate.setting import Particulars, Trust
from custody.certificate.words import Words
from custody.ledger.acts import compose, handovers
from custody.protocol.events.handling import ItemStored, StoredDetails
from custody.protocol.events.handovers import Basis, ReceivedDetails, ReleasedDetails
from custody.protocol.policy import Policy, trust
from custody.protocol.vkey import parse_vkey
from custody.verifier.report.build import build_report
from custody.verifier.verify import Request, verify
from tests.exchange.member import Member, federation, seals_of

WAIT = 5 * 3600
"""Seconds between what happens, so that a picture of it has a width."""


def journey(folder: Path, events: int, *states: str) -> tuple[bytes, Policy]:
    """A bundle for the court of the last State, with about so many events, and whom to trust."""
    members = federation(folder, *states)
    holder = members[0]
    item = holder.seize("JM/1", description="a phone, black, its screen cracked")
    share = events // len(members)
    for number, member in enumerate(members):
        for step in range(max(1, (share - 2) // 3)):
            member.clock.now += WAIT
            _hand_over(member, item)
            member.clock.now += WAIT
            details = StoredDetails(facility=f"room {step + 1}")
            keeper = member.ledger.item(item).custodian.partition("@")[0]
            member.do(compose.state(ItemStored, member.by(keeper), item, details))
        if number + 1 < len(members):
            _cross(members, number, item)
    last = members[-1]
    keys = [parse_vkey(one.ledger.state.key or "") for one in members]
    return last.package([item], audience="court"), trust(keys)


def _hand_over(member: Member, item: str) -> None:
    """From the one to the other, within the agency."""
    state = member.ledger.item(item)
    giver = state.custodian.partition("@")[0]
    taker = "chief" if giver == "officer" else "officer"
    released = ReleasedDetails(
        addressees=(member.ref(taker),), condition="good", reason="analysis", seals=seals_of(state)
    )
    member.do(handovers.release(member.by(giver), item, released))
    member.clock.now += WAIT // 2
    received = ReceivedDetails(condition="good", seals=seals_of(state))
    member.do(handovers.receive(member.by(taker), item, received))


def _cross(members: list[Member], number: int, item: str) -> None:
    """To the next State: at its request, or with the first one's consent."""
    giver, taker = members[number : number + 2]
    if number == 0:
        basis = Basis(request=_ask(taker, giver), purpose="prosecution")
    else:
        basis = Basis(request=_ask(giver, members[0], purpose="onward", onward_to=taker.state), purpose="onward")
    giver.clock.now += WAIT
    package = giver.release([item], taker, basis)
    giver.clock.now += 2 * WAIT
    giver.take(taker.receive(package))


def _ask(one: Member, other: Member, **more: Any) -> str:
    """A request that is accepted."""
    request, package = one.request(other, **more)
    other.take_request(package)
    one.take(other.accept(request))
    return request


def pages_of(bundle: bytes, policy: Policy, *languages: str, **changed: Any) -> Pages:
    """What `custody certificate` sets; `changed`: particulars, other than usual."""
    verified = verify(io.BytesIO(bundle), Request(policy=policy, cores=1))
    about = [
        ("file", "bundle.custody"),
        ("size", f"{len(bundle)} bytes"),
        ("SHA-256", hashlib.sha256(bundle).hexdigest()),
    ]
    report = build_report(verified, policy, checked=verified.now, file=about)
    origin = verified.header.ledger
    usual: dict[str, Any] = {
        "id": "0d15c105-0000-4000-8000-000000000001",
        "court": "Tribunalul Iași",
        "certifier": next((one.reference for one in report.persons if one.reference.endswith(origin)), f"x@{origin}"),
        "knowledge": None,
        "declaration": "mlat",
        "paper": "a4",
        "draft": False,
        "signed": False,
        "issued": verified.now,
        "trust": {origin: Trust(own=True, how="")},
        "version": "0",
    }
    words = Words([load_catalogue(one) for one in languages or ("en",)])
    return make_pages(verified, report, words, Particulars(**(usual | changed)))
