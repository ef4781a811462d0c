"""The photo, large, to draw on: boxes and strokes by mouse or by keyboard, zoom and pan."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.data.foreground import Brush, Stroke
from core.data.images import GREY, Box, Colour

CanvasTool = Brush | Literal["box"]

_MARGIN = 8
_GRIP = 8
"""Distance in screen pixels at which an edge of the box is taken hold of."""
_SMALLEST_BOX = 3
"""Side in pixels of the picture below which a drag was a click."""
_LARGEST_ZOOM = 40.0
_STEPS = 60
"""Key strokes across the longest side."""
_PAINT = {"keep": QColor(40, 170, 80, 150), "remove": QColor(220, 60, 50, 150), "uncover": QColor(255, 255, 255, 150)}
_BOX_COLOUR = QColor("#2f80ff")
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class EditCanvas(QWidget):
    """Turns what is drawn on a picture into boxes and strokes; it changes nothing by itself.

    Left drags draw; a drag at an edge or corner of the box moves it. The wheel zooms, the middle button (or Shift and
    the left one) pans. By keyboard the arrows move a cursor, Space puts the pen down and lifts it.
    """

    drawn = Signal(object)
    """A finished step: a box (left, top, right, bottom) or a ``Stroke``."""
    drawing = Signal(object)
    """The same while it is still being drawn."""
    given_up = Signal()
    """What was being drawn is dropped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool: CanvasTool = "box"
        self.radius = 10.0
        """The brush's radius in pixels of the picture."""
        self.colour: Colour = GREY
        """Colour of covers."""
        self._image = QImage()
        self._width, self._height = 1, 1
        self._zoom, self._origin, self._fitted = 1.0, QPointF(), True
        self.box: Box | None = None
        self._points: list[QPointF] = []
        self._edges: tuple[bool, bool, bool, bool] | None = None
        self._panning: QPointF | None = None
        self._cursor: QPointF | None = None
        self._by_keys = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(200, 160)
        self.setAccessibleName("Photo to draw on")
        self.setAccessibleDescription("Arrow keys move the cursor, Space starts and ends a box or a stroke")

    # -- what is shown

    def set_picture(self, width: int, height: int) -> None:
        """Begin with a picture of this size, shown whole."""
        self._width, self._height = width, height
        self._image, self.box, self._cursor = QImage(), None, None
        self._points, self._edges = [], None
        self.fit()

    def set_view(self, pixels: NDArray[np.uint8], box: Box | None) -> None:
        """Show (h, w, 3) uint8 RGB pixels as the picture, whatever their size, and the box that counts."""
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        self._image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.box = box
        self.update()

    def fit(self) -> None:
        """Show the whole picture, as large as it fits."""
        room = self.size() - QSize(2 * _MARGIN, 2 * _MARGIN)
        self._zoom = max(1e-3, min(room.width() / self._width, room.height() / self._height))
        left = (self.width() - self._zoom * self._width) / 2
        top = (self.height() - self._zoom * self._height) / 2
        self._origin, self._fitted = QPointF(left, top), True
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom by ``factor`` about a point of the widget, the middle where none is given."""
        about = QPointF(self.rect().center()) if about is None else about
        smallest = 0.5 * min(self.width() / self._width, self.height() / self._height)
        zoom = min(max(self._zoom * factor, smallest), max(_LARGEST_ZOOM, smallest))
        self._origin = about - (about - self._origin) * (zoom / self._zoom)
        self._zoom, self._fitted = zoom, False
        self.update()

    def to_picture(self, point: QPointF) -> QPointF:
        """A point of the widget in pixels of the picture."""
        return (point - self._origin) / self._zoom

    def to_widget(self, x: float, y: float) -> QPointF:
        """A point of the picture in pixels of the widget."""
        return self._origin + QPointF(x, y) * self._zoom

    # -- drawing

    @property
    def is_drawing(self) -> bool:
        """Whether a box or a stroke is begun and not ended."""
        return bool(self._points)

    def give_up(self) -> None:
        """Drop what is being drawn."""
        if self._points:
            self._points, self._edges = [], None
            self.given_up.emit()
            self.update()

    def _begin(self, point: QPointF) -> None:
        self._edges = self._edges_at(point) if self.tool == "box" else None
        self._points = [point]
        self._draw()

    def _go_on(self, point: QPointF) -> None:
        if (point - self._points[-1]).manhattanLength() * self._zoom >= 1.0:
            self._points.append(point)
            self._draw()

    def _end(self) -> None:
        step = self._step()
        self._points, self._edges = [], None
        if step is None:
            self.given_up.emit()
        else:
            self.drawn.emit(step)
        self.update()

    def _draw(self) -> None:
        step = self._step()
        if step is not None:
            self.drawing.emit(step)
        self.update()

    def _step(self) -> Box | Stroke | None:
        """What was drawn so far; None for a box that is too small to be one."""
        if self.tool != "box":
            points = tuple((point.x(), point.y()) for point in self._points)
            return Stroke(self.tool, points, self.radius, self.colour)
        first, last = self._points[0], self._points[-1]
        if self._edges is not None and self.box is not None:
            left, top, right, bottom = (
                side + (move if moves else 0.0)
                for side, move, moves in zip(
                    self.box, (last.x() - first.x(), last.y() - first.y()) * 2, self._edges, strict=True
                )
            )
            first, last = QPointF(left, top), QPointF(right, bottom)
        columns, rows = sorted((first.x(), last.x())), sorted((first.y(), last.y()))
        left, right = (min(max(round(x), 0), self._width) for x in columns)
        top, bottom = (min(max(round(y), 0), self._height) for y in rows)
        return (left, top, right, bottom) if min(right - left, bottom - top) >= _SMALLEST_BOX else None

    def _edges_at(self, point: QPointF) -> tuple[bool, bool, bool, bool] | None:
        """Which edges of the box (left, top, right, bottom) are at ``point``; None for none."""
        if self.box is None:
            return None
        left, top, right, bottom = self.box
        reach = _GRIP / self._zoom
        x, y = point.x(), point.y()
        across, down = left - reach <= x <= right + reach, top - reach <= y <= bottom + reach
        near = (
            abs(x - left) <= reach and down,
            abs(y - top) <= reach and across,
            abs(x - right) <= reach and down,
            abs(y - bottom) <= reach and across,
        )
        return near if any(near) else None

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to draw, or to pan."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.button() == Qt.MouseButton.MiddleButton or (event.button() == Qt.MouseButton.LeftButton and shift):
            self._panning = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and not self._points:
            self._by_keys = False
            self._begin(self.to_picture(event.position()))
        elif event.button() == Qt.MouseButton.RightButton:
            self.give_up()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, pan, or just show where the brush is."""
        point = event.position()
        if self._panning is not None:
            self._origin += point - self._panning
            self._panning, self._fitted = point, False
        self._cursor = self.to_picture(point)
        if self._points and not self._by_keys and self._panning is None:
            self._go_on(self._cursor)
        elif self.tool == "box" and self._panning is None:
            self.setCursor(self._shape(self._edges_at(self._cursor)))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what was begun."""
        if self._panning is not None:
            self._panning = None
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif event.button() == Qt.MouseButton.LeftButton and self._points and not self._by_keys:
            self._go_on(self.to_picture(event.position()))
            self._end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush."""
        if not self._by_keys:
            self._cursor = None
        self.update()

    @staticmethod
    def _shape(edges: tuple[bool, bool, bool, bool] | None) -> Qt.CursorShape:
        if edges is None:
            return Qt.CursorShape.CrossCursor
        left, top, right, bottom = edges
        if (left and top) or (right and bottom):
            return Qt.CursorShape.SizeFDiagCursor
        if (left or right) and (top or bottom):
            return Qt.CursorShape.SizeBDiagCursor
        return Qt.CursorShape.SizeHorCursor if left or right else Qt.CursorShape.SizeVerCursor

    # -- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Space, and zoom."""
        key = event.key()
        if key in _ARROWS:
            self._move_cursor(*_ARROWS[key], far=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._press_pen()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.25)
        elif key == Qt.Key.Key_Minus:
            self.zoom(0.8)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The pen of the keyboard is lifted without drawing."""
        if self._by_keys:
            self.give_up()
        super().focusOutEvent(event)

    def _move_cursor(self, x: int, y: int, *, far: bool) -> None:
        step = max(1.0, max(self._width, self._height) / _STEPS) * (5 if far else 1)
        at = self._cursor or QPointF(self._width / 2, self._height / 2)
        self._cursor = QPointF(
            min(max(at.x() + x * step, 0.0), float(self._width)), min(max(at.y() + y * step, 0.0), float(self._height))
        )
        shown = self.to_widget(self._cursor.x(), self._cursor.y())
        inside = QPointF(min(max(shown.x(), 20), self.width() - 20), min(max(shown.y(), 20), self.height() - 20))
        self._origin += inside - shown
        if self._points and self._by_keys:
            self._go_on(self._cursor)
        self.update()

    def _press_pen(self) -> None:
        if self._points and self._by_keys:
            self._end()
            self._by_keys = False
        elif not self._points:
            self._cursor = self._cursor or QPointF(self._width / 2, self._height / 2)
            self._by_keys = True
            self._begin(self._cursor)

    # -- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A picture that was shown whole still is."""
        if self._fitted:
            self.fit()
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        """As large as it may."""
        return QSize(520, 480)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the box, what is being drawn, and the brush."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        target = QRectF(self._origin, self.to_widget(self._width, self._height))
        if not self._image.isNull():
            painter.drawImage(target, self._image)
        step = self._step() if self._points else None
        if isinstance(step, Stroke):
            self._paint_stroke(painter, step)
        box = step if isinstance(step, tuple) else self.box
        if box is not None:
            self._paint_box(painter, box)
        if self._cursor is not None and self._panning is None:
            self._paint_brush(painter, self.to_widget(self._cursor.x(), self._cursor.y()))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _paint_stroke(self, painter: QPainter, stroke: Stroke) -> None:
        colour = QColor(*stroke.colour) if stroke.tool == "cover" else _PAINT[stroke.tool]
        wide = 2 * stroke.radius * self._zoom
        painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        points = [self.to_widget(x, y) for x, y in stroke.points]
        if len(points) == 1:
            painter.drawPoint(points[0])
        else:
            painter.drawPolyline(QPolygonF(points))

    def _paint_box(self, painter: QPainter, box: Box) -> None:
        left, top, right, bottom = box
        frame = QRectF(self.to_widget(left, top), self.to_widget(right, bottom))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 3))
        painter.drawRect(frame)
        painter.setPen(QPen(_BOX_COLOUR, 1.5, Qt.PenStyle.DashLine))
        painter.drawRect(frame)
        if self.tool == "box":
            painter.setPen(QPen(QColor("white"), 1))
            painter.setBrush(_BOX_COLOUR)
            for corner in (frame.topLeft(), frame.topRight(), frame.bottomLeft(), frame.bottomRight()):
                painter.drawEllipse(corner, 4.5, 4.5)

    def _paint_brush(self, painter: QPainter, at: QPointF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self.radius * self._zoom if self.tool != "box" else 0.0
        for colour, wide in ((QColor(0, 0, 0, 170), 3.0), (QColor("white"), 1.2)):
            painter.setPen(QPen(colour, wide))
            if radius > 3:
                painter.drawEllipse(at, radius, radius)
            elif self._by_keys or self.hasFocus():
                painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
                painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))
