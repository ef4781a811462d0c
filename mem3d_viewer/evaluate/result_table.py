"""A table of figures that sorts by any column; averages stay below, published figures look different."""

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QTableView, QWidget

from core.evaluation.tables import Row, Table

_AnyIndex = QModelIndex | QPersistentModelIndex
_EMPTY = Table("", "", (), ())


class ResultModel(QAbstractTableModel):
    """A ``Table``: its rows' names, their counts where they have any, and its columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._rows = _EMPTY, list[Row]()
        self._counted = self._mixed = False
        self._published_text, self._published_back, self._average_back = QColor(), QColor(), QColor()

    def set_colours(self, published_text: str, published_back: str, average_back: str) -> None:
        """Of published figures and of averages, as ``#rrggbb``."""
        self.beginResetModel()
        self._published_text, self._published_back = QColor(published_text), QColor(published_back)
        self._average_back = QColor(average_back)
        self.endResetModel()

    def set_table(self, table: Table, column: int = -1, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show ``table``, sorted by a column of this model; -1: in its own order."""
        self.beginResetModel()
        self._table = table
        self._counted = any(row.count is not None for row in table.rows)
        self._mixed = len({entry.published for entry in table.columns}) > 1
        self._rows = self._sorted(column, order)
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Name, count where there is one, figures."""
        return 0 if parent.isValid() else 1 + self._counted + len(self._table.columns)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows and how."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._table_column(index.column())
        published = column is not None and self._table.columns[column].published
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            font = QFont(QGuiApplication.font())
            font.setItalic(published)
            font.setBold(row.kind == "average" and not published)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and published:
            return QBrush(self._published_text)
        if role == Qt.ItemDataRole.BackgroundRole:
            if published:
                return QBrush(self._published_back)
            return QBrush(self._average_back) if row.kind == "average" else None
        if role == Qt.ItemDataRole.ToolTipRole and column is not None:
            return self._table.columns[column].source
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings, with the source of each column as its tip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self._table_column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            if column is None:
                return "n" if section else self._table.corner
            entry = self._table.columns[column]
            return f"{entry.title}\n{'published' if entry.published else 'measured'}" if self._mixed else entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            if column is None:
                return "Number of pictures" if section else "A click on a heading sorts"
            return self._table.columns[column].source
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the entries; averages stay below them, cells without a figure at the end."""
        self.layoutAboutToBeChanged.emit()
        self._rows = self._sorted(column, order)
        self.layoutChanged.emit()

    def text(self) -> str:
        """Everything, tabs between the cells, as spreadsheets take it."""
        head = [
            str(self.headerData(i, Qt.Orientation.Horizontal)).replace("\n", " ") for i in range(self.columnCount())
        ]
        body = [[self._words(row, column) for column in range(self.columnCount())] for row in self._rows]
        return "\n".join("\t".join(cells) for cells in [head, *body])

    def _sorted(self, column: int, order: Qt.SortOrder) -> list[Row]:
        down = order == Qt.SortOrder.DescendingOrder
        entries = [row for row in self._table.rows if row.kind == "entry"]
        if column == 0:
            entries.sort(key=lambda row: row.name, reverse=down)
        elif 0 < column < self.columnCount():
            entries.sort(key=lambda row: self._sort_key(row, column, down))
        return entries + [row for row in self._table.rows if row.kind == "average"]

    def _table_column(self, section: int) -> int | None:
        place = section - 1 - self._counted
        return place if 0 <= place < len(self._table.columns) else None

    def _words(self, row: Row, section: int) -> str:
        column = self._table_column(section)
        if column is not None:
            value = row.values[column]
            return "" if value is None else f"{value:.{self._table.columns[column].digits}f}"
        if section == 0:
            return row.name
        return "" if row.count is None else str(row.count)

    def _sort_key(self, row: Row, section: int, down: bool) -> float:
        column = self._table_column(section)
        value = row.count if column is None else row.values[column]
        if value is None:
            return math.inf
        return -value if down else value


class ResultTable(QTableView):
    """The table; Ctrl+C copies all of it.

    Args:
        name: the accessible name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = ResultModel(self)
        self.setModel(self.figures)
        self.setAccessibleName(name)
        self.setToolTip("A click on a heading sorts; Ctrl+C copies")
        self.horizontalHeader().setAccessibleName(f"{name}: headings")
        self.verticalHeader().setAccessibleName(f"{name}: rows")
        self.setCornerButtonEnabled(False)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)

    def show_table(self, table: Table) -> None:
        """Show ``table``, sorted as the one before."""
        header = self.horizontalHeader()
        self.figures.set_table(table, header.sortIndicatorSection(), header.sortIndicatorOrder())
        self.setAccessibleDescription(table.title)
        if self.isVisible():
            self.resizeColumnsToContents()  # a header that follows its contents by itself measures them many times over

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns to what came while nobody looked."""
        super().showEvent(event)
        self.resizeColumnsToContents()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy all of it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.figures.text())
        else:
            super().keyPressEvent(event)
