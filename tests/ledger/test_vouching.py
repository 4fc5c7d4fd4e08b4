"""What was kept of a ledger on another's word, when that ledger becomes a partner itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.errors import UsageError
from custody.ledger import people
from custody.ledger.acts import partners
from custody.ledger.audit import audit
from custody.ledger.rebuild import rebuild
from custody.ledger.signing import NEW_LEDGER_KEY
from custody.protocol.events.handovers import Basis
from custody.protocol.vkey import ED25519, make_vkey
from tests.exchange.member import Member, federation, key_of
from tests.exchange.test_crossing import sent, verdict


class Third:
    """`a` trusts `b` alone, and `b` shows items under the name of `d`, which it signed itself."""

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        self.a, self.b = federation(folder, "RO", "DE", urls=urls)
        self.d = Member(folder / "it", "IT", self.a.clock)
        self.forged = Member(folder / "forged", "IT", self.a.clock, key="not its own")
        self.forged.trust(self.b)
        given = self.forged.card
        self.b.do(partners.trust(self.b.by(self.b.origin), given, confirmed="it made that key itself"))

    def hand_over(self, item: str) -> None:
        """From the ledger that is forged to `b`, and from there, with its consent, to `a`."""
        self.b.receive(sent(self.forged, self.b, item))
        consent, package = self.b.request(self.forged, purpose="onward", onward_to="RO")
        self.forged.take_request(package)
        self.b.take(self.forged.accept(consent))
        self.a.receive(self.b.release([item], self.a, Basis(request=consent, purpose="onward")))

    def show(self, item: str) -> None:
        """What `b` shows `a`."""
        self.b.take(self.forged.package([item]))
        self.a.take(self.b.package([item]))


@pytest.fixture(params=["sqlite", "postgres"])
def third(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Third]:
    """With the ledger that drops what nobody vouches for on either kind of database."""
    if request.param == "sqlite":
        yield Third(tmp_path, {})
        return
    server = request.getfixturevalue("postgres")
    url = server.create()
    made = Third(tmp_path, {"RO": url})
    yield made
    made.a.ledger.close()
    server.drop(url)


def test_what_no_key_of_a_new_partner_s_card_vouches_for_is_dropped(third: Third) -> None:
    """Else it would contradict every bundle of the true one: none could ever be taken in."""
    a, d = third.a, third.d
    false, true = third.forged.seize("X/1"), d.seize("JM/1")
    third.show(false)
    d.trust(a)
    done = a.do(partners.trust(a.by(a.origin), d.card, confirmed="by telephone"))
    assert f"item:{false}" in done.dropped
    assert a.ledger.store.kept.pin(d.origin) is None
    with pytest.raises(UsageError, match="there is no item"):
        a.ledger.item(false)
    assert a.take(d.package([true]))
    assert [one.uuid for one in a.ledger.items()] == [true]
    assert not audit(a.ledger).problems
    assert not a.ledger.store.kept.disputes()
    assert verdict(a, true)[0] == "UNBROKEN"


def test_what_the_card_vouches_for_stays(third: Third) -> None:
    a, d = third.a, third.d
    third.b.trust(d)
    item = d.seize("JM/1")
    third.b.take(d.package([item]))
    a.take(third.b.package([item]))
    pin = a.ledger.store.kept.pin(d.origin)
    done = a.do(partners.trust(a.by(a.origin), d.card, confirmed="by telephone"))
    assert not done.dropped
    assert a.ledger.store.kept.pin(d.origin) == pin
    assert verdict(a, item)[0] == "UNBROKEN"


@pytest.mark.parametrize("shown", [True, False])
def test_an_earlier_key_of_the_new_partner_vouches_where_its_log_shows_the_change(tmp_path: Path, shown: bool) -> None:
    """Not shown yet, it is dropped, and comes back with the partner's own bundle."""
    a, b = federation(tmp_path, "RO", "DE")
    d = Member(tmp_path / "it", "IT", a.clock)
    for one, other in ((b, d), (d, a), (d, b)):
        one.trust(other)
    item = d.seize("JM/1")
    b.take(d.package([item]))
    a.take(b.package([item]))
    rekeyed(d)
    if shown:
        b.take(d.package([item]))
        a.take(b.package([item]))
    done = a.do(partners.trust(a.by(a.origin), d.card, confirmed="by telephone"))
    assert bool(done.dropped) is not shown
    a.take(d.package([item]))
    assert verdict(a, item)[0] == "UNBROKEN"
    assert not audit(a.ledger).problems


def rekeyed(member: Member) -> None:
    """Under a new ledger key."""
    new = key_of(f"second {member.origin}")
    vkey = make_vkey(member.origin, ED25519, new.public_key)
    act = people.rekey(member.by(member.origin), vkey, reason="yearly")
    member.ledger.append(act, {**member.signers, NEW_LEDGER_KEY: new}, certified_by=new)
    member.keys["ledger"] = member.signers[member.origin] = new


def test_a_key_that_stands_beside_the_card_s_vouches_for_nothing(third: Third) -> None:
    """A key follows by a change that the key before it signed; the forged log has its own chain."""
    a, d = third.a, third.d
    false = third.forged.seize("X/1")
    rekeyed(third.forged)
    third.b.take(third.forged.package([false]))
    a.take(third.b.package([false]))
    a.trust(d)
    assert a.ledger.store.kept.checkpoints(d.origin) == []


def test_what_was_signed_for_loses_its_beginning_and_nothing_else(third: Third) -> None:
    """`a` received it from `b`: the entries stand, the list and the audit say what is known."""
    a, d = third.a, third.d
    false, own = third.forged.seize("X/1"), a.seize("JM/1")
    third.hand_over(false)
    size = a.ledger.size
    a.trust(d)
    assert a.ledger.size == size + 1
    listed = list(a.ledger.items())
    rebuild(a.ledger)
    assert list(a.ledger.items()) == listed
    assert own in [one.uuid for one in listed]
    assert verdict(a, own)[0] == "UNBROKEN"
    assert not audit(a.ledger).problems
    assert a.ledger.item(false).custodian == a.ref("officer")
    assert "C03.start" in verdict(a, false)[1]


def test_what_was_disclosed_of_it_is_dropped_too(third: Third) -> None:
    a, b, d, forged = third.a, third.b, third.d, third.forged
    for one in (a, b, forged):
        one.secrets = True
    false = forged.seize("X/1", source="Ioana P.", sealing={"source": ("court", "partner")})
    third.hand_over(false)
    a.take(b.package([false], audience="court"))
    assert len(list(a.ledger.store.every_sealed())) == 1
    a.trust(d)
    assert not list(a.ledger.store.every_sealed())
    assert not audit(a.ledger).problems


def test_another_process_sees_that_it_was_dropped(third: Third) -> None:
    a, d = third.a, third.d
    false = third.forged.seize("X/1")
    third.show(false)
    other = a.opened_again()
    assert other.item(false)
    a.trust(d)
    with pytest.raises(UsageError, match="there is no item"):
        other.item(false)
    other.close()


def test_the_log_is_append_only_afterwards(third: Third) -> None:
    a = third.a
    third.show(third.forged.seize("X/1"))
    a.trust(third.d)
    assert a.ledger.store.integrity() == []
