"""The map of keys: a point a slot, coloured by what one asks for, with a lasso and the present picture drawn in."""

from typing import Literal

import numpy as np
import pyqtgraph as pg
import scipy
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainterPath, QPolygonF
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from core.memory.key_map import KeyMap
from mem3d_viewer.memory.lasso_plot import LassoPlot

Colouring = Literal["category", "age", "similarity"]
COLOURINGS: tuple[Colouring, ...] = ("category", "age", "similarity")
_HUES = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#999999", "#ee8866", "#44bb99", "#77aadd",
    "#994455", "#aaaa00", "#ffaabb",
)  # fmt: skip
"""Paul Tol's bright and light schemes, made to be told apart by everybody; a 14th category begins anew."""
_SCALE = "viridis"
_SIZES = ((600, 7), (2000, 5), (1 << 30, 4))
"""Up to so many points: pixels of each, so that a full map does not become one blot."""
_NEAR = 12.0
"""Pixels from a point within which the mouse is over it."""


class MapView(QWidget):
    """Draws a ``KeyMap``.

    Every colour and mark has words beside the map; its keys are those of ``MapKeys``.
    """

    selected = Signal(object, bool)
    """The slots in the lasso or under a click, as a frozenset, and whether they are added to what is selected."""
    hovered = Signal(object)
    """The slot under the mouse, or None."""

    def __init__(self) -> None:
        super().__init__()
        self._map: KeyMap | None = None
        self._tree: scipy.spatial.cKDTree | None = None
        self.hovered_slot: int | None = None
        self._text = "#000000"
        self._plot = LassoPlot()
        self._plot.setAccessibleName("Map of the keys")
        self._plot.setToolTip(
            "Draw a lasso to select, with Shift to add; right drag moves, the wheel zooms, a double click shows all. "
            "Arrow keys go from slot to slot, Home to the picture"
        )
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.getPlotItem().hideAxis("left")
        self._plot.getPlotItem().hideAxis("bottom")
        self._plot.setAspectLocked(True)
        self._points = pg.ScatterPlotItem(size=7, pxMode=True)
        self._chosen = pg.ScatterPlotItem(size=13, pxMode=True, brush=None)
        self._near = pg.ScatterPlotItem(size=12, pxMode=True, brush=None)
        self._halo, self.lines = pg.PlotDataItem(connect="pairs"), pg.PlotDataItem(connect="pairs")
        self._read = pg.ScatterPlotItem(size=9, pxMode=True)
        self._picture = pg.ScatterPlotItem(size=20, symbol="star", pxMode=True)
        for depth, item in enumerate(
            (self._points, self._halo, self.lines, self._read, self._near, self._chosen, self._picture)
        ):
            item.setZValue(depth)
            self._plot.addItem(item)
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setProperty("kind", "muted")
        self.legend.setAccessibleName("Colours of the map")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self.legend)
        self._plot.lassoed.connect(self._lasso)
        self._plot.hovered.connect(self._hover)
        self._plot.doubled.connect(self.show_all)
        self._plot.left.connect(lambda: self._set_hovered(None))

    @property
    def map(self) -> KeyMap | None:
        """What is drawn."""
        return self._map

    def set_colours(self, background: str, text: str, accent: str, prior: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self._text = text
        self._plot.setBackground(background)
        self._plot.set_line(accent)
        self._chosen.setPen(pg.mkPen(accent, width=2))
        self._near.setPen(pg.mkPen(text, width=1.5))
        self._halo.setPen(pg.mkPen(background, width=5))
        self.lines.setPen(pg.mkPen(prior, width=2))
        self._read.setPen(pg.mkPen(background, width=1.5))
        self._read.setBrush(pg.mkBrush(prior))
        self._picture.setPen(pg.mkPen(background, width=1))
        self._picture.setBrush(pg.mkBrush(prior))

    def show_map(self, key_map: KeyMap | None) -> None:
        """Draw another map, whole."""
        self._map = key_map
        points = np.zeros((0, 2)) if key_map is None else key_map.points.astype(float)
        self._tree = scipy.spatial.cKDTree(points) if len(points) else None
        self._points.setData(pos=points, pen=None, size=next(size for most, size in _SIZES if len(points) <= most))
        self.hovered_slot = None
        for item in (self._near, self._chosen):
            item.setData(pos=np.zeros((0, 2)))
        self.show_picture(None, ())
        self.show_all()

    def show_all(self) -> None:
        """Bring the whole map into sight."""
        self._plot.setRange(xRange=(-1.05, 1.05), yRange=(-1.05, 1.05), padding=0)

    def show_picture_closely(self) -> None:
        """Bring the picture and what it called up into sight, large; where there is no picture, the whole map."""
        x, y = self.lines.getData()
        if x is None or not len(x):
            self.show_all()
            return
        side = max(np.ptp(x), np.ptp(y), 0.1) * 0.7
        at_x, at_y = (np.min(x) + np.max(x)) / 2, (np.min(y) + np.max(y)) / 2
        self._plot.setRange(xRange=(at_x - side, at_x + side), yRange=(at_y - side, at_y + side), padding=0)

    def zoom(self, factor: float, slot: int | None) -> None:
        """Show ``factor`` of what is seen, about a slot where it is on the map, else about the middle."""
        places = self.places(() if slot is None else (slot,))
        centre = places[0] if len(places) else self.middle
        self._plot.getPlotItem().getViewBox().scaleBy((factor, factor), center=QPointF(*centre))

    @property
    def middle(self) -> NDArray[np.float64]:
        """The place in the middle of what is seen, (2,)."""
        centre = self._plot.getPlotItem().getViewBox().viewRect().center()
        return np.array((centre.x(), centre.y()))

    def colour_by(self, colouring: Colouring, categories: list[str], values: NDArray[np.float64] | None) -> None:
        """Colour the points.

        Args:
            colouring: what colours mean.
            categories: of every point, for ``category``.
            values: of every point, for ``age`` and ``similarity``; None where they are unknown.
        """
        if self._map is None or not len(self._map.slots):
            self.legend.clear()
            return
        if colouring == "category":
            names = list(dict.fromkeys(sorted(categories)))
            hues = {name: _HUES[place % len(_HUES)] for place, name in enumerate(names)}
            self._points.setBrush([pg.mkBrush(hues[name]) for name in categories])
            self.legend.setText(
                " &nbsp;".join(f"<span style='color:{hues[name]}'>●</span>&nbsp;{name}" for name in names)
            )
        elif values is None:
            self._points.setBrush(pg.mkBrush("#999999"))
            self.legend.setText("Open a picture on the page Reconstruct to colour slots by their similarity to it.")
        else:
            low, high = float(values.min()), float(values.max())
            places = (values - low) / ((high - low) or 1.0)
            colours = pg.colormap.get(_SCALE).map(places, mode="qcolor")
            self._points.setBrush([pg.mkBrush(colour) for colour in colours])
            form = "{:.2f}" if colouring == "similarity" else "{:,.0f}"
            stops = [pg.colormap.get(_SCALE).map(place, mode="qcolor").name() for place in (0, 0.25, 0.5, 0.75, 1)]
            strip = "".join(f"<span style='color:{stop}'>■■</span>" for stop in stops)
            self.legend.setText(f"{colouring} {form.format(low)} {strip} {form.format(high)}")

    def show_selection(self, slots: frozenset[int]) -> None:
        """Put a ring around the selected slots."""
        self._chosen.setData(pos=self.places(slots))

    def show_picture(self, place: NDArray[np.float32] | None, retrieved: tuple[int, ...]) -> None:
        """Draw the picture's feature as a star, with lines to the slots that the LSTM read, and dots on them."""
        if place is None:
            for dots in (self._picture, self._read):
                dots.setData(pos=np.zeros((0, 2)))
            for line in (self._halo, self.lines):
                line.setData([], [])
            return
        ends = self.places(retrieved)
        lines = np.empty((2 * len(ends), 2))
        lines[::2], lines[1::2] = place, ends
        for line in (self._halo, self.lines):
            line.setData(lines[:, 0], lines[:, 1])
        self._read.setData(pos=ends)
        self._picture.setData(pos=np.asarray(place, float)[None])

    def show_near(self, slots: tuple[int, ...]) -> None:
        """Put a thin ring around the nearest neighbours, in the full space, of what the mouse is over."""
        self._near.setData(pos=self.places(slots))

    def pixel_of(self, slot: int) -> QPointF | None:
        """Where a slot is drawn, in pixels of the plot; None where it is not."""
        places = self.places((slot,))
        if not len(places):
            return None
        box = self._plot.getPlotItem().getViewBox()
        return QPointF(self._plot.mapFromScene(box.mapViewToScene(QPointF(*places[0]))))

    @property
    def plot(self) -> pg.PlotWidget:
        """The widget that takes the mouse."""
        return self._plot

    def places(self, slots: frozenset[int] | tuple[int, ...]) -> NDArray[np.float64]:
        """Where slots lie on the map: (N, 2), those that are not on it left out; of a set in the order of numbers."""
        if self._map is None:
            return np.zeros((0, 2))
        wanted = np.array(sorted(slots) if isinstance(slots, frozenset) else slots, np.int64)
        rows = np.searchsorted(self._map.slots, wanted)
        there = np.flatnonzero(rows < len(self._map.slots))
        there = there[self._map.slots[rows[there]] == wanted[there]]
        return np.asarray(self._map.points[rows[there]], np.float64)

    def _under(self, place: QPointF) -> int | None:
        """The slot under a pixel of the plot."""
        if self._map is None or self._tree is None:
            return None
        box = self._plot.getPlotItem().getViewBox()
        point = box.mapSceneToView(self._plot.mapToScene(place.toPoint()))
        distance, row = self._tree.query((point.x(), point.y()))
        return int(self._map.slots[row]) if distance <= _NEAR * box.viewPixelSize()[0] else None

    def _hover(self, place: QPointF) -> None:
        self._set_hovered(self._under(place))

    def _set_hovered(self, slot: int | None) -> None:
        if slot != self.hovered_slot:
            self.hovered_slot = slot
            self.hovered.emit(slot)

    def _lasso(self, corners: NDArray[np.float64]) -> None:
        if self._map is None:
            return
        adding = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        if len(corners) < 3:
            box = self._plot.getPlotItem().getViewBox()
            slot = self._under(QPointF(self._plot.mapFromScene(box.mapViewToScene(QPointF(*corners[0])))))
            inside = frozenset(() if slot is None else (slot,))
        else:
            path = QPainterPath()
            path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
            path.closeSubpath()
            inside = frozenset(
                int(slot)
                for slot, point in zip(self._map.slots, self._map.points.astype(float), strict=True)
                if path.contains(QPointF(*point))
            )
        self.selected.emit(inside, adding)
