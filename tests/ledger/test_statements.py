"""The texts of the statements are what the tables and statements of this version compile to."""

import pytest

from custody.ledger.store.declared.compiling import compile_texts
from custody.ledger.store.tables import Kind
from custody.ledger.store.texts import read_texts


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_they_are_compiled_anew(kind: Kind) -> None:
    assert read_texts(kind) == compile_texts(kind), "`make statements` writes them again"
