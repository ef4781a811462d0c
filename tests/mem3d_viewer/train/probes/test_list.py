import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mem3d_viewer.train.probes.list import ProbeList

pytestmark = pytest.mark.gui

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


@pytest.fixture
def probes(qtbot):
    widget = ProbeList()
    qtbot.addWidget(widget)
    widget.resize(200, 500)
    images = np.zeros((3, 40, 40, 3), np.uint8) + np.array([RED, GREEN, BLUE], np.uint8)[:, None, None]
    widget.show_probes(images, ("chair 1 0", "table 2 0", "lamp 3 0"))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_every_picture_is_seen_with_its_name(probes):
    screen = probes.view.viewport().grab().toImage()
    for row, (name, colour) in enumerate((("chair 1 0", RED), ("table 2 0", GREEN), ("lamp 3 0", BLUE))):
        item = probes.view.item(row)
        assert item.text() == name
        place = probes.view.visualItemRect(item)
        assert screen.pixelColor(place.center().x(), place.top() + 30).getRgb()[:3] == colour


def test_the_user_chooses_by_click_and_key(probes):
    seen = []
    probes.chosen.connect(seen.append)
    assert probes.current == 0
    QTest.mouseClick(
        probes.view.viewport(), Qt.MouseButton.LeftButton, pos=probes.view.visualItemRect(probes.view.item(1)).center()
    )
    QTest.keyClick(probes.view, Qt.Key.Key_Down)
    assert seen == [1, 2]


def test_other_probes_begin_with_the_first_silently(probes):
    probes.view.setCurrentRow(2)
    seen = []
    probes.chosen.connect(seen.append)
    probes.show_probes(np.zeros((2, 8, 8, 3), np.uint8), ("a", "b"))
    assert probes.view.count() == 2
    assert probes.current == 0
    assert seen == []
