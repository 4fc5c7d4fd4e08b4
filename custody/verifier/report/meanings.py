"""What each code of a finding means, in plain words; the exact ones stand in docs/format.md, "Findings".

Of the rule, not of the case: what was found in this file stands in the finding's own sentence. Where there is an honest
cause as well as a dishonest one, it is named.
"""

from custody.protocol.findings import Finding
from custody.verifier.answers import QUESTIONS, Question, question_of

MEANINGS: dict[str, str] = {
    "A01": "Who takes something says by what right: a warrant, an order, a consent. Here none was cited at the time.",
    "A02": "What goes abroad must be among the things that the request asked for and the answer granted.",
    "A03": "What goes abroad may serve only the purpose, and reach only the State, for which it was asked and granted.",
    "A04": "Sending abroad needs a basis in force at that moment: a request that was accepted, an agreement, or a rule "
    "that allows sending unasked.",
    "A05": "Certain acts are left to certain offices. Whoever signs must have been given the role before the act.",
    "C01": "Whoever answers for the item lost the right to sign. Until somebody else takes it over on record, nobody "
    "in office answers for it. Illness or a transfer is as possible as a dismissal.",
    "C02": "One item cannot be in two places. Two statements continue the same earlier one, and both take custody.",
    "C03": "Only the person who answers for the item may act on it, and only while it is in custody, from its first "
    "event to its last.",
    "C04": "A release names who is to receive. Somebody else received it, or refused it.",
    "C05": "It was released, and so far nobody signed for it. It is still on the way, or the receipt is not shown.",
    "C06": "A chain ends when the item is returned, destroyed or voided. Something was recorded after that.",
    "C07": "The person it was sent to did not take it. Who sent it still answers for it.",
    "C08": "The chain is shown up to its last event, and none of them is a presentation in court.",
    "C09": "Somebody took the item over without the former custodian's signature, as after a death or an absence. "
    "The reason stated should be looked at.",
    "C10": "It was given to people who sign nothing in this record: a hospital, a laboratory. For that time a paper "
    "receipt speaks, and the record does not.",
    "C11": "Somebody looked for the item and did not find it. Nobody recorded seeing it since.",
    "C12": "The first part of the history is not in the record as it happened: it rests on paper, or one later word.",
    "D01": "What was made from another item is as good as that item's history. That history is not shown, or does not "
    "mention the making.",
    "D02": "What was taken from a substance and what was left must make up what was there. A slip of the pen, or loss "
    "in handling, does this as well as theft.",
    "E01": "An earlier statement was corrected. Both stand in the record, the wrong one too; nothing was overwritten.",
    "F01": "A rule of evidence asks that this be written down, and it was left blank.",
    "F02": "For this act a second person should sign as witness. One person alone signed.",
    "F03": "The agency's own rules became milder from that entry on. What came before was judged by the stricter ones.",
    "H01": "Of the file, a digest was recorded when it was taken. What was supplied to this check gives another one: "
    "it is not that file, or it was changed by so much as one bit.",
    "H02": "A copy is proved by having its source's digest. This one does not.",
    "H04": "The file itself was not given to this check, so it was not compared. That says nothing against it.",
    "H05": "In the course of custody the file was measured again, and the digest was another. A reading error does "
    "this as well as a change; a second measurement tells which.",
    "K01": "When the certificate was issued, its ledger recorded a number computed from the document. This document "
    "does not give that number: a page, or what is attached to it, was altered since.",
    "K02": "A certificate carries the entry by which it was issued. This one carries none: a draft, or cut off.",
    "K03": "Something was added to the document after it was issued that changes what its pages show.",
    "K04": "The document bears a signature beside the ledger's. It does not fit what it signs, or could not be checked "
    "here.",
    "L01": "Each entry is tied to the ledger's signature by a number computed from its text. This text does not give "
    "that number: it was altered after it was written.",
    "L02": "Entries are tied to each other in order. Here one is missing, repeated or out of place.",
    "L03": "The ledger signed one history earlier, and shows another one now; or nothing joins the two.",
    "L04": "A record counts as the agency's only by the signature of a key that you trust.",
    "L05": "A ledger seen by somebody outside can't be rewritten unnoticed from then on. Nobody you trust has "
    "confirmed to have seen this one.",
    "L06": "The agency did not state where each history ends, so later events may have been left out of this file.",
    "M01": "What was released was to come back by a certain day, and no return is recorded.",
    "P01": "A seal has a number. Another number was read than the one put on, or a number that should have been read "
    "was not. A misreading does this as well as an exchange.",
    "P02": "A seal was found broken or missing. Whatever was inside could have been reached since it was last read.",
    "P03": "One seal was replaced by another, by people who signed for it.",
    "P04": "Giver and receiver describe the item differently.",
    "P05": "On that way neither a seal nor a digest shows that what arrived is what was sent.",
    "S01": "The signature was not made with the key of the person named, or the statement was altered afterwards.",
    "S02": "Some statements need two people. A signature is missing, or one person signed as both.",
    "S03": "The person named was not on the agency's list of those who may sign when this was recorded.",
    "S04": "The person's key may have been in other hands from that day on. What was signed with it since is doubtful, "
    "unless the person confirmed it.",
    "T01": "What happens later can't be recorded earlier, nor be covered by a time-stamp given before. A wrong clock "
    "does this as well as a false date.",
    "T02": "It was written down later than the rules ask for.",
    "T03": "The times of recording are those of the agency's own clock. No outside authority that this check trusts "
    "has time-stamped all of them.",
    "T04": "The clocks of two places do not quite agree; by so little that nothing follows from it.",
    "X01": "Some details are sealed, to protect persons, and were not opened to this reader. That they exist is "
    "signed; what they say is not shown.",
    "X02": "A detail was opened to this reader, and it is not what was signed.",
    "X03": "A text contains characters that can't be seen, or that turn the direction of writing. They are shown by "
    "their numbers.",
}
"""By code."""

_WORDS: dict[Question, str] = {"evidence": "differs", "seals": "differ"}


def say_effect(one: Finding) -> str:
    """What the finding does to the answers."""
    question = question_of(one.code)
    if one.severity == "R" or question is None:
        return "It is a remark, and changes no answer."
    answer = "not established" if one.severity == "N" else _WORDS.get(question, "no")
    return f"It makes the answer to “{QUESTIONS[question]}”: {answer}."
