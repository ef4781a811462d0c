"""Small pictures of the slots' shapes, made a few at a time while nothing else is to be done."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmap

from core.data.bit_packing import unpack
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

_TELL_MS = 60
"""Between two signals that pictures are there, as each makes everything in sight be drawn."""
_BUDGET_MS = 5.0
"""What making pictures may take between two frames, so that scrolling never waits for it."""
_KEPT = 20_000


class Thumbnails(QObject):
    """Pictures by shape: a shape that many slots hold is drawn once.

    Args:
        side: longest side of a picture in pixels of the screen's layout.
        parent: who owns it.
    """

    made = Signal()
    """Some that were asked for are there."""

    def __init__(self, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._colour = (208, 122, 42)
        self._made: dict[bytes, QPixmap] = {}
        self._wanted: dict[bytes, NDArray[np.uint8]] = {}
        self._told = QElapsedTimer()
        self._told.start()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._make_some)

    @property
    def working(self) -> bool:
        """Whether pictures have yet to be made."""
        return bool(self._wanted)

    def set_colour(self, colour: str) -> None:
        """Draw shapes in this colour from now on, as ``#rrggbb``."""
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        if (red, green, blue) != self._colour:
            self._colour = red, green, blue
            self._made.clear()

    def get(self, packed: NDArray[np.uint8]) -> QPixmap | None:
        """The picture of a bit-packed grid (4096,); None where it has yet to be made, which is then begun."""
        key = packed.tobytes()
        picture = self._made.get(key)
        if picture is None:
            self._wanted[key] = packed
            self._timer.start()
        return picture

    def make(self, packed: NDArray[np.uint8]) -> QPixmap:
        """The picture of a bit-packed grid, at once."""
        key = packed.tobytes()
        if key not in self._made:
            if len(self._made) >= _KEPT:
                self._made.clear()
            image = image_of(voxel_thumbnail(unpack(packed), self._colour))
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            density = QGuiApplication.primaryScreen().devicePixelRatio()
            side = round(self._side * density)
            picture = QPixmap.fromImage(image.scaled(side, side, keep, smooth))
            picture.setDevicePixelRatio(density)
            self._made[key] = picture
        return self._made[key]

    def forget_wanted(self) -> None:
        """Give up what was asked for and is out of sight."""
        self._wanted.clear()

    def _make_some(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        while self._wanted and clock.nsecsElapsed() < _BUDGET_MS * 1e6:
            self.make(self._wanted.pop(next(iter(self._wanted))))
        if not self._wanted:
            self._timer.stop()
        if not self._wanted or self._told.hasExpired(_TELL_MS):
            self._told.restart()
            self.made.emit()
