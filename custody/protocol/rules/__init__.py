"""The rules of custody: one pure state machine, for the ledger before an append and for the verifier after it.

`world` holds what is known and takes one entry after another; `people`, `chain`, `keeping`, `seals`, `condition`,
`amounts` and `order` judge an entry, each by its own rules; `ending` judges what is left open when there are no more.
"""
