"""Making and opening corpora."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from annotator.app.corpus_folder import create_corpus
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import builtin_schemes
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathField
from annotator.gui.theme import GRID

#: The instrument that is ticked to begin with.
_USUAL_SCHEME = "valence-arousal"


class _NewCorpus(Form):
    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(
            parent,
            tr("New corpus"),
            tr(
                "A corpus is a folder. Choose where it goes and which instruments its segments will be rated with."
            ),
            tr("Make corpus"),
        )
        self._context = context
        self._name = QLineEdit(tr("my-corpus"))
        self._name.setAccessibleName(tr("Name"))
        self._name.selectAll()
        self._place = PathField(tr("Folder"), folder=True)
        self._place.edit.setText(str(Path.home()))
        self._schemes = QListWidget()
        self._schemes.setAccessibleName(tr("Schemes"))
        self._schemes.setMinimumHeight(34 * GRID)
        self._schemes.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._schemes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for scheme in sorted(builtin_schemes().values(), key=lambda scheme: scheme.name != _USUAL_SCHEME):
            item = QListWidgetItem(
                f"{scheme.title}  ({tr('felt') if scheme.judged == 'felt' else tr('perceived')})"
            )
            item.setData(Qt.ItemDataRole.UserRole, scheme.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = scheme.name == _USUAL_SCHEME
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self._schemes.addItem(item)
        self.fields.addRow(tr("Name"), self._name)
        self.fields.addRow(tr("Inside folder"), self._place)
        self.fields.addRow(tr("Schemes"), self._schemes)

    def work(self) -> None:
        name = self._name.text().strip()
        if not name:
            raise AnnotatorError(tr("The corpus needs a name."))
        items = [self._schemes.item(n) for n in range(self._schemes.count())]
        chosen = [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]
        self._context.adopt(create_corpus(self._place.path() / f"{name}.corpus", chosen))


def new_corpus(parent: QWidget, context: Context) -> None:
    """Asks for name, folder and schemes, makes the corpus and opens it."""
    _NewCorpus(parent, context).exec()


def open_corpus(parent: QWidget, context: Context) -> None:
    """Asks for the folder of a corpus and opens it."""
    start = context.settings.recent[0] if context.settings.recent else str(Path.home())
    path = QFileDialog.getExistingDirectory(parent, tr("Open corpus"), str(Path(start).parent))
    if path:
        context.open(Path(path))


class _DemoMaker(QObject):
    """Opens the demo corpus when the job that makes it is done."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context

    @Slot(object)
    def show(self, made: tuple[Session, object]) -> None:
        session, _ = made
        folder = session.folder
        session.close()
        self._context.open(folder)
        self.deleteLater()


def make_demo(parent: QWidget, context: Context) -> None:
    """Asks where, makes the demo corpus there as a job and opens it."""
    # All five stages of the work hang on this import: the window's start should not wait for them.
    from annotator.app.demo import run_demo

    path = QFileDialog.getExistingDirectory(parent, tr("Folder for the demo corpus"), str(Path.home()))
    if path:
        maker = _DemoMaker(context)
        context.run(tr("Making the demo corpus"), run_demo(Path(path) / "annotator-demo"), maker.show)
