"""ChecklistPanel: boxes to tick, at most so many, in an order drawn for each rater."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.option_tile import OptionTile
from annotator.gui.theme import GRID


class ChecklistPanel(RatingPanel):
    """A tile per boolean item; digits 1 to 9 tick in the order shown.

    Enter with nothing ticked answers "none of these" (all false); "cannot tell" is None for every item. One
    tick settles all items: those left unticked are false.
    """

    def __init__(self, scheme: Scheme, *, order_seed: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(scheme, order_seed=order_seed, parent=parent)
        self._counter = QLabel()
        self._counter.setProperty("role", "heading")
        self._head.addWidget(self._counter, 0, Qt.AlignmentFlag.AlignTop)
        self._tiles: dict[str, OptionTile] = {}
        grid = QGridLayout()
        grid.setSpacing(GRID)
        columns = 3 if len(self._items) <= 9 else 4
        for n, item in enumerate(self._items):
            tile = OptionTile(item.title, gloss=item.gloss, key=str(n + 1) if n < 9 else "", roomy=True)
            tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tile.setObjectName(item.name)
            tile.clicked.connect(self._tile_clicked)
            grid.addWidget(tile, n // columns, n % columns)
            self._tiles[item.name] = tile
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self._body.addLayout(grid)
        self._body.addStretch(1)
        self._none = OptionTile(tr("None of these"), key=tr("Enter"))
        self._none.clicked.connect(self._none_clicked)
        self._foot.insertWidget(1, self._none)
        self._show()

    def submit(self) -> bool:
        """As in every panel, but nothing ticked is an answer too: none of these."""
        if not self._answers:
            self._answer(self._all(False), last=False)
        return super().submit()

    def ticked(self) -> tuple[str, ...]:
        """Names of the ticked items, in the order shown."""
        return tuple(item.name for item in self._items if self._answers.get(item.name))

    def _all(self, value: Value) -> Mapping[str, Value]:
        return {item.name: value for item in self._items}

    def _toggle(self, item: Item) -> None:
        ticked = set(self.ticked()) ^ {item.name}
        most = self.scheme.most
        if most is not None and len(ticked) > most and item.name in ticked:
            self._refuse(
                tr_n(
                    "Only {n} can be chosen. Take it back first.",
                    "At most {n} can be chosen. Take one back first.",
                    most,
                )
            )
            return
        if ticked:
            self._answer({i.name: i.name in ticked for i in self._items}, last=False)
        else:
            # Nothing ticked any more is not yet "none of these": that takes Enter or its own button.
            self._take_back([i.name for i in self._items])

    def _digit(self, digit: int) -> None:
        if digit == 0:
            self._cannot_tell()
        elif digit <= len(self._items):
            self._toggle(self._items[digit - 1])
        else:
            self._refuse(tr("Keys 1 to {n} choose here.", n=min(9, len(self._items))))

    def _other_key(self, key: Qt.Key, _fine: bool) -> bool:
        if key == Qt.Key.Key_Backspace and self._answers:
            self._take_back([item.name for item in self._items])
            return True
        return False

    @Slot()
    def _tile_clicked(self) -> None:
        self._toggle(self.scheme.item(self.sender().objectName()))

    @Slot()
    def _none_clicked(self) -> None:
        self._answer(self._all(False), last=True)

    @Slot()
    def _cannot_tell(self) -> None:
        self._answer(self._all(None), last=True)

    def _next_hint(self) -> str:
        if not self._answers:
            return tr("Keys 1 to {n} choose, Enter goes on.", n=min(9, len(self._items)))
        return tr("Enter goes on.")

    def _show(self) -> None:
        ticked = self.ticked()
        answered = bool(self._answers)
        unsure = answered and all(value is None for value in self._answers.values())
        for name, tile in self._tiles.items():
            tile.setChecked(name in ticked)
        self._none.setChecked(answered and not ticked and not unsure)
        self._unsure.setChecked(unsure)
        # With something ticked, Enter hands that over instead.
        self._none.set_key("" if ticked else tr("Enter"))
        most = self.scheme.most
        self._counter.setText(
            tr("{n} chosen", n=len(ticked)) if most is None else tr("{n} of {most}", n=len(ticked), most=most)
        )
        titles = ", ".join(self.scheme.item(name).title for name in ticked)
        if unsure:
            titles = tr("Cannot tell")
        elif answered and not ticked:
            titles = tr("None of these")
        self._describe(tr("Chosen: {titles}", titles=titles) if titles else tr("Nothing chosen"))
