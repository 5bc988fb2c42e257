"""The form: what to learn, from what, by what model, judged on which split."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QToolTip,
    QWidget,
)

from annotator.app.embeddings import asked_for
from annotator.app.feature_sets import offered_features
from annotator.app.targets import Target
from annotator.app.train import TrainingChoices
from annotator.domain.corpus import Split
from annotator.domain.translation import tr, tr_n
from annotator.features.sets import FEATURE_SETS
from annotator.gui.icons import set_icon
from annotator.gui.theme import GRID, set_property
from annotator.gui.train.embedding_dialog import EmbeddingDialog
from annotator.gui.train.more_options import MoreOptions
from annotator.gui.train.runs import Request, learns_numbers, short_title
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.elided_combo import ElidedCombo
from annotator.learning.models import MODELS

#: What is offered first: quick, and hard to beat with few segments.
_FIRST_MODEL = {False: "logistic-regression", True: "ridge"}


class TrainForm(Card):
    """Choices of one training; `submitted` follows the button. Enter in a field does not train by accident.

    `embedding_named` tells the name of a network or package that a person has added to the feature sets.
    """

    submitted = Signal()
    changed = Signal()
    embedding_named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Train a baseline"), parent=parent)
        self._busy = False
        self._targets: tuple[Target, ...] = ()
        self._splits: tuple[Split, ...] = ()
        self.target = _Choice(tr("Learn"), tr("The rating item that the model is to predict."))
        self.features = _Choice(tr("Features"), tr("How the sound of a segment becomes numbers."))
        self.model = _Choice(tr("Model"), tr("What learns. Models that do not fit the item are not offered."))
        self.split = _Choice(tr("Split"), tr("Which segments are trained on and which are tested."))
        self.seed = QSpinBox()
        self.seed.setRange(0, 999_999)
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setToolTip(tr("The same seed gives the same result again."))
        self.weights = _Choice(
            tr("Classes"), tr("Whether rare classes weigh more, or every segment counts alike.")
        )
        self.weights.add(tr("Balanced"), "balanced")
        self.weights.add(tr("As they are"), "none")
        self.search = _box(
            tr("Search settings"),
            tr("Chooses settings within each training side, by groups. Takes many times longer."),
        )
        self.curve = _box(
            tr("Learning curve"), tr("Trains on growing shares as well: are more labels worth it?")
        )
        self.importance = _box(
            tr("Feature families"), tr("Tells which kinds of features the model leans on.")
        )
        self.skip = _box(
            tr("Leave out missing sound"), tr("Trains without the segments whose audio file is not there.")
        )
        for name, title in offered_features():
            self.features.add(short_title(title), name, title)
        self.other_features = QToolButton()
        self.other_features.setText("+")
        self.other_features.setAccessibleName(tr("Another feature set"))
        self.other_features.setToolTip(tr("A network in a file, or an installed package"))
        self.other_features.clicked.connect(self._name_embedding)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setProperty("role", "caption")
        self.button = QPushButton(tr("Train"))
        self.button.setProperty("kind", "primary")
        self.button.setToolTip(tr("Train (Ctrl+Return)"))
        set_icon(self.button, "train", "on_accent")
        fields = QGridLayout()
        fields.setHorizontalSpacing(GRID + GRID // 2)
        fields.setVerticalSpacing(GRID - 2)
        fields.setColumnStretch(1, 1)
        for row, field in enumerate(
            (self.target, self.features, self.model, self.split, self.weights, self.seed)
        ):
            label = QLabel(field.accessibleName())
            label.setProperty("role", "muted")
            label.setBuddy(field)
            fields.addWidget(label, row, 0)
            if field is self.features:
                line = QHBoxLayout()
                line.addWidget(field, 1)
                line.addWidget(self.other_features)
                fields.addLayout(line, row, 1)
            else:
                fields.addWidget(field, row, 1)
        self.body.addLayout(fields)
        for box in (self.search, self.curve, self.importance, self.skip):
            self.body.addWidget(box)
        self.more = MoreOptions()
        self.body.addWidget(self.more)
        self.body.addWidget(self._note)
        self.body.addWidget(self.button)
        self.target.currentIndexChanged.connect(self._offer_models)
        self.split.currentIndexChanged.connect(self._review)
        self.model.currentIndexChanged.connect(self._review)
        self.more.changed.connect(self._review)
        self.button.clicked.connect(self._submit)

    def show_choices(self, choices: TrainingChoices) -> None:
        """Offers what the corpus has now, and keeps what was chosen where that is still there."""
        target, split = self._chosen_target(), self._chosen_split()
        self._targets, self._splits = choices.targets, tuple(reversed(choices.splits))
        keys = [_key(candidate) for candidate in self._targets]
        names = [candidate.item.title or candidate.item.name for candidate in self._targets]
        for combo in (self.target, self.split):
            combo.blockSignals(True)
            combo.clear()
        for candidate, name in zip(self._targets, names, strict=True):
            doubled = names.count(name) > 1
            scheme = candidate.scheme.title or candidate.scheme.name
            self.target.add(f"{name} ({scheme})" if doubled else name)
        for frozen in self._splits:
            self.split.add(split_text(frozen))
        if split is not None:
            ids = [frozen.id for frozen in self._splits]
            self.split.setCurrentIndex(ids.index(split.id) if split.id in ids else 0)
        wanted = _key(target) if target is not None else self._stratified_on(keys)
        self.target.setCurrentIndex(keys.index(wanted) if wanted in keys else 0)
        for combo in (self.target, self.split):
            combo.blockSignals(False)
        self._offer_models()

    def _stratified_on(self, keys: list[str]) -> str:
        """The item that the newest split was balanced by: most likely what is to be learned from it."""
        asked = str(self._splits[0].options.get("stratify") or "") if self._splits else ""
        return next((key for key in keys if asked in (key, key.rpartition(":")[2])), "")

    def show_request(self, request: Request) -> None:
        """Chooses what an earlier training was asked, as far as it is still there."""
        keys = [_key(candidate) for candidate in self._targets]
        ids = [frozen.id for frozen in self._splits]
        if _key(request.target) in keys:
            self.target.setCurrentIndex(keys.index(_key(request.target)))
        if request.split.id in ids:
            self.split.setCurrentIndex(ids.index(request.split.id))
        features = self.more.show_request(
            request.features, request.augment, request.slice_seconds, request.start
        )
        if self.features.findData(features) < 0 and asked_for(features) and features in FEATURE_SETS:
            self.features.add(features, features)
        for combo, name in ((self.features, features), (self.model, request.model)):
            combo.setCurrentIndex(max(0, combo.findData(name)))
        self.seed.setValue(request.seed)
        self.weights.setCurrentIndex(max(0, self.weights.findData(request.class_weight)))
        self.search.setChecked(request.search)
        self.curve.setChecked(request.curve)
        self.importance.setChecked(request.importance)
        self.skip.setChecked(request.skip_missing)

    def set_busy(self, busy: bool) -> None:
        """Shows that a training goes on; there is one at a time."""
        self._busy = busy
        self.button.setText(tr("Training...") if busy else tr("Train"))
        self._review()

    @property
    def ready(self) -> bool:
        """Whether the button may be pressed."""
        return self.button.isEnabled()

    def request(self) -> Request | None:
        """What is asked for now; `None` where something is missing."""
        target, split = self._chosen_target(), self._chosen_split()
        if target is None or split is None or not self.model.count() or not self.features.count():
            return None
        return Request(
            target,
            self.more.features(self.features.currentData()),
            self.model.currentData(),
            split,
            self.seed.value(),
            class_weight=self.weights.currentData(),
            search=self.search.isChecked(),
            curve=self.curve.isChecked(),
            importance=self.importance.isChecked(),
            skip_missing=self.skip.isChecked(),
            augment=self.more.changes,
            slice_seconds=self.more.slice.value(),
            start=self.more.start_file,
        )

    def _chosen_target(self) -> Target | None:
        row = self.target.currentIndex()
        return self._targets[row] if 0 <= row < len(self._targets) else None

    def _chosen_split(self) -> Split | None:
        row = self.split.currentIndex()
        return self._splits[row] if 0 <= row < len(self._splits) else None

    @Slot()
    def _offer_models(self) -> None:
        """Offers the models that can learn the chosen item."""
        target = self._chosen_target()
        if target is not None:
            numeric = learns_numbers(target)
            task = "regression" if numeric else "classification"
            self.weights.setEnabled(not numeric)
            fitting = [(name, model) for name, model in MODELS.items() if model.task in (task, "both")]
            names = [name for name, _ in fitting]
            before = self.model.currentData()
            first = _FIRST_MODEL[numeric]
            if names != [self.model.itemData(row) for row in range(self.model.count())]:
                self.model.clear()
                for name, model in fitting:
                    self.model.add(short_title(model.title), name, model.title)
                self.model.setCurrentIndex(names.index(before if before in names else first))
        self._review()

    @Slot()
    def _review(self) -> None:
        """Says how many segments the choice comes down to, or what is in the way."""
        name = self.model.currentData()
        self.more.offer_start(name is not None and MODELS[name].network)
        request, problem = self.request(), self.more.problem
        n_settled = 0
        if request is not None:
            n_members = len(request.split.parts)
            values = request.target.values
            n_settled = sum(values.get(segment) is not None for segment in request.split.parts)
            self._note.setText(
                tr_n(
                    "{settled} of {n} segment of the split has a settled value ({origin}).",
                    "{settled} of {n} segments of the split have a settled value ({origin}).",
                    n_members,
                    settled=n_settled,
                    origin=origin_text(request.target.origin),
                )
            )
            if problem:
                self._note.setText(problem)
            set_property(self._note, "role", "caption" if n_settled and not problem else "warning")
        self.button.setEnabled(n_settled > 0 and not problem and not self._busy)
        self.changed.emit()

    @Slot()
    def _name_embedding(self) -> None:
        """Asks for a network or a package, and chooses it."""
        dialog = EmbeddingDialog(self)
        dialog.accepted.connect(self._add_embedding)
        dialog.open()

    @Slot()
    def _add_embedding(self) -> None:
        name = self.sender().name
        if self.features.findData(name) < 0:
            self.features.add(name, name)
        self.features.setCurrentIndex(self.features.findData(name))
        self.embedding_named.emit(name)

    @Slot()
    def _submit(self) -> None:
        self.submitted.emit()


def split_text(split: Split) -> str:
    """Name of a split with its kind."""
    n = len(split.part_names)
    if split.options.get("folds"):
        return tr_n("{name} ({n} fold)", "{name} ({n} folds)", n, name=split.name)
    return f"{split.name} ({', '.join(split.part_names)})"


def origin_text(origin: str) -> str:
    """Where settled values come from, for people."""
    known = {
        "single": tr("one rating each"), "majority": tr("majority"), "soft": tr("largest share"),
        "ratings": tr("all ratings"), "mean": tr("mean"), "median": tr("median"), "adjudicated": tr("settled by hand"),
    }  # fmt: skip
    return known.get(origin, origin)


def _key(target: Target) -> str:
    return f"{target.scheme.name}:{target.item.name}"


def _box(title: str, tip: str) -> QCheckBox:
    box = QCheckBox(title)
    box.setToolTip(tip)
    return box


class _Choice(ElidedCombo):
    """A drop-down list that tells a long title whole in its tip."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self.setAccessibleName(name)
        self.setAccessibleDescription(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def add(self, text: str, data: object = None, title: str = "") -> None:
        """Offers something; `title` is what the tip tells where that is more than the text."""
        self.addItem(text, data)
        self.setItemData(self.count() - 1, title or text, Qt.ItemDataRole.ToolTipRole)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            title = self.currentData(Qt.ItemDataRole.ToolTipRole)
            QToolTip.showText(event.globalPos(), f"{title}\n{self._tip}" if title else self._tip, self)
            return True
        return super().event(event)
