"""Reading pictures, and the one preprocessing that training and inference share."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.decoding import UnknownPictureError, decoding, refuse_too_large, telling
from core.data.deep_pictures import from_deep_colour, from_deep_grey
from core.errors import ImageError
from core.reading import open_file

MIN_SIDE = 16
"""Smallest width and height of a picture in pixels; below it there is nothing to recognise."""
PICTURE_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".ppm",
    ".pgm", ".tga",
)  # fmt: skip
"""Endings of what is taken for a picture in a folder, in small letters; a file that is named may have any other."""
ALPHA_THRESHOLD = 25
"""Alpha above which a pixel belongs to the object: soft shadows and stray edges stay outside its box."""
OBJECT_FILL = 0.8
"""Share of the network input's side that the longest side of an object with alpha fills."""
WHITE = (255, 255, 255)
"""Background behind a picture with alpha where nothing else is asked for."""
_DARK = 64
"""Of a picture with 16 bits a channel: the value below which all of it lies where only some bits are in use."""
GREY = (128, 128, 128)
"""Half way from black to white."""

Colour = tuple[int, int, int]
COLOURS: dict[str, Colour] = {"white": WHITE, "grey": GREY, "black": (0, 0, 0)}
"""Colours with names, to put an object on."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Picture:
    """A decoded picture, upright, 8 bits a channel."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) RGB or (H, W, 4) RGBA, uint8."""
    path: Path | None = None
    """The file it came from; None for a pasted picture."""
    notes: tuple[str, ...] = ()
    """What the user should know, such as that only the first frame of an animation is used."""
    background: Colour = WHITE
    """What ``preprocess`` puts behind the object where there is alpha."""

    @property
    def has_alpha(self) -> bool:
        """Whether an alpha channel tells the object from the background."""
        return bool(self.pixels.shape[2] == 4)


def load_picture(path: Path) -> Picture:
    """Read a picture file in any format Pillow reads, honouring its EXIF orientation.

    Alpha is kept, unless it is opaque everywhere; grey, palette, CMYK and 16-bit pictures become 8-bit
    RGB(A); of an animation the first frame is taken and a note says so; colour profiles are ignored.

    Raises:
        ImageError: if it is missing, no picture, damaged, transparent everywhere, too small or too large.
    """
    path = Path(path)
    with _opened(path) as file:
        pixels, notes = _decoded(file, str(path))
    return _checked(pixels, str(path), path, notes)


def picture_from_pixels(pixels: NDArray[np.uint8], notes: tuple[str, ...] = ()) -> Picture:
    """A pasted picture: (H, W, 3) RGB or (H, W, 4) RGBA, uint8.

    Raises:
        ImageError: if it has another shape or type, is transparent everywhere, too small or too large.
    """
    name = "pasted picture"
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ImageError(f"{name}: expected (height, width, 3 or 4) of uint8, not {pixels.shape} of {pixels.dtype}")
    return _checked(pixels, name, None, notes)


def object_box(pixels: NDArray[np.uint8]) -> Box:
    """Box around what belongs to the object: left, top, right, bottom (the last two exclusive), in pixels.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8; without alpha the box is the whole picture.

    Raises:
        ImageError: if the alpha channel is transparent everywhere.
    """
    height, width, channels = pixels.shape
    if channels == 3:
        return 0, 0, width, height
    inside = pixels[..., 3] > ALPHA_THRESHOLD
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if not len(columns):
        raise ImageError("the picture is transparent everywhere: use one that shows an object")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def preprocess(
    pixels: NDArray[np.uint8],
    size: int,
    background: Colour | NDArray[np.uint8] = WHITE,
    *,
    scale: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.uint8]:
    """The network's input, in training and inference alike: (size, size, 3) uint8 RGB, never stretched.

    With alpha, the object's box is centred, its longest side fills ``OBJECT_FILL`` of the square, and the
    background shows around and through it. Without alpha the whole picture stays, padded to a square with
    the mean colour of its border; ``background`` is then not used.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.
        size: side of the result in pixels.
        background: a colour or a (size, size, 3) uint8 picture.
        scale: size of the object's box relative to the above, for the random crop of augmentation.
        shift: move to the right and down, as a fraction of the longest side of the object's box.

    Raises:
        ImageError: if the alpha channel is transparent everywhere.
    """
    left, top, right, bottom = object_box(pixels)
    width, height = right - left, bottom - top
    has_alpha = pixels.shape[2] == 4
    longest = size * scale * (OBJECT_FILL if has_alpha else 1.0)
    factor = longest / max(width, height)
    new_width, new_height = max(1, round(width * factor)), max(1, round(height * factor))

    # Shrinking first and padding after: a thin 16 x 5 000 000 picture needs no square of that side. Pillow
    # resizes RGBA with premultiplied alpha, so that colours behind transparent pixels leave no fringe.
    cropped = Image.fromarray(np.ascontiguousarray(pixels[top:bottom, left:right]))
    resized = cropped.resize((new_width, new_height), Image.Resampling.BILINEAR)
    canvas = _canvas(size, background if has_alpha else _border_colour(pixels))
    x = round((size - new_width) / 2 + shift[0] * longest)
    y = round((size - new_height) / 2 + shift[1] * longest)
    canvas.paste(resized, (x, y), resized if has_alpha else None)
    return np.array(canvas)


