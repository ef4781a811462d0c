"""Histogram of key similarities over the memory's slots, with the beta line."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from mem3d_viewer.widgets.plot import Plot

_BIN = 0.02
_COUNTS = (0, 1, 10, 100, 1000, 10000)


class SimilarityPlot(Plot):
    """How many slots are how similar; the number axis is logarithmic, so that a single slot above beta is seen."""

    beta_dragged = Signal(float)
    """The user moved the beta line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = "How many memory slots are how similar; drag the line to choose beta"
        super().__init__("Histogram of key similarities", tip, parent=parent)
        self._similarities: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._below, self._above = QColor("#888888"), QColor("#d07a2a")
        self.canvas.setMinimumHeight(110)
        ticks = [(float(np.log10(1 + count)), str(count)) for count in _COUNTS]
        self.canvas.getAxis("left").setTicks([ticks])
        self.canvas.getAxis("left").setLabel("slots")
        self.canvas.getAxis("bottom").setLabel("key similarity")
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BIN * 0.9, pen=None)
        self.canvas.addItem(self._bars)
        self._line = pg.InfiniteLine(angle=90, movable=True, label="β", labelOpts={"position": 0.9})
        self.canvas.addItem(self._line)
        self._line.sigPositionChanged.connect(lambda line: self.beta_dragged.emit(round(float(line.value()), 2)))
        self.clear()

    def sizeHint(self) -> QSize:
        """Wide rather than high."""
        return QSize(310, 180)

    @property
    def beta(self) -> float:
        """Where the line stands."""
        return float(self._line.value())

    def set_colours(self, background: str, text: str, below: str, above: str, line: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self._below, self._above = QColor(below), QColor(above)
        self.colour_axes(background, text, below)
        self._line.setPen(pg.mkPen(line, width=2))
        self._line.setHoverPen(pg.mkPen(line, width=4))
        self._line.label.setColor(QColor(line))
        self._draw()

    def show_similarities(self, similarities: NDArray[np.float32], beta: float) -> None:
        """Show the similarity of every occupied slot, (N,) float32 in -1 … 1, and the line at ``beta``."""
        self._similarities = similarities
        low = float(np.floor(min(similarities.min(initial=1.0), beta, 0.6) * 10) / 10)
        with QSignalBlocker(self._line):  # new bounds may move it
            self._line.setBounds((low, 1.0))
        self.canvas.setXRange(low, 1.0, padding=0.01)
        self._line.show()
        self.set_beta(beta)

    def set_beta(self, beta: float) -> None:
        """Put the line at ``beta`` without telling anyone."""
        with QSignalBlocker(self._line):
            self._line.setValue(beta)
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self._similarities = np.zeros(0, dtype=np.float32)
        self._line.hide()
        self.canvas.setXRange(0.0, 1.0, padding=0.01)
        self._draw()

    def _draw(self) -> None:
        edges = np.linspace(-1.0, 1.0, round(2 / _BIN) + 1)
        counts, _ = np.histogram(np.clip(self._similarities, -1.0, 1.0), bins=edges)
        seen = np.flatnonzero(counts)
        centres = (edges[seen] + edges[seen + 1]) / 2
        above = centres > self.beta
        self._bars.setOpts(
            x=centres,
            height=np.log10(1 + counts[seen]),
            width=_BIN * 0.9,
            brushes=[pg.mkBrush(self._above if is_above else self._below) for is_above in above],
            pen=pg.mkPen(None),
        )
        top = np.log10(1 + max(int(counts.max(initial=0)), 9))
        self.canvas.setYRange(0.0, float(top) * 1.1, padding=0)
