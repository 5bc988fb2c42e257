"""An export is there as a whole or not at all, and replaces nothing but an unchanged earlier one of itself."""

import errno
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.exchange.bundle import ExportData, ExportOptions
from annotator.exchange.formats import FORMATS

Make = Callable[..., ExportData]
WRITERS = [name for name, format_ in FORMATS.items() if format_.write is not None]


def export(data: ExportData, out: Path, name: str = "csv", **options: str) -> dict[str, object]:
    write = FORMATS[name].write
    assert write is not None
    return finish(write(data, out, ExportOptions(**options))).to_dict()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("clips", ["wav", "flac"])
def test_same_corpus_and_options_give_the_same_bytes(
    corpus: Make, tmp_path: Path, name: str, clips: str
) -> None:
    for out in ("one", "two"):
        export(corpus(), tmp_path / out, name, split="holdout", clips=clips)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", WRITERS)
def test_the_manifest_names_every_file_with_its_hash(corpus: Make, tmp_path: Path, name: str) -> None:
    result = export(corpus(), tmp_path / "out", name, clips="wav")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    files = contents(tmp_path / "out")
    del files["manifest.json"]
    assert {file: entry["sha256"] for file, entry in manifest["files"].items()} == {
        file: hashlib.sha256(data).hexdigest() for file, data in files.items()
    }
    assert result["files"] == len(files)
    assert result["manifest"] == str(tmp_path / "out" / "manifest.json")


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("earlier", [True, False])
def test_an_interrupted_export_leaves_everything_as_it_was(
    corpus: Make, tmp_path: Path, name: str, earlier: bool
) -> None:
    data = corpus()
    out = tmp_path / "new" / "deep" / "out"
    if earlier:
        export(data, out, name, clips="wav")
    before = contents(tmp_path)
    folders = set(tmp_path.rglob("*"))
    write = FORMATS[name].write
    assert write is not None
    steps = sum(1 for _ in write(data, tmp_path / "other", ExportOptions(clips="wav")))
    for stop in range(1, steps, 5):
        job = write(data, out, ExportOptions(clips="wav"))
        for _ in range(stop):
            next(job)
        job.close()
        assert {f: b for f, b in contents(tmp_path).items() if not f.startswith("other")} == before
        assert {path for path in tmp_path.rglob("*") if "other" not in path.parts} == folders


@pytest.mark.parametrize("name", WRITERS)
def test_a_failing_recording_leaves_nothing(corpus: Make, tmp_path: Path, name: str) -> None:
    data = corpus()
    data.audio_path(data.recordings[3]).unlink()
    with pytest.raises(AnnotatorError, match=data.recordings[3].name):
        export(data, tmp_path / "out", name, clips="wav")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_a_file_that_is_not_the_one_that_was_added_is_refused(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    data.audio_path(data.recordings[0]).write_bytes(data.audio_path(data.recordings[1]).read_bytes()[:-100])
    with pytest.raises(AnnotatorError, match="not the file that was added"):
        export(data, tmp_path / "out", clips="wav")


def test_an_earlier_export_is_replaced(corpus: Make, tmp_path: Path) -> None:
    export(corpus(), tmp_path / "out", clips="wav")
    export(corpus(2), tmp_path / "out")
    export(corpus(2), tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "media", "out"]


def test_an_empty_folder_is_taken(corpus: Make, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(corpus(), tmp_path / "out")
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_a_full_disk_is_explained_and_leaves_nothing(
    corpus: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    data = corpus()
    monkeypatch.setattr("annotator.exchange.tables.csv.writer", full)
    with pytest.raises(AnnotatorError, match="No space left"):
        export(data, tmp_path / "new" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def foreign(out: Path) -> None:
    (out / "notes.txt").write_text("mine")


def changed(out: Path) -> None:
    (out / "segments.csv").write_text("mine")


def other_manifest(out: Path) -> None:
    (out / "manifest.json").write_text('{"name": "a web app"}')


def other_format(out: Path) -> None:
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"format": "csv"', '"format": "jams"'))


def other_corpus(out: Path) -> None:
    text = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(text.replace('"corpus": "Demo"', '"corpus": "Theirs"'))


@pytest.mark.parametrize("spoil", [foreign, changed, other_manifest, other_format, other_corpus])
def test_what_is_not_an_unchanged_export_of_itself_is_not_touched(
    corpus: Make, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    export(corpus(), tmp_path / "out")
    spoil(tmp_path / "out")
    before = contents(tmp_path)
    with pytest.raises(AnnotatorError, match=str(tmp_path / "out")):
        export(corpus(), tmp_path / "out")
    assert contents(tmp_path) == before


def test_a_foreign_folder_and_a_file_are_not_touched(corpus: Make, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    (tmp_path / "file").write_text("x")
    for out in ("thesis", "file", "file/below"):
        with pytest.raises(AnnotatorError):
            export(corpus(), tmp_path / out)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("options", [{"split": "holdouts"}, {"tier": "sentence"}, {"clips": "mp3"}])
def test_unknown_options_are_explained(corpus: Make, tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(AnnotatorError) as caught:
        export(corpus(), tmp_path / "out", **options)
    assert caught.value.hint
    assert not (tmp_path / "out").exists()
