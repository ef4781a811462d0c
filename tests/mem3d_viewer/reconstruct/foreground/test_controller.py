import numpy as np
import pytest
from PySide6.QtTest import QTest

from core.data.foreground import Edits, Stroke
from core.data.images import GREY
from mem3d_viewer.reconstruct.foreground.controller import ForegroundController, History
from mem3d_viewer.reconstruct.foreground.editor import PictureEditor
from mem3d_viewer.widgets.image_panel import PixelView

ONE, TWO, THREE = (Edits(((0, 0, side, side),)) for side in (1, 2, 3))


def test_undo_and_redo_go_through_the_states():
    history = History()
    for edits in (ONE, TWO):
        history.do(edits)
    history.undo()
    assert history.edits == ONE
    history.undo()
    history.undo()  # nothing left: no error
    assert history.edits == Edits()
    history.redo()
    history.redo()
    history.redo()
    assert history.edits == TWO


def test_a_new_edit_forgets_what_was_undone_and_a_vain_one_is_none():
    history = History()
    history.do(ONE)
    history.do(TWO)
    history.undo()
    history.do(THREE)
    history.redo()
    assert history.edits == THREE
    history.do(THREE)
    history.undo()
    assert history.edits == ONE


COVER = Stroke("cover", ((30.0, 40.0),), 12.0, GREY)


@pytest.fixture
def foreground(session, controller, actions, lane, host, qtbot):
    editor = PictureEditor(PixelView("Preview"), actions["undo"], actions["redo"], actions["save_cut_out"])
    qtbot.addWidget(editor)
    foreground = ForegroundController(session, controller, editor, actions, lane, host)
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
