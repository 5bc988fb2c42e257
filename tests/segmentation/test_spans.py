"""What spans promise whatever the activity and the options."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.segmentation.activity import Activity, smoothed_level
from annotator.segmentation.options import Options
from annotator.segmentation.spans import spans_from_probabilities, spans_within

RATE = 1000


def heard(
    probability: list[float],
    *,
    hop: float = 20.0,
    steps: int = 1,
    lag: float = 0.0,
    samples: int | None = None,
) -> Activity:
    """An activity whose level follows the probability over 60 dB."""
    sure = np.array(probability, dtype=np.float32)
    level = np.repeat(sure * 60 - 70, steps).astype(np.float32)
    return Activity(sure, level, hop, math.floor(hop * len(sure)) if samples is None else samples, RATE, lag)


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    """Stretches of more or less sure sound, with a level that knows nothing of it."""
    stretches = draw(
        st.lists(
            st.tuples(st.sampled_from([0.0, 0.3, 0.6, 1.0]), st.integers(1, 25)), min_size=1, max_size=30
        )
    )
    sure = np.concatenate([np.full(n, p, dtype=np.float32) for p, n in stretches])
    steps = draw(st.sampled_from([1, 2, 8]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    level = rng.uniform(-80, 0, len(sure) * steps).astype(np.float32)
    hop = draw(st.sampled_from([10.0, 20.0, 14.112]))
    last = draw(st.floats(0.1, 1.0))
    samples = max(1, math.floor((len(sure) - 1 + last) * hop), math.floor((len(sure) - 1) * hop) + 1)
    return Activity(sure, level, hop, samples, RATE, draw(st.sampled_from([0.0, 0.064])))


@st.composite
def options(draw: st.DrawFn) -> Options:
    """Any valid options of everyday size."""
    onset = draw(st.floats(0.05, 1.0))
    chosen = Options(
        min_pause=draw(st.floats(0, 1)),
        min_length=draw(st.floats(0, 0.5)),
        padding=draw(st.floats(0, 0.5)),
        onset=onset,
        offset=draw(st.floats(0.01, onset)),
        refine=draw(st.booleans()),
        clear_pause=draw(st.sampled_from([0.0, 0.3, 0.8])),
        usual_length=draw(st.floats(0, 3)),
    )
    if draw(st.booleans()):
        least = max(4 * chosen.min_length, 0.1) + 2 * chosen.padding
        chosen = replace(chosen, max_length=least + draw(st.floats(0.001, 2)))
    return chosen


@given(activities(), options())
def test_spans_are_sorted_apart_and_within_the_file(activity: Activity, chosen: Options) -> None:
    spans = spans_from_probabilities(activity, chosen)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(isinstance(edge, int) for edge in edges)
    assert all(0 <= start < end <= activity.samples for start, end in spans)


@given(activities(), options())
def test_lengths_hold(activity: Activity, chosen: Options) -> None:
    for start, end in spans_from_probabilities(activity, chosen):
        assert end - start >= chosen.min_length * RATE
        if chosen.max_length:
            assert end - start <= chosen.max_length * RATE


@given(activities(), options())
def test_pauses_hold_before_padding(activity: Activity, chosen: Options) -> None:
    spans = spans_from_probabilities(activity, replace(chosen, padding=0, max_length=0))
    gaps = [b - a for (_, a), (b, _) in pairwise(spans)]
    assert all(gap >= chosen.min_pause * RATE for gap in gaps)


@given(activities(), options(), st.floats(0, 1))
def test_a_longer_pause_never_gives_more_spans(activity: Activity, chosen: Options, more: float) -> None:
    fewer = replace(chosen, min_length=0)
    if fewer.clear_pause:
        fewer = replace(fewer, max_length=0)
    longer = replace(fewer, min_pause=fewer.min_pause + more)
    assert len(spans_from_probabilities(activity, longer)) <= len(spans_from_probabilities(activity, fewer))


@given(activities(), options())
def test_sound_is_covered_except_what_was_too_short(activity: Activity, chosen: Options) -> None:
    """Nothing is lost: with no least length and edges left alone, every sure frame lies in a span."""
    spans = spans_from_probabilities(replace(activity, lag=0.0), replace(chosen, min_length=0, refine=False))
    for frame in np.flatnonzero(activity.probability >= chosen.onset):
        middle = min((frame + 0.5) * activity.hop, activity.samples - 0.5)
        assert any(start <= middle <= end for start, end in spans)


@given(activities(), options(), st.floats(0, 0.3))
def test_padding_changes_no_count_and_only_adds(activity: Activity, chosen: Options, padding: float) -> None:
    bare = spans_from_probabilities(activity, replace(chosen, padding=0, max_length=0))
    wide = spans_from_probabilities(activity, replace(chosen, padding=padding, max_length=0))
    assert len(bare) == len(wide)
    assert all(a <= c and d <= b for (a, b), (c, d) in zip(wide, bare, strict=True))


def test_nothing_heard_gives_nothing() -> None:
    assert spans_from_probabilities(heard([0.0] * 10), Options()) == []
    assert spans_from_probabilities(heard([]), Options()) == []


def test_hysteresis_keeps_what_once_was_sure() -> None:
    doubtful = heard([0, 0, 0.5, 0.5, 0, 0, 0.5, 0.9, 0.5, 0, 0])
    chosen = Options(min_pause=0, min_length=0, onset=0.8, offset=0.4, refine=False)
    assert spans_from_probabilities(doubtful, chosen) == [(120, 180)]


def test_a_long_span_is_cut_at_the_longest_pause() -> None:
    activity = heard([1] * 20 + [0] * 4 + [1] * 20 + [0] * 6 + [1] * 30)
    chosen = Options(min_pause=0.5, min_length=0.1, max_length=1.0, refine=False)
    assert spans_from_probabilities(activity, replace(chosen, max_length=0)) == [(0, 1600)]
    assert spans_from_probabilities(activity, chosen) == [(0, 880), (1000, 1600)]


def test_a_pause_that_would_leave_too_little_is_no_place_to_cut() -> None:
    activity = heard([1] * 4 + [0] * 6 + [1] * 30 + [0] * 3 + [1] * 17)
    chosen = Options(min_pause=0.5, min_length=0.2, max_length=1.0, refine=False)
    assert spans_from_probabilities(activity, chosen) == [(0, 800), (860, 1200)]


def test_sound_without_a_pause_is_cut_at_its_lowest_level() -> None:
    level = np.full(1000, -20, dtype=np.float32)
    level[540:560] = -35
    activity = Activity(np.ones(100, dtype=np.float32), level, 10.0, 1000, RATE)
    (_, first), (second, _) = spans_from_probabilities(activity, Options(max_length=0.8, min_length=0))
    assert first == second == pytest.approx(550, abs=10)


def test_a_brief_pause_cuts_long_sound_and_leaves_no_word_alone() -> None:
    long, word, brief, clear = 150, 20, 10, 30  # frames of 20 ms
    chosen = Options(min_pause=0.12, clear_pause=0.36, usual_length=3.5)
    # A brief pause between two long stretches ends a segment, one before a lone word does not, a clear one does.
    for second, pause, expected in ((long, brief, 2), (word, brief, 1), (word, clear, 2)):
        activity = heard([0] * 20 + [1] * long + [0] * pause + [1] * second + [0] * 20)
        assert len(spans_from_probabilities(activity, chosen)) == expected


def test_a_stretch_is_cut_as_if_all_around_were_silent() -> None:
    activity = heard([0] * 10 + [1] * 40 + [0] * 20 + [1] * 40 + [0] * 10)
    assert spans_within(activity, Options(), None) == spans_from_probabilities(activity, Options())
    (one, other) = spans_within(activity, Options(), (600, 1810))
    assert (one, other) == ((600, 1000), (1400, 1810))
    assert spans_within(activity, Options(min_length=0.5), (600, 1810)) == []
    assert spans_within(activity, Options(), (1010, 1390)) == []


def test_edges_move_to_the_level() -> None:
    sure = np.zeros(100, dtype=np.float32)
    sure[20:60] = 1
    level = np.full(800, -70, dtype=np.float32)
    level[175:462] = -20  # steps of 2.5 samples
    activity = Activity(sure, level, 20.0, 2000, RATE)
    (span,) = spans_from_probabilities(activity, Options())
    assert span == (pytest.approx(437.5, abs=3), pytest.approx(1155, abs=3))


def test_edges_stay_where_the_level_tells_nothing() -> None:
    sure = np.zeros(100, dtype=np.float32)
    sure[20:60] = 1
    level = np.where(np.arange(800) % 2, -30, -38).astype(np.float32)
    assert spans_from_probabilities(Activity(sure, level, 20.0, 2000, RATE), Options()) == [(400, 1200)]


def test_a_late_end_is_taken_back() -> None:
    activity = heard([0] * 10 + [1] * 20 + [0] * 10, lag=0.06)
    assert spans_from_probabilities(activity, Options(refine=False)) == [(200, 540)]


def test_activity_refuses_frames_that_do_not_cover_the_recording() -> None:
    sure = np.ones(4, dtype=np.float32)
    with pytest.raises(ValueError, match="cover"):
        Activity(sure, sure, 10.0, 100, RATE)
    with pytest.raises(ValueError, match="whole number"):
        Activity(sure, sure[:3], 10.0, 40, RATE)


def test_smoothing_keeps_constant_power() -> None:
    assert np.allclose(smoothed_level(np.full(9, 0.01, dtype=np.float32), 5), -20)
