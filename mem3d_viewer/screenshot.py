"""A picture of the window for documentation and bug reports: waits for the answer, writes, ends."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from core.errors import OutputError
from mem3d_viewer.base.qt_pixels import save_png
from mem3d_viewer.main_window import MainWindow

_SETTLE_MS = 300
"""Time for layout and painting after the last change."""


class Screenshot(QObject):
    """Writes the picture once everything that was asked for is shown, with the most similar prior selected.

    Args:
        window: the window.
        file: PNG file to write.
        failed: called with the reason if there will be no picture.
    """

    def __init__(self, window: MainWindow, file: Path, failed: Callable[[Exception], None]) -> None:
        super().__init__(window)
        self._window = window
        self._file = file
        self._failed = failed
        window.reconstruct.controller.failed.disconnect(window.errors.report)
        window.reconstruct.controller.failed.connect(self._give_up)
        window.reconstruct.session.busy_changed.connect(self._look)

    def _look(self) -> None:
        session = self._window.reconstruct.session
        if session.busy or session.answer is None:
            return
        result = session.answer.reconstruction
        if result is not None and result.priors:
            session.select(result.priors[0].slot)
        QTimer.singleShot(_SETTLE_MS, self._write)

    def _write(self) -> None:
        if self._window.reconstruct.influence.working:  # what each prior does is shown, too
            QTimer.singleShot(_SETTLE_MS, self._write)
            return
        try:
            save_png(self._file, self._window.grab().toImage())
        except OutputError as error:
            self._give_up(error)
        else:
            QApplication.exit(0)

    def _give_up(self, error: Exception) -> None:
        self._failed(error)
        QApplication.exit(2)
