"""An item's way from ledger to ledger, and what each of them says of it afterwards."""

import io
import shutil
from pathlib import Path

import pytest

from custody.errors import RuleRefusedError
from custody.exchange.trust import policy_of
from custody.ledger.acts import requests
from custody.ledger.audit import audit
from custody.ledger.disclosing import cutting
from custody.ledger.disclosing.cutting import Disclosure, cut_bundle
from custody.ledger.opening import open_ledger
from custody.ledger.rebuild import rebuild
from custody.protocol.events.handovers import Basis
from custody.protocol.events.requests import RequestClosed, RequestClosedDetails
from custody.verifier.report.build import build_report
from custody.verifier.verify import Request, verify
from tests.exchange.member import Member, federation


def verdict(member: Member, *items: str, policy: Member | None = None) -> tuple[str, list[str]]:
    """What the verifier says of a bundle that `member` cuts for a court."""
    data = member.package(items, audience="court")
    trusted = policy_of((policy or member).ledger.state)
    verified = verify(io.BytesIO(data), Request(policy=trusted))
    report = build_report(verified, trusted, checked=verified.now)
    for one in report.findings:
        if one.severity != "R":
            print(one.severity, one.key, one.message, one.entries)
    return report.answers.verdict, sorted({one.key for one in report.findings})


def sent(a: Member, b: Member, item: str, label: str = "JM/1") -> bytes:
    """`a` releases an item to `b`, which asked for it."""
    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    return a.release([item], b, Basis(request=request, purpose="prosecution"))


