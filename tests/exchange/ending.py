"""The end of a game: everything is delivered and told to everybody, and then each ledger is judged by all."""

import io

from custody.exchange.trust import policy_of
from custody.ledger.audit import audit
from custody.ledger.rebuild import rebuild
from custody.protocol.values import Reference
from custody.verifier.report.build import build_report
from custody.verifier.verify import Request, verify
from tests.exchange import moves
from tests.exchange.game import Agency, Game, Truth
from tests.exchange.mailbox import open_parcel
from tests.exchange.member import ROLES

REMARKS = ("C08", "L05", "T03")
"""What every honest bundle has."""


def settle(game: Game) -> None:
    """The post is emptied, what was refused is taken back, whoever left is replaced, and everybody is told."""
    game.tell("the end")
    for one in game.honest:
        if not one.enrolled("expert"):
            one.enrol("expert", *ROLES)
    while game.mail:
        open_parcel(game, game.mail.pop(game.rng.randrange(len(game.mail))))
    for one in game.honest:
        while moves.withdraw(game, one):
            pass
    for _ in range(game.pick([1, 1, 1, 2])):
        tell_all(game)


def tell_all(game: Game) -> None:
    """Each tells each other all it knows."""
    for one in game.honest:
        items = [item for item in one.known() if not tainted(game, one, [item])]
        for other in game.honest:
            if one is not other and items:
                game.post("info", one, other, one.package(items), items=tuple(items))
                open_parcel(game, game.mail.pop())


def tainted(game: Game, member: Agency, items: list[str]) -> bool:
    """Whether a bundle about these has to show what a cheat's ledger says."""
    cheats = [one.origin for one in game.members.values() if one.cheating]
    if not cheats:
        return False
    data = member.package(items, audience="court")
    return any(b'"ledger":"%s","whole"' % one.encode() in data for one in cheats)


def judge(game: Game) -> None:
    """Every honest agency's own books, and every item from each agency's bundle by each agency's policy."""
    for one in game.honest:
        problems = audit(one.ledger).problems
        assert not problems, (one.state, problems)
        before = list(one.ledger.items())
        assert rebuild(one.ledger) == len(before)
        assert list(one.ledger.items()) == before
        accused = {dispute.ledger for dispute in one.ledger.store.kept.disputes()}
        assert accused <= {each.origin for each in game.members.values() if each.cheating}, (one.state, accused)
    for one in game.honest:
        items = [each for each in one.known() if each in game.truth and not tainted(game, one, [each])]
        for batch in [[each] for each in items] + ([items] if len(items) > 1 else []):
            data = one.package(batch, audience="court")
            for reader in game.honest if batch is items or len(items) == 1 else (one, game.pick(game.honest)):
                _judge_bundle(game, one, reader, data)
    _compare(game)


def _judge_bundle(game: Game, one: Agency, reader: Agency, data: bytes) -> None:
    policy = policy_of(reader.ledger.state)
    verified = verify(io.BytesIO(data), Request(policy=policy, cores=1))
    report = build_report(verified, policy, checked=verified.now)
    bad = [each for each in report.findings if each.severity != "R" and not _explained(game, each.key, each.entries)]
    shown = [(each.key, each.severity, each.message, each.entries) for each in bad]
    assert not bad, (f"{one.state}'s bundle, read by {reader.state}", shown)


def _explained(game: Game, key: str, entries: tuple[str, ...]) -> bool:
    """What an honest story can leave open: a key in doubt; word of a request's end that was on its way."""
    return key in ("S04", "A04") and (key == "A04" or bool(game.doubted))


def _with_cheats(game: Game, where: Truth) -> bool:
    return any(game.members[one].cheating for one in (where.state, where.to) if one)


def _said(one: Agency, item: str) -> tuple[str, str, Reference | None]:
    """Who answers for it, how it stands, its last entry."""
    state = one.ledger.item(item)
    return state.custodian, state.status, state.chain.head


def _compare(game: Game) -> None:
    """Whoever knows of an item says the same of it, and it is true.

    Where a cheat noted something about it, who holds it tells nobody: the others say what was true when they were told.
    """
    known = {one.state: one.known() for one in game.honest}
    for item, where in game.truth.items():
        told = {}
        for one in game.honest:
            if item in known[one.state] and not tainted(game, one, [item]):
                told[one.state] = _said(one, item)
        assert len(set(told.values())) <= 1, (item, told)
        if _with_cheats(game, where):
            continue
        if tainted(game, game.members[where.state], [item]):
            told = {where.state: _said(game.members[where.state], item)}
        for custodian, status, _ in told.values():
            assert (custodian.partition("@")[2], status) == (game.members[where.state].origin, "held"), (item, told)
