"""Kaldi's and Lhotse's files, as their documentation wants them."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from annotator.domain.about import About
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.exchange.bundle import ExportData, ExportOptions
from annotator.exchange.formats import FORMATS
from annotator.exchange.kaldi_writer import write_kaldi
from annotator.exchange.lhotse_writer import write_lhotse

Make = Callable[..., ExportData]
WRITERS = [name for name, entry in FORMATS.items() if entry.write is not None]


def pairs(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [line.split(" ")[0] for line in lines]
    assert keys == sorted(keys, key=str.encode), path.name  # as LC_ALL=C sort orders them
    assert len(set(keys)) == len(keys)
    return dict(line.split(" ", 1) if " " in line else (line, "") for line in lines)


def test_a_kaldi_directory_is_sorted_and_consistent(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    speakers = tuple(replace(s, speaker=("Zoë Ann", "Bo", "")[n % 3]) for n, s in enumerate(data.segments))
    data = replace(data, segments=speakers)
    finish(write_kaldi(data, tmp_path / "out", ExportOptions(split="holdout")))
    seen = 0
    for part in ("train", "dev", "test"):
        folder = tmp_path / "out" / part
        segments, speaker_of = pairs(folder / "segments"), pairs(folder / "utt2spk")
        recordings = pairs(folder / "wav.scp")
        assert segments.keys() == speaker_of.keys()
        assert pairs(folder / "reco2dur").keys() == recordings.keys()
        assert {place.split()[0] for place in segments.values()} == recordings.keys()
        assert all(utterance.startswith(speaker) for utterance, speaker in speaker_of.items())
        assert {
            (speaker, utterance)
            for speaker, said in pairs(folder / "spk2utt").items()
            for utterance in said.split()
        } == {(speaker, utterance) for utterance, speaker in speaker_of.items()}
        assert not any(len(speaker.split()) > 1 for speaker in speaker_of.values())
        assert set(pairs(folder / "utt2emotion").values()) <= {"angry", "calm", "None"}
        seen += len(segments)
    assert seen == len(data.segments)
    # A file with white space in its name goes through a pipe, in quotes.
    assert recordings
    assert all("'test train" in source and source.endswith("|") for source in recordings.values())


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_lhotse_manifests_have_the_documented_fields(corpus: Make, tmp_path: Path) -> None:
    data = replace(corpus(3), about=About(language="it"))
    finish(write_lhotse(data, tmp_path / "out", ExportOptions(split="holdout", whole=True)))
    recordings = {row["id"]: row for row in rows(tmp_path / "out" / "recordings.jsonl.gz")}
    for row in recordings.values():
        assert row.keys() == {"id", "sources", "sampling_rate", "num_samples", "duration", "channel_ids"}
        assert row["duration"] == row["num_samples"] / row["sampling_rate"]
        assert row["channel_ids"] == [0]
        (source,) = row["sources"]
        assert (source["type"], source["channels"]) == ("file", [0])
        assert (tmp_path / "out" / source["source"]).is_file()
    supervisions = {row["id"]: row for row in rows(tmp_path / "out" / "supervisions.jsonl.gz")}
    for segment in data.segments:
        row = supervisions[segment.id]
        assert (row["recording_id"], row["channel"]) == (segment.recording_id, 0)
        assert round(row["start"] * 8_000) == segment.start
        assert round(row["duration"] * 8_000) == segment.samples
        assert row.get("text", "") == segment.text
        assert row.get("speaker", "") == segment.speaker
        assert row["language"] == "it"
        custom = row["custom"]
        assert {one["rater"] for one in custom["ratings"]} == {"R1", "R2"}
        assert custom["labels"]["emotions"]["shares"]["emotion"]["None"] == 0.5
    parts = {
        part: rows(tmp_path / "out" / f"supervisions_{part}.jsonl.gz") for part in ("train", "dev", "test")
    }
    assert sum(map(len, parts.values())) == len(supervisions)


@pytest.mark.parametrize("name", WRITERS)
def test_no_writer_overwrites_what_is_not_its_own(corpus: Make, tmp_path: Path, name: str) -> None:
    write = FORMATS[name].write
    assert write is not None
    data = corpus(1)
    finish(write(data, tmp_path / "out", ExportOptions()))
    finish(write(data, tmp_path / "out", ExportOptions()))  # an earlier export of itself is replaced
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(AnnotatorError, match="not part of the earlier export"):
        finish(write(data, tmp_path / "out", ExportOptions()))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", WRITERS)
def test_hostile_names_and_texts_stay_inside_and_are_written(corpus: Make, tmp_path: Path, name: str) -> None:
    data = corpus(2)
    ugly = ' \t=cmd("x")\n--> <b> & "quoted" \x07 \U0001f3b5 '
    segments = tuple(replace(s, text=ugly, speaker="A/B: <c>\t|\x07") for s in data.segments)
    outside = [replace(r, path=f"../../up/{r.path}") for r in data.recordings]
    folder = data.audio_path(data.recordings[0]).parent
    data = replace(
        data,
        segments=segments,
        recordings=tuple(outside),
        audio_path=lambda recording: folder / recording.name,
        open_audio=lambda recording: open_named(folder, recording.name),
    )
    write = FORMATS[name].write
    assert write is not None
    result = finish(write(data, tmp_path / "deep" / "out", ExportOptions(clips="wav", whole=True)))
    assert result.segments == 6
    inside = tmp_path / "deep" / "out"
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "media"}
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}
    assert all(path.resolve().is_relative_to(inside) for path in inside.rglob("*"))
    for path in inside.rglob("*.eaf"):
        assert ElementTree.parse(path).getroot().tag == "ANNOTATION_DOCUMENT"


def open_named(folder: Path, name: str) -> Any:
    from annotator.audio.source import open_source

    return open_source(folder / name)
