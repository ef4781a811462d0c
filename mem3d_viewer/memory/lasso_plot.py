"""A plot on which the left button draws a lasso."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent


class LassoPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph is untyped
    """A plot in which the left button draws a lasso; the right one moves the map, the wheel zooms."""

    hovered = Signal(QPointF)
    left = Signal()
    doubled = Signal()
    lassoed = Signal(object)
    """Corners of the lasso in map coordinates, (K, 2) float; fewer than three for a plain click."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self._path: list[QPointF] = []
        self._line = pg.PlotDataItem()
        self.addItem(self._line, ignoreBounds=True)
        self._line.setZValue(90)

    def set_line(self, colour: str) -> None:
        """Colour of the lasso."""
        self._line.setPen(pg.mkPen(colour, width=2, style=Qt.PenStyle.DashLine))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the lasso."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._path = [event.position()]
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it on, or tell where the mouse is."""
        if self._path:
            self._path.append(event.position())
            corners = self._on_map([*self._path, self._path[0]])
            self._line.setData(corners[:, 0], corners[:, 1])
            event.accept()
            return
        super().mouseMoveEvent(event)
        self.hovered.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        if event.button() == Qt.MouseButton.LeftButton and self._path:
            path, self._path = self._path, []
            self._line.setData([], [])
            short = max(abs(p.x() - path[0].x()) + abs(p.y() - path[0].y()) for p in path) < 6
            self.lassoed.emit(self._on_map(path[:1] if short else path))
            event.accept()
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the whole map."""
        self._path = []
        self.doubled.emit()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is over nothing."""
        super().leaveEvent(event)
        self.left.emit()

    def _on_map(self, places: list[QPointF]) -> NDArray[np.float64]:
        box = self.getPlotItem().getViewBox()
        points = [box.mapSceneToView(self.mapToScene(place.toPoint())) for place in places]
        return np.array([(point.x(), point.y()) for point in points])
