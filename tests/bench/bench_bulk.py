"""A thousand releases in one act ÷ a bare loop that signs and verifies a thousand times, with the same key and bytes.

The act begins with nothing loaded, as a command does: it reads the thousand items' chains, judges each release, signs
it and checks the signature, grows the tree, and inserts all rows in one durable transaction. The command does that
twice, for it shows what the rules say of it before anybody signs, and reads the list, and each item's state, before.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from custody.ledger.acts import handovers
from custody.ledger.acts.beginnings import seize
from custody.ledger.acts.compose import together
from custody.protocol import ed25519
from custody.protocol.entry import parse_entry
from custody.protocol.envelope import event_pae
from custody.protocol.events.handovers import ReleasedDetails
from custody.protocol.names import name_of
from custody.protocol.values import SealReading
from tests.bench.harness import Row, interleaved, row
from tests.cli.station import SEIZE, call
from tests.ledger.agency import Agency, key_of

ITEMS = 1_000
ROUNDS = 7
BATCH = 500


def in_agency(folder: Path) -> tuple[Agency, list[list[str]]]:
    """An agency, and the items of each round."""
    agency = Agency(folder).staffed()
    found: list[str] = []
    for start in range(0, ITEMS * (ROUNDS + 1), BATCH):
        taken = [agency.seizure(f"JM/{number}", seals=(f"S-{number}",)) for number in range(start, start + BATCH)]
        found += [name_of(fact.event.subject) for fact in agency.do(seize(agency.by("jm"), taken)).entries]
    return agency, [found[start : start + ITEMS] for start in range(0, len(found), ITEMS)]


def release_all(agency: Agency, items: Sequence[str]) -> None:
    """One act."""
    occasion, acts = agency.by("jm"), []
    for state in agency.ledger.items_of(items):
        seals = (SealReading(seal=next(iter(state.seals_on_record)), state="intact"),)
        details = ReleasedDetails(
            addressees=(agency.ref("ana"),), condition="bag intact", reason="to storage", seals=seals
        )
        acts.append(handovers.release(occasion, state.uuid, details))
    agency.do(together(*acts))


def at_home(folder: Path) -> list[str]:
    """An agency made by commands, and the list of each round. Its folder is the working directory."""
    os.chdir(folder)
    os.environ |= {"CUSTODY_HOME": "agency", "CUSTODY_KEYS": str(folder / "people"), "CUSTODY_AS": "jm"}
    must("init", "ocrteh.police.example/custody", "--agency", "A", "--jurisdiction", "RO", "--no-passphrase")
    for identity in ("jm", "ana"):
        must("key", "new", identity, "--no-passphrase")
        must("person", "enrol", identity, "--name", identity, "--role", "custodian", "--role", "investigator")
    must("case", "open", "OP-17", "--title", "Harbour", "--offence", "trafficking in persons", "--lead", "jm")
    lists = []
    for start in range(0, ITEMS * (ROUNDS + 1), BATCH):
        rows = [f"JM/{number},a phone,S-{number}" for number in range(start, start + BATCH)]
        Path("seized.csv").write_text("\n".join(["label,description,seal", *rows]), "utf-8")
        must("seize", *SEIZE, "--from", "seized.csv")
    for start in range(0, ITEMS * (ROUNDS + 1), ITEMS):
        rows = [f"JM/{number};bag intact;S-{number}" for number in range(start, start + ITEMS)]
        lists.append(f"{start}.csv")
        Path(lists[-1]).write_text("\r\n".join(["item;condition;seal", *rows]), "utf-8-sig")
    return lists


def must(*words: str) -> None:
    """A command that succeeds."""
    done = call(*words)
    if done.code:
        raise RuntimeError(done.err)


def measure() -> Iterator[Row]:
    """Two rows: the act, and the whole command."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        agency, rounds = in_agency(Path(one))
        lists, key = at_home(Path(other)), key_of("jm")
        envelope = parse_entry(agency.ledger.entry(agency.ledger.size - 1)).envelope
        message = event_pae(envelope.payload)

        def act() -> None:
            agency.reopen()
            release_all(agency, rounds.pop())

        def command() -> None:
            must("release", "--from", lists.pop(), "--to", "ana", "--reason", "to storage", "-y")

        def loop() -> None:
            for _ in range(ITEMS):
                if not ed25519.verify(key.public_key, message, key.sign(message)):
                    raise RuntimeError("the signature does not match")

        timings = interleaved(ROUNDS, act=act, command=command, loop=loop)
        print({name: f"{timings.seconds(name).median / ITEMS * 1e6:.0f} µs" for name in timings.rounds})
        yield row("1,000 releases, one act ÷ sign and verify", timings.speed("act", "loop"), at_least=0.7)
        yield row("custody release --from, 1,000 rows ÷ sign and verify", timings.speed("command", "loop"))
        os.chdir("/")
