"""What is left out of an export, with which reason, and what stays."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.corpus import Annotation, Consensus, Link
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import finish
from annotator.domain.scheme import Item, Scheme
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.csv_writer import write_csv
from annotator.exchange.filters import Filters

Make = Callable[..., ExportData]


def export(data: ExportData, out: Path, **filters: Any) -> ExportResult:
    return finish(write_csv(data, out, ExportOptions(filters=Filters(**filters))))


def listed(out: Path) -> list[tuple[str, str, str]]:
    with (out / "left_out.csv").open(encoding="utf-8", newline="") as file:
        return [(row["segment"], row["reason"], row["detail"]) for row in csv.DictReader(file)]


def answers(data: ExportData, segment: int, **values: Any) -> list[Annotation]:
    """Answers of the raters a, b, ... to the emotion or the scale of one segment."""
    id_ = data.segments[segment].id
    return [
        Annotation(f"{id_}{rater}", id_, rater, "emotions" if isinstance(v, str) else "smile",
                   {"emotion" if isinstance(v, str) else "valence": v})
        for rater, v in values.items()
    ]  # fmt: skip


def test_nothing_is_left_out_unless_asked(corpus: Make, tmp_path: Path) -> None:
    result = export(corpus(2), tmp_path / "out")
    assert (result.segments, dict(result.excluded)) == (6, {})
    assert not (tmp_path / "out" / "left_out.csv").exists()


def test_agreement_is_the_share_of_pairs_or_of_the_scale(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    given = [
        *answers(data, 0, a="calm", b="calm", c="angry"),  # one of three pairs
        *answers(data, 1, a=1, b=3),  # 2 of the 4 steps apart
        *answers(data, 2, a="calm"),
    ]
    raters = (*data.raters, replace(data.raters[0], id="c", name="Cy"))
    data = replace(data, annotations=tuple(given), raters=raters)
    ids = [segment.id for segment in data.segments]
    result = export(data, tmp_path / "out", min_agreement=0.4)
    assert dict(result.excluded) == {"low_agreement": 1, "no_second_rating": 1}
    assert listed(tmp_path / "out") == [(ids[0], "low_agreement", "0.333"), (ids[2], "no_second_rating", "1")]
    assert export(data, tmp_path / "half", min_agreement=0.5).segments == 1
    with pytest.raises(AnnotatorError, match="no segments to export") as caught:
        export(data, tmp_path / "none", min_agreement=0.6)
    assert "low_agreement" in caught.value.hint
    assert not (tmp_path / "none").exists()


def test_ratings_count_people_once_and_no_reference(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    reference = replace(data.raters[0], id="r", name="reference", kind="reference")
    again = replace(answers(data, 1, a="calm")[0], id="x", repeat=1)
    given = [*answers(data, 0, a="calm", b="calm"), *answers(data, 1, a="calm", r="calm"), again]
    data = replace(data, annotations=tuple(given), raters=(*data.raters, reference))
    result = export(data, tmp_path / "out", min_ratings=2)
    assert (result.segments, dict(result.excluded)) == (1, {"few_ratings": 2})
    assert {detail for _, _, detail in listed(tmp_path / "out")} == {"0", "1"}


def test_length_flag_and_uncertainty(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    a, b, c = data.segments
    data = replace(data, segments=(a, b, replace(c, end=c.start + 800)))
    result = export(data, tmp_path / "short", min_seconds=0.2)
    assert (result.segments, dict(result.excluded)) == (2, {"too_short": 1})
    result = export(data, tmp_path / "long", max_seconds=0.2)
    assert (result.segments, dict(result.excluded)) == (1, {"too_long": 2})

    flagged = replace(answers(data, 0, a="calm")[0], flagged=True)
    result = export(replace(data, annotations=(flagged,)), tmp_path / "flagged", no_flagged=True)
    assert dict(result.excluded) == {"flagged": 1}

    consensus = (
        Consensus(a.id, "emotions", "majority", {"emotion": "calm"}, uncertainty={"emotion": 0.9}),
        Consensus(b.id, "emotions", "majority", {"emotion": "calm"}, uncertainty={"emotion": 0.1}),
        Consensus(c.id, "emotions", "majority", {"emotion": "calm"}),
    )
    sure = replace(data, consensus=consensus, annotations=())
    result = export(sure, tmp_path / "sure", max_uncertainty=0.5)
    assert dict(result.excluded) == {"uncertain": 1, "no_uncertainty": 1}
    # What a person decided is sure.
    decided = Consensus(a.id, "emotions", "adjudicated", {"emotion": "calm"})
    sure = replace(sure, consensus=(*consensus, decided))
    assert export(sure, tmp_path / "decided", max_uncertainty=0.5).segments == 2


def test_of_duplicates_one_is_kept(corpus: Make, tmp_path: Path) -> None:
    data = corpus(3)
    first, second, third = data.recordings
    # The second begins 0.5 s into the first, for half its length; the third is the first under another name.
    link = Link(second.id, first.id, 0.9, 0, 8_000, 4_000, 12_000)
    data = replace(
        data,
        recordings=(
            replace(first, pcm_hash="x"),
            replace(second, pcm_hash="y"),
            replace(third, pcm_hash="x"),
        ),
        links=(link,),
    )
    result = export(data, tmp_path / "out", no_duplicates=True)
    of_recording = {segment.id: segment.recording_id for segment in data.segments}
    gone = [of_recording[segment] for segment, _, _ in listed(tmp_path / "out")]
    assert gone.count(third.id) == 3
    assert 1 <= gone.count(second.id) < 3
    assert first.id not in gone
    assert result.excluded == {"duplicate": len(gone)}
    dismissed = replace(data, links=(replace(link, verdict="dismissed"),))
    assert export(dismissed, tmp_path / "dismissed", no_duplicates=True).excluded == {"duplicate": 3}


@pytest.mark.parametrize(
    "wrong", [{"min_agreement": 1.5}, {"min_seconds": -1.0}, {"max_uncertainty": float("nan")}]
)
def test_impossible_filters_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong)).replace("_", "-")):
        Filters(**wrong)


def test_traces_agree_as_far_as_their_means_do(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    pull = Scheme("pull", "Pull", "felt", (Item("valence", "trace", minimum=-1.0, maximum=1.0, rate=2.0),))
    first, second, _ = (segment.id for segment in data.segments)
    drawn = {(first, "a"): [0.0, 0.2], (first, "b"): [0.2, 0.2], (second, "a"): [-1.0], (second, "b"): [1.0]}
    given = [Annotation(f"{s}{r}", s, r, "pull", {"valence": trace}) for (s, r), trace in drawn.items()]
    data = replace(data, schemes=(pull,), annotations=tuple(given), consensus=())
    result = export(data, tmp_path / "out", min_agreement=0.9)
    assert (result.segments, dict(result.excluded)) == (1, {"low_agreement": 1, "no_second_rating": 1})
    assert (second, "low_agreement", "0.000") in listed(tmp_path / "out")
