"""What the writers share: the segments with all that is known of them, and their sound beside them."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path, PurePosixPath

from annotator.audio.clips import write_clip, write_treated_clip
from annotator.domain.corpus import Annotation, Consensus, Recording, Segment, Split, Value, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Item, Scheme
from annotator.domain.timeline import to_samples, to_seconds
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult, Filled
from annotator.exchange.clips import clip_name
from annotator.exchange.filters import LeftOut
from annotator.exchange.folder import write_folder
from annotator.exchange.labels import Label, column_names, oriented, pseudonyms, settle
from annotator.exchange.selection import relative_paths, select

CLIPS = "clips"
AUDIO = "audio"
#: Formats in which segments of several tiers would stand in each other's way.
ONE_TIER = frozenset({"audiofolder", "audacity", "audformat", "kaldi", "lhotse", "srt", "vtt"})


@dataclass(frozen=True)
class Export:
    """One export: the chosen segments in their order, and everything known of them, as a writer needs it.

    `data` holds the means of traces; `traced` the same corpus with the traces themselves.
    """

    traced: ExportData
    options: ExportOptions
    segments: tuple[Segment, ...]
    split: Split | None
    left_out: tuple[LeftOut, ...]

    @property
    def data(self) -> ExportData:
        """The corpus, with the mean of every trace in its place."""
        return self.traced.measured

    @cached_property
    def paths(self) -> dict[str, str]:
        """Path of every recording by id: below `audio/` where the files are in the export."""
        paths = relative_paths(self.data.recordings)
        return {id_: f"{AUDIO}/{path}" for id_, path in paths.items()} if self.options.whole else paths

    @cached_property
    def recordings(self) -> tuple[Recording, ...]:
        """Recordings that have chosen segments, sorted by path."""
        used = dict.fromkeys(segment.recording_id for segment in self.segments)
        return tuple(self.data.recording_of[id_] for id_ in used)

    @cached_property
    def raters(self) -> dict[str, str]:
        """Names of the raters that may leave the house, by id."""
        return pseudonyms(self.data.raters)

    @cached_property
    def labels(self) -> dict[str, dict[str, Label]]:
        """Settled labels of the chosen segments by scheme and segment id; schemes without any are absent."""
        chosen = {segment.id for segment in self.segments}
        found = {
            scheme: {id_: label for id_, label in labels.items() if id_ in chosen}
            for scheme, labels in settle(self.data).items()
        }
        return {scheme: labels for scheme, labels in found.items() if labels}

    @cached_property
    def answers(self) -> dict[str, list[Annotation]]:
        """Answers that stand, by segment id, in the order of schemes, raters and repeats."""
        order = {scheme.name: number for number, scheme in enumerate(self.data.schemes)}
        found: dict[str, list[Annotation]] = defaultdict(list)
        for one in self.data.annotations:
            if not one.withdrawn:
                found[one.segment_id].append(one)
        for given in found.values():
            given.sort(key=lambda a: (order[a.scheme], a.rater_id, a.repeat, a.id))
        return dict(found)

    @cached_property
    def consensus(self) -> dict[str, list[Consensus]]:
        """All that is settled, by segment id, in the order of schemes and methods."""
        order = {scheme.name: number for number, scheme in enumerate(self.data.schemes)}
        found: dict[str, list[Consensus]] = defaultdict(list)
        for one in self.data.consensus:
            found[one.segment_id].append(one)
        for settled in found.values():
            settled.sort(key=lambda one: (order[one.scheme], one.method))
        return dict(found)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The split that was chosen, else all of them by name."""
        return (self.split,) if self.split else tuple(sorted(self.data.splits, key=lambda split: split.name))

    @cached_property
    def items(self) -> tuple[tuple[Scheme, Item, str], ...]:
        """Every item of every scheme, with the name it has outside: the scheme's before it where needed."""
        names = column_names(self.data.schemes, ())
        return tuple(
            (scheme, item, names[scheme.name, item.name])
            for scheme in self.data.schemes
            for item in scheme.items
        )

    def place(self, segment: Segment) -> tuple[float, float]:
        """Start and end in seconds."""
        rate = self.data.recording_of[segment.recording_id].sample_rate
        return to_seconds(segment.start, rate), to_seconds(segment.end, rate)

    def speaker(self, segment: Segment) -> str:
        """Who speaks, empty where that is not known."""
        return group_value(self.data.recording_of[segment.recording_id], segment, "speaker") or ""

    def part(self, segment: Segment) -> str | None:
        """Part of the chosen split."""
        return self.split.parts[segment.id] if self.split else None

    @property
    def parts(self) -> dict[str, int]:
        """Segments of each part of the split, also of those that stayed empty; none without a split."""
        if self.split is None:
            return {}
        counts = dict.fromkeys(self.split.part_names, 0)
        for segment in self.segments:
            counts[self.split.parts[segment.id]] += 1
        return counts

    def clip(self, segment: Segment) -> str | None:
        """Path of the segment's clip in the export."""
        return f"{CLIPS}/{clip_name(segment, self.options.clips)}" if self.options.clips else None

    def heard(self, segment: Segment) -> tuple[int, int]:
        """Samples of the recording that the segment's clip holds: the segment with its context."""
        recording = self.data.recording_of[segment.recording_id]
        around = to_samples(self.options.context, recording.sample_rate)
        return max(segment.start - around, 0), min(segment.end + around, recording.samples)

    def value(self, segment: Segment, scheme: Scheme, item: Item) -> Value:
        """The settled value, high being pleasant, excited or dominant; `None` where nothing is settled."""
        label = self.labels.get(scheme.name, {}).get(segment.id)
        return oriented(item, label.values.get(item.name)) if label else None

    def documents(self) -> Iterator[tuple[Recording, PurePosixPath, list[Segment]]]:
        """Recordings with the place of a file for each (no suffix, unique) and their segments."""
        stems = _stems([self.paths[recording.id] for recording in self.recordings])
        of_recording = groupby(self.segments, key=lambda segment: segment.recording_id)
        for id_, members in of_recording:
            path = self.paths[id_]
            yield self.data.recording_of[id_], stems[path], list(members)


