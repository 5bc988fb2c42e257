"""Practice and anchors: where they stand, what is told of them, and that they leave the corpus as they should."""

from pathlib import Path

import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.known import add_anchors, anchor_report, in_words
from annotator.app.merge import merge
from annotator.app.package import package, unpack
from annotator.app.rate import add_rater, answer, ensure_rater, read_workload
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.tasks import assign
from annotator.domain.corpus import PRACTICE, Annotation, Segment, Task
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import finish
from annotator.storage.rows import Kind

SCHEME = "valence-arousal"
NAMES = ["Ann", "Bo", "Cem"]


@pytest.fixture
def lead(session: Session) -> Session:
    """Twelve segments to rate, three anchors and two to practise on, with reference answers."""
    with session.reading() as reader:
        recordings = reader.recordings()
    for recording in recordings:
        for n in range(4):
            draw_segment(session, recording, "hand", 4000 * n, 4000 * n + 2000)
        know(session, draw_segment(session, recording, "gold", 100, 900), 0.5)
    for recording in recordings[:2]:
        know(session, draw_segment(session, recording, "warm-up", 1000, 1900), -0.5)
    return session


def know(session: Session, segment: Segment, valence: float) -> None:
    def write(transaction) -> None:  # type: ignore[no-untyped-def]
        rater = ensure_rater(transaction, "reference", "reference")
        given = Annotation("", segment.id, rater.id, SCHEME, {"valence": valence, "arousal": None})
        transaction.record([given])

    session.transact("Know", write)


def on_tier(session: Session, name: str) -> set[str]:
    with session.reading() as reader:
        tier = next(tier for tier in reader.tiers() if tier.name == name)
        return {segment.id for segment in reader.segments(tier_id=tier.id)}


def task_of(session: Session, name: str) -> Task:
    with session.reading() as reader:
        whose = next(rater.id for rater in reader.raters() if rater.name == name)
        return next(task for task in reader.tasks() if task.rater_id == whose)


def give(session: Session, *, seed: int = 1, **more: object) -> None:
    assign(session, NAMES, overlap=2, anchors="gold", practice="warm-up", seed=seed, **more)  # type: ignore[arg-type]


def test_practice_comes_first_and_anchors_stand_unseen_among_the_others(lead: Session) -> None:
    result = assign(lead, NAMES, overlap=2, anchors="gold", practice="warm-up", repeat=0.25, seed=1)
    gold, warm = on_tier(lead, "gold"), on_tier(lead, "warm-up")
    assert (result.tier, result.segments) == ("hand", 12)
    places = set()
    for handed in result.tasks:
        assert (handed.segments, handed.repeats, handed.anchors, handed.practice) == (11, 2, 3, 2)
        entries = task_of(lead, handed.rater).entries
        assert {segment for segment, _ in entries[:2]} == warm
        assert [n for _, n in entries[:2]] == [PRACTICE] * 2
        anchors = [n for n, (segment, _) in enumerate(entries) if segment in gold]
        assert len(anchors) == 3
        assert all(entries[n][1] == 0 for n in anchors)
        assert anchors[0] > 2  # not what the rater meets first
        places.add(tuple(anchors))
    assert len(places) > 1


def test_the_same_seed_gives_the_same_task_and_asking_again_adds_nothing(lead: Session) -> None:
    give(lead)
    first = task_of(lead, "Ann")
    give(lead, seed=5)
    assert task_of(lead, "Ann") == first
    lead.undo()
    give(lead)
    assert task_of(lead, "Ann").entries == first.entries


def test_practice_that_comes_later_stands_at_the_front_all_the_same(lead: Session) -> None:
    assign(lead, NAMES, overlap=2, tier="hand")
    before = task_of(lead, "Ann").entries
    assign(lead, NAMES, overlap=2, tier="hand", practice="warm-up")
    after = task_of(lead, "Ann").entries
    assert after[2:] == before
    assert {n for _, n in after[:2]} == {PRACTICE}


def test_segments_with_a_known_answer_on_the_same_tier_are_not_asked_twice(lead: Session) -> None:
    with lead.reading() as reader:
        segment = next(s for s in reader.segments() if s.id in on_tier(lead, "hand"))
    know(lead, segment, 1.0)
    assign(lead, NAMES, overlap=1, tier="hand", anchors="hand")
    for name in NAMES:
        entries = task_of(lead, name).entries
        assert entries.count((segment.id, 0)) == 1
        assert len(entries) in (4, 5)  # eleven others among three


