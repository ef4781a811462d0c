"""The map without a mouse: arrows go from point to point, plus and minus zoom, Home goes to the picture."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from mem3d_viewer.memory.map_view import MapView

_WAYS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
_ZOOM = 0.8
MAP_KEYS = (
    ("Arrow keys", "To the next slot in that direction; with Shift it is added to the selection"),
    ("Home", "To the present picture and what it called up"),
    ("+ and −; 0", "Zoom; show the whole map"),
)


class MapKeys(QObject):
    """Listens to the keys of a map.

    Args:
        view: the map.
    """

    stepped = Signal(int, bool)
    """To this slot, and whether it is added to what is selected."""

    def __init__(self, view: MapView) -> None:
        super().__init__(view)
        self._view = view
        self.current: int | None = None
        """The slot that the arrows start from."""
        view.plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        view.plot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean something."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press(event)
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        found, key = self._view.map, event.key()
        if found is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier or not len(found.slots):
            return False
        if key in _WAYS:
            slot = self._next(found.slots, found.points.astype(float), np.array(_WAYS[Qt.Key(key)]))
            if slot is not None:
                self.stepped.emit(slot, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Home:
            self._view.show_picture_closely()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._view.zoom(1 / _ZOOM if key == Qt.Key.Key_Minus else _ZOOM, self.current)
        elif key == Qt.Key.Key_0:
            self._view.show_all()
        else:
            return False
        return True

    def _next(self, slots: NDArray[np.int64], points: NDArray[np.float64], way: NDArray[np.float64]) -> int | None:
        """The nearest slot of those within 45 degrees of the way; the first one in the middle of what is seen."""
        here = self._view.places((self.current,)) if self.current is not None else np.zeros((0, 2))
        if not len(here):
            return int(slots[np.argmin(np.linalg.norm(points - self._view.middle, axis=1))])
        off = points - here[0]
        along, across = off @ way, np.abs(off @ way[::-1])
        fitting = np.flatnonzero((along > 1e-9) & (along >= across))
        if not len(fitting):
            return None
        return int(slots[fitting[np.argmin(along[fitting] + across[fitting])]])
