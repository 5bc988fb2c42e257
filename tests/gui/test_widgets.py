"""The shared widgets: what keys and mouse do, and what a screen reader is told."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from annotator.gui.gallery import Gallery, pages
from annotator.gui.widgets.banner import Banner, Toast
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.widgets.heat_map import HeatMap
from annotator.gui.widgets.interval_bar import IntervalBar, koo_li, landis_koch
from annotator.gui.widgets.keycap import KeyCap
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.gui.widgets.stacked_bars import StackedBars
from annotator.gui.widgets.stat_tile import StatTile
from annotator.gui.widgets.waiting import WaitingPage

# The offscreen platform says this of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture
def matrix(qtbot) -> HeatMap:
    widget = HeatMap(name="Confusion", row_title="true", column_title="predicted")
    widget.set_data(["sad", "happy"], ["sad", "happy"], [[0.75, 0.25], [None, 1.0]], [[3, 1], [0, 9]])
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    return widget


def test_arrows_move_between_cells_and_enter_opens_one(matrix: HeatMap, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(matrix, key)
    assert matrix.current_cell == (1, 1)
    with qtbot.waitSignal(matrix.opened) as opened:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert opened.args == [(1, 1)]


def test_a_click_opens_the_cell_under_it(matrix: HeatMap, qtbot):
    with qtbot.waitSignal(matrix.opened) as opened:
        qtbot.mouseClick(
            matrix, Qt.MouseButton.LeftButton, pos=QPoint(matrix.width() - 8, matrix.height() - 8)
        )
    assert opened.args == [(1, 1)]
    assert matrix.current_cell == (1, 1)


def test_every_cell_says_its_labels_value_and_count(matrix: HeatMap, qtbot):
    assert matrix.cell_text(0, 1) == "true sad × predicted happy: 0.25, 1 case"
    assert "no value" in matrix.cell_text(1, 0)
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    assert matrix.accessibleDescription() == matrix.cell_text(0, 1)


def test_an_empty_matrix_takes_keys_without_harm(qtbot):
    widget = HeatMap()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    widget.grab()


def test_bars_tell_part_class_and_share(qtbot):
    bars = StackedBars(name="Classes")
    qtbot.addWidget(bars)
    bars.set_data(["train", "test"], ["sad", "happy"], [[30, 10], [0, 0]])
    assert bars.piece_text(0, 0) == "train, sad: 30 of 40 (75%)"
    assert bars.piece_text(1, 1).endswith("(0%)")
    with qtbot.waitSignal(bars.opened) as opened:
        qtbot.keyClick(bars, Qt.Key.Key_Down)
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert opened.args == [(1, 0)]


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (-0.1, "poor"),
        (0.0, "slight"),
        (0.2, "slight"),
        (0.21, "fair"),
        (0.6, "moderate"),
        (0.8, "substantial"),
        (1.0, "almost perfect"),
    ],
)
def test_bands_of_landis_and_koch(value: float, band: str):
    assert landis_koch().name_of(value) == band


@pytest.mark.parametrize(
    ("value", "band"), [(0.49, "poor"), (0.6, "moderate"), (0.8, "good"), (0.91, "excellent")]
)
def test_bands_of_koo_and_li(value: float, band: str):
    assert koo_li().name_of(value) == band


def test_a_coefficient_is_told_with_its_interval_or_the_reason_there_is_none(qtbot):
    bar = IntervalBar("Cohen κ")
    qtbot.addWidget(bar)
    bar.set_value(0.62, (0.55, 0.69))
    assert bar.accessibleName() == "Cohen κ: 0.62 [0.55, 0.69], substantial"
    bar.set_value(None, reason="one category only")
    assert "one category only" in bar.accessibleName()


def test_a_segmented_control_gives_long_words_the_room_of_short_ones(qtbot):
    control = SegmentedControl(["Recording by recording", "All"], 0, name="Scope")
    qtbot.addWidget(control)
    metrics = control.fontMetrics()
    control.resize(metrics.horizontalAdvance("Recording by recordingAll") + 40, 34)
    control.show()
    words = metrics.horizontalAdvance("Recording by recording")
    assert control._cell(0).width() > max(words, control.width() / 2)
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(round(control._cell(0).right()) - 4, 10))
    assert control.index == 0
    qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(control.width() - 4, 10))
    assert control.index == 1


def test_a_segmented_control_moves_by_arrows_and_tells_only_real_changes(qtbot):
    control = SegmentedControl(["a", "b", "c"], 1)
    qtbot.addWidget(control)
    told: list[int] = []
    control.chosen.connect(told.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Home):
        qtbot.keyClick(control, key)
    control.set_index(1)
    assert told == [2, 0]
    assert control.index == 1


@pytest.mark.parametrize(
    ("shortcut", "keys"),
    [
        ("Ctrl+Shift+Z", ("Ctrl", "Shift", "Z")),
        ("Ctrl++", ("Ctrl", "+")),
        ("?", ("?",)),
        ("Space", ("Space",)),
    ],
)
def test_a_shortcut_is_drawn_as_its_keys(qtbot, shortcut: str, keys: tuple[str, ...]):
    cap = KeyCap(shortcut)
    qtbot.addWidget(cap)
    assert cap.keys == keys


def test_notices_can_be_settled(qtbot):
    banner = Banner("warning", "Three leaks.", action="Show")
    qtbot.addWidget(banner)
    with qtbot.waitSignal(banner.acted):
        banner.button.click()
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    toast = Toast(host)
    toast.say("Saved", "positive", seconds=0.05)
    assert toast.isVisible()
    qtbot.waitUntil(toast.isHidden)


def test_an_empty_view_offers_the_one_thing_to_do(qtbot):
    empty = EmptyState("folder", "No recordings yet", "Add some.", "Add recordings")
    qtbot.addWidget(empty)
    with qtbot.waitSignal(empty.acted):
        empty.button.click()


def test_a_tile_is_read_out_whole(qtbot):
    tile = StatTile("Krippendorff α", "0.62", "0.55 to 0.69")
    qtbot.addWidget(tile)
    assert tile.accessibleName() == "Krippendorff α: 0.62. 0.55 to 0.69"


def test_the_gallery_shows_every_page(qtbot):
    gallery = Gallery()
    qtbot.addWidget(gallery)
    gallery.show()
    for index in range(len(pages())):
        gallery.open_page(index)
        assert not gallery.grab().isNull()


def test_a_page_that_is_there_at_once_flashes_no_sentence(qtbot):
    page = WaitingPage("Reading...")
    qtbot.addWidget(page)
    page.show()
    assert not page.label.isVisible()
    qtbot.waitUntil(page.label.isVisible)
    page.hide()
    page.show()
    assert not page.label.isVisible()
