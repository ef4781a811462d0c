import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mem3d_viewer.data.object_grid import ObjectGrid


@pytest.fixture
def grid(qtbot):
    grid = ObjectGrid("Objects", 40)
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def entries(count, first=0):
    return {key: f"object {key}" for key in range(first, first + count)}, lambda key: f"tip {key}"


def test_only_what_is_seen_is_asked_for_and_only_once(grid, qtbot):
    asked = []
    grid.wanted.connect(asked.append)
    grid.show_entries(*entries(500))
    qtbot.waitUntil(lambda: len(asked) > 3)
    assert len(asked) < 60
    assert len(asked) == len(set(asked))
    for key in asked:
        grid.set_picture(key, np.full((8, 8, 3), 90, np.uint8))
    before = len(asked)
    grid.view.viewport().repaint()
    assert len(asked) == before


def test_the_chosen_entry_stays_chosen_while_others_are_filtered_out(grid):
    chosen = []
    grid.selected.connect(chosen.append)
    grid.show_entries(*entries(10))
    grid.select(7)
    assert (grid.current, chosen[-1]) == (7, 7)
    grid.show_entries(*entries(3, first=6))
    assert grid.current == 7
    grid.show_entries(*entries(3))
    assert grid.current is None


def test_new_entries_keep_no_picture_of_the_old(grid, qtbot):
    grid.show_entries(*entries(2))
    grid.set_picture(0, np.zeros((4, 4, 4), np.uint8))
    asked = []
    grid.wanted.connect(asked.append)
    grid.clear()
    grid.show_entries(*entries(2))
    qtbot.waitUntil(lambda: 0 in asked)


def test_return_activates(grid):
    reached = []
    grid.activated.connect(reached.append)
    grid.show_entries(*entries(3))
    grid.select(1)
    QTest.keyClick(grid.view, Qt.Key.Key_Return)
    assert reached == [1]
