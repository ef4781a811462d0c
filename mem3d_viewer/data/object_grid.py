"""The objects of a data set as a grid of pictures, each loaded only once it is seen."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.widgets.captions import breakable, caption_height

_AnyIndex = QModelIndex | QPersistentModelIndex
_KEPT = 4000


class _Entries(QAbstractListModel):
    """Captions at once; pictures when they are there."""

    wanted = Signal(int)
    """Key of an entry whose picture is asked for the first time."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[int] = []
        self._rows: dict[int, int] = {}
        self._captions: Mapping[int, str] = {}
        self._tip: Callable[[int], str] = str
        self.icons: dict[int, QIcon] = {}
        self._asked: set[int] = set()
        blank = QPixmap(side, side)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)

    def set_entries(self, captions: Mapping[int, str], tip: Callable[[int], str]) -> None:
        """Show an entry for each key, with its caption and, where it is looked at, its tip."""
        self.beginResetModel()
        self._keys, self._captions, self._tip = list(captions), captions, tip
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self.endResetModel()

    def forget_pictures(self) -> None:
        """Drop every picture: the keys mean something else from now on."""
        self.icons.clear()
        self._asked.clear()

    def set_picture(self, key: int, pixels: NDArray[np.uint8]) -> None:
        """Show (H, W, 3 or 4) uint8 pixels for the entry ``key``."""
        if len(self.icons) >= _KEPT:
            self.forget_pictures()
        self.icons[key] = QIcon(QPixmap.fromImage(image_of(pixels)))
        row = self._rows.get(key)
        if row is not None:
            place = self.index(row)
            self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])

    def row_of(self, key: int) -> int | None:
        """The row of an entry."""
        return self._rows.get(key)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of entries."""
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Caption, tip, picture or key."""
        if not index.isValid():
            return None
        key = self._keys[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return breakable(self._captions[key])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._tip(key)
        if role == Qt.ItemDataRole.UserRole:
            return key
        if role == Qt.ItemDataRole.DecorationRole:
            if key not in self.icons and key not in self._asked:
                self._asked.add(key)
                self.wanted.emit(key)
            return self.icons.get(key, self._blank)
        return None


class ObjectGrid(QWidget):
    """Pictures with captions to choose from.

    Args:
        name: the accessible name.
        side: side of a picture in pixels.
    """

    wanted = Signal(int)
    """Key of an entry that is seen and has no picture yet; answer with ``set_picture``."""
    selected = Signal(object)
    """Key of the entry that was chosen; None: none."""
    activated = Signal(int)
    """Key of the entry that was double-clicked, or chosen with Return."""

    def __init__(self, name: str, side: int = 88, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = _Entries(side, self)
        self.view = QListView()
        self.view.setModel(self.entries)
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setIconSize(QSize(side, side))
        self._side = side
        self.view.setGridSize(QSize(side + 22, side + 26))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setUniformItemSizes(True)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setWordWrap(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName(name)
        self.view.setToolTip("The arrow keys choose; Return or a double click opens")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.entries.wanted.connect(self.wanted)
        self.view.selectionModel().currentChanged.connect(self._choose)
        self.view.doubleClicked.connect(lambda index: self.activated.emit(index.data(Qt.ItemDataRole.UserRole)))
        self.view.activated.connect(lambda index: self.activated.emit(index.data(Qt.ItemDataRole.UserRole)))

    @property
    def keys(self) -> list[int]:
        """Keys of the entries, as shown."""
        rows = range(self.entries.rowCount())
        return [self.entries.index(row).data(Qt.ItemDataRole.UserRole) for row in rows]

    @property
    def count(self) -> int:
        """Number of entries."""
        return self.entries.rowCount()

    @property
    def current(self) -> int | None:
        """Key of the chosen entry."""
        index = self.view.currentIndex()
        return index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None

    def show_entries(self, captions: Mapping[int, str], tip: Callable[[int], str]) -> None:
        """Show an entry for each key; the chosen one stays chosen where it is among them.

        Args:
            captions: key to the words below the picture, in the order of the entries.
            tip: more about the entry of a key; asked for only where it is looked at, as there may be 40 000.
        """
        key = self.current
        width = self._side + 22
        room = caption_height(captions.values(), width - 8, self.view.fontMetrics())
        self.view.setGridSize(QSize(width, self._side + 10 + room))
        self.entries.set_entries(captions, tip)
        if key is not None:
            self.select(key)

    def clear(self) -> None:
        """Show nothing, and keep no picture: the keys mean other things from now on."""
        self.entries.forget_pictures()
        self.entries.set_entries({}, str)

    def select(self, key: int) -> None:
        """Choose an entry."""
        row = self.entries.row_of(key)
        if row is not None:
            self.view.setCurrentIndex(self.entries.index(row))

    def set_picture(self, key: int, pixels: NDArray[np.uint8]) -> None:
        """Show (H, W, 3) or (H, W, 4) uint8 pixels for the entry ``key``."""
        self.entries.set_picture(key, pixels)

    def _choose(self, index: QModelIndex) -> None:
        self.selected.emit(index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None)
