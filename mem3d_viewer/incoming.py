"""What was dropped or pasted: files, or bare pixels."""

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from core.data.images import Picture, picture_from_pixels
from core.errors import ImageError
from mem3d_viewer.base.qt_pixels import pixels_of

CHECKPOINT_ENDING = ".safetensors"


def accepts(mime: QMimeData) -> bool:
    """Whether ``mime`` may hold something that can be opened."""
    return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())


def files(mime: QMimeData) -> tuple[Path, ...]:
    """Every local file and folder that ``mime`` holds."""
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def content(mime: QMimeData) -> tuple[Path, ...] | Picture:
    """The files or the picture that ``mime`` holds.

    Returns:
        One local file or more, or a picture made of the pixels.

    Raises:
        ImageError: if it holds neither, or pixels that cannot be used.
    """
    found = files(mime)
    if not found and mime.hasText():
        # A path that was copied as text.
        text = mime.text().strip().strip("\"'")
        if text and "\n" not in text and len(text) < 4096 and Path(text).is_file():
            found = (Path(text),)
    if found:
        return found
    image = mime.imageData() if mime.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return picture_from_pixels(pixels_of(image))
    raise ImageError("There is no picture here: copy or drop a picture, or a picture file from this computer")
