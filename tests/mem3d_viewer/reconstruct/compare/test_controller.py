"""What stands left and right, and what the network is asked for it."""

import time

import numpy as np
import pytest
from PySide6.QtTest import QTest
from viewer_support import block

from core.data.dataset import ObjectRecord
from core.errors import Mem3DError
from mem3d_viewer.reconstruct.compare.bar import CompareBar
from mem3d_viewer.reconstruct.compare.choices import CHOICES, Choice
from mem3d_viewer.reconstruct.compare.controller import CompareController


@pytest.fixture
def bar(actions, qtbot):
    bar = CompareBar(actions["swap"], actions["blink"], actions["difference"])
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def compare(session, controller, lane, actions, bar, host):
    return CompareController(session, lane, actions, bar, host)


class Blocks:
    """One object, one view."""

    name, objects = "blocks", [ObjectRecord("chair/0", "chair", "test", 1)]

    def image(self, index, view):
        return np.full((32, 32, 3), 90, np.uint8)

    def voxels(self, index):
        return block(7)


def rest(compare):
    deadline = time.monotonic() + 60
    while compare.working:
        assert time.monotonic() < deadline, "the comparison does not end"
        QTest.qWait(5)


def iou(one, other):
    return (one & other).sum() / (one | other).sum()


def test_alone_there_is_nothing_to_compare(compare, actions, bar):
    assert compare.left.name == "Reconstruction"
    assert compare.right is None
    assert not any(actions[name].isEnabled() for name in ("swap", "blink", "difference"))
    assert bar.iou.isHidden()


def test_without_memory_is_computed_for_every_picture(session, controller, compare, bar, wait):
    compare.choose(Choice.RESULT, Choice.WITHOUT_MEMORY)
    rest(compare)
    answer = session.answer
    expected = answer.model.decode(answer.encoded, use_memory=False).occupancy
    np.testing.assert_array_equal(compare.right.occupancy, expected)
    threshold = float(np.median(expected))
    session.set_display(threshold=threshold)
    share = iou(answer.reconstruction.occupancy > threshold, expected > threshold)
    assert bar.iou.text() == f"IoU left and right {share:.3f}"
    controller.open_sample(Blocks(), 0, 0)
    wait(controller)
    rest(compare)
    now = session.answer
    assert now is not answer
    expected = now.model.decode(now.encoded, use_memory=False).occupancy
    np.testing.assert_array_equal(compare.right.occupancy, expected)
    voxels, truth = now.reconstruction.occupancy > threshold, block(7)
    assert f"left and truth {iou(voxels, truth):.3f}" in bar.iou.text()
    assert f"right and truth {iou(expected > threshold, truth):.3f}" in bar.iou.text()


def test_another_beta_and_another_checkpoint(session, compare, checkpoint):
    answer = session.answer
    compare.compare_beta(1, 0.93)
    rest(compare)
    expected = answer.model.decode(answer.encoded, beta=0.93).occupancy
    np.testing.assert_array_equal(compare.right.occupancy, expected)
    assert "0.930" in compare.right.words
    compare.compare_checkpoint(0, checkpoint)
    rest(compare)
    np.testing.assert_allclose(compare.left.occupancy, answer.reconstruction.occupancy, atol=1e-6)
    assert checkpoint.name in compare.left.words


def test_a_checkpoint_that_cannot_be_read_is_told_and_taken_back(compare, tmp_path):
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"nothing")
    problems = []
    compare.failed.connect(problems.append)
    compare.compare_checkpoint(1, bad)
    rest(compare)
    assert len(problems) == 1
    assert isinstance(problems[0], Mem3DError)
    assert compare.right is None


def test_swap_and_blink(session, compare, actions):
    prior = session.answer.reconstruction.priors[1]
    session.select(prior.slot)
    np.testing.assert_array_equal(compare.right.voxels, prior.voxels)
    actions["blink"].trigger()
    assert compare.left.name == "Shape prior"
    actions["blink"].trigger()
    assert compare.left.name == "Reconstruction"
    actions["swap"].trigger()
    assert (compare.left.name, compare.right.name) == ("Shape prior", "Reconstruction")
    compare.choose(Choice.RESULT, Choice.AUTOMATIC)
    compare.close_right()
    assert session.selected is None
    assert compare.right is None


def test_the_difference_needs_two_shapes(session, compare, actions):
    compare.choose(Choice.RESULT, Choice.TRUTH)
    assert compare.difference is None
    session.select(session.answer.reconstruction.priors[0].slot)
    compare.choose(Choice.RESULT, Choice.PRIOR)
    actions["difference"].trigger()
    assert compare.difference == 0
    assert actions["difference"].isChecked()
    actions["difference"].trigger()
    assert compare.difference is None
    compare.show_difference(0)
    compare.choose(Choice.RESULT, Choice.TRUTH)
    assert compare.difference is None
    assert not actions["difference"].isChecked()


def test_the_difference_is_chosen_like_any_other_side(session, compare, bar):
    words = bar.right.findText(CHOICES[Choice.DIFFERENCE])
    bar.right.setCurrentIndex(words)
    bar.right.activated.emit(words)
    rest(compare)
    assert compare.difference == 1
    assert compare.right.name == "Without memory"  # nothing stood there, and no truth is known
    assert bar.right.currentText() == CHOICES[Choice.DIFFERENCE]
    compare.swap()
    assert compare.difference == 0
    assert bar.left.currentText() == CHOICES[Choice.DIFFERENCE]
    assert bar.right.currentText() == CHOICES[Choice.RESULT]
    bar.left.setCurrentIndex(bar.left.findText(CHOICES[Choice.RESULT]))
    bar.left.activated.emit(bar.left.currentIndex())
    assert compare.difference is None


def test_a_comparison_comes_back(session, compare):
    compare.compare_beta(1, 0.93)
    compare.show_difference(1)
    rest(compare)
    kept, shape = compare.comparison, compare.right.occupancy
    compare.choose(Choice.RESULT, Choice.AUTOMATIC)
    compare.restore(kept)
    rest(compare)
    assert compare.difference == 1
    np.testing.assert_array_equal(compare.right.occupancy, shape)
