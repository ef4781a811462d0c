"""Browsing data sets and importing meshes through the real window."""

import csv
import time
from pathlib import Path

import numpy as np
import pytest
import trimesh
import viewer_support
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from core.data.opening import open_dataset
from mem3d_viewer.data.check_dialog import CheckDialog

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return viewer_support.make_packed(tmp_path_factory.mktemp("sets") / "blocks")


@pytest.fixture
def data(window):
    window.show_page("data")
    yield window.data
    window.data.filters.search.clear()
    window.data.filters.split.setCurrentText("all")
    window.show_page("reconstruct")


def wait(reached, seconds=30):
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it does not come"
        QTest.qWait(5)


def open_set(data, spec):
    data.choice.set_spec(str(spec))
    data.open_button.click()
    wait(lambda: not data.controller.working)


def test_a_data_set_shows_its_categories_objects_and_pictures(data, packed):
    open_set(data, f"packed:{packed}")
    labels = [data.filters.categories.item(row).text() for row in range(data.filters.categories.count())]
    assert labels == ["All categories  (10)", "chair  (5)", "table  (5)"]
    assert "6 train, 2 val, 2 test" in data.words.text()
    assert "30 pictures" in data.words.text()
    wait(lambda: len(data.objects.entries.icons) == 10)
    data.filters.categories.setCurrentRow(1)
    assert data.objects.keys == [0, 2, 4, 6, 8]
    data.filters.split.setCurrentText("test")
    assert data.objects.keys == [8]
    data.filters.split.setCurrentText("all")
    data.filters.search.setText("002")
    assert data.objects.keys == [2]
    assert "1 shown" in data.words.text()


def test_the_set_that_was_opened_is_the_recent_one_whatever_is_typed_meanwhile(window, data, packed, tmp_path):
    data.choice.set_spec(f"packed:{packed}")
    data.open_button.click()
    data.choice.set_spec(f"packed:{tmp_path}")
    wait(lambda: not data.controller.working)
    assert data.choice.spec == f"packed:{tmp_path}"
    offered = data.choice.offered
    assert offered[:2] == ["builtin", f"packed:{packed}"]
    assert f"packed:{tmp_path}" not in offered


def test_an_object_shows_its_views_and_a_view_is_reconstructed_beside_its_truth(window, data, packed, wait_idle):
    open_set(data, f"packed:{packed}")
    data.objects.select(3)
    wait(lambda: data.details.views.keys == [0, 1, 2])
    assert "table/003" in data.details.about.text()
    assert f"{int(viewer_support.block(3).sum())} voxels" in data.details.about.text()
    assert not data.details.shape.pixmap().isNull()
    data.details.views.select(2)
    data.details.reconstruct.click()
    wait_idle(window)
    assert window.page == "reconstruct"
    sample = window.reconstruct.session.answer.request.picture.sample
    assert (sample.index, sample.view) == (3, 2)
    assert np.array_equal(window.reconstruct.session.answer.truth, viewer_support.block(3))


def test_another_data_set_shows_no_object_of_the_last(window, data, packed, tmp_path):
    open_set(data, f"packed:{packed}")
    data.objects.select(3)
    wait(lambda: data.details.views.keys == [0, 1, 2])
    open_set(data, f"packed:{viewer_support.make_packed(tmp_path / 'other', (1, 1, 1))}")
    assert len(data.objects.keys) == 3
    assert data.details.views.keys == []
    assert "table/003" not in data.details.about.text()
    assert data.details.shape.pixmap().isNull()
    assert not data.details.reconstruct.isEnabled()


def test_a_folder_that_is_no_data_set_is_named_and_what_was_shown_stays(window, data, packed, problem, tmp_path):
    open_set(data, f"packed:{packed}")
    data.choice.set_spec(f"packed:{tmp_path}")
    data.open_button.click()
    assert str(tmp_path) in problem(window)
    assert len(data.objects.keys) == 10


def test_a_damaged_picture_is_named_and_the_others_are_shown(window, data, problem, tmp_path):
    folder = viewer_support.make_packed(tmp_path / "damaged")
    images = bytearray((folder / "images.bin").read_bytes())
    images[:60] = bytes(60)
    (folder / "images.bin").write_bytes(bytes(images))
    open_set(data, f"packed:{folder}")
    assert "chair/000" in problem(window)
    wait(lambda: len(data.objects.entries.icons) == 9)


def test_a_check_lists_what_is_wrong(window, data, tmp_path):
    folder = viewer_support.make_packed(tmp_path / "damaged")
    voxels = folder / "voxels.npy"
    content = bytearray(voxels.read_bytes())
    content[-1] ^= 255
    voxels.write_bytes(bytes(content))
    data.choice.set_spec(f"packed:{folder}")
    window.actions_["check_data"].trigger()
    wait(lambda: not data.controller.working)
    dialog = data.findChild(CheckDialog)
    text = dialog.text.toPlainText()
    assert "1 problem" in text
    assert str(voxels) in text
    assert "chair" in text
    dialog.close()


