"""The curves of a sweep below each other over one axis; a click chooses a value."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.sweeping import Setting, SweepPoint
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.widgets.plot import Plot

_NAMES: dict[Setting, str] = {
    "beta": "β",
    "threshold": "threshold t",
    "priors": "shape priors that are read at most",
    "occluder": "covered part of the object's box",
}
_ROWS = (("iou", "IoU"), ("changed", "changed voxels"), ("voxels", "voxels"), ("read", "priors read"))


class SweepPlot(QWidget):
    """One small plot a quantity: IoU with the truth where that is known, changed voxels, voxels, priors."""

    chosen = Signal(float)
    """The user clicked at this value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[SweepPoint] = ()
        self._present: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of the sweep")
        self.setToolTip("Click in a curve, or press Left and Right, to use that value")
        self._rows: dict[str, tuple[Plot, pg.PlotDataItem, pg.InfiniteLine]] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for name, title in _ROWS:
            plot = Plot(title, "Click to use the value under the mouse")
            plot.canvas.setCursor(Qt.CursorShape.PointingHandCursor)
            plot.canvas.getAxis("left").setLabel(title)
            plot.canvas.getAxis("left").setWidth(64)
            plot.canvas.showGrid(x=True, y=True, alpha=0.15)
            curve = plot.canvas.plot([], [], symbolSize=5)
            marker = pg.InfiniteLine(angle=90, pen=pg.mkPen("#888888", style=Qt.PenStyle.DashLine))
            plot.canvas.addItem(marker)
            plot.canvas.scene().sigMouseClicked.connect(lambda event, canvas=plot.canvas: self._click(canvas, event))
            self._rows[name] = plot, curve, marker
            layout.addWidget(plot, 1)
        first = self._rows[_ROWS[0][0]][0].canvas
        for plot, _, _ in self._rows.values():
            if plot.canvas is not first:
                plot.canvas.setXLink(first)

    @property
    def points(self) -> Sequence[SweepPoint]:
        """What is shown."""
        return self._points

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        for (plot, curve, marker), colour in zip(self._rows.values(), theme.curves, strict=False):
            plot.colour_axes(theme.base, theme.muted, theme.border)
            curve.setPen(pg.mkPen(colour, width=2))
            curve.setSymbolBrush(pg.mkBrush(colour))
            curve.setSymbolPen(None)
            marker.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))

    def show_points(self, setting: Setting, points: Sequence[SweepPoint], present: float | None) -> None:
        """Show a sweep.

        Args:
            setting: what was swept.
            points: by rising value.
            present: the value in force, marked in every plot; None: no mark.
        """
        self._points, self._present = points, present
        values = [point.value for point in points]
        shown = [name for name, _ in _ROWS if points and getattr(points[0], name) is not None]
        if setting == "threshold":
            shown.remove("read")  # the threshold comes after reading
        for name, (plot, curve, marker) in self._rows.items():
            plot.setVisible(name in shown)
            if name in shown:
                curve.setData(values, [getattr(point, name) for point in points])
            last = name == shown[-1] if shown else False
            plot.canvas.getAxis("bottom").setLabel(_NAMES[setting] if last else "")
            plot.canvas.getAxis("bottom").setStyle(showValues=last)
            marker.setVisible(present is not None)
            marker.setValue(0.0 if present is None else present)
            plot.canvas.enableAutoRange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Use the next value, or the one before."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() not in steps or not self._points or self._present is None:
            super().keyPressEvent(event)
            return
        values = [point.value for point in self._points]
        nearest = min(range(len(values)), key=lambda place: abs(values[place] - (self._present or 0.0)))
        self._present = values[min(max(nearest + steps[Qt.Key(event.key())], 0), len(values) - 1)]
        for _, _, marker in self._rows.values():
            marker.setValue(self._present)
        self.chosen.emit(self._present)

    def _click(self, canvas: pg.PlotWidget, event: object) -> None:
        position = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph's own kind of event
        if self._points and canvas.getPlotItem().vb.sceneBoundingRect().contains(position):
            at = canvas.getPlotItem().vb.mapSceneToView(position).x()
            self.chosen.emit(min((point.value for point in self._points), key=lambda value: abs(value - at)))
