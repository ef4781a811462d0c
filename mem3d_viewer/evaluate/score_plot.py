"""Scores as bars of categories, or as curves over a threshold or an occlusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from mem3d_viewer.widgets.plot import Plot

_BAR_SPAN = 0.8
_GAP = 8
"""Pixels between two names on a line."""


@dataclass(frozen=True)
class Series:
    """Scores with one name and one colour."""

    name: str
    """For the legend."""
    values: Sequence[float]
    """0 … 1."""
    colour: str
    """As ``#rrggbb``."""
    mark: float | None = None
    """Where on the horizontal axis a vertical line stands, such as at the best threshold."""
    published: bool = False
    """Drawn as hollow marks: not measured here."""


class ScorePlot(Plot):
    """A plot of scores from 0 up.

    Args:
        name: the accessible name.
        title: words on the vertical axis.
    """

    def __init__(self, name: str, title: str = "IoU", parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.canvas.setMinimumHeight(150)
        self.canvas.showGrid(y=True, alpha=0.25)
        self.canvas.getAxis("left").setLabel(title)
        small = QFont(QGuiApplication.font())
        small.setPointSizeF(small.pointSizeF() * 0.85)
        for side in ("left", "bottom"):
            # A name that reaches beyond the plot's edge would be left out.
            self.canvas.getAxis(side).setStyle(tickFont=small, hideOverlappingLabels=False)
        self._metrics = QFontMetricsF(small)
        self._names: Sequence[str] = ()
        self.legend = self.canvas.addLegend(offset=(-8, 4), colCount=3)

    def set_colours(self, background: str, text: str, grid: str) -> None:
        """Use these colours, as ``#rrggbb``, from what is shown next on."""
        self.colour_axes(background, text, grid)
        self.legend.setLabelTextColor(text)

    def clear(self) -> None:
        """Show nothing."""
        self.canvas.clear()
        self.legend.clear()
        self._names = ()

    def show_bars(self, names: Sequence[str], series: Sequence[Series]) -> None:
        """One group of bars a name, one bar a series; published ones as marks over the group."""
        self.clear()
        bars = [entry for entry in series if not entry.published]
        width = _BAR_SPAN / max(len(bars), 1)
        places = np.arange(len(names))
        for number, entry in enumerate(bars):
            x = places + (number - (len(bars) - 1) / 2) * width
            item = pg.BarGraphItem(x=x, height=list(entry.values), width=width * 0.92, brush=entry.colour, pen=None)
            self.canvas.addItem(item)
            self.legend.addItem(_swatch(entry.colour), entry.name)
        for entry in series:
            if entry.published:
                self.canvas.plot(
                    places, list(entry.values), pen=None, symbol="d", symbolSize=10, symbolBrush=None,
                    symbolPen=pg.mkPen(entry.colour, width=2), name=entry.name,
                )  # fmt: skip
        self._names = names
        self._write_names()
        self.canvas.getAxis("bottom").setLabel("")
        self.canvas.setXRange(-0.6, len(names) - 0.4, padding=0)
        self._scale(series)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the names as there is room for them."""
        super().resizeEvent(event)
        if self._names:
            self._write_names()

    def _write_names(self) -> None:
        """Names below the bars, every other one a line lower where they would run into each other."""
        room = self.canvas.getPlotItem().getViewBox().width() / len(self._names)
        crowded = max(map(self._metrics.horizontalAdvance, self._names)) + _GAP > room
        lines = ["\n" * (crowded and number % 2) + name for number, name in enumerate(self._names)]
        axis = self.canvas.getAxis("bottom")
        axis.setTicks([list(enumerate(lines))])
        axis.setHeight(2 * self._metrics.lineSpacing() + _GAP if crowded else None)

    def show_lines(self, x: Sequence[float], series: Sequence[Series], title: str, *, percent: bool = False) -> None:
        """One curve a series.

        Args:
            x: horizontal places.
            series: each with one value a place.
            title: words on the horizontal axis.
            percent: label the places in percent.
        """
        self.clear()
        for number, entry in enumerate(series):
            self.canvas.plot(
                list(x), list(entry.values), pen=pg.mkPen(entry.colour, width=2), symbol="o", symbolSize=7,
                symbolBrush=entry.colour, symbolPen=None, name=entry.name,
            )  # fmt: skip
            if entry.mark is not None:
                line = pg.InfiniteLine(
                    entry.mark, pen=pg.mkPen(entry.colour, width=1, style=Qt.PenStyle.DashLine),
                    label=f"best t = {entry.mark:.2f}",
                    labelOpts={"position": 0.08 * (number + 1), "color": entry.colour},
                )  # fmt: skip
                self.canvas.addItem(line, ignoreBounds=True)
        ticks = [[(value, f"{value:.0%}") for value in x]] if percent else None
        self.canvas.getAxis("bottom").setTicks(ticks)
        self.canvas.getAxis("bottom").setLabel(title)
        low, high = (min(x), max(x)) if len(x) else (0.0, 1.0)
        self.canvas.setXRange(low, high if high > low else low + 0.1, padding=0.05)
        self._scale(series)

    def picture(self) -> QImage:
        """What is drawn."""
        pixmap: QPixmap = self.canvas.grab()
        return pixmap.toImage()

    def _scale(self, series: Sequence[Series]) -> None:
        """From 0 up, with room for the legend above."""
        top = max((max(entry.values) for entry in series if len(entry.values)), default=1.0)
        self.canvas.setYRange(0.0, max(top * 1.3, 0.1), padding=0)


def _swatch(colour: str) -> pg.ItemSample:
    """A bar's colour in the legend."""
    return pg.ItemSample(pg.BarGraphItem(x=[0], height=[1], width=1, brush=colour, pen=None))
