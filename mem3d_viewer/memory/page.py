"""The page that shows the memory of the open checkpoint, and edits it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.memory.analysis import category_counts
from core.memory.shape_files import SHAPE_ENDINGS
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.memory.controller import MemoryController
from mem3d_viewer.memory.edit_commands import EditCommands, words_of, words_of_duplicates
from mem3d_viewer.memory.kept_edits import KeptEdits
from mem3d_viewer.memory.map_pane import MapPane
from mem3d_viewer.memory.session import MemorySession, PictureRead
from mem3d_viewer.memory.slot_browser import SlotBrowser
from mem3d_viewer.memory.slot_details import SlotDetails
from mem3d_viewer.memory.teach.dialog import TeachDialog
from mem3d_viewer.memory.thumbnails import Thumbnails


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
        self._refused: Path | None = None
        self.session = MemorySession(self)
        self.controller = MemoryController(self.session, self)
        self.controller.set_dataset_specs(settings.recent_datasets)
        self.thumbnails = Thumbnails(68, self)
        self.browser = SlotBrowser(self.session, self.thumbnails)
        self.map = MapPane(self.session, self.controller, self.thumbnails)
        self.details = SlotDetails(self.session, multi_samples)
        self.kept = KeptEdits(self.session, settings.folder / "sessions", self)
        self.editing = EditCommands(self.session, self.controller, actions, self)
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
        self.follow.setToolTip("Give up these edits, and show the memory of the checkpoint in use")
        self.cancel_button.setToolTip("Give up what is going on (Esc)")
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
        side = QSplitter(Qt.Orientation.Vertical)
        side.setChildrenCollapsible(False)
        side.addWidget(self.map)
        side.addWidget(self.details)
        side.setSizes([340, 300])
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.browser)
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
                "memory_twice": self.browser.show_only_duplicates,
                "memory_table": self.browser.table_button.click,
                "teach": self.teach,
            }
        )
        self.browser.changed.connect(self._show_state)
        self.browser.duplicates_wanted.connect(controller.find_duplicates)
        self.follow.clicked.connect(self._follow)
        self.cancel_button.clicked.connect(controller.cancel)
        self.details.picture_wanted.connect(controller.find_picture)
        session.slots_changed.connect(self._show_slots)
        session.selection_changed.connect(self._show_state)
        controller.picture_found.connect(self.details.show_picture)
        controller.duplicates_found.connect(self.browser.show_duplicates)
        controller.duplicates_found.connect(lambda groups: self.told.emit(words_of_duplicates(groups)))
        controller.added.connect(lambda added: self.told.emit(words_of(added)))
        controller.saved.connect(self.saved)
        controller.progress.connect(self._show_progress)
        controller.failed.connect(self._errors.report)

    # -- what the window tells

    def use_checkpoint(self, path: Path) -> None:
        """The window uses this checkpoint; its memory is shown unless another one has edits that are not saved."""
        if path != self._wanted:
            self._wanted, self._refused = path, None
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
            self.editing.add([str(path) for path in fitting])
        return bool(fitting)

    # -- what the user does

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
        unread = wanted is not None and wanted not in (shown, self._refused)
        if wanted is not None and unread and not self.session.edited and not self.controller.working:
            self._refused = wanted  # until it is there: one that cannot be read is not read again and again
            self.controller.open(wanted)

    # -- what is shown

    def _show_slots(self) -> None:
        slots = self.session.slots
        if slots is not None:
            lacking = [name for name, count in category_counts(slots).items() if not count]
            self._lacks = f" · lacks {', '.join(lacking[:3])}{' …' if len(lacking) > 3 else ''}" if lacking else ""
            self.words.setToolTip(f"No slot of: {', '.join(lacking)}" if lacking else "Every category of R2N2 is there")
        self._show_state()

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
            shown, chosen = len(self.browser.model.slots), len(session.selected)
            self.words.setText(
                f"{session.path.name}: {len(slots.used):,} of {len(slots):,} slots hold a shape · {shown:,} shown"
                + (f" · {chosen:,} selected" if chosen else "")
                + self._lacks
                + edited
            )
        self._show_note()
        self._actions.enable("teach", self._wanted is not None)
        self.editing.show_state()

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
        self.browser.catch_up()
        self._follow_if_possible()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        if self._lesson is not None:
            self._lesson.set_theme(theme)
        self.thumbnails.set_colour(theme.scene.prior)
        self.browser.views.set_mark(theme.prior)
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
        return self.editing.may_be_lost()

    def release(self) -> None:
        """End threads and give graphics back."""
        if self._lesson is not None:
            self._lesson.close()
        self.controller.stop()
        self.kept.stop()
        self.details.view.release()
