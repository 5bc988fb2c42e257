"""Work packages: one file with one rater's task and its sound, to work on without a network.

A package holds a corpus of its own, made of what that rater needs: their tasks, those segments, their recordings and
schemes, and their own answers so far. Nobody else's answers are in it, nothing derived from them, no labels that a
data set came with, no group keys, and no names of audio files, since those often tell the emotion. Transcripts and
speakers stay out unless they are asked for.
"""

import os
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from annotator.app.known import ANCHORS, PRACTISED
from annotator.app.package_file import Manifest, PackageFile, measure, write_package
from annotator.app.policy import policy_text, read_policy
from annotator.app.rate import find_rater
from annotator.app.session import Session
from annotator.audio.aside import written_aside
from annotator.audio.clips import write_clip
from annotator.audio.probe import probe
from annotator.domain.corpus import DATABASE, Rater, Recording, new_id, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.storage.merge import base_of, read_base, rows_of_rater
from annotator.storage.reader import Reader
from annotator.storage.rows import Kind, Row
from annotator.storage.store import Store

Audio: TypeAlias = Literal["whole", "clips", "none"]

#: Seconds before and after a segment that are heard where only clips are packed.
CONTEXT = 2.0


@dataclass(frozen=True, slots=True)
class Packaged:
    """What went into a package."""

    file: Path
    rater: str
    schemes: tuple[str, ...]
    segments: int
    recordings: int
    annotations: int
    audio: str
    bytes: int


@dataclass(frozen=True)
class _Content:
    """The rows of a package, by kind; `base` are its segments as they were when it was first cut, `policy` what the
    lead lets the rater see."""

    corpus: str
    policy: str
    rater: Rater
    rows: dict[Kind, list[Row]]
    base: str


def package(
    session: Session,
    rater: str,
    path: Path,
    *,
    audio: Audio | None = None,
    with_text: bool = False,
    context: float = CONTEXT,
) -> Job[Packaged]:
    """Writes one rater's work into one file, which appears only when it is complete.

    In a corpus that came out of a package this makes the file that goes back: all of the rater's work, with the
    segments they changed, added or deleted, and by default without the sound.

    Parameters
    ----------
    audio
        `whole` recordings; `clips`, in which everything further than `context` seconds from a segment of the task
        is silence (so that positions stay the same); or `none`, where the rater has the files.
    with_text
        Whether transcripts and the names of speakers go along. They bias ratings. Transcripts do where the lead lets
        annotators see them.
    """
    with session.reading() as reader:
        going_back = reader.meta("package") is not None
        content = _select(reader, find_rater(reader, rater), with_text=with_text, everything=going_back)
        recordings = {recording.id: recording for recording in reader.recordings()}
    chosen: Audio = audio or ("none" if going_back else "whole")
    path = path.absolute()
    try:
        aside = tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise AnnotatorError(
            tr("{path} cannot be written: {reason}.", path=path, reason=error.strerror or error),
            tr("Choose a folder where you may write."),
        ) from None
    with aside as name:
        folder = Path(name)
        (folder / "media").mkdir()
        content.rows[Kind.RECORDING] = yield from _pack_audio(
            session, folder, content, recordings, chosen, context, going_back
        )
        key = new_id()
        annotations = _write_database(folder / DATABASE, content, key)
        members = {
            member.relative_to(folder).as_posix(): measure(member)
            for member in [folder / DATABASE, *sorted((folder / "media").iterdir())]
        }
        manifest = Manifest(key, session.name, content.rater.name, now(), chosen, members)
        yield Progress(1, 1, tr("Writing {name}", name=path.name))
        with written_aside(path, durable=True) as partial:
            write_package(folder, manifest, partial)
    return Packaged(
        file=path,
        rater=content.rater.name,
        schemes=tuple(row["id"] for row in content.rows[Kind.SCHEME]),
        segments=sum(not row["deleted"] for row in content.rows[Kind.SEGMENT]),
        recordings=len(content.rows[Kind.RECORDING]),
        annotations=annotations,
        audio=chosen,
        bytes=path.stat().st_size,
    )


def _select(reader: Reader, rater: Rater, *, with_text: bool, everything: bool) -> _Content:
    """What one rater may have; `everything` in a corpus that holds nothing but one rater's work."""
    tasks = [task for task in reader.rows(Kind.TASK) if task["rater_id"] == rater.id]
    if not tasks and not everything:
        raise AnnotatorError(
            tr("{name} has no task yet.", name=rater.name),
            tr(
                'Hand out segments with "annotator assign CORPUS --raters {name} --overlap 1".',
                name=shlex.quote(rater.name),
            ),
        )
    hidden = {} if with_text else {"speaker": ""} if read_policy(reader).text else {"text": "", "speaker": ""}
    asked = {segment for task in tasks for segment, _ in task["entries"]}
    segments = [
        row if everything else {**row, **hidden}
        for row in reader.rows(Kind.SEGMENT, deleted=everything)
        if everything or row["id"] in asked
    ]
    if not everything:
        segments = _on_one_tier(segments, tasks)
        # What was expected of anchors would tell them from the others.
        tasks = [
            {**row, "options": {key: value for key, value in row["options"].items() if key != ANCHORS}}
            for row in tasks
        ]
    there = {row["id"] for row in segments}
    answers = [row for row in rows_of_rater(reader, rater.id) if row["segment_id"] in there]
    schemes = {row["scheme"] for row in [*tasks, *answers]}
    tiers = {row["tier_id"] for row in segments}
    recordings = {row["recording_id"] for row in segments}
    rows = {
        Kind.RECORDING: _pick(reader, Kind.RECORDING, recordings),
        Kind.TIER: [
            {**row, "made": {key: how for key, how in row["made"].items() if key in recordings}}
            for row in _pick(reader, Kind.TIER, tiers)
        ],
        Kind.SCHEME: _pick(reader, Kind.SCHEME, schemes),
        Kind.RATER: _pick(reader, Kind.RATER, {rater.id}),
        Kind.SEGMENT: segments,
        Kind.ANNOTATION: answers,
        Kind.TASK: tasks,
        Kind.LINK: [
            row if everything else {**row, "reason": ""}
            for row in reader.rows(Kind.LINK)
            if {row["a"], row["b"]} <= recordings
        ],
    }
    first_cut = reader.meta("base") if everything else None
    base = base_of(segments) if first_cut is None else _kept_base(first_cut, there)
    origin = reader.meta("corpus") or reader.meta("created") or ""
    return _Content(origin, policy_text(reader), rater, rows, base)


