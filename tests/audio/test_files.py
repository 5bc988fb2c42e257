from pathlib import Path

from annotator.audio.files import audio_files


def test_linked_folders_are_searched_once_and_circles_end(tmp_path: Path) -> None:
    corpus, elsewhere = tmp_path / "corpus", tmp_path / "elsewhere"
    for path in (corpus / "b" / "2.WAV", corpus / "a" / "1.mp3", elsewhere / "3.flac", corpus / "notes.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (corpus / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(corpus)
    found = [path.relative_to(corpus).as_posix() for path in audio_files(corpus)]
    assert found == ["a/1.mp3", "b/2.WAV", "linked/3.flac"]


def test_hidden_files_and_debris_of_archives_are_passed_over(tmp_path: Path) -> None:
    for name in (".hidden/1.wav", "__MACOSX/2.wav", "._3.wav", "4.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in audio_files(tmp_path)] == ["4.wav"]
