"""The report's photos: what was cut out of each, what came of it, and the shapes that were read; good and bad alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.data.foreground import Edits, Foreground
from core.data.images import Picture
from core.export.contact_sheet import FAINT, fitted, shortened
from core.export.drawing import Drawing, DrawingOptions
from core.files import replacing
from core.reconstruction import Reconstructor
from core.reconstruction_result import Reconstruction

PHOTOS = "photos.png"
"""The page's file, in the folder of the report."""
_TILE, _GAP, _MARGIN, _WORDS = 200, 16, 24, 40
_PRIORS = 3
_SIDES = 2


@dataclass(frozen=True)
class Photo:
    """A photo and what the network made of it."""

    name: str
    """Of its file."""
    picture: Picture
    """What was opened."""
    result: Reconstruction
    """What came of it, cut out by the program where it has no transparency of its own."""


def reconstructed(reconstructor: Reconstructor, name: str, picture: Picture) -> Photo:
    """What ``mem3d reconstruct --cut-out`` makes of a photo.

    Raises:
        Mem3DError: if the device runs out of memory.
    """
    cut_out = Foreground(picture, reconstructor.object_finder).edited(Edits())
    return Photo(name, picture, reconstructor.reconstruct(cut_out))


def save_photos(path: Path, photos: Sequence[Photo], threshold: float) -> None:
    """Draw a row for each photo: it, what the network saw, the result from two sides, the first shapes it read.

    Args:
        path: the PNG to write.
        photos: at least one.
        threshold: t.

    Raises:
        OutputError: if it cannot be written, or nothing can be drawn on this machine.
    """
    columns = 2 + _SIDES + _PRIORS
    height = _TILE + _WORDS
    size = (2 * _MARGIN + columns * (_TILE + _GAP) - _GAP, 2 * _MARGIN + len(photos) * height)
    page = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(16)
    with Drawing(DrawingOptions(width=_TILE, height=_TILE)) as drawing:
        for row, photo in enumerate(photos):
            for column, (tile, caption) in enumerate(_tiles(photo, threshold, drawing)):
                x, y = _MARGIN + column * (_TILE + _GAP), _MARGIN + row * height
                page.paste(tile.convert("RGB"), (x, y))
                draw.text((x, y + _TILE + 4), shortened(draw, caption, font, _TILE), FAINT, font=font)
    with replacing(path) as temporary:
        page.save(temporary, format="PNG")


def _tiles(photo: Photo, threshold: float, drawing: Drawing) -> list[tuple[Image.Image, str]]:
    result = photo.result
    seen = "with its own transparency" if photo.picture.has_alpha else "cut out by the program"
    tiles = [(fitted(photo.picture.pixels, _TILE), photo.name), (fitted(result.network_input, _TILE), seen)]
    drawing.show(result.occupancy, result.voxels(threshold))
    # Of four views a quarter of a turn apart the first and the one opposite.
    sides = list(drawing.turn(2 * _SIDES))[::2]
    tiles += zip(sides, (f"result, t {threshold:g}", "from behind"), strict=True)
    for prior in result.read[:_PRIORS]:
        drawing.show(prior.voxels.astype(np.float32), prior.voxels)
        tiles.append((drawing.picture(), f"{prior.category} {prior.similarity:.2f}"))
    return tiles
