"""Recipe files at work: parts become a split, votes become raters, one's own file is found by name and by path."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.app.recipes import find_recipe, list_recipes, recipes_folder
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

OWN = """
name = "lab"
title = "Our lab"
expected = { files = 3 }
[[table]]
path = "labels.csv"
file = "{clip}"
rater = "{who}"
part = { from = "{set}", map = { a = "train", b = "test" } }
groups = { speaker = "{speaker}" }
labels = { mood = "{mood}" }
[scheme]
name = "lab"
items = [{ name = "mood", type = "category", labels = ["happy", "sad"] }]
"""


@pytest.fixture
def folder(tmp_path: Path, make_sound: Callable[..., Path]) -> Path:
    for n, name in enumerate(("one", "two")):
        make_sound(tmp_path / "data" / f"{name}.wav", pitch=200 + 90 * n, seed=n)
    (tmp_path / "data" / "labels.csv").write_text(
        "clip,who,mood,set,speaker\none,R1,happy,a,ann\none,R2,sad,a,ann\ntwo,R1,sad,b,bo\ntwo,R2,angry,b,bo\n"
    )
    return tmp_path / "data"


def test_own_file_by_path_brings_votes_groups_and_parts_in_one_step(tmp_path: Path, folder: Path) -> None:
    recipe = tmp_path / "lab.toml"
    recipe.write_text(OWN)
    with create_corpus(tmp_path / "x.corpus") as session:
        result = finish(ingest(session, str(recipe), folder))
        assert (result.recipe, result.recordings, result.annotations) == ("lab", 2, 3)
        assert result.groups["speaker"] == 2
        assert any("angry" in text for text in result.warnings)
        assert any("known to have 3 files; 2 were found" in text for text in result.warnings)
        with session.reading() as reader:
            (split,) = reader.splits()
            assert (split.name, sorted(split.parts.values())) == ("lab", ["test", "train"])
            assert {rater.name: rater.kind for rater in reader.raters()} == {"R1": "human", "R2": "human"}
        again = finish(ingest(session, str(recipe), folder))
        assert again.annotations == 0
        session.undo()
        with session.reading() as reader:
            assert (reader.splits(), reader.recordings(), reader.segments()) == ([], [], [])


def test_own_files_are_found_by_name_and_a_wrong_one_hides_none(folder: Path) -> None:
    own = recipes_folder()
    own.mkdir(parents=True)
    (own / "lab.toml").write_text(OWN)
    (own / "bad.toml").write_text("name = 3")
    assert find_recipe("lab").title == "Our lab"
    found = list_recipes()
    assert {"lab", "emodb", "folders"} <= set(found.recipes)
    assert len(found.problems) == 1
    assert "bad.toml" in found.problems[0]
    with pytest.raises(AnnotatorError, match=r"bad\.toml"):
        find_recipe("bad")
    with pytest.raises(AnnotatorError, match="emodbb"):
        find_recipe("emodbb")
