"""The slots to look through: search, filters, sorting, and the grid or the table they act on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.memory.analysis import category_counts
from mem3d_viewer.memory.session import MemorySession
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


class SlotBrowser(QWidget):
    """Shows the session's slots, filtered and sorted.

    Args:
        session: whose slots.
        thumbnails: pictures of shapes.
    """

    changed = Signal()
    """Other slots are shown, or in another order."""
    duplicates_wanted = Signal()
    """Near-duplicates are to be found; answer with ``show_duplicates``."""

    def __init__(self, session: MemorySession, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session = session
        self._duplicates: list[tuple[int, ...]] | None = None
        self._original: frozenset[int] = frozenset()
        self._stale = False
        self.model = SlotTableModel(session, self)
        self.views = SlotViews(session, self.model, thumbnails)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find category, source or number")
        self.search.setAccessibleName("Find slots")
        self.search.setToolTip("Show slots whose category, source or number has all of these words")
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
        filters = QHBoxLayout()
        filters.setContentsMargins(8, 2, 4, 4)
        filters.setSpacing(6)
        filters.addWidget(self.search, 2)
        for box in (self.category, self.among, self.sorting):
            filters.addWidget(box, 1)
        filters.addWidget(self.table_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(filters)
        layout.addWidget(self.views, 1)
        self.search.textChanged.connect(lambda _: self._filter())
        self.category.currentTextChanged.connect(lambda _: self._filter())
        self.among.currentTextChanged.connect(lambda _: self._filter())
        self.sorting.currentTextChanged.connect(self._sort)
        self.views.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._show_sorting())
        self.table_button.toggled.connect(self.views.show_table)
        session.slots_changed.connect(self._show_slots)
        session.picture_changed.connect(self.show_picture)

    @property
    def duplicates(self) -> list[tuple[int, ...]] | None:
        """Groups of near-duplicates; None where they were not looked for."""
        return self._duplicates

    def show_only_duplicates(self) -> None:
        """Show near-duplicates alone, which are found first."""
        self.among.setCurrentText(_TWICE)

    def show_duplicates(self, groups: list[tuple[int, ...]]) -> None:
        """These are the near-duplicates."""
        self._duplicates = groups
        self._filter()

    def show_picture(self) -> None:
        """The present picture is another; while nobody looks, nothing is sorted."""
        self._stale = not self.isVisible()
        if not self._stale:
            self.model.refresh_picture()
            self._filter()

    def catch_up(self) -> None:
        """Somebody looks now."""
        if self._stale:
            self.show_picture()

    def _show_slots(self) -> None:
        slots = self._session.slots
        if slots is None:
            return
        if not self._session.undo_words and not self._session.edited:
            self._original = frozenset(slots.used.tolist())
        self._duplicates = None
        chosen = self.category.currentData()
        self.category.blockSignals(True)
        self.category.clear()
        self.category.addItem(_ANY, "")
        for name, count in category_counts(slots).items():
            if count:
                self.category.addItem(f"{name}  ({count})", name)
        self.category.setCurrentIndex(max(0, self.category.findData(chosen)))
        self.category.blockSignals(False)
        self.model.refresh()
        self._filter()

    def _filter(self) -> None:
        if self._session.slots is None:
            return
        if self.among.currentText() == _TWICE and self._duplicates is None:
            self.duplicates_wanted.emit()
        self.model.set_filter(Filter(self.search.text(), self.category.currentData() or "", self._among()))
        self.changed.emit()

    def _among(self) -> frozenset[int] | None:
        kind, session = self.among.currentText(), self._session
        used = frozenset(() if session.slots is None else session.slots.used.tolist())
        if kind == _READ:
            return frozenset(() if session.picture is None else session.picture.retrieved)
        if kind == _RETRIEVED:
            return frozenset(slot for slot in used if session.retrieved(slot))
        if kind == _SELECTED:
            return session.selected
        if kind == _TWICE:
            return frozenset(slot for group in self._duplicates or () for slot in group)
        return used - self._original if kind == _NEW else None

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
