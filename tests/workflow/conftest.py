"""The real window with a small genuine checkpoint, under a virtual display."""

import threading
import time

import pytest
import viewer_support
from leftovers import left_behind, living
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from mem3d_viewer.base.settings import Settings
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Request
from mem3d_viewer.reconstruct.session import Display


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
def wait_idle():
    """The function that waits until a window shows what is wanted of it."""
    return _wait_idle


@pytest.fixture
def open_window(qapp, checkpoint, settings_file):
    """The function that opens a window of its own; they are closed afterwards, and nothing of them may be left."""
    windows, before = [], set(_visible())

    def make(picture=None, *, model=checkpoint, theme="light", settings=settings_file, wait=True):
        source = None if picture is None else PictureSource(picture)
        window = _make(Settings(settings), Request(ModelSource(model, "cpu"), source), theme)
        windows.append(window)
        if wait:
            _wait_idle(window)
        return window

    yield make
    for window in windows:
        _end(window)
    assert set(_visible()) <= before


@pytest.fixture(scope="module")
def _shared(qapp, checkpoint, picture, tmp_path_factory):
    before = living()
    settings = Settings(tmp_path_factory.mktemp("settings") / "settings.ini")
    window = _make(settings, Request(ModelSource(checkpoint, "cpu"), PictureSource(picture)), "light")
    request = window.reconstruct.session.request
    _wait_idle(window)
    yield window, request
    _end(window)
    assert not _visible()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mem3d")]
    del window
    assert left_behind(before) == []


@pytest.fixture
def window(_shared):
    """A window that shows the picture, as it was opened; a module's tests share it."""
    window, request = _shared
    window.reconstruct.history.clear()
    window.reconstruct.session.set_request(request)
    _wait_idle(window)
    window.reconstruct.session.select(None)
    window.reconstruct.session.set_display(**vars(Display()))
    window.set_theme("light")
    window.reconstruct.view.scene.view_isometric()
    yield window
    if window.errors.dialog is not None:
        window.errors.dialog.close()


def _make(settings, request, theme):
    window = MainWindow(settings, request, theme=theme)
    window.resize(900, 640)
    window.show()
    window.reconstruct.start()
    return window


def _wait_idle(window):
    _wait(lambda: window.reconstruct.session.answer is not None or window.errors.dialog is not None)
    _wait(lambda: not window.reconstruct.controller.working)
    QApplication.processEvents()


def _wait(reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline, "the window does not come to rest"
        QTest.qWait(5)


def _visible():
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]


def _end(window):
    """Close a window and see that nothing of it goes on."""
    window.close()
    assert window.reconstruct.view.released
    QApplication.processEvents()
    assert not window.reconstruct.lane.busy
    # Closed windows that stay alive are styled again with every change of theme.
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def focus():
    """The function that gives a widget the keyboard."""

    def give(widget):
        widget.window().activateWindow()
        widget.setFocus()
        _wait(widget.hasFocus)

    return give


@pytest.fixture
def problem():
    """The words of the one error dialog, which it then closes."""

    def read(window):
        _wait(lambda: window.errors.dialog is not None and window.errors.dialog.isVisible())
        dialog = window.errors.dialog
        assert [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()] == [dialog]
        text = dialog.message.text()
        dialog.close()
        return text

    return read
