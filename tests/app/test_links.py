"""Links in a corpus: found, kept, judged, and what they do to groups, splits and audits."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.app.add import add_recordings
from annotator.app.audit import audit_corpus
from annotator.app.corpus_folder import create_corpus
from annotator.app.grouping import tie_groups, why_tied
from annotator.app.growth import compare_splits, extend_split
from annotator.app.links import find_links, judge_link
from annotator.app.predefined import take_over_parts
from annotator.app.session import Session, find_split
from annotator.app.split import fold_shares, make_split
from annotator.domain.corpus import Link, Recording, Segment, Tier, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

RATE = 8000
TIER = Tier("t" * 32, "hand")


def melody(seed: int, seconds: float = 6.0) -> np.ndarray:
    """A sound that no other seed makes."""
    rng = np.random.default_rng(seed)
    pitches = np.repeat(rng.uniform(150, 1600, round(seconds * 8)), RATE // 8)
    return 0.3 * np.sin(2 * np.pi * np.cumsum(pitches) / RATE) + rng.normal(0, 0.002, len(pitches))


@pytest.fixture
def songs(tmp_path: Path):
    """Six songs; the last is half of the first, more quietly."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for n in range(5):
        soundfile.write(folder / f"song{n}.wav", melody(n), RATE)
    soundfile.write(folder / "song5.wav", 0.4 * melody(0)[RATE : 4 * RATE], RATE)
    with create_corpus(tmp_path / "songs.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [folder], groups=["song=stem"]))
        put_whole(session)
        yield session


def put_whole(session: Session) -> None:
    """A segment over every recording that has none."""
    with session.reading() as reader:
        held = {segment.recording_id for segment in reader.segments()}
        new = [
            Segment(new_id(), r.id, TIER.id, 0, r.samples) for r in reader.recordings() if r.id not in held
        ]
    session.transact("whole", lambda transaction: transaction.put(TIER, *new))


def by_song(session: Session) -> dict[str, str]:
    """Segment by song."""
    with session.reading() as reader:
        names = {recording.id: recording.groups["song"] for recording in reader.recordings()}
        return {names[segment.recording_id]: segment.id for segment in reader.segments()}


def table(path: Path, rows: dict[str, str]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("file", "part"), *rows.items()])
    return path


def test_links_are_found_kept_and_judged_and_undone(songs: Session) -> None:
    found = finish(find_links(songs))
    [link] = found.links
    assert (found.new, link.verdict, link.kind) == (1, "found", "sound")
    assert link.score > 0.95
    with pytest.raises(AnnotatorError, match="reason"):
        judge_link(songs, link.id, "dismissed")
    judge_link(songs, link.id, "dismissed", "another recording of the same piece")
    again = finish(find_links(songs))
    assert (again.new, again.links[0].verdict) == (0, "dismissed")
    assert again.links[0].reason == "another recording of the same piece"
    songs.undo()
    with songs.reading() as reader:
        assert [link.verdict for link in reader.links()] == ["found"]


def test_what_is_not_there_cannot_be_heard_and_keeps_its_links(songs: Session) -> None:
    [link] = finish(find_links(songs)).links
    with songs.reading() as reader:
        by_name = {recording.name: recording for recording in reader.recordings()}
    songs.audio_path(by_name["song5.wav"]).unlink()
    found = finish(find_links(songs))
    assert (found.unheard, found.gone, [held.id for held in found.links]) == (1, 0, [link.id])
    for recording in by_name.values():
        songs.audio_path(recording).unlink(missing_ok=True)
    with pytest.raises(AnnotatorError, match="is missing"):
        finish(find_links(songs))


def test_a_link_ties_groups_until_it_is_dismissed(songs: Session) -> None:
    segment = by_song(songs)
    [link] = finish(find_links(songs)).links
    parts = dict.fromkeys(("a", "b"), 0.5)
    finish(make_split(songs, "tied", shares=parts, group_keys=["song"]))
    with songs.reading() as reader:
        tied = find_split(reader, "tied")
    assert tied.parts[segment["song0"]] == tied.parts[segment["song5"]]
    assert len(set(tied.groups.values())) == 5
    [tie] = why_tied(songs, segment["song0"], segment["song5"], ["song"])
    assert tie.kind == "near_duplicate"
    assert "song5.wav" in tie.text
    assert why_tied(songs, segment["song0"], segment["song1"], ["song"]) == ()
    judge_link(songs, link.id, "dismissed", "no")
    finish(make_split(songs, "free", shares=parts, group_keys=["song"]))
    with songs.reading() as reader:
        assert len(set(find_split(reader, "free").groups.values())) == 6


def test_parts_of_a_table_are_taken_over_and_their_leak_is_found(songs: Session, tmp_path: Path) -> None:
    rows = {f"song{n}": "train" if n < 4 else "test" for n in range(6)}
    result = finish(take_over_parts(songs, "given", table(tmp_path / "parts.csv", rows), group_keys=["song"]))
    assert {part: summary.segments for part, summary in result.parts.items()} == {"train": 4, "test": 2}
    assert finish(audit_corpus(songs, "given")).clean
    [link] = finish(find_links(songs)).links
    [finding] = finish(audit_corpus(songs, "given")).findings
    assert (finding.kind, finding.severity, finding.score) == ("near_duplicate", "leak", link.score)
    assert '"song0.wav" (train)' in finding.text
    judge_link(songs, link.id, "dismissed", "no")
    assert finish(audit_corpus(songs, "given")).clean


