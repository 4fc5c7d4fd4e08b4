"""Writes the texts of the store's statements, compiled from its tables: `make statements`, after either changed."""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from custody.ledger.store.declared.compiling import compile_texts
from custody.ledger.store.texts import FOLDER

for kind in ("sqlite", "postgresql"):
    texts = msgspec.json.format(msgspec.json.encode(compile_texts(kind)), indent=1)
    (FOLDER / f"{kind}.json").write_bytes(texts + b"\n")
