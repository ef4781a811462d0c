"""Random variation of training pictures, and the seeded backgrounds and occluders of evaluation."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.config import DataConfig
from core.data.backgrounds import Photographs
from core.data.images import OBJECT_FILL, WHITE, Colour, object_box, preprocess
from core.errors import ConfigError

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness (ITU-R BT.601), for saturation."""


PHOTOGRAPHED = 0.5
"""How often a background, or an occluder, is part of a photograph where there are any."""
_PHOTOGRAPHED_COMPOSITES = 0.75


def augment(
    pixels: NDArray[np.uint8],
    size: int,
    config: DataConfig,
    rng: np.random.Generator,
    photographs: Photographs | None = None,
) -> NDArray[np.uint8]:
    """One random variation of a training picture: (size, size, 3) uint8 RGB.

    In this order: occluder, background, random crop (through ``preprocess``), brightness, contrast and
    saturation, noise; each as far as ``config`` asks for it. Never mirrored: the shape to be predicted is
    fixed to the object's own axes, and a mirrored picture would ask for a mirrored shape.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.
        size: side of the result in pixels.
        config: how much of each variation.
        rng: the only source of randomness.
        photographs: where backgrounds and occluders are from, half of the time; None: never.
    """
    if rng.random() < config.occluder_probability:
        pixels = occlude(pixels, rng.uniform(0.0, config.occluder_area), rng, photographs)
    background: Colour | NDArray[np.uint8] = WHITE
    if photographs is not None and rng.random() < PHOTOGRAPHED:
        background = photographs.part(size, rng)
    elif config.random_background:
        background = random_background(size, rng)
    scale = 1.0 + config.crop * rng.uniform(-1.0, 1.0)
    shift = (config.crop * rng.uniform(-1.0, 1.0), config.crop * rng.uniform(-1.0, 1.0))
    picture = preprocess(pixels, size, background, scale=scale, shift=shift)
    return _jittered(picture, config, rng)


