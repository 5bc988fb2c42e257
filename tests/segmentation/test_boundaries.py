"""Boundary agreement behaves as its definition says."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.segmentation.boundaries import boundary_scores

Spans = list[tuple[float, float]]
spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda t: (t[0], t[0] + t[1])), max_size=5
)


def most_matches(a: list[float], b: list[float], tolerance: float) -> int:
    """Largest one-to-one matching by trying everything."""
    small, large = sorted((a, b), key=len)
    return max(
        sum(abs(x - y) <= tolerance for x, y in zip(small, order, strict=True))
        for order in itertools.permutations(large, len(small))
    )


@given(spans, spans, st.integers(0, 6))
def test_matches_are_as_many_as_can_be(reference: Spans, estimate: Spans, tolerance: int) -> None:
    expected = sum(
        most_matches([s[k] for s in reference], [s[k] for s in estimate], tolerance) for k in (0, 1)
    )
    assert boundary_scores(reference, estimate, tolerance=tolerance).matches == expected


@given(spans, spans, st.integers(0, 6))
def test_swapping_swaps_precision_and_recall(reference: Spans, estimate: Spans, tolerance: int) -> None:
    there = boundary_scores(reference, estimate, tolerance=tolerance)
    back = boundary_scores(estimate, reference, tolerance=tolerance)
    assert (there.precision, there.recall, there.f) == (back.recall, back.precision, back.f)


def test_one_boundary_matches_once() -> None:
    scores = boundary_scores([(0, 10)], [(0, 9), (1, 10)], tolerance=2)
    assert (scores.precision, scores.recall) == (0.5, 1.0)


def test_a_start_does_not_match_an_end() -> None:
    assert boundary_scores([(0, 10)], [(10, 20)], tolerance=1).f == 0


def test_the_tolerance_is_included() -> None:
    assert boundary_scores([(0, 10)], [(2, 12)], tolerance=2).f == 1
    assert boundary_scores([(0, 10)], [(2, 12)], tolerance=1.99).f == 0


def test_undefined_is_none_not_zero() -> None:
    assert boundary_scores([], [], tolerance=1).f is None
    assert boundary_scores([(0, 1)], [], tolerance=1).precision is None
    assert boundary_scores([(0, 1)], [], tolerance=1).f == 0


@pytest.mark.parametrize("wrong", [[(2, 1)], [(1, 1)], [(0, float("nan"))]])
def test_refuses_what_is_no_span(wrong: Spans) -> None:
    with pytest.raises(ValueError, match="estimate"):
        boundary_scores([(0, 1)], wrong, tolerance=1)
    with pytest.raises(ValueError, match="tolerance"):
        boundary_scores([], [], tolerance=-1)
