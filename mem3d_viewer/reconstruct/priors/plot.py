"""Histogram of key similarities over the memory's slots, with the beta line."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from mem3d_viewer.widgets.plot import Plot

_BIN = 0.02
_COUNTS = (0, 1, 10, 100, 1000, 10000)
_ROOM = 1.05
"""How much higher the axis is than the highest number written beside it."""


class SimilarityPlot(Plot):
    """How many slots are how similar; the number axis is logarithmic, so that a single slot above beta is seen."""

    beta_dragged = Signal(float)
    """The user moved the beta line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = "How many memory slots are how similar; drag the line to choose beta"
        super().__init__("Histogram of key similarities", tip, parent=parent)
        self._similarities: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._read: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._below, self._above, self._of_read = QColor("#888888"), QColor("#e0b58c"), QColor("#d07a2a")
        self.canvas.setMinimumHeight(110)
        ticks = [(float(np.log10(1 + count)), str(count)) for count in _COUNTS]
        self.canvas.getAxis("left").setTicks([ticks])
        self.canvas.getAxis("left").setLabel("slots")
        self.canvas.getAxis("bottom").setLabel("key similarity")
        self.bars = pg.BarGraphItem(x=[], y0=[], height=[], width=_BIN * 0.9, pen=None)
        self.canvas.addItem(self.bars)
        self.beta_line = pg.InfiniteLine(angle=90, movable=True, label="β", labelOpts={"position": 0.9})
        self.canvas.addItem(self.beta_line)
        self.beta_line.sigPositionChanged.connect(lambda line: self.beta_dragged.emit(round(float(line.value()), 2)))
        self.clear()

    def sizeHint(self) -> QSize:
        """Wide rather than high."""
        return QSize(310, 180)

    @property
    def beta(self) -> float:
        """Where the line stands."""
        return float(self.beta_line.value())

    @property
    def colours(self) -> tuple[str, str, str]:
        """Of slots that the LSTM reads, of others above beta, and of those below it, as ``#rrggbb``."""
        return self._of_read.name(), self._above.name(), self._below.name()

    def set_colours(self, background: str, text: str, below: str, read: str, line: str) -> None:
        """Use these colours, as ``#rrggbb``; above beta but not read is between ``read`` and the background."""
        self._below, self._of_read = QColor(below), QColor(read)
        self._above = _between(QColor(read), QColor(background))
        self.colour_axes(background, text, below)
        self.beta_line.setPen(pg.mkPen(line, width=2))
        self.beta_line.setHoverPen(pg.mkPen(line, width=4))
        self.beta_line.label.setColor(QColor(line))
        self._draw()

    def show_similarities(
        self, similarities: NDArray[np.float32], beta: float, read: Sequence[float] | None = None
    ) -> None:
        """Show how similar the slots are.

        Args:
            similarities: of every occupied slot, (N,) float32 in -1 … 1.
            beta: where the line stands.
            read: similarities of the slots that the LSTM reads; None where there is no memory to read.
        """
        self._similarities = similarities
        self._read = np.array(read or (), dtype=np.float32)
        low = float(np.floor(min(similarities.min(initial=1.0), beta, 0.6) * 10) / 10)
        with QSignalBlocker(self.beta_line):  # new bounds may move it
            self.beta_line.setBounds((low, 1.0))
        self.canvas.setXRange(low, 1.0, padding=0.01)
        self.beta_line.show()
        self.set_beta(beta)

    def set_active(self, on: bool) -> None:
        """Grey the plot out, and let beta not be moved, where it has no effect."""
        self.beta_line.setMovable(on)
        self.canvas.getPlotItem().setOpacity(1.0 if on else 0.35)

    def set_beta(self, beta: float) -> None:
        """Put the line at ``beta`` without telling anyone."""
        with QSignalBlocker(self.beta_line):
            self.beta_line.setValue(beta)
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self._similarities = self._read = np.zeros(0, dtype=np.float32)
        self.beta_line.hide()
        self.canvas.setXRange(0.0, 1.0, padding=0.01)
        self._draw()

    def _draw(self) -> None:
        """Stacked bars: of each bin's slots those that are read at the bottom, on a logarithmic axis."""
        edges = np.linspace(-1.0, 1.0, round(2 / _BIN) + 1)
        clipped = np.clip(self._similarities, -1.0, 1.0)
        counts, _ = np.histogram(clipped, bins=edges)
        above, _ = np.histogram(clipped[clipped > self.beta], bins=edges)
        read, _ = np.histogram(np.clip(self._read, -1.0, 1.0), bins=edges)
        # A pinned slot is read below beta, too; what is neither read nor above beta comes on top.
        steps = np.stack([read, np.maximum(above, read), np.maximum(counts, read)])
        heights = np.log10(1 + steps)
        low = np.concatenate([np.zeros((1, len(counts))), heights[:-1]])
        which, bins = np.nonzero(heights > low)
        colours = (self._of_read, self._above, self._below)
        self.bars.setOpts(
            x=(edges[bins] + edges[bins + 1]) / 2,
            y0=low[which, bins],
            height=heights[which, bins] - low[which, bins],
            width=_BIN * 0.9,
            brushes=[pg.mkBrush(colours[kind]) for kind in which],
            pen=pg.mkPen(None),
        )
        top = 1.1 * float(np.log10(1 + max(int(counts.max(initial=0)), 9)))
        for number in np.log10(1 + np.array(_COUNTS)).tolist():
            if number <= top < _ROOM * number:  # or its upper half would be cut off
                top = _ROOM * number
        self.canvas.setYRange(0.0, top, padding=0)


def _between(colour: QColor, background: QColor) -> QColor:
    pairs = ((colour.red(), background.red()), (colour.green(), background.green()), (colour.blue(), background.blue()))
    return QColor(*(round(0.45 * one + 0.55 * other) for one, other in pairs))
