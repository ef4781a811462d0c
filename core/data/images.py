"""Reading pictures, and the one preprocessing that training and inference share."""

import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.errors import ImageError

MIN_SIDE = 16
"""Smallest width and height of a picture in pixels; below it there is nothing to recognise."""
MAX_PIXELS = 80_000_000
"""Largest picture in pixels; below Pillow's own limit, so that Pillow never speaks first."""
ALPHA_THRESHOLD = 25
"""Alpha above which a pixel belongs to the object: soft shadows and stray edges stay outside its box."""
OBJECT_FILL = 0.8
"""Share of the network input's side that the longest side of an object with alpha fills."""
WHITE = (255, 255, 255)
"""Background behind a picture with alpha where nothing else is asked for."""

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
        pixels, notes = _decoded(file, path)
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
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(f"{path}: is a folder: name a picture file in it")
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"{path}: is not an ordinary file: name a picture file")
        if status.st_size == 0:
            raise ImageError(f"{path}: the file is empty: save or download the picture again")
        return path.open("rb")
    except FileNotFoundError as error:
        raise ImageError(f"{path}: there is no such file: check the name") from error
    except PermissionError as error:
        raise ImageError(f"{path}: permission denied: make the file readable") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ImageError(f"{path}: cannot be opened ({reason}): check the name and the disk") from error


def _decoded(file: BinaryIO, path: Path) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    try:
        # Pillow warns about odd metadata, which changes nothing here and would only clutter the terminal.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                if image.format == "EPS":  # decoding it would run another program, Ghostscript
                    raise UnidentifiedImageError
                _require_size(image.width, image.height, str(path))  # from the header, before decoding
                return _upright(image)
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(f"{path}: is not a picture: use a PNG, JPEG or WebP file") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(str(path)) from error
    except MemoryError as error:
        raise ImageError(f"{path}: not enough memory to decode it: resize the picture") from error
    # Pillow's many decoders raise nearly anything on damaged data: struct.error, KeyError, SyntaxError, ...
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(
            f"{path}: the picture is cut short or damaged ({reason}): save or download it again"
        ) from error


def _upright(image: Image.Image) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    image.load()
    notes: list[str] = []
    # A phone's MPO holds a preview or a depth map beside the photo: no animation.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        notes.append("The file holds several frames: only the first one is used.")
    if image.mode.startswith("I") or image.mode == "F":
        pixels = _from_deep_grey(image, notes)
    else:
        pixels = np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    return _turned(pixels, _orientation(image)), tuple(notes)


def _from_deep_grey(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    """16-bit, 32-bit or float grey as RGB(A); Pillow's own conversion clips at 255 instead of scaling."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode == "F" or low < 0 or high > 65535:
        notes.append("The grey values are stretched from the darkest to the brightest.")
        scaled = (values - low) * (255 / (high - low) if high > low else 0.0)
    else:
        scaled = values / 257
    grey = np.rint(scaled).astype(np.uint8)
    transparent = image.info.get("transparency")
    if transparent is None:
        return np.stack([grey] * 3, axis=2)
    return np.stack([grey] * 3 + [np.where(values == transparent, 0, 255).astype(np.uint8)], axis=2)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    # Damaged metadata must not cost the user a sound picture, whatever its parser raises.
    except Exception:
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
    _require_size(width, height, name)
    if channels == 4:
        alpha = pixels[..., 3]
        if alpha.max() <= ALPHA_THRESHOLD:
            raise ImageError(f"{name}: the picture is transparent everywhere: use one that shows an object")
        if alpha.min() == 255:
            pixels = pixels[..., :3]
    return Picture(np.ascontiguousarray(pixels), path, notes)


def _require_size(width: int, height: int, name: str) -> None:
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            f"{name}: the picture is too small, {width} x {height} pixels: use one of at least {MIN_SIDE} x {MIN_SIDE}"
        )
    if width * height > MAX_PIXELS:
        raise _too_large(name)


def _too_large(name: str) -> ImageError:
    return ImageError(
        f"{name}: the picture is too large, more than {MAX_PIXELS // 1_000_000} million pixels: "
        "resize it below 8000 x 8000"
    )
