"""SchemesDialog: the schemes of the corpus and those that ship; copied, changed, tried, put into the corpus."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from annotator.app.schemes import (
    answered_schemes,
    doubts_about,
    duplicate,
    gems_scheme,
    put_scheme,
    save_scheme,
    scheme_from_draft,
)
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme, builtin_schemes, read_scheme
from annotator.domain.scheme_reader import SchemeError
from annotator.domain.translation import tr, tr_n
from annotator.exchange.gems_list import licence_notice
from annotator.gui.context import Context
from annotator.gui.dialogs.form import resize_within_screen
from annotator.gui.schemes.editor import SchemeEditor
from annotator.gui.schemes.preview import Preview
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.painting import scaled_font

_WAIT = 250  # ms of quiet before the preview follows what is typed
_KEY = Qt.ItemDataRole.UserRole


class SchemesDialog(QDialog):
    """A list at the left, the forms in the middle, the panel at the right. Nothing reaches the corpus by itself."""

    def __init__(self, parent: QWidget | None, context: Context) -> None:
        super().__init__(parent)
        self._context = context
        self._drafts: dict[str, dict[str, Any]] = {}  # by key of the list: what is not in the corpus yet
        self._warned = False
        self.setWindowTitle(tr("Rating schemes"))
        resize_within_screen(self, QSize(160 * GRID, 104 * GRID))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Schemes"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.editor = SchemeEditor()
        self.editor.changed.connect(self._edited)
        self.preview = Preview()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_WAIT)
        self._follow.timeout.connect(self._check)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(GRID, 0, GRID, 0)
        column.addWidget(self._note)
        column.addWidget(self.editor, 1)
        for widget, share in ((self._left(), 2), (middle, 4), (self.preview, 5)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, share)
        split.setSizes([23 * GRID, 42 * GRID, 120 * GRID])
        self._fill()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        whole.setSpacing(GRID)
        whole.addWidget(split, 1)
        whole.addLayout(self._foot())
        self.list.setCurrentRow(self._first_row())

    def _left(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.list, 1)
        for text, slot in (
            (tr("New scheme"), self.begin_new),
            (tr("Duplicate"), self.duplicate),
            (tr("From a file..."), self._ask_file),
            (tr("From a GEMS list..."), self._ask_gems),
        ):
            column.addWidget(_button(text, slot))
        return panel

    def _foot(self) -> QHBoxLayout:
        self._answer = QLabel()
        self._answer.setWordWrap(True)
        self._put = _button(tr("Put into the corpus"), self.put, kind="primary")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._answer, 1)
        row.addWidget(_button(tr("Save as a file..."), self._ask_save))
        row.addWidget(_button(tr("Close"), self.reject))
        row.addWidget(self._put)
        return row

    # The list

    def _fill(self, choose: str = "") -> None:
        """Lists what there is: drafts of new schemes, the corpus, what ships."""
        held: list[Scheme] = []
        self._answers: dict[str, int] = {}
        if self._context.session is not None:
            with self._context.session.reading() as reader:
                held, self._answers = reader.schemes(), answered_schemes(reader)
        self._held = {scheme.name: scheme for scheme in held}
        self._shipped = {n: s for n, s in builtin_schemes().items() if n not in self._held}
        self.list.blockSignals(True)
        self.list.clear()
        for key in self._drafts:
            if key.startswith("new:"):
                self._add_row(key, "")
        self._add_heading(tr("In this corpus"), self._held)
        for name, scheme in self._held.items():
            self._add_row(f"held:{name}", scheme.title)
        self._add_heading(tr("Built in"), self._shipped)
        for name, scheme in self._shipped.items():
            self._add_row(f"shipped:{name}", scheme.title)
        self.list.blockSignals(False)
        if choose:
            self._go_to(choose)

    def _add_heading(self, text: str, below: dict[str, Scheme]) -> None:
        if below:
            row = QListWidgetItem(text)
            row.setFlags(Qt.ItemFlag.NoItemFlags)
            row.setFont(scaled_font(self.list.font(), 0.86, bold=True))
            self.list.addItem(row)

    def _add_row(self, key: str, title: str) -> None:
        row = QListWidgetItem()
        row.setData(_KEY, key)
        self.list.addItem(row)
        self._name_row(row, title)

    def _name_row(self, row: QListWidgetItem, title: str = "") -> None:
        """Rows show the short names: titles of related instruments begin alike."""
        draft = self._drafts.get(row.data(_KEY))
        if draft is None:
            row.setText(row.data(_KEY).partition(":")[2])
            row.setToolTip(title)
        else:
            row.setText(tr("{name} (changed)", name=draft.get("name") or tr("New scheme")))
            row.setToolTip(str(draft.get("title") or ""))

    def _go_to(self, key: str) -> None:
        for n in range(self.list.count()):
            if self.list.item(n).data(_KEY) == key:
                self.list.setCurrentRow(n)

    def _first_row(self) -> int:
        return next(
            n for n in range(self.list.count()) if self.list.item(n).flags() != Qt.ItemFlag.NoItemFlags
        )

    @property
    def _chosen(self) -> str:
        row = self.list.currentItem()
        return row.data(_KEY) if row is not None else ""

    @Slot()
    def _choose(self) -> None:
        kind, _, name = self._chosen.partition(":")
        if not kind:
            return
        self._follow.stop()
        shipped = kind == "shipped"
        known = self._shipped.get(name) if shipped else self._held.get(name)
        self.editor.load(self._drafts.get(self._chosen) or known, editable=not shipped)
        n = self._answers.get(name, 0) if kind == "held" else 0
        words = tr("Comes with the program. Duplicate it to change it.") if shipped else ""
        if n:
            words = tr_n(
                "{n} answer: words may change, what was asked may not.",
                "{n} answers: words may change, what was asked may not.",
                n,
            )
        self._note.setText(words)
        self._note.setVisible(bool(words))
        self._say("")
        self.preview.clear()
        self._check()

    # What the user does

    @Slot()
    def begin_new(self) -> None:
        """An empty scheme."""
        self._begin({"judged": "", "panel": "scales", "items": []}, "new")
        self.editor.head.focus("name")

    @Slot()
    def duplicate(self) -> None:
        """A copy of what is shown, under a name that is free."""
        scheme = self._scheme()
        if scheme is not None:
            self._begin_with(duplicate(scheme, {*self._held, *self._shipped, *self._draft_names()}))

    def load_file(self, path: Path) -> None:
        """A scheme from a TOML file, as a draft."""
        self._load(lambda: read_scheme(path))

    def load_gems(self, path: Path, *, accepted: bool) -> None:
        """The licensed form from the user's own list, as a draft."""
        self._load(lambda: gems_scheme(path, accepted=accepted))

    @Slot()
    def put(self) -> None:
        """Writes what is shown into the corpus; says why where that may not be."""
        scheme, session, key = self._scheme(), self._context.session, self._chosen
        if scheme is None or session is None:
            return
        try:
            if key.startswith("new:") and scheme.name in self._held:
                raise AnnotatorError(
                    tr('The corpus has a scheme "{name}" already.', name=scheme.name),
                    tr("Give another name."),
                )
            if key.startswith("held:") and scheme.name != key.partition(":")[2]:
                raise AnnotatorError(
                    tr("The name of a scheme stays."),
                    tr("Duplicate the scheme to have it under another name."),
                )
            changed = put_scheme(session, scheme)
        except AnnotatorError as error:
            self._say(str(error), "danger")
            return
        self._drafts.pop(key, None)
        self._warned = False
        self._fill(f"held:{scheme.name}")
        done = (
            tr("{title} is changed.", title=scheme.title)
            if changed
            else tr("{title} is added.", title=scheme.title)
        )
        self._say(done, "positive")

    def reject(self) -> None:
        """Closes; drafts are dropped only when that was said once."""
        if self._drafts and not self._warned:
            self._warned = True
            names = ", ".join(sorted(self._draft_names()))
            self._say(tr("Not in the corpus yet: {names}. Close again to drop this.", names=names), "warning")
            return
        super().reject()

    # Machinery

    def _draft_names(self) -> set[str]:
        return {str(draft.get("name") or tr("New scheme")) for draft in self._drafts.values()}

    def _begin(self, draft: dict[str, Any], name: str) -> None:
        key = f"new:{name}"
        n = 2
        while key in self._drafts:
            key, n = f"new:{name}-{n}", n + 1
        self._drafts[key] = draft
        self._warned = False
        self._fill(key)

    def _begin_with(self, scheme: Scheme) -> None:
        editor = SchemeEditor()
        editor.load(scheme)
        self._begin(editor.draft(), scheme.name)

    def _load(self, read: Any) -> None:
        try:
            self._begin_with(read())
        except AnnotatorError as error:
            self._say(str(error), "danger")

    @Slot()
    def _edited(self) -> None:
        self._drafts[self._chosen] = self.editor.draft()
        self._warned = False
        self._name_row(self.list.currentItem())
        self._say("")
        self._follow.start()

    def _scheme(self) -> Scheme | None:
        """The scheme that is shown; where it has a fault, that is said, and the keyboard goes there."""
        try:
            return scheme_from_draft(self.editor.draft())
        except SchemeError as error:
            self._say(error.message, "danger")
            self.editor.focus(error.where)
            return None

    @Slot()
    def _check(self) -> None:
        """The preview follows the forms."""
        try:
            scheme = scheme_from_draft(self.editor.draft())
        except SchemeError as error:
            self.preview.show_fault(error.message)
            return
        self.preview.show_scheme(scheme, doubts_about(scheme))
        self.preview.panel.setEnabled(True)

    def _say(self, text: str, role: str = "muted") -> None:
        set_property(self._answer, "role", role)
        self._answer.setText(text)

    # Files

    @Slot()
    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("A scheme file"), "", "TOML (*.toml)")
        if path:
            self.load_file(Path(path))

    @Slot()
    def _ask_gems(self) -> None:
        title = tr("GEMS with 45 or 25 items")
        answer = QMessageBox.question(
            self, title, licence_notice() + "\n\n" + tr("Have you signed the agreement?")
        )
        if answer == QMessageBox.StandardButton.Yes:
            path, _ = QFileDialog.getOpenFileName(self, title, "", "CSV, TOML (*.csv *.toml)")
            if path:
                self.load_gems(Path(path), accepted=True)

    @Slot()
    def _ask_save(self) -> None:
        scheme = self._scheme()
        if scheme is None:
            return
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Save the scheme"), f"{scheme.name}.toml", "TOML (*.toml)"
        )
        if path:
            try:
                save_scheme(scheme, Path(path))
                self._say(tr("Written: {path}", path=path), "positive")
            except AnnotatorError as error:
                self._say(str(error), "danger")


def _button(text: str, slot: Any, *, kind: str = "") -> QPushButton:
    button = QPushButton(text)
    # Return in a field must not press whatever button comes first.
    button.setAutoDefault(False)
    if kind:
        button.setProperty("kind", kind)
    button.clicked.connect(slot)
    return button


def edit_schemes(parent: QWidget, context: Context) -> None:
    """Opens the window of schemes."""
    SchemesDialog(parent, context).exec()
