"""What raters said merges like sets: the order does not matter, nor how often; nothing is lost."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.domain.corpus import Annotation, Link, Rater, Recording, Segment, Task, Tier, new_id
from annotator.domain.scheme import find_scheme
from annotator.storage.answers import leading
from annotator.storage.joining import join_links, join_maps, join_profiles, join_tasks
from annotator.storage.merge import Union, base_of, merge_rows, read_base
from annotator.storage.rows import Kind
from annotator.storage.store import Store

RECORDING = Recording("r" * 32, "a.wav", "sha", "pcm", 16000, 160000, 1)
TIER = Tier("d" * 32, "hand")
SCHEME = find_scheme("valence-arousal")
SEGMENTS = [
    Segment(f"{n}" * 32, RECORDING.id, TIER.id, 1000 * n, 1000 * n + 500, text=f"text {n}") for n in range(3)
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus that all copies are made of."""
    path = tmp_path_factory.mktemp("template") / "corpus.sqlite"
    store = Store.create(path, {"created": "then"})
    with store.writing() as transaction:
        transaction.put(RECORDING, TIER, SCHEME, Rater("a" * 32, "Ann"), *SEGMENTS)
    store.close()
    return path


def copy_of(path: Path, folder: Path) -> Store:
    home = folder / new_id()
    home.mkdir()
    shutil.copy(path, home / "corpus.sqlite")
    return Store.open(home / "corpus.sqlite")


def merged(ours: Store, *others: Store, folder: Path, theirs: bool = False, base: str | None = None) -> Store:
    """A new copy of the first with the others merged into it in turn."""
    home = copy_of(ours.database, folder)
    for other in others:
        merge_into(home, other, theirs=theirs, base=base)
    return home


def merge_into(home: Store, other: Store, *, theirs: bool = False, base: str | None = None) -> Union:
    with home.writing() as transaction, other.reading() as reader:
        return merge_rows(transaction, reader, base=read_base(base), paths={}, theirs=theirs)


# What somebody may do on a copy

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "rate",
                "rate",
                "rate",
                "withdraw",
                "delete",
                "move",
                "new segment",
                "undo",
                "tell",
                "cut",
                "assign",
            ]
        ),
        st.sampled_from(["Ann", "Bo", "Cem"]),
        st.integers(0, 2),
        st.integers(-4, 4),
    ),
    max_size=6,
)


def work(store: Store, steps: Sequence[tuple[str, str, int, int]]) -> None:
    last = None
    for what, name, which, number in steps:
        segment = SEGMENTS[which]
        with store.writing() as transaction:
            raters = {rater.name: rater for rater in transaction.raters()}
            rater = raters.get(name) or Rater(new_id(), name)
            if what in ("rate", "withdraw"):
                transaction.put(rater)
                transaction.record(
                    [
                        Annotation(
                            "", segment.id, rater.id, SCHEME.name, {"valence": number / 4},
                            repeat=number % 2, withdrawn=what == "withdraw",
                        )
                    ]
                )  # fmt: skip
            elif what == "delete":
                transaction.remove(Kind.SEGMENT, [segment.id])
            elif what == "move":
                transaction.put(
                    Segment(segment.id, RECORDING.id, TIER.id, segment.start + number + 5, 90_000)
                )
            elif what == "tell":
                told = {"age": 30 + number, "told": f"202{which}"}
                transaction.put(replace(rater, profile={**rater.profile, **told}))
            elif what == "cut":
                made = {**transaction.tiers()[0].made, RECORDING.id: {"version": number}}
                transaction.put(replace(transaction.tiers()[0], made=made))
            elif what == "assign":
                entries = tuple((SEGMENTS[n].id, number % 3 - 1) for n in range(which + 1))
                transaction.put(
                    Task(
                        "e" * 32,
                        "a" * 32,
                        SCHEME.name,
                        entries,
                        1,
                        {"practice": {segment.id: {"valence": number}}},
                    )
                )
            elif what == "new segment":
                transaction.put(Segment(new_id(), RECORDING.id, TIER.id, 100_000 + number, 110_000))
            elif last is not None:
                transaction.take_back(last)
            last = None if what == "undo" else transaction.changes


def said(store: Store) -> tuple[object, ...]:
    """Every revision, and what counts now, by the names of raters; segments are another matter."""
    with store.reading() as reader:
        names = {row["id"]: row["name"] for row in reader.rows(Kind.RATER, deleted=True)}
        rows = [{**row, "rater_id": names[row["rater_id"]]} for row in reader.rows(Kind.ANNOTATION)]
        segments = {row["id"] for row in reader.rows(Kind.SEGMENT, deleted=True)}
        living = [rater.name for rater in reader.raters()]
        beside = [
            {rater.name: rater.profile for rater in reader.raters()}, [tier.made for tier in reader.tiers()],
            [(task.entries, task.options) for task in reader.tasks()],
        ]  # fmt: skip
    assert len(set(living)) == len(living)
    everything = {row["id"]: tuple(sorted((k, str(v)) for k, v in row.items())) for row in rows}
    return everything, {key: row["id"] for key, row in leading(rows).items()}, segments, beside


