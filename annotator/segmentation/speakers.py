"""Who speaks which segment: segments whose voices are alike are put together, names that are known spread.

Clusters are formed by Ward's method; those segments that a person has named then hold them in place while the others
find their nearest (constrained k-means: S. Basu, A. Banerjee, R. Mooney: Semi-supervised clustering by seeding. ICML
2002, 27-34).
"""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import UsageError
from annotator.domain.translation import tr

MOST = 20
"""Speakers that are looked for at most where their number is not given."""

_LONG = 0.8  # seconds from which a segment tells enough of its voice to shape a cluster
_LARGEST = 3000  # segments from which clusters are formed; the others join the nearest
_ESTIMATING = 600  # segments from which the number of speakers is estimated
_DRAWS = 3  # structureless sets of points that are compared with
_ALIKE = 0.08  # silhouette beyond theirs below which there is rather one voice
_ROUNDS = 25

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voices:
    """The name of each segment's speaker, and how far apart the voices are: the mean silhouette, -1..1, or `None`."""

    names: tuple[str, ...]
    separation: float | None


def group_voices(
    vectors: Floats, seconds: Floats, *, speakers: int | None = None, named: Sequence[str] = ()
) -> Voices:
    """Puts segments together by voice.

    Parameters
    ----------
    vectors
        (n, d): a voice each; near one another where they are alike.
    seconds
        (n,): how long the segments are. Short ones join the clusters that longer ones form.
    speakers
        How many; estimated where it is not given.
    named
        (n,): names that are known, empty for the others. They are given back as they are; the others are called by
        the name of their cluster, or by letters in the order in which they come.

    Raises
    ------
    UsageError
        Where more speakers are asked for than there are segments, or fewer than are named.

    Examples
    --------
    >>> far = np.array([[0.0], [0.1], [5.0], [5.1], [0.05]])
    >>> group_voices(far, np.ones(5), speakers=2, named=["", "", "", "Bo", ""]).names
    ('A', 'A', 'Bo', 'Bo', 'A')
    """
    n = len(vectors)
    known = list(named) if len(named) else [""] * n
    names = list(dict.fromkeys(name for name in known if name))
    _check(n, speakers, names)
    shaping = _shaping(seconds, known)
    points = vectors[shaping]
    count = speakers or max(_estimate(points), len(names))
    count = max(min(count, len(points)), len(names))
    centres = _centres(points, [known[i] for i in shaping], names, count)
    fixed = np.array([names.index(name) if name else -1 for name in known])
    labels = _settled(points, fixed[shaping], centres)
    for label in range(len(centres)):
        if (labels == label).any():
            centres[label] = points[labels == label].mean(axis=0)
    everyone = np.where(fixed >= 0, fixed, _nearest(vectors, centres))
    return Voices(_called(everyone.tolist(), names), _silhouette(points, labels))


def _check(n: int, speakers: int | None, names: Sequence[str]) -> None:
    if speakers is None:
        return
    if speakers < 1 or speakers > n:
        raise UsageError(
            tr("{n} speakers cannot be told apart in {segments} segments.", n=speakers, segments=n),
            tr("Give a number from 1 to the number of segments, or none to have it estimated."),
        )
    if speakers < len(names):
        raise UsageError(
            tr("{n} speakers were asked for, and {named} are named already.", n=speakers, named=len(names)),
            tr("Named by hand: {names}.", names=", ".join(names)),
        )


def _shaping(seconds: Floats, known: Sequence[str]) -> NDArray[np.intp]:
    """Numbers of the segments that shape the clusters: long ones (some of them, where there are many), named ones."""
    long = np.flatnonzero(seconds >= _LONG)
    if len(long) < 2:
        long = np.arange(len(seconds))
    if len(long) > _LARGEST:
        long = long[np.linspace(0, len(long) - 1, _LARGEST).round().astype(np.intp)]
    return np.union1d(long, [i for i, name in enumerate(known) if name]).astype(np.intp)


