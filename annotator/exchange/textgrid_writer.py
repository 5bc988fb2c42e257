"""Writes a Praat TextGrid for each recording, in the long form and UTF-8.

A tier for each speaker (where no speaker is known, for each tier of the corpus) with the text, then a tier for each
rater and item, and for what is settled: `emotion [R1]`, `emotion [consensus]`. Intervals are contiguous, as Praat
wants it; segments that overlap stand in tiers of their own.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.domain.corpus import Recording, Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.layers import layers, one_line, unique_names
from annotator.exchange.tables import write_tables
from annotator.exchange.writing import Export, Written, lanes, write_export

#: The text of a segment nobody has transcribed; without any it would be a gap.
UNTRANSCRIBED = "-"

_LAYOUT = (
    "A TextGrid for each recording, named like it: a tier of text for each speaker, then `ITEM [RATER]` for each"
    " rater's answers and `ITEM [consensus]` for what was settled. `-` is a segment without text. High values are"
    " pleasant, excited or dominant. The tables join everything by segment."
)

_Interval = tuple[float, float, str]


def write_textgrid(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes a TextGrid for each recording, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("textgrid", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    for done, (recording, stem, segments) in enumerate(export.documents()):
        yield Progress(done, len(export.recordings), tr("Writing {name}", name=f"{stem.name}.TextGrid"))
        path = folder / f"{stem}.TextGrid"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(export, recording, segments), encoding="utf-8", newline="\n")
    yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
    return Written((_LAYOUT,))


def _text(export: Export, recording: Recording, segments: Sequence[Segment]) -> str:
    end = to_seconds(recording.samples, recording.sample_rate)
    tiers = list(_tiers(export, segments))
    names = unique_names(name for name, _ in tiers)
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    lines += ["xmin = 0", f"xmax = {end}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for n, (name, (_, labelled)) in enumerate(zip(names, tiers, strict=True), start=1):
        intervals = list(_contiguous(labelled, end))
        lines += [f"    item [{n}]:", '        class = "IntervalTier"', f"        name = {_quoted(name)}"]
        lines += ["        xmin = 0", f"        xmax = {end}", f"        intervals: size = {len(intervals)}"]
        for k, (start, stop, text) in enumerate(intervals, start=1):
            lines += [
                f"        intervals [{k}]:",
                f"            xmin = {start}",
                f"            xmax = {stop}",
            ]
            lines += [f"            text = {_quoted(text)}"]
    return "\n".join(lines) + "\n"


def _tiers(export: Export, segments: Sequence[Segment]) -> Iterator[tuple[str, list[_Interval]]]:
    """Name and intervals of each tier: the texts first, then the answers."""
    made = layers(export, segments)
    answers: list[tuple[str, list[_Interval]]] = []
    for name, members in voices(export, segments):
        for lane in lanes(members):
            yield name, [(*export.place(s), one_line(s.text) or UNTRANSCRIBED) for s in lane]
            for layer in made:
                given = [(*export.place(s), layer.texts[s.id]) for s in lane if s.id in layer.texts]
                if given:
                    answers.append((layer.name, given))
    yield from answers


def voices(export: Export, segments: Sequence[Segment]) -> list[tuple[str, list[Segment]]]:
    """Segments by tier and speaker, under the speaker's name; the tier's where nobody is known to speak, and both
    where there are several tiers."""
    found: dict[tuple[str, str], list[Segment]] = {}
    for segment in segments:
        key = (export.data.tier_names[segment.tier_id], segment.speaker)
        found.setdefault(key, []).append(segment)
    several = len({tier for tier, _ in found}) > 1
    return [
        (f"{tier} - {speaker}" if several and speaker else speaker or tier, members)
        for (tier, speaker), members in sorted(found.items())
    ]


def _contiguous(intervals: Sequence[_Interval], end: float) -> Iterator[_Interval]:
    """The intervals with the gaps between them."""
    at = 0.0
    for start, stop, text in intervals:
        if start > at:
            yield at, start, ""
        yield start, stop, text
        at = stop
    if at < end or not intervals:
        yield at, end, ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
