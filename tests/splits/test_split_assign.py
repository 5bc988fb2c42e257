"""Assignments: nothing on two sides, every class as widely spread as it can be, and sizes near the shares."""

import itertools
import re
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.splits.groups import Groups, connect
from annotator.splits.search import search
from annotator.splits.solver import assign
from annotator.splits.targets import Targets

FOLDS = {f"fold{n}": 0.2 for n in range(1, 6)}
PARTS = {"train": 0.7, "dev": 0.15, "test": 0.15}


def deviation(parts, classes, shares, weights=None):
    """By the definition, segment by segment: mean of |share of size or class in the part - part's share|."""
    weights = np.ones(len(parts)) if weights is None else weights
    rows = [np.ones(len(parts), dtype=bool)] + [classes == c for c in sorted({*classes.tolist()} - {-1})]
    return np.mean(
        [
            abs(weights[row & (parts == p)].sum() / weights[row].sum() - share)
            for row in rows
            for p, share in enumerate(shares)
        ]
    )


def aims(parts, groups, classes, shares):
    """What counts, in its order: empty parts, classes in one part only, parts a class could be in, deviation."""
    spread, possible = {}, {}
    for label in {*classes.tolist()} - {-1}:
        spread[label] = len({*parts[classes == label].tolist()})
        possible[label] = min(len({*groups[classes == label].tolist()}), len(shares))
    return (
        len(shares) - len({*parts.tolist()}),
        sum(spread[label] < 2 <= possible[label] for label in spread),
        sum(possible[label] - spread[label] for label in spread),
        round(deviation(parts, classes, shares), 9),
    )


def random_problem(rng, n_groups, n_classes, largest=30):
    """Groups of uneven size, each with its own preferences among the classes."""
    sizes = rng.integers(1, largest, size=n_groups)
    index = np.repeat(np.arange(n_groups), sizes)
    leaning = rng.dirichlet(np.full(n_classes, 0.5), size=n_groups)
    classes = np.array([rng.choice(n_classes, p=leaning[group]) for group in index])
    return Groups(index, tuple(f"g{n}" for n in range(n_groups)), {}), classes


@st.composite
def small_problems(draw):
    n_groups = draw(st.integers(3, 6))
    cells = st.tuples(st.integers(0, n_groups - 1), st.integers(-1, 2))
    rows = draw(st.lists(cells, max_size=20)) + [
        (group, draw(st.integers(-1, 2))) for group in range(n_groups)
    ]
    shares = draw(st.sampled_from([(0.5, 0.5), (0.7, 0.3), (1 / 3, 1 / 3, 1 / 3), (0.6, 0.2, 0.2)]))
    index = np.array([group for group, _ in rows])
    classes = np.array([label for _, label in rows])
    return Groups(index, tuple(f"g{n}" for n in range(n_groups)), {}), classes, shares


@settings(deadline=None, max_examples=40)
@given(small_problems(), st.integers(0, 5))
def test_small_problems_are_solved_as_well_as_trying_everything(problem, seed) -> None:
    groups, classes, shares = problem
    named = {f"part{n}": share for n, share in enumerate(shares)}
    split = assign(groups, shares=named, classes=classes, n_classes=3, seed=seed)
    everything = (
        aims(np.array(where)[groups.index], groups.index, classes, shares)
        for where in itertools.product(range(len(shares)), repeat=len(groups.names))
    )
    assert aims(split.parts, groups.index, classes, shares) == min(everything)
    assert split.deviation == pytest.approx(deviation(split.parts, classes, shares))


@settings(deadline=None, max_examples=10)
@given(
    st.integers(0, 2**32 - 1), st.sampled_from([FOLDS, PARTS]), st.sampled_from([5, 12, 60]), st.booleans()
)
def test_what_every_split_promises(seed, shares, n_groups, weighted) -> None:
    rng = np.random.default_rng(seed)
    groups, classes = random_problem(rng, n_groups, 4)
    n = len(classes)
    classes[rng.random(n) < 0.1] = -1
    weights = rng.lognormal(size=n) if weighted else None
    quick = n_groups == 60
    split = assign(groups, shares=shares, classes=classes, n_classes=4, weights=weights, seed=3, quick=quick)

    assert split.parts.shape == (n,)
    assert {*split.parts.tolist()} == set(range(len(shares)))
    sides = defaultdict(set)
    for group, part in zip(groups.index.tolist(), split.parts.tolist(), strict=True):
        sides[group].add(part)
    assert all(len(parts) == 1 for parts in sides.values())
    assert split.deviation == pytest.approx(deviation(split.parts, classes, list(shares.values()), weights))

    again = assign(groups, shares=shares, classes=classes, n_classes=4, weights=weights, seed=3, quick=quick)
    assert again.parts.tolist() == split.parts.tolist()
    order = rng.permutation(n)
    shuffled = assign(
        Groups(groups.index[order], groups.names, {}),
        shares=shares,
        classes=classes[order],
        n_classes=4,
        weights=None if weights is None else weights[order],
        seed=3,
        quick=quick,
    )
    assert shuffled.parts.tolist() == split.parts[order].tolist()


