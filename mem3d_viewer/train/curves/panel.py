"""The curves of one run or several: plots beside each other, one x axis, smoothing, readout, export."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import OutputError
from core.files import replacing
from core.training.curves import CURVES, Curve, RunCurves, smoothed
from mem3d_viewer.base.qt_pixels import save_image
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.train.curves.plot import CurvePlot, Line
from mem3d_viewer.widgets.number_slider import NumberSlider

_PLOTS: tuple[tuple[str, tuple[tuple[str, str], ...], str], ...] = (
    ("Loss", (("loss", "total"), ("reconstruction_loss", "reconstruction"), ("triplet_loss", "triplet")), ""),
    ("Validation IoU", (("validation_iou", "IoU"),), ""),
    ("Memory slots in use", (("occupied_slots", "slots"),), ""),
    ("Memory writes", (("new_writes", "new"), ("updated_writes", "updated")), ""),
    ("Slots above β", (("mean_above_beta", "training"), ("validation_above_beta", "validation")), ""),
    ("Learning rate", (("learning_rate", "learning rate"),), ""),
    ("Images per second", (("images_per_second", "images"),), ""),
    ("Device memory", (("device_memory", "memory"),), "MB"),
)
_SCALES = {"device_memory": 1e-6}
_X_AXES = ("Steps", "Epochs", "Time")
_REDRAW_MS = 120
"""One plot is drawn each time: all at once would hold the window up noticeably."""


class CurvesPanel(QWidget):
    """Draws what is in ``RunCurves`` objects, which others fill; told of a change, it redraws soon."""

    failed = Signal(object)
    """An export that could not be written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: dict[str, RunCurves] = {}
        self._colours: tuple[str, ...] = ("#2563c9", "#d07a2a", "#2e9a5f", "#b0407f", "#7a5bc7", "#3d8f9e")
        self._waiting: list[CurvePlot] = []
        self._range: tuple[float, float] | None = None
        self.plots = {title: CurvePlot(title, curves, unit) for title, curves, unit in _PLOTS}
        self.x_axis = QComboBox()
        self.x_axis.addItems(_X_AXES)
        self.x_axis.setAccessibleName("Horizontal axis")
        self.x_axis.setToolTip("What the horizontal axes of all plots count")
        self.x_axis.currentIndexChanged.connect(lambda _: self.show_everything())
        self.smoothing = NumberSlider(
            "Smoothing", "Smoothing", 0.0, 0.99, "Weight of the past in a moving average; what was measured stays faint"
        )
        self.smoothing.changed.connect(lambda _: self.redraw())
        self._whole = self._button("Whole Run", "Show all steps again after zooming", self.show_everything)
        export = self._button("CSV…", "Save the curves as a table", self._ask_csv)
        picture = self._button("Picture…", "Save the plots as a PNG picture", self._ask_picture)
        self._legend = QLabel()
        self._legend.setWordWrap(True)
        self._legend.setAccessibleName("Runs shown")
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 4, 6, 0)
        bar.addWidget(self.x_axis)
        bar.addWidget(self.smoothing, 1)
        for button in (self._whole, export, picture):
            bar.addWidget(button)
        self._grid_widget = QWidget()
        self._grid = QGridLayout(self._grid_widget)
        self._grid.setContentsMargins(4, 2, 4, 4)
        self._grid.setSpacing(4)
        self._columns = 0
        for plot in self.plots.values():
            plot.hovered.connect(self._hover)
            plot.zoomed.connect(self._zoom)
            plot.enlarge.connect(lambda on, plot=plot: self._enlarge(plot if on else None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(bar)
        layout.addWidget(self._legend)
        layout.addWidget(self._grid_widget, 1)
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setInterval(_REDRAW_MS)
        self._timer.timeout.connect(self._draw_next)
        self.show_runs({})

    def _button(self, text: str, tip: str, pressed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda: pressed())
        return button

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._colours = theme.curves
        for plot in self.plots.values():
            plot.set_colours(theme.base, theme.text, theme.muted, theme.border)
        self.redraw()

    def show_runs(self, runs: Mapping[str, RunCurves]) -> None:
        """Show these runs, by their names."""
        self.runs = dict(runs)
        self.redraw()

    def redraw(self) -> None:
        """Draw every plot anew, one after another; told again meanwhile, none is drawn twice in a row."""
        self._waiting = self._waiting + [plot for plot in self.plots.values() if plot not in self._waiting]
        if self.isVisible() and not self._timer.isActive():  # started again all the time, it would never fire
            self._timer.start()
        names = [
            f'<span style="color:{self._colours[number % len(self._colours)]}">━</span> {name}'
            for number, name in enumerate(self.runs)
        ]
        self._legend.setText("&nbsp;&nbsp; ".join(names) if len(names) > 1 else "")
        self._legend.setVisible(len(names) > 1)

    def draw_now(self) -> None:
        """Draw what waits to be drawn."""
        while self._waiting:
            self._draw_next()

    def show_everything(self) -> None:
        """All steps, and all values."""
        self._range = None
        for plot in self.plots.values():
            plot.show_everything()
        self.redraw()

    # -- drawing

    def _draw_next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        plot = self._waiting.pop(0)
        lines = {name: self._lines(name, number) for number, (name, _) in enumerate(plot.curves)}
        plot.show_lines(lines)
        low, high = self._range or self._extent()
        plot.set_x_range(low, high)

    def _lines(self, name: str, number: int) -> list[Line]:
        lines = []
        for place, (run, curves) in enumerate(self.runs.items()):
            curve = curves.curve(name)
            if curve is not None:
                x, y = self._x(curve), curve.values * _SCALES.get(name, 1.0)
                known = np.isfinite(x) & np.isfinite(y)
                x, y = x[known], y[known]
                if not len(x):
                    continue
                smooth = smoothed(y, self.smoothing.value)
                # One run: a colour for each of its curves. Several: one for each run, and dashes tell curves apart.
                colour = self._colours[(place if len(self.runs) > 1 else number) % len(self._colours)]
                lines.append(Line(run, x, smooth, None if smooth is y else y, colour))
        return lines

    def _x(self, curve: Curve) -> np.ndarray:
        by_axis = {"Steps": curve.steps, "Epochs": curve.epochs, "Time": curve.seconds / 60}
        return by_axis[self.x_axis.currentText()]

    def _extent(self) -> tuple[float, float]:
        ends = [
            x.max()
            for curves in self.runs.values()
            for name in ("loss", "validation_iou")
            if (curve := curves.curve(name)) is not None and np.isfinite(x := self._x(curve)).all()
        ]
        return 0.0, max(ends, default=1.0)

    def _hover(self, x: float) -> None:
        for plot in self.plots.values():
            plot.show_at(x)

    def _zoom(self, low: float, high: float) -> None:
        if np.isnan(low):
            self.show_everything()
            return
        self._range = (low, high)
        for plot in self.plots.values():
            if plot is not self.sender():
                plot.set_x_range(low, high)

    # -- arranging

    def _arrange(self) -> None:
        columns = 3 if self.width() > 1000 else 2
        if columns == self._columns:
            return
        self._columns = columns
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < columns))
        for number, plot in enumerate(self.plots.values()):
            self._grid.addWidget(plot, number // columns, number % columns)

    def _enlarge(self, only: CurvePlot | None) -> None:
        for plot in self.plots.values():
            plot.setVisible(only is None or plot is only)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed meanwhile."""
        super().showEvent(event)
        if self._waiting:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is drawn that nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    # -- export

    def _ask_csv(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export Curves", "curves.csv", "Tables (*.csv)")
        if name:
            self._told(lambda: self.save_csv(Path(name)))

    def _ask_picture(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export Picture", "curves.png", "Pictures (*.png)")
        if name:
            self._told(lambda: self.save_picture(Path(name)))

    def _told(self, save: Callable[[], None]) -> None:
        try:
            save()
        except OutputError as error:
            self.failed.emit(error)

    def save_csv(self, path: Path) -> None:
        """Write one row for every step of every run at which anything was measured.

        Raises:
            OutputError: if it cannot be written.
        """
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["run", "step", "epoch", "seconds", *CURVES])
            for run, curves in self.runs.items():
                writer.writerows([run, *row] for row in _table(curves))

    def save_picture(self, path: Path) -> None:
        """Write the plots as they are seen.

        Raises:
            OutputError: if it cannot be written.
        """
        self.draw_now()
        save_image(path, self._grid_widget.grab().toImage())


def _table(curves: RunCurves) -> list[list[object]]:
    """Rows of step, epoch, seconds and every curve's value, empty where there is none."""
    rows: dict[float, list[object]] = {}
    for place, name in enumerate(CURVES):
        curve = curves.curve(name)
        if curve is not None:
            for step, epoch, seconds, value in zip(curve.steps, curve.epochs, curve.seconds, curve.values, strict=True):
                time = "" if np.isnan(seconds) else float(seconds)
                row = rows.setdefault(step, [int(step), float(epoch), time, *[""] * len(CURVES)])
                row[3 + place] = float(value)
    return [rows[step] for step in sorted(rows)]
