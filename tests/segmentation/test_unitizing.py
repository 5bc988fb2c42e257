"""Agreement beyond chance: 1 for the same, about 0 for chance, and no more for a segmentation cut in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.segmentation.unitizing import Continuum, Span, alpha_unitizing, match_segments

LENGTH = 2000
spans = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 90)), min_size=1, max_size=8).map(
    lambda pairs: [
        (sum(map(sum, pairs[:n])) + gap, sum(map(sum, pairs[:n])) + gap + length)
        for n, (gap, length) in enumerate(pairs)
    ]
)


def alpha(first: list[Span], second: list[Span], length: int = LENGTH) -> float:
    value = alpha_unitizing([Continuum(length, first, second)])
    assert value is not None
    return value


@given(spans, spans)
def test_same_is_one_and_order_does_not_matter(first: list[Span], second: list[Span]) -> None:
    assert alpha(first, first) == 1
    assert alpha(first, second) == pytest.approx(alpha(second, first))
    assert alpha(first, second) <= 1


def test_chance_is_about_zero() -> None:
    rng = np.random.default_rng(0)

    def scattered(lengths: list[int]) -> list[Span]:
        places = np.sort(rng.integers(0, 10_000 - sum(lengths), len(lengths)))
        order = rng.permutation(lengths)
        ends = places + np.cumsum(order)
        return [(int(end - length), int(end)) for end, length in zip(ends, order, strict=True)]

    lengths = [int(length) for length in rng.integers(60, 240, 25)]
    values = [alpha(scattered(lengths), scattered(lengths), 10_000) for _ in range(200)]
    assert np.mean(values) == pytest.approx(0, abs=0.03)


def test_small_shifts_cost_little_and_missing_units_much() -> None:
    reference = [(100 * n, 100 * n + 60) for n in range(15)]
    near = [(a + 3, b - 3) for a, b in reference]
    far = [(a + 20, b + 20) for a, b in reference]
    assert 1 > alpha(reference, near) > 0.95 > alpha(reference, far)
    assert alpha(reference, reference[:8]) < 0.6


def test_several_recordings_are_one_continuum_whose_gaps_end() -> None:
    one = Continuum(500, [(100, 200)], [(100, 200)])
    other = Continuum(500, [(300, 400)], [(310, 400)])
    both = alpha_unitizing([one, other])
    assert both is not None
    assert 0.9 < both < 1


def test_undefined_and_wrong() -> None:
    assert alpha_unitizing([Continuum(10, [], [])]) is None
    for wrong in ([(5, 5)], [(0, 11)], [(0, 5), (4, 6)]):
        with pytest.raises(ValueError, match="overlaps"):
            alpha_unitizing([Continuum(10, wrong, [])])


@given(spans, spans)
def test_partners_are_counted_once(first: list[Span], second: list[Span]) -> None:
    there, back = match_segments(first, second), match_segments(second, first)
    expected = sum(
        (min(b, d) - max(a, c)) / (max(b, d) - min(a, c)) > 0.5 for a, b in first for c, d in second
    )
    assert there.matched == back.matched == expected
    assert there.only_first == back.only_second == len(first) - expected
    assert (there.mean_iou is None) == (expected == 0)