@pytest.mark.parametrize("n_groups", [15, 60])
def test_another_seed_gives_another_split_that_is_as_good(n_groups) -> None:
    groups = connect({"speaker": [f"s{n}" for n in range(n_groups)]})
    splits = [assign(groups, shares=FOLDS, classes=None, seed=seed) for seed in range(3)]
    assert len({tuple(split.parts.tolist()) for split in splits}) == 3
    assert [split.deviation for split in splits] == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("n_groups", [25, 120])
def test_a_class_with_few_groups_is_spread_over_as_many_parts(n_groups) -> None:
    rng = np.random.default_rng(1)
    groups, classes = random_problem(rng, n_groups, 2)
    for label, holders in ((2, 3), (3, 2), (4, 1)):
        for group in range(holders):
            classes[np.flatnonzero(groups.index == group + 3 * (label - 2))[:1]] = label
    split = assign(groups, shares=FOLDS, classes=classes, n_classes=5)
    assert [len({*split.parts[classes == label].tolist()}) for label in range(5)] == [5, 5, 3, 2, 1]


def test_the_search_fills_a_part_that_is_too_small_for_any_group() -> None:
    table = np.ones((300, 1))
    targets = Targets(table, np.array([0.9989, 0.001, 0.0001]))
    assert {*search(targets, np.random.default_rng(0)).tolist()} == {0, 1, 2}


def test_small_problems_are_proven_and_large_ones_searched() -> None:
    rng = np.random.default_rng(0)
    small, large = random_problem(rng, 12, 3), random_problem(rng, 200, 3)
    assert assign(small[0], shares=PARTS, classes=small[1]).method == "milp"
    assert assign(large[0], shares=PARTS, classes=large[1]).method in ("annealing", "greedy+swaps")


def test_annealing_only_improves_and_a_class_vanishes_from_no_part() -> None:
    rng = np.random.default_rng(5)
    groups, classes = random_problem(rng, 60, 4, largest=60)
    for label, holders in ((4, 6), (5, 3)):  # two more classes, in few groups each
        for group in range(holders):
            classes[np.flatnonzero(groups.index == group + 10 * (label - 4))[:2]] = label
    quick = assign(groups, shares=FOLDS, classes=classes, quick=True)
    best = assign(groups, shares=FOLDS, classes=classes)
    assert best.method == "annealing"
    assert best.deviation < quick.deviation, (best.deviation, quick.deviation)
    for split in (quick, best):
        assert [len({*split.parts[classes == label].tolist()}) for label in range(6)] == [5] * 5 + [3]


def test_annealing_leaves_groups_that_are_fixed() -> None:
    rng = np.random.default_rng(6)
    groups, classes = random_problem(rng, 50, 3)
    fixed = np.where(np.arange(50) < 20, rng.integers(0, 5, size=50), -1)
    split = assign(groups, shares=FOLDS, classes=classes, fixed=fixed)
    of_group = np.array([split.parts[groups.index == group][0] for group in range(20)])
    assert of_group.tolist() == fixed[:20].tolist()


@pytest.mark.parametrize("n_groups", [40, 100, 200])
def test_the_error_of_the_classes_is_at_most_half_of_scikit_learns(n_groups) -> None:
    from sklearn.model_selection import StratifiedGroupKFold

    groups, classes = random_problem(np.random.default_rng(n_groups), n_groups, 6, largest=200)
    theirs = np.empty(len(classes), dtype=int)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for fold, (_, test) in enumerate(folds.split(classes, classes, groups.index)):
        theirs[test] = fold

    def class_error(parts):
        counts = np.array([np.bincount(parts[classes == label], minlength=5) for label in range(6)])
        return np.abs(5 * counts / counts.sum(axis=1, keepdims=True) - 1).mean()

    ours = assign(groups, shares=FOLDS, classes=classes).parts
    assert class_error(ours) <= 0.5 * class_error(theirs)


def test_sizes_can_be_balanced_in_seconds() -> None:
    groups = connect({"song": ["a", "b", "c", "d"]})
    seconds = np.array([30.0, 10.0, 10.0, 10.0])
    split = assign(groups, shares={"train": 0.5, "test": 0.5}, classes=None, weights=seconds)
    assert split.parts[0] not in split.parts[1:]
    assert split.deviation == pytest.approx(0)


def test_a_class_that_no_segment_has_counts_for_nothing() -> None:
    groups, classes = random_problem(np.random.default_rng(2), 12, 3)
    seen = assign(groups, shares=PARTS, classes=classes, n_classes=3)
    assert assign(groups, shares=PARTS, classes=classes, n_classes=9).deviation == seen.deviation
    nobody = assign(groups, shares=PARTS, classes=np.full_like(classes, -1), n_classes=3)
    assert nobody.deviation == pytest.approx(assign(groups, shares=PARTS, classes=None).deviation)


