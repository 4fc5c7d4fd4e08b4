"""Beside nexuscone, an audit ledger that can be installed: the same events, signed one by one, as durable; verified.

It keeps a hash chain in SQLite (each commit is flushed) and signs each row with Ed25519. It is no dependency of ours:
without `pip install 'nexuscone[signing]'` nothing is compared, and this says so.
"""

import asyncio
import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from custody.ledger.acts.compose import state
from custody.ledger.audit import audit
from custody.protocol.events.handling import ItemStored, StoredDetails
from tests.bench.harness import Row, interleaved, row
from tests.ledger.agency import Agency

APPENDS = 50
DETAILS = StoredDetails(facility="Evidence room 2, Iași", shelf="B-14", container="crate 7")


def measure() -> Iterator[Row]:
    """Rates beside its own. Ours of verifying is the audit, which also judges the rules and the tree."""
    try:
        peer, signing = importlib.import_module("nexuscone"), importlib.import_module("nexuscone.signing")
    except ImportError:
        print("not compared with nexuscone: it is not installed")
        return
    signer = signing.Ed25519Signer.from_seed("jm", "11" * 32)
    verifier = signing.Ed25519Verifier({signer.key_id: signer.public_key_hex})
    payload = {"facility": DETAILS.facility, "shelf": DETAILS.shelf, "container": DETAILS.container}
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        theirs = peer.Ledger(f"{folder}/peer.db")
        runner.run(theirs.init())
        agency = Agency(Path(folder)).staffed()
        act = state(ItemStored, agency.by("jm"), agency.seize("JM/1"), DETAILS)

        def append() -> None:
            for _ in range(APPENDS):
                agency.ledger.append(act, agency.signers)

        async def log() -> None:
            for _ in range(APPENDS):
                await theirs.log(actor="jm", action="item.stored", payload=payload, signer=signer)

        def verify() -> None:
            if audit(agency.ledger).problems:
                raise RuntimeError("the ledger is not sound")

        appended = interleaved(7, ours=append, theirs=lambda: runner.run(log()))
        verified = interleaved(7, ours=verify, theirs=lambda: runner.run(theirs.verify_chain(verifier=verifier)))
        runner.run(theirs.close())
        agency.ledger.close()
    print({name: f"{appended.seconds(name).median / APPENDS * 1e6:.0f} µs" for name in appended.rounds})
    yield row("durable signed append ÷ nexuscone's", appended.speed("ours", "theirs"))
    yield row("verify a whole ledger ÷ nexuscone's", verified.speed("ours", "theirs"))
