"""Wavefront's materials (MTL): colour and picture; what else it says about light is passed over.

Format: "MTL material format (Lightwave, OBJ)", paulbourke.net/dataformats/mtl. Colours are taken as sRGB, as the
programs that write them mean them, and a picture replaces ``Kd``, which many write as 0 or 0.8 beside one.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.companions import Companions
from core.data.meshes.parts import GREY, Notes, Picture
from core.data.meshes.pictures import decoded_picture
from core.data.meshes.text import decoded, plain_lines

_VALUES = {
    b"-blendu": 1, b"-blendv": 1, b"-cc": 1, b"-clamp": 1, b"-mm": 2, b"-texres": 1, b"-bm": 1, b"-boost": 1,
    b"-imfchan": 1, b"-type": 1, b"-colorspace": 1,
}  # fmt: skip
"""Options of a picture and how many values follow; those of ``-o``, ``-s`` and ``-t`` are one to three numbers."""


@dataclass(frozen=True)
class Material:
    """What a material gives to the faces under it."""

    colour: NDArray[np.uint8]
    """(3,) sRGB."""
    coloured: bool = True
    """Whether the file gives that colour."""
    picture: Picture | None = None
    """Lies on faces that have texture coordinates."""
    scale: tuple[float, float] = (1.0, 1.0)
    """Texture coordinates are multiplied by it,"""
    offset: tuple[float, float] = (0.0, 0.0)
    """and then this is added."""


def read_mtl(content: bytes, beside: Companions, notes: Notes, wanted: set[str]) -> dict[str, Material]:
    """The materials of a library by name, of those that are ``wanted``."""
    entries: dict[str, dict[bytes, bytes]] = {}
    entry: dict[bytes, bytes] = {}
    for line in io.BytesIO(plain_lines(content)):
        words = line.split(maxsplit=1)
        if len(words) < 2 or words[0].startswith(b"#"):
            continue
        key = words[0].lower()
        if key == b"newmtl":
            name = decoded(words[1].strip())
            entry = entries.setdefault(name, {}) if name in wanted else {}
        else:
            entry[key] = words[1].strip()
    return {name: _material(entry, beside, notes) for name, entry in entries.items()}


def _material(entry: dict[bytes, bytes], beside: Companions, notes: Notes) -> Material:
    colour = _colour(entry.get(b"kd", b""))
    if any(_number(entry.get(key, b"")) not in (None, whole) for key, whole in ((b"d", 1.0), (b"tr", 0.0))):
        notes.met("see-through materials, drawn opaque")
    plain = Material(np.array(GREY if colour is None else colour, np.uint8), colour is not None)
    if b"map_kd" not in entry:
        return plain
    options, name = _options(entry[b"map_kd"])
    try:
        image = decoded_picture(beside.read(decoded(name)))
    except (OSError, ValueError):
        notes.lacks(decoded(name))
        return plain
    if options:
        notes.met("pictures with options")
    if image.mode == "RGBA":
        notes.met("see-through pictures")
    picture = Picture(image, options.get(b"-clamp", [b""])[0].lower() == b"on")
    pair = {}
    for key, value in ((b"-s", 1.0), (b"-o", 0.0), (b"-t", 0.0)):
        numbers = [*map(float, options.get(key, [])), value, value]
        # A single number counts for both directions only where it scales.
        pair[key] = (numbers[0], numbers[0] if key == b"-s" and len(numbers) == 3 else numbers[1])
    offset = tuple(a + b for a, b in zip(pair[b"-o"], pair[b"-t"], strict=True))
    return Material(plain.colour, plain.coloured, picture, pair[b"-s"], (offset[0], offset[1]))


def _colour(text: bytes) -> tuple[int, ...] | None:
    """The sRGB 0 … 255 of ``r g b``, or of one value for all three; None where there is no such colour."""
    numbers = [_number(word) for word in text.split()[:3]]
    if not numbers or None in numbers:
        return None
    values = np.array(numbers if len(numbers) == 3 else numbers[:1] * 3, np.float64)
    return tuple(np.rint(np.clip(values, 0, 1) * 255).astype(int).tolist())


def _number(text: bytes) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _options(text: bytes) -> tuple[dict[bytes, list[bytes]], bytes]:
    """The options before the name of a picture, and the name, which may have spaces."""
    options: dict[bytes, list[bytes]] = {}
    rest = text
    while rest.startswith(b"-"):
        words = rest.split()
        key = words[0].lower()
        if key in (b"-o", b"-s", b"-t"):
            count = next((n for n in range(3) if n + 2 >= len(words) or _number(words[n + 1]) is None), 3)
        elif key in _VALUES:
            count = _VALUES[key]
        else:
            break  # a name that begins with a hyphen
        if len(words) < count + 2:
            break
        options[key] = words[1 : count + 1]
        rest = rest.split(maxsplit=count + 1)[-1]
    return options, rest.strip().strip(b'"')
