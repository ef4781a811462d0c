import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from core.errors import ImageError
from mem3d_viewer.base.qt_pixels import pixels_of
from mem3d_viewer.incoming import accepts, content


def test_pixels_keep_their_place_and_colour(qapp):
    image = QImage(21, 17, QImage.Format.Format_RGB888)  # rows of 63 bytes are padded to 64
    image.fill(0)
    image.setPixelColor(20, 3, "#102030")
    pixels = pixels_of(image)
    assert pixels.shape == (17, 21, 4)
    assert pixels[3, 20].tolist() == [16, 32, 48, 255]
    assert pixels.sum() == 16 + 32 + 48 + 17 * 21 * 255


def test_alpha_is_kept(qapp):
    image = QImage(20, 20, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    image.setPixelColor(1, 2, "#ff0000")
    assert pixels_of(image)[..., 3].sum() == 255


def test_a_file_comes_before_pixels(qapp, tmp_path):
    mime = QMimeData()
    mime.setImageData(QImage(20, 20, QImage.Format.Format_RGB32))
    mime.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    assert accepts(mime)
    assert content(mime) == (tmp_path / "a.png",)


def test_a_path_copied_as_text(tmp_path):
    (tmp_path / "a b.png").touch()
    mime = QMimeData()
    mime.setText(f'"{tmp_path / "a b.png"}"\n')
    assert content(mime) == (tmp_path / "a b.png",)


def test_several_files_stay_together(tmp_path):
    paths = tuple(tmp_path / name for name in ("b.png", "a.png"))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert content(mime) == paths


@pytest.mark.parametrize("text", ["", "words", "x" * 10000, "two\nlines"])
def test_anything_else_is_refused(text):
    mime = QMimeData()
    mime.setText(text)
    assert not accepts(mime)
    with pytest.raises(ImageError):
        content(mime)


def test_a_picture_in_the_web_is_not_fetched():
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.png")])
    assert not accepts(mime)
    with pytest.raises(ImageError):
        content(mime)


def test_pixels_become_a_picture(qapp):
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    mime = QMimeData()
    mime.setImageData(image)
    picture = content(mime)
    assert picture.path is None
    assert picture.pixels.shape == (20, 30, 3)
    np.testing.assert_array_equal(picture.pixels[0, 0], [0x33, 0x66, 0x99])
