"""The tour of a new user with the model that comes with the program: why a shape came out, and how to take it along."""

import numpy as np
import pytest
import trimesh
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from vox_files import occupied

from core.assets import DEFAULT_CHECKPOINT, asset
from core.data.meshes.examining import Orientation, examine
from core.data.rendering import Renderer, random_cameras
from core.metrics import voxel_iou
from mem3d_viewer.memory.add_dialog import AddDialog
from mem3d_viewer.reconstruct.compare.choices import Choice
from mem3d_viewer.reconstruct.export_dialog import ExportDialog
from mem3d_viewer.scenes.player import at_work
from mem3d_viewer.scenes.reconstructing import strongest
from mem3d_viewer.scenes.remembering import own_mesh

pytestmark = pytest.mark.gui

SHIFT = Qt.KeyboardModifier.ShiftModifier
VIEWS = 6


@pytest.fixture
def tour(open_window, qtbot):
    """The window on a sample chair, and the function that waits until it shows what was asked for."""
    window = open_window(asset("samples/chair-00024.png"), model=asset(DEFAULT_CHECKPOINT))
    window.resize(1280, 800)

    def rest():
        qtbot.waitUntil(lambda: not at_work(window), timeout=60_000)

    rest()
    return window, rest


def result(window):
    return window.reconstruct.session.answer.reconstruction


def voxels(window):
    return result(window).voxels(window.reconstruct.session.display.threshold)


def press(widget, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(widget, key, modifier)


def test_cover_question_compare_export_and_come_back(tour, qtbot, focus, tmp_path, monkeypatch):
    window, rest = tour
    page, whole = window.reconstruct, voxels(window)

    # Cover the left half of the chair by keyboard, and see the priors fill it.
    window.actions_["edit_foreground"].trigger()
    rest()
    canvas = page.editor.canvas
    focus(canvas)
    press(canvas, Qt.Key.Key_C)
    press(canvas, *[Qt.Key.Key_BracketRight] * 60)  # the largest brush
    rows, columns = np.nonzero(page.session.answer.picture.pixels[..., 3])
    press(canvas, *[Qt.Key.Key_Left] * 7)  # from the middle of the picture to that of the chair's left half
    press(canvas, *[Qt.Key.Key_Up] * 5, modifier=SHIFT)
    press(canvas, Qt.Key.Key_Space)
    press(canvas, *[Qt.Key.Key_Down] * 10, modifier=SHIFT)
    press(canvas, Qt.Key.Key_Space)
    rest()
    pixels = page.session.answer.picture.pixels
    left = columns < (columns.min() + columns.max()) / 2
    grey = (pixels[rows, columns, :3] == pixels[rows, columns, :1]).all(axis=1)
    assert grey[left].mean() > 0.9
    covered = voxels(window)
    assert voxel_iou(covered, whole) > 0.4
    categories = [prior.category for prior in result(window).read]
    assert categories[0] == "chair"
    assert categories.count("chair") > len(categories) / 2
    press(canvas, Qt.Key.Key_Return)

    # Mute the strongest prior, see what goes, and take it back.
    slot, listed = strongest(window), page.priors.list
    effect = page.influence.voxels[slot]
    listed.view.setCurrentIndex(listed.model.index(listed.model.row_of(slot)))
    focus(listed.view)
    press(listed.view, Qt.Key.Key_Space)
    rest()
    assert page.session.request.edits.muted == {slot}
    assert int((voxels(window) != covered).sum()) == effect > 0
    press(listed.view, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    rest()
    np.testing.assert_array_equal(voxels(window), covered)

    # With and without the memory.
    page.compare.choose(Choice.RESULT, Choice.WITHOUT_MEMORY)
    rest()
    without = page.compare.right
    assert without.name == "Without memory"
    assert not np.array_equal(without.voxels, covered)

    # Take the shape along, in the ways of other programs.
    def export(ending):
        path = tmp_path / f"chair{ending}"
        monkeypatch.setattr(ExportDialog, "exec", lambda dialog: dialog.choose("shape", ending) or 1)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        with qtbot.waitSignal(page.export.saved, timeout=60_000):
            window.actions_["export"].trigger()
        return path

    mesh = trimesh.load(export(".glb"), force="mesh")
    assert mesh.volume == pytest.approx(covered.mean(), rel=1e-3)
    np.testing.assert_array_equal(occupied(export(".vox").read_bytes()), covered)

    # A session brings everything back, in another window, too.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "tour.mem3d"), ""))
    with qtbot.waitSignal(page.sessions.saved, timeout=60_000):
        window.actions_["save_session"].trigger()
    window.actions_["close"].trigger()
    qtbot.waitUntil(lambda: page.session.answer.reconstruction is None, timeout=60_000)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "tour.mem3d"), ""))
    window.actions_["open_session"].trigger()
    qtbot.waitUntil(lambda: page.session.answer.reconstruction is not None, timeout=60_000)
    rest()
    np.testing.assert_array_equal(voxels(window), covered)
    assert page.compare.right.name == "Without memory"


def test_browse_the_memory_add_a_mesh_of_ones_own_and_retrieve_it(tour, qtbot, tmp_path, monkeypatch, focus):
    window, rest = tour
    memory = window.memory
    memory.map.method.setCurrentText("PCA")
    window.actions_["page_memory"].trigger()

    def known():
        qtbot.waitUntil(
            lambda: memory.map.view.map is not None and not memory.controller.working and not memory.controller.mapping,
            timeout=60_000,
        )

    known()
    before = len(memory.session.slots)
    plot = memory.map.view.plot
    focus(plot)
    press(plot, Qt.Key.Key_Home, Qt.Key.Key_Right)
    assert memory.session.current is not None
    assert f"slot {memory.session.current}" in memory.details.words.text()

    mesh = own_mesh(tmp_path / "stool.obj")
    monkeypatch.setattr(AddDialog, "open", lambda dialog: (dialog.views.setValue(VIEWS), dialog.accept()))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(mesh)], ""))
    window.actions_["memory_add"].trigger()
    known()
    assert len(memory.session.selected) == VIEWS
    assert len(memory.session.slots) == before + VIEWS
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.safetensors"), ""))
    window.actions_["memory_save"].trigger()
    qtbot.waitUntil(lambda: window.reconstruct.session.answer.model.path.name == "mine.safetensors", timeout=60_000)
    rest()

    # A picture of it from where none of the slots was seen from.
    with Renderer() as renderer:
        pixels = renderer.views(examine(mesh, Orientation()).mesh, random_cameras(np.random.default_rng(7), 1))[0]
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    window.reconstruct.controller.open_picture(tmp_path / "photo.png")
    rest()
    assert window.page == "reconstruct"
    first = result(window).priors[0]
    assert (first.object_id, first.given_to_lstm) == ("stool.obj", True)
    assert voxel_iou(voxels(window), first.voxels) > 0.5
