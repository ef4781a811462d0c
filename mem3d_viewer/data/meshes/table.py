"""The meshes of a folder, a row each, with what was found when they were examined."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from core.data.meshes.examining import MeshReport
from core.data.meshes.library import MeshFile
from core.errors import Mem3DError

_COLUMNS = {
    "Category": "Category of the object",
    "Name": "Name of the mesh",
    "Triangles": "Triangles of its surface",
    "Parts": "Bodies that do not hang together",
    "Watertight": "Whether its surface is closed; it need not be",
    "Grid": "Occupied share of its 32^3 grid",
    "Notes": "What was mended, assumed, or is wrong",
}
"""Headings and their tips."""


class MeshTable(QTableWidget):
    """Lists meshes; what is known of each is filled in as it comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.files: tuple[MeshFile, ...] = ()
        """The meshes, in the order of the rows."""
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        for column, tip in enumerate(_COLUMNS.values()):
            self.model().setHeaderData(column, Qt.Orientation.Horizontal, tip, Qt.ItemDataRole.ToolTipRole)
        self.setAccessibleName("Meshes")
        self.setToolTip("The meshes that were found, and how they are; the chosen one is shown below")
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)

    @property
    def current(self) -> MeshFile | None:
        """The chosen mesh."""
        return self.files[self.currentRow()] if 0 <= self.currentRow() < len(self.files) else None

    def show_files(self, files: Sequence[MeshFile]) -> None:
        """List these meshes and choose none."""
        self.files = tuple(files)
        with QSignalBlocker(self):
            self.setRowCount(len(files))
            for row, file in enumerate(files):
                name = QTableWidgetItem(file.name)
                name.setToolTip(str(file.path))
                self.setItem(row, 0, QTableWidgetItem(file.category))
                self.setItem(row, 1, name)
            self.setCurrentCell(-1, -1)

    def show_found(self, row: int, found: MeshReport | Mem3DError) -> None:
        """Fill in what was found in the mesh of a row, or why it cannot be used."""
        if isinstance(found, Mem3DError):
            cells = ["", "", "", "", str(found)]
        else:
            grid = f"{100 * found.occupied:.1f} %" + ("" if found.solid else ", hollow")
            words = "yes" if found.watertight else "no"
            cells = [f"{found.triangles:,}", str(found.parts), words, grid, "; ".join(found.notes)]
        for column, text in enumerate(cells, start=2):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            self.setItem(row, column, item)
