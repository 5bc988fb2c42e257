"""What users rely on: text can be read in every theme, themes switch while the program runs, icons follow."""

import xml.etree.ElementTree as ET

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QPushButton

from annotator.domain.bundled import resource
from annotator.domain.errors import AnnotatorError
from annotator.gui.icons import icon, icon_names, set_icon
from annotator.gui.theme import (
    apply_theme,
    contrast,
    current_theme,
    load_theme,
    luminance,
    theme_names,
    theme_notifier,
)

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

GROUNDS = ("window", "surface", "raised", "sunken", "hover", "pressed", "accent_soft")
AA_TEXT, AA_CONTROL = 4.5, 3.0


@pytest.fixture
def app(qapp: QApplication):
    yield qapp
    apply_theme(qapp, "light")


def test_there_is_a_light_and_a_dark_theme():
    assert theme_names() == ("dark", "light")
    assert [load_theme(name).dark for name in theme_names()] == [True, False]


@pytest.mark.parametrize("name", theme_names())
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "positive", "warning", "danger"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_reaches_aa_on_every_ground(name: str, ink: str, ground: str):
    theme = load_theme(name)
    assert contrast(theme.colour(ink), theme.colour(ground)) >= AA_TEXT


@pytest.mark.parametrize("name", theme_names())
def test_text_on_accent_and_on_segments_reaches_aa(name: str):
    theme = load_theme(name)
    assert contrast(theme.colour("on_accent"), theme.colour("accent")) >= AA_TEXT
    for ground in ("segment_fill", "segment_selected"):
        assert contrast(theme.colour("text"), theme.colour(ground)) >= AA_TEXT


@pytest.mark.parametrize("name", theme_names())
@pytest.mark.parametrize("ground", ["window", "surface", "raised"])
def test_edges_of_controls_and_focus_can_be_seen(name: str, ground: str):
    theme = load_theme(name)
    for role in ("outline", "accent", "waveform", "segment_border", "cursor"):
        assert contrast(theme.colour(role), theme.colour(ground)) >= AA_CONTROL, role


@pytest.mark.parametrize("name", theme_names())
def test_figures_can_be_read_on_every_heat_and_category_colour(name: str):
    theme = load_theme(name)
    grounds = [theme.heat(n / 50) for n in range(51)] + [theme.category(n) for n in range(8)]
    assert min(contrast(theme.ink_on(ground), ground) for ground in grounds) >= AA_TEXT


@pytest.mark.parametrize("name", theme_names())
def test_the_heat_ramp_runs_one_way_in_lightness(name: str):
    theme = load_theme(name)
    steps = [luminance(theme.heat(n / 50)) for n in range(51)]
    assert steps == sorted(steps, reverse=not theme.dark)
    assert theme.heat(-1) == theme.heat(0)
    assert theme.heat(7) == theme.heat(1)


@pytest.mark.parametrize("name", theme_names())
def test_eight_different_category_colours_that_then_repeat(name: str):
    theme = load_theme(name)
    assert len({theme.category(n).name() for n in range(8)}) == 8
    assert theme.category(8) == theme.category(0)


@pytest.mark.parametrize("name", theme_names())
def test_the_small_pictures_of_the_style_sheet_have_the_colours_of_their_theme(name: str):
    theme = load_theme(name)
    expected = {"check": "on_accent", "dash": "on_accent", "chevron-up": "muted", "chevron-down": "muted"}
    for glyph, role in expected.items():
        root = ET.parse(resource("themes", name, f"{glyph}.svg")).getroot()
        assert root.get("stroke") == getattr(theme, role)


def test_an_unknown_theme_is_refused_with_the_valid_names():
    with pytest.raises(AnnotatorError) as caught:
        load_theme("drak")
    assert "dark" in caught.value.hint


def test_switching_tells_everyone_and_colours_the_palette(app: QApplication, qtbot):
    apply_theme(app, "light")
    with qtbot.waitSignal(theme_notifier().changed) as told:
        apply_theme(app, "dark")
    assert told.args == [load_theme("dark")]
    assert current_theme().name == "dark"
    assert app.palette().window().color() == QColor(load_theme("dark").window)
    assert load_theme("dark").accent in app.styleSheet()
    assert "$" not in app.styleSheet()


def test_every_icon_is_a_line_drawing_in_the_current_colour():
    assert len(icon_names()) >= 39
    for name in icon_names():
        root = ET.parse(resource("icons", f"{name}.svg")).getroot()
        assert root.get("viewBox") == "0 0 24 24"
        assert root.get("stroke") == "currentColor"


def _colours(
    picture: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off
) -> set[str]:
    image = picture.pixmap(QSize(48, 48), 1.0, mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_icons_take_the_colour_of_their_role_mode_and_state(app: QApplication):
    theme = apply_theme(app, "dark")
    picture = icon("stop", "danger", on="accent")
    assert _colours(picture) == {theme.danger}
    assert _colours(picture, state=QIcon.State.On) == {theme.accent}
    assert _colours(picture, QIcon.Mode.Disabled) == {theme.disabled.name()}


def test_every_icon_draws_something(app: QApplication):
    for name in icon_names():
        assert _colours(icon(name)), name


def test_a_button_keeps_its_icon_in_the_colours_of_the_theme(app: QApplication, qtbot):
    button = QPushButton()
    qtbot.addWidget(button)
    apply_theme(app, "light")
    set_icon(button, "stop")
    set_icon(button, "pause")
    dark = apply_theme(app, "dark")
    assert _colours(button.icon()) == {dark.text}


def test_an_unknown_icon_is_refused_with_a_near_name(app: QApplication):
    with pytest.raises(AnnotatorError) as caught:
        icon("plai")
    assert "play" in caught.value.hint
