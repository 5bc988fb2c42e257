"""Rating panels: which keys give which values, when an answer is complete, and when it is handed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, builtin_schemes, find_scheme
from annotator.gui.panels import RatingPanel, panel_for
from annotator.gui.panels.answers import at_share, digit_values, neighbour, share_of
from annotator.gui.panels.checklist import ChecklistPanel
from annotator.gui.panels.grid import GridPanel
from annotator.gui.panels.grid_pad import GridPad
from annotator.gui.panels.manikin import ManikinStrip
from annotator.gui.panels.option_tile import OptionTile
from annotator.gui.panels.rows import RowsPanel

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

NAMED_KEYS = {
    "enter": Qt.Key.Key_Return, "tab": Qt.Key.Key_Tab, "back": Qt.Key.Key_Backspace, "up": Qt.Key.Key_Up,
    "down": Qt.Key.Key_Down, "left": Qt.Key.Key_Left, "right": Qt.Key.Key_Right, "space": Qt.Key.Key_Space,
}  # fmt: skip


def event(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers)


def press(panel: RatingPanel, *keys: str) -> list[bool]:
    """Presses digits or named keys; says of each whether the panel took it."""
    codes = [NAMED_KEYS.get(k) or Qt.Key(int(Qt.Key.Key_0) + int(k)) for k in keys]
    return [panel.handle_key(event(code)) for code in codes]


@pytest.fixture
def make(qtbot):
    def make_panel(scheme: str | Scheme, seed: int = 0) -> RatingPanel:
        panel = panel_for(find_scheme(scheme) if isinstance(scheme, str) else scheme, order_seed=seed)
        qtbot.addWidget(panel)
        panel.resize(900, 700)
        return panel

    return make_panel


@pytest.fixture
def counted():
    """Counts how often a panel said `changed` and `submitted`, and keeps what it refused."""

    class Counter:
        def __init__(self, panel: RatingPanel) -> None:
            self.changed = self.submitted = 0
            self.refused: list[str] = []
            panel.changed.connect(self.on_changed)
            panel.submitted.connect(self.on_submitted)
            panel.refused.connect(self.refused.append)

        def on_changed(self) -> None:
            self.changed += 1

        def on_submitted(self) -> None:
            self.submitted += 1

    return Counter


def scheme_of(*items: dict, panel: str = "scales", **head: object) -> Scheme:
    return Scheme.from_dict({"name": "own", "judged": "felt", "panel": panel, "items": list(items), **head})


# Every panel


@pytest.mark.parametrize("name", sorted(set(builtin_schemes()) - {"va-trace"}))
def test_every_scheme_that_ships_can_be_answered_by_digits_alone(make, counted, name: str):
    panel = make(name)
    seen = counted(panel)
    assert panel.values() == {}
    assert sorted(panel.order()) == sorted(item.name for item in panel.scheme.items)
    if not isinstance(panel, ChecklistPanel):
        assert not panel.complete()
    press(panel, *["2"] * len(panel.scheme.items))
    assert panel.complete()
    assert panel.scheme.check(panel.values()) == panel.values()
    press(panel, "enter")
    assert seen.submitted == 1
    panel.show()
    panel.grab()


@pytest.mark.parametrize("name", sorted(builtin_schemes()))
def test_an_earlier_answer_comes_back_as_it_was_and_nobody_is_told(make, counted, name: str):
    first, second = make(name), make(name)
    press(first, *["3" if n % 2 else "2" for n in range(len(first.scheme.items))])
    seen = counted(second)
    second.set_values(first.values())
    assert second.values() == first.values()
    second.clear()
    assert second.values() == {}
    assert seen.changed == 0


@pytest.mark.parametrize("name", sorted(builtin_schemes()))
def test_cannot_tell_is_a_complete_answer_of_its_own(make, counted, name: str):
    panel = make(name)
    seen = counted(panel)
    press(panel, *["0"] * len(panel.scheme.items))
    assert panel.complete()
    assert set(panel.values().values()) == {None}
    assert seen.changed >= 1


@pytest.mark.parametrize("name", ["affect-grid", "gems-9", "emotions-ravdess"])
def test_enter_on_an_incomplete_answer_says_what_is_missing(make, counted, name: str):
    panel = make(name)
    seen = counted(panel)
    assert press(panel, "enter") == [True]
    assert seen.submitted == 0
    assert panel.scheme.items[0].title in seen.refused[0]


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier])
def test_shortcuts_of_the_window_are_left_alone(make, modifier: Qt.KeyboardModifier):
    for name in ("affect-grid", "gems-9", "emotify-9"):
        panel = make(name)
        assert not panel.handle_key(event(Qt.Key.Key_1, modifier))
        assert not panel.handle_key(event(Qt.Key.Key_Return, modifier))
        assert press(panel, "space") == [False]
        assert panel.values() == {}


def test_a_value_that_is_not_of_the_scheme_is_refused(make):
    with pytest.raises(AnnotatorError):
        make("affect-grid").set_values({"valence": 10})


def test_keys_reach_the_panel_through_the_focus_too(make):
    panel = make("gems-9")
    QTest.keyClick(panel, Qt.Key.Key_4)
    assert panel.values() == {panel.order()[0]: 4}


def test_schemes_get_the_panel_that_fits_their_items(make):
    assert isinstance(make("valence-arousal"), GridPanel)
    assert isinstance(make("emotify-9"), ChecklistPanel)
    assert isinstance(make("emotions-crema-d"), RowsPanel)
    three = scheme_of(*({"name": n, "minimum": -1, "maximum": 1} for n in "abc"), panel="grid")
    assert isinstance(make(three), RowsPanel)


# Grid


def test_two_digits_mark_the_affect_grid(make, counted):
    panel = make("affect-grid")
    seen = counted(panel)
    press(panel, "7")
    assert panel.values() == {"valence": 7}
    press(panel, "3")
    assert panel.values() == {"valence": 7, "arousal": 3}
    assert (seen.changed, seen.submitted) == (2, 0)


def test_a_new_first_digit_begins_a_new_answer(make):
    panel = make("affect-grid")
    press(panel, "7", "3", "2")
    assert panel.values() == {"valence": 2}


def test_digits_span_a_continuous_scale_evenly(make):
    for digit, value in zip("159", (-1.0, 0.0, 1.0), strict=True):
        panel = make("valence-arousal")
        press(panel, digit, digit)
        assert panel.values() == {"valence": value, "arousal": value}


def test_tab_goes_to_the_second_scale_alone(make):
    panel = make("affect-grid")
    panel.set_values({"valence": 7, "arousal": 3})
    assert press(panel, "tab", "9") == [True, True]
    assert panel.values() == {"valence": 7, "arousal": 9}


def test_arrows_start_in_the_middle_and_stop_at_the_edge(make):
    panel = make("affect-grid")
    press(panel, "right")
    assert panel.values() == {"valence": 5, "arousal": 5}
    press(panel, *["right"] * 9, "up", "down", "down")
    assert panel.values() == {"valence": 9, "arousal": 4}


def test_a_reversed_scale_keeps_the_pleasant_end_on_the_right(make):
    scale = {"type": "integer", "minimum": 1, "maximum": 9}
    panel = make(
        scheme_of({"name": "valence", "direction": -1, **scale}, {"name": "arousal", **scale}, panel="grid")
    )
    press(panel, "9", "9")
    assert panel.values() == {"valence": 1, "arousal": 9}
    press(panel, "left")
    assert panel.values() == {"valence": 2, "arousal": 9}


def test_valence_lies_across_whatever_the_order_of_items(make):
    scale = {"type": "integer", "minimum": 1, "maximum": 9}
    panel = make(scheme_of({"name": "arousal", **scale}, {"name": "valence", **scale}, panel="grid"))
    press(panel, "8", "2")
    assert panel.values() == {"arousal": 2, "valence": 8}


@pytest.mark.parametrize(
    ("across", "upwards", "expected"), [(0, 0, (5, 5)), (-1, 1, (1, 9)), (1, -1, (9, 1))]
)
def test_the_mouse_marks_the_square_under_it(make, qtbot, counted, across: int, upwards: int, expected):
    panel = make("affect-grid")
    panel.auto_advance = True
    seen = counted(panel)
    panel.show()
    pad = panel.findChild(GridPad)
    square = pad._square()
    reach = int(square.width() / 2 - 4)
    place = square.center().toPoint() + QPoint(across * reach, -upwards * reach)
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=place)
    assert (panel.values()["valence"], panel.values()["arousal"]) == expected
    assert (seen.changed, seen.submitted) == (1, 1)


def test_zero_after_the_first_digit_leaves_only_the_second_scale_open(make):
    panel = make("affect-grid")
    press(panel, "6", "0")
    assert panel.values() == {"valence": 6, "arousal": None}
    assert panel.complete()


# Rows of scales


def test_digits_fill_the_rows_one_after_the_other(make):
    panel = make("gems-9")
    press(panel, "3", "5", "down", "1")
    names = panel.order()
    assert panel.values() == {names[0]: 3, names[1]: 5, names[3]: 1}


def test_a_digit_beyond_the_scale_is_refused_and_changes_nothing(make, counted):
    panel = make("gems-9")
    seen = counted(panel)
    assert press(panel, "7") == [True]
    assert panel.values() == {}
    assert len(seen.refused) == 1


def test_from_the_last_row_it_goes_back_to_the_first_that_is_open(make):
    panel = make("gems-9")
    press(panel, "1", "down", *["1"] * 7)
    assert not panel.complete()
    assert panel.active_item.name == panel.order()[1]


def test_backspace_takes_the_last_answer_back(make):
    panel = make("gems-9")
    press(panel, "1", "2", "back")
    assert panel.values() == {panel.order()[0]: 1}


def test_tab_walks_the_rows_and_then_leaves_the_panel(make):
    panel = make("sam-9")
    assert press(panel, "tab", "tab", "tab") == [True, True, False]
    assert panel.active_item.name == panel.scheme.items[-1].name


def test_a_scale_from_zero_takes_zero_as_a_value(make):
    panel = make(scheme_of({"name": "n", "type": "integer", "minimum": 0, "maximum": 4}))
    press(panel, "0")
    assert panel.values() == {"n": 0}


def test_a_scale_around_zero_is_counted_from_its_low_end(make):
    panel = make(scheme_of({"name": "n", "type": "integer", "minimum": -2, "maximum": 2}))
    press(panel, "1")
    assert panel.values() == {"n": -2}


def test_every_type_of_item_can_stand_in_a_row(make):
    panel = make(
        scheme_of(
            {"name": "slide", "type": "number", "minimum": -1, "maximum": 1},
            {"name": "long", "type": "integer", "minimum": 0, "maximum": 100},
            {"name": "box", "type": "boolean"},
            {"name": "class", "type": "category", "labels": ["a", "b"]},
        )
    )
    press(panel, "9", "5", "2", "1")
    assert panel.values() == {"slide": 1.0, "long": 50, "box": True, "class": "a"}


@pytest.mark.parametrize(("name", "figures"), [("sam-5", 5), ("sam-7", 4), ("sam-9", 5)])
def test_manikins_stand_on_every_point_or_leave_gaps(make, name: str, figures: int):
    panel = make(name)
    strips = panel.findChildren(ManikinStrip)
    assert len(strips) == len(panel.scheme.items)
    assert {len(strip.figures()) for strip in strips} == {figures}


# Choice


def test_emotion_then_intensity(make):
    panel = make("emotions-ravdess")
    press(panel, "4")
    assert panel.values() == {"emotion": "sad"}
    assert panel.complete()
    press(panel, "2")
    assert panel.values() == {"emotion": "sad", "intensity": "strong"}


def test_a_click_chooses(make, qtbot):
    panel = make("emotions-crema-d")
    panel.show()
    tile = next(t for t in panel.findChildren(OptionTile) if t.text() == "fear")
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert panel.values() == {"emotion": "fear"}
    assert tile.isChecked()


# Checklist


def test_digits_tick_in_the_order_shown_and_untick(make):
    panel = make("emotify-9", seed=5)
    press(panel, "2", "9", "2")
    assert [name for name, ticked in panel.values().items() if ticked] == [panel.order()[8]]
    assert set(panel.values()) == set(panel.order())


def test_a_fourth_choice_is_refused_in_words_and_changes_nothing(make, counted):
    panel = make("emotify-9")
    seen = counted(panel)
    press(panel, "1", "2", "3", "4")
    assert panel.ticked() == panel.order()[:3]
    assert seen.changed == 3
    assert "3" in seen.refused[0]
    press(panel, "1", "4")
    assert panel.ticked() == panel.order()[1:4]


def test_none_of_these_is_not_cannot_tell(make, counted):
    panel = make("emotify-9")
    seen = counted(panel)
    press(panel, "enter")
    assert set(panel.values().values()) == {False}
    assert seen.submitted == 1
    panel.clear()
    press(panel, "0")
    assert set(panel.values().values()) == {None}
    press(panel, "1")
    assert panel.ticked() == panel.order()[:1]


def test_taking_the_last_tick_back_leaves_no_answer(make):
    panel = make("emotify-9")
    press(panel, "1", "1")
    assert panel.values() == {}
    assert not panel.complete()


@given(seed=st.integers(0, 2**63))
def test_the_order_depends_on_the_seed_alone_and_loses_nothing(qapp, seed: int):
    scheme = find_scheme("emotify-9")
    panels = [panel_for(scheme, order_seed=seed) for _ in range(2)]
    assert panels[0].order() == panels[1].order()
    assert sorted(panels[0].order()) == sorted(item.name for item in scheme.items)
    for panel in panels:
        panel.deleteLater()


def test_different_raters_meet_different_orders(make):
    assert len({make("emotify-9", seed=seed).order() for seed in range(8)}) > 1
    assert make("gems-9", seed=3).order() == tuple(item.name for item in find_scheme("gems-9").items)


# Going on by itself


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("affect-grid", "73"),
        ("gems-9", "123451234"),
        ("emotions-crema-d", "2"),
        ("emotions-ravdess", "21"),
        ("emotify-9", "0"),
    ],
)
def test_auto_advance_submits_once_with_the_last_answer(make, counted, name: str, keys: str):
    panel = make(name)
    panel.auto_advance = True
    seen = counted(panel)
    press(panel, *keys[:-1])
    assert seen.submitted == 0
    press(panel, keys[-1])
    assert seen.submitted == 1
    assert panel.complete()


def test_revising_an_answer_does_not_submit_before_its_last_question(make, counted):
    panel = make("sam-9")
    panel.set_values({"valence": 5, "arousal": 5, "dominance": 5})
    panel.auto_advance = True
    seen = counted(panel)
    press(panel, "6", "7")
    assert seen.submitted == 0
    press(panel, "8")
    assert seen.submitted == 1
    assert panel.values() == {"valence": 6, "arousal": 7, "dominance": 8}


# The arithmetic behind the keys

scales = st.builds(
    lambda kind, low, span: Item("x", kind, minimum=low, maximum=low + span),
    st.sampled_from(["integer", "number"]),
    st.integers(-10, 10),
    st.integers(1, 100),
)


@given(item=scales)
def test_digits_give_valid_values_in_rising_order(item: Item):
    values = list(digit_values(item).values())
    assert values == sorted(set(values))
    assert all(item.parse(value) == value for value in values)


@given(item=scales, share=st.floats(0, 1))
def test_a_place_on_a_scale_gives_a_valid_value_near_it(item: Item, share: float):
    value = at_share(item, share)
    assert item.parse(value) == value
    step = 1 / (item.maximum - item.minimum) if item.type == "integer" else 1 / 200
    assert abs(share_of(item, value) - share) <= step / 2 + 1e-9


@given(item=scales, share=st.floats(0, 1), fine=st.booleans())
def test_arrows_always_move_unless_at_the_end_and_never_leave_the_scale(item: Item, share: float, fine: bool):
    value = at_share(item, share)
    up, down = neighbour(item, value, 1, fine=fine), neighbour(item, value, -1, fine=fine)
    assert item.minimum <= down <= value <= up <= item.maximum
    assert up > value or value == item.maximum
    assert down < value or value == item.minimum


@pytest.mark.parametrize("name", sorted(builtin_schemes()))
def test_cannot_tell_is_offered_by_every_panel_and_differs_from_none_of_these(make, name: str):
    panel = make(name)
    for _ in range(len(panel.scheme.items)):
        panel._cannot_tell()
    assert panel.values() == dict.fromkeys((item.name for item in panel.scheme.items), None)
    if isinstance(panel, ChecklistPanel):
        panel.clear()
        assert panel.submit()
        assert set(panel.values().values()) == {False}


def test_a_scale_without_words_shows_its_ends(make):
    scheme = Scheme("x", "X", "felt", (Item("energy", "number", title="Energy", minimum=-1, maximum=1),))
    panel = make(scheme)
    labels = {label.text() for label in panel.findChildren(QLabel)}
    assert {"−1", "1"} <= labels


def test_none_of_these_is_an_answer_in_a_choice_and_intensity_may_stay_open(make, counted):
    panel = make("emotions-basic")
    seen = counted(panel)
    press(panel, "8", "enter")
    assert panel.values() == {"emotion": "none of these"}
    assert seen.submitted == 1
    press(panel, "4")
    assert panel.values() == {"emotion": "none of these", "intensity": 4}


@pytest.mark.parametrize("name", ["affect-grid", "valence-arousal", "va-trace"])
def test_a_plane_keeps_its_size_in_a_low_window(qtbot: QtBot, name: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    panel = panel_for(find_scheme(name))
    panel.setParent(window)
    window.show()
    panel.resize(800, 250)
    QApplication.processEvents()
    low = panel._pad._square()
    question = panel.findChild(QLabel)
    assert low.height() > 100
    assert question.geometry().right() < panel._pad.geometry().left()
    panel.resize(800, 600)
    QApplication.processEvents()
    assert panel._pad._square().height() > low.height()
    assert question.geometry().bottom() < panel._pad.geometry().top()
