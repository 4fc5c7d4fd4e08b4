"""What persons do with items, as acts a ledger can append. `compose` has the plain ones and joins acts into one."""
