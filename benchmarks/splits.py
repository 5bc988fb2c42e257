"""Grouped, stratified folds: time and balance beside scikit-learn's `StratifiedGroupKFold`, and the audit of them.

The deviation is the mean over folds, size and classes of |share in the fold - 1/5|. The class error is the mean over
folds and classes of |count / wanted count - 1|. For both, smaller is better. Where speakers are very uneven, a class of
which one speaker says more than a fifth cannot be spread better than that.
"""

import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rows import Row, arguments, report, timed

from annotator.app.corpus_folder import create_corpus
from annotator.app.plan import SplitPlan
from annotator.app.preview import preview_split
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, Tier, new_id
from annotator.domain.progress import Job, finish
from annotator.domain.scheme import Scheme
from annotator.splits.audit import AuditTable, audit
from annotator.splits.fingerprint import RATE, fingerprint
from annotator.splits.groups import Groups, connect
from annotator.splits.listen import hear
from annotator.splits.matching import Match, find_matches
from annotator.splits.solver import assign
from annotator.storage.writer import Transaction

N_FOLDS = 5
N_CLASSES = 8
RIVAL = "StratifiedGroupKFold"
#: Real songs and talk-show clips, where somebody put them beside the project.
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MOODS = Scheme.from_dict(
    {
        "name": "mood",
        "title": "Mood",
        "judged": "perceived",
        "items": [{"name": "mood", "type": "category", "labels": ["happy", "sad", "calm", "tense"]}],
    }
)
SHARES = {f"fold{n}": 1 / N_FOLDS for n in range(1, N_FOLDS + 1)}


#: Spread of the logarithm of the groups' sizes: speakers much alike, and some who say ten times as much as others.
EVEN, UNEVEN = 0.4, 0.8


