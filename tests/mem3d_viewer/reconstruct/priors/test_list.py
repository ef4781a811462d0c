from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.reconstruction_result import RetrievedShape
from mem3d_viewer.reconstruct.priors import row as prior_row
from mem3d_viewer.reconstruct.priors.list import PriorList
from mem3d_viewer.reconstruct.priors.row import PriorDelegate

pytestmark = pytest.mark.gui


def make(count, given=20):
    rng = np.random.default_rng(0)
    return tuple(
        RetrievedShape(
            slot, 1 - slot / count, "chair", "boxes", f"chair/{slot}", 0, slot, slot < given,
            rng.integers(0, 256, 4096, dtype=np.uint8),
        )
        for slot in range(count)
    )  # fmt: skip


@pytest.fixture
def priors(qtbot):
    widget = PriorList()
    qtbot.addWidget(widget)
    widget.resize(320, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def focus(priors, qtbot):
    """Give the list the keyboard."""
    priors.activateWindow()
    priors.view.setFocus()
    qtbot.waitUntil(priors.view.hasFocus)


def test_thumbnails_are_made_for_visible_rows_only(priors, qtbot, monkeypatch):
    drawn = []
    original = prior_row.voxel_thumbnail
    monkeypatch.setattr(prior_row, "voxel_thumbnail", lambda *args: drawn.append(1) or original(*args))
    priors.show_priors(make(4000), None)
    qtbot.waitUntil(lambda: len(drawn) >= 6)
    priors.view.viewport().repaint()
    rows = priors.view.viewport().height() // priors.view.sizeHintForRow(0) + 2
    assert len(drawn) <= rows
    before = len(drawn)
    priors.view.viewport().repaint()
    assert len(drawn) == before


def test_rows_given_to_the_lstm_stand_out(priors, qtbot):
    priors.show_priors(make(10, given=1), None)
    priors.set_prior_colour("#ff0000")
    qtbot.wait(50)
    picture = priors.view.viewport().grab().toImage()
    height = priors.view.sizeHintForRow(0)
    bar = [picture.pixelColor(2, row * height + height // 2).name() for row in range(3)]
    assert bar[0] == "#ff0000"
    assert "#ff0000" not in bar[1:]


def click(priors, row, at=None):
    rect = priors.view.visualRect(priors.model.index(row))
    place = rect.center() if at is None else at(rect).center()
    QTest.mouseClick(priors.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def told(priors):
    """What the list says the user wants."""
    said = []
    for name in ("chosen", "muted", "pinned", "moved"):
        getattr(priors, name).connect(lambda *values, name=name: said.append((name, *values)))
    priors.show_priors(make(10), None)
    return said


def test_a_click_and_enter_choose_and_going_through_the_rows_does_not(priors, told, qtbot):
    focus(priors, qtbot)
    marked = []
    priors.marked.connect(marked.append)
    priors.view.setCurrentIndex(priors.model.index(4))
    QTest.keyClick(priors.view, Qt.Key.Key_Down)
    assert told == []
    assert marked == [4, 5]
    QTest.keyClick(priors.view, Qt.Key.Key_Return)
    click(priors, 2)
    assert told == [("chosen", 5), ("chosen", 2)]


def test_what_is_beside_is_marked_without_telling(priors, told):
    priors.select(5)
    rows = priors.view.selectionModel().selectedIndexes()
    assert [index.row() for index in rows] == [5]
    priors.select(None)
    assert not priors.view.selectionModel().hasSelection()
    assert told == []


def test_the_check_box_mutes_and_does_not_choose(priors, told):
    click(priors, 1, PriorDelegate.check_box)
    assert told == [("muted", 1, True)]
    muted = replace(make(10)[1], muted=True)
    priors.show_priors((muted,), None)
    click(priors, 0, PriorDelegate.check_box)
    assert told[1:] == [("muted", 1, False)]


def test_keys_mute_pin_and_move(priors, told, qtbot):
    focus(priors, qtbot)
    priors.view.setCurrentIndex(priors.model.index(3))
    QTest.keyClick(priors.view, Qt.Key.Key_Space)
    QTest.keyClick(priors.view, Qt.Key.Key_P)
    QTest.keyClick(priors.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(priors.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert told == [("muted", 3, True), ("pinned", 3, True), ("moved", 3, 2), ("moved", 3, 4)]


def test_the_ends_of_the_list_are_not_passed(priors, told):
    priors.view.setCurrentIndex(priors.model.index(0))
    priors.row_actions["up"].trigger()
    priors.view.setCurrentIndex(priors.model.index(9))
    priors.row_actions["down"].trigger()
    assert told == []


@pytest.mark.parametrize(("dragged", "onto", "below", "row"), [(0, 2, True, 2), (4, 1, False, 1), (1, 1, True, None)])
def test_a_row_is_dragged_to_another_place(priors, told, dragged, onto, below, row):
    priors.view.setCurrentIndex(priors.model.index(dragged))
    rect = priors.view.visualRect(priors.model.index(onto))
    place = QPointF(rect.left() + 40, rect.bottom() - 3 if below else rect.top() + 3)
    event = QDropEvent(
        place, Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    priors.view.dropEvent(event)
    assert told == ([] if row is None else [("moved", dragged, row)])
    assert priors.model.rowCount() == 10


def test_the_menu_offers_what_the_keys_do(priors, told, qtbot):
    priors.view.customContextMenuRequested.emit(priors.view.visualRect(priors.model.index(2)).center())
    menu = QApplication.activePopupWidget()
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Show Beside", "Mute", "Pin", "Move Up", "Move Down",
    ]  # fmt: skip
    menu.actions()[2].trigger()
    menu.close()
    assert told == [("pinned", 2, True)]


def test_influence_is_said_and_is_long_where_it_is_great(priors, qtbot):
    priors.set_prior_colour("#ff0000")
    priors.show_priors(make(3), None)
    priors.model.set_influence({0: 400, 1: 0})
    words = [priors.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert "400 voxels change when it is muted" in words[0]
    assert "no influence" in words[1]
    assert "influence" not in words[2]
    picture = priors.view.viewport().grab().toImage()
    height = priors.view.sizeHintForRow(0)
    reds = []
    for row in range(2):
        line = range(row * height + height - 28, (row + 1) * height - 6)
        columns = range(60, picture.width())
        reds.append(sum(picture.pixelColor(x, y).name() == "#ff0000" for y in line for x in columns))
    assert reds[0] > 300
    assert reds[1] == 0


def test_new_rows_keep_the_scroll_position(priors, qtbot):
    priors.show_priors(make(200), None)
    priors.view.verticalScrollBar().setValue(700)
    priors.show_priors(make(180), None)
    assert priors.view.verticalScrollBar().value() == 700


def test_a_message_in_place_of_rows(priors):
    priors.show_priors(make(5), 2)
    priors.show_message("No prior above beta")
    assert priors.message.isVisible()
    assert priors.model.rowCount() == 0
    priors.show_priors(make(2), None)
    assert not priors.message.isVisible()
    words = priors.model.index(0).data(Qt.ItemDataRole.DisplayRole)
    assert "chair" in words