def test_there(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    receipt = b.receive(sent(a, b, item))
    assert verdict(b, item) == ("UNBROKEN", ["C08", "L05", "T03"])
    a.take(receipt)
    assert verdict(a, item) == ("UNBROKEN", ["C08", "L05", "T03"])
    assert a.ledger.item(item).custodian == b.ref("officer")


def test_there_and_back(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    a.take(b.receive(sent(a, b, item)))
    receipt = a.receive(b.release([item], a, Basis(return_=True)))
    assert verdict(a, item)[0] == "UNBROKEN"
    assert a.ledger.item(item).custodian == a.ref("officer")
    b.take(receipt)
    assert verdict(b, item)[0] == "UNBROKEN"
    a.take(b.receive(sent(a, b, item)))  # and once more
    assert verdict(a, item)[0] == verdict(b, item)[0] == "UNBROKEN"
    assert verdict(b, item, policy=a)[0] == "UNBROKEN"


def test_a_partner_who_wrote_last_long_ago_is_shown_what_it_knew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "MAX_CONSISTENCY", 2)
    a, b = federation(tmp_path, "RO", "DE")
    one, two = a.seize("JM/1"), a.seize("JM/2")
    a.take(b.receive(sent(a, b, one)))
    for number in range(5):
        a.seize(f"X/{number}")
        a.ledger.checkpoint(a.keys["ledger"])
    b.receive(sent(a, b, two))
    assert b.ledger.item(two).custodian == b.ref("officer")


def test_refused_and_withdrawn(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    one, two, three = (a.seize(f"JM/{number}") for number in (1, 2, 3))
    request, package = b.request(a)
    a.take_request(package)
    b.take(a.accept(request))
    package = a.release([one, two, three], b, Basis(request=request, purpose="prosecution"))
    receipt = b.receive(package, refuse=[two], missing=[three])
    a.take(receipt)
    assert a.ledger.item(one).custodian == b.ref("officer")
    assert (a.ledger.item(two).status, a.ledger.item(two).custodian) == ("transit", a.ref("officer"))
    a.withdraw(two)
    a.withdraw(three)
    for member in (a, b):
        assert verdict(member, one)[0] == "UNBROKEN"
    assert verdict(a, two) == ("UNBROKEN", ["C07", "C08", "L05", "T03"])
    assert verdict(a, three)[0] == "UNBROKEN"
    assert verdict(b, three)[0] == "BROKEN"  # b knows only that it did not arrive
    assert verdict(a, one, two, three)[0] == "UNBROKEN"
    a.take(b.receive(sent(a, b, two)))
    assert verdict(a, one, two, three)[0] == "UNBROKEN"
    assert verdict(b, two)[0] == "UNBROKEN"


def test_a_whole_ledger_alone_does_not_judge_what_stands_elsewhere(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    own = a.seize("JM/2")
    item = a.seize("JM/1")
    a.take(b.receive(sent(a, b, item)))
    a.receive(b.release([item], a, Basis(return_=True)))
    for member in (a, b):
        disclosure = Disclosure(member.by("chief"), None, "court")
        cut = cut_bundle(member.ledger, disclosure, signers=member.signers, ledger_key=member.keys["ledger"])
        trusted = policy_of(member.ledger.state)
        verified = verify(io.BytesIO(b"".join(cut.lines)), Request(policy=trusted))
        report = build_report(verified, trusted, checked=verified.now)
        answers = {one.uuid: one.answers.verdict for one in report.items}
        assert answers[item] == "NOT ESTABLISHED"
        assert "L02.elsewhere" in {one.key for one in report.findings}
        if member is a:
            assert answers[own] != "BROKEN"


def test_may_and_june(tmp_path: Path) -> None:
    """Two items sent in two packages stand in one bundle, each as it was stated when it came."""
    a, b = federation(tmp_path, "RO", "DE")
    one, two = a.seize("JM/1"), a.seize("JM/2")
    a.take(b.receive(sent(a, b, one)))
    a.seize("JM/3")
    a.take(b.receive(sent(a, b, two)))
    for member in (a, b):
        assert verdict(member, one, two)[0] == "UNBROKEN"
        assert not audit(member.ledger).problems
        assert rebuild(member.ledger) == len(list(member.ledger.items()))
        assert not audit(member.ledger).problems


def test_onward(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = a.seize("JM/1")
    a.take(b.receive(sent(a, b, item)))
    request, package = c.request(b)
    b.take_request(package)
    c.take(b.accept(request))
    with pytest.raises(RuleRefusedError, match="without the consent") as refused:
        b.release([item], c, Basis(request=request, purpose="prosecution"))
    assert refused.value.code == "A03"
    consent, package = b.request(a, purpose="onward", onward_to="FR")
    a.take_request(package)
    b.take(a.accept(consent))
    package = b.release([item], c, Basis(request=consent, purpose="onward"))
    receipt = c.receive(package)
    b.take(receipt)
    a.take(b.package([item]))
    for member in (a, b, c):
        assert verdict(member, item)[0] == "UNBROKEN", member.name
        assert member.ledger.item(item).custodian == c.ref("officer")
    closed = requests.answer(RequestClosed, a.by("chief"), consent, RequestClosedDetails())
    for member in (b, c):
        member.take(a.package((), closed, requests=[consent])) if member is b else member.take(b.package([item]))
    for member in (a, b, c):
        assert verdict(member, item)[0] == "UNBROKEN", member.name


def test_the_same_package_twice_changes_nothing(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    receipt = b.receive(sent(a, b, a.seize("JM/1")))
    assert a.take(receipt)
    size = a.ledger.size
    assert not a.take(receipt)
    assert a.ledger.size == size


def test_a_late_package_is_joined(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    one, two = a.seize("JM/1"), a.seize("JM/2")
    first, second = sent(a, b, one), sent(a, b, two)
    a.take(b.receive(second))
    a.take(b.receive(first))
    for member in (a, b):
        assert verdict(member, one, two)[0] == "UNBROKEN"
    assert not audit(b.ledger).problems


def test_a_rewritten_history_is_caught(tmp_path: Path) -> None:
    a, b = federation(tmp_path / "honest", "RO", "DE")
    item = a.seize("JM/1")
    b.receive(sent(a, b, item))
    size = b.ledger.size
    other = Member(tmp_path / "rewritten", "RO", a.clock)  # the same origin and keys, another history
    other.trust(b)
    other.seize("JM/1", description="another phone")
    for number in range(20):
        other.seize(f"X/{number}")
    request, package = b.request(a)
    other.take_request(package)
    with pytest.raises(RuleRefusedError, match="has two histories") as refused:
        b.take(other.accept(request))
    assert refused.value.code == "L03"
    (dispute,) = b.ledger.store.kept.disputes()
    assert (dispute.ledger, dispute.code) == (a.origin, "L03")
    assert b.ledger.size == size + 2


def test_two_receipts_for_one_release_are_a_fork(tmp_path: Path) -> None:
    """`a` is handed a receipt by `c`, and one by `b` that says the same item came there."""
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item = a.seize("JM/1")
    package = sent(a, b, item)
    a.take(b.receive(package))
    a.take(b.package([item]))
    twin = Member(tmp_path / "twin", "DE", b.clock)
    twin.trust(a)
    a_new = a.package([item])
    del a_new, c
    with pytest.raises(RuleRefusedError) as refused:
        a.take(twin.receive(package))
    assert refused.value.code in ("L03", "C02")


def test_a_rolled_back_ledger_is_told(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    a.ledger.close()
    shutil.copytree(a.folder, tmp_path / "backup")
    a.ledger = open_ledger(a.folder / "ledger.db", now=a.clock)
    receipt = b.receive(sent(a, b, a.seize("JM/1")))
    a.ledger.close()
    shutil.rmtree(a.folder)
    shutil.copytree(tmp_path / "backup", a.folder)
    a.ledger = open_ledger(a.folder / "ledger.db", now=a.clock)
    with pytest.raises(RuleRefusedError, match="restored from a backup"):
        a.take(receipt)