def everything(store: Store) -> list[list[dict[str, object]]]:
    with store.reading() as reader:
        return [sorted(reader.rows(kind, deleted=True), key=lambda row: str(row.get("id"))) for kind in Kind]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, STEPS, STEPS)
def test_merging_is_commutative_associative_and_idempotent(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    one: Sequence[tuple[str, str, int, int]],
    two: Sequence[tuple[str, str, int, int]],
    three: Sequence[tuple[str, str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    a, b, c = (copy_of(template, folder) for _ in range(3))
    for store, steps in zip((a, b, c), (one, two, three), strict=True):
        work(store, steps)
    ab, ba = merged(a, b, folder=folder), merged(b, a, folder=folder)
    assert said(ab) == said(ba)
    assert said(merged(ab, c, folder=folder)) == said(merged(a, merged(b, c, folder=folder), folder=folder))
    assert everything(merged(ab, b, a, folder=folder)) == everything(ab)
    assert everything(merged(a, a, folder=folder)) == everything(a)
    before = {row for store in (a, b) for row in said(store)[0]}  # type: ignore[attr-defined]
    assert set(said(ab)[0]) == before  # type: ignore[call-overload]
    shutil.rmtree(folder)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, STEPS)
def test_undoing_a_merge_leads_back_and_redoing_leads_forth(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    one: Sequence[tuple[str, str, int, int]],
    two: Sequence[tuple[str, str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    a, b = (copy_of(template, folder) for _ in range(2))
    work(a, one)
    work(b, two)

    def seen() -> tuple[object, ...]:
        with a.reading() as reader:
            answers = {(x.segment_id, x.rater_id, x.repeat): dict(x.values) for x in reader.annotations()}
            return reader.segments(), reader.raters(), answers

    before = seen()
    with a.writing() as transaction, b.reading() as reader:
        merge_rows(transaction, reader, base={}, paths={}, theirs=False)
        changes = transaction.changes
    after = seen()
    with a.writing() as transaction:
        transaction.take_back(changes)
        undone = transaction.changes
    assert seen() == before
    with a.writing() as transaction:
        transaction.take_back(undone)
    assert seen() == after
    shutil.rmtree(folder)


# Segments

ONE = SEGMENTS[0]


def put(store: Store, **changes: object) -> None:
    with store.writing() as transaction:
        transaction.put(replace(ONE, **changes))  # type: ignore[arg-type]


def segment(store: Store) -> Segment | None:
    with store.reading() as reader:
        return next((s for s in reader.segments() if s.id == ONE.id), None)


@pytest.fixture
def pair(template: Path, tmp_path: Path) -> tuple[Store, Store, str]:
    """Ours, theirs, and the segments as theirs was cut."""
    ours = copy_of(template, tmp_path)
    with ours.reading() as reader:
        base = base_of(reader.rows(Kind.SEGMENT))
    return ours, copy_of(template, tmp_path), base


def test_a_segment_changed_on_one_side_follows_that_side(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    put(theirs, start=7)
    put(ours, text="better")
    union = merge_into(ours, theirs, base=base)
    found = segment(ours)
    assert found is not None
    assert (found.start, found.text, union.collisions, union.segments_changed) == (7, "better", [], 1)


@pytest.mark.parametrize(("prefer", "start"), [(False, 8), (True, 7)])
def test_a_segment_changed_on_both_sides_is_a_conflict(
    pair: tuple[Store, Store, str], prefer: bool, start: int
) -> None:
    ours, theirs, base = pair
    put(theirs, start=7)
    put(ours, start=8)
    (found,) = merge_into(ours, theirs, base=base, theirs=prefer).collisions
    assert (found.kind, found.ours["start"], found.theirs["start"]) == ("edges", 8, 7)
    assert found.settled == ("theirs" if prefer else "ours")
    kept = segment(ours)
    assert kept is not None
    assert kept.start == start


def test_without_knowing_the_start_every_difference_is_a_conflict(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, _ = pair
    put(theirs, start=7)
    assert [found.kind for found in merge_into(ours, theirs).collisions] == ["edges"]


def rate(store: Store, name: str) -> None:
    work(store, [("rate", name, 0, 1)])


def test_a_deletion_wins_unless_the_other_side_has_rated(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    work(theirs, [("delete", "Ann", 0, 0)])
    assert merge_into(ours, theirs, base=base).collisions == []
    assert segment(ours) is None


def test_what_was_rated_here_and_deleted_there_stays_and_is_listed(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    work(theirs, [("delete", "Ann", 0, 0)])
    rate(ours, "Bo")
    assert [found.kind for found in merge_into(ours, theirs, base=base).collisions] == ["deleted"]
    assert segment(ours) is not None


def test_what_was_deleted_here_and_rated_there_comes_back(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    work(ours, [("delete", "Ann", 0, 0)])
    rate(theirs, "Bo")
    found = merge_into(ours, theirs, base=base).collisions
    assert [(one.kind, one.settled) for one in found] == [("deleted", "theirs")]
    assert segment(ours) is not None
    assert merge_into(ours, theirs, base=base).collisions == []


def test_new_segments_that_lie_over_ours_are_listed_and_kept(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    for store in (ours, theirs):
        work(store, [("new segment", "Ann", 0, 1)])
    union = merge_into(ours, theirs, base=base)
    assert (union.segments_added, [c.kind for c in union.collisions]) == (1, ["overlap"])
    assert union.collisions[0].settled == "both"
    with ours.reading() as reader:
        assert len(reader.segments()) == 5


def test_schemes_of_one_name_that_differ_are_listed(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    with theirs.writing() as transaction:
        transaction.put(replace(SCHEME, title="Another"))
    assert [c.kind for c in merge_into(ours, theirs, base=base).collisions] == ["scheme"]
    with ours.reading() as reader:
        assert reader.schemes() == [SCHEME]


# Profiles, tasks, links, and how tiers came about

TOLD = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(20, 22),
        "gender": st.sampled_from(["f", "m"]),
        "told": st.sampled_from(["2024", "2025"]),
        "shown": st.dictionaries(st.sampled_from("xy"), st.lists(st.sampled_from("ab")), min_size=1),
    },
)
MADE = st.dictionaries(st.sampled_from(["r1", "r2"]), st.fixed_dictionaries({"version": st.integers(1, 3)}))
TASKS = st.fixed_dictionaries(
    {
        "id": st.just("t"),
        "rater_id": st.just("r"),
        "seed": st.integers(0, 1),
        "entries": st.lists(st.tuples(st.sampled_from("abc"), st.integers(-1, 1)).map(list), max_size=3),
        "options": st.dictionaries(st.sampled_from(["anchors", "practice"]), st.integers(0, 2)),
        "deleted": st.booleans(),
    }
)
LINKS = st.fixed_dictionaries(
    {
        "id": st.just("l"),
        "score": st.sampled_from([0.5, 0.75]),
        "verdict": st.sampled_from(["found", "accepted", "dismissed"]),
        "reason": st.sampled_from(["", "another take"]),
        "deleted": st.booleans(),
    }
)


@pytest.mark.parametrize(
    ("join", "rows"),
    [(join_profiles, TOLD), (join_maps, MADE), (join_tasks, TASKS), (join_links, LINKS)],
    ids=["profiles", "made", "tasks", "links"],
)
@settings(max_examples=60)
@given(data=st.data())
def test_what_two_copies_made_of_one_thing_is_joined(
    join: Callable[[Any, Any], Any], rows: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    a, b, c = (data.draw(rows) for _ in range(3))
    assert join(a, b) == join(b, a)
    assert join(a, join(b, c)) == join(join(a, b), c)
    assert join(a, a) == a


def test_everything_a_person_or_a_method_left_comes_along(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    other = Recording("s" * 32, "b.wav", "sha2", "pcm2", 16000, 160000, 1)
    found = Link(RECORDING.id, other.id, 0.9, 0, 9, 0, 9)
    for store in pair[:2]:
        with store.writing() as transaction:
            transaction.put(other, found, Rater("a" * 32, "Ann", profile={"age": 30, "told": "2024"}))
    with theirs.writing() as transaction:
        transaction.put(
            Rater("a" * 32, "Ann", profile={"age": 31, "told": "2025"}),
            replace(TIER, made={RECORDING.id: {"method": "vad", "version": 1}}),
            replace(found, verdict="dismissed", reason="another take"),
            Task("t" * 32, "a" * 32, SCHEME.name, ((ONE.id, -1),), 1, {"practice": {ONE.id: {"valence": 1}}}),
        )
        given = Annotation("", ONE.id, "a" * 32, SCHEME.name, {"valence": 1}, repeat=-1, flagged=True)
        transaction.record([given])
    assert merge_into(ours, theirs, base=base).collisions == []
    with ours.reading() as reader, theirs.reading() as source:
        assert reader.raters()[0].profile["age"] == 31
        assert reader.tiers() == source.tiers()
        assert reader.links() == source.links()
        assert reader.tasks() == source.tasks()
        assert reader.annotations(practice=True) == source.annotations(practice=True)
        assert reader.annotations(practice=True)[0].flagged


def test_a_link_judged_in_two_ways_is_listed_and_ties_meanwhile(pair: tuple[Store, Store, str]) -> None:
    ours, theirs, base = pair
    other = Recording("s" * 32, "b.wav", "sha2", "pcm2", 16000, 160000, 1)
    for store, verdict in zip(pair[:2], ("dismissed", "accepted"), strict=True):
        with store.writing() as transaction:
            transaction.put(other, Link(RECORDING.id, other.id, 0.9, 0, 9, 0, 9, verdict=verdict))  # type: ignore[arg-type]
    (found,) = merge_into(ours, theirs, base=base).collisions
    assert (found.kind, found.settled) == ("link", "theirs")
    with ours.reading() as reader:
        assert reader.links()[0].holds
