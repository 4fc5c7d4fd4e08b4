"""What partners show against what was seen before: who is accused, of what, and who is not."""

import copy
import io
import json
import shutil
from pathlib import Path

import pytest

from custody.errors import CustodyError, MalformedError, RuleRefusedError
from custody.exchange.trust import NotTrustedError
from custody.ledger.acts import compose, partners
from custody.ledger.audit import audit
from custody.ledger.disclosing.cutting import cut_bundle
from custody.ledger.opening import open_ledger
from custody.ledger.others.pinning import NotJoinedError
from custody.protocol import bundle, canonical
from custody.protocol.events.handling import ItemStored, StoredDetails
from tests.exchange.cheats import Lying
from tests.exchange.member import Clock, Member, federation
from tests.exchange.test_crossing import sent, verdict


def with_proofs(data: bytes, of: str) -> bytes:
    """The bundle with other consistency proofs in the parts of one ledger."""
    found, here = [], False
    for raw in bundle.read_lines(io.BytesIO(data)):
        line = json.loads(raw)
        here = line["part"]["ledger"] == of if "part" in line else here
        if "consistency" in line and here:
            line["consistency"]["proof"] = ["A" * 43 + "="] * len(line["consistency"]["proof"])
        found.append(canonical.encode(line) + b"\n")
    return b"".join(found)


def copy_of(member: Member, folder: Path) -> Member:
    member.ledger.close()
    shutil.copytree(member.folder, folder)
    twin = copy.copy(member)
    twin.folder = folder
    for one in (member, twin):
        one.ledger = open_ledger(one.folder / "ledger.db", now=one.clock)
    return twin


def test_a_proof_altered_on_the_way_accuses_nobody(tmp_path: Path) -> None:
    """The lines between two checkpoints are not signed: a courier can alter them."""
    a, b = federation(tmp_path, "RO", "DE")
    b.take(a.package([a.seize("JM/1")]))
    package = a.package([a.seize("JM/2")])
    with pytest.raises(MalformedError, match="does not lead to"):
        b.take(with_proofs(package, a.origin))
    assert not b.ledger.store.kept.disputes()
    assert b.take(package)


def test_proofs_invented_for_a_third_ledger_are_not_taken_in(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path, "RO", "DE", "FR")
    one, two = a.seize("JM/1"), a.seize("JM/2")
    early, latest = a.package([two]), a.package([one])
    b.take(latest)
    with pytest.raises(MalformedError, match="does not lead to"):
        c.take(with_proofs(b.package([one]), a.origin))  # `b` invents how `a` grew
    c.take(latest)
    c.take(early)
    assert not c.ledger.store.kept.disputes()
    assert verdict(c, one, two)[0] == "UNBROKEN"


def test_a_rewritten_end_is_proven_by_the_proof_itself(tmp_path: Path) -> None:
    """Nothing that is shown contradicts what was shown; the root from which the proof leads does."""
    a, b = federation(tmp_path / "one", "RO", "DE")
    old = a.seize("JM/1")
    twin = copy_of(a, tmp_path / "twin")
    a.seize("JM/2")
    while a.ledger.size & (a.ledger.size + 1) == 0:
        a.seize(f"A/{a.ledger.size}")
    b.take(a.package([old]))
    pin = b.ledger.store.kept.pin(a.origin)
    assert pin is not None
    while twin.ledger.size <= pin.size + 1:
        twin.seize(f"X/{twin.ledger.size}")
    with pytest.raises(NotJoinedError) as unjoined:
        b.take(twin.package([old]))
    assert f"--since {pin.size}" in str(unjoined.value.hint)
    with pytest.raises(RuleRefusedError, match="rewrote its history"):
        b.take(twin.package([old], since=[pin.size]))
    (dispute,) = b.ledger.store.kept.disputes()
    assert (dispute.ledger, dispute.code) == (a.origin, "L03")
    assert "consistency" in json.loads(dispute.proof)["statements"][1]


def test_two_histories_told_by_a_third_are_found_in_the_entries(tmp_path: Path) -> None:
    a, b, c = federation(tmp_path / "three", "RO", "DE", "FR")
    twin = copy_of(a, tmp_path / "twin")
    one, other = a.seize("JM/1"), twin.seize("JM/1")
    twin.seize("JM/2")
    b.take(a.package([one]))
    c.take(twin.package([other]))
    with pytest.raises(RuleRefusedError, match="two histories") as refused:
        c.take(b.package([one]))
    assert refused.value.code == "L03"
    assert [dispute.ledger for dispute in c.ledger.store.kept.disputes()] == [a.origin]


def test_a_stranger_in_the_name_of_a_partner_is_refused(tmp_path: Path) -> None:
    """`b` shows entries of `a` under a key that it made itself."""
    a, b, c = federation(tmp_path / "honest", "RO", "DE", "FR")
    forged = Member(tmp_path / "forged", "RO", Clock(), key="not its own")
    del a
    forged.trust(b)
    b.do(partners.trust(b.by(b.origin), forged.card, confirmed="it made that key itself"))
    item = forged.seize("JM/1")
    b.receive(sent(forged, b, item))
    with pytest.raises(NotTrustedError, match="the key of police"):
        c.take(b.package([item]))


@pytest.mark.parametrize("told", ["the lie first", "the truth first"])
def test_a_statement_that_leaves_out_an_entry_is_named(tmp_path: Path, told: str) -> None:
    a, b = federation(tmp_path, "RO", "DE")
    item = a.seize("JM/1")
    a.do(compose.state(ItemStored, a.by("officer"), item, StoredDetails(facility="room 2")))
    lying = Lying(a.by("chief"), [item], "partner")
    lying.silent_of = f"item:{item}"
    lie = b"".join(cut_bundle(a.ledger, lying, signers=a.signers, ledger_key=a.keys["ledger"]).lines)
    first, second = (lie, a.package([item])) if told == "the lie first" else (a.package([item]), lie)
    assert b.take(first)
    with pytest.raises(CustodyError) as refused:
        b.take(second)
    assert getattr(refused.value, "code", None) == "L02"
    (dispute,) = b.ledger.store.kept.disputes()
    assert (dispute.ledger, dispute.code) == (a.origin, "L02")
    assert "heads" in json.loads(dispute.proof)["statements"][0]
    assert not audit(b.ledger).problems
