"""What the user does to a memory: add, remove, save, undo; with the dialogs that ask how."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.memory.adding import Added
from core.memory.shape_files import SHAPE_ENDINGS
from mem3d_viewer.actions import Actions
from mem3d_viewer.memory.add_dialog import AddDialog
from mem3d_viewer.memory.controller import MemoryController
from mem3d_viewer.memory.session import MemorySession


class EditCommands(QObject):
    """The commands whose names begin with ``memory_`` and that change the memory or save it.

    Args:
        session: whose slots are edited.
        controller: does it.
        actions: the window's commands.
        page: parent of the dialogs.
    """

    def __init__(self, session: MemorySession, controller: MemoryController, actions: Actions, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._controller, self._actions, self._page = session, controller, actions, page
        actions.connect(
            {
                "memory_add": self.ask_files,
                "memory_add_folder": self.ask_folder,
                "memory_remove": self.remove_selected,
                "memory_save": self.ask_save,
                "memory_undo": session.undo,
                "memory_redo": session.redo,
            }
        )

    def show_state(self) -> None:
        """Which commands make sense, and what undo would take back."""
        session = self._session
        ready = session.slots is not None and not self._controller.working
        for name, on in (
            ("memory_add", True),
            ("memory_add_folder", True),
            ("memory_remove", bool(session.selected)),
            ("memory_save", True),
            ("memory_undo", bool(session.undo_words)),
            ("memory_redo", bool(session.redo_words)),
            ("memory_twice", True),
        ):
            self._actions.enable(name, ready and on)
        self._actions["memory_undo"].setText(f"&Undo {session.undo_words}".strip())
        self._actions["memory_redo"].setText(f"&Redo {session.redo_words}".strip())

    def add(self, specs: Sequence[str]) -> None:
        """Ask how, and add shapes."""
        if self._session.slots is None or self._controller.working:
            return
        dialog = AddDialog(specs, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def start() -> None:
            self._controller.add(
                specs, category=dialog.chosen_category, orientation=dialog.orientation, views=dialog.views.value()
            )

        dialog.accepted.connect(start)
        dialog.open()

    def ask_files(self) -> None:
        """Choose meshes and voxel grids to add."""
        kinds = f"Shapes ({' '.join('*' + ending for ending in SHAPE_ENDINGS)});;All files (*)"
        names, _ = QFileDialog.getOpenFileNames(self._page, "Add Meshes or Voxel Grids", "", kinds)
        if names:
            self.add(names)

    def ask_folder(self) -> None:
        """Choose a folder of meshes, or a data set, to add."""
        name = QFileDialog.getExistingDirectory(self._page, "Add a Folder of Meshes or a Data Set")
        if name:
            self.add([name])

    def remove_selected(self) -> None:
        """Take the selected slots out."""
        self._controller.remove(self._session.selected)

    def ask_save(self) -> None:
        """Choose a file for the memory as it is."""
        path = self._session.path
        if path is None:
            return
        folder = path.parent if path.parent.name != "assets" else Path.home()
        start = str(folder / f"{path.stem}-edited.safetensors")
        name, _ = QFileDialog.getSaveFileName(
            self._page, "Save as New Checkpoint", start, "Checkpoints (*.safetensors)"
        )
        if name:
            target = Path(name)
            self._controller.save(target if target.suffix else target.with_suffix(".safetensors"))

    def may_be_lost(self) -> bool:
        """Whether unsaved edits may be lost: asks where there are any."""
        if not self._session.edited:
            return True
        name = "" if self._session.path is None else self._session.path.name
        answer = QMessageBox.question(
            self._page,
            "Unsaved Memory",
            f"The memory of {name} was edited and is not saved. Give the edits up?",
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Discard


def words_of(added: Added) -> str:
    """What adding shapes did, in one line."""
    filled = f"{counted(added.shapes, 'shape')} in {counted(len(added.places), 'slot')}"
    words = [filled if added.shapes else "Nothing was added"]
    if added.grown:
        words.append(f"the memory has grown by {counted(added.grown, 'slot')}")
    if added.skipped:
        words.append(f"in the memory already: {', '.join(added.skipped[:3])}")
    return "; ".join(words)


def words_of_duplicates(groups: Sequence[tuple[int, ...]]) -> str:
    """What looking for near-duplicates found, in one line."""
    extra = sum(len(group) - 1 for group in groups)
    if not groups:
        return "No two slots have both an almost equal key and an almost equal shape"
    groups_found = counted(len(groups), "group")
    return f"{groups_found} of near-duplicates; {counted(extra, 'slot')} say{'s' * (extra == 1)} what another one says"


def counted(count: int, what: str) -> str:
    """A number of things, in words: "1 slot", "12 slots"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
