"""Who rates, and with which instruments."""

from PySide6.QtWidgets import QComboBox, QWidget

from annotator.app.rate import add_rater
from annotator.app.schemes import add_scheme as put_scheme
from annotator.domain.scheme import builtin_schemes
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form, PathField


class _AddScheme(Form):
    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(
            parent,
            tr("Add a rating scheme"),
            tr("Choose an instrument that ships with the program, or give a TOML file of your own."),
            tr("Add scheme"),
        )
        self._context = context
        self._known = QComboBox()
        self._known.setAccessibleName(tr("Instrument"))
        for scheme in builtin_schemes().values():
            self._known.addItem(f"{scheme.title} ({scheme.name})", scheme.name)
        self._file = PathField(tr("Scheme file"), folder=False, files="TOML (*.toml)")
        self._file.edit.setPlaceholderText(tr("counts before the choice above"))
        self.fields.addRow(tr("Instrument"), self._known)
        self.fields.addRow(tr("Or a file"), self._file)

    def work(self) -> None:
        if self._context.session is not None:
            typed = self._file.edit.text().strip()
            put_scheme(self._context.session, typed or self._known.currentData())


def add_scheme(parent: QWidget, context: Context) -> None:
    """Asks for an instrument and adds it to the corpus."""
    _AddScheme(parent, context).exec()


class _SwitchRater(Form):
    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(
            parent,
            tr("Who is rating?"),
            tr(
                "Choose a name from the list, or type a new one; a pseudonym will do. Nobody sees another's answers."
            ),
            tr("Go on as this person"),
        )
        self._context = context
        self._name = QComboBox()
        self._name.setEditable(True)
        self._name.setAccessibleName(tr("Name"))
        if context.session is not None:
            with context.session.reading() as reader:
                self._name.addItems([rater.name for rater in reader.raters() if rater.kind == "human"])
        self._name.setCurrentText(context.rater.name if context.rater else "")
        self._name.lineEdit().selectAll()
        self.fields.addRow(tr("Name"), self._name)
        self._name.setFocus()

    def work(self) -> None:
        if self._context.session is not None:
            self._context.choose_rater(add_rater(self._context.session, self._name.currentText()))


def switch_rater(parent: QWidget, context: Context) -> None:
    """Asks who is rating from here on; a new name becomes a rater."""
    _SwitchRater(parent, context).exec()
