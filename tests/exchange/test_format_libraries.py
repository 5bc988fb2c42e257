"""What is written, in the hands of each format's own library, which live in an environment of their own.

Runs where `ANNOTATOR_FORMATS_PYTHON` names a Python with audformat, jams, mlcroissant, praatio, tgt and pympi-ling.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.progress import finish
from annotator.exchange.bundle import ExportData, ExportOptions
from annotator.exchange.formats import FORMATS

PYTHON = os.environ.get("ANNOTATOR_FORMATS_PYTHON")
pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="ANNOTATOR_FORMATS_PYTHON names no Python with the libraries"
)

Make = Callable[..., ExportData]
RATE = 8_000


def exported(data: ExportData, tmp_path: Path, name: str, **options: Any) -> Path:
    write = FORMATS[name].write
    assert write is not None
    finish(write(data, tmp_path / name, ExportOptions(**options)))
    return tmp_path / name


def asked(program: str, *arguments: Path) -> Any:
    """What a program prints as JSON in its last line."""
    assert PYTHON is not None
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", program, *map(str, arguments)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


AUDFORMAT = """
import audformat, json, sys
db = audformat.Database.load(sys.argv[1])
told = {}
for name in db.tables:
    frame = db[name].get()
    rows = []
    for index, row in zip(frame.index, frame.astype(object).where(frame.notna(), None).values.tolist()):
        index = list(index) if isinstance(index, tuple) else [index]
        rows.append([index[0], *(time.total_seconds() for time in index[1:]), *row])
    told[name] = {"columns": list(frame.columns), "rows": rows, "split": db[name].split_id}
raters = {name: rater.type for name, rater in db.raters.items()}
splits = {name: split.type for name, split in db.splits.items()}
print(json.dumps({"tables": told, "raters": raters, "splits": splits, "portable": db.is_portable}, default=str))
"""


def test_audformat_loads_raters_gold_standard_shares_and_parts(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    told = asked(AUDFORMAT, exported(data, tmp_path, "audformat", split="holdout", whole=True))
    assert told["portable"]
    assert told["raters"] == {"R1": "human", "R2": "human", "gold_standard": "vote"}
    assert told["splits"] == {"train": "train", "dev": "dev", "test": "test"}
    tables = told["tables"]
    assert len(tables["segments"]["rows"]) == len(data.segments)
    places = {row[3]: (round(row[1] * RATE), round(row[2] * RATE)) for row in tables["segments"]["rows"]}
    assert places == {segment.id: (segment.start, segment.end) for segment in data.segments}
    assert {row[4] for row in tables["segments"]["rows"]} == {segment.text for segment in data.segments} - {
        ""
    } | {None}
    assert tables["emotion"]["columns"] == ["R1", "R2"]
    gold = tables["emotion.gold_standard"]
    assert gold["columns"] == ["emotion", "emotion.angry", "emotion.calm", "emotion.None"]
    settled = {
        c.segment_id: c.values["emotion"]
        for c in data.consensus
        if c.method == "majority" and c.scheme == "emotions"
    }
    assert [row[3] for row in gold["rows"]] == [settled[s.id] for s in data.segments]
    assert gold["rows"][0][4:] == [0.25, 0.25, 0.5]
    # The scale goes from pleasant (1) to unpleasant (5): 1 and 2 leave as 5 and 4.
    assert {tuple(row[3:]) for row in tables["valence"]["rows"]} == {(5.0, 4.0)}
    assert {row[3] for row in tables["valence.gold_standard"]["rows"]} == {4.5}
    assert {tuple(row[3:]) for row in tables["power.gold_standard"]["rows"]} == {(True,)}
    counts = {part: len(tables[f"emotion.{part}"]["rows"]) for part in ("train", "dev", "test")}
    assert counts == {"train": 6, "dev": 6, "test": 6}
    assert [tables[f"emotion.{part}"]["split"] for part in counts] == list(counts)


JAMS = """
import jams, json, sys
from pathlib import Path
told = {}
for path in sorted(Path(sys.argv[1]).rglob("*.jams")):
    made = jams.load(str(path), validate=True, strict=True)
    told[path.stem] = [
        {"namespace": a.namespace, "rater": a.annotation_metadata.curator.name,
         "data": [[o.time, o.duration, o.value, o.confidence] for o in a.data]}
        for a in made.annotations
    ]