def _canvas(size: int, background: Colour | NDArray[np.uint8]) -> Image.Image:
    if isinstance(background, tuple):
        return Image.new("RGB", (size, size), background)
    # A copy, because Pillow may share the array's memory and the object is pasted over it.
    return Image.fromarray(background).copy()


def _border_colour(pixels: NDArray[np.uint8]) -> Colour:
    border = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    red, green, blue = np.rint(border.mean(axis=0)).astype(int).tolist()
    return red, green, blue


def _opened(path: Path) -> BinaryIO:
    try:
        file = open_file(path)
    except FileNotFoundError as error:
        raise ImageError(f"{path}: there is no such file: check the name") from error
    except PermissionError as error:
        raise ImageError(f"{path}: permission denied: make the file readable") from error
    except IsADirectoryError as error:
        raise ImageError(f"{path}: is a folder: name a picture file in it") from error
    except OSError as error:
        reason = error.strerror or error
        raise ImageError(f"{path}: cannot be opened ({reason}): check the name and the disk") from error
    if not os.fstat(file.fileno()).st_size:
        file.close()
        raise ImageError(f"{path}: the file is empty: save or download the picture again")
    return file


def _decoded(file: BinaryIO, name: str) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    notes: list[str] = []
    try:
        with decoding(file, name) as image:
            return _turned(_pixels(image, file, name, notes), _orientation(image)), tuple(notes)
    except UnknownPictureError:
        pixels = _from_deep_colour(file, name, notes)
        if pixels is None:
            raise
        return pixels, tuple(notes)


def _pixels(image: Image.Image, file: BinaryIO, name: str, notes: list[str]) -> NDArray[np.uint8]:
    deep = ";16" in str(getattr(image, "tile", ""))  # how the pixels are stored; Pillow keeps 8 bits of them
    image.load()
    # A phone's MPO holds a preview or a depth map beside the photo: no animation.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        notes.append("The file holds several frames: only the first one is used.")
    if image.mode.startswith("I") or image.mode == "F":
        return from_deep_grey(image, notes)
    pixels = np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    if deep and pixels[..., :3].max() < _DARK and (brighter := _from_deep_colour(file, name, notes)) is not None:
        return brighter
    return pixels


def _from_deep_colour(file: BinaryIO, name: str, notes: list[str]) -> NDArray[np.uint8] | None:
    with telling(name):
        return from_deep_colour(file, name, notes)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # damaged metadata, whatever its parser raises, must not cost the user a sound picture
        return 1


def _turned(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo EXIF orientation 1 … 8: 5 … 8 swap the axes, and the row or column order may be reversed."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _checked(pixels: NDArray[np.uint8], name: str, path: Path | None, notes: tuple[str, ...]) -> Picture:
    height, width, channels = pixels.shape
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            f"{name}: the picture is too small, {width} x {height} pixels: use one of at least {MIN_SIDE} x {MIN_SIDE}"
        )
    refuse_too_large(width, height, name)
    if channels == 4:
        alpha = pixels[..., 3]
        if alpha.max() <= ALPHA_THRESHOLD:
            raise ImageError(f"{name}: the picture is transparent everywhere: use one that shows an object")
        if alpha.min() == 255:
            pixels = pixels[..., :3]
    return Picture(np.ascontiguousarray(pixels), path, notes)
