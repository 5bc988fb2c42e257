"""Factor scores: the published groups, means of what was answered, and no score from next to nothing."""

import pytest

from annotator.domain.scheme import Item, Scheme, find_scheme
from annotator.domain.scores import GEMS, score_values, scores_of


def test_the_27_adjectives_make_nine_factors_and_three_superfactors() -> None:
    scheme = find_scheme("gems-27")
    scores = {score.name: score for score in scores_of(scheme)}
    assert set(scores) == {*GEMS, *(factor for factors in GEMS.values() for factor in factors)}
    assert scores["tension"].parts == ("tense", "agitated", "nervous")
    assert scores["unease"].parts == ("tension", "sadness")
    assert {(score.minimum, score.maximum) for score in scores.values()} == {(1, 5)}


def test_scores_are_means_of_means() -> None:
    scheme = find_scheme("gems-27")
    values = dict.fromkeys((item.name for item in scheme.items), 1)
    values |= {"tense": 5, "agitated": 4, "nervous": 3, "sad": 2}
    made = score_values(scheme, values)
    assert made["tension"] == 4
    assert made["sadness"] == pytest.approx(4 / 3)
    assert made["unease"] == pytest.approx((4 + 4 / 3) / 2)
    assert made["sublimity"] == 1


def test_what_was_not_answered_does_not_count_and_half_must_be() -> None:
    scheme = find_scheme("gems-27")
    assert score_values(scheme, {"tense": 5, "agitated": 4, "nervous": None})["tension"] == 4.5
    assert score_values(scheme, {"tense": 5, "agitated": None})["tension"] is None
    assert set(score_values(scheme, {}).values()) == {None}


def test_items_that_run_backwards_are_turned_and_names_stay_apart() -> None:
    items = (
        Item("calm", "integer", minimum=1, maximum=5, direction=-1, factor="energy"),
        Item("energy", "integer", minimum=1, maximum=5, factor="energy"),
        Item("other", "integer", minimum=0, maximum=5, factor="mixed"),
        Item("another", "integer", minimum=1, maximum=5, factor="mixed"),
        Item("ticked", "boolean", factor="boxes"),
    )
    scheme = Scheme("mine", "Mine", "felt", items)
    assert [score.name for score in scores_of(scheme)] == ["energy_score"]
    assert score_values(scheme, {"calm": 1, "energy": 3}) == {"energy_score": 4.0}


def test_schemes_without_factors_have_no_scores() -> None:
    for name in ("valence-arousal", "emotify-9", "va-trace", "sam-9"):
        assert scores_of(find_scheme(name)) == ()
