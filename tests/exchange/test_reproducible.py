"""The same corpus and options give the same bytes: at another time, in another process, and with changed clips."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.domain.progress import finish
from annotator.exchange.bundle import ExportData
from annotator.exchange.folder import verify_folder
from annotator.exchange.formats import FORMATS

Make = Callable[..., ExportData]
WRITERS = [name for name, entry in FORMATS.items() if entry.write is not None]

#: Exports a stored corpus in every format; the clips are floats, which libsndfile marks with the time.
PROGRAM = """
import sys
from pathlib import Path
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.export import export_corpus
from annotator.audio.treatment import Treatment
from annotator.domain.progress import finish
corpus, out, *formats = sys.argv[1:]
with open_corpus_folder(Path(corpus), writable=False) as session:
    for name in formats:
        finish(export_corpus(session, Path(out) / name, format=name, clips="wav", split="cv", whole=True))
    finish(export_corpus(session, Path(out) / "changed", format="csv", clips="flac", split="cv", context=0.1,
                         treatment=Treatment(sample_rate=11025, mono=True, loudness=-23.0)))
"""


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A corpus of float recordings, rated by two people, with a consensus and a split."""
    from annotator.app.about import describe_corpus
    from annotator.app.add import add_recordings
    from annotator.app.consensus import settle_consensus
    from annotator.app.corpus_folder import create_corpus
    from annotator.app.rate import add_rater, answer
    from annotator.app.segment import draw_segment
    from annotator.app.split import fold_shares, make_split

    sounds = tmp_path / "sounds"
    sounds.mkdir()
    for n, name in enumerate(("ann_1", "ann_2", "bo_1", "cy_1")):
        noise = np.random.default_rng(n).normal(0, 0.1, (8_000, 2))
        soundfile.write(sounds / f"{name}.wav", noise, 8_000, subtype="FLOAT")
    with create_corpus(tmp_path / "x.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [sounds], groups=["speaker=name:^([^_]+)_"]))
        with session.reading() as reader:
            recordings = reader.recordings()
        drawn = [
            draw_segment(session, recording, "hand", start, start + 3_000)
            for recording in recordings
            for start in (0, 4_000)
        ]
        for seat, name in enumerate(("Ada", "Ben")):
            who = add_rater(session, name)
            for n, segment in enumerate(drawn):
                values = {"valence": n / 10 - 0.1 * seat, "arousal": 0.1 * seat}
                answer(session, segment_id=segment.id, rater=who, scheme="valence-arousal", values=values)
        settle_consensus(session, "valence-arousal", "mean")
        finish(make_split(session, "cv", shares=fold_shares(2), group_keys=["speaker"]))
        describe_corpus(session, title="Talk", licence="CC0-1.0")
    return tmp_path / "x.corpus"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_writer_gives_the_same_bytes_in_another_process_at_another_time(
    stored: Path, tmp_path: Path
) -> None:
    for run, seed in (("one", "1"), ("two", "2")):
        subprocess.run(
            [sys.executable, "-c", PROGRAM, stored, tmp_path / run, *WRITERS],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Seoul" if seed == "2" else "UTC"},
            check=True,
        )
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert sum(name.endswith((".wav", ".flac")) for name in one) == len(WRITERS) * (4 + 8) + 8
    for name in (*WRITERS, "changed"):
        assert finish(verify_folder(tmp_path / "one" / name)).ok
        # Nobody's name leaves the house.
        text = b"".join(data for file, data in one.items() if file.startswith(name))
        assert b"Ada" not in text
        card = one[f"{name}/README.md"].decode()
        for words in (
            "2 raters",
            "Krippendorff",
            "mean (8)",
            "no group of speaker",
            "CC0-1.0",
            "Balance of valence",
        ):
            assert words in card
        assert b"<svg" in one[f"{name}/README.html"]
