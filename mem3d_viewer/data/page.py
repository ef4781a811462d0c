"""The page that shows what is in a data set: categories, objects, their views and their grids."""

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.checking import CheckReport
from core.data.dataset import SPLITS, ObjectRecord, ShapeDataset
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.remaining import BUILDING_BUILTIN, Remaining
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.data.check_dialog import CheckDialog
from mem3d_viewer.data.controller import DataController
from mem3d_viewer.data.details import ObjectDetails
from mem3d_viewer.data.filters import ObjectFilters
from mem3d_viewer.data.meshes.dialog import ImportDialog
from mem3d_viewer.data.object_grid import ObjectGrid
from mem3d_viewer.widgets.dataset_choice import DatasetChoice

_WELCOME = (
    "Open a data set to browse it: the built-in shapes, or a folder of your own.\n\n"
    "The built-in set, shapes of 13 categories with pictures of each, is made on this machine the first time that it "
    "is opened, which takes some minutes. Meshes of your own become a data set with Import Meshes."
)


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
        self._remaining = Remaining()
        self.controller = DataController(self)
        self.import_dialog: ImportDialog | None = None
        self.choice = DatasetChoice()
        self.choice.set_recent(settings.recent_datasets())
        self.open_button = QPushButton("&Open")
        self.open_button.setToolTip("Open the data set and show its objects")
        self.cancel_button = QPushButton("Ca&ncel")
        self.cancel_button.setToolTip("Give up opening or checking; what was made is kept")
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(220)
        self.bar.setTextVisible(False)
        self.words = QLabel()
        self.words.setProperty("kind", "muted")
        self.filters = ObjectFilters()
        self.objects = ObjectGrid("Objects")
        self.details = ObjectDetails()
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

        middle = QWidget()
        middle_layout = QVBoxLayout(middle)
        middle_layout.setContentsMargins(8, 0, 8, 8)
        middle_layout.addWidget(self.filters)
        middle_layout.addWidget(self.objects, 1)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        for widget, stretch in ((self.filters.categories, 0), (middle, 1), (self.details, 0)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(splitter.count() - 1, stretch)
        splitter.setSizes([190, 680, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(state)
        welcome = QLabel(_WELCOME)
        welcome.setProperty("kind", "muted")
        welcome.setAlignment(Qt.AlignmentFlag.AlignCenter)
        welcome.setWordWrap(True)
        welcome.setMargin(60)
        self._stack = QStackedWidget()
        self._stack.addWidget(welcome)
        self._stack.addWidget(splitter)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        controller = self.controller
        self._actions.connect({"check_data": self.check})
        self.open_button.clicked.connect(self.open)
        self.choice.accepted.connect(self.open)
        self.cancel_button.clicked.connect(controller.cancel)
        self.filters.changed.connect(self._filter)
        self.objects.wanted.connect(controller.want_picture)
        self.objects.selected.connect(self._choose)
        self.objects.activated.connect(lambda index: self._reconstruct(index, 0))
        self.details.wanted.connect(lambda view: self._reconstruct(self.objects.current, view))
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

    def _show(self, dataset: ShapeDataset, spec: str) -> None:
        self._dataset = dataset
        self._stack.setCurrentIndex(1)
        self._settings.add_recent_dataset(spec)
        self.choice.set_recent(self._settings.recent_datasets())
        self.objects.clear()
        self._choose(None)
        self.filters.show_categories(dataset.objects)
        self._filter()
        self._show_progress(0, 0, "")

    def _filter(self) -> None:
        """Show the objects of the chosen category and split whose name holds the words looked for."""
        if self._dataset is None:
            return
        records = self._dataset.objects
        passing = {place: record.object_id.rpartition("/")[2] for place, record in self.filters.passing(records)}
        if len(set(passing.values())) < len(passing):  # many data sets number the objects of each category
            passing = {place: f"{records[place].category} {name}" for place, name in passing.items()}
        self.objects.show_entries(passing, lambda place: _about(records[place]))
        self._summarise()

    def _summarise(self) -> None:
        dataset = self._dataset
        if dataset is None:
            self.words.setText("No data set is open")
            return
        counts = Counter(record.split for record in dataset.objects)
        splits = ", ".join(f"{counts[split]} {split}" for split in SPLITS)
        pictures = sum(record.views for record in dataset.objects)
        shown = self.objects.count
        self.words.setText(
            f"{dataset.name}: {len(dataset.objects):,} objects ({splits}), {pictures:,} pictures · {shown:,} shown"
        )

    def _choose(self, index: int | None) -> None:
        self.details.clear()
        if index is not None:
            self.controller.want_details(index)

    def _show_details(self, index: int, pictures: list[NDArray[np.uint8]], grid: NDArray[np.bool_]) -> None:
        if self._dataset is None or index != self.objects.current:
            return
        self.details.show_object(self._dataset.objects[index], pictures, grid)

    def _show_report(self, report: CheckReport) -> None:
        CheckDialog(report, self).show()

    def _show_progress(self, done: int, total: int, what: str) -> None:
        working = bool(what)
        self.bar.setVisible(working)
        self.cancel_button.setVisible(working)
        if working:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            left = self._remaining.words(done, total, self.controller.opening)
            what = f"{BUILDING_BUILTIN}: {what}" if total and self.controller.opening == "builtin" else what
            self.words.setText(f"{what}  {done:,} of {total:,}{left}" if total else what)
        else:
            self._summarise()

    # -- what the window asks

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        self.details.set_theme(theme)
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


def _about(record: ObjectRecord) -> str:
    return f"{record.object_id}, {record.category}, {record.split}, {record.views} views"
