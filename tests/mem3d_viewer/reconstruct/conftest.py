"""A session and the controllers around it, without a window."""

import time

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Lane
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Request
from mem3d_viewer.reconstruct.session import Display, Session


@pytest.fixture
def lane(qapp):
    lane = Lane("mem3d-test")
    yield lane
    lane.close()


@pytest.fixture
def host(qtbot):
    """The widget that owns commands and controllers."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def actions(host):
    actions = Actions(host)
    actions.set_page("reconstruct")
    return actions


@pytest.fixture
def session(checkpoint, picture, host):
    return Session(Request(ModelSource(checkpoint, "cpu"), PictureSource(picture)), Display(), host)


@pytest.fixture
def controller(session, lane, host):
    """A controller that shows the session's picture."""
    controller = ReconstructionController(session, lane, host)
    controller.start()
    rest(controller)
    return controller


@pytest.fixture
def wait():
    return rest


def rest(controller):
    """Wait until nothing is being done."""
    deadline = time.monotonic() + 60
    while controller.working:
        assert time.monotonic() < deadline, "the work does not end"
        QTest.qWait(5)
