"""Plays a scene: gives the window its commands, one step after another, and waits for what each of them begins."""

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from core.errors import Mem3DError
from mem3d_viewer.main_window import MainWindow

Until = Callable[[], bool]
"""Whether what a step began has come to its end."""
Steps = Generator[Until, None, "QWidget | None"]
"""A scene under way: yields what to wait for, returns what the picture shows; None: the whole window."""
Scene = Callable[[MainWindow, Path], Steps]
"""Drives a window to a state; what it writes goes to the folder."""

_LOOK_MS = 40
_SETTLE_MS = 400
"""Time for layout and painting after the last step."""


class Player(QObject):
    """Plays one scene in a window that is shown and has been started.

    Args:
        window: the window.
        scene: what to play.
        folder: for files that the scene needs.
    """

    ended = Signal()
    """The scene is there; ``picture`` gives its picture."""
    failed = Signal(object)
    """The exception that the scene ended with."""

    def __init__(self, window: MainWindow, scene: Scene, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._steps = scene(window, folder)
        self._until: Until = lambda: not at_work(window)
        self._part: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin as soon as the window has come to rest."""
        self._timer.start()

    def picture(self) -> QPixmap:
        """What the scene shows: a dialog, a part of the window, or all of it."""
        window, part = self._window, self._part
        if part is None:
            return window.grab()
        if part.isWindow():
            return part.grab()
        return window.grab(part.rect().translated(part.mapTo(window, part.rect().topLeft())))  # with its 3D view

    def _look(self) -> None:
        dialog = self._window.errors.dialog
        if dialog is not None and dialog.isVisible():
            self._fail(Mem3DError(dialog.message.text()))
        elif self._until():
            try:
                self._until = next(self._steps)
            except StopIteration as end:
                self._part = end.value
                self._timer.stop()
                QTimer.singleShot(_SETTLE_MS, self, self.ended.emit)
            except Exception as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._timer.stop()
        self._steps.close()
        self.failed.emit(error)


def at_work(window: MainWindow) -> bool:
    """Whether the page Reconstruct computes anything of what it shows."""
    page = window.reconstruct
    busy = page.controller.working or page.influence.working or page.compare.working or page.foreground.working
    return busy or page.sweep.working or page.session.answer is None
