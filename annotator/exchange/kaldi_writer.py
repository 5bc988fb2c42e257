"""Writes a Kaldi data directory: `wav.scp, segments, text, utt2spk, spk2utt` and `utt2ITEM` for each settled item.

Kaldi, "Data preparation": files sorted in the order of bytes, ids without white space, the speaker's id before the
utterance's so that both orders are the same. With a split, a directory for each part.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from annotator.domain.corpus import Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.layers import one_line, shown, unique_names
from annotator.exchange.tables import write_tables
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "A Kaldi data directory (one for each part of the split, where there is one). Utterances are called"
    " `SPEAKER-SEGMENT`; `utt2ITEM` has the settled label of each. Paths in `wav.scp` are relative to this folder; what"
    " is no WAV goes through ffmpeg. The tables hold each rater's answers and join everything by segment."
)


def write_kaldi(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes the data directory, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("kaldi", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    if export.split is None:
        yield from _write_directory(export, folder, export.segments)
    else:
        names = dict(zip(export.split.part_names, plain_ids(export.split.part_names), strict=True))
        for part, name in names.items():
            members = [segment for segment in export.segments if export.part(segment) == part]
            if members:
                yield from _write_directory(export, folder / name, members)
    yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
    return Written((_LAYOUT,))


def _write_directory(export: Export, folder: Path, segments: Sequence[Segment]) -> Job[None]:
    yield Progress(0, 1, tr("Writing {name}", name="wav.scp"))
    folder.mkdir(parents=True, exist_ok=True)
    recordings = export.recordings
    names = plain_ids(
        str(PurePosixPath(export.paths[recording.id]).with_suffix("")) for recording in recordings
    )
    recording_ids = dict(zip((recording.id for recording in recordings), names, strict=True))
    # A segment without a speaker is its own, as Kaldi's documentation advises.
    speakers = {s.id: _id(export.speaker(s)) if export.speaker(s) else s.id for s in segments}
    utterances = {s.id: f"{speakers[s.id]}-{s.id}" if speakers[s.id] != s.id else s.id for s in segments}
    if export.options.clips:
        sounds = {utterances[segment.id]: _source(str(export.clip(segment))) for segment in segments}
    else:
        used = {segment.recording_id for segment in segments}
        sounds = {recording_ids[id_]: _source(export.paths[id_]) for id_ in used}
        places = {}
        for segment in segments:
            start, end = export.place(segment)
            places[utterances[segment.id]] = f"{recording_ids[segment.recording_id]} {start:.6f} {end:.6f}"
        _write_map(folder / "segments", places)
        lengths = {
            recording_ids[r.id]: f"{to_seconds(r.samples, r.sample_rate):.6f}"
            for r in recordings
            if r.id in used
        }
        _write_map(folder / "reco2dur", lengths)
    _write_map(folder / "wav.scp", sounds)
    _write_map(folder / "utt2spk", {utterances[s.id]: speakers[s.id] for s in segments})
    of_speaker: dict[str, list[str]] = {}
    for segment in segments:
        of_speaker.setdefault(speakers[segment.id], []).append(utterances[segment.id])
    _write_map(folder / "spk2utt", {who: " ".join(_sorted(said)) for who, said in of_speaker.items()})
    if any(segment.text for segment in segments):
        _write_map(folder / "text", {utterances[s.id]: one_line(s.text) for s in segments})
    for scheme, item, name in export.items:
        labels = {}
        for segment in segments:
            value = export.value(segment, scheme, item)
            if value is not None:
                labels[utterances[segment.id]] = _id(shown(item, value))
        if labels:
            _write_map(folder / f"utt2{_id(name)}", labels)


def _source(path: str) -> str:
    """A WAV by its path, anything else through a pipe."""
    if path.lower().endswith(".wav") and not re.search(r"\s", path):
        return path
    quoted = "'" + path.replace("'", "'\\''") + "'"
    return f"ffmpeg -nostdin -v error -i {quoted} -f wav - |"


def _write_map(path: Path, entries: Mapping[str, str]) -> None:
    lines = [f"{key} {entries[key]}".rstrip() + "\n" for key in _sorted(entries)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _sorted(keys: Iterable[str]) -> list[str]:
    """In the order of bytes, as `LC_ALL=C sort` gives it."""
    return sorted(keys, key=lambda key: key.encode())


def plain_ids(names: Iterable[str]) -> list[str]:
    """Names as unique ids, in their order."""
    return [_id(name) for name in unique_names(map(_id, names))]


def _id(name: str) -> str:
    """A name as an id: no white space, no folder.

    >>> _id("show 1/Anna Rossi")
    'show_1_Anna_Rossi'
    """
    return re.sub(r"[\s/\\]+", "_", name.strip()) or "_"
