"""Four agencies exchange items at random, and one of them may cheat."""

import random
import uuid
from pathlib import Path

import pytest

from custody.errors import CustodyError
from tests.exchange.cheats import CHEATS
from tests.exchange.ending import judge, settle
from tests.exchange.game import Game
from tests.exchange.mailbox import deliver
from tests.exchange.moves import MOVES

RUNS, STEPS = 50, 18
BATCH = 5


def play(folder: Path, seed: int, steps: int = STEPS) -> Game:
    """A run, told when it fails."""
    numbers = random.Random(f"uuid {seed}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=numbers.getrandbits(128), version=4))
        game = Game(folder, seed)
        try:
            _play(game, steps, seed)
        except BaseException:
            print(f"seed {seed}", *game.moves, sep="\n")
            raise
        finally:
            game.close()
    return game


def _play(game: Game, steps: int, seed: int) -> None:
    cheat = CHEATS[seed % len(CHEATS)]
    trick = cheat() if cheat is not None else None
    state, done, begun = game.pick(list(game.members)), 0, cheat is None
    while done < steps:
        game.members["RO"].clock.now += game.pick([0, 60, 3600])
        if not begun and trick is not None and done >= steps // 2:
            begun = True
            game.tell(f"{state} begins to cheat: {cheat}")
            trick.begin(game, game.members[state])
            game.members[state].cheating = True
            if hasattr(trick, "twin"):
                trick.twin.cheating = True
        if trick is not None and begun:
            trick.go_on(game, game.members[state])
        done += _step(game)
    if trick is not None:
        trick.end(game, game.members[state])
    settle(game)
    judge(game)


def _step(game: Game) -> bool:
    member = game.members[game.pick(list(game.members))]
    if game.rng.random() < 0.3:
        member.switch()
    if game.rng.random() < 0.4:
        return deliver(game)
    try:
        return game.rng.choices(list(MOVES), list(MOVES.values()))[0](game, member)
    except CustodyError as error:
        if not member.cheating:
            raise
        game.tell(f"the cheat {member.state} can't: {error}")
        return True


@pytest.mark.parametrize("first", range(0, RUNS, BATCH))
def test_a_game(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + BATCH):
        play(tmp_path / str(seed), seed)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, 1000, BATCH))
def test_many_games(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + BATCH):
        play(tmp_path / str(seed), seed + 1_000_000, 40)
