"""A small plot over the steps of a run, with a marker at the step that is looked at."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget


class StepPlot(QWidget):
    """One line, or amounts stacked on each other; a click or the dragged marker chooses a recorded step.

    Args:
        title: words on the vertical axis.
        name: the accessible name.
    """

    chosen = Signal(int)
    """The user chose the recorded step nearest to the pointer."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._drawn: list[pg.PlotDataItem] = []
        self._line_colour = "#2563c9"
        self._plot = pg.PlotWidget()
        self._plot.setAccessibleName(name)
        self._plot.setToolTip("Click, or drag the marker, to choose a step")
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the slider beside it is its keyboard
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.getAxis("left").setLabel(title)
        self._plot.getAxis("left").setWidth(58)
        self._plot.getAxis("bottom").setLabel("step")
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._marker = pg.InfiniteLine(angle=90, movable=True)
        self._marker.setZValue(1000)
        self._plot.addItem(self._marker, ignoreBounds=True)
        self._marker.sigDragged.connect(lambda line: self._choose(line.value()))
        self._marker.sigPositionChangeFinished.connect(lambda line: self.mark(self._nearest(line.value())))
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.clear()

    @property
    def marked(self) -> int | None:
        """The step at the marker; None where there is nothing to mark."""
        return self._nearest(self._marker.value()) if len(self._steps) else None

    def set_colours(self, background: str, text: str, grid: str, line: str, marker: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self._line_colour = line
        self._plot.setBackground(background)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(grid))
            axis.setTextPen(pg.mkPen(text))
        self._marker.setPen(pg.mkPen(marker, width=2))
        self._marker.setHoverPen(pg.mkPen(marker, width=4))

    def show_line(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """Show one value a step, each 0 … 1."""
        self._begin(steps)
        x, y = self._steps.astype(float), np.array(values, dtype=float)
        item = pg.PlotDataItem(
            x, y, pen=pg.mkPen(self._line_colour, width=2), symbol="o", symbolSize=5,
            symbolBrush=self._line_colour, symbolPen=None,
        )  # fmt: skip
        self._add(item)
        self._plot.setYRange(0.0, min(1.0, 1.15 * float(y.max(initial=0.1))), padding=0)

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
        self._plot.setYRange(0.0, max(top, 1), padding=0.02)

    def mark(self, step: int) -> None:
        """Put the marker at ``step`` without telling anyone."""
        with QSignalBlocker(self._marker):
            self._marker.setValue(step)

    def clear(self) -> None:
        """Show nothing."""
        self._begin(())
        self._plot.setYRange(0.0, 1.0, padding=0)

    def _begin(self, steps: Sequence[int]) -> None:
        for item in self._drawn:
            self._plot.removeItem(item)
        self._drawn = []
        self._steps = np.array(steps, dtype=np.int64)
        self._marker.setVisible(len(self._steps) > 0)
        if len(self._steps):
            low, high = float(self._steps[0]), float(self._steps[-1])
            self._marker.setBounds((low, high))
            self._plot.setXRange(low, max(high, low + 1), padding=0.02)

    def _add(self, item: pg.PlotDataItem) -> None:
        self._drawn.append(item)
        self._plot.addItem(item)

    def _nearest(self, x: float) -> int:
        return int(self._steps[np.abs(self._steps - x).argmin()])

    def _choose(self, x: float) -> None:
        if len(self._steps):
            self.chosen.emit(self._nearest(x))

    def _clicked(self, event: object) -> None:
        box = self._plot.getPlotItem().getViewBox()
        position = event.scenePos()  # type: ignore[attr-defined]
        if self._plot.getPlotItem().sceneBoundingRect().contains(position):
            self._choose(float(box.mapSceneToView(position).x()))
