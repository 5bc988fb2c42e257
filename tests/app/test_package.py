"""A work package holds one rater's task and nothing that would bias or betray; bad ones are refused with a reason."""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from annotator.app.consensus import settle_consensus
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.merge import merge
from annotator.app.package import package, unpack
from annotator.app.package_file import MANIFEST, is_package
from annotator.app.people import set_profile
from annotator.app.policy import policy_of, set_policy
from annotator.app.rate import add_rater, answer, find_rater, read_workload
from annotator.app.segment import draw_segment
from annotator.app.session import DATABASE, Session
from annotator.app.tasks import assign
from annotator.domain.corpus import Link, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

SCHEME = "valence-arousal"


@pytest.fixture
def segments(session: Session) -> list[Segment]:
    """Two segments of 0.2 s on each recording, with text and speaker."""
    with session.reading() as reader:
        recordings = reader.recordings()
    made = [
        draw_segment(session, recording, "hand", start, start + 3200)
        for recording in recordings
        for start in (0, 8000)
    ]
    told = [
        Segment(s.id, s.recording_id, s.tier_id, s.start, s.end, "what was said", "Mr Secret") for s in made
    ]
    session.transact("Text", lambda transaction: transaction.put(*told))
    return told


@pytest.fixture
def assigned(session: Session, segments: list[Segment]) -> Session:
    """Ann and Bo with half of the segments each, and an answer of both to everything."""
    assign(session, ["Ann", "Bo"], overlap=1)
    for name, valence in (("Ann", 0.25), ("Bo", -0.75)):
        for segment in segments:
            rate(session, name, segment.id, valence)
    settle_consensus(session, SCHEME, "mean")
    return session


def rate(session: Session, name: str, segment: str, valence: float) -> None:
    answer(
        session, segment_id=segment, rater=add_rater(session, name), scheme=SCHEME,
        values={"valence": valence, "arousal": 0},
    )  # fmt: skip


def open_package(path: Path) -> Session:
    return open_corpus_folder(finish(unpack(path)))


def test_a_package_holds_one_raters_work_and_nobody_elses(assigned: Session, tmp_path: Path) -> None:
    result = finish(package(assigned, "Ann", tmp_path / "ann.annotator"))
    assert (result.rater, result.schemes, result.segments, result.annotations) == ("Ann", (SCHEME,), 3, 3)
    with open_package(tmp_path / "ann.annotator") as inside, inside.reading() as reader:
        assert [rater.name for rater in reader.raters()] == ["Ann"]
        assert {a.values["valence"] for a in reader.annotations(history=True)} == {0.25}
        assert (reader.consensus(), reader.splits(), len(reader.tasks())) == ([], [], 1)
        assert {(s.text, s.speaker) for s in reader.segments()} == {("", "")}
        assert all(not r.groups and r.path == f"media/{r.id}.flac" for r in reader.recordings())
        load = finish(read_workload(inside, find_rater(reader, "Ann")))
        with assigned.reading() as lead:
            theirs = finish(read_workload(assigned, find_rater(lead, "Ann")))
        assert load.entries == theirs.entries
        assert load.assigned


def test_not_even_the_bytes_tell_what_the_others_said(assigned: Session, tmp_path: Path) -> None:
    """Deleted pages and logs included."""
    finish(package(assigned, "Ann", tmp_path / "ann.annotator"))
    folder = finish(unpack(tmp_path / "ann.annotator"))
    everything = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for secret in (b"-0.75", b"what was said", b"Mr Secret", b"bo_1", b'"Bo"', b'"speaker": "bo"'):
        assert secret not in everything
    assert b"0.25" in everything


def test_text_goes_along_where_it_is_asked_for(assigned: Session, tmp_path: Path) -> None:
    finish(package(assigned, "Ann", tmp_path / "ann.annotator", with_text=True))
    with open_package(tmp_path / "ann.annotator") as inside, inside.reading() as reader:
        assert {(s.text, s.speaker) for s in reader.segments()} == {("what was said", "Mr Secret")}


