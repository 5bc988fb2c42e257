"""Published ratings can be studied without their sound, and get it when it comes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.check import check_corpus
from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

VOTES = """"","A","D","F","H","N","S","fileName"
"100001",0,0,0,1,2,0,"1001_IEO_NEU_XX"
"200001",2,2,0,0,0,0,"1001_IEO_NEU_XX"
"100002",0,0,0,0,0,3,"1002_IEO_SAD_LO"
"""


def test_votes_come_in_without_sound_and_get_it_later(
    tmp_path: Path, make_sound: Callable[..., Path]
) -> None:
    (tmp_path / "tabulatedVotes.csv").write_text(VOTES)
    with create_corpus(tmp_path / "votes.corpus") as session:
        first = finish(ingest(session, "crema-d", tmp_path))
        assert (first.recordings, first.segments, first.annotations) == (2, 3, 10)
        assert first.labels == {"anger": 2, "disgust": 2, "happy": 1, "neutral": 2, "sad": 3}
        assert finish(ingest(session, "crema-d", tmp_path)).annotations == 0
        problems = finish(check_corpus(session)).problems
        assert [problem.kind for problem in problems] == ["missing", "missing"]
        with session.reading() as reader:
            assert sorted(tier.name for tier in reader.tiers()) == ["face", "voice"]
            before = reader.recordings()
            with pytest.raises(AnnotatorError, match="missing"):
                session.open_audio(before[0])
            assert len({recording.pcm_hash for recording in before}) == 2
        make_sound(tmp_path / "AudioWAV" / "1001_IEO_NEU_XX.wav", seconds=1.5)
        assert "changed" in {problem.kind for problem in finish(check_corpus(session)).problems}
        again = finish(ingest(session, "crema-d", tmp_path))
        assert (again.annotations, again.segments) == (0, 3)
        with session.reading() as reader:
            after = {recording.id: recording for recording in reader.recordings()}
            sound = after[before[0].id]
            assert (sound.samples, sound.warning, len(sound.sha256)) == (24000, "", 64)
            ends = {segment.end for segment in reader.segments(recording_id=sound.id)}
            assert ends == {24000}
            assert len(after) == 2


@pytest.mark.real_data
def test_every_row_of_emotify_comes_in_and_agreement_is_as_published(real_data: Path, tmp_path: Path) -> None:
    with create_corpus(tmp_path / "emotify.corpus") as session:
        result = finish(ingest(session, "emotify", real_data / "emotify"))
        assert (result.annotations, result.segments) == (8407, 400)
        assert "103 rows choose no emotion." in result.warnings
        assert "9 rows choose more than 3 emotions." in result.warnings
        (found,) = finish(measure_agreement(session, replicates=10))
    alpha = {
        item.item: next(c.value for c in item.coefficients if c.name == "krippendorff_alpha")
        for item in found.items
    }
    expected = {
        "amazement": 0.0347, "solemnity": 0.0764, "tenderness": 0.1446, "nostalgia": 0.1113, "calmness": 0.1723,
        "power": 0.1755, "joyful_activation": 0.2460, "tension": 0.1350, "sadness": 0.1116,
    }  # fmt: skip
    assert alpha == pytest.approx(expected, abs=5e-5)


@pytest.mark.real_data
def test_every_vote_of_crema_d_comes_in(real_data: Path, tmp_path: Path) -> None:
    with create_corpus(tmp_path / "crema.corpus") as session:
        result = finish(ingest(session, "crema-d", real_data / "crema_d"))
        assert (result.recordings, result.segments, result.annotations) == (7442, 22326, 212_000)
        assert result.groups["actor"] == 91


@pytest.mark.real_data
def test_every_trace_of_vgmidi_comes_in(real_data: Path, tmp_path: Path) -> None:
    with create_corpus(tmp_path / "vgmidi.corpus") as session:
        result = finish(ingest(session, "vgmidi", real_data / "vgmidi"))
        assert (result.recordings, result.segments, result.annotations) == (99, 99, 3006)
        assert "52 listeners never moved." in result.warnings
        assert finish(ingest(session, "vgmidi", real_data / "vgmidi")).annotations == 0
        (found,) = finish(measure_agreement(session, replicates=10))
    assert [(item.item, item.n_raters, item.n_ratings) for item in found.items] == [
        ("valence_mean", 32, 3006),
        ("arousal_mean", 32, 3006),
    ]
