"""Every widget and every rating panel in one window, to look at and to try: `python -m annotator.gui.gallery`.

`--theme dark --page panels --shot FILE.png` saves a picture of one page and exits.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSlider,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.scheme import builtin_schemes, find_scheme
from annotator.domain.translation import tr
from annotator.gui.icons import icon_names, set_icon
from annotator.gui.panels import RatingPanel, panel_for
from annotator.gui.theme import GRID, apply_theme, current_theme, theme_names
from annotator.gui.widgets.banner import Banner, Toast
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.empty_state import EmptyState
from annotator.gui.widgets.heat_map import HeatMap
from annotator.gui.widgets.interval_bar import IntervalBar, koo_li
from annotator.gui.widgets.keycap import KeyCap
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.gui.widgets.stacked_bars import StackedBars
from annotator.gui.widgets.stat_tile import StatTile


class Gallery(QWidget):
    """A list of pages and a switch for the theme."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle(tr("Annotator: widgets and panels"))
        self._names = theme_names()
        self._switch = SegmentedControl(
            [name.capitalize() for name in self._names],
            self._names.index(current_theme().name),
            name=tr("Theme"),
        )
        self._switch.chosen.connect(self._theme_chosen)
        head = QHBoxLayout()
        title = QLabel(tr("Widgets and panels"))
        title.setProperty("role", "title")
        head.addWidget(title, 1)
        head.addWidget(self._switch)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Pages"))
        self._list.setFixedWidth(22 * GRID)
        self._stack = QStackedWidget()
        for name, make in pages().items():
            self._list.addItem(name)
            page = make()
            # Panels scroll by themselves.
            self._stack.addWidget(page if page.findChild(RatingPanel) else _scrolled(page))
        self._list.currentRowChanged.connect(self._stack.setCurrentIndex)
        body = QHBoxLayout()
        body.setSpacing(2 * GRID)
        body.addWidget(self._list)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(head)
        column.addLayout(body, 1)
        self.toast = Toast(self)
        self.open_page(0)

    def open_page(self, index: int) -> QWidget:
        """Shows page number `index` and returns it."""
        self._list.setCurrentRow(index)
        return self._stack.currentWidget()

    @Slot(int)
    def _theme_chosen(self, index: int) -> None:
        apply_theme(QApplication.instance(), self._names[index])
        self.toast.say(tr("Theme changed"), "positive")


def pages() -> dict[str, Callable[[], QWidget]]:
    """Makers of the pages by name: one for widgets, charts, icons, and one per scheme that ships."""
    makers: dict[str, Callable[[], QWidget]] = {
        "widgets": _widgets_page,
        "charts": _charts_page,
        "icons": _icons_page,
    }
    for name in builtin_schemes():
        makers[name] = _PanelPage(name)
    return makers