def composite(
    pixels: NDArray[np.uint8],
    size: int,
    config: DataConfig,
    rng: np.random.Generator,
    photographs: Photographs | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """An object somewhere before a background, as photos have it, and where it is: what a mask head learns from.

    Args:
        pixels: (H, W, 4) RGBA, uint8.
        size: side of the result in pixels.
        config: how much of each variation of colours.
        rng: the only source of randomness.
        photographs: three of four backgrounds are parts of one, where there are any.

    Returns:
        (size, size, 3) uint8 RGB and (size, size) uint8 alpha.
    """
    if photographs is not None and rng.random() < _PHOTOGRAPHED_COMPOSITES:
        background = photographs.part(size, rng)
    else:
        background = random_background(size, rng)
    scale = rng.uniform(0.4, 1.2)
    room = max(0.0, 1.0 / (OBJECT_FILL * scale) - 1.0) / 2  # to where the object touches the border
    shift = tuple(rng.uniform(-1.0, 1.0, size=2) * room)
    white = pixels.copy()
    white[..., :3] = 255
    picture, mask = (
        preprocess(image, size, behind, scale=scale, shift=shift)
        for image, behind in ((pixels, background), (white, (0, 0, 0)))
    )
    return _jittered(picture, config, rng), np.ascontiguousarray(mask[..., 0])


def evaluation_picture(
    pixels: NDArray[np.uint8], size: int, rng: np.random.Generator, occluder_fraction: float = 0.0
) -> NDArray[np.uint8]:
    """A test picture before a random plain background and behind an optional occluder, not varied otherwise.

    The background is drawn first: the same seed gives the same one with and without an occluder.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.
        size: side of the (size, size, 3) uint8 result in pixels.
        rng: the only source of randomness, seeded per sample.
        occluder_fraction: area of the occluder as a fraction of the object's box, 0 … 1.

    Raises:
        ConfigError: if the fraction lies outside 0 … 1.
    """
    background = _colour(rng)
    return preprocess(occlude(pixels, occluder_fraction, rng), size, background)


def occlude(
    pixels: NDArray[np.uint8], fraction: float, rng: np.random.Generator, photographs: Photographs | None = None
) -> NDArray[np.uint8]:
    """Cover part of the object with one opaque rectangle of a random plain colour, or with part of a photograph.

    The rectangle lies inside the object's box, so that the box, and with it the crop, stays the same; its
    proportions and place are random.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8; not changed.
        fraction: area of the rectangle as a fraction of the object's box, 0 … 1, up to whole pixels.
        rng: the only source of randomness.
        photographs: half of the time the rectangle shows part of one; None: never.

    Raises:
        ConfigError: if the fraction lies outside 0 … 1.
    """
    if not 0.0 <= fraction <= 1.0:
        raise ConfigError(f"an occluder's area is a fraction of the object's box, 0 … 1, not {fraction}")
    left, top, right, bottom = object_box(pixels)
    box_width, box_height = right - left, bottom - top
    # Width fraction^u and height fraction^(1 - u) of the box: every proportion from a full-width bar to a
    # full-height one, all of the same area.
    width = min(box_width, max(1, round(box_width * fraction ** rng.uniform()))) if fraction else 0
    height = min(box_height, round(box_width * box_height * fraction / width)) if width else 0
    x = left + int(rng.integers(box_width - width + 1))
    y = top + int(rng.integers(box_height - height + 1))
    covered = pixels.copy()
    if photographs is not None and width and height and rng.random() < PHOTOGRAPHED:
        covered[y : y + height, x : x + width, :3] = photographs.part(max(width, height), rng)[:height, :width]
    else:
        covered[y : y + height, x : x + width, :3] = _colour(rng)
    covered[y : y + height, x : x + width, 3:] = 255
    return covered


def random_background(size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A plain colour, a gradient, a soft texture or a wall above a floor: (size, size, 3) uint8 RGB."""
    kinds: tuple[Callable[[int, np.random.Generator], Image.Image], ...] = (
        _plain,
        _gradient,
        _texture,
        _wall_and_floor,
    )
    return np.asarray(kinds[rng.integers(len(kinds))](size, rng))


def _colour(rng: np.random.Generator) -> Colour:
    """White or grey as often as any colour: most pictures of products and rooms are that plain."""
    if rng.random() < 0.5:
        grey = int(rng.integers(256)) if rng.random() < 0.7 else 255
        return grey, grey, grey
    red, green, blue = rng.integers(256, size=3).tolist()
    return red, green, blue


def _plain(size: int, rng: np.random.Generator) -> Image.Image:
    return Image.new("RGB", (size, size), _colour(rng))


def _gradient(size: int, rng: np.random.Generator) -> Image.Image:
    corners = np.array([_colour(rng) for _ in range(4)], np.uint8).reshape(2, 2, 3)
    # From the centre of one corner pixel to the other's: the ramp then spans the whole square.
    return Image.fromarray(corners).resize((size, size), Image.Resampling.BILINEAR, (0.5, 0.5, 1.5, 1.5))


def _texture(size: int, rng: np.random.Generator) -> Image.Image:
    cells = int(rng.integers(3, 33))
    contrast = rng.uniform(0.05, 0.6)
    values = np.array(_colour(rng)) * (1 - contrast) + rng.integers(256, size=(cells, cells, 3)) * contrast
    return Image.fromarray(values.astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)


def _wall_and_floor(size: int, rng: np.random.Generator) -> Image.Image:
    image = _gradient(size, rng) if rng.random() < 0.5 else _plain(size, rng)
    left, right = size * (rng.uniform(0.4, 0.9) + rng.uniform(-0.15, 0.15, size=2))
    floor = [(0, left), (size, right), (size, size), (0, size)]
    ImageDraw.Draw(image).polygon(floor, fill=_colour(rng))
    return image


@lru_cache(maxsize=2)
def _noise_supply(count: int) -> NDArray[np.float32]:
    """Standard normal noise to cut pieces from: drawing it anew costs more than all the rest together."""
    return np.random.default_rng(0).standard_normal(8 * count, dtype=np.float32)


def _jittered(picture: NDArray[np.uint8], config: DataConfig, rng: np.random.Generator) -> NDArray[np.uint8]:
    values = picture.astype(np.float32)
    if config.colour_jitter:
        brightness, contrast, saturation = 1.0 + config.colour_jitter * rng.uniform(-1.0, 1.0, size=3)
        luma = values @ _LUMA
        mean = np.float32(luma.mean())
        # All three at once: towards its own grey (saturation), the mean (contrast) and black (brightness).
        values *= np.float32(brightness * contrast * saturation)
        luma *= np.float32(brightness * contrast * (1.0 - saturation))
        luma += np.float32(brightness * (1.0 - contrast)) * mean
        values += luma[..., None]
    if config.noise:
        deviation = np.float32(255.0 * config.noise * rng.uniform())
        supply = _noise_supply(values.size)
        start = int(rng.integers(supply.size - values.size + 1))
        values += deviation * supply[start : start + values.size].reshape(values.shape)
    np.clip(values, 0.0, 255.0, out=values)
    return np.rint(values, out=values).astype(np.uint8)