def test_a_table_of_answers_will_do(lead: Session, tmp_path: Path) -> None:
    table = tmp_path / "known.csv"
    table.write_text("file,start,end,valence,arousal\nann_1.wav,0.25,0.375,1,-1\n")
    assign(lead, NAMES, overlap=1, tier="hand", anchors=str(table))
    (segment,) = task_of(lead, "Bo").options["anchors"]
    assert task_of(lead, "Bo").options["anchors"][segment] == {"valence": 1.0, "arousal": -1.0}
    assert segment in on_tier(lead, "hand")
    lead.undo()
    with lead.reading() as reader:
        assert not any(a.segment_id == segment for a in reader.annotations())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("hand", "No answer"),
        ("nothing", "no tier of the corpus and no file"),
        ("bad.csv", "cannot be used"),
        ("empty.csv", "no ratings|empty|no row"),
    ],
)
def test_sources_without_an_answer_are_told_and_nothing_is_assigned(
    lead: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    (tmp_path / "bad.csv").write_text("file,valence,arousal\nann_1.wav,0.5,0.5\nann_1.wav,77,0\n")
    (tmp_path / "empty.csv").write_text("file,valence,arousal\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AnnotatorError, match=said):
        assign(lead, NAMES, overlap=1, tier="hand", anchors=source)
    with lead.reading() as reader:
        assert reader.tasks() == []


def test_what_is_practised_is_no_anchor(lead: Session) -> None:
    with pytest.raises(UsageError, match="both anchors and practice"):
        assign(lead, NAMES, overlap=1, tier="hand", anchors="gold", practice="gold")


# In front of the rater


def test_the_rater_is_told_of_practice_and_of_no_anchor(lead: Session) -> None:
    give(lead)
    load = finish(read_workload(lead, add_rater(lead, "Ann")))
    warm = on_tier(lead, "warm-up")
    assert load.tier == "hand"
    assert set(load.expected) == {(segment, PRACTICE) for segment in warm}
    assert load.expected[load.entries[0]]["valence"] == -0.5
    assert len(load.entries) == len(task_of(lead, "Ann").entries)


def test_a_package_tells_anchors_from_nothing_else(lead: Session, tmp_path: Path) -> None:
    give(lead)
    finish(package(lead, "Ann", tmp_path / "ann.annotator"))
    with open_corpus_folder(finish(unpack(tmp_path / "ann.annotator"))) as theirs:
        load = finish(read_workload(theirs, add_rater(theirs, "Ann")))
        assert load.entries == finish(read_workload(lead, add_rater(lead, "Ann"))).entries
        assert len(load.expected) == 2
        with theirs.reading() as reader:
            assert [tier.name for tier in reader.tiers()] == ["hand"]
            assert set(task_of(theirs, "Ann").options) == {"practice"}
            assert [rater.name for rater in reader.raters()] == ["Ann"]
            assert reader.annotations() == []
        ann = add_rater(theirs, "Ann")
        for segment, repeat in load.entries:
            answer(
                theirs, segment_id=segment, rater=ann, scheme=SCHEME,
                values={"valence": 0.25, "arousal": 0}, repeat=repeat,
            )  # fmt: skip
        finish(package(theirs, "Ann", tmp_path / "back.annotator"))
    before = task_of(lead, "Ann")
    merged = finish(merge(lead, [tmp_path / "back.annotator"]))
    assert merged.conflicts == ()
    assert task_of(lead, "Ann") == before
    assert len(on_tier(lead, "gold")) == 3
    (report,) = [found for found in anchor_report(lead, SCHEME) if found.rater == "Ann"]
    assert (report.asked, report.answered) == (3, 3)


# In front of the lead


def test_the_lead_sees_how_far_each_rater_was_off(lead: Session) -> None:
    give(lead)
    for name, valence in (("Ann", 0.5), ("Bo", -0.5)):
        for segment, repeat in task_of(lead, name).entries:
            answer(
                lead, segment_id=segment, rater=add_rater(lead, name), scheme=SCHEME,
                values={"valence": valence, "arousal": None}, repeat=repeat,
            )  # fmt: skip
    ann, bo, cem = anchor_report(lead, SCHEME)
    assert [(f.item, f.n, f.mean_error) for f in ann.figures] == [("valence", 3, 0.0)]
    assert [(f.item, f.n, f.mean_error) for f in bo.figures] == [("valence", 3, 1.0)]
    assert (cem.asked, cem.answered, cem.figures) == (3, 0, ())
    assert "off by 1 points" in in_words(bo)
    (figures,) = finish(measure_agreement(lead, replicates=10))
    data = figures.to_dict()
    add_anchors(data, (ann, bo, cem))
    raters = {rater["rater"]: rater.get("anchors") for rater in data["items"][0]["raters"]}
    assert raters["Bo"] == {"n": 3, "mean_error": 1.0}


def test_deleted_anchors_are_no_answers(lead: Session) -> None:
    give(lead)
    lead.transact("Delete", lambda t: t.remove(Kind.SEGMENT, on_tier(lead, "gold")))
    assert all(report.answered == 0 for report in anchor_report(lead, SCHEME))
    assert (
        len(finish(read_workload(lead, add_rater(lead, "Ann"))).entries)
        == len(task_of(lead, "Ann").entries) - 3
    )
