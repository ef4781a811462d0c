"""Pictures with more than 8 bits a channel, brought to 8: what is dark in the file must not come out black."""

import io
import struct
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.data.decoding import QUIET_STDERR, refuse_too_large
from core.errors import ImageError

Values = NDArray[Any]
_ROWS = 256
"""Rows that are converted at a time: a large picture needs no copy of itself in another type."""
_MOST_BYTES = 400_000_000
"""Of decoded values that are not Pillow's."""
_DEPTHS = (8, 10, 12, 14)
"""Bits that cameras and scanners store in 16."""
_FULL = 65535
_MIN_SAMPLE, _MAX_SAMPLE = (340, 280), (341, 281)  # TIFF: of any type, and of 16 bits
_WIDTH, _HEIGHT, _BITS, _SAMPLES = 256, 257, 258, 277


class _Scale(NamedTuple):
    """What becomes black and what white."""

    low: float
    high: float
    note: str = ""


def from_deep_grey(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    """A loaded picture in one of Pillow's modes I and F as (H, W, 3) RGB, or RGBA where one value is transparent."""

    def strips() -> Iterator[Values]:
        for top in range(0, image.height, _ROWS):
            yield np.asarray(image.crop((0, top, image.width, min(top + _ROWS, image.height))))

    scale = _scale(strips, _stated(getattr(image, "tag_v2", None)))
    transparent = image.info.get("transparency")
    channels = 3 if transparent is None else 4
    pixels = np.empty((image.height, image.width, channels), np.uint8)
    top = 0
    for strip in strips():
        rows = pixels[top : top + len(strip)]
        rows[..., :3] = _scaled(strip, scale)[..., None]
        if transparent is not None:
            rows[..., 3] = np.where(strip == transparent, 0, 255)
        top += len(strip)
    if scale.note:
        notes.append(scale.note)
    return pixels


def from_deep_colour(file: BinaryIO, name: str, notes: list[str]) -> NDArray[np.uint8] | None:
    """A TIFF or PNG file with more than 8 bits a channel, which Pillow reads as 8 bits or not at all.

    Returns:
        (H, W, 3) RGB or (H, W, 4) RGBA uint8, every channel on the same scale; None if it cannot be decoded.

    Raises:
        ImageError: if it is too large.
    """
    file.seek(0)
    if not file.read(4).startswith((b"II", b"MM", b"\x89PNG")):
        return None
    file.seek(0)
    content = file.read(_MOST_BYTES)
    directory = _tiff_directory(content) if content[:2] in (b"II", b"MM") else None
    if directory is not None:
        width, height = int(directory[_WIDTH]), int(directory[_HEIGHT])
        pixel = int(directory.get(_SAMPLES, 1)) * max(directory.get(_BITS, (1,))) / 8
    elif content.startswith(b"\x89PNG"):
        (width, height), pixel = struct.unpack(">II", content[16:24]), 8.0
    else:
        return None
    refuse_too_large(width, height, name)
    if width * height * pixel > _MOST_BYTES:
        raise ImageError(f"{name}: its values take more than {_MOST_BYTES // 1_000_000} MB: resize the picture")
    values = _decoded(content)
    if values is None or values.ndim != 3 or values.shape[2] not in (3, 4) or values.dtype.kind not in "uif":
        return None

    def strips() -> Iterator[Values]:
        for top in range(0, len(values), _ROWS):
            yield values[top : top + _ROWS, :, :3]

    scale = _scale(strips, _stated(directory))
    pixels = np.empty(values.shape, np.uint8)
    for top, strip in zip(range(0, len(values), _ROWS), strips(), strict=True):
        pixels[top : top + _ROWS, :, :3] = _scaled(strip, scale)[..., ::-1]  # OpenCV gives blue first
    if values.shape[2] == 4:
        opaque = np.iinfo(values.dtype).max if values.dtype.kind in "ui" else 1
        pixels[..., 3] = _scaled(values[..., 3], _Scale(0, opaque))
    if scale.note:
        notes.append(scale.note)
    return pixels


def _decoded(content: bytes) -> Values | None:
    with QUIET_STDERR:
        try:
            return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error:
            return None


def _tiff_directory(content: bytes) -> ImageFileDirectory_v2 | None:
    """The tags of the first picture of a TIFF file; None of a BigTIFF, which OpenCV does not read, or no TIFF."""
    try:
        directory = ImageFileDirectory_v2(content[:8])
        file = io.BytesIO(content)
        file.seek(directory.next)
        directory.load(file)
        return directory if _WIDTH in directory and _HEIGHT in directory else None
    except Exception:  # the parser of damaged tags raises nearly anything
        return None


def _stated(directory: ImageFileDirectory_v2 | None) -> tuple[float, float] | None:
    """The values of black and white, where a TIFF file says them."""
    if directory is None:
        return None

    def first(tags: tuple[int, ...]) -> float | None:
        found = next((directory[tag] for tag in tags if tag in directory), None)
        if isinstance(found, tuple):
            found = found[0] if found else None
        return None if found is None else float(found)

    low, high = first(_MIN_SAMPLE), first(_MAX_SAMPLE)
    return None if high is None else (low or 0.0, high)


def _scale(strips: Callable[[], Iterator[Values]], stated: tuple[float, float] | None) -> _Scale:
    """What the file says of its values, or else what their range lets expect."""
    low, high, whole = np.inf, -np.inf, True
    for strip in strips():
        whole = strip.dtype.kind in "ui"
        known = strip if whole else strip[np.isfinite(strip)]
        if known.size:
            low, high = min(low, float(known.min())), max(high, float(known.max()))
    if stated is not None and stated[0] <= low and high <= stated[1] and stated[0] < stated[1]:
        return _Scale(*stated)
    if whole and low >= 0 and 63 < high <= _FULL:
        bits = next((depth for depth in _DEPTHS if high < 1 << depth), 16)
        note = f"The values take {bits} bits: the largest number of {bits} bits is shown as white." if bits < 16 else ""
        return _Scale(0, (1 << bits) - 1, note)
    if not whole and low >= 0 and 0.25 <= high <= 1:
        return _Scale(0, 1, "The values are fractions: 1 is shown as white.")
    if low >= high:
        return _Scale(0, max(high, 1) if np.isfinite(high) else 1)
    return _Scale(low, high, "The grey values are stretched from the darkest to the brightest.")


def _scaled(values: Values, scale: _Scale) -> NDArray[np.uint8]:
    span = scale.high - scale.low
    part = np.nan_to_num((values.astype(np.float64) - scale.low) / span, posinf=0.0, neginf=0.0)
    return np.asarray(np.rint(np.clip(part, 0, 1) * 255), np.uint8)
