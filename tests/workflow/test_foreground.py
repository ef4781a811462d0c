"""A photo without transparency: cut out, corrected, covered, saved, through the real window."""

import shlex
import time

import numpy as np
import pytest
import viewer_support
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QFileDialog

from core.cli import main
from core.data.foreground import NOTHING_FOUND, Edits
from core.data.images import object_box, preprocess
from mem3d_viewer.app import _cut_out_when_answered

pytestmark = pytest.mark.gui

WALL, LEFT, RIGHT = (205, 200, 190), (120, 70, 30), (40, 60, 150)


def make_photo(path, wall=WALL):
    """A brown block to the left of a blue one, which is larger, before a wall, 160 x 120."""
    rng = np.random.default_rng(0)
    pixels = np.full((120, 160, 3), wall, float)
    pixels[30:100, 15:70] = LEFT
    pixels[30:100, 90:150] = RIGHT
    Image.fromarray(np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def photo(tmp_path):
    return make_photo(tmp_path / "room.png")


def settle(window):
    deadline = time.monotonic() + 60
    while window.reconstruct.foreground.working or window.reconstruct.controller.working:
        assert time.monotonic() < deadline
        QTest.qWait(5)
    QApplication.processEvents()


@pytest.fixture
def editing(window, photo, focus):
    """The window with the photo in the editor."""
    window.reconstruct.controller.open_picture(photo)
    settle(window)
    QTest.mouseClick(window.reconstruct.images.edit, Qt.MouseButton.LeftButton)
    settle(window)
    focus(window.reconstruct.editor.canvas)
    yield window
    window.reconstruct.foreground.close()


def pixels(window):
    return window.reconstruct.session.answer.picture.pixels


def network_input(window):
    return window.reconstruct.session.answer.reconstruction.network_input


def drag(window, *points):
    canvas = window.reconstruct.editor.canvas
    places = [canvas.to_widget(*point).toPoint() for point in points]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])
    settle(window)


def key(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window.reconstruct.editor.canvas, key, modifier)
    settle(window)


def box_the_left(window):
    drag(window, (8, 22), (82, 108))


def test_one_click_cuts_the_object_out_and_reconstructs_it(window, photo):
    window.reconstruct.controller.open_picture(photo)
    settle(window)
    page, before = window.reconstruct, network_input(window)
    assert "no transparency" in page.images.note.text()
    assert "Cut out" in page.images.edit.text()
    QTest.mouseClick(page.images.edit, Qt.MouseButton.LeftButton)
    settle(window)
    alpha = pixels(window)[..., 3]
    assert (alpha[40:90, 100:140] == 255).all()
    assert (alpha[:, :80] == 0).all()  # the larger of two things
    assert (alpha[:25] == 0).all()
    assert (network_input(window)[0, 0] == 255).all()
    assert not np.array_equal(network_input(window), before)
    assert page.editor.isVisible()
    assert page.editor.preview.image.width() == network_input(window).shape[1]
    assert "no transparency" not in page.images.note.text()
    key(window, Qt.Key.Key_Return)
    assert not page.editor.isVisible()
    assert page.docks[0].isVisible()
    assert pixels(window).shape[2] == 4
    assert "Edit" in page.images.edit.text()


def test_a_start_that_cuts_out_does_so_with_the_first_answer_alone(window, photo):
    _cut_out_when_answered(window)
    window.reconstruct.controller.open_picture(photo)
    settle(window)
    assert window.reconstruct.foreground.is_open
    assert pixels(window).shape[2] == 4
    window.reconstruct.foreground.close()
    window.reconstruct.controller.open_picture(make_photo(photo.with_name("other.png"), wall=(90, 90, 90)))
    settle(window)
    assert not window.reconstruct.foreground.is_open
    assert pixels(window).shape[2] == 3


