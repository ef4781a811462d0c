"""One plot of a training's curves: a legend that hides them, zoom, and the values at the mouse or the cursor keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from mem3d_viewer.widgets.plot import Plot

_PENS = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_SAMPLES = ("━", "╍", "┅")
_HIDDEN = "✕"
_AXIS_WIDTH = 50
_NARROW = 480
"""Width in pixels below which the legend stands below the heading."""
_MOVES: dict[int, Callable[[int, int], int]] = {
    Qt.Key.Key_Left: lambda place, _: place - 1,
    Qt.Key.Key_Right: lambda place, _: place + 1,
    Qt.Key.Key_Home: lambda _, last: 0,
    Qt.Key.Key_End: lambda _, last: last,
}
"""Keys to the place of the next point, from the present one and the last one."""
_ZOOM: dict[int, float] = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Minus: 1.25}
"""Keys to how much wider the range of x becomes."""
_FEW = 60
"""Up to so many points are marked, so that single ones are seen."""


@dataclass(frozen=True)
class Line:
    """One curve of one run."""

    run: str
    """Name of the run."""
    x: NDArray[np.float64]
    """(N,) in order."""
    y: NDArray[np.float64]
    """(N,)."""
    raw: NDArray[np.float64] | None
    """(N,), drawn faintly behind a smoothed ``y``; None: not smoothed."""
    colour: str
    """As ``#rrggbb``."""