@pytest.mark.parametrize(
    ("rows", "said"),
    [({"nothing.wav": "train"}, "No file of"), ({"song1": "train", "": ""}, None)],
)
def test_tables_that_fit_badly(songs: Session, tmp_path: Path, rows, said) -> None:
    job = take_over_parts(songs, "given", table(tmp_path / "parts.csv", rows))
    if said is None:
        assert "5 segments are of no file" in finish(job).warnings[0]
    else:
        with pytest.raises(AnnotatorError, match=said):
            finish(job)


def test_a_long_recording_is_tied_only_where_it_shares_sound() -> None:
    recordings = {
        key: Recording(key, f"{key}.wav", key, key, RATE, 100_000, 1, {}) for key in ("show1", "show2")
    }
    jingle = Link("show1", "show2", 0.9, 0, 10_000, 50_000, 60_000)
    spans = [("show1", 0, 9000), ("show1", 20_000, 30_000), ("show2", 0, 9000), ("show2", 52_000, 58_000)]
    segments = [
        Segment(f"s{n}", home, TIER.id, start, end, speaker=f"p{n}")
        for n, (home, start, end) in enumerate(spans)
    ]
    index = tie_groups(segments, recordings, ["speaker"], [jingle]).index.tolist()
    assert index[0] == index[3]
    assert len(set(index)) == 3
    dismissed = replace(jingle, verdict="dismissed")
    assert len(set(tie_groups(segments, recordings, ["speaker"], [dismissed]).index.tolist())) == 4


def test_leaving_one_group_out_makes_a_fold_of_each(songs: Session) -> None:
    result = finish(make_split(songs, "loo", shares=None, group_keys=["song"]))
    assert [summary.groups for summary in result.parts.values()] == [1] * 6
    assert (result.method, result.warnings) == ("one each", ())


def test_seconds_can_be_what_is_shared_out(songs: Session) -> None:
    halves = {"a": 0.5, "b": 0.5}
    result = finish(make_split(songs, "s", shares=halves, group_keys=["song"], by="seconds"))
    seconds = [summary.seconds for summary in result.parts.values()]
    assert max(seconds) - min(seconds) <= 3.01


def silent_corpus(folder: Path, speakers: dict[str, int]) -> Session:
    """A corpus of segments without files: splits only look at the database."""
    session = create_corpus(folder)
    session.transact("tier", lambda transaction: transaction.put(TIER))
    grow(session, speakers)
    return session


def grow(session: Session, speakers: dict[str, int]) -> None:
    things: list[Recording | Segment] = []
    for speaker, n in speakers.items():
        for _ in range(n):
            key = new_id()
            gender = "f" if speaker < "m" else "m"
            things.append(
                Recording(key, key, key, key, RATE, RATE, 1, {"speaker": speaker, "gender": gender})
            )
            things.append(Segment(new_id(), key, TIER.id, 0, RATE))
    session.transact("grow", lambda transaction: transaction.put(*things))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 5), min_size=4, max_size=12),
    more=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    seed=st.integers(0, 9),
)
def test_growing_a_corpus_moves_no_old_group(tmp_path_factory, sizes, more, seed) -> None:
    folder = tmp_path_factory.mktemp("grow") / "a.corpus"
    with silent_corpus(folder, {f"s{n}": size for n, size in enumerate(sizes)}) as session:
        finish(
            make_split(session, "cv", shares=fold_shares(3), group_keys=["speaker"], seed=seed, folds=True)
        )
        total = sum(sizes)
        for version, size in enumerate(more, start=2):
            grow(session, {f"new{version}": size, "s0": 1})  # a new group, and more of an old one
            result = finish(extend_split(session, "cv"))
            assert result.name == f"cv-{version}"
            compared = compare_splits(session, "cv", result.name)
            total += size + 1
            assert (compared.moved, compared.removed) == (0, 0)
            assert compared.unchanged == sum(sizes)
            assert compared.unchanged + compared.added == total
            assert finish(audit_corpus(session, result.name)).clean


def test_a_new_segment_that_ties_two_parts_is_in_none(tmp_path: Path) -> None:
    with silent_corpus(tmp_path / "a.corpus", {"ann": 2, "bo": 2}) as session:
        finish(make_split(session, "cv", shares={"a": 0.5, "b": 0.5}, group_keys=["speaker"]))
        with session.reading() as reader:
            ann, bo = (
                next(r for r in reader.recordings() if r.groups["speaker"] == name) for name in ("ann", "bo")
            )
        copy = replace(ann, id=new_id(), groups={"speaker": "cy"})
        link = Link(copy.id, bo.id, 0.9, 0, RATE, 0, RATE)
        segment = Segment(new_id(), copy.id, TIER.id, 0, RATE)
        session.transact("bridge", lambda transaction: transaction.put(copy, segment, link))
        result = finish(extend_split(session, "cv"))
        assert "1 new segment ties groups" in result.warnings[0]
        with session.reading() as reader:
            assert segment.id not in find_split(reader, "cv-2").parts


def test_nothing_new_is_said_and_genders_are_balanced(tmp_path: Path) -> None:
    with silent_corpus(tmp_path / "a.corpus", {f"{c}{n}": 2 for c in "am" for n in range(4)}) as session:
        halves = {"a": 0.5, "b": 0.5}
        made = finish(make_split(session, "cv", shares=halves, group_keys=["speaker"], balance=["gender"]))
        assert [summary.classes for summary in made.parts.values()] == [{"f": 4, "m": 4}] * 2
        with pytest.raises(AnnotatorError, match="Nothing came into the corpus"):
            finish(extend_split(session, "cv"))
        with pytest.raises(AnnotatorError, match='No segment has the key "age"'):
            finish(make_split(session, "x", shares=halves, group_keys=["speaker"], balance=["age"]))
