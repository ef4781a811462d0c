"""The page that shows the memory of the open checkpoint, and edits it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.memory.adding import Added
from core.memory.analysis import category_counts
from core.memory.shape_files import SHAPE_ENDINGS
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.memory.add_dialog import AddDialog
from mem3d_viewer.memory.controller import MemoryController
from mem3d_viewer.memory.map_pane import MapPane
from mem3d_viewer.memory.session import MemorySession, PictureRead
from mem3d_viewer.memory.slot_details import SlotDetails
from mem3d_viewer.memory.slot_table_model import (
    AGE,
    CATEGORY,
    RETRIEVED,
    SIMILARITY,
    SLOT,
    VOXELS,
    Filter,
    SlotTableModel,
)
from mem3d_viewer.memory.slot_views import SlotViews
from mem3d_viewer.memory.teach.dialog import TeachDialog
from mem3d_viewer.memory.thumbnails import Thumbnails

_SORTS = {
    "Slot": (SLOT, False),
    "Similarity": (SIMILARITY, True),
    "Retrieved": (RETRIEVED, True),
    "Category": (CATEGORY, False),
    "Oldest": (AGE, True),
    "Youngest": (AGE, False),
    "Voxels": (VOXELS, True),
}
_ALL, _READ, _RETRIEVED, _SELECTED, _TWICE, _NEW = (
    "All slots", "Read for this picture", "Retrieved so far", "Selected", "Near-duplicates", "Added here",
)  # fmt: skip
_ANY = "All categories"


class MemoryPage(QWidget):
    """Browse, map and edit the memory of the open checkpoint.

    Args:
        settings: what was remembered.
        errors: takes what fails.
        actions: the window's commands; those whose name begins with ``memory_`` are answered here.
        multi_samples: samples a pixel of the 3D view.
    """

    saved = Signal(object)
    """Path of a checkpoint that was written here."""
    told = Signal(str)
    """A line about something that went well, for the status bar."""

    def __init__(self, settings: Settings, errors: ErrorReporter, actions: Actions, multi_samples: int) -> None:
        super().__init__()
        self._errors, self._actions = errors, actions
        self._wanted: Path | None = None
        self._theme: Theme | None = None
        self._lesson: TeachDialog | None = None
        self._lacks = ""
        self._stale = False
        self._twice: list[tuple[int, ...]] | None = None
        self._original: frozenset[int] = frozenset()
        self.session = MemorySession(self)
        self.controller = MemoryController(self.session, self)
        self.controller.set_dataset_specs(lambda: settings.texts("recent_datasets"))
        self.thumbnails = Thumbnails(68, self)
        self.model = SlotTableModel(self.session, self)
        self.views = SlotViews(self.session, self.model, self.thumbnails)
        self.map = MapPane(self.session, self.controller, self.thumbnails)
        self.details = SlotDetails(self.session, multi_samples)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find category, source or number")
        self.search.setAccessibleName("Find slots")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(110)
        self.category, self.among, self.sorting = QComboBox(), QComboBox(), QComboBox()
        for box, name, entries in (
            (self.category, "Category", [_ANY]),
            (self.among, "Which slots", [_ALL, _READ, _RETRIEVED, _SELECTED, _TWICE, _NEW]),
            (self.sorting, "Sort by", list(_SORTS)),
        ):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.addItems(entries)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(9)
        self.table_button = QToolButton()
        self.table_button.setText("&Table")
        self.table_button.setCheckable(True)
        self.table_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table_button.setToolTip("Show the slots as a table, not as a grid (T)")
        self.words = QLabel()
        self.words.setProperty("kind", "muted")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note = QLabel()
        self.note.setProperty("kind", "note")
        self.note.setWordWrap(True)
        self.note.setAccessibleName("Notes about the memory")
        self.follow = QPushButton("&Show the Model in Use")
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(160)
        self.bar.setTextVisible(False)
        self.cancel_button = QPushButton("Ca&ncel")
        self._lay_out()
        self._connect()
        self._show_progress(0, 0, "")
        self._show_state()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 2)
        top.addWidget(self.words, 1)
        top.addWidget(self.bar)
        top.addWidget(self.cancel_button)
        for name in ("memory_add", "memory_remove", "memory_save"):
            button = QToolButton()
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            top.addWidget(button)
        notes = QHBoxLayout()
        notes.setContentsMargins(12, 0, 12, 0)
        notes.addWidget(self.note, 1)
        notes.addWidget(self.follow)
        filters = QHBoxLayout()
        filters.setContentsMargins(8, 2, 4, 4)
        filters.setSpacing(6)
        filters.addWidget(self.search, 2)
        for box in (self.category, self.among, self.sorting):
            filters.addWidget(box, 1)
        filters.addWidget(self.table_button)
        browse = QWidget()
        browse_layout = QVBoxLayout(browse)
        browse_layout.setContentsMargins(0, 0, 0, 0)
        browse_layout.setSpacing(0)
        browse_layout.addLayout(filters)
        browse_layout.addWidget(self.views, 1)
        side = QSplitter(Qt.Orientation.Vertical)
        side.setChildrenCollapsible(False)
        side.addWidget(self.map)
        side.addWidget(self.details)
        side.setSizes([340, 300])
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(browse)
        splitter.addWidget(side)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([620, 420])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(notes)
        layout.addWidget(splitter, 1)

    def _connect(self) -> None:
        session, controller = self.session, self.controller
        self._actions.connect(
            {
                "memory_add": self.ask_files,
                "memory_add_folder": self.ask_folder,
                "memory_remove": self.remove_selected,
                "memory_save": self.ask_save,
                "memory_undo": session.undo,
                "memory_redo": session.redo,
                "memory_twice": lambda: self.among.setCurrentText(_TWICE),
                "memory_table": self.table_button.click,
                "teach": self.teach,
            }
        )
        self.search.textChanged.connect(lambda _: self._filter())
        self.category.currentTextChanged.connect(lambda _: self._filter())
        self.among.currentTextChanged.connect(lambda _: self._filter())
        self.sorting.currentTextChanged.connect(self._sort)
        self.views.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._show_sorting())
        self.table_button.toggled.connect(self.views.show_table)
        self.follow.clicked.connect(self._follow)
        self.cancel_button.clicked.connect(controller.cancel)
        self.details.picture_wanted.connect(controller.find_picture)
        session.slots_changed.connect(self._show_slots)
        session.picture_changed.connect(self._show_picture)
        session.selection_changed.connect(self._show_state)
        controller.picture_found.connect(self.details.show_picture)
        controller.duplicates_found.connect(self._show_duplicates)
        controller.added.connect(self._show_added)
        controller.saved.connect(self.saved)
        controller.progress.connect(self._show_progress)
        controller.failed.connect(self._errors.report)

    # -- what the window tells

    def use_checkpoint(self, path: Path) -> None:
        """The window uses this checkpoint; its memory is shown unless another one has edits that are not saved."""
        self._wanted = path
        if self.isVisible():
            self._follow_if_possible()
        self._show_state()

    def show_answer(self, path: Path, name: str, feature: NDArray[np.float32] | None, retrieved: Sequence[int]) -> None:
        """What the memory of ``path`` gave for the present picture; without a feature there is none."""
        picture = None if feature is None else PictureRead(name, feature, tuple(retrieved))
        self.session.set_picture(path, picture)

    def receive(self, paths: Sequence[Path]) -> bool:
        """Add what was dropped; whether it is something that a memory takes."""
        fitting = [path for path in paths if path.is_dir() or path.suffix.lower() in SHAPE_ENDINGS]
        if fitting:
            self.add([str(path) for path in fitting])
        return bool(fitting)

    # -- what the user does

    def add(self, specs: Sequence[str]) -> None:
        """Ask how, and add shapes."""
        if self.session.slots is None or self.controller.working:
            return
        dialog = AddDialog(specs, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def start() -> None:
            self.controller.add(
                specs, category=dialog.chosen_category, orientation=dialog.orientation, views=dialog.views.value()
            )

        dialog.accepted.connect(start)
        dialog.open()

    def ask_files(self) -> None:
        """Choose meshes and voxel grids to add."""
        kinds = f"Shapes ({' '.join('*' + ending for ending in SHAPE_ENDINGS)});;All files (*)"
        names, _ = QFileDialog.getOpenFileNames(self, "Add Meshes or Voxel Grids", "", kinds)
        if names:
            self.add(names)

    def ask_folder(self) -> None:
        """Choose a folder of meshes, or a data set, to add."""
        name = QFileDialog.getExistingDirectory(self, "Add a Folder of Meshes or a Data Set")
        if name:
            self.add([name])

    def remove_selected(self) -> None:
        """Take the selected slots out."""
        self.controller.remove(self.session.selected)

    def ask_save(self) -> None:
        """Choose a file for the memory as it is."""
        path = self.session.path
        if path is None:
            return
        folder = path.parent if path.parent.name != "assets" else Path.home()
        start = str(folder / f"{path.stem}-edited.safetensors")
        name, _ = QFileDialog.getSaveFileName(self, "Save as New Checkpoint", start, "Checkpoints (*.safetensors)")
        if name:
            target = Path(name)
            self.controller.save(target if target.suffix else target.with_suffix(".safetensors"))

    def teach(self) -> None:
        """Open the lesson, with the model in use."""
        if self._wanted is None:
            return
        if self._lesson is not None:
            self._lesson.raise_()
            return
        dialog = TeachDialog(self._wanted, self._errors.report, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._theme is not None:
            dialog.set_theme(self._theme)
        dialog.show()
        self._lesson = dialog
        dialog.destroyed.connect(self._forget_lesson)

    def _forget_lesson(self) -> None:
        self._lesson = None

    def _follow(self) -> None:
        if self.may_close() and self._wanted is not None:
            self.controller.open(self._wanted)

    def _follow_if_possible(self) -> None:
        wanted, shown = self._wanted, self.session.path
        if wanted is not None and wanted != shown and not self.session.edited:
            self.controller.open(wanted)

    # -- what is shown

    def _show_slots(self) -> None:
        slots = self.session.slots
        if slots is None:
            return
        if not self.session.undo_words and not self.session.edited:
            self._original = frozenset(slots.used.tolist())
        self._twice = None
        if self.among.currentText() == _TWICE:
            self.controller.find_duplicates()
        chosen = self.category.currentText()
        counts = category_counts(slots)
        self.category.blockSignals(True)
        self.category.clear()
        self.category.addItem(_ANY, "")
        for name, count in counts.items():
            if count:
                self.category.addItem(f"{name}  ({count})", name)
        self.category.setCurrentIndex(max(0, self.category.findText(chosen)))
        self.category.blockSignals(False)
        self.model.refresh()
        self._filter()
        lacking = [name for name, count in counts.items() if not count]
        self._lacks = f" · lacks {', '.join(lacking[:3])}{' …' if len(lacking) > 3 else ''}" if lacking else ""
        self.words.setToolTip(f"No slot of: {', '.join(lacking)}" if lacking else "Every category of R2N2 is there")
        self._show_state()

    def _show_picture(self) -> None:
        self._stale = not self.isVisible()  # while beta is dragged on another page, nothing is sorted here
        if not self._stale:
            self.model.refresh_picture()
            self._filter()

    def _filter(self) -> None:
        slots = self.session.slots
        if slots is None:
            return
        if self.among.currentText() == _TWICE and self._twice is None and not self.controller.working:
            self.controller.find_duplicates()
        self.model.set_filter(Filter(self.search.text(), self.category.currentData() or "", self._among()))
        self._show_state()

    def _among(self) -> frozenset[int] | None:
        kind, session = self.among.currentText(), self.session
        if kind == _READ:
            return frozenset(() if session.picture is None else session.picture.retrieved)
        if kind == _RETRIEVED and session.slots is not None:
            return frozenset(slot for slot in session.slots.used.tolist() if session.retrieved(slot))
        if kind == _SELECTED:
            return session.selected
        if kind == _TWICE:
            return frozenset(slot for group in self._twice or () for slot in group)
        if kind == _NEW and session.slots is not None:
            return frozenset(session.slots.used.tolist()) - self._original
        return None

    def _sort(self, name: str) -> None:
        if name in _SORTS:
            self.model.set_sorting(*_SORTS[name])
            self.views.show_sorting()

    def _show_sorting(self) -> None:
        """The table's header was clicked: say it in the list as well, where it has words for it."""
        name = next((name for name, sorting in _SORTS.items() if sorting == self.model.sorting), None)
        self.sorting.blockSignals(True)
        self.sorting.setCurrentText(name or "Slot")
        self.sorting.blockSignals(False)

    def _show_duplicates(self, groups: list[tuple[int, ...]]) -> None:
        self._twice = groups
        self._filter()
        extra = sum(len(group) - 1 for group in groups)
        self.told.emit(
            f"{len(groups)} groups of near-duplicates; {extra} slots say what another one says"
            if groups
            else "No two slots have both an almost equal key and an almost equal shape"
        )

    def _show_added(self, added: Added) -> None:
        words = [f"{added.shapes} shapes in {len(added.places)} slots" if added.shapes else "nothing was added"]
        if added.grown:
            words.append(f"the memory has grown by {added.grown} slots")
        if added.skipped:
            words.append(f"in the memory already: {', '.join(added.skipped[:3])}")
        self.told.emit("; ".join(words).capitalize())

    def _show_progress(self, done: int, total: int, what: str) -> None:
        working = bool(what)
        self.bar.setVisible(working)
        self.cancel_button.setVisible(working)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if working:
            self.words.setText(f"{what}  {done:,} of {total:,}" if total else what)
        else:
            self._show_state()
            self._follow_if_possible()

    def _show_state(self) -> None:
        """Counts in words, notes, and which commands make sense."""
        session, slots = self.session, self.session.slots
        if slots is not None and session.path is not None and not self.controller.working:
            edited = " · edited, not saved" if session.edited else ""
            shown, chosen = len(self.model.slots), len(session.selected)
            self.words.setText(
                f"{session.path.name}: {len(slots.used):,} of {len(slots):,} slots hold a shape · {shown:,} shown"
                + (f" · {chosen:,} selected" if chosen else "")
                + self._lacks
                + edited
            )
        self._show_note()
        enable = self._actions.enable
        ready = slots is not None and not self.controller.working
        for name, on in (
            ("memory_add", ready),
            ("memory_add_folder", ready),
            ("memory_remove", ready and bool(session.selected)),
            ("memory_save", ready),
            ("memory_undo", ready and bool(session.undo_words)),
            ("memory_redo", ready and bool(session.redo_words)),
            ("memory_twice", ready),
            ("teach", self._wanted is not None),
        ):
            enable(name, on)
        self._actions["memory_undo"].setText(f"&Undo {session.undo_words}".strip())
        self._actions["memory_redo"].setText(f"&Redo {session.redo_words}".strip())

    def _show_note(self) -> None:
        """Say where the page stays with another checkpoint than the window's, because of edits."""
        wanted, shown = self._wanted, self.session.path
        apart = wanted is not None and shown is not None and wanted != shown and self.session.edited
        self.note.setVisible(apart)
        self.follow.setVisible(apart)
        if apart and wanted is not None and shown is not None:
            self.note.setText(f"The window uses {wanted.name} now; here are the unsaved edits of {shown.name}.")

    # -- what the window asks

    def showEvent(self, event: QShowEvent) -> None:
        """Read the memory only once somebody looks."""
        super().showEvent(event)
        if self._stale:
            self._show_picture()
        self._follow_if_possible()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        if self._lesson is not None:
            self._lesson.set_theme(theme)
        self.thumbnails.set_colour(theme.scene.prior)
        self.views.set_mark(theme.prior)
        self.map.set_theme(theme)
        self.details.set_theme(theme)

    def give_up(self) -> bool:
        """Give up what is going on; where nothing is, select nothing. Whether there was anything."""
        if self.controller.working:
            self.controller.cancel()
            return True
        chosen = bool(self.session.selected)
        self.session.select(frozenset(), None)
        return chosen

    def may_close(self) -> bool:
        """Ask before edits are lost."""
        if not self.session.edited:
            return True
        name = "" if self.session.path is None else self.session.path.name
        answer = QMessageBox.question(
            self,
            "Unsaved Memory",
            f"The memory of {name} was edited and is not saved. Give the edits up?",
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Discard

    def release(self) -> None:
        """End threads and give graphics back."""
        if self._lesson is not None:
            self._lesson.close()
        self.controller.stop()
        self.details.view.release()
