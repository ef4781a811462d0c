"""A sample of a data set beside its ground truth, and stepping through data sets and folders."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import viewer_support
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.data.dataset import ObjectRecord
from core.data.foreground import Stroke
from core.metrics import voxel_iou
from mem3d_viewer.reconstruct.pipeline import DatasetSample

pytestmark = pytest.mark.gui


@dataclass
class Blocks:
    """Three blocks, the middle one held out."""

    name: str = "blocks"
    objects: list[ObjectRecord] = field(
        default_factory=lambda: [
            ObjectRecord("chair/0", "chair", "test", 2),
            ObjectRecord("chair/1", "chair", "train", 1),
            ObjectRecord("table/2", "table", "test", 1),
        ]
    )

    def image(self, index, view):
        pixels = np.zeros((40, 40, 4), np.uint8)
        pixels[10 + index : 30, 10 + view : 30] = (120, 80, 40, 255)
        return pixels

    def voxels(self, index):
        return viewer_support.block(index)


def test_a_sample_is_shown_with_its_ground_truth_and_the_iou(window, wait_idle):
    window.reconstruct.controller.open_sample(Blocks(), 2, 0)
    wait_idle(window)
    answer, page = window.reconstruct.session.answer, window.reconstruct
    assert np.array_equal(answer.truth, viewer_support.block(2))
    iou = float(voxel_iou(answer.reconstruction.voxels(0.3), answer.truth))
    assert f"IoU {iou:.3f}" in page.view.reconstruction_label.text()
    assert "Ground truth" in page.view.beside_label.text()
    assert not page.view._close.isVisible()
    assert "table/2 · view 0" in window.windowTitle()
    assert not page.images.note.isVisible()
    window.reconstruct.session.select(answer.reconstruction.priors[0].slot)
    assert "Shape prior" in page.view.beside_label.text()
    page.view.prior_closed.emit()
    assert "Ground truth" in page.view.beside_label.text()


def test_a_covered_sample_keeps_its_ground_truth(window, wait_idle):
    window.reconstruct.controller.open_sample(Blocks(), 2, 0)
    wait_idle(window)
    before = window.reconstruct.session.answer
    window.reconstruct.session.select(before.reconstruction.priors[0].slot)
    selected = window.reconstruct.session.selected
    window.reconstruct.foreground.open()
    wait_idle(window)
    window.reconstruct.editor.canvas.drawn.emit(Stroke("cover", ((20.0, 12.0),), 4.0))
    while window.reconstruct.foreground.working or window.reconstruct.controller.working:
        QTest.qWait(5)
    answer = window.reconstruct.session.answer
    assert not np.array_equal(answer.picture.pixels, before.picture.pixels)
    assert not np.array_equal(answer.reconstruction.network_input, before.reconstruction.network_input)
    assert answer.truth is before.truth
    slots = [prior.slot for prior in answer.reconstruction.priors]
    assert (window.reconstruct.session.selected is not None) == (selected.slot in slots)
    window.reconstruct.foreground.close()


def test_errors_are_coloured_only_where_the_truth_is_known(window, wait_idle):
    assert not window.actions_["errors"].isEnabled()
    window.reconstruct.controller.open_sample(Blocks(), 0, 0)
    wait_idle(window)
    window.actions_["errors"].trigger()
    surface = window.reconstruct.view.scene.surfaces["reconstruction"]
    assert "difference" in surface.point_data
    assert window.reconstruct.view.kinds.isVisible()
    assert window.reconstruct.similarity.of.text()
    window.reconstruct.controller.close_picture()
    wait_idle(window)
    assert not window.reconstruct.view.kinds.isVisible()
    assert window.reconstruct.similarity.of.text() == ""


def test_the_keys_a_and_d_step_through_the_samples_of_a_split(window, wait_idle, focus):
    window.reconstruct.controller.open_sample(Blocks(), 0, 0)
    wait_idle(window)
    canvas = window.reconstruct.view.controls[0]
    focus(canvas)
    seen = []
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A):
        QTest.keyClick(canvas, key)
        wait_idle(window)
        sample = window.reconstruct.session.answer.request.picture.sample
        seen.append((sample.index, sample.view))
    assert seen == [(0, 1), (2, 0), (0, 0), (2, 0)]


def test_the_keys_step_through_the_pictures_of_a_folder(open_window, wait_idle, tmp_path):
    first = viewer_support.make_picture(tmp_path / "a.png")
    viewer_support.make_picture(tmp_path / "b.PNG", shade=20)
    (tmp_path / "notes.txt").write_text("no picture")
    window = open_window(first)
    window.actions_["next"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.request.picture.path.name == "b.PNG"
    window.actions_["next"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.request.picture.path.name == "a.png"


def test_a_sample_that_is_alone_stays():
    dataset = Blocks()
    sample = DatasetSample(dataset, 1, 0)
    assert (sample.neighbour(1).index, sample.neighbour(-1).view) == (1, 0)


def test_a_damaged_sample_is_named_and_what_was_shown_stays(window, problem, wait_idle):
    class Damaged(Blocks):
        def image(self, index, view):
            return np.zeros((40, 40, 4), np.uint8)

    before = window.reconstruct.session.answer
    window.reconstruct.controller.open_sample(Damaged(), 2, 0)
    words = problem(window)
    assert "table/2" in words
    wait_idle(window)
    assert window.reconstruct.session.answer is before
