"""Texts that say the same, or nearly."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.splits.texts import same_texts, telling


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=7, unique=True), max_size=9))
def test_the_index_finds_what_comparing_all_pairs_finds(drawn) -> None:
    texts = [" ".join(words) for words in drawn]
    alike = [
        {j for j, other in enumerate(drawn) if len({*words} & {*other}) >= 0.8 * len({*words} | {*other})}
        for words in drawn
    ]
    together = {
        i: next(({*found} for found in same_texts(texts) if i in found), {i}) for i in range(len(texts))
    }
    for i, others in enumerate(alike):
        assert others <= together[i]
        assert together[i] == {i} or any(j in alike[i] for j in together[i] - {i})


def test_short_answers_tie_nothing() -> None:
    assert telling("Yes!") is None
    assert same_texts(["Yes!", "yes", "", ""]) == []
    assert same_texts(["Kids are talking by the door.", "kids are talking by the door"]) == [[0, 1]]
