"""The registry of methods."""

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.segmentation.methods import METHODS


def test_silence_and_vad_are_there() -> None:
    assert {"silence", "vad"} <= set(METHODS.names())


def test_each_method_says_what_it_is_for() -> None:
    for name, method in METHODS.items():
        assert method.name == name
        assert method.title
        assert method.description.endswith(".")


def test_titles_are_made_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.segmentation.methods.tr", lambda text: text.upper())
    assert METHODS["vad"].title == "SPEECH"


def test_an_unknown_method_is_answered_with_the_valid_ones() -> None:
    with pytest.raises(AnnotatorError, match="silence"):
        METHODS["silense"]