class CurvePlot(Plot):
    """Curves over a common x axis.

    Args:
        title: the heading.
        curves: name and words of each curve it can show.
        unit: of the values, for readouts.
    """

    hovered = Signal(float)
    """The mouse or the cursor is at this x; NaN: it left."""
    zoomed = Signal(float, float)
    """The user chose another range of x."""
    enlarge = Signal(bool)
    """The user wants to see this plot alone, or all again."""

    def __init__(
        self, title: str, curves: Sequence[tuple[str, str]], unit: str = "", parent: QWidget | None = None
    ) -> None:
        tip = (
            "Wheel zooms, dragging moves, right dragging stretches; double click shows everything.\n"
            "Left, Right, Home and End read the values, + and - zoom there, 0 shows everything"
        )
        super().__init__(f"Plot of {title}", tip, zooms=True, keys=True, parent=parent)
        self.title, self.curves, self._unit = title, tuple(curves), unit
        self._text, self._muted = "#000000", "#888888"
        self.lines: dict[str, list[Line]] = {}
        self.items: dict[str, list[pg.PlotDataItem]] = {name: [] for name, _ in curves}
        self._at = float("nan")
        self._zoomed_y = False
        self._set_up()
        self._heading = QLabel(title)
        self._heading.setProperty("kind", "heading")
        self.readout = QLabel()
        self.readout.setTextFormat(Qt.TextFormat.RichText)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.readout.setAccessibleName(f"{title}: values at the mouse or the cursor")
        self.readout.setMinimumWidth(1)
        self.enlarged = self._button("⤢", f"{title}: alone", f"Show {title} alone, or all plots again")
        self.enlarged.toggled.connect(self.enlarge)
        self._head, self._below, self._narrow = QHBoxLayout(), QHBoxLayout(), False
        self._head.addWidget(self._heading)
        self.legend: dict[str, QToolButton] = {}
        for name, words in curves if len(curves) > 1 else ():
            tip = f"Show or hide {words}"
            self.legend[name] = self._button(words, f"{title}: {words}", tip)
            self.legend[name].setChecked(True)
            self.legend[name].toggled.connect(lambda on, name=name: self._show_curve(name, on))
            self._head.addWidget(self.legend[name])
        self._head.addWidget(self.readout, 1)
        self._head.addWidget(self.enlarged)
        for place, row in enumerate((self._head, self._below)):
            row.setContentsMargins(6, 2 - 2 * place, 2, 0)
            row.setSpacing(2)
            self.column.insertLayout(place, row)
        self._below.addStretch(1)

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setProperty("kind", "legend")
        return button

    def _set_up(self) -> None:
        self.canvas.setMinimumSize(120, 70)
        self.canvas.getAxis("left").setWidth(_AXIS_WIDTH)
        self.box = self.canvas.getPlotItem().getViewBox()
        self.box.setDefaultPadding(0.04)
        self.box.enableAutoRange(x=False, y=True)
        self.box.setAutoVisible(y=True)
        self.box.sigRangeChangedManually.connect(self._zoomed)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self.canvas.addItem(self._cursor, ignoreBounds=True)
        self.canvas.scene().sigMouseMoved.connect(self._moved)
        self.canvas.scene().sigMouseClicked.connect(self._clicked)

    # -- what is shown

    def set_colours(self, background: str, text: str, muted: str, grid: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self._text, self._muted = text, muted
        self.colour_axes(background, muted, grid)
        self.canvas.showGrid(x=True, y=True, alpha=0.15)
        self._cursor.setPen(pg.mkPen(muted))

    def show_lines(self, lines: dict[str, list[Line]]) -> None:
        """Show these lines, by the curve's name."""
        self.lines = lines
        for number, (name, _) in enumerate(self.curves):
            wanted = [part for line in lines.get(name, []) for part in self._parts(line, number)]
            items = self.items[name]
            while len(items) > len(wanted):
                self.canvas.removeItem(items.pop())
            while len(items) < len(wanted):
                items.append(pg.PlotDataItem())
                items[-1].setDownsampling(auto=True, method="peak")
                items[-1].setClipToView(True)
                items[-1].setVisible(self.shows(name))
                self.canvas.addItem(items[-1])
            for item, (x, y, pen, marked) in zip(items, wanted, strict=True):
                item.setData(
                    x, y, pen=pen, symbol="o" if marked else None, symbolSize=5, symbolBrush=pen.color(), symbolPen=None
                )
        self.fit_y()
        self._colour_legend()
        self.show_at(self._at)

    def set_x_range(self, low: float, high: float) -> None:
        """Show x from ``low`` to ``high``."""
        self.box.setXRange(low, high, padding=0.02)

    def show_everything(self) -> None:
        """Forget the range of values that the user has chosen."""
        self._zoomed_y = False
        self.fit_y()

    def fit_y(self) -> None:
        """Show all values of what is in the range of x, unless the user has chosen another range."""
        values = [line.y for name, lines in self.lines.items() if self.shows(name) for line in lines]
        low, high = (min(y.min() for y in values), max(y.max() for y in values)) if values else (0.0, 1.0)
        if high - low <= 1e-6 * max(abs(low), abs(high)):  # all the same: fitted, rounding would fill the plot
            margin = 0.5 * abs(high) or 1.0
            self.box.setYRange(low - margin, high + margin)
        elif not self._zoomed_y:
            self.box.enableAutoRange(y=True)

    def shows(self, name: str) -> bool:
        """Whether the curve called ``name`` is not hidden."""
        return name not in self.legend or self.legend[name].isChecked()

    def show_at(self, x: float) -> None:
        """Mark ``x`` and tell the values there; NaN: tell the last ones."""
        self._at = x
        self._cursor.setVisible(bool(np.isfinite(x)))
        if np.isfinite(x):
            self._cursor.setValue(x)
        alone = len({line.run for lines in self.lines.values() for line in lines}) < 2
        told = []
        for number, (name, words) in enumerate(self.curves):
            values = []
            for line in self.lines.get(name, []):
                at = len(line.x) - 1 if np.isnan(x) else int(np.abs(line.x - x).argmin())
                values.append((f"{line.y[at]:.4g}", line.colour))
            if name in self.legend:
                said = f" {values[0][0]}" if alone and values else ""
                sample = _SAMPLES[number % len(_SAMPLES)] if self.shows(name) else _HIDDEN
                self.legend[name].setText(f"{sample} {words}{said}")
            if self.shows(name) and not (alone and self.legend):
                told += [f'<span style="color:{colour}">{value}</span>' for value, colour in values]
        self.readout.setText("&nbsp; ".join(told[:6]) + (f" {self._unit}" if told and self._unit else ""))

    def _parts(self, line: Line, number: int) -> list[tuple[NDArray[np.float64], NDArray[np.float64], QPen, bool]]:
        """What is drawn of a line: x, y, pen, and whether its points are marked."""
        style = _PENS[number % len(_PENS)]
        marked = len(line.x) <= _FEW
        parts = []
        if line.raw is not None:
            faint = QColor(line.colour)
            faint.setAlpha(80)
            parts.append((line.x, line.raw, pg.mkPen(faint, width=1), False))
        parts.append((line.x, line.y, pg.mkPen(line.colour, width=2, style=style), marked))
        return parts

    def _colour_legend(self) -> None:
        for name, button in self.legend.items():
            colours = {line.colour for line in self.lines.get(name, [])}
            colour = colours.pop() if len(colours) == 1 else self._muted
            sheet = f"QToolButton:checked {{ color: {colour}; }}"
            if button.styleSheet() != sheet:
                button.setStyleSheet(sheet)

    def _show_curve(self, name: str, on: bool) -> None:
        for item in self.items[name]:
            item.setVisible(on)
        self.fit_y()
        self.show_at(self._at)

    # -- what keyboard and mouse do

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from point to point, and zoom there."""
        key, points = event.key(), self._points()
        if key in _ZOOM and len(points):
            low, high = self.box.viewRange()[0]
            at = self._at if np.isfinite(self._at) else float(points[-1])
            self.box.setXRange(at + (low - at) * _ZOOM[key], at + (high - at) * _ZOOM[key], padding=0)
            self._zoomed()
        elif key == Qt.Key.Key_0:
            self.zoomed.emit(float("nan"), float("nan"))
        elif key in _MOVES and len(points):
            last = len(points) - 1
            place = int(np.abs(points - self._at).argmin()) if np.isfinite(self._at) else last
            self.hovered.emit(float(points[min(max(_MOVES[key](place, last), 0), last)]))
        else:
            super().keyPressEvent(event)

    def _points(self) -> NDArray[np.float64]:
        """Where anything that is shown was measured, in order."""
        shown = [line.x for name, lines in self.lines.items() if self.shows(name) for line in lines]
        return np.unique(np.concatenate(shown)) if shown else np.zeros(0)

    def _zoomed(self, *_: object) -> None:
        self._zoomed_y = True
        low, high = self.box.viewRange()[0]
        self.zoomed.emit(low, high)

    def _moved(self, position: QPointF) -> None:
        if self.box.sceneBoundingRect().contains(position):
            self.hovered.emit(float(self.box.mapSceneToView(position).x()))

    def _clicked(self, event: MouseClickEvent) -> None:
        if event.double():
            self.zoomed.emit(float("nan"), float("nan"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the legend where there is room for its words."""
        super().resizeEvent(event)
        if (narrow := event.size().width() < _NARROW) != self._narrow:
            self._narrow = narrow
            before, now = (self._head, self._below) if narrow else (self._below, self._head)
            for place, button in enumerate(self.legend.values(), start=0 if narrow else 1):
                before.removeWidget(button)
                now.insertWidget(place, button)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell the last values again."""
        self.hovered.emit(float("nan"))
        super().leaveEvent(event)