def corpus(
    n: int, n_groups: int, seed: int, spread: float = UNEVEN
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Group and class of n segments: groups of uneven size, each leaning to classes of its own."""
    rng = np.random.default_rng(seed)
    sizes = rng.lognormal(sigma=spread, size=n_groups)
    index = rng.permutation(
        np.r_[np.arange(n_groups), rng.choice(n_groups, n - n_groups, p=sizes / sizes.sum())]
    )
    leaning = rng.dirichlet(np.full(N_CLASSES, 0.7), size=n_groups).cumsum(axis=1)
    classes = (rng.random(n)[:, None] > leaning[index]).sum(axis=1)
    return index, np.minimum(classes, N_CLASSES - 1)


def deviation(parts: NDArray[np.intp], classes: NDArray[np.intp]) -> float:
    """The same figure for both sides, from the segments."""
    counts = np.zeros((N_FOLDS, N_CLASSES))
    np.add.at(counts, (parts, classes), 1)
    table = np.c_[counts.sum(axis=1), counts[:, counts.any(axis=0)]]
    return float(np.abs(table / table.sum(axis=0) - 1 / N_FOLDS).mean())


def class_error(parts: NDArray[np.intp], classes: NDArray[np.intp]) -> float:
    """Mean over folds and classes of how far the count is from the wanted one, as a share of it."""
    counts = np.zeros((N_FOLDS, N_CLASSES))
    np.add.at(counts, (parts, classes), 1)
    counts = counts[:, counts.any(axis=0)]
    return float(np.abs(counts * N_FOLDS / counts.sum(axis=0) - 1).mean())


def scikit_learn(
    groups: NDArray[np.intp] | list[str], classes: NDArray[np.intp], seed: int
) -> NDArray[np.intp]:
    """Fold of every segment by scikit-learn."""
    from sklearn.model_selection import StratifiedGroupKFold

    parts = np.empty(len(classes), dtype=np.intp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of classes with few members and goes on
        folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=seed)
        for fold, (_, test) in enumerate(folds.split(classes, classes, groups)):
            parts[test] = fold
    return parts


def compare(n: int, n_groups: int, n_corpora: int, repeats: int, spread: float = UNEVEN) -> list[Row]:
    """Mean time, deviation and class error over a few corpora of one size."""
    measured = [measure(n, n_groups, seed, repeats, spread) for seed in range(n_corpora)]
    figures = np.mean(measured, axis=0).reshape(3, 2).tolist()
    name = f"{N_FOLDS} folds, {n:,} segments in {n_groups:,} {'even' if spread == EVEN else 'uneven'} groups"
    units = (("time", "s"), ("deviation", "share"), ("class error", "share"))
    return [
        Row(f"{name}: {what}", ours, unit, RIVAL, theirs)
        for (what, unit), (ours, theirs) in zip(units, figures, strict=True)
    ]


def measure(n: int, n_groups: int, seed: int, repeats: int, spread: float) -> list[float]:
    """Seconds, deviation and class error, each of ours and of the rival."""
    index, classes = corpus(n, n_groups, seed, spread)
    groups = Groups(index, tuple(map(str, range(n_groups))), {})
    found: list[NDArray[np.intp]] = []
    ours = timed(lambda: found.append(assign(groups, shares=SHARES, classes=classes).parts), repeats)
    theirs = timed(lambda: found.append(scikit_learn(index, classes, seed)), repeats)
    both = (found[0], found[-1])
    return [ours, theirs, *(quality(p, classes) for quality in (deviation, class_error) for p in both)]


def whole_way(n: int, n_groups: int, repeats: int) -> list[Row]:
    """From the speakers' names to folds, and the audit of the result."""
    index, classes = corpus(n, n_groups, seed=0)
    speakers = [f"speaker {number}" for number in index]
    split = assign(connect({"speaker": speakers}), shares=SHARES, classes=classes)
    names = list(SHARES)
    table = AuditTable(
        segments=[f"segment {number}" for number in range(n)],
        recordings=[f"recording {number}" for number in range(n)],
        starts=np.zeros(n, dtype=np.int64),
        ends=np.full(n, 48_000),
        pcm_hashes=[f"hash {number}" for number in range(n)],
        texts=[f"this is sentence number {number}" for number in range(n)],
        keys={"speaker": speakers},
        parts=[names[part] for part in split.parts],
        part_names=names,
        group_keys=["speaker"],
        classes=[str(label) for label in classes],
    )
    return [
        Row(
            f"names to folds, {n:,} segments in {n_groups:,} groups: time",
            timed(lambda: assign(connect({"speaker": speakers}), shares=SHARES, classes=classes), repeats),
            "s",
            RIVAL,
            timed(lambda: scikit_learn(speakers, classes, 0), repeats),
        ),
        Row(f"audit, {n:,} segments: time", timed(lambda: audit(table), repeats), "s"),
    ]


def preview(n: int, n_groups: int, repeats: int) -> Row:
    """What the window reckons anew with every change of the form, from the database to the parts."""
    rng = np.random.default_rng(0)
    keys = [f"{number:032x}" for number in range(n)]
    recordings = [
        Recording(
            key, key, key, key, 8000, 8000, 1, {"speaker": f"s{number % n_groups}", "sex": "fm"[number % 2]}
        )
        for number, key in enumerate(keys)
    ]
    tier, rater = Tier(new_id(), "whole"), Rater(new_id(), "Ada")
    segments = [Segment(key, key, tier.id, 0, 8000) for key in keys]
    with (
        tempfile.TemporaryDirectory() as folder,
        create_corpus(Path(folder) / "a.corpus", [MOODS]) as session,
    ):
        labels = MOODS.items[0].labels
        given = [
            Annotation(new_id(), key, rater.id, MOODS.name, {"mood": labels[int(rng.integers(len(labels)))]})
            for key in keys
        ]

        def write(transaction: Transaction) -> None:
            transaction.put(tier, rater, *recordings, *segments)
            transaction.record(given)

        session.transact("make", write)
        shares = {"train": 0.7, "dev": 0.15, "test": 0.15}
        plan = SplitPlan(shares=shares, group_keys=("speaker",), stratify="mood", balance=("sex",))
        seconds = timed(lambda: finish(preview_split(session, plan)), repeats)
    return Row(f"preview of a split, {n:,} segments in {n_groups} groups: time", seconds, "s")


def near_duplicates(kind: str, sounds: list[NDArray[np.float32]], rng: np.random.Generator) -> Row:
    """Seconds to find, among sounds, every tenth, which is a quieter and noisier copy of the one before."""
    for copy in range(9, len(sounds), 10):
        quieter = 0.3 * sounds[copy - 1]
        noise = rng.normal(0, 0.1 * float(quieter.std()), len(quieter))
        sounds[copy] = (quieter + noise).astype(np.float32)
    links: set[tuple[int, int]] = set()

    def search() -> None:
        prints = [fingerprint(sound) for sound in sounds]
        links.update((match.a, match.b) for match in finish(find_matches(prints, sounds.__getitem__)))

    seconds = timed(search, 1)
    copies = {(copy - 1, copy) for copy in range(9, len(sounds), 10)}
    told = f"{len(links & copies)} of {len(copies)} copies, {len(links - copies)} false links"
    return Row(f"near-duplicates: {told}, {len(sounds):,} {kind}", seconds, "s")


def talk(rng: np.random.Generator, seconds: float = 2.5) -> NDArray[np.float32]:
    """Syllables: a gliding voice through two moving resonances, with pauses."""
    n = round(seconds * RATE)
    at = np.linspace(0, n, int(seconds / 0.18) + 2)
    spans = ((90, 220), (300, 800), (900, 1900), (-0.3, 1))
    pitch, low, high, loud = (np.interp(np.arange(n), at, rng.uniform(*span, len(at))) for span in spans)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(n)
    for k in range(1, 9):
        gain = sum(1 / (1 + ((k * pitch - formant) / 120) ** 2) for formant in (low, high))
        sound += gain * np.sin(k * phase)
    return (0.1 * sound * loud.clip(0)).astype(np.float32)


def melody(rng: np.random.Generator) -> NDArray[np.float32]:
    """Half a minute of two voices, each with a rhythm of its own."""
    voices = []
    for _ in range(2):
        lengths = rng.integers(RATE // 10, RATE // 2, size=30 * 10)
        pitches = np.repeat(rng.uniform(150, 1600, len(lengths)), lengths)[: 30 * RATE]
        voices.append(np.sin(2 * np.pi * np.cumsum(pitches) / RATE))
    return (0.3 * sum(voices)).astype(np.float32)


def real_copies(n_songs: int, n_clips: int) -> list[Row]:
    """Share of changed copies of real songs and clips that are found, where the folder with them is there."""
    rows = []
    for kind, pattern, n in (
        ("songs", "emotify/audio/*/*.mp3", n_songs),
        ("clips", "urdu_talkshows/*/*.wav", n_clips),
    ):
        files = sorted(REAL_DATA.glob(pattern))[:: 24 // n if kind == "songs" else 152 // n]
        if files:
            found, n_copies, false, seconds = _real_copies(files)
            name = (
                f"copies of {len(files)} real {kind} in six ways: found, {false} false links, {seconds:.1f} s"
            )
            rows.append(Row(name, found / n_copies, "share"))
        else:
            rows.append(Row(f"copies of real {kind}: no files here", None, "share"))
    return rows


def _real_copies(files: Sequence[Path]) -> tuple[int, int, int, float]:
    """Copies found and made, links between sounds that are not linked themselves, and the seconds."""
    originals = [_sound(file) for file in files]
    own = {(match.a, match.b) for match in finish(_matches(originals))}
    sounds, source = list(originals), list(range(len(files)))
    for number, sound in enumerate(originals):
        for copy in changed(sound, seed=number):
            sounds.append(copy)
            source.append(number)
    links: list[tuple[int, int]] = []
    seconds = timed(lambda: links.extend((m.a, m.b) for m in finish(_matches(sounds))), 1)
    found = sum(source[a] == source[b] and a < len(files) for a, b in links)
    false = sum(
        source[a] != source[b] and (min(source[a], source[b]), max(source[a], source[b])) not in own
        for a, b in links
    )
    return found, len(sounds) - len(originals), false, seconds


def _matches(sounds: Sequence[NDArray[np.float32]]) -> Job[list[Match]]:
    return find_matches([fingerprint(sound) for sound in sounds], sounds.__getitem__)


def _sound(file: Path) -> NDArray[np.float32]:
    return hear(file, None)[: 30 * RATE]


def changed(sound: NDArray[np.float32], seed: int) -> list[NDArray[np.float32]]:
    """Quieter, with noise at 20 dB, an excerpt of 5 s, coarsely quantised, at 2 % more speed, and clipped."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, np.sqrt(float(np.mean(sound.astype(np.float64) ** 2)) / 100), len(sound))
    start = int(rng.integers(0, max(len(sound) - 5 * RATE, 0) + 1))
    loudest = float(np.abs(sound).max(initial=1e-9))
    coarse = np.sign(sound) * np.log1p(255 * np.abs(sound) / loudest) / np.log(256)
    faster = np.interp(np.arange(0, len(sound) - 1, 1.02), np.arange(len(sound)), sound)
    return [
        np.float32(0.25) * sound,
        (sound + noise).astype(np.float32),
        sound[start : start + 5 * RATE],
        (np.round(coarse * 16) / 16).astype(np.float32),
        faster.astype(np.float32),
        sound.clip(-0.5 * loudest, 0.5 * loudest),
    ]


def main(argv: Sequence[str] | None = None) -> None:
    options = arguments(__doc__.splitlines()[0], argv)
    repeats, seeds = (1, 2) if options.quick else (3, 5)
    rows = []
    for n_groups in (40, 100, 200):
        for spread in (EVEN, UNEVEN):
            rows += compare(100 * n_groups, n_groups, seeds, 1, spread)
    for n in (100_000, 1_000_000):
        rows += compare(n, 10_000, 1, repeats)
    rows.append(preview(10_000, 200, 3))
    rng = np.random.default_rng(0)
    n_songs, n_clips = (40, 150) if options.quick else (400, 2_000)
    rows.append(near_duplicates("songs of 30 s", [melody(rng) for _ in range(n_songs)], rng))
    rows.append(near_duplicates("clips of 2.5 s", [talk(rng) for _ in range(n_clips)], rng))
    rows += real_copies(6 if options.quick else 24, 20 if options.quick else 152)
    rows += whole_way(100_000 if options.quick else 1_000_000, 10_000, repeats)
    report(rows, options.json)


if __name__ == "__main__":
    main(sys.argv[1:])
