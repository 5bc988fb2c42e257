"""Writes docs/formats.md: what survives when a corpus is exported and read again, found out by doing it.

python docs/make_formats.py
"""

import csv
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import soundfile

from annotator.audio.source import open_source
from annotator.domain.corpus import Annotation, Consensus, Rater, Recording, Segment, Split, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.domain.scheme import Item, Scheme
from annotator.exchange.bundle import ExportData, ExportOptions, Imported
from annotator.exchange.formats import FORMATS, Format

PAGE = Path(__file__).parent / "formats.md"
RATE = 16_000
EMOTION = Scheme("mood", "Mood", "perceived", (Item("emotion", "category", labels=("happy", "sad")),))
PLANE = Scheme(
    "plane",
    "Valence and arousal",
    "perceived",
    (Item("valence", "number", minimum=-1), Item("arousal", "number", minimum=-1)),
    panel="grid",
)
TEXTS = ("Good evening.", 'He said "no", twice.', "È già fatto.", "좋은 아침입니다.", "So it goes.", "Well.")
#: Which files of an export its reader is given where it does not take the folder itself.
FILES = {
    "elan": "*.eaf", "textgrid": "*.TextGrid", "srt": "*.srt", "vtt": "*.vtt", "jams": "*.jams",
    "audacity": "tracks/*.txt",
}  # fmt: skip

HEAD = """# Formats

What survives when a corpus is exported and read again: `docs/make_formats.py` does it with segments at odd samples,
texts in several scripts, two speakers, two raters and a split, and writes this page.

| Format | Read by | Segments | Times | Text | Speaker | Raters | Values | Splits |
|---|---|---|---|---|---|---|---|---|
"""

TAIL = """
*beside*: a table in the same folder (`segments.csv`, `ratings.csv`, `consensus.csv`, `splits.csv`) holds it, as the
format has no place for it, or our reader does not look there: elan and textgrid have answers as tiers (`emotion [R1]`),
which ELAN and Praat show and we do not read back. *settled*: only what was settled. *clip*: times are those of the
clip, which is the segment's sound, sample by sample. Shares of the raters (soft labels) are in the format's own files
in csv, jsonl, parquet, audiofolder, audformat, jams, croissant and lhotse, else beside.

In every export

- raters are `R1`, `R2`, ...; reference labels and models keep their names;
- values read so that high is pleasant, excited or dominant, whatever the scale of the instrument;
- paths are relative, with forward slashes, in Unicode's NFC, and never lead upwards;
- `README.md` and `README.html` are a data card, `left_out.csv` lists what is not there and why, `manifest.json` has the
  SHA-256 of every file; the same corpus with the same options gives the same bytes.

`annotator formats` lists all formats, also those that are only read. What is written is read by audformat, jams,
mlcroissant, praatio, tgt, pympi-ling and Hugging Face datasets in an environment of their own
(`tests/exchange/test_format_libraries.py`, `test_huggingface.py`).
"""


@dataclass
class Found:
    """What was read: segments as (recording, start, end, text, speaker); answers as (rater, item, value)."""

    segments: list[tuple[str, float, float, str, str]] = field(default_factory=list)
    answers: set[tuple[str, str, str]] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)


def make_corpus(folder: Path) -> ExportData:
    """Two recordings with three segments each, rated by two people, settled, split."""
    recordings, segments, annotations, consensus = [], [], [], []
    for n, name in enumerate(("talk", "song")):
        sound = np.random.default_rng(n).integers(-9_000, 9_000, (3 * RATE, 1), dtype=np.int16)
        soundfile.write(folder / f"{name}.wav", sound, RATE)
        recordings.append(Recording(f"{n:032x}", f"{name}.wav", "s", f"p{n}", RATE, 3 * RATE, 1))
        for k in range(3):
            start = 101 + k * 15_013
            key = f"{16 * (n + 1) + k:032x}"
            who = ("Anna", "Bo")[k % 2]
            segments.append(
                Segment(key, recordings[-1].id, "t", start, start + 12_347, TEXTS[3 * n + k], who)
            )
            for rater in ("a", "b"):
                label = {"emotion": ("happy", "sad")[(n + k + (rater == "b" and k == 1)) % 2]}
                place = {"valence": round(0.1 * k - 0.55, 2), "arousal": 0.25 if rater == "a" else -0.25}
                annotations.append(Annotation(f"{key}{rater}m", key, rater, "mood", label))
                annotations.append(Annotation(f"{key}{rater}p", key, rater, "plane", place))
            settled = {"emotion": ("happy", "sad")[(n + k) % 2]}
            consensus.append(Consensus(key, "mood", "majority", settled))
            consensus.append(Consensus(key, "plane", "mean", {"valence": 0.1, "arousal": 0.0}))
    parts = {
        segment.id: "train" if segment.recording_id == recordings[0].id else "test" for segment in segments
    }
    groups = {segment.id: segment.recording_id for segment in segments}
    shares = {"shares": {"train": 0.5, "test": 0.5}}
    split = Split("s", "holdout", "milp", 0, ("recording",), parts, groups, shares)
    return ExportData(
        name="example",
        recordings=tuple(recordings),
        tiers=(Tier("t", "sentences"),),
        segments=tuple(segments),
        schemes=(EMOTION, PLANE),
        raters=(Rater("a", "Ada"), Rater("b", "Ben")),
        annotations=tuple(annotations),
        consensus=tuple(consensus),
        splits=(split,),
        open_audio=lambda recording: open_source(folder / recording.path),
        audio_path=lambda recording: folder / recording.path,
    )  # fmt: skip


