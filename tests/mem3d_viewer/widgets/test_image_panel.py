import numpy as np
import pytest

from mem3d_viewer.widgets.image_panel import ImagePanel, PixelView

pytestmark = pytest.mark.gui


def grabbed(view, qtbot):
    view.show()
    qtbot.waitExposed(view)
    image = view.grab().toImage()
    return lambda x, y: image.pixelColor(x, y).getRgb()[:3]


def test_a_picture_is_never_stretched(qtbot):
    view = PixelView("Picture")
    qtbot.addWidget(view)
    view.resize(200, 200)
    pixels = np.full((50, 100, 3), (200, 30, 30), np.uint8)
    view.set_pixels(pixels)
    pixel = grabbed(view, qtbot)
    assert pixel(100, 100) == (200, 30, 30)
    assert pixel(10, 60) == (200, 30, 30)
    assert pixel(100, 40) != (200, 30, 30)  # twice as wide as high: empty above and below
    assert pixel(100, 160) != (200, 30, 30)


def test_a_checkerboard_shows_through(qtbot):
    view = PixelView("Picture")
    qtbot.addWidget(view)
    view.resize(160, 160)
    view.set_pixels(np.zeros((20, 20, 4), np.uint8))
    pixel = grabbed(view, qtbot)
    seen = {pixel(x, y) for x in range(20, 60) for y in range(20, 60)}
    assert seen == {(255, 255, 255), (213, 217, 224)}


def test_notes_are_shown_where_there_are_any(qtbot):
    panel = ImagePanel()
    qtbot.addWidget(panel)
    square = np.zeros((32, 32, 3), np.uint8)
    panel.show_picture(square, square, "a.png", ("mind this",))
    assert not panel.note.isHidden()
    assert panel.note.text() == "mind this"
    panel.show_picture(square, square, "a.png", ())
    assert panel.note.isHidden()
    panel.clear()
    assert panel.picture_view.image.isNull()