def test_the_window_keeps_its_size_and_its_panels(window, photo):
    window.reconstruct.controller.open_picture(photo)
    settle(window)
    docks = window.reconstruct.docks
    before = window.size(), [dock.width() for dock in docks]
    for _ in range(2):
        window.actions_["edit_foreground"].trigger()
        settle(window)
        assert window.size() == before[0]
        window.actions_["edit_foreground"].trigger()
        settle(window)
    assert (window.size(), [dock.width() for dock in docks]) == before


def test_the_priors_and_beta_are_watched_while_editing(open_window, photo):
    window, size = open_window(photo), (1280, 800)
    window.resize(*size)
    QApplication.processEvents()
    page = window.reconstruct
    areas = [page.dockWidgetArea(dock) for dock in page.docks]
    window.actions_["edit_foreground"].trigger()
    settle(window)
    assert (window.width(), window.height()) == size
    assert page.priors.list.view.isVisible()
    assert page.similarity.beta.isVisible()
    assert page.priors.list.view.height() >= 80
    window.actions_["edit_foreground"].trigger()
    settle(window)
    assert [page.dockWidgetArea(dock) for dock in page.docks] == areas
    assert page.images.isVisible()


def test_a_box_chooses_and_undo_takes_it_back(editing):
    box_the_left(editing)
    assert object_box(pixels(editing))[2] < 80
    assert editing.reconstruct.editor.canvas.box == editing.reconstruct.foreground.edits.box
    key(editing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert object_box(pixels(editing))[0] > 80
    assert not editing.actions_["undo"].isEnabled()
    key(editing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert object_box(pixels(editing))[2] < 80
    editing.reconstruct.editor.reset_button.click()
    settle(editing)
    assert editing.reconstruct.foreground.edits == Edits()
    key(editing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert object_box(pixels(editing))[2] < 80


def test_strokes_correct_the_cut(editing):
    key(editing, "r")
    drag(editing, (100, 65), (140, 65))
    alpha = pixels(editing)[..., 3]
    assert (alpha[65, 102:138] == 0).all()
    assert alpha[65, 40] == 255  # not that one: the other
    key(editing, "k")
    drag(editing, (40, 10), (50, 10))
    assert (pixels(editing)[10, 41:50, 3] == 255).all()


def test_a_cover_is_seen_by_the_network_and_leaves_the_crop_alone(editing):
    box_the_left(editing)
    uncovered, box = network_input(editing), object_box(pixels(editing))
    camera = tuple(editing.reconstruct.view.scene.camera.position)
    key(editing, "c")
    editing.reconstruct.editor._brush.setValue(50)
    drag(editing, (0, 50), (100, 50))
    covered = network_input(editing)
    assert object_box(pixels(editing)) == box
    assert (covered == 128).all(axis=2).any()
    assert np.array_equal(covered[-8:], uncovered[-8:])
    assert np.array_equal(editing.reconstruct.editor.preview._image.pixelColor(0, 0).getRgb()[:3], (255, 255, 255))
    assert tuple(editing.reconstruct.view.scene.camera.position) == camera
    key(editing, "u")
    drag(editing, (0, 50), (100, 50))
    assert np.array_equal(network_input(editing), uncovered)


def test_the_network_sees_covers_while_they_are_being_painted(editing):
    canvas = editing.reconstruct.editor.canvas
    key(editing, "c")
    editing.reconstruct.editor._brush.setValue(50)
    place = canvas.to_widget(110, 65).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(canvas, canvas.to_widget(130, 65).toPoint())
    settle(editing)
    assert (network_input(editing) == 128).all(axis=2).any()
    assert editing.reconstruct.foreground.edits == Edits()
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=place)  # given up: as if it had never been
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place)
    settle(editing)
    assert not (network_input(editing) == 128).all(axis=2).any()
    assert not editing.reconstruct.history.can_undo


def choose_background(window, index):
    combo = window.reconstruct.editor.background
    combo.setCurrentIndex(index)
    combo.activated.emit(index)
    settle(window)


def test_the_background_is_a_choice(editing, photo, monkeypatch):
    box_the_left(editing)
    combo = editing.reconstruct.editor.background
    for name, level in (("grey", 128), ("black", 0), ("white", 255)):
        choose_background(editing, combo.findData(name))
        assert (network_input(editing)[0, 0] == level).all()
        assert combo.currentData() == name
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: colour("#0a141e"))
    choose_background(editing, combo.findData("other"))
    assert tuple(network_input(editing)[0, 0]) == (10, 20, 30)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: colour(""))
    choose_background(editing, combo.findData("other"))  # the dialog was cancelled
    assert tuple(network_input(editing)[0, 0]) == (10, 20, 30)
    choose_background(editing, combo.findData("photo"))
    original = np.array(Image.open(photo))
    assert np.array_equal(pixels(editing), original)
    assert np.array_equal(network_input(editing), preprocess(original, 32))


