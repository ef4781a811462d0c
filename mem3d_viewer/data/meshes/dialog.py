"""The dialog that makes a data set of one's own meshes, with a live preview of mesh and grid."""

from collections.abc import Sequence
from pathlib import Path

import pyvista as pv
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.data.meshes.examining import MeshReport
from core.data.meshes.library import LibraryReport, MeshFile
from core.errors import ConfigError, DatasetError
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.data.meshes.controller import ImportController
from mem3d_viewer.data.meshes.form import ImportForm
from mem3d_viewer.data.meshes.table import MeshTable
from mem3d_viewer.scene.mesh_actors import mesh_actors
from mem3d_viewer.scene.voxel_mesh import block_surface
from mem3d_viewer.widgets.voxel_view import VoxelView


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
        self._searched = ("", "")
        self._released = False
        self.controller = ImportController(self)
        self.form = ImportForm()
        self.table = MeshTable()
        self.view = VoxelView(multi_samples)
        self.health = QLabel("Choose a folder of meshes: OBJ, OFF, PLY, STL, GLB or GLTF.")
        self.health.setWordWrap(True)
        self.health.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setAccessibleName("Report of the build")
        self.report.setAcceptDrops(False)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))  # it is a table
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.hide()
        self.bar = QProgressBar()
        self.bar.hide()
        self.state = QLabel()
        self.state.setProperty("kind", "muted")
        self.state.setWordWrap(True)
        self.build_button = QPushButton("&Build Data Set")
        self.stop_button = QPushButton("S&top")
        self.close_button = QPushButton("&Close")
        self.build_button.setToolTip("Make a data set of these meshes; what is there already is kept")
        self.stop_button.setToolTip("End the build; the next one goes on from there")
        self.close_button.setToolTip("Close this window")
        self._lay_out()
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        hint = QLabel(
            "The preview shows each mesh in R2N2's pose: y up, and the front of the object towards the red x axis. "
            "Every object is scaled so that its longest side fills the grid."
        )
        hint.setProperty("kind", "muted")
        hint.setWordWrap(True)
        left = QWidget()
        left_layout = QVBoxLayout(left)
        left_layout.addWidget(self.form)
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
        self.form.searched.connect(self._find)
        self.form.posed.connect(self._preview)
        self.table.currentCellChanged.connect(lambda *_: self._preview())
        self.build_button.clicked.connect(self._build)
        self.stop_button.clicked.connect(controller.stop_build)
        self.close_button.clicked.connect(self.close)
        controller.found.connect(self._list)
        controller.surveyed.connect(self.table.show_found)
        controller.examined.connect(self._show_preview)
        controller.progress.connect(self._show_progress)
        controller.built.connect(self._show_report)
        controller.failed.connect(self._errors.report)
        controller.state_changed.connect(self._show_state)

    # -- what the user does

    def set_folder(self, folder: Path) -> None:
        """List the meshes of ``folder``."""
        self.form.set_folder(folder)

    def _find(self) -> None:
        folder, csv_file = self.form.folder.text, self.form.csv.text
        if not folder or (folder, csv_file) == self._searched:
            return
        self._searched = (folder, csv_file)
        self.controller.end_survey()
        self._list([])
        self.health.setText(f"Looking for meshes in {folder}…")
        self.controller.find(Path(folder).expanduser(), Path(csv_file).expanduser() if csv_file else None)

    def _preview(self) -> None:
        try:
            orientation = self.form.orientation
        except ConfigError as error:
            self.state.setText(str(error))
            self.build_button.setEnabled(False)
            return
        self._show_state()
        if self.table.current is not None:
            self.controller.examine(self.table.current.path, orientation)

    def _build(self) -> None:
        form, out = self.form, self.form.out.text
        if not out:
            self._errors.report(DatasetError("no output folder: choose where the data set is to be made"))
            return
        self.report.hide()
        self.controller.end_survey()
        self.controller.build(
            self.table.files, Path(out).expanduser(), form.orientation, form.views.value(), form.seed.value()
        )

    # -- what is shown

    def _list(self, files: Sequence[MeshFile]) -> None:
        self.table.show_files(files)
        self._show_state()
        if files:
            meshes, categories = len(files), len({file.category for file in files})
            self.health.setText(
                f"{meshes:,} {'mesh' if meshes == 1 else 'meshes'} in "
                f"{categories:,} {'category' if categories == 1 else 'categories'}."
            )
            self.table.setCurrentCell(0, 0)
            self.controller.survey(files)

    def _show_preview(self, report: MeshReport | Exception) -> None:
        if isinstance(report, Exception):
            self.view.scene.show_actors("reconstruction", ())
            self.view.show_beside(None)
            self.view.redraw()
            self.health.setText(str(report))
            return
        if self._released or self.table.current is None or self.table.current.path != report.path:
            return
        self.view.show_reconstruction(pv.PolyData(), f"<b>Mesh</b> · {report.path.name}")
        self.view.scene.show_actors("reconstruction", mesh_actors(report.mesh, self.form.fill.value()))
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
        self.build_button.setEnabled(bool(self.table.files) and not building)
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
