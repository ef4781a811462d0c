"""The dialog that makes a data set of one's own meshes, with a live preview of mesh and grid."""

from collections.abc import Callable
from pathlib import Path

import pyvista as pv
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.meshes.examining import AXES, MeshReport, Orientation
from core.data.meshes.library import LibraryReport, MeshFile
from core.errors import ConfigError, DatasetError, Mem3DError
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.data.meshes.controller import ImportController
from mem3d_viewer.scene.mesh_actors import mesh_actors
from mem3d_viewer.scene.voxel_mesh import block_surface
from mem3d_viewer.widgets.voxel_view import VoxelView

_COLUMNS = ("Category", "Name", "Triangles", "Parts", "Watertight", "Grid", "Notes")


class ImportDialog(QDialog):
    """Folder, pose and output on the left; the meshes and a preview of the chosen one on the right.

    Args:
        errors: takes what fails.
        multi_samples: samples a pixel of the 3D view.
        parent: the window.
    """

    built = Signal(object)
    """Folder of a data set that was built."""

    def __init__(self, errors: ErrorReporter, multi_samples: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import Meshes")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAcceptDrops(False)
        self.resize(1180, 740)
        self._errors = errors
        self._files: list[MeshFile] = []
        self._searched = ("", "")
        self._released = False
        self.controller = ImportController(self)
        self.folder = _Path("Folder of meshes", self._choose_folder)
        self.csv = _Path("CSV file of categories", self._choose_csv)
        self.csv.edit.setPlaceholderText("optional: a category is a folder")
        self.out = _Path("Folder of the data set", self._choose_out)
        self.up, self.front = _axis_box("Axis that points up", "+y"), _axis_box("Axis that points to the front", "+x")
        self.fill = QDoubleSpinBox()
        self.fill.setRange(0.1, 1.0)
        self.fill.setSingleStep(0.05)
        self.fill.setValue(1.0)
        self.fill.setAccessibleName("Part of the grid that the longest side fills")
        self.fill.setToolTip("Part of the grid's side that the longest side fills; 1 as in R2N2")
        self.close_holes = QCheckBox("Fill bodies that are open on one side")
        self.close_holes.setChecked(True)
        self.views, self.seed = QSpinBox(), QSpinBox()
        self.views.setRange(1, 100)
        self.views.setValue(24)
        self.views.setAccessibleName("Renderings per object")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setAccessibleName("Seed of the cameras")
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setAccessibleName("Meshes")
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setAcceptDrops(False)
        self.table.viewport().setAcceptDrops(False)
        self.view = VoxelView(multi_samples)
        self.health = QLabel("Choose a folder of meshes: OBJ, OFF, PLY, STL, GLB or GLTF.")
        self.health.setWordWrap(True)
        self.health.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setAccessibleName("Report of the build")
        self.report.setAcceptDrops(False)
        self.report.hide()
        self.bar = QProgressBar()
        self.bar.hide()
        self.state = QLabel()
        self.state.setProperty("kind", "muted")
        self.state.setWordWrap(True)
        self.build_button = QPushButton("&Build Data Set")
        self.stop_button = QPushButton("S&top")
        self.close_button = QPushButton("&Close")
        self._lay_out()
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Meshes", self.folder), ("&Categories", self.csv), ("&Up", self.up), ("&Front", self.front),
            ("F&ill", self.fill), ("", self.close_holes), ("&Views", self.views), ("See&d", self.seed),
            ("&Output", self.out),
        )  # fmt: skip
        for words, widget in rows:
            form.addRow(words, widget)
        hint = QLabel(
            "The preview shows each mesh in R2N2's pose: y up, and the front of the object towards the red x axis. "
            "Every object is scaled so that its longest side fills the grid."
        )
        hint.setProperty("kind", "muted")
        hint.setWordWrap(True)
        left = QWidget()
        left_layout = QVBoxLayout(left)
        left_layout.addLayout(form)
        left_layout.addWidget(hint)
        left_layout.addWidget(self.report, 1)
        left_layout.addStretch()
        left_layout.addWidget(self.state)
        left_layout.addWidget(self.bar)
        buttons = QHBoxLayout()
        for button in (self.build_button, self.stop_button, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        left_layout.addLayout(buttons)
        right = QSplitter(Qt.Orientation.Vertical)
        below = QWidget()
        below_layout = QVBoxLayout(below)
        below_layout.setContentsMargins(0, 0, 0, 0)
        below_layout.addWidget(self.view, 1)
        below_layout.addWidget(self.health)
        right.addWidget(self.table)
        right.addWidget(below)
        right.setStretchFactor(1, 1)
        right.setSizes([230, 480])
        right.setChildrenCollapsible(False)
        splitter = QSplitter()
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([370, 810])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        controller = self.controller
        self.folder.edit.editingFinished.connect(self._find)
        self.csv.edit.editingFinished.connect(self._find)
        self.table.currentCellChanged.connect(lambda *_: self._preview())
        for box in (self.up, self.front):
            box.currentTextChanged.connect(lambda _: self._preview())
        self.fill.valueChanged.connect(lambda _: self._preview())
        self.close_holes.toggled.connect(lambda _: self._preview())
        self.build_button.clicked.connect(self._build)
        self.stop_button.clicked.connect(controller.stop_build)
        self.close_button.clicked.connect(self.close)
        controller.found.connect(self._list)
        controller.surveyed.connect(self._show_survey)
        controller.examined.connect(self._show_preview)
        controller.progress.connect(self._show_progress)
        controller.built.connect(self._show_report)
        controller.failed.connect(self._errors.report)
        controller.state_changed.connect(self._show_state)

    # -- what the user does

    def set_folder(self, folder: Path) -> None:
        """List the meshes of ``folder``."""
        self.folder.edit.setText(str(folder))
        self._find()

    def set_csv(self, file: Path) -> None:
        """Take categories, names and splits from a CSV file."""
        self.csv.edit.setText(str(file))
        self._find()

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

    def _find(self) -> None:
        folder, csv_file = self.folder.edit.text().strip(), self.csv.edit.text().strip()
        if not folder or (folder, csv_file) == self._searched:
            return
        self._searched = (folder, csv_file)
        self.controller.end_survey()
        self._list([])
        self.health.setText(f"Looking for meshes in {folder}…")
        self.controller.find(Path(folder).expanduser(), Path(csv_file).expanduser() if csv_file else None)

    def orientation(self) -> Orientation:
        """The pose that is set.

        Raises:
            ConfigError: if both axes lie on one line.
        """
        return Orientation(
            self.up.currentText(), self.front.currentText(), self.fill.value(), self.close_holes.isChecked()
        )

    def _preview(self) -> None:
        row = self.table.currentRow()
        try:
            orientation = self.orientation()
        except ConfigError as error:
            self.state.setText(str(error))
            self.build_button.setEnabled(False)
            return
        self._show_state()
        if 0 <= row < len(self._files):
            self.controller.examine(self._files[row].path, orientation)

    def _build(self) -> None:
        out = self.out.edit.text().strip()
        if not out:
            self._errors.report(DatasetError("no output folder: choose where the data set is to be made"))
            return
        self.report.hide()
        self.controller.end_survey()
        self.controller.build(
            self._files, Path(out).expanduser(), self.orientation(), self.views.value(), self.seed.value()
        )

    # -- what is shown

    def _list(self, files: list[MeshFile]) -> None:
        self._files = files
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(files))
            for row, file in enumerate(files):
                for column, words in enumerate((file.category, file.name)):
                    self.table.setItem(row, column, QTableWidgetItem(words))
                self.table.item(row, 1).setToolTip(str(file.path))
            self.table.setCurrentCell(-1, -1)
        self._show_state()
        if files:
            categories = len({file.category for file in files})
            self.health.setText(f"{len(files)} meshes in {categories} categories.")
            self.table.setCurrentCell(0, 0)
            self.controller.survey(files)

    def _show_survey(self, row: int, found: MeshReport | Mem3DError) -> None:
        if isinstance(found, Mem3DError):
            cells = ["", "", "", "", str(found)]
        else:
            grid = f"{100 * found.occupied:.1f} %" + ("" if found.solid else ", hollow")
            words = "yes" if found.watertight else "no"
            cells = [f"{found.triangles:,}", str(found.parts), words, grid, "; ".join(found.notes)]
        for column, text in enumerate(cells, start=2):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            self.table.setItem(row, column, item)

    def _show_preview(self, report: MeshReport | Exception) -> None:
        row = self.table.currentRow()
        if isinstance(report, Exception):
            self.view.scene.show_actors("reconstruction", ())
            self.view.show_beside(None)
            self.view.redraw()
            self.health.setText(str(report))
            return
        if self._released or not 0 <= row < len(self._files) or self._files[row].path != report.path:
            return
        self.view.show_reconstruction(pv.PolyData(), f"<b>Mesh</b> · {report.path.name}")
        self.view.scene.show_actors("reconstruction", mesh_actors(report.mesh, self.fill.value()))
        grid = block_surface(report.grid.astype("float32"), 0.5)
        self.view.show_beside(grid, f"<b>Grid</b> · {int(report.grid.sum()):,} voxels", "truth")
        self.view.redraw()
        self.health.setText(str(report))

    def _show_progress(self, done: int, total: int, what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if not self.controller.stopping:
            self.state.setText(f"{done} of {total}: {what}")

    def _show_report(self, report: LibraryReport) -> None:
        self.report.setPlainText(str(report))
        self.report.show()
        if report.objects:
            self.built.emit(report.out)

    def _show_state(self) -> None:
        building = self.controller.building
        self.bar.setVisible(building)
        self.build_button.setEnabled(bool(self._files) and not building)
        self.stop_button.setEnabled(building and not self.controller.stopping)
        if building and self.controller.stopping:
            self.state.setText("Stopping after the objects in hand…")
        elif not building:
            self.state.setText("")

    # -- what the window asks

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self.view.scene.set_colours(theme.scene)
        self.view.redraw()

    def may_close(self) -> bool:
        """Ask before a build is ended."""
        if not self.controller.building:
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            "Import Meshes",
            "A data set is being built. What is done stays, and the next build goes on from there.\n\nStop it?",
            button.Yes | button.No,
        )
        return answer == button.Yes

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the dialog leaves a build going: the page shows the data set once it is there."""
        self.controller.end_survey()
        super().closeEvent(event)

    def release(self) -> None:
        """End threads and give graphics back."""
        self._released = True
        self.close()
        self.controller.stop()
        self.view.release()


class _Path(QWidget):
    """A line for a path and a button to choose one."""

    def __init__(self, name: str, choose: Callable[[], None]) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setAcceptDrops(False)
        button = QToolButton()
        button.setText("…")
        button.setAccessibleName(f"Choose: {name}")
        button.setToolTip(f"Choose: {name}")
        button.clicked.connect(choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(button)
        self.setFocusProxy(self.edit)


def _axis_box(name: str, axis: str) -> QComboBox:
    box = QComboBox()
    box.addItems(AXES)
    box.setCurrentText(axis)
    box.setAccessibleName(name)
    box.setToolTip(f"{name} in the mesh files")
    return box
