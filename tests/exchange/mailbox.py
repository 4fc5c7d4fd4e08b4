"""The post of the game: what is delivered, in what order, how often; and what the receiver makes of it."""

from custody.errors import CustodyError
from tests.exchange.game import Agency, Game, Parcel, Truth


def deliver(game: Game) -> bool:
    """Some parcel arrives, or is lost and sent anew, or arrives and will again."""
    if not game.mail:
        return False
    parcel = game.mail.pop(game.rng.randrange(len(game.mail)))
    fate = game.rng.random()
    if fate < 0.1:
        game.tell(f"#{parcel.number} is lost")
        send_anew(game, parcel)
        return True
    if fate < 0.2:
        game.mail.append(parcel)
    open_parcel(game, parcel)
    return True


def send_anew(game: Game, parcel: Parcel) -> None:
    """A fresh bundle about the same."""
    sender, to = game.members[parcel.sender], game.members[parcel.to]
    if parcel.kind == "cosigned":
        return
    try:
        data = sender.package(parcel.items, requests=parcel.requests)
    except CustodyError:
        if not sender.cheating:
            raise
        return
    game.post(parcel.kind, sender, to, data, items=parcel.items, requests=parcel.requests)


def open_parcel(game: Game, parcel: Parcel) -> None:
    """A cheat's books may have got into such a state that it can't take things in any more."""
    try:
        _open(game, parcel)
    except CustodyError as error:
        if not game.members[parcel.to].cheating:
            raise
        game.tell(f"the cheat {parcel.to} can't: {error}")


def _open(game: Game, parcel: Parcel) -> None:
    to = game.members[parcel.to]
    game.tell(f"{to.state} opens #{parcel.number} ({parcel.kind})")
    if parcel.kind == "release":
        _receive(game, parcel, to)
    elif parcel.kind == "request":
        game.take(parcel, lambda: _take_request(game, parcel, to))
    elif parcel.kind == "cosigned":
        game.take(parcel, lambda: to.take_checkpoint(parcel.data))
    else:
        game.take(parcel, lambda: to.take(parcel.data))


def _take_request(game: Game, parcel: Parcel, to: Agency) -> None:
    (request,) = parcel.requests
    known = {one.uuid: one for one in to.ledger.requests()}
    if request in known and known[request].status != "sent":
        to.take(parcel.data)
    else:
        to.take_request(parcel.data)


def _receive(game: Game, parcel: Parcel, to: Agency) -> None:
    """What lies there is received or refused; what should and does not is reported missing."""
    shown = game.take(parcel, lambda: to.incoming(parcel.data))
    if shown is None:
        return
    stated = {one.uuid: one for one in to.ledger.items_with(shown.arrival, parcel.items)}
    leave, refuse, missing = [], [], []
    for item, state in stated.items():
        release, where = state.keeping.release, game.truth[item]
        addressed = release is not None and to.ref("officer") in state.keeping.addressees
        if not addressed or release is None or state.keeping.refused is not None:
            leave.append(item)
        elif where.to != to.state or where.release != release.fact.hash:
            (missing if game.rng.random() < 0.5 else leave).append(item)
        elif game.rng.random() < 0.15:
            refuse.append(item)
    if len(leave) == len(parcel.items):
        game.take(parcel, lambda: to.take(parcel.data))
        return
    sender = game.members[parcel.sender]
    package = game.take(parcel, lambda: to.receive(parcel.data, refuse=refuse, missing=missing, leave=leave))
    if package is None:
        return
    for item in stated:
        if item not in (*leave, *refuse, *missing):
            game.truth[item] = Truth(to.state)
    told = " ".join(
        f"{word} {' '.join(map(game.name, which))}"
        for word, which in (("leaves", leave), ("refuses", refuse), ("misses", missing))
        if which
    )
    game.tell(f"{to.state} receives #{parcel.number} {told}")
    rest = tuple(one for one in stated if one not in leave)
    game.post("receipt", to, sender, package, items=rest)
