"""Targets that no item holds: group keys, and quadrants of valence and arousal."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

import annotator
from annotator.app.importing import import_file
from annotator.app.library import Corpus
from annotator.app.targets import find_target
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

VALUES = {"a": (0.5, 0.5), "b": (-0.5, 0.5), "c": (-0.5, -0.5), "d": (0.5, -0.5), "e": (0.05, 0.9)}


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    """Five recordings of a second, of two genres, each rated once for valence and arousal."""
    for name in VALUES:
        path = tmp_path / "music" / ("rock" if name < "c" else "jazz") / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.random.default_rng(ord(name)).uniform(-0.1, 0.1, 8000), 8000)
    table = tmp_path / "ratings.csv"
    lines = [f"{name}.wav,,,Anna,{item},{value}" for name, pair in VALUES.items()
             for item, value in zip(("valence", "arousal"), pair, strict=True)]  # fmt: skip
    table.write_text("\n".join(["file,start,end,rater,item,value", *lines]) + "\n")
    with annotator.new_corpus(tmp_path / "x.corpus", ["valence-arousal"]) as opened:
        opened.add([tmp_path / "music"], groups=["genre=parent"])
        finish(import_file(opened.session, table, format="csv", scheme="valence-arousal"))
        yield opened


def by_file(corpus: Corpus, name: str) -> dict[str, str | None]:
    with corpus.session.reading() as reader:
        target = find_target(reader, name)
        files = {recording.id: Path(recording.path).stem for recording in reader.recordings()}
        return {files[s.recording_id]: target.label(s.id) for s in reader.segments()}


def test_quadrants_run_anticlockwise_and_leave_out_the_axes(corpus: Corpus) -> None:
    assert by_file(corpus, "quadrant") == {"a": "Q1", "b": "Q2", "c": "Q3", "d": "Q4", "e": None}
    assert by_file(corpus, "valence-arousal:quadrant") == by_file(corpus, "quadrant")


def test_a_group_key_is_a_target(corpus: Corpus) -> None:
    assert by_file(corpus, "group:genre") == {"a": "rock", "b": "rock", "c": "jazz", "d": "jazz", "e": "jazz"}


def test_a_group_key_that_is_not_there_is_refused(corpus: Corpus) -> None:
    with pytest.raises(AnnotatorError, match='group key "gender"') as caught:
        by_file(corpus, "group:gender")
    assert "genre" in caught.value.hint


def test_a_group_key_can_be_trained(corpus: Corpus) -> None:
    corpus.split("halves", folds=2, groups=["recording"])
    trained = corpus.train(features="mfcc", model="logistic-regression", target="group:genre", split="halves")
    result = trained.to_dict()
    assert result["confusion"]["labels"] == ["jazz", "rock"]
    assert result["labels_from"] == "group"
    assert result["human_ceiling"]["uar"] is None
