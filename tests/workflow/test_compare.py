"""The compare bar and the line of trust in the real window."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mem3d_viewer.reconstruct.compare.choices import CHOICES, Choice
from mem3d_viewer.reconstruct.trust import TrustLine

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def as_before(window):
    yield
    window.actions_["difference"].setChecked(False)
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
    surfaces = page.view.scene._surfaces
    assert surfaces["beside"].n_points
    assert "Without memory" in page.view._beside_label.text()
    assert "IoU" in page.compare_bar.iou.text()
    window.actions_["difference"].trigger()
    assert "difference" in surfaces["reconstruction"].point_data
    assert "only left" in page.view._kinds.text()
    window.actions_["difference"].trigger()
    QTest.keyClick(page.view._canvas, Qt.Key.Key_Space)
    np.testing.assert_array_equal(surfaces["reconstruction"].points, surfaces["beside"].points)
    QTest.keyClick(page.view._canvas, Qt.Key.Key_Space)
    window.actions_["swap"].trigger()
    assert page.compare_bar.left.currentText() == CHOICES[Choice.WITHOUT_MEMORY]
    assert page.compare_bar.right.currentText() == CHOICES[Choice.RESULT]


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
