"""The writer: one agency's ledger, from a stated event to a stored, provable entry.

`opening` makes or opens a ledger; an act (`acts/`, `people`) records drafts through a recorder; `ledger` judges,
signs and appends them; `checkpoints` and `disclosing/` prove them to others; `others/` takes in what partners show;
`audit` checks the whole.
"""