def _clusters(points: Floats, counts: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    """Labels from 0 for each number of clusters."""
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(points, "ward")
    for count in counts:
        yield fcluster(tree, count, "maxclust").astype(np.intp) - 1


def _estimate(points: Floats) -> int:
    """How many voices there are; one where nothing tells them apart.

    Points without any structure also fall into clusters, and the more clusters, the better these separate. So the
    number is chosen whose mean silhouette exceeds by most that of points drawn from one normal distribution of the
    same shape (after R. Tibshirani, G. Walther, T. Hastie: Estimating the number of clusters in a data set via the gap
    statistic. Journal of the Royal Statistical Society B 63, 2001, 411-423).
    """
    if len(points) > _ESTIMATING:
        points = points[np.linspace(0, len(points) - 1, _ESTIMATING).round().astype(np.intp)]
    most = min(MOST, len(points) // 3)
    if most < 2:
        return 1
    rng = np.random.default_rng(0)
    _, deviations, _ = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    drawn = [
        rng.normal(size=(len(points), len(deviations))) * deviations / np.sqrt(len(points))
        for _ in range(_DRAWS)
    ]
    beyond = _separations(points, most) - np.mean([_separations(one, most) for one in drawn], axis=0)
    best = int(np.argmax(beyond))
    return best + 2 if beyond[best] >= _ALIKE else 1


def _separations(points: Floats, most: int) -> Floats:
    """Mean silhouettes of 2 to `most` clusters; -1 where there is none."""
    silhouettes = [_silhouette(points, labels) for labels in _clusters(points, range(2, most + 1))]
    return np.array([-1.0 if one is None else one for one in silhouettes])


def _silhouette(points: Floats, labels: NDArray[np.intp]) -> float | None:
    """Mean silhouette (Rousseeuw 1987); `None` for one cluster, or clusters of one."""
    from sklearn.metrics import silhouette_score

    if not 2 <= len(np.unique(labels)) < len(points):
        return None
    return float(silhouette_score(points, labels))


def _centres(points: Floats, known: Sequence[str], names: Sequence[str], count: int) -> Floats:
    """(count, d): first the centres of the named speakers, then those of the clusters that are nobody's yet."""
    given = np.array(known)
    centres = [points[given == name].mean(axis=0) for name in names]
    if len(points) > 1:
        (labels,) = _clusters(points, [count])
    else:
        labels = np.zeros(len(points), dtype=np.intp)
    free = [points[labels == label].mean(axis=0) for label in np.unique(labels)]
    for centre in list(centres):
        if len(centres) + len(free) <= count:
            break
        # The cluster that a named speaker stands for is theirs.
        del free[int(np.argmin([np.sum((one - centre) ** 2) for one in free]))]
    return np.array([*centres, *free])


def _settled(points: Floats, fixed: NDArray[np.intp], centres: Floats) -> NDArray[np.intp]:
    """Labels of the points once none goes to another centre; those fixed stay."""
    labels = np.where(fixed >= 0, fixed, _nearest(points, centres))
    for _ in range(_ROUNDS):
        moved = np.array(
            [
                points[labels == label].mean(axis=0) if (labels == label).any() else centre
                for label, centre in enumerate(centres)
            ]
        )
        after = np.where(fixed >= 0, fixed, _nearest(points, moved))
        if np.array_equal(after, labels):
            break
        labels = after
    return labels


def _nearest(points: Floats, centres: Floats) -> NDArray[np.intp]:
    away = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1) - 2 * points @ centres.T
    nearest: NDArray[np.intp] = np.argmin(away, axis=1)
    return nearest


def _called(labels: Sequence[int], names: Sequence[str]) -> tuple[str, ...]:
    """Names for labels: the known ones first, then letters that are nobody's name, in order of appearance."""
    called = dict(enumerate(names))
    letters = (name for name in _letters() if name not in names)
    for label in labels:
        if label not in called:
            called[label] = next(letters)
    return tuple(called[label] for label in labels)


def _letters() -> Iterator[str]:
    """A to Z, then AA and on."""
    for length in range(1, 4):
        for letters in product(string.ascii_uppercase, repeat=length):
            yield "".join(letters)
