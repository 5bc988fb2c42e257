"""Who rates, and with which instruments."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox, QWidget

from annotator.app.people import AGES, set_profile
from annotator.app.rate import add_rater
from annotator.app.schemes import add_scheme as put_scheme
from annotator.domain.corpus import Rater
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
        self._raters: dict[str, Rater] = {}
        if context.session is not None:
            with context.session.reading() as reader:
                self._raters = {rater.name: rater for rater in reader.raters() if rater.kind == "human"}
        self._name.addItems(list(self._raters))
        self._name.setCurrentText(context.rater.name if context.rater else "")
        self._name.lineEdit().selectAll()
        self._age = QSpinBox()
        self._age.setAccessibleName(tr("Age"))
        self._age.setRange(AGES[0] - 1, AGES[1])
        self._age.setSpecialValueText(tr("not said"))
        self._gender, self._languages = QLineEdit(), QLineEdit()
        self._gender.setAccessibleName(tr("Gender"))
        self._gender.setPlaceholderText(tr("not said"))
        self._languages.setAccessibleName(tr("Languages"))
        self._languages.setPlaceholderText(tr("the first one first, with commas between"))
        about = QLabel(
            tr("What follows is up to you. It leaves the corpus as numbers only, never with a name.")
        )
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        self.fields.addRow(tr("Name"), self._name)
        self.fields.addRow(about)
        self.fields.addRow(tr("Age"), self._age)
        self.fields.addRow(tr("Gender"), self._gender)
        self.fields.addRow(tr("Languages"), self._languages)
        self._name.currentTextChanged.connect(self._show_profile)
        self._show_profile(self._name.currentText())
        self._name.setFocus()

    @Slot(str)
    def _show_profile(self, name: str) -> None:
        """Shows what that person told before; of a new one nothing is known."""
        rater = self._raters.get(name.strip())
        profile = rater.profile if rater is not None else {}
        self._age.setValue(profile.get("age", self._age.minimum()))
        self._gender.setText(profile.get("gender", ""))
        self._languages.setText(", ".join(profile.get("languages", ())))

    def work(self) -> None:
        session = self._context.session
        if session is None:
            return
        name = self._name.currentText()
        if session.writable:
            age = self._age.value()
            rater = set_profile(
                session,
                name,
                age=None if age < AGES[0] else age,
                gender=self._gender.text(),
                languages=self._languages.text().split(","),
                clear=True,
            )
        else:
            rater = add_rater(session, name)
        self._context.choose_rater(rater)


def switch_rater(parent: QWidget, context: Context) -> None:
    """Asks who is rating from here on; a new name becomes a rater."""
    _SwitchRater(parent, context).exec()
