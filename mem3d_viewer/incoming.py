"""What was dropped or pasted: files, or bare pixels."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from core.data.images import Picture, picture_from_pixels
from core.data.meshes.files import MESH_ENDINGS
from core.errors import ImageError
from mem3d_viewer.base.choice import choose
from mem3d_viewer.base.qt_pixels import pixels_of

CHECKPOINT_ENDING = ".safetensors"

UseOfShape = Literal["truth", "memory", "data"]
"""A shape is the picture's ground truth, something to remember, or part of a data set."""
_WORDS: dict[UseOfShape, str] = {
    "truth": "Ground Truth of the Picture",
    "memory": "Add to Memory…",
    "data": "Import as Data Set…",
}


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


def ask_use_of_shape(parent: QWidget, path: Path, *, with_picture: bool) -> UseOfShape | None:
    """Ask what a dropped voxel grid or mesh is to be; None where the user cancels.

    Args:
        parent: the window.
        path: the file.
        with_picture: whether there is a reconstruction that the shape can be the truth of; without one nothing is
            asked, as a mesh can only become a data set, and a grid only be remembered.
    """
    is_mesh = path.suffix.lower() in MESH_ENDINGS
    if not with_picture:
        return "data" if is_mesh else "memory"
    uses: tuple[UseOfShape, ...] = ("truth", "memory", "data") if is_mesh else ("truth", "memory")
    chosen = choose(parent, "Open Shape", f"What is {path.name} to be?", [_WORDS[use] for use in uses])
    return next((use for use in uses if _WORDS[use] == chosen), None)
