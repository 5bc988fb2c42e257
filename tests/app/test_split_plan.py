"""Splits over labels of all kinds, classes with too few groups, and values that rest on several parts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotator.app.audit import audit_corpus
from annotator.app.consensus import settle_consensus
from annotator.app.corpus_folder import create_corpus
from annotator.app.growth import compare_splits
from annotator.app.library import Corpus
from annotator.app.plan import SplitPlan
from annotator.app.preview import explain_group, preview_split
from annotator.app.session import Session
from annotator.app.split import make_planned, make_split
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, Tier, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.domain.scheme import Scheme

RATE = 8000
TIER = Tier("t" * 32, "hand")
SCORE = Scheme.from_dict(
    {
        "name": "score",
        "title": "Score",
        "judged": "perceived",
        "items": [{"name": "score", "type": "number", "minimum": -9, "maximum": 9}],
    }
)
MOOD = Scheme.from_dict(
    {
        "name": "mood",
        "title": "Mood",
        "judged": "perceived",
        "items": [{"name": "mood", "type": "category", "labels": ["happy", "sad", "rare"]}],
    }
)
PARTS = {"train": 0.6, "dev": 0.2, "test": 0.2}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Thirty artists with four pieces each, of two genders and three lengths. Nothing is rated."""
    with create_corpus(tmp_path / "a.corpus", ["emotify-9", "valence-arousal", SCORE, MOOD]) as made:
        things: list[Recording | Segment] = []
        for artist in range(30):
            for piece in range(4):
                name = f"a{artist:02d}_{piece}"
                key = new_id()
                length = RATE * (1 + artist % 3)
                groups = {"artist": f"a{artist:02d}", "gender": "fm"[artist % 2]}
                things += [
                    Recording(key, f"{name}.wav", key, key, RATE, length, 1, groups),
                    Segment(new_id(), key, TIER.id, 0, length, text=name),
                ]
        made.transact("make", lambda transaction: transaction.put(TIER, *things))
        yield made


def pieces(session: Session) -> list[Segment]:
    """The segments by artist and piece."""
    with session.reading() as reader:
        return sorted(reader.segments(), key=lambda segment: segment.text)


def rate(session: Session, scheme: str, raters: dict[str, list[dict[str, object]]]) -> None:
    segments = pieces(session)

    def write(transaction) -> None:
        for name, answers in raters.items():
            rater = Rater(new_id(), name)
            transaction.put(rater)
            transaction.record(
                [
                    Annotation(new_id(), segment.id, rater.id, scheme, values)
                    for segment, values in zip(segments, answers, strict=True)
                ]
            )

    session.transact("rate", write)


