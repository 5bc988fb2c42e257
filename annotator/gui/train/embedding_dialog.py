"""Naming a feature set that is not on the list: a network in a file, or an installed package."""

from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.package_files import Package, parse, require_there
from annotator.gui.dialogs.form import Form, PathField


class EmbeddingDialog(Form):
    """A network or a package; `name` is the feature set once it was accepted. What it names is run by training only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent,
            tr("Another feature set"),
            tr(
                "What a network makes of each segment: one in an ONNX file, or in a Python package that is installed "
                "beside this program and has the interface of HEAR. Training runs the package's code on this computer: "
                "name only what you trust. Nothing is fetched from a network."
            ),
            tr("Add"),
        )
        self.name = ""
        self.network = PathField(tr("Network"), folder=False, files="ONNX (*.onnx)")
        self.package = QLineEdit()
        self.package.setAccessibleName(tr("Package"))
        self.package.setPlaceholderText("hearbaseline.torchcrepe, transformers")
        self.weights = QLineEdit()
        self.weights.setAccessibleName(tr("Weights of the package"))
        self.weights.setPlaceholderText(tr("its own; or the path of a file or folder"))
        self.fields.addRow(tr("Network (ONNX file)"), self.network)
        self.fields.addRow(tr("or package"), self.package)
        self.fields.addRow(tr("Weights of the package"), self.weights)

    def work(self) -> None:
        package, weights = self.package.text().strip(), self.weights.text().strip()
        if bool(package) == bool(self.network.edit.text().strip()):
            raise AnnotatorError(tr("Name either a network or a package."))
        if not package:
            self.name = self._network_name()
            return
        named = parse(str(Package(package, weights)))
        if named is None:
            raise AnnotatorError(tr('"{name}" is no name of a package.', name=package))
        require_there(named)
        self.name = f"embedding:{named}"

    def _network_name(self) -> str:
        path = self.network.path().absolute()
        if not path.is_file() or path.suffix.lower() != ".onnx":
            raise AnnotatorError(
                tr("There is no network file {path}.", path=path), tr("Choose an ONNX file.")
            )
        return f"embedding:{path}"
