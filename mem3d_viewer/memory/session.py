"""What the page Memory shows: the slots, edits that can be undone, the present picture, and the selection."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.checkpoint import Checkpoint
from core.memory.changes import Change
from core.memory.slots import MemorySlots


@dataclass(frozen=True, eq=False)
class PictureRead:
    """The present picture, as the memory met it."""

    name: str
    """What it is called."""
    feature: NDArray[np.float32]
    """F, (n_k,)."""
    retrieved: tuple[int, ...]
    """The slots that the LSTM read, most similar first."""


@dataclass(frozen=True, eq=False)
class _Edit:
    change: Change
    words: str
    """What it was, in words: "adding chair.obj"."""


class MemorySession(QObject):
    """The page's only state. Of an edit only what it changed is kept, as a memory of 10 000 slots takes 100 MB."""

    slots_changed = Signal()
    """Other slots: another checkpoint, an edit, or one that was undone."""
    picture_changed = Signal()
    """Another picture, or another answer of the memory to it."""
    selection_changed = Signal()
    """Other slots are selected, or another one is the current one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.checkpoint: Checkpoint | None = None
        self._slots: MemorySlots | None = None
        self._edits: list[_Edit] = []
        self._place = 0  # edits in force; the others were undone
        self._saved_place = 0
        self._pictures: dict[Path, PictureRead] = {}
        self._retrieved: dict[Path, Counter[int]] = {}
        self._similar: tuple[MemorySlots, NDArray[np.float32], NDArray[np.float32]] | None = None
        self._counted: dict[Path, tuple[bytes, set[int]]] = {}
        self.selected: frozenset[int] = frozenset()
        self.current: int | None = None

    # -- the slots and their edits

    @property
    def slots(self) -> MemorySlots | None:
        """The slots as they are now, edits included; None before a checkpoint was read."""
        return self._slots

    @property
    def path(self) -> Path | None:
        """The checkpoint's file."""
        return None if self.checkpoint is None else self.checkpoint.path

    @property
    def edited(self) -> bool:
        """Whether there are edits that are not saved."""
        return self._place != self._saved_place

    @property
    def undo_words(self) -> str:
        """What undo would take back; empty where there is nothing."""
        return self._edits[self._place - 1].words if self._place > 0 else ""

    @property
    def redo_words(self) -> str:
        """What redo would do again; empty where there is nothing."""
        return self._edits[self._place].words if self._place < len(self._edits) else ""

    def open(self, checkpoint: Checkpoint, slots: MemorySlots) -> None:
        """Show the memory of a checkpoint; edits of another one are gone."""
        self.checkpoint = checkpoint
        self._slots, self._edits, self._place, self._saved_place = slots, [], 0, 0
        self._set_selection(frozenset(), None)
        self.slots_changed.emit()
        self.picture_changed.emit()

    def edit(self, slots: MemorySlots, words: str) -> None:
        """Put other slots in place of the present ones; what was undone before cannot be done again."""
        if self._slots is None:
            return
        if self._saved_place > self._place:
            self._saved_place = -1  # what was saved is out of reach
        self._edits = [*self._edits[: self._place], _Edit(Change.between(self._slots, slots), words)]
        self._go(self._place + 1, slots)

    def undo(self) -> None:
        """Take the last edit back."""
        if self._slots is not None and self._place > 0:
            self._go(self._place - 1, self._edits[self._place - 1].change.undo(self._slots))

    def redo(self) -> None:
        """Take an undo back."""
        if self._slots is not None and self._place < len(self._edits):
            self._go(self._place + 1, self._edits[self._place].change.redo(self._slots))

    def set_saved(self, checkpoint: Checkpoint) -> None:
        """The present slots are those of ``checkpoint`` now."""
        before = self.path
        self.checkpoint = checkpoint
        self._saved_place = self._place
        if before is not None and checkpoint.path != before:
            # The slots keep their numbers, so what was counted holds for the new file as well.
            self._retrieved[checkpoint.path] = Counter(self._retrieved.get(before, {}))
        self.slots_changed.emit()

    def _go(self, place: int, slots: MemorySlots) -> None:
        self._place, self._slots = place, slots
        used = set(slots.used.tolist())
        current = self.current if self.current in used else None
        self._set_selection(self.selected & used, current)
        self.slots_changed.emit()
        self.picture_changed.emit()

    # -- the present picture

    @property
    def picture(self) -> PictureRead | None:
        """The present picture as this memory met it; None where there is none."""
        return None if self.path is None else self._pictures.get(self.path)

    def set_picture(self, path: Path, picture: PictureRead | None) -> None:
        """What the memory of the checkpoint ``path`` gave for the present picture; None: no picture, or memory off.

        A slot counts as retrieved once a picture, however often beta is moved.
        """
        if picture is None:
            self._pictures.pop(path, None)
        else:
            self._pictures = {path: picture}
            feature = picture.feature.tobytes()
            known, seen = self._counted.get(path, (b"", set()))
            seen = seen if known == feature else set()
            self._retrieved.setdefault(path, Counter()).update(set(picture.retrieved) - seen)
            self._counted[path] = feature, seen | set(picture.retrieved)
        if path == self.path:
            self.picture_changed.emit()

    def retrieved(self, slot: int) -> int:
        """How many pictures of this session the LSTM read ``slot`` for."""
        return 0 if self.path is None else self._retrieved.get(self.path, Counter())[slot]

    def similarities(self) -> NDArray[np.float32] | None:
        """Key similarity of every slot to the present picture, (m,); None without a picture or a memory."""
        slots, picture = self.slots, self.picture
        if slots is None or picture is None or len(picture.feature) != slots.keys.shape[1]:
            return None
        known = self._similar
        if known is None or known[0] is not slots or not np.array_equal(known[1], picture.feature):
            known = self._similar = slots, picture.feature, slots.similarities(picture.feature)
        return known[2]

    # -- the selection

    def select(self, selected: frozenset[int], current: int | None) -> None:
        """Select slots; ``current`` is the one that is shown in 3D."""
        self._set_selection(selected, current)

    def _set_selection(self, selected: frozenset[int], current: int | None) -> None:
        if (selected, current) != (self.selected, self.current):
            self.selected, self.current = selected, current
            self.selection_changed.emit()
