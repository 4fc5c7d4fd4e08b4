"""A ledger on a server."""
