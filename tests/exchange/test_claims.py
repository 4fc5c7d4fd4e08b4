"""What a partner's bundle bears by itself, and what is known here does not: nothing of it is kept."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError, UsageError
from custody.ledger import recorder
from custody.ledger.acts import beginnings, cases, compose, partners, requests
from custody.ledger.audit import audit
from custody.ledger.disclosing import cutting
from custody.ledger.disclosing.closure import _Gathering, close_over
from custody.ledger.draft import Draft
from custody.ledger.known import Known
from custody.ledger.ledger import Act
from custody.ledger.others.pinning import NotJoinedError
from custody.ledger.reading import Reading
from custody.ledger.recorder import Recorder
from custody.protocol.bundle import parse_line
from custody.protocol.disclosure import parse_disclosure
from custody.protocol.events.cases import CaseAmendedDetails, CaseErasedDetails
from custody.protocol.events.handling import AssumedDetails, InspectedDetails, ItemAssumed, ItemInspected
from custody.protocol.events.handovers import Basis, HandoverRefused, RefusedDetails
from custody.protocol.events.items import DerivedDetails
from custody.protocol.events.ledger import Continues, OpenedDetails
from custody.protocol.events.notes import LateDetails, ReportLate
from custody.protocol.events.requests import LegalBasis, RequestSentDetails, Scope
from custody.protocol.names import name_of
from custody.protocol.values import Reference
from tests.exchange import member
from tests.exchange.member import Member, federation, seals_of
from tests.exchange.test_crossing import sent, verdict


@pytest.fixture
def cheating(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From here on no ledger refuses an act, and bundles show these subjects, too."""

    def cheat(*subjects: str) -> None:
        def close(items: Any, asked: Any, signers: Any, sources: Any) -> Any:
            closure, more = close_over(items, asked, signers, sources), _Gathering(sources)
            for subject in subjects:
                more.take(subject)
            return closure._replace(
                heads=closure.heads | more.heads,
                own=dict(sorted((closure.own | more.own).items())),
                others=closure.others | more.others,
                travelling=list(dict.fromkeys([*closure.travelling, *more.travelling])),
            )

        monkeypatch.setattr(cutting, "close_over", close)
        monkeypatch.setattr(recorder, "check_draft", lambda *_: None)
        monkeypatch.setattr(recorder, "refuse_against_rules", lambda *_: None)

    return cheat


def recorded(draft: Draft) -> Act:
    def act(recorder: Recorder) -> None:
        recorder.record(draft)

    return act


def test_another_agency_s_request_is_not_claimed(tmp_path: Path, cheating: Callable[..., None]) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    request, _ = a.request(b, assistance="ours")
    item = b.seize("JM/1")
    cheating(f"request:{request}", f"notes:{request}")
    details = RequestSentDetails(
        assistance="theirs",
        authority="x",
        basis=(LegalBasis(instrument="untoc", article="18"),),
        conducting="x",
        facts="x",
        purpose="prosecution",
        purpose_text="x",
        reference="x",
        scope=Scope(kinds=("physical",)),
        subject="x",
        to=a.origin,
        use_limitation="x",
    )
    b.do(requests.send(b.by("chief"), request, b.case, details))
    with pytest.raises(RuleRefusedError, match="continue the same entry of request"):
        a.take(b.package([item]))
    state = a.ledger.request(request)
    assert state.sent is not None
    assert (state.requesting, state.sent.assistance) == (a.origin, "ours")
    assert not audit(a.ledger).problems


