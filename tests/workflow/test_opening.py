"""A picture gets into the window by every road, and what is seen of it is right."""

import numpy as np
import pytest
import trimesh
import viewer_support
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from core.data.images import load_picture, preprocess
from mem3d_viewer.base.qt_pixels import pixels_of

pytestmark = pytest.mark.gui


def files(*paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(widget, mime):
    """Send the events that a drop makes; the first is accepted or not."""
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), action, mime, buttons, keys)
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), action, mime, buttons, keys))
    return enter.isAccepted()


def shown_picture(window):
    return pixels_of(window.reconstruct.images.picture_view.image)


def test_from_the_command_line(window, picture):
    assert window.reconstruct.session.answer.picture.path == picture
    assert window.windowTitle().startswith("brown block.png")
    np.testing.assert_array_equal(shown_picture(window), load_picture(picture).pixels)


def test_the_input_panel_shows_exactly_what_the_network_sees(window, picture):
    expected = preprocess(load_picture(picture).pixels, 32)
    np.testing.assert_array_equal(pixels_of(window.reconstruct.images.network_view.image)[..., :3], expected)
    np.testing.assert_array_equal(window.reconstruct.session.answer.reconstruction.network_input, expected)


def test_by_menu(open_window, picture, wait_idle, monkeypatch):
    window = open_window()
    assert window.reconstruct.session.answer.reconstruction is None
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: ([str(picture)], ""))
    window.actions_["open"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path == picture


def test_a_file_dialog_that_is_cancelled_changes_nothing(window, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: ([], ""))
    before = window.reconstruct.session.answer
    window.actions_["open"].trigger()
    assert not window.reconstruct.controller.working
    assert window.reconstruct.session.answer is before


def test_by_drop(open_window, picture, wait_idle):
    window = open_window()
    assert drop(window, files(picture))
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path == picture


def test_nothing_in_the_window_catches_a_drop_for_itself(window):
    assert window.acceptDrops()
    # Rows of the priors are dragged within their list, which lets everything else pass.
    rows = window.reconstruct.priors.list.view.viewport()
    assert [w for w in window.findChildren(QWidget) if w.acceptDrops()] == [rows]
    mime = files("picture.png")
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    rows.parent().dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_text_is_not_taken_as_a_drop(window):
    mime = QMimeData()
    mime.setText("no picture")
    assert not drop(window, mime)


def test_a_dropped_checkpoint_is_opened_as_one(window, tmp_path, picture, wait_idle):
    other = viewer_support.make_checkpoint(tmp_path / "other.safetensors", picture, beta=0.8, seed=1)
    drop(window, files(other))
    wait_idle(window)
    assert window.reconstruct.session.answer.model.path == other
    assert window.reconstruct.session.answer.picture.path == picture
    assert window.reconstruct.similarity.beta.value == pytest.approx(0.8)


def test_pasted_pixels(open_window, wait_idle):
    window = open_window()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    QGuiApplication.clipboard().setImage(image)
    window.actions_["paste"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path is None
    np.testing.assert_array_equal(shown_picture(window)[0, 0], [0, 128, 128, 255])


def test_a_pasted_file(open_window, picture, wait_idle):
    window = open_window()
    QGuiApplication.clipboard().setMimeData(files(picture))
    window.actions_["paste"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path == picture


def test_pasting_nothing_useful_says_so(window, problem):
    QGuiApplication.clipboard().setText("only words")
    window.actions_["paste"].trigger()
    assert "no picture" in problem(window)
    assert window.reconstruct.session.answer.reconstruction is not None


def test_open_recent(open_window, tmp_path, wait_idle):
    names = [viewer_support.make_picture(tmp_path / f"{name}.png") for name in ("one", "two")]
    window = open_window()
    for name in names:
        window.reconstruct.controller.open_picture(name)
        wait_idle(window)
    window.menus.recent.aboutToShow.emit()
    texts = [action.text() for action in window.menus.recent.actions()]
    assert texts[:2] == ["&1 two.png", "&2 one.png"]
    window.menus.recent.actions()[1].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path == names[0]


def test_a_recent_picture_that_is_gone_is_named_and_forgotten(open_window, tmp_path, wait_idle, problem):
    gone = viewer_support.make_picture(tmp_path / "gone.png")
    window = open_window(gone)
    gone.unlink()
    window.menus.recent.aboutToShow.emit()
    window.menus.recent.actions()[0].trigger()
    assert "gone.png" in problem(window)
    window.menus.recent.aboutToShow.emit()
    assert "gone" not in window.menus.recent.actions()[0].text()


def test_without_alpha_the_window_says_that_the_background_is_left_in(window, open_window, tmp_path):
    assert not window.reconstruct.images.note.isVisibleTo(window.reconstruct.images)
    window = open_window(viewer_support.make_picture(tmp_path / "opaque.jpg", alpha=False))
    assert window.reconstruct.images.note.isVisibleTo(window.reconstruct.images)
    assert "background is left in" in window.reconstruct.images.note.text()


def test_notes_of_the_reader_are_shown(open_window, tmp_path):
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    window = open_window(tmp_path / "moving.gif")
    assert "only the first" in window.reconstruct.images.note.text()


def test_close_image(window, wait_idle):
    window.actions_["close"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction is None
    assert window.reconstruct.welcome.isVisible()
    assert not window.actions_["save_mesh"].isEnabled()


def test_the_empty_window_invites(open_window, wait_idle, monkeypatch, picture):
    monkeypatch.setattr("mem3d_viewer.reconstruct.opening.sample_images", lambda: [picture])
    window = open_window()
    assert window.reconstruct.welcome.isVisible()
    window.reconstruct.welcome.sample_chosen.emit(picture)
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path == picture
    assert window.reconstruct.view.isVisible()


def test_a_quick_second_picture_wins(open_window, picture, tmp_path, qtbot, wait_idle):
    """Of two pictures opened at once, the first's late answer is dropped."""
    second = viewer_support.make_picture(tmp_path / "second.png", shade=60)
    window = open_window()
    seen = []
    window.reconstruct.session.answer_changed.connect(lambda: seen.append(window.reconstruct.session.answer.picture))
    window.reconstruct.controller.open_picture(picture)
    window.reconstruct.controller.open_picture(second)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    wait_idle(window)
    assert [shown.path for shown in seen] == [second]


def test_esc_gives_up_the_running_work(window, tmp_path, wait_idle):
    before = window.reconstruct.session.answer
    window.reconstruct.controller.open_picture(viewer_support.make_picture(tmp_path / "unwanted.png"))
    assert window.reconstruct.session.busy
    window.actions_["cancel"].trigger()
    assert window.reconstruct.session.busy == "Cancelling…"
    wait_idle(window)
    assert window.reconstruct.session.answer is before
    assert window.reconstruct.session.request == before.request


def names(window):
    batch = window.reconstruct.batch
    return [batch.item(row).text().split("  ")[1] for row in range(batch.count())]


def test_pictures_dropped_together_are_listed_and_stepped_through(open_window, tmp_path, wait_idle, picture):
    window = open_window()
    paths = [viewer_support.make_picture(tmp_path / name) for name in ("b.png", "a.png", "c.png")]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert not window.reconstruct.batch_dock.isVisible()
    drop(window, mime)
    wait_idle(window)
    assert names(window) == ["b.png", "a.png", "c.png"]
    assert window.reconstruct.batch_dock.isVisible()
    shown = []
    for command in ("next", "next", "next", "previous"):
        window.actions_[command].trigger()
        wait_idle(window)
        shown.append(window.reconstruct.session.answer.request.picture.name)
        assert window.reconstruct.batch.currentItem().text().endswith(shown[-1])
    assert shown == ["a.png", "c.png", "b.png", "c.png"]
    window.reconstruct.controller.open_picture(picture)  # one alone
    wait_idle(window)
    assert not window.reconstruct.batch_dock.isVisible()


def test_a_folder_of_pictures(open_window, tmp_path, wait_idle, problem, monkeypatch):
    window = open_window()
    for name in ("2.png", "1.png"):
        viewer_support.make_picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path))
    window.actions_["open_folder"].trigger()
    wait_idle(window)
    assert names(window) == ["1.png", "2.png"]
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(empty))
    window.actions_["open_folder"].trigger()
    assert "no picture in it" in problem(window)
    assert names(window) == ["1.png", "2.png"]


def test_a_dropped_shape_may_be_the_ground_truth_of_the_picture(open_window, tmp_path, wait_idle, picture, monkeypatch):
    asked = []
    monkeypatch.setattr("mem3d_viewer.incoming.choose", lambda *words: asked.append(words[-1]) or words[-1][0])
    grid, mesh = tmp_path / "truth.npz", tmp_path / "box.ply"
    np.savez(grid, voxels=viewer_support.block(9))
    trimesh.creation.box((1, 1, 1)).export(mesh)
    window = open_window(picture)
    drop(window, files(grid))
    wait_idle(window)
    session = window.reconstruct.session
    np.testing.assert_array_equal(session.answer.truth, viewer_support.block(9))
    assert "IoU" in window.reconstruct.view.reconstruction_label.text()
    assert "Ground truth" in window.reconstruct.view.beside_label.text()
    drop(window, files(mesh))
    wait_idle(window)
    assert session.answer.truth.all()  # a cube fills its grid
    assert [len(answers) for answers in asked] == [2, 3]  # a grid is no data set
    window.reconstruct.controller.open_picture(picture)
    wait_idle(window)
    assert session.answer.truth is None