def test_what_the_lead_lets_annotators_see_goes_along(assigned: Session, tmp_path: Path) -> None:
    set_policy(assigned, text=True, spectrogram=True, pause=10)
    set_profile(assigned, "Ann", age=31)
    set_profile(assigned, "Bo", age=77, languages=["Volapük"])
    finish(package(assigned, "Ann", tmp_path / "ann.annotator"))
    with open_package(tmp_path / "ann.annotator") as inside:
        assert policy_of(inside) == policy_of(assigned)
        with inside.reading() as reader:
            assert {(s.text, s.speaker) for s in reader.segments()} == {("what was said", "")}
            assert [rater.profile["age"] for rater in reader.raters()] == [31]
        with pytest.raises(AnnotatorError, match="cut from"):
            set_policy(inside, adjudication="open")
        set_profile(inside, "Ann", age=32)
        finish(package(inside, "Ann", tmp_path / "back.annotator"))
    set_policy(assigned, text=False)
    merged = finish(merge(assigned, [tmp_path / "back.annotator"]))
    assert merged.conflicts == ()
    with assigned.reading() as reader:
        assert find_rater(reader, "Ann").profile["age"] == 32
        assert {s.speaker for s in reader.segments()} == {"Mr Secret"}
    assert not policy_of(assigned).text  # the lead's switches are the lead's


def test_links_go_along_without_the_reason_and_come_back_as_they_were(
    assigned: Session, tmp_path: Path
) -> None:
    with assigned.reading() as reader:
        one, two = reader.recordings()[:2]
    link = Link(one.id, two.id, 0.9, 0, 9, 0, 9, verdict="dismissed", reason="both angry")
    assigned.transact("Link", lambda transaction: transaction.put(link))
    everyone = assign(assigned, ["Ann"], overlap=1)
    assert everyone.tasks
    finish(package(assigned, "Ann", tmp_path / "ann.annotator"))
    with open_package(tmp_path / "ann.annotator") as inside:
        with inside.reading() as reader:
            there = {recording.id for recording in reader.recordings()}
            expected = [("dismissed", "")] if {one.id, two.id} <= there else []
            assert [(found.verdict, found.reason) for found in reader.links()] == expected
        finish(package(inside, "Ann", tmp_path / "back.annotator"))
    finish(merge(assigned, [tmp_path / "back.annotator"]))
    with assigned.reading() as reader:
        assert reader.links() == [link]


@pytest.mark.parametrize("audio", ["whole", "clips"])
def test_sound_is_the_same_sample_by_sample(assigned: Session, tmp_path: Path, audio: str) -> None:
    path = tmp_path / "ann.annotator"
    finish(package(assigned, "Ann", path, audio=audio, context=0.05))  # type: ignore[arg-type]
    with open_package(path) as inside, inside.reading() as reader, assigned.reading() as lead:
        originals = {recording.id: recording for recording in lead.recordings()}
        kept = 0
        for recording in reader.recordings():
            with inside.open_audio(recording) as here, assigned.open_audio(originals[recording.id]) as there:
                mine, source = here.native(0, here.samples), there.native(0, there.samples)
            assert mine.shape == source.shape
            heard = np.zeros(len(mine), bool)
            for segment in reader.segments(recording_id=recording.id):
                heard[max(segment.start - 800, 0) : segment.end + 800] = True
            if audio == "whole":
                heard[:] = True
            assert np.array_equal(mine[heard], source[heard])
            assert not mine[~heard].any()
            kept += int(heard.sum())
        assert (kept == 16000 * len(reader.recordings())) == (audio == "whole")


def test_without_sound_the_files_are_found_by_name(assigned: Session, tmp_path: Path) -> None:
    result = finish(package(assigned, "Ann", tmp_path / "ann.annotator", audio="none"))
    assert result.bytes < 100_000
    with open_package(tmp_path / "ann.annotator") as inside, inside.reading() as reader:
        assert {r.name for r in reader.recordings()} <= {"ann_1.wav", "ann_2.wav", "bo_1.wav"}


def test_unpacking_again_goes_on_with_the_work(assigned: Session, tmp_path: Path) -> None:
    path = tmp_path / "ann.annotator"
    finish(package(assigned, "Ann", path))
    with open_package(path) as inside:
        with inside.reading() as reader:
            segment = reader.segments()[0]
        rate(inside, "Ann", segment.id, 1)
    with open_package(path) as inside, inside.reading() as reader:
        assert len(reader.annotations(history=True)) == 4
    finish(package(assigned, "Ann", path))
    with pytest.raises(AnnotatorError, match="not from the package"):
        finish(unpack(path))


def test_a_rater_without_a_task_is_told(session: Session, segments: list[Segment], tmp_path: Path) -> None:
    add_rater(session, "Ann")
    with pytest.raises(AnnotatorError, match="no task") as caught:
        finish(package(session, "Ann", tmp_path / "ann.annotator"))
    assert "annotator assign" in caught.value.hint
    assert not list(tmp_path.glob("*ann.annotator*"))