@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_by_nobody_addressed_does_not_close_a_release(
    tmp_path: Path, cheating: Callable[..., None], monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """`b` was not asked; its bundle shows the note, and of the item nothing."""
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item, other = a.seize("JM/1"), b.seize("X/1")
    package = sent(a, c, item)
    release = Reference(entry=a.ledger.history(f"item:{item}")[-1].hash, ledger=a.origin)
    named = item if known else str(uuid.uuid4())
    cheating(f"notes:{named}")
    details = RefusedDetails(outcome="refused", reason="no", release=release)
    subject = f"notes:{named}"
    draft = Draft(kind=HandoverRefused, subject=subject, details=details, occasion=b.by("officer"), case=b.case)
    b.do(recorded(draft))
    with pytest.raises((RuleRefusedError, MalformedError)) as refused:
        a.take(b.package([other]))
    assert getattr(refused.value, "code", "malformed") == ("C04" if known else "malformed")
    monkeypatch.undo()
    a.take(c.receive(package))
    assert verdict(a, item)[0] == "UNBROKEN"


def test_nobody_continues_a_ledger_that_is_in_use(
    tmp_path: Path, cheating: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opening of a ledger says of which it is the continuation, and nobody else has to agree."""
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    lost = Continues(origin=a.origin, checkpoint=a.ledger.checkpoint(a.keys["ledger"]).decode())
    monkeypatch.setattr(member, "OpenedDetails", lambda **told: OpenedDetails(**told, continues=lost))
    thief = Member(tmp_path / "thief", "RO", a.clock, "thief")
    for one, other in ((thief, a), (a, thief), (b, thief)):
        one.trust(other)
    thief.take(a.package([item]))
    details = AssumedDetails(
        authority="its own",
        condition="good",
        from_=a.ref("officer"),
        why="it says so",
        seals=seals_of(thief.ledger.item(item)),
    )
    draft = Draft(
        kind=ItemAssumed,
        subject=f"item:{item}",
        details=details,
        occasion=thief.by("chief", "officer"),
        case=thief.case,
    )
    thief.do(recorded(draft))
    for one in (a, b):
        with pytest.raises(RuleRefusedError, match="which is in use") as refused:
            one.take(thief.package([item]))
        assert refused.value.code == "C03"
    assert a.ledger.item(item).custodian == a.ref("officer")
    b.do(partners.distrust(b.by(b.origin), a.origin, reason="its ledger was lost"))
    assert b.take(thief.package([item]))


def test_a_sealed_digest_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`b` knows the digest of what `a` sealed for a court alone, and puts it into an item of its own."""
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1", source="Ioana P.", sealing={"source": ("court",)})
    b.take(a.package([item]))
    (digest,) = a.ledger.history(f"item:{item}")[0].event.sealed.values()

    def copied(self: Recorder, event: Any, wanted: Any) -> Any:
        del self, wanted
        stated = msgspec.to_builtins(event)
        del stated["details"]["source"]
        return msgspec.convert(stated | {"sealed": {"/details/source": digest}}, type(event))

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "_seal", copied)
        patched.setattr(Recorder, "check_sealed", lambda _: None)
        own = b.seize("X/1", sealing={"source": ("court",)})
    with pytest.raises(MalformedError, match="repeats the digest"):
        a.take(b.package([own]))
    assert b.take(a.package([item])), "what was taken in before is no copy"


def test_a_stranger_s_history_told_twice_accuses_nobody(tmp_path: Path) -> None:
    """`b` invents a ledger under the name of `d`, which is no partner of `a` yet; `c` carries the true one."""
    a, b, c, d = federation(tmp_path / "honest", "RO", "DE", "FR", "IT")
    reader = Member(tmp_path / "reader", "AT", a.clock)
    for one in (b, c):
        reader.trust(one)
    forged = Member(tmp_path / "forged", "IT", a.clock, key="not its own")
    forged.trust(b)
    b.do(partners.trust(b.by(b.origin), forged.card, confirmed="it made that key itself"))
    true, false = d.seize("JM/1"), forged.seize("JM/2")
    while forged.ledger.size < d.ledger.size:
        forged.seize(f"X/{forged.ledger.size}")
    c.take(d.package([true]))
    b.receive(sent(forged, b, false))
    reader.take(b.package([false]))
    with pytest.raises(NotJoinedError, match="and no key pinned here signed both"):
        reader.take(c.package([true]))
    assert not reader.ledger.store.kept.disputes()
    with pytest.raises(CustodyError):
        a.take(b.package([false]))


def carried_by(tmp_path: Path) -> tuple[Member, Member, Member]:
    """`a` trusts `b` alone; `b` trusts a stranger too, and the stranger `a`."""
    a, b = federation(tmp_path, "RO", "DE")
    stranger = Member(tmp_path / "stranger", "FR", a.clock)
    for one, other in ((b, stranger), (stranger, b), (stranger, a)):
        one.trust(other)
    return a, b, stranger


def test_a_stranger_s_request_is_not_received(tmp_path: Path) -> None:
    a, b, stranger = carried_by(tmp_path)
    request, package = stranger.request(a)
    b.take(package)
    carried = b.package((), requests=[request])
    with pytest.raises(UsageError, match="is not a partner of this ledger") as refused:
        a.take_request(carried)
    assert refused.value.hint is not None and f"ask {stranger.origin} for its card" in refused.value.hint
    a.trust(stranger)
    assert a.take_request(carried) == request


def test_what_a_stranger_released_is_not_received(tmp_path: Path) -> None:
    a, b, stranger = carried_by(tmp_path)
    item = stranger.seize("JM/1")
    stranger.do(cases.amend_case(stranger.by("chief"), stranger.case, CaseAmendedDetails(agreement="JIT 7", why="w")))
    b.take(stranger.release([item], a, Basis(agreement="JIT 7")))
    with pytest.raises(UsageError, match="is not a partner of this ledger") as refused:
        a.receive(b.package([item]))
    assert refused.value.hint is not None and f"ask {stranger.origin} for its card" in refused.value.hint


def test_an_item_in_another_agency_s_hands_is_not_inspected_here(tmp_path: Path) -> None:
    """An entry about it would stand beside the receipt that is under way, and accuse whoever signed that."""
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    package = sent(a, b, item)
    with pytest.raises(RuleRefusedError, match="in transit"):
        a.do(compose.state(ItemInspected, a.by("chief"), item, InspectedDetails(outcome="absent")))
    assert a.take(b.receive(package))


def test_an_item_is_named_by_its_uuid_whatever_a_partner_calls_another(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    named, alike = b.seize(item), b.seize(item[:8])
    a.take(b.package([named, alike]))
    assert a.ledger.find_item(item) == item
    with pytest.raises(UsageError, match="names 2 items"):
        a.ledger.find_item(item[:8])


def test_a_pedigree_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two items is made of the two before: 2^12 ways lead to the beginning."""
    a, b = federation(tmp_path, "RO", "DE")
    pair = [a.seize(f"JM/{number}", seals=None) for number in (1, 2)]
    for step in range(12):
        made = []
        for number in (1, 2):
            details = DerivedDetails(kind="physical", label=f"S/{step}-{number}", method="sample", parents=())
            sources = [beginnings.Source(item=one) for one in pair]
            made.append(name_of(a.do(beginnings.derive(a.by("officer"), sources, details)).entries[0].event.subject))
        pair = made
    asked: list[str] = []
    for where in (Known, Reading):
        item = where.item

        def counted(self: Any, uuid: str, item: Any = item) -> Any:
            asked.append(uuid)
            return item(self, uuid)

        monkeypatch.setattr(where, "item", counted)
    assert not a.ledger.returns(pair[0], b.origin)
    with pytest.raises(RuleRefusedError, match="sent abroad"):
        a.release(pair[:1], b)
    assert len(asked) < 100


def test_what_comes_for_an_erased_case_makes_no_new_key_for_it(tmp_path: Path) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = b.seize("JM/1")
    a.receive(sent(b, a, item))
    a.do(cases.erase_case(a.by("chief"), a.case, CaseErasedDetails(authority="order 12")))
    by, b.secrets = b.by("officer").sealed({"text": ("partner",)}), True
    late = b.do(compose.state(ReportLate, by, item, LateDetails(text="Ioana P. said so"))).entries[0]
    a.take(b.package([item]))
    assert not a.ledger.sealed_values(list(late.event.sealed.values()))


def test_what_belongs_to_no_case_is_kept_once_it_does(tmp_path: Path) -> None:
    """Taken in by `import`, nothing sealed is kept, for no erasure would reach it; taken in for a case, it is."""
    a, b = federation(tmp_path, "RO", "DE")
    sealing, b.secrets = {"facts": ("court", "partner")}, True
    _, package = b.request(a, sealing=sealing)
    a.take(package)
    assert not list(a.ledger.store.every_sealed())
    a.take_request(package)
    (kept,) = list(a.ledger.store.every_sealed())
    assert kept.case == a.case


def test_what_was_asked_of_one_partner_is_not_told_to_the_next(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    item, b.secrets = a.seize("JM/1"), True
    request, asked = b.request(a, sealing={"facts": ("court", "partner")})
    assert opened(asked) == ["what happened"]
    a.take_request(asked)
    b.take(a.accept(request))
    a.take(b.receive(a.release([item], b, Basis(request=request, purpose="prosecution"))))
    consent, package = b.request(a, purpose="onward", onward_to="FR", sealing={"facts": ("court", "partner")})
    a.take_request(package)
    b.take(a.accept(consent))
    onward = b.release([item], c, Basis(request=consent, purpose="onward"))
    assert request.encode() in onward
    assert opened(onward) == []
    assert opened(b.package([item], audience="court")) == ["what happened"] * 2
    c.receive(onward)
    assert verdict(c, item)[0] == "UNBROKEN"


def opened(package: bytes) -> list[str]:
    """What a bundle discloses."""
    lines = (parse_line(line) for line in package.splitlines())
    return [parse_disclosure(line.disclosure).value for line in lines if line.disclosure is not None]


def test_what_an_item_was_made_from_is_not_left_out_on_the_way(tmp_path: Path) -> None:
    """Of an ancestor no head is reached; its own word of the child is asked for instead."""
    a, b = federation(tmp_path, "RO", "DE")
    source = a.seize("JM/1", seals=None)
    details = DerivedDetails(kind="physical", label="JM/2", method="sample", parents=())
    made = a.do(beginnings.derive(a.by("officer"), [beginnings.Source(item=source)], details)).entries
    package = a.package([name_of(made[0].event.subject)])
    lines = package.splitlines(keepends=True)
    (yielded,) = [one for one in lines if f'"index":{made[1].index},'.encode() in one]
    with pytest.raises(RuleRefusedError) as refused:
        b.take(b"".join(one for one in lines if one != yielded))
    assert refused.value.code == "D01"
    assert b.take(package)