# Reading again


def by_reader(entry: Format, out: Path) -> Found:
    """What our own reader finds."""
    assert entry.read is not None
    found = Found()
    try:
        collect(found, entry.read(out))
    except AnnotatorError:  # it reads files, not folders
        for path in sorted(out.rglob(FILES[entry.name])):
            collect(found, entry.read(path))
    return found


def clips(entry: Format, out: Path) -> Found:
    """What our own reader finds in a folder of clips: each is a recording of its own, told by what it was cut from."""
    assert entry.read is not None
    imported, found = entry.read(out), Found()
    said = {one.recording: one for one in imported.segments}
    rows = {
        (path.parent / row["file_name"]).relative_to(out).as_posix(): row
        for path in out.rglob("metadata.csv")
        for row in table(path)
    }
    for key in sorted(rows, key=lambda key: (rows[key]["recording"], float(rows[key]["start"]))):
        with open_source(imported.audio[key]) as source:
            seconds = source.samples / source.sample_rate
        found.segments.append((stem(rows[key]["recording"]), 0.0, seconds, said[key].text, said[key].speaker))
    for rating in imported.ratings:
        found.answers |= {(rating.rater, item, plain(value)) for item, value in rating.values.items()}
    found.parts |= {part.part for part in imported.parts}
    return found


def collect(found: Found, imported: Imported) -> None:
    for one in imported.segments:
        found.segments.append(
            (stem(one.recording), one.start_seconds, one.end_seconds, one.text, one.speaker)
        )
    rated = set()
    for rating in imported.ratings:
        for item, value in rating.values.items():
            found.answers.add((rating.rater, item, plain(value)))
        if rating.start_seconds is not None and rating.end_seconds is not None:
            rated.add((stem(rating.file or rating.target), rating.start_seconds, rating.end_seconds, "", ""))
        else:
            rated.add((stem(rating.target), 0.0, 0.0, "", ""))
    if not imported.segments:
        found.segments += rated
    found.parts |= {part.part for part in getattr(imported, "parts", ())}


def jsonl(out: Path) -> Found:
    rows = [json.loads(line) for line in (out / "segments.jsonl").read_text(encoding="utf-8").splitlines()]
    return Found(
        [(stem(r["file"]), r["start"], r["end"], r["text"], r["speaker"]) for r in rows],
        {
            (a["rater"], item, plain(value))
            for r in rows
            for a in r["ratings"]
            for item, value in a["values"].items()
        },
        {part for r in rows for part in r["splits"].values()},
    )


def parquet(out: Path) -> Found:
    import pandas as pd

    return tables(lambda name: pd.read_parquet(out / f"{name}.parquet").to_dict("records"))


def croissant(out: Path) -> Found:
    described = {one["name"] for one in json.loads((out / "croissant.json").read_text())["distribution"]}
    return tables(lambda name: table(out / f"{name}.csv") if f"{name}.csv" in described else [])


def tables(read: Callable[[str], list[dict[str, Any]]]) -> Found:
    return Found(
        [(stem(r["file"]), float(r["start"]), float(r["end"]), r["text"], r["speaker"]) for r in read("segments")],
        {(r["rater"], r["item"], plain(r["value"])) for r in read("ratings")},
        {r["part"] for r in read("splits")},
    )  # fmt: skip


def kaldi(out: Path) -> Found:
    found = Found()
    for directory in sorted(path.parent for path in out.rglob("segments")):
        found.parts.add(directory.name)
        texts, speakers, labels = (lines(directory / name) for name in ("text", "utt2spk", "utt2emotion"))
        for utterance, place in lines(directory / "segments").items():
            recording, start, end = place.split()
            found.segments.append(
                (recording, float(start), float(end), texts[utterance], speakers[utterance])
            )
        found.answers |= {("consensus", "emotion", label) for label in labels.values()}
    return found


