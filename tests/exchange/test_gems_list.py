"""The slot for the licensed GEMS forms: a whole list comes in, any other is refused with its line. All made up here."""

from pathlib import Path

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.scores import GEMS_FACTORS, scores_of
from annotator.exchange.gems_list import read_gems_list

FACTORS = sorted(GEMS_FACTORS)


def rows(n: int, language: str = "") -> list[str]:
    return [f"Word {language}{k},{FACTORS[k % 9]},{language}" for k in range(n)]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(["item,factor,language", *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize("n", [45, 25])
def test_a_whole_list_becomes_a_scheme_with_scores(tmp_path: Path, n: int) -> None:
    scheme = read_gems_list(write(tmp_path / "list.csv", rows(n)))
    assert (scheme.name, scheme.judged, len(scheme.items)) == (f"gems-{n}", "felt", n)
    assert (scheme.items[3].name, scheme.items[3].title) == ("word_3", "Word 3")
    assert {(item.type, item.minimum, item.maximum, item.low, item.high) for item in scheme.items} == {
        ("integer", 1, 5, "not at all", "very much")
    }
    assert len(scores_of(scheme)) == 12


def test_toml_does_as_well_and_factors_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    text = "".join(
        f'[[items]]\nitem = "Wort {k}"\nfactor = "{FACTORS[k % 9].replace("_", " ").title()}"\n'
        for k in range(25)
    )
    (tmp_path / "list.toml").write_text(text)
    scheme = read_gems_list(tmp_path / "list.toml")
    assert {item.factor for item in scheme.items} == GEMS_FACTORS


def test_a_list_in_several_languages_needs_a_choice(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", rows(45, "en") + rows(45, "ko"))
    with pytest.raises(AnnotatorError, match="several languages") as caught:
        read_gems_list(path)
    assert "en, ko" in caught.value.hint
    assert read_gems_list(path, language="ko").items[0].title == "Word ko0"
    with pytest.raises(AnnotatorError, match='no items in "it"'):
        read_gems_list(path, language="it")


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (rows(44), "44 items"),
        ([*rows(44), "Word 3,wonder,"], "line 5.*twice"),
        ([*rows(44), "Odd,wander,"], "line 46.*wander"),
        ([*rows(44), ",wonder,"], "line 46.*no item"),
        ([f"Word {k},wonder," for k in range(45)], "no items of joyful_activation"),
    ],
)
def test_anything_else_is_refused_where_it_is_wrong(tmp_path: Path, lines: list[str], named: str) -> None:
    with pytest.raises(AnnotatorError, match=named):
        read_gems_list(write(tmp_path / "list.csv", lines))


def test_a_table_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("word,group\na,wonder\n")
    with pytest.raises(AnnotatorError, match="item"):
        read_gems_list(tmp_path / "list.csv")
