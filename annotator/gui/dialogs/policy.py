"""What the lead lets annotators see."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from annotator.app.policy import Policy, policy_of, set_policy
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.dialogs.form import Form

_LONGEST = 240  # minutes


class _EditPolicy(Form):
    def __init__(self, parent: QWidget, context: Context) -> None:
        super().__init__(
            parent,
            tr("What annotators may see"),
            tr(
                "For the lead. Text, pictures of the sound and the answers of others bias ratings: they stay out of"
                " sight unless you say otherwise here. Work packages carry these switches."
            ),
            tr("Keep"),
        )
        self._context = context
        held = Policy() if context.session is None else policy_of(context.session, unreadable=Policy())
        self._text = QCheckBox(tr("What is said"))
        self._spectrogram = QCheckBox(tr("The spectrogram of the segment"))
        self._text.setChecked(held.text)
        self._spectrogram.setChecked(held.spectrogram)
        self._pause = QSpinBox()
        self._pause.setAccessibleName(tr("Propose a pause"))
        self._pause.setRange(0, max(_LONGEST, held.pause))
        self._pause.setSpecialValueText(tr("never"))
        self._pause.setSuffix(tr(" minutes"))
        self._pause.setValue(held.pause)
        self._when = QComboBox()
        self._when.setAccessibleName(tr("The answers of others"))
        for value, text in (
            ("after", tr("Once one's own task is done")),
            ("open", tr("Always: adjudication is open")),
            ("closed", tr("Never: adjudication is closed")),
        ):
            self._when.addItem(text, value)
        self._when.setCurrentIndex(self._when.findData(held.adjudication))
        self.fields.addRow(tr("While rating, show"), self._text)
        self.fields.addRow("", self._spectrogram)
        self.fields.addRow(tr("Propose a pause after"), self._pause)
        self.fields.addRow(tr("Show the answers of others"), self._when)

    def work(self) -> None:
        if self._context.session is not None:
            set_policy(
                self._context.session,
                text=self._text.isChecked(),
                spectrogram=self._spectrogram.isChecked(),
                pause=self._pause.value(),
                adjudication=self._when.currentData(),
            )


def edit_policy(parent: QWidget, context: Context) -> None:
    """Shows the lead's switches and keeps what is changed."""
    _EditPolicy(parent, context).exec()
