"""The audiofolder: one metadata.csv in each part, labels, and nothing that misleads the library."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.corpus import Annotation, Consensus, Rater, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.exchange.audiofolder import layout, write_audiofolder
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult

Make = Callable[..., ExportData]
KEYWORDS = {"train", "training", "validation", "valid", "dev", "val", "test", "testing", "eval", "evaluation"}


def export(data: ExportData, out: Path, **options: str) -> ExportResult:
    return finish(write_audiofolder(data, out, ExportOptions(**options)))


def metadata(folder: Path) -> list[dict[str, str]]:
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("clips", ["wav", "flac"])
def test_every_part_has_its_clips_and_their_metadata(corpus: Make, tmp_path: Path, clips: str) -> None:
    data = corpus()
    result = export(data, tmp_path / "out", split="holdout", clips=clips)
    split = data.splits[0]
    segments = {segment.id: segment for segment in data.segments}
    for part in split.part_names:
        rows = metadata(tmp_path / "out" / part)
        assert {row["segment"] for row in rows} == {id_ for id_, p in split.parts.items() if p == part}
        assert {path.name for path in (tmp_path / "out" / part).iterdir()} == {
            "metadata.csv",
            *(row["file_name"] for row in rows),
        }
        for row in rows:
            clip, rate = soundfile.read(tmp_path / "out" / part / row["file_name"])
            assert row["file_name"].endswith(f".{clips}")
            assert len(clip) == segments[row["segment"]].samples
            assert float(row["end"]) - float(row["start"]) == pytest.approx(len(clip) / rate)
    assert dict(result.parts) == {"train": 6, "dev": 6, "test": 6}
    assert result.segments == 18


def test_no_file_name_holds_a_word_that_names_a_part(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    odd = {data.segments[0].id: "test-1"}
    data = replace(
        data,
        segments=tuple(replace(s, id=odd.get(s.id, s.id)) for s in data.segments),
        consensus=tuple(replace(c, segment_id=odd.get(c.segment_id, c.segment_id)) for c in data.consensus),
    )
    export(data, tmp_path / "out")
    names = [path.name for path in (tmp_path / "out" / "train").iterdir()]
    assert len(names) == 19
    assert not any(KEYWORDS & set(re.split(r"[-._ 0-9]", name)) for name in names)


def test_labels_are_the_consensus_turned_so_that_high_is_pleasant(corpus: Make, tmp_path: Path) -> None:
    export(corpus(), tmp_path / "out")
    first, second = metadata(tmp_path / "out" / "train")[:2]
    assert (first["emotion"], first["emotion.angry"], first["emotion.calm"]) == ("angry", "0.25", "0.25")
    assert (first["valence"], second["valence"]) == ("", "4.5")
    assert (first["power"], first["joy"]) == ("yes", "no")


def test_decisions_of_a_person_stand_above_every_method(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    ids = [segment.id for segment in data.segments]
    consensus = (
        Consensus(ids[0], "emotions", "majority", {"emotion": "angry"}),
        Consensus(ids[1], "emotions", "majority", {"emotion": None}, ties=("emotion",)),
        Consensus(ids[1], "emotions", "adjudicated", {"emotion": "calm"}),
        Consensus(ids[2], "emotions", "majority", {"emotion": None}, ties=("emotion",)),
    )
    result = export(replace(data, consensus=consensus, annotations=()), tmp_path / "out")
    rows = metadata(tmp_path / "out" / "train")
    assert [(row["segment"], row["emotion"]) for row in rows] == [(ids[0], "angry"), (ids[1], "calm")]
    assert dict(result.excluded) == {"no_label": 1}
    assert "majority (1), adjudicated (1)" in (tmp_path / "out" / "README.md").read_text()


def test_labels_that_came_with_the_data_need_no_consensus(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    annotations = (
        Annotation("1", data.segments[0].id, "ref", "emotions", {"emotion": "calm"}),
        Annotation("2", data.segments[1].id, "a", "emotions", {"emotion": "angry"}),
    )
    raters = (*data.raters, Rater("ref", "reference", "reference"))
    export(replace(data, consensus=(), annotations=annotations, raters=raters), tmp_path / "out")
    assert [row["emotion"] for row in metadata(tmp_path / "out" / "train")] == ["calm"]


def test_single_ratings_are_labels_and_second_opinions_wait_for_a_consensus(
    corpus: Make, tmp_path: Path
) -> None:
    data = replace(corpus(1), consensus=())
    one = tuple(answer for answer in data.annotations if answer.rater_id == "a")
    result = export(replace(data, annotations=one), tmp_path / "one")
    assert [row["emotion"] for row in metadata(tmp_path / "one" / "train")] == ["angry", "calm", "(None)"]
    assert result.segments == 3
    export(data, tmp_path / "two")
    row = metadata(tmp_path / "two" / "train")[0]
    assert "emotion" not in row
    assert "power" in row


def test_a_corpus_without_labels_is_exported_whole(corpus: Make, tmp_path: Path) -> None:
    result = export(replace(corpus(1), consensus=(), annotations=()), tmp_path / "out")
    assert (result.segments, dict(result.excluded)) == (3, {})
    assert "emotion" not in metadata(tmp_path / "out" / "train")[0]


def test_the_same_sound_is_not_exported_twice(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    other = replace(data.segments[0], id="ee", tier_id="t2")
    data = replace(data, tiers=(*data.tiers, Tier("t2", "vad")), segments=(*data.segments, other))
    result = export(data, tmp_path / "rated")
    assert (result.segments, dict(result.excluded)) == (3, {"other_tier": 1})
    with pytest.raises(AnnotatorError, match="sentences, vad"):
        export(replace(data, annotations=()), tmp_path / "out")


def test_schemes_that_share_an_item_name_have_columns_of_their_own(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    twin = replace(data.schemes[0], name="felt", judged="felt")
    consensus = tuple(replace(one, scheme="felt") for one in data.consensus if one.scheme == "emotions")
    data = replace(data, schemes=(*data.schemes, twin), consensus=(*data.consensus, *consensus))
    export(data, tmp_path / "out")
    row = metadata(tmp_path / "out" / "train")[0]
    assert row["emotions.emotion"] == row["felt.emotion"] == "angry"


def test_the_card_names_every_part(corpus: Make, tmp_path: Path) -> None:
    export(corpus(), tmp_path / "out", split="folds")
    card = (tmp_path / "out" / "README.md").read_text()
    front = card.split("---\n")[1]
    assert re.findall(r'split: (\S+)\n    path: "(\S+)/\*\*"', front) == [
        (f"fold{n}", f"fold{n}") for n in range(1, 6)
    ]
    assert "task_categories:\n- audio-classification\n" in front


names = st.text(st.sampled_from("tesrainvdl12_- é"), min_size=1, max_size=9) | st.sampled_from(
    sorted(KEYWORDS)
)


@settings(deadline=None)
@given(parts=st.lists(names, min_size=1, max_size=5, unique=True))
def test_parts_have_folders_that_the_library_cannot_mistake(parts: list[str]) -> None:
    places = layout(parts)
    assert [place.part for place in places] == parts
    assert len({place.folder for place in places}) == len({place.split for place in places}) == len(parts)
    for place in places:
        assert re.fullmatch(r"\w+", place.split, re.ASCII)
        words = set(re.split(r"[-._ 0-9]+", place.folder.lower()))
        # Either the library makes the very split of every folder, or it sees one in none of them.
        assert (words == {place.folder} and place.folder in KEYWORDS) or not words & KEYWORDS
    known = [place.folder in KEYWORDS for place in places]
    assert all(known) or not any(known)