# Bad packages

Spoil = Callable[[dict[str, bytes]], None]


def _manifest(change: Callable[[dict[str, object]], None]) -> Spoil:
    def spoil(members: dict[str, bytes]) -> None:
        data = json.loads(members[MANIFEST])
        change(data)
        members[MANIFEST] = json.dumps(data).encode()

    return spoil


def _smuggle(name: str, *, listed: bool) -> Spoil:
    def spoil(members: dict[str, bytes]) -> None:
        members[name] = b"boo"
        if listed:
            sha = "4bb5d6a0d1b2a8b3d5d9ed8c7cb3ab5c8a4e0a9e6a43ffbbcb0ab8ba7bb33ab2"
            _manifest(lambda data: data["members"].update({name: {"bytes": 3, "sha256": sha}}))(members)  # type: ignore[attr-defined]

    return spoil


def _flip(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith(".flac"))
    members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])


def _grow(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith(".flac"))
    members[name] += b"x" * 100


def _point_outside(members: dict[str, bytes]) -> None:
    import hashlib
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.sqlite")
        path.write_bytes(members[DATABASE])
        connection = sqlite3.connect(path)
        connection.execute("UPDATE recording SET path = '../../../etc/passwd'")
        connection.commit()
        connection.close()
        members[DATABASE] = path.read_bytes()
    told = {"bytes": len(members[DATABASE]), "sha256": hashlib.sha256(members[DATABASE]).hexdigest()}
    _manifest(lambda data: data["members"].update({DATABASE: told}))(members)  # type: ignore[attr-defined]


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no manifest": (lambda m: m.pop(MANIFEST) and None, "no work package"),
    "manifest is no JSON": (lambda m: m.update({MANIFEST: b"{"}), "damaged"),
    "manifest is a list": (lambda m: m.update({MANIFEST: b"[]"}), "damaged"),
    "something else": (_manifest(lambda d: d.update(format="zip")), "something else"),
    "newer": (_manifest(lambda d: d.update(version=2)), "newer version"),
    "no members": (_manifest(lambda d: d.pop("members") and None), "damaged"),
    "no database": (lambda m: m.pop(DATABASE) and None, "not what it lists"),
    "climbing name": (_smuggle("../evil.txt", listed=True), "does not belong"),
    "climbing name below": (_smuggle("media/../../evil.txt", listed=True), "does not belong"),
    "absolute name": (_smuggle("/tmp/evil.flac", listed=True), "does not belong"),
    "name with a backslash": (_smuggle("media\\..\\evil.flac", listed=True), "does not belong"),
    "unlisted member": (_smuggle("media/" + "a" * 32 + ".flac", listed=False), "not what it lists"),
    "changed sound": (_flip, "changed on the way"),
    "longer sound": (_grow, "changed on the way"),
    "database that points outside": (_point_outside, "does not belong"),
}


def test_a_bad_package_is_refused_and_leaves_nothing(assigned: Session, tmp_path: Path) -> None:
    home = tmp_path / "deep" / "deeper"
    home.mkdir(parents=True)
    good, bad = tmp_path / "good.annotator", home / "bad.annotator"
    finish(package(assigned, "Ann", good))
    with zipfile.ZipFile(good) as archive:
        sound = {name: archive.read(name) for name in archive.namelist()}
    bad.touch()
    before = sorted(tmp_path.rglob("*"))
    for how, (spoil, said) in SPOILT.items():
        members = dict(sound)
        spoil(members)
        with zipfile.ZipFile(bad, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        with pytest.raises(AnnotatorError) as caught:
            finish(unpack(bad))
        assert said in caught.value.message, how
        assert str(bad) in caught.value.message, how
        assert sorted(tmp_path.rglob("*")) == before, how


def test_a_cut_off_package_is_damaged(assigned: Session, tmp_path: Path) -> None:
    path = tmp_path / "ann.annotator"
    finish(package(assigned, "Ann", path))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert is_package(path)  # by its name: it is to be refused as what it is
    assert not is_package(path.rename(tmp_path / "ann.zip"))
    path = tmp_path / "ann.zip"
    with pytest.raises(AnnotatorError, match="damaged"):
        finish(unpack(path))


def test_a_cancelled_packing_leaves_nothing(assigned: Session, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    job = package(assigned, "Ann", tmp_path / "ann.annotator")
    next(job)
    next(job)
    job.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
