"""The schemes that ship: scales, labels and order are what analyses and published corpora rely on."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from annotator.domain.bundled import resource
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, builtin_schemes

SCHEMES = builtin_schemes()
DOCS = Path(__file__).resolve().parents[2] / "docs" / "schemes.md"

GEMS_FACTORS = {
    "wonder", "transcendence", "tenderness", "nostalgia", "peacefulness",
    "power", "joyful_activation", "tension", "sadness",
}  # fmt: skip


def test_every_file_is_named_after_its_scheme() -> None:
    assert set(SCHEMES) == {path.stem for path in resource("schemes").glob("*.toml")}


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_asks_a_question_and_names_its_source(name: str) -> None:
    scheme = SCHEMES[name]
    assert scheme.question
    assert scheme.source
    assert scheme.title != name


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scale_says_what_its_ends_mean_and_which_way_it_runs(name: str) -> None:
    written = tomllib.loads(resource("schemes", f"{name}.toml").read_text(encoding="utf-8"))
    for item in written["items"]:
        if item["type"] in ("number", "integer"):
            assert item["low"]
            assert item["high"]
            assert item["direction"] in (1, -1)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_survives_being_written_as_plain_data(name: str) -> None:
    assert Scheme.from_dict(SCHEMES[name].to_dict()) == SCHEMES[name]


@pytest.mark.parametrize(
    ("name", "type_", "low", "high", "panel"),
    [
        ("valence-arousal", "number", -1, 1, "grid"),
        ("affect-grid", "integer", 1, 9, "grid"),
        ("sam-5", "integer", 1, 5, "scales"),
        ("sam-7", "integer", 1, 7, "scales"),
        ("sam-9", "integer", 1, 9, "scales"),
    ],
)
def test_dimensional_schemes(name: str, type_: str, low: float, high: float, panel: str) -> None:
    scheme = SCHEMES[name]
    assert scheme.judged == "perceived"
    assert scheme.panel == panel
    assert [item.name for item in scheme.items][:2] == ["valence", "arousal"]
    for item in scheme.items:
        assert (item.type, item.minimum, item.maximum) == (type_, low, high)


@pytest.mark.parametrize("points", [5, 7, 9])
def test_only_dominance_may_be_left_open_in_sam(points: int) -> None:
    scheme = SCHEMES[f"sam-{points}"]
    assert [item.name for item in scheme.items if item.optional] == ["dominance"]
    assert scheme.check({"valence": 1, "arousal": points}) == {"valence": 1, "arousal": points}


def test_gems_9_has_the_nine_factors_in_three_superfactors() -> None:
    scheme = SCHEMES["gems-9"]
    assert scheme.judged == "felt"
    assert {item.name for item in scheme.items} == GEMS_FACTORS
    assert all((i.type, i.minimum, i.maximum) == ("integer", 1, 5) and i.gloss for i in scheme.items)
    superfactors = {
        name: {i.name for i in scheme.items if i.factor == name} for name in ("vitality", "unease")
    }
    assert superfactors == {"vitality": {"power", "joyful_activation"}, "unease": {"tension", "sadness"}}


def test_gems_27_has_three_adjectives_for_each_factor() -> None:
    scheme = SCHEMES["gems-27"]
    assert scheme.judged == "felt"
    assert all((i.type, i.minimum, i.maximum) == ("integer", 1, 5) for i in scheme.items)
    by_factor = {factor: [i.name for i in scheme.items if i.factor == factor] for factor in GEMS_FACTORS}
    assert {factor: len(names) for factor, names in by_factor.items()} == dict.fromkeys(GEMS_FACTORS, 3)
    assert by_factor["transcendence"] == ["fascinated", "overwhelmed", "feeling_of_transcendence"]


def test_emotify_takes_at_most_three_of_nine_in_an_order_of_ones_own() -> None:
    scheme = SCHEMES["emotify-9"]
    assert (scheme.judged, scheme.panel, scheme.most, scheme.shuffle) == ("felt", "checklist", 3, True)
    assert [item.name for item in scheme.items] == [
        "amazement", "solemnity", "tenderness", "nostalgia", "calmness",
        "power", "joyful_activation", "tension", "sadness",
    ]  # fmt: skip
    assert all(item.type == "boolean" and item.gloss for item in scheme.items)
    assert scheme.check({"power": 1, "tension": 1, "sadness": 1})["power"] is True
    with pytest.raises(AnnotatorError, match="4 of at most 3"):
        scheme.check({"power": 1, "tension": 1, "sadness": 1, "calmness": 1})


def test_emotify_items_are_the_columns_of_its_public_table(real_data: Path) -> None:
    header = (real_data / "emotify" / "data.csv").read_text(encoding="utf-8").splitlines()[0]
    columns = [name.strip() for name in header.split(",")]
    assert columns[2:11] == [item.name for item in SCHEMES["emotify-9"].items]


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("emotions-ravdess", "neutral calm happy sad angry fearful disgust surprised"),
        ("emotions-crema-d", "anger disgust fear happy neutral sad"),
    ],
)
def test_emotion_classes_are_those_of_the_corpora(name: str, labels: str) -> None:
    emotion = SCHEMES[name].item("emotion")
    assert (emotion.type, emotion.labels, emotion.optional) == ("category", tuple(labels.split()), False)


def test_ravdess_intensity_may_be_left_open() -> None:
    intensity = SCHEMES["emotions-ravdess"].item("intensity")
    assert (intensity.labels, intensity.optional) == (("normal", "strong"), True)


def test_the_page_on_schemes_names_every_scheme_and_every_field() -> None:
    page = DOCS.read_text(encoding="utf-8")
    names = [*SCHEMES, *(f.name for f in fields(Scheme)), *(f.name for f in fields(Item))]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_scheme_on_the_page_can_be_read() -> None:
    blocks = [part.split("```")[0] for part in DOCS.read_text(encoding="utf-8").split("```toml\n")[1:]]
    schemes = [Scheme.from_dict(tomllib.loads(block)) for block in blocks]
    assert [scheme.name for scheme in schemes] == ["talk-moods", "reasons"]
