"""Grouped, stratified folds: time and balance beside scikit-learn's `StratifiedGroupKFold`, and the audit of them.

The deviation is the mean over folds, size and classes of |share in the fold - 1/5|; for both, smaller is better.
"""

import sys
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rows import Row, arguments, report, timed

from annotator.domain.progress import finish
from annotator.splits.audit import AuditTable, audit
from annotator.splits.fingerprint import RATE, fingerprint
from annotator.splits.groups import Groups, connect
from annotator.splits.matching import find_matches
from annotator.splits.solver import assign

N_FOLDS = 5
N_CLASSES = 8
RIVAL = "StratifiedGroupKFold"
SHARES = {f"fold{n}": 1 / N_FOLDS for n in range(1, N_FOLDS + 1)}


def corpus(n: int, n_groups: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Group and class of n segments: groups of uneven size, each leaning to classes of its own."""
    rng = np.random.default_rng(seed)
    sizes = rng.lognormal(sigma=0.8, size=n_groups)
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


def compare(n: int, n_groups: int, n_corpora: int, repeats: int) -> list[Row]:
    """Mean time and deviation over a few corpora of one size."""
    measured = [measure(n, n_groups, seed, repeats) for seed in range(n_corpora)]
    ours, theirs, our_deviation, their_deviation = np.mean(measured, axis=0).tolist()
    name = f"{N_FOLDS} folds, {n:,} segments in {n_groups:,} groups"
    return [
        Row(f"{name}: time", ours, "s", RIVAL, theirs),
        Row(f"{name}: deviation", our_deviation, "share", RIVAL, their_deviation),
    ]


def measure(n: int, n_groups: int, seed: int, repeats: int) -> tuple[float, float, float, float]:
    """Seconds of ours and of the rival, then the deviation of both."""
    index, classes = corpus(n, n_groups, seed)
    groups = Groups(index, tuple(map(str, range(n_groups))), {})
    found: list[NDArray[np.intp]] = []
    ours = timed(lambda: found.append(assign(groups, shares=SHARES, classes=classes).parts), repeats)
    theirs = timed(lambda: found.append(scikit_learn(index, classes, seed)), repeats)
    return ours, theirs, deviation(found[0], classes), deviation(found[-1], classes)


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


def near_duplicates(n_songs: int) -> Row:
    """Songs of half a minute, every tenth of them a quieter copy of the one before."""
    rng = np.random.default_rng(0)
    sounds = [melody(rng) for _ in range(n_songs)]
    for copy in range(9, n_songs, 10):
        sounds[copy] = 0.3 * sounds[copy - 1] + rng.normal(0, 0.01, len(sounds[copy])).astype(np.float32)
    found: list[int] = []

    def search() -> None:
        prints = [fingerprint(sound) for sound in sounds]
        found.append(len(finish(find_matches(prints, sounds.__getitem__))))

    seconds = timed(search, 1)
    return Row(
        f"near-duplicates: {found[0]} of {n_songs // 10} copies among {n_songs} songs of 30 s", seconds, "s"
    )


def melody(rng: np.random.Generator) -> NDArray[np.float32]:
    """Half a minute of two voices, each with a rhythm of its own."""
    voices = []
    for _ in range(2):
        lengths = rng.integers(RATE // 10, RATE // 2, size=30 * 10)
        pitches = np.repeat(rng.uniform(150, 1600, len(lengths)), lengths)[: 30 * RATE]
        voices.append(np.sin(2 * np.pi * np.cumsum(pitches) / RATE))
    return (0.3 * sum(voices)).astype(np.float32)


def main(argv: Sequence[str] | None = None) -> None:
    options = arguments(__doc__.splitlines()[0], argv)
    repeats, seeds = (1, 2) if options.quick else (3, 5)
    rows = []
    for n, n_groups, n_corpora in (
        (100_000, 10_000, 1),
        (1_000_000, 10_000, 1),
        (4_000, 40, seeds),
        (10_000, 100, seeds),
        (20_000, 200, seeds),
    ):
        rows += compare(n, n_groups, n_corpora, repeats)
    rows.append(near_duplicates(40 if options.quick else 400))
    rows += whole_way(100_000 if options.quick else 1_000_000, 10_000, repeats)
    report(rows, options.json)


if __name__ == "__main__":
    main(sys.argv[1:])