def _stems(paths: Sequence[str]) -> dict[str, PurePosixPath]:
    """Paths without their suffix where that tells them apart, else with it; those below `audio/` from there.

    >>> {path: str(stem) for path, stem in _stems(["a/1.wav", "a/2.wav", "a/2.mp3"]).items()}
    {'a/1.wav': 'a/1', 'a/2.wav': 'a/2.wav', 'a/2.mp3': 'a/2.mp3'}
    """
    inside = {path: PurePosixPath(path.removeprefix(f"{AUDIO}/")) for path in paths}
    uses: dict[str, int] = defaultdict(int)
    for path in inside.values():
        uses[str(path.with_suffix("")).casefold()] += 1
    return {
        whole: path.with_suffix("") if uses[str(path.with_suffix("")).casefold()] == 1 else path
        for whole, path in inside.items()
    }


def lanes(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments in order of time, dealt out so that no two in one lane overlap.

    >>> a, b, c = (Segment(i, "r", "t", *span) for i, span in [("a", (0, 5)), ("b", (4, 9)), ("c", (5, 7))])
    >>> [[segment.id for segment in lane] for lane in lanes([a, b, c])]
    [['a', 'c'], ['b']]
    """
    found: list[list[Segment]] = []
    for segment in segments:
        for lane in found:
            if lane[-1].end <= segment.start:
                lane.append(segment)
                break
        else:
            found.append([segment])
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer has to say of what it wrote; see `Filled`."""

    layout: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    front_matter: tuple[str, ...] = ()


Unfit = Callable[[Export], Mapping[str, tuple[str, str]]]
"""Which segments a format cannot hold: reason and detail by segment id."""


def prepare(name: str, data: ExportData, options: ExportOptions, unfit: Unfit | None = None) -> Export:
    """What an export in the format `name` would hold, and what not."""
    selection = select(data, options, one_tier=name in ONE_TIER)
    export = Export(data, options, selection.segments, selection.split, selection.left_out)
    if unfit is None:
        return export
    cannot = unfit(export)
    left_out = tuple(LeftOut(s, *cannot[s.id]) for s in export.segments if s.id in cannot)
    fitting = tuple(segment for segment in export.segments if segment.id not in cannot)
    return replace(export, segments=fitting, left_out=(*export.left_out, *left_out))


def write_export(
    name: str,
    data: ExportData,
    out: Path,
    options: ExportOptions,
    write: Callable[[Export, Path], Job[Written]],
    *,
    only: Unfit | None = None,
    recorded: ExportOptions | None = None,
) -> Job[ExportResult]:
    """Writes the chosen segments and, where the options ask for it, their sound into the folder `out`.

    Parameters
    ----------
    only
        Which segments the format cannot hold.
    recorded
        The options as they were given, where they are not those to write by.
    """
    export = prepare(name, data, options, only)

    def fill(folder: Path) -> Job[Filled]:
        # The sound first: what is written of it, such as check sums, has to know it.
        limited = yield from _write_sound(export, folder)
        written = yield from write(export, folder)
        return Filled(
            segments=export.segments,
            parts=export.parts,
            left_out=export.left_out,
            warnings=(*written.warnings, *limited),
            front_matter=written.front_matter,
            layout=(*written.layout, *_sound_layout(recorded or options)),
        )

    asked = recorded or options
    return (yield from write_folder(out, format_name=name, data=data, options=asked, fill=fill))


def _write_sound(export: Export, folder: Path) -> Job[tuple[str, ...]]:
    if export.options.whole:
        yield from _copy_recordings(export, folder)
    if export.options.clips is None:
        return ()
    targets = {segment.id: folder / str(export.clip(segment)) for segment in export.segments}
    warnings = yield from write_clips(export, export.segments, targets)
    for segment in export.segments:
        if segment.text:
            target = targets[segment.id].with_suffix(".txt")
            target.write_text(segment.text + "\n", encoding="utf-8", newline="\n")
    return warnings


def _copy_recordings(export: Export, folder: Path) -> Job[None]:
    for done, recording in enumerate(export.recordings):
        yield Progress(done, len(export.recordings), tr("Copying {name}", name=recording.name))
        target = folder / export.paths[recording.id]
        target.parent.mkdir(parents=True, exist_ok=True)
        source = export.data.audio_path(recording)
        if not source.is_file():
            raise AnnotatorError(
                tr("The audio file {path} of this corpus is missing.", path=source),
                tr("Put it back, or move corpus and audio together."),
            )
        shutil.copyfile(source, target)


def write_clips(
    export: Export, segments: Sequence[Segment], targets: Mapping[str, Path]
) -> Job[tuple[str, ...]]:
    """Writes the sound of every segment to its target by segment id; the folders are made.

    Segments of one recording must stand together. Raises `AnnotatorError` where a file no longer is what the
    corpus knows. Gives what has to be said of the sound.
    """
    for folder in {path.parent for path in targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    done = limited = 0
    treatment = export.options.treatment
    for recording_id, of_recording in groupby(segments, key=lambda segment: segment.recording_id):
        recording = export.data.recording_of[recording_id]
        with export.data.open_audio(recording) as source:
            _check_unchanged(recording, source.sample_rate, source.samples)
            for segment in of_recording:
                yield Progress(done, len(segments), tr("Writing clips of {name}", name=recording.name))
                span = export.heard(segment)
                if treatment:
                    treated = write_treated_clip(source, *span, targets[segment.id], treatment)
                    limited += treated.limited
                else:
                    write_clip(source, *span, targets[segment.id])
                done += 1
    if not limited:
        return ()
    return (
        tr_n(
            "{n} clip is quieter than asked: louder, its peaks would be beyond -1 dBFS.",
            "{n} clips are quieter than asked: louder, their peaks would be beyond -1 dBFS.",
            limited,
        ),
    )


def _check_unchanged(recording: Recording, sample_rate: int, samples: int) -> None:
    if (sample_rate, samples) != (recording.sample_rate, recording.samples):
        raise AnnotatorError(
            tr(
                "{name} is not the file that was added: its length or sampling rate differs.",
                name=recording.name,
            ),
            tr("Put the original file back."),
        )


def _sound_layout(options: ExportOptions) -> tuple[str, ...]:
    """What there is of the sound, for the data card."""
    said = []
    if options.whole:
        said.append("`audio/` holds the recordings as they are.")
    if options.clips:
        steps = [] if options.treatment else ["sample by sample as in the recordings"]
        if options.context:
            steps.append(f"with {options.context:g} s before and after it")
        if options.treatment.mono:
            steps.append("mixed to mono")
        if options.treatment.sample_rate:
            steps.append(f"resampled to {options.treatment.sample_rate} Hz")
        if options.treatment.loudness is not None:
            steps.append(f"at {options.treatment.loudness:g} LUFS (ITU-R BS.1770-4)")
        said.append(f"Each clip is the sound of one segment, {', '.join(steps)}.")
    if not said:
        said.append("The sound is not part of this export: paths name the recordings.")
    return (" ".join(said),)
