"""A training in the window steps back for the window, where that is possible."""

import os
import sys
import threading

import pytest

from mem3d_viewer.train import controller

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness of their own on Linux only")


@pytest.mark.parametrize(("niceness", "asked_for"), [(0, 5), (5, None), (12, None)])
def test_a_process_that_is_nicer_already_stays_as_it_is(monkeypatch, niceness, asked_for):
    set_to = []
    monkeypatch.setattr(os, "getpriority", lambda kind, who: niceness)
    monkeypatch.setattr(os, "setpriority", lambda kind, who, value: set_to.append(value))
    controller._step_back()
    assert set_to == ([] if asked_for is None else [asked_for])


def test_where_it_is_forbidden_the_training_goes_on(monkeypatch):
    def forbidden(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setpriority", forbidden)
    controller._step_back()


def test_only_the_own_thread_steps_back():
    before, seen = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), []

    def work():
        controller._step_back()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [max(before, controller._NICENESS)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
