"""What is shown is saved: voxels, mesh, picture; and the command line that gives the same."""

import shlex

import numpy as np
import pytest
import trimesh
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from core.data.binvox import load_binvox
from mem3d_viewer.widgets.voxel_view import VoxelView

pytestmark = pytest.mark.gui


@pytest.fixture
def window(window):
    occupancy = window.reconstruct.session.answer.reconstruction.occupancy
    window.reconstruct.session.set_display(threshold=float(np.quantile(occupancy, 0.98)))
    return window


@pytest.fixture
def save(window, monkeypatch):
    """Trigger a save command whose dialog is answered with a name, and wait for the file."""

    def run(command, path, kind=""):
        done = []
        window.reconstruct.export.saved.connect(done.append)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), kind))
        window.actions_[command].trigger()
        for _ in range(1000):
            if done:
                break
            QTest.qWait(10)
        window.reconstruct.export.saved.disconnect(done.append)
        return done

    return run


def voxels(window):
    return window.reconstruct.session.answer.reconstruction.voxels(window.reconstruct.session.display.threshold)


def test_voxels_as_binvox(window, save, tmp_path):
    assert save("save_voxels", tmp_path / "shape.binvox") == [tmp_path / "shape.binvox"]
    np.testing.assert_array_equal(load_binvox(tmp_path / "shape.binvox"), voxels(window))


def test_voxels_as_npz(window, save, tmp_path):
    save("save_voxels", tmp_path / "shape.npz")
    with np.load(tmp_path / "shape.npz") as saved:
        np.testing.assert_array_equal(saved["voxels"], voxels(window))
        np.testing.assert_array_equal(saved["occupancy"], window.reconstruct.session.answer.reconstruction.occupancy)


def test_a_name_without_ending_gets_the_chosen_one(window, save, tmp_path):
    assert save("save_voxels", tmp_path / "shape", "npz (*.npz)") == [tmp_path / "shape.npz"]


def test_a_file_that_the_dialog_did_not_ask_about_is_not_replaced(window, save, tmp_path, problem, monkeypatch):
    (tmp_path / "shape.npz").write_text("precious")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "shape"), "npz (*.npz)"))
    window.actions_["save_voxels"].trigger()
    assert "exists already" in problem(window)
    assert (tmp_path / "shape.npz").read_text() == "precious"


@pytest.mark.parametrize("ending", ["obj", "stl", "ply", "glb"])
def test_the_mesh_of_blocks(window, save, tmp_path, ending):
    save("save_mesh", tmp_path / f"shape.{ending}")
    mesh = trimesh.load(tmp_path / f"shape.{ending}", force="mesh")
    assert mesh.is_watertight
    grid, unit = voxels(window), 1 / 32
    if ending == "stl":  # is made for printers: 100 mm
        assert mesh.extents.max() == pytest.approx(100, abs=1e-3)
        unit = 100 / max(np.ptp(axis) + 1 for axis in np.nonzero(grid))
    assert mesh.volume == pytest.approx(grid.sum() * unit**3, rel=0.02)


def test_the_mesh_is_smooth_where_the_view_is(window, save, tmp_path):
    window.actions_["smooth"].trigger()
    save("save_mesh", tmp_path / "shape.ply")
    mesh = trimesh.load(tmp_path / "shape.ply")
    assert len(mesh.faces) == window.reconstruct.view.scene.surfaces["reconstruction"].n_cells


def test_the_picture_is_the_3d_view_at_twice_its_size(window, save, tmp_path):
    save("save_picture", tmp_path / "view.png")
    with Image.open(tmp_path / "view.png") as image:
        assert image.size == (2 * window.reconstruct.view.canvas.width(), 2 * window.reconstruct.view.canvas.height())
        assert len(image.getcolors(1 << 20)) > 50


def test_copy_the_picture(window):
    window.actions_["copy_picture"].trigger()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (
        window.reconstruct.view.canvas.width(),
        window.reconstruct.view.canvas.height(),
    )


def test_a_failed_save_says_why(window, problem, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "nowhere" / "shape.npz"), ""))
    window.actions_["save_voxels"].trigger()
    assert "nowhere" in problem(window)


def test_a_mesh_of_nothing_says_what_to_do(window, problem, tmp_path, monkeypatch):
    window.reconstruct.session.set_display(threshold=1.0)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "shape.obj"), ""))
    window.actions_["save_mesh"].trigger()
    assert "threshold" in problem(window)


def test_a_cancelled_dialog_saves_nothing(window, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("", ""))
    taken = []
    monkeypatch.setattr(VoxelView, "picture", lambda *args: taken.append(args))
    window.actions_["save_picture"].trigger()
    assert taken == []


def test_the_command_line_that_gives_the_same(window, picture, checkpoint, wait_idle):
    window.reconstruct.similarity.beta.changed.emit(0.75)
    wait_idle(window)
    window.actions_["copy_command"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:3] == ["mem3d", "reconstruct", str(picture)]
    assert words[words.index("--checkpoint") + 1] == str(checkpoint)
    assert words[words.index("--beta") + 1] == "0.75"
    assert "--no-memory" not in words