def colour(name):

    return QColor(name) if name else QColor()


def test_edits_are_remembered_while_the_program_runs(editing, photo, picture, wait_idle):
    box_the_left(editing)
    edits = editing.reconstruct.foreground.edits
    editing.reconstruct.controller.open_picture(picture)
    settle(editing)
    assert not editing.reconstruct.foreground.is_open  # another picture ends the editing
    assert editing.reconstruct.docks[0].isVisible()
    editing.reconstruct.controller.open_picture(photo)
    settle(editing)
    assert pixels(editing).shape[2] == 3  # opened as it is
    editing.actions_["edit_foreground"].trigger()
    settle(editing)
    assert editing.reconstruct.foreground.edits == edits
    assert object_box(pixels(editing))[2] < 80
    editing.actions_["edit_foreground"].trigger()
    assert not editing.reconstruct.foreground.is_open
    editing.actions_["edit_foreground"].trigger()  # from the edited picture, back to the same original
    settle(editing)
    key(editing, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert object_box(pixels(editing))[0] > 80


def test_a_selected_prior_stays_selected_through_edits(editing):
    prior = editing.reconstruct.session.answer.reconstruction.priors[0]
    editing.reconstruct.session.select(prior.slot)
    editing.reconstruct.foreground.set_background((250, 250, 250))
    settle(editing)
    assert (network_input(editing)[0, 0] == 250).all()
    assert prior.slot in [found.slot for found in editing.reconstruct.session.answer.reconstruction.priors]
    assert editing.reconstruct.session.selected.slot == prior.slot


def test_a_changed_file_starts_anew(editing, photo):
    box_the_left(editing)
    make_photo(photo, wall=(20, 30, 20))
    editing.reconstruct.controller.open_picture(photo)
    settle(editing)
    editing.actions_["edit_foreground"].trigger()
    settle(editing)
    assert editing.reconstruct.foreground.edits == Edits()


def test_a_box_by_keyboard_alone(editing):
    canvas = editing.reconstruct.editor.canvas
    assert canvas.hasFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(6):
        key(editing, Qt.Key.Key_Left, shift)
        key(editing, Qt.Key.Key_Up, shift)
    key(editing, Qt.Key.Key_Space)
    for _ in range(6):
        key(editing, Qt.Key.Key_Right, shift)
    for _ in range(9):
        key(editing, Qt.Key.Key_Down, shift)
    key(editing, Qt.Key.Key_Space)
    left, top, right, bottom = editing.reconstruct.foreground.edits.box
    assert (left, top) == (0, 0)
    assert right == 80
    assert bottom == 120
    assert object_box(pixels(editing))[2] < 82


def test_the_editors_letters_do_not_reach_the_window(editing):
    surface, camera = editing.reconstruct.session.display.surface, tuple(editing.reconstruct.view.scene.camera.position)
    for letter, tool in (("k", "keep"), ("r", "remove"), ("c", "cover"), ("u", "uncover"), ("b", "box")):
        key(editing, letter)
        assert editing.reconstruct.editor.tool == tool
    assert editing.reconstruct.session.display.surface == surface
    assert tuple(editing.reconstruct.view.scene.camera.position) == camera
    radius = editing.reconstruct.editor.canvas.radius
    key(editing, "]")
    assert editing.reconstruct.editor.canvas.radius > radius
    key(editing, Qt.Key.Key_Escape)
    assert not editing.reconstruct.foreground.is_open


def test_the_cut_out_is_saved_and_the_command_line_gives_the_same(editing, photo, problem, monkeypatch):
    box_the_left(editing)
    choose_background(editing, editing.reconstruct.editor.background.findData("black"))
    editing.actions_["copy_command"].trigger()
    assert "Save Cut-Out" in problem(editing)
    asked = []

    def name(_window, _title, suggested, _kinds):
        asked.append(suggested)
        return suggested, "png (*.png)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    editing.reconstruct.editor._save.click()
    deadline = time.monotonic() + 30
    while editing.reconstruct.lane.busy:
        assert time.monotonic() < deadline
        QTest.qWait(5)
    saved = photo.with_name("room-cut-out.png")
    assert asked == [str(saved)]
    assert np.array_equal(np.array(Image.open(saved)), pixels(editing))
    editing.actions_["copy_command"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:3] == ["mem3d", "reconstruct", str(saved)]
    assert main([*words[1:-1], str(photo.with_name("result.npz"))]) == 0
    with np.load(photo.with_name("result.npz")) as stored:
        np.testing.assert_allclose(
            stored["occupancy"], editing.reconstruct.session.answer.reconstruction.occupancy, atol=1e-5
        )


def test_a_picture_with_alpha_is_taken_as_it_is_and_can_be_edited(window, picture):
    answer = window.reconstruct.session.answer
    window.actions_["edit_foreground"].trigger()
    settle(window)
    assert np.array_equal(pixels(window), answer.picture.pixels)
    key(window, "r")
    drag(window, (30, 40))
    assert pixels(window)[40, 30, 3] == 0
    window.reconstruct.foreground.close()


def test_a_plain_picture_says_that_nothing_was_found(window, tmp_path):
    Image.new("RGB", (80, 60), "teal").save(tmp_path / "plain.png")
    window.reconstruct.controller.open_picture(tmp_path / "plain.png")
    settle(window)
    window.actions_["edit_foreground"].trigger()
    settle(window)
    assert window.reconstruct.editor.note.isVisible()
    assert window.reconstruct.editor.note.text() == NOTHING_FOUND
    assert pixels(window).shape[2] == 3
    drag(window, (20, 15), (60, 45))  # a box on it is no crash either
    window.reconstruct.foreground.close()


def test_a_photo_on_its_side_is_edited_upright(window, tmp_path):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(make_photo(tmp_path / "room.png")).save(path, exif=exif, quality=95)
    window.reconstruct.controller.open_picture(path)
    settle(window)
    window.actions_["edit_foreground"].trigger()
    settle(window)
    assert pixels(window).shape == (160, 120, 4)  # turned by a right angle: what was left is above
    assert (pixels(window)[20:65, 30:80, 3] == 255).all()
    window.reconstruct.foreground.close()


def test_opening_another_picture_while_edits_are_computed_shows_that_picture(editing, tmp_path):
    other = viewer_support.make_picture(tmp_path / "other.png")
    editing.reconstruct.foreground.set_background((1, 2, 3))
    editing.reconstruct.controller.open_picture(other)
    settle(editing)
    assert editing.reconstruct.session.answer.picture.path == other
    assert not editing.reconstruct.foreground.is_open


def test_the_window_closes_while_the_editor_works_and_remembers_the_panels(open_window, photo):
    window = open_window(photo)
    window.actions_["edit_foreground"].trigger()
    assert not window.reconstruct.docks[0].isVisible()
    window.close()
    again = open_window(photo)
    assert again.reconstruct.docks[0].isVisible()
    assert not again.reconstruct.editor.isVisible()
