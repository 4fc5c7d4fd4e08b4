"""From findings to the four answers a court asks for, and the verdict.

B makes the answer its code decides *no* (*differs*), N makes it *not established*, R is a remark. The verdict is
BROKEN on any B, else NOT ESTABLISHED on any N, else UNBROKEN; of several items, the worst.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from custody.protocol.findings import Finding
from custody.protocol.rules.item import ItemState

Verdict = Literal["UNBROKEN", "NOT ESTABLISHED", "BROKEN"]
Question = Literal["record", "custody", "authority", "evidence", "seals"]

QUESTIONS: dict[Question, str] = {
    "record": "Is the record unaltered?",
    "custody": "Is custody continuous from the start?",
    "authority": "Is every step covered by authority?",
    "evidence": "Is this the item: digests?",
    "seals": "Is this the item: seals and condition?",
}

_DECIDES: dict[str, Question] = {
    "L": "record",
    "S": "record",
    "X": "record",
    "K": "record",
    "C": "custody",
    "T": "custody",
    "F": "custody",
    "A": "authority",
    "H": "evidence",
    "D": "evidence",
    "P": "seals",
}
"""By first letter of the code; E and M are remarks only."""


def question_of(code: str) -> Question | None:
    """The question whose answer findings of a code decide; None for those that are remarks only."""
    return _DECIDES.get(code[:1])


_RANK: dict[str, int] = {"R": 0, "N": 1, "B": 2}
_VERDICTS: tuple[Verdict, ...] = ("UNBROKEN", "NOT ESTABLISHED", "BROKEN")


class Answers(NamedTuple):
    """The answers for one item, or the worst of several."""

    record: str
    custody: str
    authority: str
    evidence: str
    seals: str
    verdict: Verdict
    questions: tuple[Question, ...]
    """Those whose answer made the verdict what it is."""


Worst = Mapping[Question, int]
"""For each question: 0 with nothing but remarks, 1 with an N, 2 with a B."""

_NOTHING: Worst = dict.fromkeys(QUESTIONS, 0)


def worst_of(findings: Iterable[Finding], beside: Worst = _NOTHING) -> dict[Question, int]:
    """The worst of these findings, and of what is known `beside` them: what the record is found wanting in is asked of
    every item, and all of it for each would be more than a reader waits."""
    worst = dict(beside)
    for one in findings:
        question = question_of(one.code)
        if question is not None:
            worst[question] = max(worst[question], _RANK[one.severity])
    return worst


def answer_item(item: ItemState, worst: Worst, matched: Collection[str]) -> Answers:
    """The answers for one item, from the worst of the findings about it and about the record as a whole."""
    supplied = "matches" if item.uuid in matched else "not supplied" if item.digests else "none recorded"
    recorded = "agree" if item.seals.ever else "none recorded"
    authority = "yes" if item.authority_recorded or item.parents or item.authority_since else "not applicable"
    return _answers(
        worst,
        {
            "record": ("yes", "not established", "no"),
            "custody": ("yes", "not established", "no"),
            "authority": (authority, "not established", "no"),
            "evidence": (supplied, "not established", "differs"),
            "seals": (recorded, "not established", "differ"),
        },
    )


_OF_REQUESTS: dict[Question, tuple[str, str, str]] = {
    "record": ("yes", "not established", "no"),
    "custody": ("not applicable", "not established", "no"),
    "authority": ("yes", "not established", "no"),
    "evidence": ("none recorded", "not established", "differs"),
    "seals": ("none recorded", "not established", "differ"),
}


def answer_requests(worst: Worst) -> Answers:
    """The answers for the requests a bundle is about, from the worst of the findings about them and the record."""
    return _answers(worst, _OF_REQUESTS)


def answer_all(items: Collection[Answers], findings: Collection[Finding]) -> Answers:
    """The worst of the answers for items and requests; with none shown, nothing is established."""
    if not items:
        worst = worst_of(findings, dict.fromkeys(QUESTIONS, 1))
        return _answers(worst, dict.fromkeys(QUESTIONS, ("yes", "not established", "no")))
    verdict = max((one.verdict for one in items), key=_VERDICTS.index)
    questions = tuple(q for q in QUESTIONS if any(q in one.questions for one in items if one.verdict == verdict))
    return Answers(
        **{question: _worst_word(getattr(one, question) for one in items) for question in QUESTIONS},
        verdict=verdict,
        questions=questions,
    )


_WORDS = ("matches", "agree", "yes", "none recorded", "not applicable", "not supplied", "not established")


def _worst_word(words: Iterable[str]) -> str:
    return max(words, key=lambda word: _WORDS.index(word) if word in _WORDS else len(_WORDS))


def _answers(worst: Worst, words: dict[Question, tuple[str, str, str]]) -> Answers:
    rank = max(worst.values())
    return Answers(
        **{question: words[question][worst[question]] for question in QUESTIONS},
        verdict=_VERDICTS[rank],
        questions=tuple(question for question in QUESTIONS if rank and worst[question] == rank),
    )


EXIT_CODES: dict[Verdict, int] = {"UNBROKEN": 0, "BROKEN": 3, "NOT ESTABLISHED": 5}