print(json.dumps(told))
"""


def test_jams_validates_and_holds_segments_raters_and_shares(corpus: Make, tmp_path: Path) -> None:
    data = corpus(2)
    told = asked(JAMS, exported(data, tmp_path, "jams"))
    assert sorted(told) == ["test train 0", "test train 1"]
    first = told["test train 0"]
    segments = next(one for one in first if one["namespace"] == "segment_open")
    assert [[round(o[0] * RATE), round(o[1] * RATE)] for o in segments["data"]] == [
        [segment.start, segment.samples] for segment in data.segments[:3]
    ]
    assert [o[2] for o in segments["data"]] == [segment.text for segment in data.segments[:3]]
    tags = [(one["rater"], [o[2] for o in one["data"]]) for one in first if one["namespace"] == "tag_open"]
    assert ("R1", ["angry", "calm", "None"]) in tags
    assert ("R2", ["valence=4", "valence=4"]) in tags
    assert ("R1", ["power", "power", "power"]) in tags
    shares = [o for one in first for o in one["data"] if o[3] is not None]
    assert sum(o[3] for o in shares if o[0] == 0) == 1.0


CROISSANT = """
import mlcroissant, json, sys
made = mlcroissant.Dataset(sys.argv[1] + "/croissant.json")
told = {"warnings": list(made.metadata.issues.warnings), "errors": list(made.metadata.issues.errors)}
def plain(value):
    return value.decode() if isinstance(value, bytes) else value
for records in made.metadata.record_sets:
    told[records.id] = [str(field.data_types) for field in records.fields]
    if records.id != "sounds":  # version 1.1 of the library decodes no sound but MP3
        told[records.id] = [{key: plain(v) for key, v in row.items()} for row in made.records(records.id)]
print(json.dumps(told, default=str))
"""


def test_croissant_is_valid_and_its_records_load(corpus: Make, tmp_path: Path) -> None:
    data = corpus(3)
    told = asked(CROISSANT, exported(data, tmp_path, "croissant", split="holdout", clips="wav"))
    assert told["errors"] == []
    assert len(told["segments"]) == len(data.segments)
    first = {row["segments/segment"]: row for row in told["segments"]}[data.segments[0].id]
    assert (first["segments/start_sample"], first["segments/end_sample"]) == (0, 3_999)
    assert len(told["ratings"]) == sum(len(one.values) for one in data.annotations)
    assert {row["splits/part"] for row in told["splits"]} == {"train", "dev", "test"}
    assert [row["parts/name"] for row in told["parts"]] == ["train", "dev", "test"]
    assert any("AudioObject" in types for types in told["sounds"])
    assert len(list((tmp_path / "croissant" / "clips").glob("*.wav"))) == len(data.segments)


PRAAT = """
import json, sys
from pathlib import Path
from praatio import textgrid
import tgt
told = {}
for path in sorted(Path(sys.argv[1]).rglob("*.TextGrid")):
    ours = textgrid.openTextgrid(str(path), includeEmptyIntervals=False)
    theirs = tgt.io.read_textgrid(str(path), include_empty_intervals=False)
    told[path.stem] = [
        {tier.name: [[e.start, e.end, e.label] for e in tier.entries] for tier in ours.tiers},
        {tier.name: [[float(e.start_time), float(e.end_time), e.text] for e in tier] for tier in theirs},
    ]
print(json.dumps(told))
"""


def test_praat_libraries_read_text_and_answers(corpus: Make, tmp_path: Path) -> None:
    data = corpus(2)
    told = asked(PRAAT, exported(data, tmp_path, "textgrid"))
    assert sorted(told) == ["test train 0", "test train 1"]
    for tiers in told["test train 0"]:
        text = [*tiers["sentences"], *tiers["Bo"]]
        assert [[round(e[0] * RATE), round(e[1] * RATE)] for e in text] == [
            [segment.start, segment.end] for segment in data.segments[:3]
        ]
        assert {e[2].replace('""', '"') for e in text} == {'Già fatto, "no"'}
        answers = [e[2] for name in ("emotion [R1]", "emotion [R1] 2") for e in tiers[name]]
        assert sorted(answers) == ["None", "angry", "calm"]
        assert {e[2] for e in tiers["valence [R1]"]} <= {"5"}
        assert "emotion [consensus]" in tiers


ELAN = """
import json, sys
from pathlib import Path
import pympi
told = {}
for path in sorted(Path(sys.argv[1]).rglob("*.eaf")):
    made = pympi.Elan.Eaf(str(path))
    told[path.stem] = {
        "tiers": {name: made.get_annotation_data_for_tier(name) for name in made.get_tier_names()},
        "annotators": {name: made.get_parameters_for_tier(name).get("ANNOTATOR") for name in made.get_tier_names()},
        "media": made.get_linked_files()[0]["RELATIVE_MEDIA_URL"],
    }
print(json.dumps(told))
"""


def test_elan_is_read_with_its_annotators(corpus: Make, tmp_path: Path) -> None:
    data = corpus(2)
    told = asked(ELAN, exported(data, tmp_path, "elan"))["test train 0"]
    text = sorted([*told["tiers"]["sentences"], *told["tiers"]["Bo"]])
    assert [e[:2] for e in text] == [
        [round(segment.start / 8), round(segment.end / 8)] for segment in data.segments[:3]
    ]
    assert {e[2] for e in text} == {data.segments[0].text}
    assert told["annotators"]["emotion [R1] sentences"] == "R1"
    assert [e[2] for e in told["tiers"]["emotion [R1] sentences"]] == ["angry", "calm"]
    assert told["media"] == "./test%20train%200.wav"
