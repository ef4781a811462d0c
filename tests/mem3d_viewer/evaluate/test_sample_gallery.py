import numpy as np
import pytest
from PySide6.QtCore import Qt

from mem3d_viewer.base.qt_pixels import pixels_of
from mem3d_viewer.evaluate.sample_gallery import Card, SampleGallery

pytestmark = pytest.mark.gui


@pytest.fixture
def gallery(qtbot):
    widget = SampleGallery()
    qtbot.addWidget(widget)
    widget.set_colours("#0000ff", "#00ff00")
    widget.resize(700, 400)
    widget.show()
    return widget


def card(title="IoU 0.5"):
    picture = np.full((32, 32, 3), (200, 0, 0), np.uint8)
    cube = np.zeros((32, 32, 32), bool)
    cube[4:20, 4:20, 4:20] = True
    return Card(picture, cube, np.zeros_like(cube), title, "chair/1 · view 2")


def test_a_card_shows_picture_answer_and_truth(gallery, qtbot):
    gallery.show_cards([card()])
    qtbot.waitUntil(lambda: not gallery.drawing)
    pixels = pixels_of(gallery.view.item(0).icon().pixmap(1000, 1000).toImage())
    width = pixels.shape[1] // 3
    assert pixels[20, 20, 0] == 200
    middle = pixels[:, width : 2 * width].reshape(-1, 4)
    assert (middle[:, 2] > 100).any()
    assert not (middle[:, 1] > 100).any()
    assert not pixels[:, 2 * width + 20 :, 3].any()  # an empty grid has no picture
    assert "chair/1 · view 2" in gallery.view.item(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_enter_and_double_click_open_a_card(gallery, qtbot):
    opened = []
    gallery.opened.connect(opened.append)
    gallery.show_cards([card("a"), card("b")])
    gallery.view.setCurrentRow(1)
    qtbot.keyClick(gallery.view, Qt.Key.Key_Return)
    place = gallery.view.visualItemRect(gallery.view.item(0)).center()
    qtbot.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [1, 0]


def test_a_sentence_in_place_of_cards(gallery):
    gallery.show_cards([card()] * 3)
    gallery.show_message("Reconstructing…")  # before all are drawn
    assert not gallery.drawing
    assert gallery.message.isVisible()
    assert gallery.view.count() == 0
    gallery.set_colours("#ff0000", "#00ff00")
    assert gallery.view.count() == 0
