"""The real window with a small genuine checkpoint, under a virtual display."""

import gc

import pytest
import viewer_support
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QDialog

from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.pipeline import ModelSource, PictureSource, Request
from mem3d_viewer.settings import Settings


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    return viewer_support.make_picture(tmp_path_factory.mktemp("pictures") / "brown block.png")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory, picture):
    return viewer_support.make_checkpoint(tmp_path_factory.mktemp("models") / "small.safetensors", picture)


@pytest.fixture
def settings_file(tmp_path):
    return tmp_path / "settings" / "settings.ini"


@pytest.fixture
def wait_idle(qtbot):
    """Wait until the window shows what is wanted of it."""

    def wait(window):
        qtbot.waitUntil(lambda: window.session.answer is not None or window.errors.dialog is not None, timeout=20000)
        qtbot.waitUntil(lambda: not window.reconstruction.working, timeout=20000)
        QApplication.processEvents()

    return wait


@pytest.fixture
def open_window(qtbot, checkpoint, settings_file, wait_idle):
    """Open windows; close them afterwards and see that nothing of them is left running."""
    windows = []

    def make(picture=None, *, model=checkpoint, theme="light", size=(1000, 700), settings=settings_file, wait=True):
        source = None if picture is None else PictureSource(picture)
        window = MainWindow(Settings(settings), Request(ModelSource(model, "cpu"), source), theme=theme)
        qtbot.addWidget(window)
        windows.append(window)
        if size is not None:
            window.resize(*size)
        window.show()
        window.reconstruction.start()
        if wait:
            wait_idle(window)
        return window

    yield make
    for window in windows:
        window.close()
        assert window.view.released
    QApplication.processEvents()
    gc.collect()
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    assert not [o for o in gc.get_objects() if issubclass(type(o), QThread) and o.isRunning()]


@pytest.fixture
def window(open_window, picture):
    """A window that shows the picture."""
    return open_window(picture)


@pytest.fixture
def problem(qtbot):
    """The words of the one error dialog, which it then closes."""

    def read(window):
        qtbot.waitUntil(lambda: window.errors.dialog is not None and window.errors.dialog.isVisible(), timeout=20000)
        dialog = window.errors.dialog
        assert [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()] == [dialog]
        text = dialog.message.text()
        dialog.close()
        return text

    return read
