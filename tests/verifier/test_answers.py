"""The answers rest on the worst finding of each question, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from custody.protocol.findings import SENTENCES, Finding
from custody.verifier.answers import QUESTIONS, answer_requests, decisive, worst_severity

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
def test_what_decides_gives_the_same_answers_and_is_few(found: list[Finding]) -> None:
    few = decisive(found)
    assert len(few) <= len(QUESTIONS)
    assert answer_requests(few) == answer_requests(found)
    for question in QUESTIONS:
        assert worst_severity(few, question) == worst_severity(found, question)
