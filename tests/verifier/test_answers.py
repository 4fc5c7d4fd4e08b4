"""The answers rest on the worst finding of each question, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from custody.protocol.findings import SENTENCES, Finding
from custody.verifier.answers import QUESTIONS, answer_requests, question_of, worst_of

FOUND = st.lists(
    st.builds(
        Finding,
        key=st.sampled_from(sorted(SENTENCES)),
        severity=st.sampled_from(("R", "N", "B")),
        item=st.none(),
        entries=st.just(()),
        facts=st.just(()),
    ),
    max_size=40,
)


@given(FOUND)
def test_the_worst_of_some_is_counted_beside_the_rest(found: list[Finding]) -> None:
    some, rest = found[::2], found[1::2]
    beside = worst_of(some)
    assert len(beside) == len(QUESTIONS)
    assert answer_requests(worst_of(rest, beside)) == answer_requests(worst_of(found))
    for question in QUESTIONS:
        ranks = [("R", "N", "B").index(one.severity) for one in found if question_of(one.code) == question]
        assert worst_of(rest, beside)[question] == max(ranks, default=0)
