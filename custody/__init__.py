"""Custody of evidence across borders: a hash-chained ledger, and a verifier that trusts nobody."""

__version__ = "0.1.0"