def test_commands_of_another_page_rest(window, data):
    assert not window.actions_["smooth"].isEnabled()
    assert window.actions_["import_meshes"].isEnabled()
    window.show_page("reconstruct")
    assert window.actions_["smooth"].isEnabled()


@pytest.fixture
def library(tmp_path):
    """Three boxes, one of them lying on its back, and a file that is no mesh; categories in a CSV file."""
    folder = tmp_path / "meshes"
    folder.mkdir()
    for name, extents in (("low", (2, 1, 1)), ("tall", (1, 2, 1)), ("deep", (1, 1, 2))):
        trimesh.creation.box(extents).export(folder / f"{name}.ply")
    (folder / "broken.obj").write_text("v 0 0\n")
    rows = [("file", "category"), ("low.ply", "bench"), ("tall.ply", "crate"), ("deep.ply", "crate")]
    with (folder / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows([*rows, ("broken.obj", "crate")])
    return folder


def opened_dialog(window, library):
    window.actions_["import_meshes"].trigger()
    dialog = window.data.import_dialog
    dialog.set_folder(library)
    dialog.form.set_csv(library / "list.csv")
    wait(lambda: {file.category for file in dialog.table.files} == {"bench", "crate"})
    return dialog


def test_meshes_are_previewed_examined_built_and_opened(open_window, library, tmp_path):
    window = open_window()
    dialog = opened_dialog(window, library)
    names = [dialog.table.item(row, 1).text() for row in range(4)]
    wait(lambda: all(dialog.table.item(row, 6) for row in range(4)))
    assert "broken.obj" in dialog.table.item(names.index("broken"), 6).text()
    assert dialog.table.item(names.index("tall"), 4).text() == "yes"
    dialog.table.setCurrentCell(names.index("tall"), 0)
    wait(lambda: "tall.ply" in dialog.health.text())
    assert "longest along y" in dialog.health.text()
    dialog.form.up.setCurrentText("+x")
    assert not dialog.build_button.isEnabled()  # up and front are the same axis
    assert "one line" in dialog.state.text()
    dialog.form.front.setCurrentText("+y")
    wait(lambda: "longest along x" in dialog.health.text())
    dialog.form.front.setCurrentText("+z")
    dialog.form.up.setCurrentText("+y")
    dialog.form.out.edit.setText(str(tmp_path / "set"))
    dialog.form.views.setValue(1)
    dialog.build_button.click()
    assert dialog.stop_button.isEnabled()
    assert not dialog.build_button.isEnabled()
    wait(lambda: not dialog.controller.building, 120)
    assert "3 objects" in dialog.report.toPlainText()
    assert "broken.obj" in dialog.report.toPlainText()
    wait(lambda: window.data._dataset is not None)
    dataset = open_dataset(f"shapenet:{tmp_path / 'set'}")
    assert {record.object_id for record in dataset.objects} == {"bench/low", "crate/tall", "crate/deep"}
    index = next(i for i, record in enumerate(dataset.objects) if record.object_id == "bench/low")
    grid = dataset.voxels(index)
    sides = [int(grid.any(axis=others).sum()) for others in ((1, 2), (0, 2), (0, 1))]
    assert sides[2] == 32  # front was +z: the long side, along the file's x, now lies along z
    assert max(sides[:2]) < 20


def test_closing_the_window_while_meshes_are_built_asks_and_ends(open_window, library, tmp_path, monkeypatch):
    window = open_window()
    dialog = opened_dialog(window, library)
    dialog.form.out.edit.setText(str(tmp_path / "set"))
    dialog.build_button.click()
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    window.close()
    assert window.isVisible()
    window.close()
    assert answers == []
    assert dialog.view.released


def test_the_import_needs_a_place_to_write_to(open_window, library, problem):
    window = open_window()
    dialog = opened_dialog(window, library)
    dialog.build_button.click()
    assert "output folder" in problem_text(window)
    dialog.close()


def test_what_is_dropped_is_recognised(open_window, library, packed, tmp_path):
    window = open_window()

    def drop(path):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        window.receive(mime)

    drop(packed)
    wait(lambda: len(window.data.objects.keys) == 10)
    assert window.page == "data"
    for dropped in (library, library / "tall.ply"):
        drop(dropped)
        wait(lambda: window.data.import_dialog is not None and len(window.data.import_dialog.table.files) == 4)
        window.data.import_dialog.close()
    empty = tmp_path / "empty"
    empty.mkdir()
    drop(empty)
    assert str(empty) in problem_text(window)


def problem_text(window):
    wait(lambda: window.errors.dialog is not None and window.errors.dialog.isVisible())
    text = window.errors.dialog.message.text()
    window.errors.dialog.close()
    return text


def test_a_folder_without_meshes_is_named(open_window, tmp_path: Path):
    window = open_window()
    window.actions_["import_meshes"].trigger()
    window.data.import_dialog.set_folder(tmp_path)
    assert str(tmp_path) in problem_text(window)
    window.data.import_dialog.close()
