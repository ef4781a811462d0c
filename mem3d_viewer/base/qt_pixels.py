"""Between NumPy pixels, Qt images and files of them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from core.errors import OutputError
from core.files import replacing

_WEBP_QUALITY = 86


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """A Qt image of its own memory from (H, W, 3) RGB or (H, W, 4) RGBA uint8."""
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, channels * width, kind).copy()


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """The pixels of a Qt image: (H, W, 4) uint8 RGBA."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def save_image(path: Path, image: QImage) -> None:
    """Write an image as PNG, or as WebP where the file's ending says so; it is whole, or what it was before.

    Raises:
        OutputError: if it cannot be written.
    """
    webp = path.suffix.lower() == ".webp"
    # Encoded in memory: Qt knows of a file only that it could not be written, and its libraries complain by themselves.
    encoded = QBuffer()
    encoded.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(encoded, b"WEBP" if webp else b"PNG")
    if webp:
        writer.setQuality(_WEBP_QUALITY)
    if not writer.write(image):
        raise OutputError(f"{path}: cannot be written ({writer.errorString()}); use another ending or size")
    with replacing(path) as temporary:
        temporary.write_bytes(encoded.data().data())
