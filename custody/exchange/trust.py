"""Whom this ledger trusts, as a policy for the verifier (C2SP tlog-policy)."""

from collections.abc import Sequence

from custody.errors import CustodyError, RuleRefusedError
from custody.ledger.reading import Reading
from custody.protocol.policy import Group, Policy, Witness
from custody.protocol.rules.ledgers import LedgerState
from custody.protocol.vkey import Vkey, parse_vkey


class NotTrustedError(CustodyError):
    """The file may be honest; nobody has said whose key it is. Exit 5."""

    exit_code = 5


def policy_of(state: LedgerState, quorum: int = 0, *, own: bool = False, continued: Sequence[str] = ()) -> Policy:
    """This ledger by the key in force, and the partners it trusts, with their witnesses.

    `quorum`: how many of the witnesses must have cosigned; 0 asks for none. `own`: with all keys this ledger ever had,
    for its own use: partners show it what it signed long ago. `continued`: the keys of the ledger it continues, of
    which the first leads to all others. Raises MalformedError for a quorum of more than there
    are.
    """
    cards = [(origin, one.trusted) for origin, one in sorted(state.partners.items()) if one.trusted is not None]
    keys = [text for _, text in state.keys] if own else [state.key] if state.key else []
    logs = [parse_vkey(text) for text in (*keys, *continued[:1])]
    logs += [parse_vkey(card.ledger_key) for _, card in cards]
    witnesses = [_witness(origin, parse_vkey(card.witness_key)) for origin, card in cards]
    if state.opened is not None:
        witnesses.append(_witness(state.origin, parse_vkey(state.opened.details.witness_key)))
    if not quorum:
        return Policy(logs=tuple(logs), witnesses=tuple(witnesses))
    group = Group(name=b"partners", threshold=quorum, members=tuple(one.name for one in witnesses))
    return Policy(logs=tuple(logs), witnesses=tuple(witnesses), groups=(group,), quorum=group.name)


def _witness(origin: str, vkey: Vkey) -> Witness:
    return Witness(name=origin.encode(), vkey=vkey)


def check_partner(ledger: Reading, origin: str) -> None:
    """Refuses what comes from a ledger that this one does not trust.

    Raises NotTrustedError for a stranger, RuleRefusedError (L04) for a partner that was distrusted.
    """
    partner = ledger.partners().get(origin)
    if partner is None:
        hint = "ask for their card and compare it by telephone: `custody partner add CARD --fingerprint F`"
        opened = ledger.state.opened
        if opened is not None and opened.details.continues is not None and opened.details.continues.origin == origin:
            hint = "this ledger continues it: `custody import` its newest backup first"
        raise NotTrustedError(f"{origin} is not a partner of this ledger", hint=hint)
    if partner.distrusted:
        hint = "`custody partner list` shows why; `custody partner add` trusts them anew"
        raise RuleRefusedError("L04", f"{origin} has been distrusted since {partner.since}", hint=hint)