class _PanelPage:
    """Makes the page of one scheme."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def __call__(self) -> QWidget:
        scheme = find_scheme(self._scheme)
        card = Card()
        panel = panel_for(scheme, order_seed=1)
        card.body.addWidget(panel)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        return page


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _page(*items: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, GRID, GRID)
    column.setSpacing(2 * GRID)
    for item in items:
        column.addWidget(item)
    column.addStretch(1)
    return page


def _row(*items: QWidget, stretch: bool = False) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GRID)
    for item in items:
        line.addWidget(item, 1 if stretch else 0)
    if not stretch:
        line.addStretch(1)
    return row


def _button(text: str, kind: str = "", icon: str = "", *, enabled: bool = True) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", kind)
    if icon:
        set_icon(button, icon, "on_accent" if kind == "primary" else "text")
    button.setEnabled(enabled)
    return button


def _tool(icon: str, name: str, *, checked: bool | None = None) -> QToolButton:
    tool = QToolButton()
    set_icon(tool, icon, "text", on="accent")
    tool.setAccessibleName(name)
    tool.setToolTip(name)
    if checked is not None:
        tool.setCheckable(True)
        tool.setChecked(checked)
    return tool


def _widgets_page() -> QWidget:
    controls = Card(tr("Controls"), tr("Everything takes the keyboard: press Tab and watch the ring."))
    controls.body.addWidget(
        _row(
            _button(tr("Find segments"), "primary", "play"),
            _button(tr("Cancel")),
            _button(tr("Quiet"), "quiet"),
            _button(tr("Delete"), "danger"),
            _button(tr("Disabled"), enabled=False),
            _button(tr("Disabled"), "primary", "export", enabled=False),
            _tool("previous", tr("Previous segment")),
            _tool("loop", tr("Loop"), checked=True),
            _tool("next", tr("Next segment")),
        )
    )
    field, wrong, combo, spin = QLineEdit(), QLineEdit("speaker=(("), QComboBox(), QDoubleSpinBox()
    field.setPlaceholderText(tr("Search segments"))
    wrong.setProperty("invalid", True)
    combo.addItems([tr("Silence"), tr("Voice activity"), tr("Fixed windows")])
    spin.setSuffix(" s")
    spin.setValue(0.25)
    controls.body.addWidget(_row(field, wrong, combo, spin))
    ticked, open_box, chosen, other = (
        QCheckBox(tr("Repeat")),
        QCheckBox(tr("Blind")),
        QRadioButton("K"),
        QRadioButton("P"),
    )
    ticked.setChecked(True)
    chosen.setChecked(True)
    slider, progress = QSlider(Qt.Orientation.Horizontal), QProgressBar()
    slider.setValue(40)
    progress.setValue(65)
    for widget in (slider, progress):
        widget.setFixedWidth(20 * GRID)
    controls.body.addWidget(_row(ticked, open_box, chosen, other, slider, progress))
    controls.body.addWidget(_row(KeyCap("Space"), KeyCap("Ctrl+Shift+Z"), KeyCap("?"), KeyCap("Ctrl++")))
    views = SegmentedControl([tr("Waveform"), tr("Spectrogram"), tr("Both")], 1, name=tr("View"))
    controls.body.addWidget(_row(views))
    tiles = _row(
        StatTile(tr("Krippendorff α, interval"), "0.62", tr("95 % interval 0.55 to 0.69")),
        StatTile(tr("Segments"), "1,284", tr("212 rated twice")),
        StatTile(tr("Human ceiling, CCC"), "0.71", tr("0.66 to 0.75")),
        StatTile(tr("Cohen κ"), "–", tr("Undefined: only one category was used")),
        stretch=True,
    )
    banners = (
        Banner("info", tr("Two packages came back."), tr("Merge them to see the agreement."), tr("Merge")),
        Banner("positive", tr("No leak found between the parts.")),
        Banner(
            "warning",
            tr("song12.mp3 is 3.2 s shorter than its header says."),
            tr("It was imported as decoded."),
        ),
        Banner("danger", tr("3 speakers stand in both train and test."), action=tr("Show them")),
    )
    table = QTableWidget(4, 4)
    table.setHorizontalHeaderLabels([tr("Segment"), tr("Start"), tr("End"), tr("Text")])
    for row, words in enumerate(
        ("Good evening and welcome", "Tonight we talk about", "And that was the moment", "Nobody")
    ):
        for column, text in enumerate(
            (f"{row + 1:03}", f"0:{row * 4:02}.250", f"0:{row * 4 + 3:02}.900", words)
        ):
            table.setItem(row, column, QTableWidgetItem(text))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.horizontalHeader().setStretchLastSection(True)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.selectRow(1)
    table.setFixedHeight(190)
    empty = EmptyState(
        "folder",
        tr("No recordings yet"),
        tr("Add audio or video files, or a folder of them. They stay where they are unless you copy them."),
        tr("Add recordings"),
    )
    empty.setFixedHeight(280)
    holder = Card()
    holder.body.addWidget(empty)
    return _page(controls, tiles, *banners, table, holder)


def _charts_page() -> QWidget:
    labels = ["neutral", "calm", "happy", "sad", "angry", "fearful"]
    counts = [
        [41, 6, 2, 3, 0, 0],
        [9, 30, 2, 8, 0, 1],
        [2, 1, 44, 1, 6, 4],
        [4, 8, 1, 33, 0, 7],
        [0, 0, 5, 0, 51, 3],
        [0, 1, 2, 1, 0, 2],
    ]
    shares = [[n / max(1, sum(row)) for n in row] for row in counts]
    confusion = HeatMap(name=tr("Confusion matrix"), row_title=tr("true"), column_title=tr("predicted"))
    confusion.set_data(labels, labels, shares, counts)
    raters = ["Anna", "Budi", "Chiara", "Dae-jung", "Eka"]
    pairs = [[None if a == b else 0.35 + 0.09 * ((a * b + a + b) % 7) for b in range(5)] for a in range(5)]
    shared = [
        [0 if a == b else 4 if {a, b} == {1, 4} else 60 + 10 * (a + b) for b in range(5)] for a in range(5)
    ]
    pairwise = HeatMap(name=tr("Pairwise agreement"))
    pairwise.set_data(raters, raters, pairs, shared, few=10)
    matrices = QWidget()
    line = QHBoxLayout(matrices)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(2 * GRID)
    for title, chart in ((tr("Confusion"), confusion), (tr("Pairwise agreement"), pairwise)):
        chart.setMinimumHeight(340)
        card = Card(title)
        card.body.addWidget(chart)
        line.addWidget(card, 1)
    bars = StackedBars(name=tr("Classes in each part"))
    bars.set_data(
        ["train", "dev", "test"],
        [*labels, "disgust", "surprised", "other"],
        [
            [310, 280, 301, 290, 322, 280, 160, 150, 40],
            [60, 66, 71, 58, 70, 61, 33, 30, 4],
            [64, 60, 70, 66, 69, 55, 30, 36, 9],
        ],
    )
    split = Card(
        tr("Classes in each part"), tr("Each bar is 100 % of its part; the number of segments at its end.")
    )
    split.body.addWidget(bars)
    agreement = Card(tr("Agreement"), tr("Bands are a convention, not a test."))
    for name, value, interval, bands in (
        ("Krippendorff α, valence", 0.62, (0.55, 0.69), None),
        ("Fleiss κ, emotion", 0.17, (0.08, 0.27), None),
        ("ICC(2,k), arousal", 0.91, (0.87, 0.94), koo_li()),
        ("Cohen κ, Anna and Budi", -0.31, (-0.44, -0.12), None),
    ):
        bar = IntervalBar(name, bands)
        bar.set_value(value, interval)
        agreement.body.addWidget(bar)
    undefined = IntervalBar("Cohen κ, intensity")
    undefined.set_value(None, reason=tr("both raters used one category only"))
    agreement.body.addWidget(undefined)
    return _page(matrices, split, agreement)


def _icons_page() -> QWidget:
    card = Card(tr("Icons"))
    grid = QGridLayout()
    grid.setSpacing(GRID)
    for n, name in enumerate(icon_names()):
        button = QPushButton(name)
        button.setProperty("kind", "quiet")
        set_icon(button, name)
        grid.addWidget(button, n // 6, n % 6, Qt.AlignmentFlag.AlignLeft)
    card.body.addLayout(grid)
    return _page(card)


class _Photographer(QWidget):
    """Saves a picture of the gallery once it is laid out, then ends the program."""

    def __init__(self, gallery: Gallery, path: str) -> None:
        super().__init__(gallery)
        self._gallery, self._path = gallery, path
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._shoot)
        self._timer.start(300)

    @Slot()
    def _shoot(self) -> None:
        self._gallery.grab().save(self._path)
        QApplication.instance().quit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the gallery; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m annotator.gui.gallery", description=__doc__)
    parser.add_argument("--theme", choices=theme_names(), default="light")
    parser.add_argument("--page", choices=list(pages()), default="widgets")
    parser.add_argument("--size", default="1120x860", help="WIDTHxHEIGHT of the window")
    parser.add_argument("--keys", default="", help="digits typed into the page's panel first")
    parser.add_argument("--shot", metavar="FILE.png", help="save a picture and exit")
    options = parser.parse_args(arguments)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    apply_theme(app, options.theme)
    gallery = Gallery()
    page = gallery.open_page(list(pages()).index(options.page))
    gallery.resize(*map(int, options.size.split("x")))
    gallery.show()
    panel = page.findChild(RatingPanel)
    if panel is not None:
        _type(panel, options.keys)
    if options.shot:
        _Photographer(gallery, options.shot)
    return app.exec()


def _type(panel: RatingPanel, digits: str) -> None:
    panel.setFocus()
    for digit in digits:
        code = Qt.Key(int(Qt.Key.Key_0) + int(digit))
        panel.handle_key(QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, digit))


if __name__ == "__main__":
    sys.exit(main())
