"""Sessions to and from files, without a window: the 3D view is only asked for its camera."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from core.prior_edits import PriorEdits
from mem3d_viewer.reconstruct.compare.bar import CompareBar
from mem3d_viewer.reconstruct.compare.controller import CompareController
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.saved.controller import SavedSessionController


class View:
    """As much of a ``VoxelView`` as a session asks for."""

    def __init__(self):
        self.scene = SimpleNamespace(
            camera=SimpleNamespace(position=(1.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
        )
        self.drawn = 0

    def redraw(self):
        self.drawn += 1


@pytest.fixture
def view():
    return View()


@pytest.fixture
def history(session, controller, actions, host):
    history = EditHistory(session, actions, host)
    history.changed.connect(lambda: controller.set_edits(history.state.priors))
    return history


@pytest.fixture
def sessions(session, controller, history, lane, actions, view, host, qtbot, tmp_path):
    bar = CompareBar(actions["swap"], actions["blink"], actions["difference"])
    qtbot.addWidget(bar)
    compare = CompareController(session, lane, actions, bar, host)
    made = SavedSessionController(session, controller, history, compare, lane, actions, view, tmp_path / "kept", host)
    yield made
    made.stop()


def test_what_was_done_comes_back_with_its_camera(sessions, session, controller, history, view, wait, qtbot, tmp_path):
    slot = session.answer.reconstruction.priors[0].slot
    history.edit_priors(PriorEdits().mute([slot]))
    wait(controller)
    session.set_display(threshold=0.44)
    before = session.answer.reconstruction.occupancy.copy()
    with qtbot.waitSignal(sessions.saved, timeout=20_000):
        sessions.save(tmp_path / "a.mem3d")
    history.edit_priors(PriorEdits())
    wait(controller)
    session.set_display(threshold=0.2)
    view.scene.camera.position = (9.0, 9.0, 9.0)
    sessions.open(tmp_path / "a.mem3d")
    wait(controller)
    np.testing.assert_array_equal(session.answer.reconstruction.occupancy, before)
    assert history.state.priors.muted == {slot}
    assert session.display.threshold == 0.44
    assert tuple(view.scene.camera.position) == (1.0, 2.0, 3.0)
    assert view.drawn > 0


def test_a_checkpoint_that_has_moved_is_found_beside_the_session(
    sessions, session, controller, checkpoint, wait, qtbot, tmp_path
):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    own = tmp_path / checkpoint.name
    own.write_bytes(checkpoint.read_bytes())
    controller.open_checkpoint(own)
    wait(controller)
    with qtbot.waitSignal(sessions.saved, timeout=20_000):
        sessions.save(moved / "a.mem3d")
    own.rename(moved / own.name)
    sessions.open(moved / "a.mem3d")
    wait(controller)
    assert session.answer.model.path == moved / own.name
    told = []
    sessions.failed.connect(told.append)
    (moved / own.name).unlink()
    sessions.open(moved / "a.mem3d")
    assert "its checkpoint" in str(told[0])
    assert own.name in str(told[0])


def test_a_file_that_is_not_there_is_told_and_changes_nothing(sessions, session, tmp_path):
    told, answer = [], session.answer
    sessions.failed.connect(told.append)
    sessions.open(tmp_path / "none.mem3d")
    assert "none.mem3d: cannot be read" in str(told[0])
    assert session.answer is answer


def test_the_last_session_is_kept_after_a_rest_and_forgotten_at_the_end(sessions, qtbot):
    sessions.keep()
    qtbot.waitUntil(sessions.last.is_file, timeout=20_000)
    sessions.stop()
    sessions.forget_last()
    assert not sessions.last.exists()


def test_a_name_without_an_ending_gets_one(sessions, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    with qtbot.waitSignal(sessions.saved, timeout=20_000) as saved:
        sessions.ask_save()
    assert saved.args == [tmp_path / "mine.mem3d"]
    assert (tmp_path / "mine.mem3d").is_file()


def test_there_is_nothing_to_save_without_a_picture(sessions, controller, actions, wait):
    assert actions["save_session"].isEnabled()
    controller.close_picture()
    wait(controller)
    assert not actions["save_session"].isEnabled()
