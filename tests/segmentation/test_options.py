"""Options refuse what cannot work, and say which option and which range."""

import math
from dataclasses import fields, replace

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.segmentation.methods import METHODS
from annotator.segmentation.options import Options


@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("min_pause", -0.1, "0 to 3600"),
        ("min_length", math.nan, "0 to 3600"),
        ("padding", math.inf, "0 to 3600"),
        ("max_length", "ten", "0 to 3600"),
        ("min_pause", True, "0 to 3600"),
        ("onset", 1.5, "0.01 to 1"),
        ("offset", 0.0, "0.01 to 0.5"),
    ],
)
def test_names_the_option_and_its_range(name: str, value: object, range_: str) -> None:
    with pytest.raises(AnnotatorError) as caught:
        Options(**{name: value})
    assert name in caught.value.message
    assert range_ in caught.value.hint


def test_offset_may_not_exceed_onset() -> None:
    with pytest.raises(AnnotatorError, match=r"offset.*onset"):
        Options(onset=0.5, offset=0.6)


def test_max_length_leaves_room_for_cutting() -> None:
    Options(min_length=1, padding=0.5, max_length=5)
    with pytest.raises(AnnotatorError, match=r"max_length.*at least 5"):
        Options(min_length=1, padding=0.5, max_length=4.9)


def test_no_limit_is_the_default() -> None:
    assert Options().max_length == 0


def test_every_option_of_every_method_can_be_changed_alone() -> None:
    for method in map(METHODS.__getitem__, METHODS.names()):
        for name in (field.name for field in fields(method.defaults)):
            assert replace(method.defaults, **{name: getattr(method.defaults, name)}) == method.defaults
