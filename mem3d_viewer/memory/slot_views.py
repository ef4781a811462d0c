"""The slots as a grid of shapes, and as a table. Only what is seen is drawn."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mem3d_viewer.memory.session import MemorySession
from mem3d_viewer.memory.slot_delegates import CELL, ROW, ShapeDelegate, TextDelegate
from mem3d_viewer.memory.slot_table_model import (
    AGE,
    CATEGORY,
    RETRIEVED,
    SHAPE,
    SIMILARITY,
    SLOT,
    SLOT_ROLE,
    SOURCE,
    VOXELS,
    SlotTableModel,
)
from mem3d_viewer.memory.thumbnails import Thumbnails

_WIDTHS = {SHAPE: 52, SLOT: 58, CATEGORY: 96, AGE: 66, RETRIEVED: 78, SIMILARITY: 80, VOXELS: 66, SOURCE: 240}


class SlotViews(QWidget):
    """Grid and table of the same slots with the same selection.

    Args:
        session: whose selection is shown and set.
        model: the rows.
        thumbnails: pictures of shapes.
    """

    activated = Signal(int)
    """A slot was double-clicked, or chosen with Return."""

    def __init__(self, session: MemorySession, model: SlotTableModel, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._model, self._thumbnails = session, model, thumbnails
        self._showing = False
        self.grid = self._make_grid()
        self.table = self._make_table()
        self._delegates = [ShapeDelegate(session, thumbnails, self) for _ in (self.grid, self.table)]
        self._delegates[0].badge = self._badge
        self.grid.setItemDelegate(self._delegates[0])
        self.table.setItemDelegate(TextDelegate(self))
        self.table.setItemDelegateForColumn(SHAPE, self._delegates[1])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        for view in (self.grid, self.table):
            view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setAcceptDrops(False)
            view.selectionModel().selectionChanged.connect(lambda *_, view=view: self._selected(view))
            view.selectionModel().currentChanged.connect(lambda *_, view=view: self._selected(view))
            view.activated.connect(lambda index: self.activated.emit(index.data(SLOT_ROLE)))
            view.verticalScrollBar().valueChanged.connect(lambda _: thumbnails.forget_wanted())
        thumbnails.made.connect(lambda: self._shown.viewport().update())
        model.modelReset.connect(self.show_selection)
        session.selection_changed.connect(self.show_selection)

    def _make_grid(self) -> QListView:
        grid = QListView()
        grid.setModel(self._model)
        grid.setViewMode(QListView.ViewMode.IconMode)
        grid.setMovement(QListView.Movement.Static)
        grid.setResizeMode(QListView.ResizeMode.Adjust)
        grid.setLayoutMode(QListView.LayoutMode.SinglePass)
        grid.setUniformItemSizes(True)
        grid.setGridSize(CELL)
        grid.setMouseTracking(True)
        grid.setAccessibleName("Memory slots")
        grid.setToolTip("Slots of the memory; the bar at the left marks those that were read for the present picture")
        grid.setMinimumWidth(2 * CELL.width() + 30)
        return grid

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSortingEnabled(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Memory slots as a table")
        table.setToolTip("Slots of the memory; a click on a heading sorts")
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(ROW)
        for header, what in ((table.horizontalHeader(), "columns"), (table.verticalHeader(), "rows")):
            header.setAccessibleName(f"Memory slots: {what}")
        head = table.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicator(SLOT, Qt.SortOrder.AscendingOrder)
        head.sortIndicatorChanged.connect(self._model.sort)
        head.setStretchLastSection(True)
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        return table

    @property
    def is_table(self) -> bool:
        """Whether the table is shown, not the grid."""
        return self._stack.currentWidget() is self.table

    @property
    def _shown(self) -> QAbstractItemView:
        return self.table if self.is_table else self.grid

    def show_table(self, on: bool) -> None:
        """Show the table, or the grid."""
        self._stack.setCurrentWidget(self.table if on else self.grid)
        self.show_selection()

    def show_sorting(self) -> None:
        """Mark the column that is sorted by."""
        column, descending = self._model.sorting
        head = self.table.horizontalHeader()
        head.blockSignals(True)
        head.setSortIndicator(column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
        head.blockSignals(False)
        self.grid.viewport().update()

    def set_mark(self, colour: str) -> None:
        """Colour of the mark on what the LSTM read, as ``#rrggbb``."""
        for delegate in self._delegates:
            delegate.set_mark(colour)
        self.grid.viewport().update()

    def show_selection(self) -> None:
        """Select in the shown view what the session has selected, without telling it."""
        view = self._shown
        rows = [row for slot in self._session.selected if (row := self._model.row_of(slot)) is not None]
        last = self._model.columnCount() - 1 if self.is_table else 0
        selection = QItemSelection()
        for low, high in _runs(sorted(rows)):
            selection.select(self._model.index(low, 0), self._model.index(high, last))
        current = None if self._session.current is None else self._model.row_of(self._session.current)
        self._showing = True
        model = view.selectionModel()
        if current is not None and view.currentIndex().row() != current:
            model.setCurrentIndex(self._model.index(current, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._showing = False

    def _selected(self, view: QAbstractItemView) -> None:
        if self._showing or view is not self._shown:
            return
        rows = {index.row() for index in view.selectionModel().selectedIndexes()}
        slots = frozenset(int(self._model.slots[row]) for row in rows)
        index = view.currentIndex()
        current = int(self._model.slots[index.row()]) if index.isValid() else None
        self._session.select(slots, current if current in slots else None)

    def _badge(self, slot: int) -> str:
        """What the grid is sorted by, in words; else the number of the slot."""
        column, _ = self._model.sorting
        row = self._model.row_of(slot)
        if row is None:
            return ""
        names = {AGE: "age ", RETRIEVED: "retrieved ", SIMILARITY: "", VOXELS: ""}
        name, column = names.get(column, "slot "), column if column in names else SLOT
        return f"{name}{self._model.index(row, column).data()}{' voxels' if column == VOXELS else ''}"


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Whole numbers in ascending order as (first, last) of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
