"""Answers as numbered columns: the same as one by one, whatever was changed, withdrawn or deleted since."""

from pathlib import Path

import numpy as np
import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.rate import add_rater
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Recording, Segment, Tier, new_id
from annotator.storage.answers import numbered
from annotator.storage.rows import Kind

SCHEME = "valence-arousal"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Thirty segments, each rated by two of three raters; answers hold whole numbers, fractions and nothing."""
    made = create_corpus(tmp_path / "a.corpus", [SCHEME])
    tier, recording = Tier(new_id(), "t"), Recording(new_id(), "a.wav", "", "", 16000, 99000, 1)
    segments = [Segment(new_id(), recording.id, tier.id, 100 * k, 100 * k + 100) for k in range(30)]
    made.transact("Add", lambda transaction: transaction.put(tier, recording, *segments))
    raters = [add_rater(made, name) for name in ("Ann", "Bo", "Cy")]
    given = [
        Annotation("", segment.id, raters[(k + side) % 3].id, SCHEME, {"valence": value, "arousal": None})
        for k, segment in enumerate(segments)
        for side, value in enumerate((1, 0.25))
    ]
    made.transact("Rate", lambda transaction: transaction.record(given))
    return made


def triples(session: Session) -> list[tuple[str, str, int, dict[str, object]]]:
    with session.reading() as reader:
        found = reader.answer_columns(SCHEME)
    assert list(found.segments) == sorted(set(found.segments))
    assert list(found.raters) == sorted(set(found.raters))
    return sorted(
        (
            (found.segments[s], found.raters[r], repeat, values)
            for s, r, repeat, values in zip(
                found.segment_index, found.rater_index, found.repeats.tolist(), found.values, strict=True
            )
        ),
        key=lambda entry: entry[:3],
    )


def plain(session: Session) -> list[tuple[str, str, int, dict[str, object]]]:
    with session.reading() as reader:
        found = [
            (a.segment_id, a.rater_id, a.repeat, dict(a.values)) for a in reader.annotations(scheme=SCHEME)
        ]
    return sorted(found, key=lambda entry: entry[:3])


def test_columns_are_the_current_answers(session: Session) -> None:
    assert triples(session) == plain(session)
    assert len(triples(session)) == 60
    assert {type(entry[3]["valence"]) for entry in triples(session)} == {int, float}


def test_also_after_a_change_a_withdrawal_and_a_deletion(session: Session) -> None:
    with session.reading() as reader:
        first, second, third, *_ = reader.annotations(scheme=SCHEME)
    changed = [
        Annotation("", first.segment_id, first.rater_id, SCHEME, {"valence": -1}),
        Annotation("", second.segment_id, second.rater_id, SCHEME, second.values, withdrawn=True),
    ]
    session.transact("Change", lambda transaction: transaction.record(changed))
    session.transact("Delete", lambda transaction: transaction.remove(Kind.SEGMENT, [third.segment_id]))
    assert triples(session) == plain(session)
    session.undo()
    session.undo()
    assert len(triples(session)) == len(plain(session)) == 60


def test_nothing_rated(tmp_path: Path) -> None:
    with create_corpus(tmp_path / "b.corpus", [SCHEME]) as made:
        assert triples(made) == []


def test_any_keys_can_benumbered() -> None:
    uuids = sorted(new_id() for _ in range(50))
    drawn = [uuids[k] for k in np.random.default_rng(0).integers(50, size=300)]
    twins = ["0" * 16 + "1" * 16, "0" * 16 + "2" * 16]
    for keys in (drawn, [*drawn, *twins, *twins], ["s10", "s9", "s10"], ["x"]):
        names, places = numbered(",".join(keys))
        assert list(names) == sorted(set(keys))
        assert [names[place] for place in places] == keys


def test_what_is_recorded_in_bulk_is_read_back_and_taken_back(session: Session) -> None:
    with session.reading() as reader:
        before = reader.annotations(scheme=SCHEME)
    again = [Annotation("", a.segment_id, a.rater_id, SCHEME, {"valence": -0.5}) for a in before]
    recorded = session.transact("Import", lambda transaction: transaction.record(again)).result
    with session.reading() as reader:
        assert {a.id: a for a in reader.annotations(scheme=SCHEME)} == {a.id: a for a in recorded}
    assert {a.revision for a in recorded} == {2}
    session.undo()
    with session.reading() as reader:
        values = {(a.segment_id, a.rater_id): a.values for a in reader.annotations(scheme=SCHEME)}
    assert values == {(a.segment_id, a.rater_id): a.values for a in before}
