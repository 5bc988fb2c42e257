"""Three annotators work apart; whatever order their files come back in, the corpus is the same and nothing is lost."""

import shutil
from itertools import permutations
from pathlib import Path

import pytest

from annotator.app.add import add_recordings
from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.merge import merge
from annotator.app.package import package, unpack
from annotator.app.rate import add_rater, answer, find_rater, task_entries
from annotator.app.segment import delete_segments, draw_segment, move_segment
from annotator.app.session import Session
from annotator.app.tasks import assign
from annotator.domain.corpus import DATABASE, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

SCHEME = "valence-arousal"
NAMES = ("Ann", "Bo", "Cem")


@pytest.fixture
def lead(session: Session) -> Session:
    """Twelve segments, each assigned to two of three raters."""
    with session.reading() as reader:
        recordings = reader.recordings()
    for recording in recordings:
        for n in range(4):
            draw_segment(session, recording, "hand", 4000 * n, 4000 * n + 2000)
    assign(session, NAMES, overlap=2, repeat=0.2, seed=4)
    return session


def segments(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return reader.segments()


def rate(session: Session, name: str, segment: str, valence: float, repeat: int = 0) -> None:
    answer(
        session, segment_id=segment, rater=add_rater(session, name), scheme=SCHEME,
        values={"valence": valence, "arousal": 0}, repeat=repeat,
    )  # fmt: skip


def do_task(session: Session, name: str) -> int:
    """Rates all that is asked, and changes the first answer; says how many revisions that made."""
    with session.reading() as reader:
        entries = task_entries(find_rater(reader, name), reader.tasks(), SCHEME) or []
    for n, (segment, repeat) in enumerate(entries):
        rate(session, name, segment, (len(name) + n) % 5 / 4, repeat)
    rate(session, name, *entries[0][:1], -1)
    return len(entries) + 1


def state(session: Session) -> dict[str, object]:
    """All that is in a corpus, and the agreement measured on it."""
    with session.reading() as reader:
        found: dict[str, object] = {
            "history": sorted(reader.annotations(history=True), key=lambda a: a.id),
            "current": sorted(reader.annotations(), key=lambda a: a.id),
            "segments": reader.segments(),
            "raters": reader.raters(),
            "tasks": reader.tasks(),
            "recordings": reader.recordings(),
        }
    if found["current"]:
        figures = finish(measure_agreement(session, replicates=20))
        found["agreement"] = repr([figure.to_dict() for figure in figures])
    return found


def copy(session: Session, target: Path) -> Path:
    shutil.copytree(session.folder, target)
    return target


def test_three_annotators_on_packages_merge_alike_in_all_six_orders(lead: Session, tmp_path: Path) -> None:
    back: dict[str, Path] = {}
    revisions = 0
    for name in NAMES:
        sent = tmp_path / f"{name}.annotator"
        finish(package(lead, name, sent, audio="clips"))
        with open_corpus_folder(finish(unpack(sent))) as theirs:
            revisions += do_task(theirs, name)
            back[name] = tmp_path / f"{name}-back.annotator"
            finish(package(theirs, name, back[name]))
    states = []
    for order in permutations(NAMES):
        folder = copy(lead, tmp_path / "-".join(order) / "lead.corpus")
        with open_corpus_folder(folder) as home:
            added = 0
            for name in order:
                result = finish(merge(home, [back[name]]))
                assert result.conflicts == ()
                added += result.annotations_added
            assert added == revisions
            states.append(state(home))
            again = finish(merge(home, [back[name] for name in NAMES]))
            assert (again.annotations_added, again.unchanged) == (0, revisions)
            assert state(home) == states[-1]
    assert all(found == states[0] for found in states[1:])
    assert len(states[0]["history"]) == revisions  # type: ignore[arg-type]
    recordings = [
        (r.path, r.sha256)
        for r in states[0]["recordings"]  # type: ignore[attr-defined]
    ]
    with lead.reading() as reader:
        assert recordings == [(r.path, r.sha256) for r in reader.recordings()]


def test_three_whole_copies_merge_alike_in_all_six_orders(lead: Session, tmp_path: Path) -> None:
    """Each has rated, and each has drawn a segment and rated it: folders as they are, not packed."""
    copies = {name: copy(lead, tmp_path / name / "copy.corpus") for name in NAMES}
    for n, name in enumerate(NAMES):
        with open_corpus_folder(copies[name]) as theirs:
            do_task(theirs, name)
            with theirs.reading() as reader:
                recording = reader.recordings()[n]
            drawn = draw_segment(theirs, recording, "hand", 2500, 3500)
            rate(theirs, name, drawn.id, 0.5)
    states = []
    for order in permutations(NAMES):
        with open_corpus_folder(copy(lead, tmp_path / "-".join(order) / "lead.corpus")) as home:
            result = finish(merge(home, [copies[name] for name in order]))
            assert (result.segments_added, result.conflicts) == (3, ())
            states.append(state(home))
    assert all(found == states[0] for found in states[1:])


def test_a_copy_that_is_being_written_to_is_read_as_it_is(lead: Session, tmp_path: Path) -> None:
    with open_corpus_folder(copy(lead, tmp_path / "copy.corpus")) as theirs:
        do_task(theirs, "Ann")
        with theirs._store.writing() as open_transaction:
            open_transaction.put()
            assert finish(merge(lead, [theirs.folder])).annotations_added > 0


def test_one_name_made_on_two_copies_is_one_rater(lead: Session, tmp_path: Path) -> None:
    first = segments(lead)[0].id
    folders = [copy(lead, tmp_path / place / "copy.corpus") for place in ("one", "two")]
    for n, folder in enumerate(folders):
        with open_corpus_folder(folder) as theirs:
            rate(theirs, "Dee", first, n)
    finish(merge(lead, folders))
    with lead.reading() as reader:
        dee = find_rater(reader, "Dee")
        assert len([rater for rater in reader.raters() if rater.name == "Dee"]) == 1
        assert len(reader.annotations(rater_id=dee.id, history=True)) == 2
        assert [a.values["valence"] for a in reader.annotations(rater_id=dee.id)] == [1]


def test_segments_moved_in_a_package_come_back_and_conflicts_are_told(lead: Session, tmp_path: Path) -> None:
    finish(package(lead, "Ann", tmp_path / "ann.annotator"))
    with open_corpus_folder(finish(unpack(tmp_path / "ann.annotator"))) as theirs:
        moved, both, gone = segments(theirs)[:3]
        move_segment(theirs, moved, moved.start, moved.end + 100)
        move_segment(theirs, both, both.start, both.end + 200)
        delete_segments(theirs, [gone])
        finish(package(theirs, "Ann", tmp_path / "back.annotator"))
    ours = {segment.id: segment for segment in segments(lead)}
    move_segment(lead, ours[both.id], both.start, both.end + 300)
    result = finish(merge(lead, [tmp_path / "back.annotator"]))
    (conflict,) = result.conflicts
    assert (conflict.kind, conflict.what, conflict.settled) == ("edges", both.id, "ours")
    assert conflict.recording in conflict.text
    assert "back.annotator" in conflict.text
    now = {segment.id: segment for segment in segments(lead)}
    assert (now[moved.id].end, now[both.id].end) == (moved.end + 100, both.end + 300)
    assert gone.id not in now
    finish(merge(lead, [tmp_path / "back.annotator"], theirs=True))
    assert {s.id: s.end for s in segments(lead)}[both.id] == both.end + 200
    assert finish(merge(lead, [tmp_path / "back.annotator"])).conflicts == ()


def test_a_transcript_that_was_left_out_of_a_package_stays(lead: Session, tmp_path: Path) -> None:
    from dataclasses import replace

    told = [replace(segment, text="said", speaker="Eve") for segment in segments(lead)]
    lead.transact("Text", lambda transaction: transaction.put(*told))
    finish(package(lead, "Ann", tmp_path / "ann.annotator"))
    with open_corpus_folder(finish(unpack(tmp_path / "ann.annotator"))) as theirs:
        do_task(theirs, "Ann")
        finish(package(theirs, "Ann", tmp_path / "back.annotator"))
    assert finish(merge(lead, [tmp_path / "back.annotator"])).segments_changed == 0
    assert segments(lead) == told


def test_a_recording_that_a_copy_added_comes_with_its_sound(
    lead: Session, tmp_path: Path, make_sound: object
) -> None:
    new = make_sound(tmp_path / "elsewhere" / "new.wav", seed=9)  # type: ignore[operator]
    finish(package(lead, "Ann", tmp_path / "ann.annotator"))
    with open_corpus_folder(finish(unpack(tmp_path / "ann.annotator"))) as theirs:
        (added,) = finish(add_recordings(theirs, [new], copy=True)).recordings
        draw_segment(theirs, added, "hand", 0, 100)
        finish(package(theirs, "Ann", tmp_path / "back.annotator"))
    with open_corpus_folder(copy(lead, tmp_path / "copy.corpus")) as theirs:
        (other,) = finish(add_recordings(theirs, [make_sound(new, seed=10)], copy=True)).recordings  # type: ignore[operator]
    result = finish(merge(lead, [tmp_path / "back.annotator", tmp_path / "copy.corpus"]))
    assert result.segments_added == 1
    with lead.reading() as reader:
        here = {recording.id: recording for recording in reader.recordings()}
    for recording in (added, other):
        assert lead.audio_path(here[recording.id]).is_relative_to(lead.folder / "media")
        with lead.open_audio(here[recording.id]) as source:
            assert source.samples == recording.samples


def test_undo_takes_a_merge_back_and_redo_brings_it_again(lead: Session, tmp_path: Path) -> None:
    with open_corpus_folder(copy(lead, tmp_path / "copy.corpus")) as theirs:
        do_task(theirs, "Ann")
    finish(merge(lead, [tmp_path / "copy.corpus"]))
    with lead.reading() as reader:
        after = {(a.segment_id, a.repeat): a.values for a in reader.annotations()}
    lead.undo()
    with lead.reading() as reader:
        assert reader.annotations() == []
    lead.redo()
    with lead.reading() as reader:
        assert {(a.segment_id, a.repeat): a.values for a in reader.annotations()} == after


def test_one_bad_file_among_many_changes_nothing(lead: Session, tmp_path: Path) -> None:
    with open_corpus_folder(copy(lead, tmp_path / "copy.corpus")) as theirs:
        do_task(theirs, "Ann")
    with create_corpus(tmp_path / "foreign.corpus", [SCHEME]) as foreign:
        finish(add_recordings(foreign, [tmp_path / "audio"]))
    (tmp_path / "text.annotator").write_text("hello")
    (tmp_path / "broken.corpus").mkdir()
    (tmp_path / "broken.corpus" / DATABASE).write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    before = state(lead)
    bad = {
        "foreign.corpus": "share no recording",
        "text.annotator": "no work package",
        "broken.corpus": "damaged",
        "audio": "not a corpus",
        "nothing": "There is no file",
    }
    for name, said in bad.items():
        with pytest.raises(AnnotatorError, match=said) as caught:
            finish(merge(lead, [tmp_path / "copy.corpus", tmp_path / name]))
        assert name in caught.value.message
        assert state(lead) == before
    with pytest.raises(AnnotatorError, match="nothing to merge"):
        finish(merge(lead, []))


def test_a_cancelled_merge_changes_nothing(lead: Session, tmp_path: Path) -> None:
    with open_corpus_folder(copy(lead, tmp_path / "copy.corpus")) as theirs:
        do_task(theirs, "Ann")
    before = state(lead)
    job = merge(lead, [tmp_path / "copy.corpus"])
    next(job)
    next(job)
    job.close()
    assert state(lead) == before
