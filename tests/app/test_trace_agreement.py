"""Traces of a corpus: measured, settled and undone; what is no trace is said."""

from pathlib import Path

import numpy as np
import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.trace_agreement import MEAN_TRACE, measure_traces, settle_traces, trace_course
from annotator.domain.corpus import Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.domain.scheme import builtin_schemes

RATE = 16000
SCHEME = "va-trace"


@pytest.fixture
def traced(session: Session) -> Segment:
    """One segment traced by three raters, the third half a second late."""
    scheme = builtin_schemes()[SCHEME]
    session.transact("Add a scheme", lambda transaction: transaction.put(scheme))
    with session.reading() as reader:
        recording = max(reader.recordings(), key=lambda found: found.samples)
    segment = draw_segment(session, recording, "hand", 0, recording.samples)
    rng = np.random.default_rng(0)
    sound = np.convolve(rng.normal(size=200), np.hanning(9), mode="valid") / 6
    rate = scheme.items[0].rate
    for name, delay in (("Ann", 0), ("Bo", 0), ("Cy", round(0.5 * rate))):
        n = max(40, round(recording.seconds * rate))
        drawn = np.clip(
            sound[20 - delay : 20 - delay + n] + rng.normal(0, 0.02, len(sound[20 - delay : 20 - delay + n])),
            -1,
            1,
        )
        values = {item.name: drawn.round(3).tolist() for item in scheme.items}
        answer(session, segment_id=segment.id, rater=add_rater(session, name), scheme=SCHEME, values=values)
    return segment


def test_who_is_late_is_told_and_taken_out(session: Session, traced: Segment) -> None:
    valence, _ = finish(measure_traces(session, SCHEME, replicates=50))
    assert (valence.n_segments, valence.n_raters) == (1, 3)
    assert valence.lags["Cy"] == pytest.approx(0.5, abs=0.15)
    assert abs(valence.lags["Ann"]) < 0.15
    assert valence.alpha.value > valence.alpha_unaligned.value
    assert valence.alpha.ci is None  # one segment tells nothing about others
    assert "one song, speaker or segment" in valence.alpha.reason
    (left,) = [one for one in finish(measure_traces(session, SCHEME, most_lag=0)) if one.item == "valence"]
    assert left.alpha.value == left.alpha_unaligned.value


def test_mean_traces_are_a_consensus_that_can_be_undone(session: Session, traced: Segment) -> None:
    settled = settle_traces(session, SCHEME)
    assert (settled.segments, settled.method, settled.ties, settled.undecided) == (1, MEAN_TRACE, 0, 0)
    with session.reading() as reader:
        (row,) = reader.consensus(SCHEME, MEAN_TRACE)
        given = {a.id for a in reader.annotations(scheme=SCHEME)}
    course = trace_course(session, traced.id, "valence", SCHEME)
    assert row.values["valence"] == course["mean"]
    assert row.counts == {"valence": 3, "arousal": 3}
    assert 0 < row.uncertainty["valence"] < 0.2
    assert set(row.sources) == given
    assert course["raters"] == ["Ann", "Bo", "Cy"]
    session.undo()
    with session.reading() as reader:
        assert reader.consensus(SCHEME, MEAN_TRACE) == []


def test_what_is_no_trace_is_said(session: Session, traced: Segment) -> None:
    with pytest.raises(AnnotatorError, match="has no traces"):
        finish(measure_traces(session, "valence-arousal"))
    with pytest.raises(AnnotatorError, match='no trace "mood"'):
        trace_course(session, traced.id, "mood", SCHEME)
    with pytest.raises(AnnotatorError, match="Nobody has traced this"):
        trace_course(session, "0" * 32, "valence", SCHEME)


@pytest.mark.real_data
def test_vgmidi_step_by_step(real_data: Path, tmp_path: Path) -> None:
    session = create_corpus(tmp_path / "vgmidi.corpus", [])
    finish(ingest(session, "vgmidi", real_data / "vgmidi"))
    valence, arousal = finish(measure_traces(session, replicates=20))
    assert valence.n_segments == arousal.n_segments == 99
    for found in (valence, arousal):
        # Most of what pieces have in common they have in common all along: alpha over all steps is far above that of
        # one piece, and taking delays out helps both.
        assert found.alpha_unaligned.value < found.alpha.value < 0.5
        assert np.median([one.alpha for one in found.segments]) < found.alpha.value
        assert 0.0 < found.ccc.value < found.pearson.value
    session.close()
