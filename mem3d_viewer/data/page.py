"""The page that shows what is in a data set: categories, objects, their views and their grids."""

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.checking import CheckReport
from core.data.dataset import SPLITS, ShapeDataset
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.base.settings import RECENT_LIMIT, Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.data.check_dialog import CheckDialog
from mem3d_viewer.data.controller import DataController
from mem3d_viewer.data.meshes.dialog import ImportDialog
from mem3d_viewer.data.object_grid import ObjectGrid
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail
from mem3d_viewer.widgets.dataset_choice import DatasetChoice

_ALL = "all"
_THUMBNAIL = 150


class DataPage(QWidget):
    """Browse a data set, check it, and make one of your own meshes.

    Args:
        settings: what was remembered.
        errors: takes what fails.
        actions: the commands ``check_data`` and ``import_meshes``.
        multi_samples: samples a pixel of the import dialog's 3D view.
    """

    open_sample = Signal(object, int, int)
    """A rendering to reconstruct: data set, object, view."""

    def __init__(self, settings: Settings, errors: ErrorReporter, actions: Actions, multi_samples: int) -> None:
        super().__init__()
        self._settings, self._errors, self._actions = settings, errors, actions
        self._multi_samples = multi_samples
        self._theme: Theme | None = None
        self._dataset: ShapeDataset | None = None
        self._grid: NDArray[np.bool_] | None = None
        self.controller = DataController(self)
        self.import_dialog: ImportDialog | None = None
        self.choice = DatasetChoice()
        self.choice.set_recent(settings.texts("recent_datasets"))
        self.open_button = QPushButton("&Open")
        self.open_button.setToolTip("Open the data set and show its objects")
        self.cancel_button = QPushButton("Ca&ncel")
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(220)
        self.bar.setTextVisible(False)
        self.words = QLabel()
        self.words.setProperty("kind", "muted")
        self.categories = QListWidget()
        self.categories.setAccessibleName("Categories")
        self.categories.setMinimumWidth(150)
        self.categories.setSpacing(2)
        self.split = QComboBox()
        self.split.setAccessibleName("Split")
        self.split.addItems([_ALL, *SPLITS])
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an object")
        self.search.setAccessibleName("Find an object")
        self.search.setClearButtonEnabled(True)
        self.objects = ObjectGrid("Objects")
        self.about = QLabel("Choose an object to see its views and its voxel grid.")
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.shape = QLabel()
        self.shape.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shape.setAccessibleName("Voxel grid")
        self.views = ObjectGrid("Views", 64)
        self.reconstruct = QPushButton("&Reconstruct This View")
        self.reconstruct.setToolTip("Reconstruct the chosen view, with the ground truth beside it")
        self.reconstruct.setEnabled(False)
        self._lay_out()
        self._connect()
        self._show_progress(0, 0, "")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 10, 12, 4)
        label = QLabel("&Data set")
        label.setBuddy(self.choice)
        top.addWidget(label)
        top.addWidget(self.choice, 1)
        top.addWidget(self.open_button)
        for name in ("check_data", "import_meshes"):
            button = QToolButton()
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            top.addWidget(button)
        state = QHBoxLayout()
        state.setContentsMargins(12, 0, 12, 6)
        state.addWidget(self.words, 1)
        state.addWidget(self.bar)
        state.addWidget(self.cancel_button)

        filters = QHBoxLayout()
        filters.addWidget(self.search, 1)
        split_label = QLabel("Spl&it")
        split_label.setBuddy(self.split)
        filters.addWidget(split_label)
        filters.addWidget(self.split)
        middle = QWidget()
        middle_layout = QVBoxLayout(middle)
        middle_layout.setContentsMargins(8, 0, 8, 8)
        middle_layout.addLayout(filters)
        middle_layout.addWidget(self.objects, 1)
        side = QWidget()
        side_layout = QVBoxLayout(side)
        side_layout.setContentsMargins(8, 0, 12, 8)
        side_layout.addWidget(self.about)
        side_layout.addWidget(self.shape)
        side_layout.addWidget(self.views, 1)
        side_layout.addWidget(self.reconstruct)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        for widget, stretch in ((self.categories, 0), (middle, 1), (side, 0)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([190, 680, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(state)
        layout.addWidget(splitter, 1)

    def _connect(self) -> None:
        controller = self.controller
        self._actions.connect({"check_data": self.check})
        self.open_button.clicked.connect(self.open)
        self.choice.accepted.connect(self.open)
        self.cancel_button.clicked.connect(controller.cancel)
        self.categories.currentItemChanged.connect(lambda *_: self._filter())
        self.split.currentTextChanged.connect(lambda _: self._filter())
        self.search.textChanged.connect(lambda _: self._filter())
        self.objects.wanted.connect(controller.want_picture)
        self.objects.selected.connect(self._choose)
        self.objects.activated.connect(lambda index: self._reconstruct(index, 0))
        self.views.activated.connect(lambda view: self._reconstruct(self.objects.current, view))
        self.views.selected.connect(lambda view: self.reconstruct.setEnabled(view is not None))
        self.reconstruct.clicked.connect(lambda: self._reconstruct(self.objects.current, self.views.current))
        controller.opened.connect(self._show)
        controller.recognised.connect(
            lambda folder, kind: self._open_folder(folder) if kind == "data set" else self._import_from(folder)
        )
        controller.checked.connect(self._show_report)
        controller.picture_loaded.connect(self.objects.set_picture)
        controller.details_loaded.connect(self._show_details)
        controller.progress.connect(self._show_progress)
        controller.failed.connect(self._errors.report)

    # -- what the user does

    def open(self) -> None:
        """Open the data set that is named."""
        self.controller.open(self.choice.spec)

    def check(self) -> None:
        """Look at every file of the data set that is named."""
        self.controller.check(self.choice.spec)

    def import_meshes(self) -> None:
        """Make a data set of one's own meshes."""
        if self.import_dialog is None:
            self.import_dialog = ImportDialog(self._errors, self._multi_samples, self)
            self.import_dialog.built.connect(self._open_folder)
            if self._theme is not None:
                self.import_dialog.set_theme(self._theme)
        self.import_dialog.show()
        self.import_dialog.raise_()

    def receive(self, path: Path) -> None:
        """Open what was dropped: the folder of a data set, or meshes to import."""
        if path.is_dir():
            self.controller.recognise(path)
        else:
            self._import_from(path.parent)

    def _import_from(self, folder: Path) -> None:
        self.import_meshes()
        if self.import_dialog is not None:
            self.import_dialog.set_folder(folder)

    def _open_folder(self, folder: Path) -> None:
        self.choice.set_spec(str(folder))
        self.open()

    def _reconstruct(self, index: int | None, view: int | None) -> None:
        if self._dataset is not None and index is not None and view is not None and self._dataset.objects[index].views:
            self.open_sample.emit(self._dataset, index, view)

    # -- what is shown

    def _show(self, dataset: ShapeDataset) -> None:
        self._dataset = dataset
        others = [spec for spec in self._settings.texts("recent_datasets") if spec != self.choice.spec]
        self._settings.set("recent_datasets", [self.choice.spec, *others][:RECENT_LIMIT])
        self.choice.set_recent(self._settings.texts("recent_datasets"))
        counts = Counter(record.category for record in dataset.objects)
        self.objects.show_entries([], new=True)
        self.categories.blockSignals(True)
        self.categories.clear()
        for name, count in [("", len(dataset.objects)), *sorted(counts.items())]:
            item = QListWidgetItem(f"{name or 'All categories'}  ({count})")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.categories.addItem(item)
        self.categories.setCurrentRow(0)
        self.categories.blockSignals(False)
        self._filter()
        self._show_progress(0, 0, "")

    def _filter(self) -> None:
        """Show the objects of the chosen category and split whose name holds the words looked for."""
        dataset, item = self._dataset, self.categories.currentItem()
        if dataset is None or item is None:
            return
        category, split = item.data(Qt.ItemDataRole.UserRole), self.split.currentText()
        words = self.search.text().strip().lower()
        shown = [
            (
                index,
                record.object_id.rpartition("/")[2],
                f"{record.object_id}, {record.category}, {record.split}, {record.views} views",
            )
            for index, record in enumerate(dataset.objects)
            if (not category or record.category == category)
            and split in (_ALL, record.split)
            and words in record.object_id.lower()
        ]
        self.objects.show_entries(shown)
        self._summarise()

    def _summarise(self) -> None:
        dataset = self._dataset
        if dataset is None:
            self.words.setText("Open a data set to browse it: the built-in shapes, or a folder of your own.")
            return
        counts = Counter(record.split for record in dataset.objects)
        splits = ", ".join(f"{counts[split]} {split}" for split in SPLITS)
        pictures = sum(record.views for record in dataset.objects)
        shown = len(self.objects.keys)
        self.words.setText(
            f"{dataset.name}: {len(dataset.objects):,} objects ({splits}), {pictures:,} pictures · {shown:,} shown"
        )

    def _choose(self, index: int | None) -> None:
        self.views.show_entries([], new=True)
        self.reconstruct.setEnabled(False)
        self._grid = None
        self.shape.clear()
        if index is not None:
            self.controller.want_details(index)

    def _show_details(self, index: int, pictures: list[NDArray[np.uint8]], grid: NDArray[np.bool_]) -> None:
        if self._dataset is None or index != self.objects.current:
            return
        record = self._dataset.objects[index]
        occupied = int(grid.sum())
        self.about.setText(
            f"<b>{record.object_id}</b><br>{record.category} · {record.split} · {record.views} views<br>"
            f"{occupied:,} voxels ({100 * occupied / grid.size:.1f} % of the grid)"
        )
        self._grid = grid
        self._draw_grid()
        entries = [(view, f"{view}", f"View {view} of {record.object_id}") for view in range(record.views)]
        self.views.show_entries(entries, new=True)
        for view, pixels in enumerate(pictures):
            self.views.set_picture(view, pixels)
        if entries:
            self.views.select(0)

    def _draw_grid(self) -> None:
        if self._grid is None or self._theme is None:
            return
        colour = self._theme.scene.truth
        pixels = voxel_thumbnail(self._grid, tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)))  # type: ignore[arg-type]
        self.shape.setPixmap(
            QPixmap.fromImage(image_of(pixels)).scaled(
                _THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )

    def _show_report(self, report: CheckReport) -> None:
        CheckDialog(report, self).show()

    def _show_progress(self, done: int, total: int, what: str) -> None:
        working = bool(what)
        self.bar.setVisible(working)
        self.cancel_button.setVisible(working)
        if working:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self.words.setText(f"{what}  {done:,} of {total:,}" if total else what)
        else:
            self._summarise()

    # -- what the window asks

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        self._draw_grid()
        if self.import_dialog is not None:
            self.import_dialog.set_theme(theme)

    def give_up(self) -> bool:
        """Nothing here is ended by Esc."""
        return False

    def may_close(self) -> bool:
        """Closing ends a build of meshes, which goes on from there later: ask."""
        return self.import_dialog is None or self.import_dialog.may_close()

    def release(self) -> None:
        """End threads and give graphics back."""
        self.controller.stop()
        if self.import_dialog is not None:
            self.import_dialog.release()
