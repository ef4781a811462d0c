"""A session is saved, opened elsewhere, and offered again after a crash, through the window."""

import shutil

import numpy as np
import pytest
import viewer_support
from PySide6.QtWidgets import QMessageBox

from core.data.foreground import Stroke
from core.prior_edits import PriorEdits


@pytest.fixture
def sessions(window, wait_idle):
    wait_idle(window)
    return window.reconstruct.sessions


def occupancy(window):
    return window.reconstruct.session.answer.reconstruction.occupancy


def do_something(window, wait_idle):
    page = window.reconstruct
    page.controller.set_beta(0.1)
    wait_idle(window)
    slot = page.session.answer.reconstruction.priors[0].slot
    page.history.edit_priors(PriorEdits().mute([slot]))
    page.session.set_display(threshold=0.44, surface="smooth")
    page.view.scene.rotate(30, 10)
    wait_idle(window)
    return slot


def test_a_session_opens_as_it_was_saved(window, sessions, wait_idle, qtbot, tmp_path):
    slot = do_something(window, wait_idle)
    before, seen = occupancy(window).copy(), window.reconstruct.view.scene.direction
    with qtbot.waitSignal(sessions.saved):
        sessions.save(tmp_path / "a.mem3d")
    page = window.reconstruct
    page.controller.close_picture()
    wait_idle(window)
    page.session.set_display(threshold=0.3, surface="blocks")
    page.view.scene.view_isometric()
    elsewhere = tmp_path / "elsewhere" / "b.mem3d"
    elsewhere.parent.mkdir()
    shutil.move(tmp_path / "a.mem3d", elsewhere)
    sessions.open(elsewhere)
    wait_idle(window)
    np.testing.assert_array_equal(occupancy(window), before)
    assert page.session.request.edits.muted == {slot}
    assert (page.session.display.threshold, page.session.display.surface) == (0.44, "smooth")
    assert page.view.scene.direction == pytest.approx(seen)
    assert page.history.can_undo


@pytest.mark.parametrize("alpha", [True, False])
def test_a_picture_that_was_cut_out_and_covered_opens_so(window, sessions, wait_idle, qtbot, tmp_path, alpha):
    page = window.reconstruct

    def rest():
        qtbot.waitUntil(lambda: not page.foreground.working and not page.controller.working, timeout=60_000)

    page.controller.open_picture(viewer_support.make_picture(tmp_path / "block.png", alpha=alpha))
    wait_idle(window)
    page.foreground.open()
    rest()
    page.editor.canvas.drawn.emit(Stroke("cover", ((25.0, 20.0), (25.0, 60.0)), 8.0))
    rest()
    page.foreground.close()
    before, shape = page.session.answer.picture.pixels.copy(), occupancy(window).copy()
    with qtbot.waitSignal(sessions.saved):
        sessions.save(tmp_path / "covered.mem3d")
    page.controller.close_picture()
    wait_idle(window)
    page.foreground.stop()
    sessions.open(tmp_path / "covered.mem3d")
    wait_idle(window)
    rest()
    np.testing.assert_array_equal(page.session.answer.picture.pixels, before)
    np.testing.assert_array_equal(occupancy(window), shape)
    page.history.undo()
    page.history.undo()
    rest()
    assert page.session.answer.picture.pixels.shape != before.shape or not np.array_equal(
        page.session.answer.picture.pixels, before
    )


def test_what_is_no_session_is_one_error(window, sessions, wait_idle, problem, tmp_path):
    before = occupancy(window)
    (tmp_path / "a.mem3d").write_bytes(b"garbage")
    sessions.open(tmp_path / "a.mem3d")
    wait_idle(window)
    assert "is no session" in problem(window)
    assert occupancy(window) is before


@pytest.mark.parametrize("wanted", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_a_crash_offers_the_last_session_once(window, sessions, wait_idle, qtbot, monkeypatch, wanted):
    do_something(window, wait_idle)
    sessions.keep()
    qtbot.waitUntil(sessions.last.is_file, timeout=20_000)
    kept = sessions.last.with_name("last-999999999.mem3d")  # of a process that is no more
    sessions.last.rename(kept)
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *args: asked.append(args[2]) or wanted)
    window.reconstruct.controller.close_picture()
    wait_idle(window)
    sessions.offer_last()
    wait_idle(window)
    sessions.offer_last()
    assert len(asked) == 1
    assert not kept.exists()
    assert (window.reconstruct.session.request.picture is not None) == (wanted == QMessageBox.StandardButton.Yes)


def test_a_program_that_ends_by_itself_leaves_nothing_to_restore(open_window, picture):
    window = open_window(picture)
    sessions = window.reconstruct.sessions
    sessions.keep()
    window.close()
    assert not sessions.last.exists()
