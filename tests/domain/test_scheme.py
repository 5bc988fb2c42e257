from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, builtin_schemes, find_scheme, read_scheme


@pytest.mark.parametrize("scheme", builtin_schemes().values(), ids=lambda scheme: scheme.name)
def test_a_scheme_survives_the_way_through_plain_data(scheme: Scheme) -> None:
    assert Scheme.from_dict(scheme.to_dict()) == scheme


def scheme_with(text: str, tmp_path: Path) -> Scheme:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_scheme(path)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('name = "x"', "items"),
        ('name = "x"\n[[items]]\nname = "a"\ntype = "categroy"', "items[1].type"),
        ('name = "x"\n[[items]]\nname = "a"\nminimum = 3\nmaximum = 1', "items[1].minimum"),
        ('name = "x"\n[[items]]\nname = "a"\ntype = "category"\nlabels = ["one"]', "items[1].labels"),
        ('name = "x"\n[[items]]\nname = "a"\n[[items]]\nname = "a"', "items[2].name"),
        ('name = "x"\nmots = 3\n[[items]]\nname = "a"', "mots"),
        ('name = "x"\njudged = "both"\n[[items]]\nname = "a"', "judged"),
        ('name = "x\n', "line 1"),
    ],
)
def test_a_fault_in_a_scheme_file_names_file_and_field(text: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError) as caught:
        scheme_with(text, tmp_path)
    assert "mine.toml" in caught.value.message
    assert named in caught.value.message


def test_an_unknown_scheme_is_answered_with_the_likely_one() -> None:
    with pytest.raises(AnnotatorError, match="Did you mean") as caught:
        find_scheme("valence-arousl")
    assert "valence-arousal" in caught.value.hint


@pytest.mark.parametrize("value", [0, 10, 2.5, "many", float("inf")])
def test_values_off_a_whole_number_scale_are_refused(value: object) -> None:
    with pytest.raises(AnnotatorError, match="scale of arousal"):
        Item("arousal", "integer", minimum=1, maximum=9).parse(value)


def test_cannot_tell_is_kept_apart_from_none_of_these() -> None:
    emotify = find_scheme("emotify-9")
    none_of_these = emotify.check({item.name: False for item in emotify.items})
    assert set(none_of_these.values()) == {False}
    assert emotify.check({"power": None}) == {"power": None}


def test_a_fourth_of_three_emotions_is_refused() -> None:
    emotify = find_scheme("emotify-9")
    with pytest.raises(AnnotatorError, match="4 of at most 3"):
        emotify.check({item.name: True for item in emotify.items[:4]})


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "a", "trace", "boolean", "category", "felt", "grid"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
FIELDS = ["name", "title", "judged", "panel", "question", "source", "most", "shuffle"]
ITEM_FIELDS = [
    "name", "title", "type", "minimum", "maximum", "labels", "low", "high", "direction", "gloss", "optional", "factor",
    "rate", "lag",
]  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING),
    st.lists(st.dictionaries(st.sampled_from(ITEM_FIELDS), ANYTHING), max_size=3),
)
def test_whatever_a_file_holds_it_is_a_scheme_or_a_fault_that_is_told(head: dict, items: list) -> None:
    data = {"name": "x", **head, "items": [{"name": "a", **item} for item in items]}
    with suppress(AnnotatorError):
        scheme = Scheme.from_dict(data)
        assert Scheme.from_dict(scheme.to_dict()) == scheme
