"""Memory is given back once nothing was done for a moment, and only then."""

import pytest
import viewer_support
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from mem3d_viewer.base import rest as module
from mem3d_viewer.base.background import Lane
from mem3d_viewer.base.rest import Rest

pytestmark = pytest.mark.gui


@pytest.fixture
def given_back(monkeypatch):
    times = []
    monkeypatch.setattr(module, "give_freed_memory_back", lambda: times.append(1))
    return times


@pytest.fixture
def rest(qapp, monkeypatch):
    monkeypatch.setattr(module, "_REST_MS", 150)
    owner = QObject()
    lane = Lane("mem3d-test", owner)
    rest = Rest(lane, owner)
    yield rest
    rest.stop()
    lane.close()
    viewer_support.dispose(owner)


def test_memory_is_given_back_after_a_moment_of_rest(rest, given_back, qtbot):
    for _ in range(6):
        rest.disturb()
        QTest.qWait(50)
    assert given_back == []
    qtbot.waitUntil(lambda: given_back == [1])
    QTest.qWait(300)
    assert given_back == [1]
    rest.disturb()
    qtbot.waitUntil(lambda: given_back == [1, 1])


def test_nothing_happens_any_more_once_it_is_stopped(rest, given_back):
    rest.disturb()
    rest.stop()
    QTest.qWait(300)
    assert given_back == []
