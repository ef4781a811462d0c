"""The fixture that fails tests which leave something behind sees what they leave."""

import threading

import leftovers
import pytest
from PySide6.QtCore import QObject, QTimer

from mem3d_viewer.base.background import Lane


def test_a_timer_is_seen_while_it_runs(qapp):
    before = leftovers.living()
    owner = QObject()
    timer = QTimer(owner)
    assert leftovers.left_behind(before) == []
    timer.start(10_000)
    assert leftovers.left_behind(before) == ["QTimer of QObject"]
    timer.stop()
    assert leftovers.left_behind(before) == []


@pytest.fixture
def lane(qapp):
    lane = Lane("mem3d-test")
    yield lane
    lane.close()


def test_a_job_is_seen_until_it_has_ended(lane):
    before, go_on = leftovers.living(), threading.Event()
    lane.submit(lambda _: go_on.wait(10))
    assert leftovers.left_behind(before) == ["Lane"]
    go_on.set()
    assert leftovers.left_behind(before) == []


def test_a_vtk_window_is_seen_until_it_is_gone(qapp):
    from vtkmodules.vtkRenderingOpenGL2 import vtkGenericOpenGLRenderWindow

    before = leftovers.living()
    window = vtkGenericOpenGLRenderWindow()
    assert leftovers.left_behind(before) == ["vtkGenericOpenGLRenderWindow"]
    del window
    assert leftovers.left_behind(before) == []
