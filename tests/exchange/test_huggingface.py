"""The audiofolder in the hands of the Hugging Face library, which lives in an environment of its own.

Runs where `ANNOTATOR_HF_PYTHON` names a Python with `datasets` 3.6, `pandas<3`, soundfile and librosa.
"""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.progress import finish
from annotator.exchange.audiofolder import write_audiofolder
from annotator.exchange.bundle import ExportData, ExportOptions

PYTHON = os.environ.get("ANNOTATOR_HF_PYTHON")
pytestmark = pytest.mark.skipif(PYTHON is None, reason="ANNOTATOR_HF_PYTHON names no Python with the library")

LOAD = """
import json, sys
from datasets import load_dataset
report = []
for folder in sys.argv[1:]:
    for loaded in (load_dataset(folder), load_dataset("audiofolder", data_dir=folder)):
        report.append({
            split: {
                "columns": {name: getattr(feature, "dtype", "audio") for name, feature in rows.features.items()},
                "rows": [{**row, "audio": len(row["audio"]["array"])} for row in rows],
            }
            for split, rows in loaded.items()
        })
print(json.dumps(report))
"""


def test_parts_folds_and_whole_corpora_load_with_right_counts_and_columns(
    corpus: Callable[..., ExportData], tmp_path: Path
) -> None:
    data = corpus()
    named = replace(
        data.splits[0],
        name="mixed",
        parts={id_: {"dev": "unseen"}.get(part, part) for id_, part in data.splits[0].parts.items()},
        options={},
    )
    data = replace(data, splits=(*data.splits, named))
    for split in ("holdout", "folds", "mixed", None):
        finish(write_audiofolder(data, tmp_path / "test data" / str(split), ExportOptions(split=split)))
    report = load(
        tmp_path, *(tmp_path / "test data" / name for name in ("holdout", "folds", "mixed", "None"))
    )
    counts = [{split: len(content["rows"]) for split, content in loaded.items()} for loaded in report]
    three = {"train": 6, "validation": 6, "test": 6}
    folds = {"fold1": 6, "fold2": 3, "fold3": 3, "fold4": 3, "fold5": 3}
    mixed = {"test": 6, "train": 6, "unseen": 6}
    whole = {"train": 18}
    assert counts == [three, three, folds, whole, mixed, whole, whole, whole]

    lengths = {segment.id: segment.samples for segment in data.segments}
    for loaded in report:
        for content in loaded.values():
            assert content["columns"] == {
                **dict.fromkeys(
                    ("segment", "part", "recording", "text", "speaker", "actor", "show"), "string"
                ),
                **dict.fromkeys(("emotion", "power", "joy"), "string"),
                **dict.fromkeys(("start", "end", "valence"), "float64"),
                **dict.fromkeys(("emotion.angry", "emotion.calm", "emotion.None"), "float64"),
                "audio": "dict",
            }
            for row in content["rows"]:
                assert row["audio"] == lengths[row["segment"]]
                assert row["emotion"] in ("angry", "calm", "(None)")
    split = data.splits[1]
    for loaded in report[2:4]:
        for content in loaded.values():
            assert all(row["part"] == split.parts[row["segment"]] for row in content["rows"])


def load(tmp_path: Path, *folders: Path) -> list[dict[str, Any]]:
    assert PYTHON is not None
    done = subprocess.run(
        [PYTHON, "-c", LOAD, *map(str, folders)],
        env={**os.environ, "HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return report