@pytest.mark.parametrize(
    ("shares", "message", "hint"),
    [
        (FOLDS, "5 parts but only 2 groups", "fewer parts"),
        ({"train": 0.7, "test": 0.2}, "add up to 0.9", "train=0.7"),
        ({"train": 1.0}, "at least two parts", "train=0.7"),
        ({"train": 1.1, "test": -0.1}, '"test" is -0.1', "above 0"),
        ({"train": float("nan"), "test": 0.5}, '"train" is nan', "above 0"),
    ],
)
def test_what_cannot_be_is_explained(shares, message, hint) -> None:
    groups = connect({"speaker": ["Ann", "Ann", "Bo"]})
    with pytest.raises(AnnotatorError, match=re.escape(message)) as caught:
        assign(groups, shares=shares, classes=None)
    assert hint in caught.value.hint


def test_columns_that_do_not_fit_are_refused() -> None:
    groups = connect({"speaker": ["Ann", "Ann", "Bo"]})
    halves = {"a": 0.5, "b": 0.5}
    for wrong in ({"classes": np.array([0, 1])}, {"classes": np.array([0, 1, 5]), "n_classes": 2}):
        with pytest.raises(ValueError, match="classes"):
            assign(groups, shares=halves, **wrong)
    for weights in (np.ones(2), np.array([1.0, 0.0, 1.0]), np.array([1.0, np.inf, 1.0])):
        with pytest.raises(ValueError, match="weights"):
            assign(groups, shares=halves, classes=None, weights=weights)


@pytest.mark.parametrize("n_groups", [12, 40, 100, 1000])
@pytest.mark.parametrize("seed", [0, 1])
def test_at_least_as_balanced_as_scikit_learn(n_groups, seed) -> None:
    from sklearn.model_selection import StratifiedGroupKFold

    groups, classes = random_problem(np.random.default_rng(seed), n_groups, 5, largest=60)
    theirs = np.empty(len(classes), dtype=int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
        for fold, (_, test) in enumerate(folds.split(classes, classes, groups.index)):
            theirs[test] = fold
    ours = assign(groups, shares=FOLDS, classes=classes, seed=seed)
    assert ours.deviation <= deviation(theirs, classes, list(FOLDS.values())) + 1e-9


def test_several_classes_are_all_spread() -> None:
    rng = np.random.default_rng(3)
    groups, moods = random_problem(rng, 60, 3)
    gender = (np.arange(60) % 2)[groups.index]
    both = assign(groups, shares=PARTS, classes=[moods, gender])
    for column in (moods, gender):
        assert deviation(both.parts, column, list(PARTS.values())) < 0.02
    alone = assign(groups, shares=PARTS, classes=[moods])
    assert alone.parts.tolist() == assign(groups, shares=PARTS, classes=moods).parts.tolist()


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 9, 25]))
def test_groups_with_a_place_keep_it_and_the_others_fill_up(seed, n_groups) -> None:
    rng = np.random.default_rng(seed)
    groups, classes = random_problem(rng, n_groups, 3)
    fixed = rng.integers(-1, 3, size=n_groups)
    split = assign(groups, shares=PARTS, classes=classes, fixed=fixed, quick=True)
    where = np.empty(n_groups, dtype=int)
    where[groups.index] = split.parts
    assert where[fixed >= 0].tolist() == fixed[fixed >= 0].tolist()
    assert split.deviation == pytest.approx(deviation(split.parts, classes, list(PARTS.values())))


@pytest.mark.real_data
@pytest.mark.parametrize("seed", range(3))
def test_talk_shows_in_which_three_emotions_have_few_speakers(real_data: Path, seed) -> None:
    files = sorted((real_data / "urdu_talkshows").glob("*/*.wav"))
    emotions = sorted({file.parent.name for file in files})
    speakers = [file.name.split("_")[0] for file in files]
    classes = np.array([emotions.index(file.parent.name) for file in files])
    groups = connect({"speaker": speakers})
    split = assign(groups, shares=FOLDS, classes=classes, n_classes=len(emotions), seed=seed)

    assert len(groups.names) == 12
    assert split.method == "milp"
    assert {*split.parts.tolist()} == {0, 1, 2, 3, 4}
    for speaker in {*speakers}:
        assert (
            len({part for name, part in zip(speakers, split.parts.tolist(), strict=True) if name == speaker})
            == 1
        )
    spoken_by = {
        label: len({name for name, c in zip(speakers, classes, strict=True) if c == label})
        for label in range(len(emotions))
    }
    assert sorted(spoken_by.values()) == [3, 3, 3, 6]
    for label, n_speakers in spoken_by.items():
        assert len({*split.parts[classes == label].tolist()}) == min(n_speakers, 5)
