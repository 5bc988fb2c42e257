"""Writes SubRip and WebVTT subtitles, a file for each recording; times in whole milliseconds.

WebVTT: W3C, "WebVTT: The Web Video Text Tracks Format". Subtitles hold text and speaker; labels are in the tables
beside.
"""

import html
from collections.abc import Callable, Sequence
from pathlib import Path

from annotator.domain.corpus import Segment
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.exchange.audacity_writer import spoken
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.layers import one_line
from annotator.exchange.tables import write_tables
from annotator.exchange.textgrid_writer import UNTRANSCRIBED
from annotator.exchange.writing import Export, Written, write_export

_LAYOUT = (
    "Subtitles for each recording, named like it, with speaker and text; `-` is a segment without text. The tables hold"
    " labels and ratings and join everything by segment."
)


def write_srt(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes an `.srt` for each recording, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("srt", data, out, options, _writer(".srt", _srt)))


def write_vtt(data: ExportData, out: Path, options: ExportOptions) -> Job[ExportResult]:
    """Writes a `.vtt` for each recording, and tables of ratings, consensus and splits, into the folder `out`."""
    return (yield from write_export("vtt", data, out, options, _writer(".vtt", _vtt)))


def _writer(
    suffix: str, text: Callable[[Export, Sequence[Segment]], str]
) -> Callable[[Export, Path], Job[Written]]:
    def write(export: Export, folder: Path) -> Job[Written]:
        for done, (_, stem, segments) in enumerate(export.documents()):
            yield Progress(done, len(export.recordings), tr("Writing {name}", name=stem.name + suffix))
            path = folder / f"{stem}{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(export, segments), encoding="utf-8", newline="\n")
        yield from write_tables(export, folder, "segments", "ratings", "consensus", "splits")
        return Written((_LAYOUT,))

    return write


def _srt(export: Export, segments: Sequence[Segment]) -> str:
    cues = []
    for number, segment in enumerate(segments, start=1):
        start, end = _times(export, segment)
        text = spoken(segment) if segment.text else f"{spoken(segment)} {UNTRANSCRIBED}".strip()
        cues.append(f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text.replace('-->', '->')}\n")
    return "\n".join(cues)


def _vtt(export: Export, segments: Sequence[Segment]) -> str:
    cues = ["WEBVTT\n"]
    for segment in segments:
        start, end = _times(export, segment)
        text = html.escape(one_line(segment.text) or UNTRANSCRIBED, quote=False)
        voice = f"<v {html.escape(one_line(segment.speaker), quote=False)}>" if segment.speaker else ""
        # The name of a cue may be any line; ours is the segment's key.
        cues.append(f"{segment.id}\n{_clock(start, '.')} --> {_clock(end, '.')}\n{voice}{text}\n")
    return "\n".join(cues)


def _times(export: Export, segment: Segment) -> tuple[int, int]:
    """Start and end in milliseconds; a cue always has a length."""
    start, end = (round(1000 * seconds) for seconds in export.place(segment))
    return start, max(end, start + 1)


def _clock(milliseconds: int, point: str) -> str:
    """`HH:MM:SS` with three decimals.

    >>> _clock(3_725_042, ",")
    '01:02:05,042'
    """
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{point}{rest:03d}"
