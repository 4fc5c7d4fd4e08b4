"""Four agencies exchange items at random, and one of them may cheat."""

import random
import uuid
from pathlib import Path

import pytest

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
            _play(game, steps)
        except BaseException:
            print(f"seed {seed}", *game.moves, sep="\n")
            raise
        finally:
            game.close()
    return game


def _play(game: Game, steps: int) -> None:
    moves, often = list(MOVES), list(MOVES.values())
    done = 0
    while done < steps:
        game.members["RO"].clock.now += game.pick([0, 60, 3600])
        member = game.members[game.pick(list(game.members))]
        if game.rng.random() < 0.3:
            member.switch()
        done += deliver(game) if game.rng.random() < 0.4 else game.rng.choices(moves, often)[0](game, member)
    settle(game)
    judge(game)


@pytest.mark.parametrize("first", range(0, RUNS, BATCH))
def test_a_game(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + BATCH):
        play(tmp_path / str(seed), seed)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, 1000, BATCH))
def test_many_games(tmp_path: Path, first: int) -> None:
    for seed in range(first, first + BATCH):
        play(tmp_path / str(seed), seed + 1_000_000, 40)
