"""What the corpus says of itself in the data card of its exports."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from annotator.app.about import describe_corpus, read_about
from annotator.app.session import Session
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form
from annotator.gui.theme import GRID

#: Fields that take more than a line.
_LONG = frozenset({"description", "citation", "collection", "limits"})


class DescribeCorpus(Form):
    """The texts that no count can tell; what is left empty is not said."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(
            parent,
            tr("About this corpus"),
            tr(
                "Goes into the data card of every export. Numbers, agreement and splits are told by themselves."
            ),
            tr("Keep"),
        )
        self.setMinimumWidth(90 * GRID)
        self._session = session
        with session.reading() as reader:
            about = read_about(reader)
        rows = (
            ("title", tr("Title"), session.name),
            ("description", tr("Description"), tr("What it is, in a few sentences")),
            ("creators", tr("Made by"), tr("Names, separated by semicolons")),
            ("licence", tr("Licence"), "CC-BY-4.0"),
            ("citation", tr("Citation"), tr("Whom and what to cite")),
            ("language", tr("Languages"), "en, it"),
            ("version", tr("Version"), "1.0.0"),
            ("published", tr("Published"), "2026-05-01"),
            ("url", tr("Address"), "https://"),
            ("collection", tr("Origin of the sound"), tr("How it was come by, and with whose consent")),
            ("limits", tr("Known limits"), tr("What the data cannot show")),
        )
        self.texts: dict[str, QLineEdit | QPlainTextEdit] = {}
        for name, title, example in rows:
            field = QPlainTextEdit() if name in _LONG else QLineEdit()
            if isinstance(field, QPlainTextEdit):
                field.setPlainText(getattr(about, name))
                field.setStyleSheet(f"min-height: {6 * GRID}px; max-height: {6 * GRID}px;")
                field.setTabChangesFocus(True)
            else:
                field.setText(getattr(about, name))
            field.setPlaceholderText(example)
            field.setAccessibleName(title)
            self.fields.addRow(title, field)
            self.texts[name] = field
        self.texts["title"].setFocus()

    def work(self) -> None:
        """Stores what has changed, as one step that can be undone."""
        told = {
            name: field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
            for name, field in self.texts.items()
        }
        describe_corpus(self._session, **told)


def describe(parent: QWidget, context: Context) -> None:
    """Asks what the corpus is."""
    if context.session is not None:
        dialog = DescribeCorpus(parent, context.session)
        dialog.exec()
        dialog.deleteLater()
