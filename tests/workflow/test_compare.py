"""The compare bar and the line of trust in the real window."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mem3d_viewer.reconstruct.compare.choices import CHOICES, Choice
from mem3d_viewer.reconstruct.trust import TrustLine

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def as_before(window):
    yield
    window.reconstruct.compare.choose(Choice.RESULT, Choice.AUTOMATIC)


def choose(combo, choice):
    combo.setCurrentIndex(combo.findText(CHOICES[choice]))
    combo.activated.emit(combo.currentIndex())


def test_two_shapes_side_by_side_their_difference_and_a_blink(window, qtbot):
    page = window.reconstruct
    threshold = float(np.median(page.session.answer.reconstruction.occupancy))
    page.session.set_display(threshold=threshold)
    choose(page.compare_bar.right, Choice.WITHOUT_MEMORY)
    qtbot.waitUntil(lambda: page.compare.right is not None, timeout=60_000)
    surfaces = page.view.scene.surfaces
    assert surfaces["beside"].n_points
    assert "Without memory" in page.view.beside_label.text()
    assert "IoU" in page.compare_bar.iou.text()
    window.actions_["difference"].trigger()
    assert "difference" in surfaces["reconstruction"].point_data
    assert "only&nbsp;without&nbsp;memory" in page.view.kinds.text()
    window.actions_["difference"].trigger()
    QTest.keyClick(page.view.canvas, Qt.Key.Key_Space)
    np.testing.assert_array_equal(surfaces["reconstruction"].points, surfaces["beside"].points)
    QTest.keyClick(page.view.canvas, Qt.Key.Key_Space)
    window.actions_["swap"].trigger()
    assert page.compare_bar.left.currentText() == CHOICES[Choice.WITHOUT_MEMORY]
    assert page.compare_bar.right.currentText() == CHOICES[Choice.RESULT]


@pytest.mark.parametrize("key", ["C", "X"])
def test_keys_compare_from_anywhere_on_the_page(window, qtbot, focus, key):
    page = window.reconstruct
    choose(page.compare_bar.right, Choice.WITHOUT_MEMORY)
    qtbot.waitUntil(lambda: page.compare.right is not None, timeout=60_000)
    for widget in (page.view.canvas, page.priors.list, page.compare_bar.left):
        before = page.compare.comparison
        focus(widget)
        QTest.keyClick(QApplication.focusWidget(), key)
        assert page.compare.comparison != before, widget
    assert (page.compare.difference == 0) == (key == "C")


def test_keys_cut_the_shapes_open(window, focus):
    page, surfaces = window.reconstruct, window.reconstruct.view.scene.surfaces
    occupancy = page.session.answer.reconstruction.occupancy
    page.session.set_display(threshold=float(np.median(occupancy)))
    focus(page.view.canvas)
    assert page.slice_row.isHidden()
    for axis in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_L)
        assert page.slice_row.axis.currentIndex() == axis
        assert page.slice_row.isVisible()
        layers = page.session.display.slice_layers
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Comma)
        assert page.session.display.slice_layers == layers - 1
        assert surfaces["reconstruction"].points[:, axis].max() <= (layers - 1) / 32 - 0.5 + 1e-6
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Period)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_L)
    assert page.slice_row.isHidden()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert page.session.display.xray


def test_how_far_the_result_is_to_be_trusted(window):
    page = window.reconstruct
    line = page.findChild(TrustLine)
    occupancy = page.session.answer.reconstruction.occupancy
    threshold = float(np.median(occupancy))
    page.session.set_display(threshold=threshold)
    near = np.abs(occupancy - threshold) <= 0.1
    share = near.sum() / (occupancy >= threshold - 0.1).sum()
    assert f"{share:.0%} of the shape" in line.undecided.text()
    page.similarity.beta.changed.emit(1.0)
    QTest.qWait(50)
    while page.controller.working:
        QTest.qWait(5)
    assert "Nothing like this picture is in memory" in line.doubts.text()
