"""A ledger that is open for somebody who only asks: what is in it, and what of the sealed is opened. A desk
(custody_cli.desk.desk) is a counter at which one signs."""

import functools
from typing import TYPE_CHECKING

from custody.keys.vault import Vault

from .home import Home

if TYPE_CHECKING:
    from custody.ledger.ledger import Ledger


class Counter:
    """What a command has at hand that looks into the ledger."""

    def __init__(self, home: Home, ledger: "Ledger") -> None:
        self.home, self.ledger = home, ledger

    @functools.cached_property
    def vault(self) -> Vault:
        """Where what is sealed is locked."""
        opened = self.ledger.state.opened
        return Vault(self.home.cases, opened.details.recipient if opened else "")
