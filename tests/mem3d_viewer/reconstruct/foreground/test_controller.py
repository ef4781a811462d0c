import numpy as np
import pytest
from PySide6.QtTest import QTest

from core.data.foreground import Stroke
from core.data.images import GREY
from mem3d_viewer.reconstruct.foreground.controller import ForegroundController
from mem3d_viewer.reconstruct.foreground.editor import PictureEditor
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.widgets.image_panel import PixelView

COVER = Stroke("cover", ((30.0, 40.0),), 12.0, GREY)


@pytest.fixture
def history(session, controller, actions, host):
    return EditHistory(session, actions, host)


@pytest.fixture
def foreground(session, controller, history, actions, lane, host, qtbot):
    editor = PictureEditor(PixelView("Preview"), actions["undo"], actions["redo"], actions["save_cut_out"])
    qtbot.addWidget(editor)
    foreground = ForegroundController(session, controller, editor, history, actions, lane, host)
    foreground.editor_for_test = editor
    yield foreground
    foreground.stop()


@pytest.fixture
def settle(foreground, controller):
    def wait():
        while foreground.working or controller.working:
            QTest.qWait(5)

    return wait


def test_a_stroke_is_covered_reconstructed_and_undone(foreground, session, actions, settle):
    before = session.answer
    actions["edit_foreground"].trigger()
    assert foreground.is_open
    assert actions["edit_foreground"].isChecked()
    settle()
    foreground.editor_for_test.canvas.drawn.emit(COVER)
    settle()
    assert session.answer.request.picture.original is before.request.picture or (
        session.answer.request.picture.original.picture is before.picture
    )
    assert tuple(session.answer.picture.pixels[40, 30, :3]) == GREY
    assert not np.array_equal(session.answer.reconstruction.network_input, before.reconstruction.network_input)
    assert actions["undo"].isEnabled()
    actions["undo"].trigger()
    settle()
    np.testing.assert_array_equal(session.answer.picture.pixels, before.picture.pixels)
    actions["redo"].trigger()
    settle()
    assert tuple(session.answer.picture.pixels[40, 30, :3]) == GREY
    actions["edit_foreground"].trigger()
    assert not foreground.is_open
    assert not actions["edit_foreground"].isChecked()


def test_without_a_picture_nothing_is_edited(foreground, controller, actions, settle):
    controller.close_picture()
    settle()
    actions["edit_foreground"].trigger()
    assert not foreground.is_open
    assert not actions["edit_foreground"].isChecked()


def test_another_picture_ends_editing(foreground, controller, settle, picture):
    foreground.open()
    settle()
    controller.open_picture(picture)
    settle()
    assert not foreground.is_open


def covered(session):
    return tuple(session.answer.picture.pixels[40, 30, :3]) == GREY


def test_done_right_after_a_stroke_keeps_it(foreground, session, settle):
    foreground.open()
    settle()
    foreground.editor_for_test.canvas.drawn.emit(COVER)
    foreground.editor_for_test.done.emit()
    assert not foreground.is_open
    settle()
    assert covered(session)


def test_done_right_after_undo_keeps_the_undo(foreground, session, history, settle):
    foreground.open()
    foreground.editor_for_test.canvas.drawn.emit(COVER)
    settle()
    assert covered(session)
    history.undo()
    foreground.editor_for_test.done.emit()
    settle()
    assert not covered(session)


def test_undo_reaches_the_picture_after_the_editor_is_closed(foreground, session, history, settle):
    foreground.open()
    foreground.editor_for_test.canvas.drawn.emit(COVER)
    settle()
    foreground.close()
    history.undo()
    settle()
    assert not covered(session)
    history.redo()
    settle()
    assert covered(session)


def test_undo_while_a_stroke_is_computed_takes_it_back(foreground, session, history, settle):
    foreground.open()
    settle()
    foreground.editor_for_test.canvas.drawn.emit(COVER)
    history.undo()  # before the stroke was shown
    settle()
    assert not covered(session)
