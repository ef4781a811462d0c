"""The plot that the others are made of: one appearance, and no more than what this program needs of pyqtgraph."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

_SIDES = ("left", "bottom")


class Plot(QWidget):
    """A pyqtgraph plot without menu, buttons and unit prefixes.

    Args:
        name: the accessible name.
        tip: tooltip.
        zooms: whether the mouse zooms and moves it.
        keys: whether it takes the keyboard, and answers in ``keyPressEvent``; else what is beside it is its keyboard.
    """

    def __init__(
        self, name: str, tip: str = "", *, zooms: bool = False, keys: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.canvas = pg.PlotWidget()
        self.canvas.setAccessibleName(name)
        self.canvas.setToolTip(tip)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus if keys else Qt.FocusPolicy.NoFocus)
        self.canvas.setMenuEnabled(False)
        self.canvas.setMouseEnabled(x=zooms, y=zooms)
        self.canvas.hideButtons()
        for side in _SIDES:
            self.canvas.getAxis(side).enableAutoSIPrefix(False)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.canvas, 1)

    def colour_axes(self, background: str, text: str, line: str) -> None:
        """Colours, as ``#rrggbb``, of what every plot has: background, words at the axes, the axes themselves."""
        self.canvas.setBackground(background)
        for side in _SIDES:
            axis = self.canvas.getAxis(side)
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(text))
