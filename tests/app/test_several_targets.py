"""All emotions of a scheme as one target: several labels, shares, the strongest one."""

from pathlib import Path

import numpy as np
import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.app.rate import add_rater, answer
from annotator.app.schemes import add_scheme
from annotator.app.session import Session
from annotator.app.split import fold_shares, make_split
from annotator.app.targets import find_target
from annotator.app.train import train, training_choices
from annotator.domain.corpus import Segment, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish


@pytest.fixture
def rated(session: Session) -> list[Segment]:
    """Three segments whose boxes two raters ticked: both power, one power and one calm, nothing."""
    add_scheme(session, "emotify-9")
    made: list[Segment] = []

    def write(transaction):
        transaction.put(Tier("t" * 32, "hand"))
        for n, recording in enumerate(sorted(transaction.recordings(), key=lambda one: one.path)):
            made.append(Segment(f"{n:032x}", recording.id, "t" * 32, 0, recording.samples))
        transaction.put(*made)

    session.transact("Segment", write)
    ticked = {"ann": ["power", "power", None], "bo": ["power", "calmness", None]}
    for name, boxes in ticked.items():
        rater = add_rater(session, name)
        for segment, box in zip(made, boxes, strict=True):
            values = {"power": box == "power", "calmness": box == "calmness"}
            answer(session, segment_id=segment.id, rater=rater, scheme="emotify-9", values=values)
    return made


def target(session: Session, name: str):
    with session.reading() as reader:
        return find_target(reader, name)


def test_labels_are_what_enough_raters_chose(session: Session, rated: list[Segment]) -> None:
    ids = [segment.id for segment in rated]
    half = target(session, "labels:emotify-9")
    assert [half.values[one] for one in ids] == ["power", "calmness, power", "-"]
    assert [target(session, "labels:emotify-9@0.6").values[one] for one in ids] == ["power", "-", "-"]
    assert half.several is not None
    assert half.several.rows(ids).sum(axis=1).tolist() == [1, 2, 0]


def test_shares_sum_to_one_and_the_strongest_is_one_only(session: Session, rated: list[Segment]) -> None:
    ids = [segment.id for segment in rated]
    shares = target(session, "shares:emotify-9")
    assert shares.values[ids[2]] is None
    assert shares.several is not None
    assert shares.several.rows(ids[:2]).sum(axis=1).tolist() == [1, 1]
    dominant = target(session, "dominant:emotify-9")
    assert dominant.values == {ids[0]: "power"}


def test_they_are_offered_for_training(session: Session, rated: list[Segment]) -> None:
    names = [one.item.name for one in finish(training_choices(session)).targets]
    assert names[-3:] == ["labels:emotify-9", "shares:emotify-9", "dominant:emotify-9"]


@pytest.mark.parametrize(
    "name", ["labels:valence-arousal", "labels:gems", "labels:emotify-9@2", "shares:emotify-9@0.3"]
)
def test_what_is_no_such_target_is_refused(session: Session, rated: list[Segment], name: str) -> None:
    with pytest.raises(AnnotatorError):
        target(session, name)


def test_several_labels_are_learned_from_real_songs(real_data: Path, tmp_path: Path) -> None:
    session = create_corpus(tmp_path / "e.corpus", [])
    finish(ingest(session, "emotify", real_data / "emotify"))
    finish(make_split(session, "cv", shares=fold_shares(4), group_keys=["song"], folds=True))
    results = {
        kind: finish(
            train(
                session,
                features="mfcc",
                model="ridge" if kind == "shares" else "logistic-regression",
                target=f"{kind}:emotify-9" + ("@0.3" if kind == "labels" else ""),
                split="cv",
                skip_missing=True,
                replicates=50,
            )
        )
        for kind in ("labels", "shares", "dominant")
    }
    labels = results["labels"].evaluation
    assert len(labels.predictions) == 24
    assert results["labels"].missing == 376
    assert [row["label"] for row in labels.per_class][:2] == ["amazement", "solemnity"]
    assert labels.human_ceiling["n_raters"] > 20
    # Many raters of one song are nearer to one another than chance, and further than to themselves.
    assert labels.chance["macro_f1"] < labels.human_ceiling["macro_f1"] < 0.7
    shares = results["shares"].evaluation
    assert 0 < shares.majority["kl"] < shares.chance["kl"]
    assert np.isfinite(shares.overall["cosine"]["value"])
    session.close()
