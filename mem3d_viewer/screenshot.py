"""A picture of the window for documentation and bug reports: plays a scene, writes, ends."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from core.errors import OutputError
from mem3d_viewer.base.qt_pixels import save_image
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.scenes import scene
from mem3d_viewer.scenes.player import Player


class Screenshot(QObject):
    """Writes the picture once everything that was asked for is shown.

    Args:
        window: the window.
        file: PNG or WebP file to write.
        name: the scene; one of ``SCENES``.
        folder: for files that the scene needs.
        failed: called with the reason if there will be no picture.
    """

    def __init__(
        self, window: MainWindow, file: Path, name: str, folder: Path, failed: Callable[[Exception], None]
    ) -> None:
        super().__init__(window)
        self._window, self._file = window, file
        self._failed = failed
        window.reconstruct.controller.failed.disconnect(window.errors.report)
        window.reconstruct.controller.failed.connect(self._give_up)
        self._player = Player(window, scene(name), folder)
        self._player.ended.connect(self._write)
        self._player.failed.connect(self._give_up)
        self._player.start()

    def _write(self) -> None:
        try:
            save_image(self._file, self._player.picture().toImage())
        except OutputError as error:
            self._give_up(error)
        else:
            self._end(0)

    def _give_up(self, error: Exception) -> None:
        self._failed(error)
        self._end(2)

    def _end(self, code: int) -> None:
        while dialog := QApplication.activeModalWidget():  # one that the scene was to show
            dialog.close()
        training = self._window.train.training
        if training.active:
            training.ended.connect(lambda _: QApplication.exit(code))
        self._window.end()
        if not training.active:
            QApplication.exit(code)
