"""Writes Audacity label tracks: `start<TAB>end<TAB>text`, seconds with six decimals, one label a line.

Audacity manual, "Importing and Exporting Labels". A label track holds one text a stretch, so that the settled labels
have tracks of their own, and each rater's answers are in the table beside.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from annotator.domain.corpus import Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.layers import one_line, settled_text
from annotator.exchange.tables import write_tables
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "`tracks/` has a label track for each recording with the text of its segments (`SPEAKER: TEXT`), `labels/` one with"
    " the settled labels (`ITEM=VALUE`, high is pleasant, excited or dominant). The tables hold each rater's answers"
    " and join everything by segment."
)


def write_audacity(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes label tracks, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("audacity", data, out, options, _write))


def _write(export: Export, folder: Path) -> Job[Written]:
    for done, (_, stem, segments) in enumerate(export.documents()):
        yield Progress(done, len(export.recordings), tr("Writing {name}", name=f"{stem.name}.txt"))
        _write_track(export, folder / "tracks" / f"{stem}.txt", segments, spoken)
        labelled = [segment for segment in segments if settled_text(export, segment)]
        if labelled:
            track = folder / "labels" / f"{stem}.txt"
            _write_track(export, track, labelled, lambda segment: settled_text(export, segment))
    yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
    return Written((_LAYOUT,))


def _write_track(
    export: Export, path: Path, segments: Sequence[Segment], text: Callable[[Segment], str]
) -> None:
    lines = []
    for segment in segments:
        start, end = export.place(segment)
        lines.append(f"{start:.6f}\t{end:.6f}\t{text(segment)}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def spoken(segment: Segment) -> str:
    """The text in one line, with the speaker before it where that is known."""
    text = one_line(segment.text)
    return f"{segment.speaker}: {text}".strip() if segment.speaker else text