def lhotse(out: Path) -> Found:
    def rows(name: str) -> Iterator[dict[str, Any]]:
        with gzip.open(out / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)

    names = {row["id"]: stem(row["sources"][0]["source"]) for row in rows("recordings")}
    found = Found(parts={path.name.split("_")[1].split(".")[0] for path in out.glob("supervisions_*")})
    for row in rows("supervisions"):
        end = row["start"] + row["duration"]
        found.segments.append((names[row["recording_id"]], row["start"], end, row["text"], row["speaker"]))
        for one in row["custom"]["ratings"]:
            found.answers |= {(one["rater"], item, plain(value)) for item, value in one["values"].items()}
    return found


#: Formats that we only write, read as their documentation says.
PLAIN = {"jsonl": jsonl, "parquet": parquet, "croissant": croissant, "kaldi": kaldi, "lhotse": lhotse}


def stem(path: str) -> str:
    return PurePosixPath(path).with_suffix("").name


def plain(value: object) -> str:
    try:
        return f"{float(value):g}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


def lines(path: Path) -> dict[str, str]:
    pairs = (line.split(" ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {pair[0]: pair[1] if len(pair) > 1 else "" for pair in pairs}


def table(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Comparing


def row(data: ExportData, entry: Format, out: Path) -> str:
    """The format's line of the matrix."""
    beside = {path.stem for path in out.glob("*.csv")}
    if entry.read is not None:
        who, found = "Annotator", (clips if entry.name == "audiofolder" else by_reader)(entry, out)
    elif entry.name in PLAIN:
        who, found = "its documentation", PLAIN[entry.name](out)
    else:
        return f"| {entry.name} | its own library, in the tests |" + " |" * 7
    meant = Found(
        [
            (stem(data.recording_of[s.recording_id].path), s.start / RATE, s.end / RATE, s.text, s.speaker)
            for s in data.segments
        ],
        {
            (f"R{'ab'.index(a.rater_id) + 1}", item, plain(value))
            for a in data.annotations
            for item, value in a.values.items()
        },
        {"train", "test"},
    )
    here = "beside" if "ratings" in beside else "-"
    raters = {rater for rater, _, _ in meant.answers}
    values = {(item, value) for _, item, value in meant.answers}
    given = {rater for rater, _, _ in found.answers}
    cells = [
        entry.name,
        who,
        "yes" if len(found.segments) == len(meant.segments) else f"{len(found.segments)} of {len(meant.segments)}",
        times(meant, found),
        told(3, meant, found, beside),
        told(4, meant, found, beside),
        "yes" if raters <= given else "settled" if given else here,
        "yes" if values <= {(item, value) for _, item, value in found.answers} else "in part" if given else here,
        "yes" if found.parts == meant.parts else "beside" if "splits" in beside else "-",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def times(meant: Found, found: Found) -> str:
    """How exactly the edges come back."""
    if len(found.segments) != len(meant.segments):
        return "-"
    pairs = list(zip(ordered(meant), ordered(found), strict=True))
    longer = max(abs((a[2] - a[1]) - (b[2] - b[1])) for a, b in pairs)
    if all(b[1] == 0.0 for _, b in pairs) and longer * RATE < 0.5:
        return "clip"
    apart = max(abs(a[side] - b[side]) for a, b in pairs for side in (1, 2))
    if apart * RATE < 0.5:
        return "to the sample"
    return "to 1 ms" if apart <= 0.0005 + 1e-9 else f"to {1000 * apart:.3g} ms"


def told(which: int, meant: Found, found: Found, beside: set[str]) -> str:
    """How many of the texts or speakers come back."""
    if len(found.segments) != len(meant.segments):
        return "-"
    pairs = list(zip(ordered(meant), ordered(found), strict=True))
    right = sum(a[which] == b[which] for a, b in pairs)
    if right == 0:
        return "beside" if "segments" in beside else "-"
    return "yes" if right == len(pairs) else "in part"


def ordered(found: Found) -> list[tuple[str, float, float, str, str]]:
    return sorted(found.segments, key=lambda segment: (segment[0], segment[1]))


def page() -> str:
    """The whole page."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = make_corpus(Path(folder))
        for name, entry in FORMATS.items():
            if entry.write is None:
                continue
            out = Path(folder) / f"out-{name}"
            finish(entry.write(data, out, ExportOptions(split="holdout")))
            try:
                rows.append(row(data, entry, out))
            except AnnotatorError as error:
                rows.append(f"| {name} | Annotator | no: {error.message} |" + " |" * 6)
    return HEAD + "\n".join(sorted(rows)) + "\n" + TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