def moods(session: Session, rare: int = 0) -> None:
    """Every piece is happy or sad; the first of `rare` artists is rare."""
    answers = [{"mood": ("happy", "sad")[n // 2 % 2]} for n in range(120)]
    for artist in range(rare):
        answers[4 * artist] = {"mood": "rare"}
    rate(session, "mood", {"Ada": answers})


def test_the_name_of_a_scheme_spreads_each_of_its_labels(session: Session) -> None:
    rng = np.random.default_rng(0)
    with session.reading() as reader:
        [scheme] = [scheme for scheme in reader.schemes() if scheme.name == "emotify-9"]
    names = [item.name for item in scheme.items]
    leaning = rng.random((30, 9))  # an artist has labels of their own
    answers = [
        {name: bool(rng.random() < leaning[n // 4, k]) for k, name in enumerate(names)} for n in range(120)
    ]
    rate(session, "emotify-9", {"Ada": answers})
    made = finish(
        make_split(session, "all", shares=PARTS, group_keys=["artist"], stratify="emotify-9", seed=1)
    )
    one = finish(make_split(session, "none", shares=PARTS, group_keys=["artist"], seed=1))
    assert len(made.parts["train"].classes) == 18

    def worst(name: str) -> float:
        """The largest miss of a label's share in a part."""
        with session.reading() as reader:
            parts = next(split for split in reader.splits() if split.name == name).parts
        held = {part: np.array([[a[n] for n in names] for s, a in zip(pieces(session), answers, strict=True)
                                if parts[s.id] == part]).sum(axis=0) for part in PARTS}  # fmt: skip
        total = sum(held.values())
        return max(float(np.abs(held[part] / total - share).max()) for part, share in PARTS.items())

    assert worst("all") < 0.05 < worst("none")
    assert one.parts["train"].classes == {}


def test_binned_valence_and_arousal_gender_and_seconds_at_once(session: Session) -> None:
    rng = np.random.default_rng(1)
    answers = [{"valence": rng.uniform(-1, 1), "arousal": rng.uniform(-1, 1)} for _ in range(120)]
    rate(session, "valence-arousal", {"Ada": answers})
    made = finish(
        make_split(
            session, "va", shares=PARTS, group_keys=["artist"], stratify="valence,arousal", balance=["gender"],
            by="seconds",
        )
    )  # fmt: skip
    assert len(made.parts["train"].classes) == 3 + 3 + 2
    seconds = {part: held.seconds for part, held in made.parts.items()}
    for part, share in PARTS.items():
        assert seconds[part] / sum(seconds.values()) == pytest.approx(share, abs=0.03)
    assert made.deviation < 0.03


def test_a_class_that_parts_cannot_all_hold_is_refused_with_the_numbers(session: Session) -> None:
    moods(session, rare=2)
    with pytest.raises(AnnotatorError, match=r"3 parts need .* rare \(2 groups\)") as refused:
        finish(make_split(session, "x", shares=PARTS, group_keys=["artist"], stratify="mood"))
    assert "--allow-missing" in refused.value.hint
    with session.reading() as reader:
        assert reader.split_names() == []
    allowed = finish(
        make_split(session, "x", shares=PARTS, group_keys=["artist"], stratify="mood", allow_missing=True)
    )
    assert 'The class "rare" is in 2 groups only' in " ".join(allowed.warnings)


def test_the_preview_shows_what_would_be_refused_and_stores_nothing(session: Session) -> None:
    moods(session, rare=2)
    plan = SplitPlan(shares=PARTS, group_keys=("artist",), stratify="mood")
    seen = finish(preview_split(session, plan))
    assert "rare (2 groups)" in seen.problem
    assert sum(part.segments for part in seen.parts.values()) == 120
    assert finish(preview_split(session, replace(plan, allow_missing=True))).problem == ""
    assert [(group.segments, group.recordings, group.values) for group in seen.groups] == [(4, 4, 1)] * 30
    why = finish(explain_group(session, seen.groups[0], plan))
    assert [tie.text for tie in why.ties] == ['Both have the artist "a00".']
    assert {segment for tie in why.ties for segment in (tie.a, tie.b)} == set(why.places)
    with session.reading() as reader:
        assert reader.split_names() == []


def test_the_preview_is_what_the_split_will_be_or_better(session: Session) -> None:
    moods(session)
    plan = SplitPlan(shares=PARTS, group_keys=("artist",), stratify="mood", balance=("gender",))
    seen = finish(preview_split(session, plan))
    made = finish(make_planned(session, "x", plan))
    assert made.deviation <= seen.deviation
    assert set(made.parts) == set(seen.parts)


def test_folds_need_a_class_in_two_groups_only(session: Session) -> None:
    moods(session, rare=2)
    folds = {f"f{n}": 0.2 for n in range(5)}
    made = finish(make_split(session, "cv", shares=folds, group_keys=["artist"], stratify="mood", folds=True))
    assert [held.classes["rare"] for held in made.parts.values()].count(1) == 2


def test_a_class_of_one_group_is_refused_for_folds(session: Session) -> None:
    moods(session, rare=1)
    folds = {f"f{n}": 0.2 for n in range(5)}
    with pytest.raises(AnnotatorError, match=r"without ever being trained on.* rare \(1 group\)"):
        finish(make_split(session, "cv", shares=folds, group_keys=["artist"], stratify="mood", folds=True))


def regroup(session: Session) -> None:
    """Two artists each become one, with eight pieces."""
    with session.reading() as reader:
        recordings = reader.recordings()
    changed = [
        replace(r, groups={**r.groups, "artist": str(int(r.groups["artist"][1:]) // 2)}) for r in recordings
    ]
    session.transact("regroup", lambda transaction: transaction.put(*changed))


def kinds(session: Session, split: str) -> list[tuple[str, str]]:
    return [(f.kind, f.severity) for f in finish(audit_corpus(session, split)).findings]


def test_a_consensus_that_weighs_raters_over_all_parts_is_a_warning_that_plays(session: Session) -> None:
    rng = np.random.default_rng(2)
    raters = {
        name: [{"mood": "sad" if rng.random() < 0.3 + 0.2 * (n % 2) else "happy"} for n in range(120)]
        for name in ("Ada", "Ben", "Cleo")
    }
    rate(session, "mood", raters)
    settle_consensus(session, "mood", "dawid-skene")
    finish(make_split(session, "x", shares=PARTS, group_keys=["artist"], stratify="mood"))
    found = finish(audit_corpus(session, "x")).findings
    [finding] = [finding for finding in found if finding.kind == "consensus"]
    assert finding.severity == "warning"
    assert "Dawid-Skene" in finding.text
    assert "majority" in finding.text
    assert finding.a != finding.b
    assert finding.part_a != finding.part_b
    # Where a rule that looks at one segment at a time is there, it is the one that counts.
    settle_consensus(session, "mood", "majority")
    assert "consensus" not in dict(kinds(session, "x"))


@pytest.mark.parametrize("within", ["rater", "gender", "artist", None])
def test_ratings_that_were_normalised_over_all_parts_are_a_warning(session: Session, within) -> None:
    rng = np.random.default_rng(3)
    raters = {}
    if within == "artist":
        regroup(session)
    for name in ("Ada", "Ben"):
        given = rng.normal(2, 3, 120)
        stretches = {
            "rater": [np.arange(120)],
            "gender": [np.flatnonzero(np.arange(120) // 4 % 2 == side) for side in (0, 1)],
            "artist": [np.arange(first, first + 8) for first in range(0, 120, 8)],
            None: [],
        }[within]
        given = np.clip(given, -8, 8)
        for rows in stretches:
            given[rows] = (given[rows] - given[rows].mean()) / given[rows].std()
        raters[name] = [{"score": float(value)} for value in given]
    rate(session, "score", raters)
    settle_consensus(session, "score", "mean")
    finish(make_split(session, "x", shares=PARTS, group_keys=["artist"], stratify="score"))
    # Within what the split keeps together anyhow (here two artists at a time) nothing crosses.
    expected = {"rater": 1, "gender": 4, "artist": 0, None: 0}[within]
    assert kinds(session, "x").count(("normalisation", "warning")) == expected


def test_the_classes_of_numbers_are_told_in_words(session: Session) -> None:
    rate(session, "score", {"Ada": [{"score": float(n // 8)} if n < 64 else {} for n in range(120)]})
    made = finish(
        make_split(
            session, "x", shares=dict.fromkeys("abcdefgh", 0.125), group_keys=["artist"], stratify="score",
        )
    )  # fmt: skip
    said = " ".join(made.warnings) + " ".join(f.text for f in finish(audit_corpus(session, "x")).findings)
    assert "below 2" in said
    assert "inf" not in said
    assert "1 groups" not in said


def test_two_splits_tell_what_moved_where(session: Session) -> None:
    halves = {"a": 0.5, "b": 0.5}
    for seed in (1, 2):
        finish(make_split(session, f"s{seed}", shares=halves, group_keys=["artist"], seed=seed))
    compared = compare_splits(session, "s1", "s2")
    assert compared.moved > 0
    assert sum(n for _, _, n in compared.moves) == compared.moved
    assert {(before, after) for before, after, _ in compared.moves} <= {("a", "b"), ("b", "a")}
    assert compare_splits(session, "s1", "s1").moves == ()


def test_the_library_makes_the_same_splits_as_the_commands(session: Session) -> None:
    moods(session)
    corpus = Corpus(session)
    made = corpus.split(
        "x", groups=["artist"], parts=PARTS, stratify=["mood"], balance=["gender"], by="seconds"
    )
    assert set(made.parts["train"].classes) == {"mood: happy", "mood: sad", "gender: f", "gender: m"}
    alone = corpus.split("y", groups=["artist"], leave_one_out=True)
    assert len(alone.parts) == 30
    assert corpus.compare_splits("x", "y").moved == 120
    assert corpus.audit("x", near_texts=True).clean
    with pytest.raises(TypeError, match="either folds or parts"):
        corpus.split("z", groups=["artist"])
