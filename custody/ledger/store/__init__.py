"""Where a ledger keeps its entries. `store` is what the ledger asks for; the other files are SQL, and only they are."""
