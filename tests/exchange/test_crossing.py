"""An item's way from ledger to ledger, and what each of them says of it afterwards."""

import io
from pathlib import Path

from custody.exchange.trust import policy_of
from custody.protocol.events.handovers import Basis
from custody.verifier.report.build import build_report
from custody.verifier.verify import Request, verify
from tests.exchange.member import Member, federation


def verdict(member: Member, *items: str, policy: Member | None = None) -> tuple[str, list[str]]:
    """What the verifier says of a bundle that `member` cuts for a court."""
    data = member.package(items, audience="court")
    trusted = policy_of((policy or member).ledger.state)
    verified = verify(io.BytesIO(data), Request(policy=trusted))
    report = build_report(verified, trusted, checked=verified.now)
    return report.answers.verdict, sorted({one.key for one in report.findings})


def sent(a: Member, b: Member, item: str, label: str = "JM/1") -> bytes:
    """`a` releases an item to `b`, which asked for it."""
    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    return a.release([item], b, Basis(request=request, purpose="prosecution"))


def test_there(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1", seals=("A-1",))
    from custody.protocol.values import SealReading

    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    read = (SealReading(seal="A-1", state="intact"),)
    package = a.release([item], b, Basis(request=request, purpose="prosecution"), seals=read)
    receipt = b.receive(package, seals=read)
    assert verdict(b, item) == ("UNBROKEN", ["C08", "L05", "T03"])
    a.take(receipt)
    assert verdict(a, item) == ("UNBROKEN", ["C08", "L05", "T03"])
    assert a.ledger.item(item).custodian == b.ref("officer")
