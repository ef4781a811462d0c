"""Edits of a memory that are not saved, kept for the case that the program crashes or is ended from outside."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.checkpoint import Checkpoint
from core.errors import OutputError
from core.files import told_when_not_written
from core.memory.editing import save_memory
from core.memory.slots import MemorySlots
from mem3d_viewer.base.background import Lane
from mem3d_viewer.base.left_behind import kept_file, offer_left_behind
from mem3d_viewer.memory.session import MemorySession

_REST_MS = 3000
"""Time after the last edit at which the memory is kept."""
_LARGEST = 500_000_000
"""Bytes of keys and shapes above which a memory is kept only when the program is asked to end: it takes too long."""
_NAME = "memory.safetensors"


class KeptEdits(QObject):
    """Writes the edited memory to a file, which the next start offers unless the user gave the edits up.

    Args:
        session: whose edits are kept.
        folder: where; made when there is something to keep.
        window: parent of the question.
    """

    restored = Signal(object)
    """Path of a checkpoint with the edits, which the user wants back."""

    def __init__(self, session: MemorySession, folder: Path, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._folder, self._window = session, folder, window
        self._lane = Lane("mem3d-kept-memory", self)
        self._left = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.keep)
        session.slots_changed.connect(self._follow)

    @property
    def file(self) -> Path:
        """Where they are while this process runs."""
        return kept_file(self._folder, _NAME)

    def keep(self) -> None:
        """Keep the edits in the background; a disk that is full is no reason to disturb anyone."""
        checkpoint, slots = self._session.checkpoint, self._session.slots
        if checkpoint is None or slots is None or slots.keys.nbytes + slots.packed.nbytes > _LARGEST:
            return
        self._lane.submit(lambda _: self._write(checkpoint, slots))  # nobody listens to its failing

    def leave(self) -> None:
        """The program is asked to end without a question: keep the edits for its next start.

        Raises:
            OutputError: if they cannot be written.
        """
        checkpoint, slots = self._session.checkpoint, self._session.slots
        if self._session.edited and checkpoint is not None and slots is not None:
            try:
                self._write(checkpoint, slots)
            except OutputError as error:
                raise OutputError(f"the unsaved edits of the memory are lost: {error}") from error
            self._left = True

    def stop(self) -> None:
        """The program ends; edits that were not left for the next start are given up."""
        self._rest.stop()
        self._lane.close()
        if not self._left:
            self._forget()

    def offer(self) -> None:
        """Where a run of the program did not end by itself, offer the edits that were not saved."""
        kept = offer_left_behind(
            self._folder, _NAME, self._window, "Restore Memory",
            "The last time the program ended while edits of a memory were not saved. Open the edited memory? "
            "Save it under a name of your own then.",
        )  # fmt: skip
        if kept is not None:
            self.restored.emit(kept)

    def _follow(self) -> None:
        if self._session.edited:
            self._rest.start()
        else:
            self._rest.stop()
            self._lane.submit(lambda _: self._forget())  # after what is still being written

    def _write(self, checkpoint: Checkpoint, slots: MemorySlots) -> None:
        with told_when_not_written(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        save_memory(checkpoint, slots, self.file)

    def _forget(self) -> None:
        with suppress(OSError):
            self.file.unlink(missing_ok=True)
