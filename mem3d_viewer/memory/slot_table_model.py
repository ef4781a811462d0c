"""The slots as rows, in the order that was asked for: what grid and table draw from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.memory.slots import MemorySlots
from mem3d_viewer.memory.session import MemorySession

SLOT_ROLE = Qt.ItemDataRole.UserRole
COLUMNS = ("Shape", "Slot", "Category", "Age", "Retrieved", "Similarity", "Voxels", "Source")
SHAPE, SLOT, CATEGORY, AGE, RETRIEVED, SIMILARITY, VOXELS, SOURCE = range(len(COLUMNS))
NUMBERS = (SLOT, AGE, RETRIEVED, SIMILARITY, VOXELS)
"""Columns of numbers, which stand at the right."""
_TIPS = {
    SHAPE: "The value: the shape that the slot holds",
    SLOT: "Number of the slot",
    CATEGORY: "Category of the object that the slot was written from",
    AGE: "How many writes ago the slot was last written to; the highest is overwritten first",
    RETRIEVED: "Pictures of this session for which the LSTM read the slot",
    SIMILARITY: "Key similarity to the present picture",
    VOXELS: "Occupied voxels of the shape",
    SOURCE: "Data set, object and view that the slot was written from",
}
_ROLES = (
    SLOT_ROLE,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.TextAlignmentRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)
_AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Filter:
    """Which slots are shown."""

    words: str = ""
    """Every word must occur in category, source or number."""
    category: str = ""
    """Only this one; empty: all."""
    among: frozenset[int] | None = None
    """Only these slots; None: all."""


class SlotTableModel(QAbstractTableModel):
    """Rows are slots, filtered and sorted; columns are ``COLUMNS``."""

    def __init__(self, session: MemorySession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._row_of: dict[int, int] = {}
        self._volumes: NDArray[np.int64] = np.zeros(0, np.int64)
        self._texts: list[str] = []
        self._similar: NDArray[np.float32] | None = None
        self._filter = Filter()
        self._sort, self._descending = SLOT, False

    # -- what is shown

    @property
    def slots(self) -> NDArray[np.int64]:
        """(N,) the slots, in the order shown."""
        return self._rows

    def row_of(self, slot: int) -> int | None:
        """The row that shows a slot."""
        return self._row_of.get(slot)

    @property
    def sorting(self) -> tuple[int, bool]:
        """Column that is sorted by, and whether the largest comes first."""
        return self._sort, self._descending

    def refresh(self) -> None:
        """The session's slots are others."""
        slots = self._session.slots
        if slots is None:
            return
        self._volumes = np.bitwise_count(slots.packed).sum(axis=1, dtype=np.int64)
        self._texts = [_searched(slots, slot) for slot in range(len(slots))]
        self.refresh_picture()

    def refresh_picture(self) -> None:
        """The present picture is another: similarities and counts are."""
        self._similar = self._session.similarities()
        self._arrange()

    def set_filter(self, chosen: Filter) -> None:
        """Show only some."""
        self._filter = chosen
        self._arrange()

    def set_sorting(self, column: int, descending: bool) -> None:
        """Sort by a column; equal ones stay in the order of their numbers."""
        self._sort, self._descending = column, descending
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """As the table's header asks for it."""
        self.set_sorting(SLOT if column == SHAPE else column, order == Qt.SortOrder.DescendingOrder)

    def _arrange(self) -> None:
        slots = self._session.slots
        if slots is None:
            return
        rows = slots.used
        chosen = self._filter
        words = chosen.words.lower().split()
        keep = [
            (chosen.among is None or slot in chosen.among)
            and (not chosen.category or slots.category(slot) == chosen.category)
            and all(word in self._texts[slot] for word in words)
            for slot in rows.tolist()
        ]
        rows = rows[np.array(keep, bool)]
        order = np.argsort(self._sort_keys(slots, rows), kind="stable")
        self.beginResetModel()
        self._rows = rows[order]
        self._row_of = {slot: row for row, slot in enumerate(self._rows.tolist())}
        self.endResetModel()

    def _sort_keys(self, slots: MemorySlots, rows: NDArray[np.int64]) -> NDArray[Any]:
        keys: NDArray[Any]
        if self._sort in (CATEGORY, SOURCE):
            text = slots.category if self._sort == CATEGORY else lambda slot: source_words(slots, slot)
            keys = np.unique([text(slot) for slot in rows.tolist()], return_inverse=True)[1].reshape(-1)
        elif self._sort == RETRIEVED:
            keys = np.array([self._session.retrieved(slot) for slot in rows.tolist()], np.int64)
        elif self._sort == SIMILARITY:
            keys = np.zeros(len(rows)) if self._similar is None else self._similar[rows]
        else:
            keys = {AGE: slots.ages, VOXELS: self._volumes}.get(self._sort, np.arange(len(slots)))[rows]
        return -keys if self._descending else keys

    # -- Qt's questions

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Slots that are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns, and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _TIPS.get(section) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Slot, words of a column, or the whole slot in words."""
        slots = self._session.slots
        if role not in _ROLES or not index.isValid() or slots is None:
            return None
        slot = int(self._rows[index.row()])
        if role == SLOT_ROLE:
            return slot
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(slots, slot, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.describe(slot)
        return None

    def describe(self, slot: int) -> str:
        """A slot in one line of words."""
        slots = self._session.slots
        if slots is None:
            return ""
        similar = "" if self._similar is None else f", similarity {self._similar[slot]:.3f}"
        return (
            f"slot {slot}, {slots.category(slot)}, age {slots.ages[slot]}, retrieved {self._session.retrieved(slot)} "
            f"times{similar}, from {source_words(slots, slot)}"
        )

    def _text(self, slots: MemorySlots, slot: int, column: int) -> str:
        if column == SIMILARITY:
            return "" if self._similar is None else f"{self._similar[slot]:.3f}"
        if column == CATEGORY:
            return slots.category(slot)
        if column == SOURCE:
            return source_words(slots, slot)
        numbers = {AGE: slots.ages, VOXELS: self._volumes}
        if column in numbers:
            return f"{numbers[column][slot]:,}"
        return {SLOT: f"{slot}", RETRIEVED: f"{self._session.retrieved(slot)}"}.get(column, "")


def source_words(slots: MemorySlots, slot: int) -> str:
    """Where a slot came from, in words."""
    source = slots.sources[slot]
    return "unknown" if source is None else f"{source.dataset}: {source.object_id}, view {source.view}"


def _searched(slots: MemorySlots, slot: int) -> str:
    return f"{slot} {slots.category(slot)} {source_words(slots, slot)}".lower()
