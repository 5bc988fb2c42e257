"""Scheme files: written so that they read back, and faults told by line."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, builtin_schemes, read_scheme
from annotator.domain.scheme_toml import scheme_to_toml


@pytest.mark.parametrize("scheme", builtin_schemes().values(), ids=lambda scheme: scheme.name)
def test_schemes_that_ship_survive_being_written(scheme: Scheme) -> None:
    assert Scheme.from_dict(tomllib.loads(scheme_to_toml(scheme))) == scheme


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30).map(str.strip)


@given(TEXT, TEXT, st.floats(-1e6, 1e6), st.sampled_from([1, -1]), st.booleans())
def test_any_words_and_numbers_survive_being_written(
    question: str, low: str, minimum: float, direction: int, optional: bool
) -> None:
    item = Item(
        "x",
        "number",
        title="X",
        minimum=minimum,
        maximum=minimum + 1,
        low=low,
        direction=direction,
        optional=optional,
    )
    scheme = Scheme("mine", "Mine", "felt", (item,), question=question, most=2, shuffle=optional)
    assert Scheme.from_dict(tomllib.loads(scheme_to_toml(scheme))) == scheme


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('name = "x"\n\njudged = "both"\n[[items]]\nname = "a"', "line 3, judged"),
        (
            'name = "x"\n[[items]]\nname = "a"\n\n[[items]]\nname = "b"\nminimum = 2',
            "line 7, items[2].minimum",
        ),
        (
            'name = "x"\n[[items]]\nname = "a"\n[[items]]\n# no name\ntype = "integer"',
            "line 4, items[2].name",
        ),
        ('name = "x"\n# a comment\n[[items]]\nname = "a"\nlabls = ["u"]', "line 5, items[1].labls"),
        ('naem = "x"\n[[items]]\nname = "a"', "line 1, naem"),
    ],
)
def test_a_fault_names_line_and_field(text: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(AnnotatorError) as caught:
        read_scheme(tmp_path / "mine.toml")
    assert f"mine.toml, {place}:" in caught.value.message
