"""Durable appends on PostgreSQL by eight processes ÷ by one. Each writes about items of its own.

One writer waits for the disk after each append; of eight, one flush serves all who wait. What is left in the queue is
what must be done in it: judging, signing and inserting on the newest head.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from custody.ledger.acts.compose import state
from custody.protocol.events.handling import ItemStored
from tests.bench.bench_append import DETAILS
from tests.bench.harness import Row, figure, row
from tests.ledger.agency import Agency
from tests.postgres import start

APPENDS = 240


def _append(here: Agency, item: str, count: int, ready: Any) -> None:
    agency = here.twin()
    act = state(ItemStored, agency.by("jm"), item, DETAILS)
    agency.ledger.append(act, agency.signers)
    ready.wait()
    for _ in range(count):
        agency.ledger.append(act, agency.signers)
    agency.ledger.close()


def _writers(agency: Agency, items: list[str], count: int) -> float:
    """Seconds for APPENDS appends by so many processes."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(count + 1)
    racers = [
        context.Process(target=_append, args=(agency, items[one], APPENDS // count, ready)) for one in range(count)
    ]
    for one in racers:
        one.start()
    ready.wait()
    begun = time.perf_counter()
    for one in racers:
        one.join()
    return time.perf_counter() - begun


def measure() -> Iterator[Row]:
    """On this machine's disk, with no target: where a flush costs less than the queue, there is nothing to share.

    And on one whose flush takes five milliseconds, as over a network or with a standby that is waited for: the server's
    `commit_delay` sleeps so long before each flush.
    """
    server = start()
    for name, delay, target in (("this disk", 0, None), ("a flush of 5 ms", 5000, 2.5)):
        url = server.create()
        database = make_url(url).database
        server.run(f"ALTER DATABASE {database} SET commit_delay = {delay}")
        server.run(f"ALTER DATABASE {database} SET commit_siblings = 0")
        with tempfile.TemporaryDirectory() as folder:
            agency = Agency(Path(folder), url).staffed()
            items = [agency.seize(f"JM/{number}") for number in range(8)]
            agency.clock += 1000
            rounds = [(_writers(agency, items, 1), _writers(agency, items, 8)) for _ in range(7)]
            agency.ledger.close()
        server.drop(url)
        rates = [f"{APPENDS / statistics.median(seconds):.0f}" for seconds in zip(*rounds, strict=True)]
        print(f"{name}: appends a second: {rates[0]} by one process, {rates[1]} by eight")
        measured = figure([one / eight for one, eight in rounds])
        yield row(f"PostgreSQL, {name}: durable appends, 8 writers ÷ 1", measured, at_least=target)