def _on_one_tier(segments: list[Row], tasks: list[Row]) -> list[Row]:
    """Segments with anchors, and those to practise on, on the tier of the others: a tier of their own would tell."""
    known = {key for row in tasks for name in (ANCHORS, PRACTISED) for key in row["options"].get(name, {})}
    others = Counter(row["tier_id"] for row in segments if row["id"] not in known)
    if not others:
        return segments
    home = max(sorted(others), key=lambda tier: others[tier])
    return [{**row, "tier_id": home} if row["id"] in known else row for row in segments]


def _kept_base(text: str, there: set[str]) -> str:
    return base_of({**row, "id": key} for key, row in read_base(text).items() if key in there)


def _pick(reader: Reader, kind: Kind, keys: set[str]) -> list[Row]:
    return [row for row in reader.rows(kind, deleted=True) if row["id"] in keys]


def _pack_audio(
    session: Session,
    folder: Path,
    content: _Content,
    recordings: dict[str, Recording],
    audio: Audio,
    context: float,
    going_back: bool,
) -> Job[list[Row]]:
    """Writes the sound into a folder and gives the rows of its recordings, described as they are there.

    What the rater added goes back with its sound in any case: nobody else has it.
    """
    rows = content.rows[Kind.RECORDING]
    packed: list[Row] = []
    for n, row in enumerate(rows):
        plain = {**row, "groups": {}, "warning": ""}
        recording = recordings.get(row["id"])
        if recording is None or (audio == "none" and (_came_packed(row) or not going_back)):
            packed.append({**plain, "path": f"media/{row['id']}/{row['path'].rsplit('/', 1)[-1]}"})
            continue
        yield Progress(n, len(rows), tr("Packing {name}", name=recording.name))
        target = folder / "media" / f"{recording.id}.flac"
        heard = _stretches(content, recording, context) if audio == "clips" else None
        with session.open_audio(recording) as source:
            write_clip(source, 0, recording.samples, target, heard=heard)
        facts = yield from part(probe(target), n / len(rows), (n + 1) / len(rows))
        packed.append(
            {
                **plain,
                "path": f"media/{target.name}",
                "sha256": facts.sha256,
                "pcm_hash": facts.pcm_hash,
            }
        )
    return packed


def _came_packed(row: Row) -> bool:
    return str(row["path"]).startswith(f"media/{row['id']}")


def _stretches(content: _Content, recording: Recording, context: float) -> list[tuple[int, int]]:
    margin = round(context * recording.sample_rate)
    return [
        (max(row["start"] - margin, 0), min(row["end"] + margin, recording.samples))
        for row in content.rows[Kind.SEGMENT]
        if row["recording_id"] == recording.id
    ]


def _write_database(database: Path, content: _Content, key: str) -> int:
    meta = {
        "created": now(), "package": key, "corpus": content.corpus, "base": content.base, "policy": content.policy,
    }  # fmt: skip
    store = Store.create(database, meta)
    try:
        with store.writing() as transaction:
            for kind, rows in content.rows.items():
                if kind is not Kind.ANNOTATION:
                    transaction.put_rows(kind, rows)
            return transaction.adopt(content.rows[Kind.ANNOTATION])
    finally:
        store.close()


def unpack(path: Path) -> Job[Path]:
    """Makes a corpus folder of a package, beside it, and gives the folder.

    A package that was unpacked before is not unpacked again: the work in its folder goes on. Raises `AnnotatorError`
    where the package is damaged, foreign or newer, or where the folder holds something else.
    """
    path = path.absolute()
    folder = path.with_name(path.stem + ".corpus")
    with PackageFile(path) as source:
        if folder.exists():
            _check_unpacked(folder, source)
            return folder
        try:
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=path.parent))
        except OSError as error:
            raise AnnotatorError(
                tr("The folder {folder} cannot be made: {reason}.",
                   folder=folder, reason=error.strerror or error),
                tr("Move the package to a place where you may write."),
            ) from None  # fmt: skip
        try:
            yield from _fill(aside, source)
            aside.chmod(0o755)
            os.replace(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return folder


def _fill(folder: Path, source: PackageFile) -> Job[None]:
    for name in ("media", "cache", "backups"):
        (folder / name).mkdir()
    members: Sequence[str] = [name for name in source.manifest.members if name != DATABASE]
    for n, name in enumerate(members):
        yield Progress(n, len(members), tr("Unpacking {name}", name=source.path.name))
        source.extract(name, folder / name)
    source.open_database(folder).close()


def _check_unpacked(folder: Path, source: PackageFile) -> None:
    if folder.is_dir() and (folder / DATABASE).is_file():
        store = Store.open(folder / DATABASE, writable=False)
        with store.reading() as reader:
            known = reader.meta("package")
        store.close()
        if known == source.manifest.package:
            return
    raise AnnotatorError(
        tr("{folder} exists and is not from the package {name}.", folder=folder, name=source.path.name),
        tr("Rename the package or move it elsewhere, then open it again."),
    )
