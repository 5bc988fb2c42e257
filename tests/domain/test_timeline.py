from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.timeline import clock, parse_clock, to_samples, to_seconds

RATES = st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000, 96000])


@given(st.integers(0, 2**40), RATES)
def test_samples_survive_the_way_through_seconds(samples: int, rate: int) -> None:
    assert to_samples(to_seconds(samples, rate), rate) == samples


@given(st.integers(0, 10**9))
def test_a_clock_is_read_back_to_the_millisecond(milliseconds: int) -> None:
    assert round(parse_clock(clock(milliseconds / 1000)) * 1000) == milliseconds


def test_rounding_never_shows_sixty_seconds() -> None:
    assert clock(59.9996) == "1:00.000"
    assert clock(3599.9999, 0) == "1:00:00"
