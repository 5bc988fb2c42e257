"""What an import brings into a corpus, what it says before, and what one undo takes back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.export import export_corpus
from annotator.app.importing import ImportResult, import_file
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

RATE = 16000


def contents(session: Session) -> tuple[object, ...]:
    """Everything that an import can change."""
    with session.reading() as reader:
        return (
            sorted((r.path, tuple(r.groups.items())) for r in reader.recordings()),
            sorted(tier.name for tier in reader.tiers()),
            sorted((s.recording_id, s.start, s.end, s.text, s.speaker) for s in reader.segments()),
            sorted(scheme.name for scheme in reader.schemes()),
            sorted(rater.name for rater in reader.raters()),
            sorted((a.segment_id, a.rater_id, str(dict(a.values))) for a in reader.annotations()),
            reader.split_names(),
        )


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def counts(result: ImportResult) -> dict[str, int]:
    return {tally.what: tally.count for tally in result.imported}


@pytest.fixture
def database(tmp_path: Path, make_sound: Callable[..., Path]) -> Path:
    """An audformat data base with its sound, two raters and a split."""
    folder = tmp_path / "db"
    for n, name in enumerate("abc"):
        make_sound(folder / "audio" / f"{name}.wav", pitch=300 + 40 * n, seed=n)
    header = {
        "name": "moods",
        "raters": {"R1": {"type": "human"}, "gold": {"type": "vote"}},
        "schemes": {"emotion": {"dtype": "str", "labels": ["calm", "angry"]}, "speaker": {"dtype": "str"},
                    "transcription": {"dtype": "str"}},
        "splits": {"train": {}, "test": {}},
        "tables": {
            "emotion": {"type": "segmented", "columns": {"R1": {"scheme_id": "emotion", "rater_id": "R1"},
                                                         "gold": {"scheme_id": "emotion", "rater_id": "gold"}}},
            "text": {"type": "segmented", "columns": {"words": {"scheme_id": "transcription"}}},
            "files": {"type": "filewise", "columns": {"speaker": {"scheme_id": "speaker"}}},
            "emotion.train": {"type": "filewise", "split_id": "train", "columns": {}},
            "emotion.test": {"type": "filewise", "split_id": "test", "columns": {}},
        },
    }  # fmt: skip
    write(folder / "db.yaml", json.dumps(header))  # JSON is YAML
    first = "audio/a.wav,0 days 00:00:00,0 days 00:00:00.5"
    write(folder / "db.emotion.csv",
          f"file,start,end,R1,gold\n{first},angry,angry\naudio/b.wav,0 days 00:00:00,,calm,calm\n"
          "audio/gone.wav,0 days 00:00:00,,calm,calm\n")  # fmt: skip
    write(folder / "db.text.csv", f"file,start,end,words\n{first},Come here!\n")
    write(folder / "db.files.csv", "file,speaker\naudio/a.wav,ann\naudio/b.wav,bo\n")
    write(folder / "db.emotion.train.csv", "file\naudio/a.wav\n")
    write(folder / "db.emotion.test.csv", "file\naudio/b.wav\n")
    return folder


def test_a_preview_tells_what_the_import_then_does_and_one_undo_takes_it_back(
    tmp_path: Path, database: Path
) -> None:
    with create_corpus(tmp_path / "x.corpus") as session:
        before = contents(session)
        preview = finish(import_file(session, database, dry_run=True))
        assert contents(session) == before
        done = finish(import_file(session, database))
        assert (preview.dry_run, done.dry_run) == (True, False)
        assert preview.imported == done.imported
        assert (preview.odd, preview.left_out) == (done.odd, done.left_out)
        assert counts(done) == {
            "recordings": 2, "schemes": 1, "tiers": 2, "segments": 2, "raters": 2, "ratings": 4,
            'segments in parts of the split "emotion"': 2,
        }  # fmt: skip
        assert any("gone.wav" in tally.what for tally in done.left_out)
        after = contents(session)
        with session.reading() as reader:
            (first,) = [s for s in reader.segments() if s.text]
            assert (first.start, first.end, first.text) == (0, RATE // 2, "Come here!")
            assert {r.groups["speaker"] for r in reader.recordings()} == {"ann", "bo"}
            assert {rater.name: rater.kind for rater in reader.raters()} == {
                "R1": "human",
                "gold": "reference",
            }
            (split,) = reader.splits()
            assert sorted(split.parts.values()) == ["test", "train"]
        session.undo()
        assert contents(session)[:5] == before[:5]
        assert contents(session)[5:] == before[5:]
        session.redo()
        assert contents(session)[2:4] == after[2:4]


def test_importing_again_adds_nothing(tmp_path: Path, database: Path) -> None:
    with create_corpus(tmp_path / "x.corpus") as session:
        finish(import_file(session, database))
        before = contents(session)
        again = finish(import_file(session, database))
        assert contents(session) == before
        assert (again.segments, again.annotations, again.recordings) == (0, 0, 0)
        assert {tally.what for tally in again.odd} >= {
            "4 ratings are in the corpus already.",
            "1 segment is in the corpus already.",
        }


def test_times_become_the_nearest_samples_and_late_ones_are_reported(
    session: Session, tmp_path: Path
) -> None:
    labels = write(tmp_path / "ann_1.txt", "0.10003\t0.5\tone\n0.6\t1.5\tcut\n2\t3\tlate\n")
    result = finish(import_file(session, labels))
    with session.reading() as reader:
        found = sorted((s.start, s.end, s.text) for s in reader.segments())
    assert found == [(1600, 8000, "one"), (9600, RATE, "cut")]
    assert result.tier == "labels"
    assert any("was cut there" in text for text in result.warnings)
    assert any("late" not in text and "after the end of ann_1.wav" in text for text in result.dropped)


def test_a_new_tier_takes_segments_that_overlap_and_an_old_one_does_not(
    session: Session, tmp_path: Path
) -> None:
    turns = "SPEAKER ann_1 1 0.1 0.4 <NA> <NA> ann <NA>\nSPEAKER ann_1 1 0.3 0.4 <NA> <NA> bo <NA>\n"
    first = finish(import_file(session, write(tmp_path / "x.rttm", turns)))
    assert first.segments == 2
    assert any("overlaps another" in text for text in first.warnings)
    single = write(tmp_path / "ann_1.srt", "1\n00:00:00,100 --> 00:00:00,500\nOne.\n")
    finish(import_file(session, single))
    second = write(tmp_path / "two" / "ann_1.srt",
                   "1\n00:00:00,400 --> 00:00:00,600\nTwo.\n\n2\n00:00:00,700 --> 00:00:00,800\nThree.\n")  # fmt: skip
    result = finish(import_file(session, second))
    assert result.segments == 1
    assert "overlaps a segment" in result.dropped[0]


def test_a_file_about_recordings_of_which_one_is_missing_brings_in_the_others(
    session: Session, tmp_path: Path
) -> None:
    turns = "SPEAKER ann_1 1 0.1 0.4 <NA> <NA> ann <NA>\n" + "SPEAKER gone 1 0.3 0.4 <NA> <NA> bo <NA>\n" * 3
    result = finish(import_file(session, write(tmp_path / "x.rttm", turns)))
    assert result.segments == 1
    assert result.dropped == ('3 entries are about "gone", which is not in the corpus.',)
    with pytest.raises(AnnotatorError, match="gone"):
        finish(import_file(session, write(tmp_path / "y.rttm", "SPEAKER gone 1 0 1 <NA> <NA> a <NA>\n")))


def test_ratings_go_to_a_scheme_of_the_corpus_that_has_room_for_them(
    session: Session, tmp_path: Path
) -> None:
    def mood(valence: float) -> str:
        return json.dumps({"file_metadata": {"duration": 1.0}, "annotations": [
            {"namespace": "mood_thayer", "annotation_metadata": {"annotator": {"name": "R1"}},
             "data": [{"time": 0, "duration": 1, "value": [valence, 0.5]}]}]})  # fmt: skip

    inside = finish(import_file(session, write(tmp_path / "ann_1.jams", mood(0.5))))
    assert inside.schemes == ()
    outside = finish(import_file(session, write(tmp_path / "ann_2.jams", mood(7.5))))
    assert outside.schemes == ("mood",)
    with session.reading() as reader:
        assert {a.scheme: dict(a.values) for a in reader.annotations()} == {
            "valence-arousal": {"valence": 0.5, "arousal": 0.5},
            "mood": {"valence": 7.5, "arousal": 0.5},
        }


def test_the_scheme_that_each_row_names_is_used(tmp_path: Path, make_sound: Callable[..., Path]) -> None:
    from annotator.app.add import add_recordings

    table = write(tmp_path / "ratings.csv", "file,rater,scheme,item,value\na.wav,R1,sam-5,valence,2\n"
                  "a.wav,R1,valence-arousal,valence,0.5\n")  # fmt: skip
    with create_corpus(tmp_path / "x.corpus", ["valence-arousal", "sam-5"]) as session:
        finish(add_recordings(session, [make_sound(tmp_path / "a.wav")]))
        finish(import_file(session, table))
        with session.reading() as reader:
            assert {a.scheme: dict(a.values) for a in reader.annotations()} == {
                "sam-5": {"valence": 2},
                "valence-arousal": {"valence": 0.5},
            }


def test_our_own_tables_come_back_as_they_were(session: Session, tmp_path: Path) -> None:
    from annotator.app.add import add_recordings
    from annotator.app.export import export_corpus
    from annotator.app.rate import add_rater, answer
    from annotator.app.segment import draw_segment
    from annotator.app.split import make_split

    with session.reading() as reader:
        recordings = reader.recordings()
    session.transact(
        "Group", lambda write: write.put(recordings[0].with_groups({"song": "A", "tier": "high"}))
    )
    for n, recording in enumerate(recordings):
        for tier, end in (("turns", RATE // 2), ("sentences", RATE // 4 + 7)):
            segment = draw_segment(session, recording, tier, 1 + n, end)
            if tier == "turns":
                rater = add_rater(session, "R1")
                answer(session, segment_id=segment.id, rater=rater, scheme="valence-arousal", confidence=0.25,
                       values={"valence": 0.5 - 0.1 * n, "arousal": 0.1}, comment="=1+1")  # fmt: skip
    finish(make_split(session, "cv", shares={"a": 0.5, "b": 0.5}, group_keys=["speaker"], tier="turns"))
    finish(export_corpus(session, tmp_path / "out", format="csv"))

    with create_corpus(tmp_path / "again.corpus", ["valence-arousal"]) as other:
        finish(add_recordings(other, [tmp_path / "audio"]))
        result = finish(import_file(other, tmp_path / "out"))
        assert (result.format, result.segments, result.annotations, result.splits) == ("csv", 6, 3, ("cv",))

        def everything(which: Session) -> tuple[object, ...]:
            with which.reading() as reader:
                paths = {r.id: r.name for r in reader.recordings()}
                tiers = {tier.id: tier.name for tier in reader.tiers()}
                places = {
                    s.id: (paths[s.recording_id], tiers[s.tier_id], s.start, s.end) for s in reader.segments()
                }
                said = [
                    (places[a.segment_id], dict(a.values), a.confidence, a.comment)
                    for a in reader.annotations()
                ]
                (split,) = reader.splits()
                parts = sorted((places[segment], part) for segment, part in split.parts.items())
                # The speaker of a recording comes back as that of its segments.
                keys = ("song", "tier")
                groups = {r.name: [r.groups.get(key) for key in keys] for r in reader.recordings()}
                return sorted(places.values()), sorted(said, key=str), split.name, parts, groups

        assert everything(other) == everything(session)
        for table in ("segments", "ratings", "splits"):
            again = finish(import_file(other, tmp_path / "out" / f"{table}.csv"))
            assert again.imported == again.left_out == ()


def test_items_of_several_schemes_go_each_to_its_own(tmp_path: Path, make_sound: Callable[..., Path]) -> None:
    from annotator.app.add import add_recordings

    table = write(tmp_path / "wide.csv", "file,rater,valence,arousal,emotion\na.wav,R1,0.5,0.25,sad\n")
    with create_corpus(tmp_path / "x.corpus", ["valence-arousal", "emotions-crema-d"]) as session:
        finish(add_recordings(session, [make_sound(tmp_path / "a.wav")]))
        assert finish(import_file(session, table)).annotations == 2
        with session.reading() as reader:
            assert {a.scheme: dict(a.values) for a in reader.annotations()} == {
                "valence-arousal": {"valence": 0.5, "arousal": 0.25},
                "emotions-crema-d": {"emotion": "sad"},
            }
        table.write_text("file,rater,valence,mood\na.wav,R2,0.5,good\n")
        with pytest.raises(AnnotatorError, match="items mood"):
            finish(import_file(session, table))


def test_an_export_that_comes_back_doubles_no_rating(session: Session, tmp_path: Path) -> None:
    with session.reading() as reader:
        recordings = reader.recordings()
    drawn = [draw_segment(session, one, "hand", 100, 9000) for one in recordings]
    for name, shift in (("Ann", 0.1), ("Bo", 0.2)):
        rater = add_rater(session, name)
        for n, segment in enumerate(drawn):
            values = {"valence": round(shift * n, 2), "arousal": -0.5}
            answer(session, segment_id=segment.id, rater=rater, scheme="valence-arousal", values=values)
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    before = contents(session)
    result = finish(import_file(session, tmp_path / "out"))
    assert (result.annotations, result.raters) == (0, ())
    assert sum("are in the corpus already" in text for text in result.warnings) >= 2
    assert contents(session) == before
    text = (tmp_path / "out" / "ratings.csv").read_text(encoding="utf-8").replace("-0.5", "-0.4")
    (tmp_path / "out" / "ratings.csv").write_text(text, encoding="utf-8")
    assert finish(import_file(session, tmp_path / "out")).raters == ("R1", "R2")
