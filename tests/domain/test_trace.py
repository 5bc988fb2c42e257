"""Traces: what a rater drew comes back, stretches without inventing, and loses only the delay."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain import trace
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, find_scheme, read_scheme

STEPS = st.lists(st.none() | st.floats(-1, 1).map(lambda x: round(x, 4)), min_size=1, max_size=40)
RATES = st.sampled_from([1.0, 2.0, 2.5, 10.0, 25.0, 50.0])
VALENCE = find_scheme("va-trace").item("valence")


@given(STEPS)
def test_a_trace_survives_text_and_array(steps: list[float | None]) -> None:
    there = VALENCE.parse(json.dumps(steps))
    assert there == (steps if any(step is not None for step in steps) else None)
    assert trace.from_numbers(trace.numbers(steps)) == steps


@given(STEPS, RATES)
def test_at_its_own_rate_a_trace_stays_as_it_is(steps: list[float | None], rate: float) -> None:
    assert trace.from_numbers(trace.resampled(steps, rate, rate)) == steps
    assert trace.corrected(steps, rate, 0) == steps


@given(STEPS, RATES, RATES, st.floats(0, 2))
def test_resampling_never_leaves_the_range_or_the_time_that_was_given(
    steps: list[float | None], rate: float, other: float, lag: float
) -> None:
    made = trace.resampled(steps, rate, other, lag=lag)
    assert len(made) == trace.steps(len(steps) / rate, other)
    given_steps = [step for step in steps if step is not None]
    found = made[~np.isnan(made)]
    if len(found):
        assert min(given_steps) - 1e-9 <= found.min()
        assert found.max() <= max(given_steps) + 1e-9
    late = np.arange(len(made)) / other + lag >= len(steps) / rate
    assert np.isnan(made[late]).all()


@given(st.integers(0, 30), st.integers(1, 40))
def test_correcting_a_late_rater_gives_what_an_early_one_drew(late: int, n: int) -> None:
    drawn = [round(float(x), 4) for x in np.sin(np.arange(n))]
    delayed = [None] * late + drawn
    assert trace.corrected(delayed, 10, late / 10) == drawn + [None] * late


def test_a_trace_stands_as_its_mean_in_figures() -> None:
    slow = Item("arousal", "trace", minimum=-1, maximum=1, direction=-1, rate=2, lag=0.5)
    scheme = Scheme("mine", "Mine", "felt", (slow,), panel="trace")
    assert scheme.measured().items[0].name == "arousal_mean"
    assert scheme.measured().items[0].type == "number"
    assert scheme.measured_values({"arousal": [9.0, 0.5, None, 1.0]}) == {"arousal_mean": 0.75}
    assert scheme.measured_values({"arousal": None}) == {"arousal_mean": None}
    plain = find_scheme("valence-arousal")
    assert plain.measured() is plain


@pytest.mark.parametrize("value", [[2.0], ["0.1"], [True], "0.5", "[1,", "{}", 0.5])
def test_what_is_no_trace_is_refused(value: object) -> None:
    with pytest.raises(AnnotatorError, match="scale of valence"):
        VALENCE.parse(value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('panel = "grid"\n[[items]]\nname = "a"\ntype = "trace"', "panel"),
        ('panel = "trace"\n[[items]]\nname = "a"', "panel"),
        ('[[items]]\nname = "a"\ntype = "trace"\n[[items]]\nname = "b"', "items"),
        ('[[items]]\nname = "a"\ntype = "trace"\nrate = 0', "items[1].rate"),
        ('[[items]]\nname = "a"\ntype = "trace"\nlag = -1', "items[1].lag"),
        ('[[items]]\nname = "a"\ntype = "trace"\n[[items]]\nname = "b"\ntype = "trace"\nrate = 5', "items[2].rate"),
    ],
)  # fmt: skip
def test_a_fault_in_a_trace_names_the_field(text: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "x"\n' + text)
    with pytest.raises(AnnotatorError) as caught:
        read_scheme(tmp_path / "mine.toml")
    assert f", {named}:" in caught.value.message
