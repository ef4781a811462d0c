"""How a slot is drawn, in the grid and in the table."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mem3d_viewer.memory.session import MemorySession
from mem3d_viewer.memory.slot_table_model import NUMBERS, SLOT_ROLE
from mem3d_viewer.memory.thumbnails import Thumbnails

CELL = QSize(92, 110)
_SHAPE = 68
ROW = 44
"""Height of a row of the table."""
_KEPT = 4000
"""Pictures that are kept in the size of the table."""
_AnyIndex = QModelIndex | QPersistentModelIndex


class ShapeDelegate(QStyledItemDelegate):
    """Draws a shape, in the grid with words below it, and a mark where the LSTM read the slot."""

    def __init__(self, session: MemorySession, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails
        self._mark = QColor("#d07a2a")
        self._smaller: dict[int, QPixmap] = {}
        self.badge: Callable[[int], str] = str

    def set_mark(self, colour: str) -> None:
        """Colour of the mark on what the LSTM read."""
        self._mark = QColor(colour)

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        """All are equally large."""
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Draw one."""
        slots = self._session.slots
        if slots is None:
            return
        painter.save()
        slot = index.data(SLOT_ROLE)
        cell = option.rect.adjusted(2, 2, -2, -2)
        in_grid = cell.height() > ROW
        palette = option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            fill = palette.color(QPalette.ColorRole.Highlight)
            painter.setPen(fill)
            fill.setAlpha(60)
            painter.setBrush(fill)
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(cell, palette.color(QPalette.ColorRole.Button))
        picture = self._session.picture
        if picture is not None and slot in picture.retrieved:
            painter.fillRect(QRect(cell.left(), cell.top(), 4, cell.height()), self._mark)
        place = QRect(cell.left(), cell.top() + 3, cell.width(), _SHAPE) if in_grid else cell
        pixmap = self._thumbnails.get(slots.packed[slot])
        if pixmap is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(palette.color(QPalette.ColorRole.Mid))
            painter.drawRect(QRect(place.center() - QPoint(8, 8), QSize(16, 16)))
        else:
            self._draw_centred(painter, pixmap, place)
        if in_grid:
            words = QRect(cell.left() + 7, place.bottom() + 1, cell.width() - 9, cell.bottom() - place.bottom() - 1)
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), slots.category(slot))
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), self.badge(slot))
        painter.restore()

    def _draw_centred(self, painter: QPainter, pixmap: QPixmap, place: QRect) -> None:
        """Draw a picture, made smaller where there is less room; that is done once a picture."""
        size = pixmap.deviceIndependentSize().toSize()
        if size.width() > place.width() or size.height() > place.height():
            key = pixmap.cacheKey()
            if key not in self._smaller:
                if len(self._smaller) >= _KEPT:
                    self._smaller.clear()
                density = pixmap.devicePixelRatio()
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                self._smaller[key] = pixmap.scaled(place.size() * density, keep, smooth)
                self._smaller[key].setDevicePixelRatio(density)
            pixmap = self._smaller[key]
            size = pixmap.deviceIndependentSize().toSize()
        left = place.left() + (place.width() - size.width()) // 2
        painter.drawPixmap(QPoint(left, place.top() + (place.height() - size.height()) // 2), pixmap)


class TextDelegate(QStyledItemDelegate):
    """Draws a cell's words; a style sheet's own way of doing it takes several times as long."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Draw one."""
        palette, role = option.palette, QPalette.ColorRole
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, palette.color(role.Highlight))
        elif index.row() % 2:
            painter.fillRect(option.rect, palette.color(role.AlternateBase))
        place = option.rect.adjusted(5, 0, -5, 0)
        words = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, place.width())
        align = Qt.AlignmentFlag.AlignRight if index.column() in NUMBERS else Qt.AlignmentFlag.AlignLeft
        painter.setPen(palette.color(role.HighlightedText if chosen else role.Text))
        painter.drawText(place, int(align | Qt.AlignmentFlag.AlignVCenter), words)
