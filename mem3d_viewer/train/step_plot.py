"""A small plot over the steps of a run, with a marker at the step that is looked at."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from mem3d_viewer.widgets.plot import Plot


class StepPlot(Plot):
    """One line, or amounts stacked on each other; a click or the dragged marker chooses a recorded step.

    Args:
        title: words on the vertical axis.
        name: the accessible name.
    """

    chosen = Signal(int)
    """The user chose the recorded step nearest to the pointer."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "Click, or drag the marker, to choose a step", parent=parent)
        self._steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self.drawn: list[pg.PlotDataItem] = []
        """The line, or the areas from the top one down."""
        self._line_colour = "#2563c9"
        self.canvas.getAxis("left").setLabel(title)
        self.canvas.getAxis("left").setWidth(58)
        self.canvas.getAxis("bottom").setLabel("step")
        self.marker = pg.InfiniteLine(angle=90, movable=True)
        self.marker.setZValue(1000)
        self.canvas.addItem(self.marker, ignoreBounds=True)
        self.marker.sigDragged.connect(lambda line: self._choose(line.value()))
        self.marker.sigPositionChangeFinished.connect(lambda line: self.mark(self._nearest(line.value())))
        self.canvas.scene().sigMouseClicked.connect(self._clicked)
        self.clear()

    @property
    def marked(self) -> int | None:
        """The step at the marker; None where there is nothing to mark."""
        return self._nearest(self.marker.value()) if len(self._steps) else None

    def set_colours(self, background: str, text: str, grid: str, line: str, marker: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self._line_colour = line
        self.colour_axes(background, text, grid)
        self.marker.setPen(pg.mkPen(marker, width=2))
        self.marker.setHoverPen(pg.mkPen(marker, width=4))

    def show_line(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """Show one value a step, each 0 … 1."""
        self._begin(steps)
        x, y = self._steps.astype(float), np.array(values, dtype=float)
        item = pg.PlotDataItem(
            x, y, pen=pg.mkPen(self._line_colour, width=2), symbol="o", symbolSize=5,
            symbolBrush=self._line_colour, symbolPen=None,
        )  # fmt: skip
        self._add(item)
        self.canvas.setYRange(0.0, min(1.0, 1.15 * float(y.max(initial=0.1))), padding=0)

    def show_stack(self, steps: Sequence[int], amounts: NDArray[np.int64], colours: Sequence[str], top: int) -> None:
        """Show amounts on top of each other.

        Args:
            steps: N steps.
            amounts: (N, K) of K kinds, the lowest first.
            colours: one a kind, as ``#rrggbb``.
            top: the greatest sum that there can be.
        """
        self._begin(steps)
        x = self._steps.astype(float)
        heights = np.cumsum(amounts, axis=1, dtype=float)
        if len(x) == 1:  # an area of one step has no width
            x, heights = x + np.array([-0.5, 0.5]), np.repeat(heights, 2, axis=0)
        for kind in reversed(range(len(colours))):  # each covers the lower part of the one above it
            self._add(pg.PlotDataItem(x, heights[:, kind], pen=None, fillLevel=0.0, brush=colours[kind]))
        self.canvas.setYRange(0.0, max(top, 1), padding=0.02)

    def mark(self, step: int) -> None:
        """Put the marker at ``step`` without telling anyone."""
        with QSignalBlocker(self.marker):
            self.marker.setValue(step)

    def clear(self) -> None:
        """Show nothing."""
        self._begin(())
        self.canvas.setYRange(0.0, 1.0, padding=0)

    def _begin(self, steps: Sequence[int]) -> None:
        for item in self.drawn:
            self.canvas.removeItem(item)
        self.drawn = []
        self._steps = np.array(steps, dtype=np.int64)
        self.marker.setVisible(len(self._steps) > 0)
        if len(self._steps):
            low, high = float(self._steps[0]), float(self._steps[-1])
            self.marker.setBounds((low, high))
            self.canvas.setXRange(low, max(high, low + 1), padding=0.02)

    def _add(self, item: pg.PlotDataItem) -> None:
        self.drawn.append(item)
        self.canvas.addItem(item)

    def _nearest(self, x: float) -> int:
        return int(self._steps[np.abs(self._steps - x).argmin()])

    def _choose(self, x: float) -> None:
        if len(self._steps):
            self.chosen.emit(self._nearest(x))

    def _clicked(self, event: MouseClickEvent) -> None:
        box = self.canvas.getPlotItem().getViewBox()
        position = event.scenePos()
        if self.canvas.getPlotItem().sceneBoundingRect().contains(position):
            self._choose(float(box.mapSceneToView(position).x()))
