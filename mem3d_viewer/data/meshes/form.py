"""What a data set of meshes is made of: folder and categories, pose, views, output."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from core.data.meshes.examining import AXES, Orientation


class ImportForm(QWidget):
    """The form of the import dialog."""

    searched = Signal()
    """Another folder of meshes, or another table of categories."""
    posed = Signal()
    """Another pose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = PathEdit("Folder of meshes", self._choose_folder)
        self.csv = PathEdit("CSV file of categories", self._choose_csv)
        self.csv.edit.setPlaceholderText("optional: a category is a folder")
        self.csv.edit.setToolTip("A table with the columns file and category, if you like name and split as well")
        self.folder.edit.setToolTip("The folder of meshes; what lies in a folder of it is of that category")
        self.out = PathEdit("Folder of the data set", self._choose_out)
        self.out.edit.setToolTip("Where the data set is made; a build that was stopped goes on there")
        self.up, self.front = _axis_box("Axis that points up", "+y"), _axis_box("Axis that points to the front", "+x")
        self.fill = QDoubleSpinBox()
        self.fill.setRange(0.1, 1.0)
        self.fill.setSingleStep(0.05)
        self.fill.setValue(1.0)
        self.fill.setAccessibleName("Part of the grid that the longest side fills")
        self.fill.setToolTip("Part of the grid's side that the longest side fills; 1 as in R2N2")
        self.close_holes = QCheckBox("Fill bodies that are open on one side")
        self.close_holes.setChecked(True)
        self.close_holes.setToolTip("Such as a seat without a bottom: voxels that the surface surrounds are filled")
        self.views, self.seed = QSpinBox(), QSpinBox()
        self.views.setRange(1, 100)
        self.views.setValue(24)
        self.views.setAccessibleName("Renderings per object")
        self.views.setToolTip("Pictures of each object")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName("Seed of the cameras")
        self.seed.setToolTip("Another number gives other cameras, the same number the same ones")
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Meshes", self.folder), ("&Categories", self.csv), ("&Up", self.up), ("&Front", self.front),
            ("F&ill", self.fill), ("", self.close_holes), ("&Views", self.views), ("See&d", self.seed),
            ("&Output", self.out),
        )  # fmt: skip
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        height = max(widget.sizeHint().height() for _, widget in rows)
        for words, widget in rows:
            widget.setMinimumHeight(height)
            form.addRow(words, widget)
        for edit in (self.folder.edit, self.csv.edit):
            edit.editingFinished.connect(self.searched)
        for box in (self.up, self.front):
            box.currentTextChanged.connect(lambda _: self.posed.emit())
        self.fill.valueChanged.connect(lambda _: self.posed.emit())
        self.close_holes.toggled.connect(lambda _: self.posed.emit())

    @property
    def orientation(self) -> Orientation:
        """The pose that is set.

        Raises:
            ConfigError: if both axes lie on one line.
        """
        return Orientation(
            self.up.currentText(), self.front.currentText(), self.fill.value(), self.close_holes.isChecked()
        )

    def set_folder(self, folder: Path) -> None:
        """Take the meshes of ``folder``."""
        self.folder.edit.setText(str(folder))
        self.searched.emit()

    def set_csv(self, file: Path) -> None:
        """Take categories, names and splits from a CSV file."""
        self.csv.edit.setText(str(file))
        self.searched.emit()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of Meshes", self.folder.edit.text())
        if name:
            self.set_folder(Path(name))

    def _choose_csv(self) -> None:
        start = self.csv.edit.text() or self.folder.edit.text()
        name, _ = QFileDialog.getOpenFileName(self, "Categories", start, "CSV files (*.csv);;All files (*)")
        if name:
            self.set_csv(Path(name))

    def _choose_out(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of the Data Set", self.out.edit.text())
        if name:
            self.out.edit.setText(name)


class PathEdit(QWidget):
    """A line for a path and a button to choose one.

    Args:
        name: the accessible name.
        choose: asks for a path.
    """

    def __init__(self, name: str, choose: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setAcceptDrops(False)
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button = QToolButton()
        button.setText("…")
        button.setAccessibleName(f"Choose: {name}")
        button.setToolTip(f"Choose: {name}")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        button.clicked.connect(choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(button)
        self.setFocusProxy(self.edit)

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.edit.text().strip()


def _axis_box(name: str, axis: str) -> QComboBox:
    box = QComboBox()
    box.addItems(AXES)
    box.setCurrentText(axis)
    box.setAccessibleName(name)
    box.setToolTip(f"{name} in the mesh files")
    return box
