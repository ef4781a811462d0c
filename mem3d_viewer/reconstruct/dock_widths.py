"""How wide the panels beside the 3D view are: as the user made them, also after the window was narrow for a while."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

_NARROWEST, _WIDEST = 240, (420, 340)
"""Pixels of a panel that the user has not touched; in between it has a quarter of the window."""


class DockWidths(QObject):
    """Keeps the widths of a left and a right panel.

    Args:
        page: the main window with the panels.
        docks: the left and the right one.
    """

    def __init__(self, page: QMainWindow, docks: Sequence[QDockWidget]) -> None:
        super().__init__(page)
        self._page, self._docks = page, list(docks)
        self._wanted: list[int] | None = None
        self.resting = True
        """While it rests it neither looks nor changes anything: before the page is laid out, and beside the editor."""
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice another size of the window, and an edge between panels that was moved by the mouse."""
        if not self.resting and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self.apply)
        elif not self.resting and event.type() == QEvent.Type.MouseButtonRelease:
            QTimer.singleShot(0, self, self.keep)
        return super().eventFilter(watched, event)

    def keep(self) -> None:
        """From now on the panels are to be as wide as they are."""
        self._wanted = [dock.width() for dock in self._docks]

    def forget(self) -> None:
        """From now on the panels have a share of the window."""
        self._wanted = None
        self.apply()

    def apply(self) -> None:
        """Make the panels as wide as they are to be, as far as there is room."""
        if not self.resting:
            share = [max(_NARROWEST, min(self._page.width() // 4, widest)) for widest in _WIDEST]
            self._page.resizeDocks(self._docks, self._wanted or share, Qt.Orientation.Horizontal)
