"""One page with a picture, what was made of it and what the memory gave: for a paper or a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from core.data.images import Picture
from core.errors import OutputError
from core.export.drawing import Drawing, DrawingOptions
from core.files import replacing
from core.reconstruction_result import Reconstruction

SHEET_ENDINGS = (".png", ".pdf")

_DPI = 200
_TILE = 360
_GAP = 24
_MARGIN = 70
_COLUMNS = 4
_INK = (34, 40, 49)
FAINT = (110, 118, 129)
"""The colour of captions."""
_MOST_PRIORS = 8
_SIDES = ("front and left", "left and rear", "rear and right", "right and front")
"""What a quarter of a turn after another shows, from the isometric view on."""


@dataclass(frozen=True)
class SheetPrior:
    """A shape prior as the sheet shows it."""

    voxels: NDArray[np.bool_]
    """(32, 32, 32) bool."""
    caption: str
    """Such as ``chair 0.91``."""


@dataclass(frozen=True)
class Sheet:
    """What a contact sheet shows."""

    title: str
    """Name of the picture."""
    lines: Sequence[str]
    """How the result was made: checkpoint, beta, threshold; one line each."""
    picture: NDArray[np.uint8]
    """(H, W, 3) RGB: the picture that was opened."""
    network_input: NDArray[np.uint8]
    """(S, S, 3) RGB: what the network saw of it."""
    occupancy: NDArray[np.float32]
    """(32, 32, 32) occupancy probability."""
    voxels: NDArray[np.bool_]
    """(32, 32, 32) what is above the threshold."""
    priors: Sequence[SheetPrior]
    """The shapes that were read, most similar first; the first eight are drawn."""


def sheet_of(
    title: str,
    checkpoint: str,
    picture: Picture,
    result: Reconstruction,
    threshold: float,
    voxels: NDArray[np.bool_],
) -> Sheet:
    """The contact sheet of a reconstruction.

    Args:
        title: name of the picture.
        checkpoint: name of the checkpoint's file.
        picture: what was opened.
        result: what came of it.
        threshold: t.
        voxels: (32, 32, 32) bool: what is drawn of the result.
    """
    read = [prior for prior in result.priors if prior.given_to_lstm]
    memory = f"memory: {len(read)} of {result.above_beta} slots above beta {result.beta:g} read"
    lines = [
        f"checkpoint {checkpoint}   threshold {threshold:g}   {int(voxels.sum())} voxels",
        memory if result.memory_used else "memory off",
    ]
    priors = [
        SheetPrior(prior.voxels, f"{prior.category} {prior.similarity:.3f}   {prior.object_id}") for prior in read
    ]
    pixels = picture.pixels
    if picture.has_alpha:
        alpha = pixels[..., 3:].astype(np.float32) / 255
        pixels = np.rint(pixels[..., :3] * alpha + np.array(picture.background) * (1 - alpha)).astype(np.uint8)
    return Sheet(title, lines, pixels, result.network_input, result.occupancy, voxels, priors)


def save_contact_sheet(path: Path, sheet: Sheet, *, coloured: bool = False) -> None:
    """Write a contact sheet as a PNG or a one-page PDF; the file appears whole or not at all.

    Args:
        path: file to write, ``.png`` or ``.pdf``; one that is there is replaced.
        sheet: what it shows.
        coloured: colour the result by occupancy.

    Raises:
        OutputError: for another ending, a place that cannot be written, or a machine on which nothing can be drawn.
    """
    kind = {".png": "PNG", ".pdf": "PDF"}.get(Path(path).suffix.lower())
    if kind is None:
        raise OutputError(f"{path}: a contact sheet is written as {' or '.join(SHEET_ENDINGS)}")
    page = draw_contact_sheet(sheet, coloured=coloured)
    with replacing(path) as temporary:
        page.save(temporary, format=kind, dpi=(_DPI, _DPI), resolution=_DPI)


def draw_contact_sheet(sheet: Sheet, *, coloured: bool = False) -> Image.Image:
    """The page as an RGB image, 1652 pixels wide."""
    tiles = [(fitted(sheet.picture, _TILE), "picture"), (fitted(sheet.network_input, _TILE), "what the network saw")]
    with Drawing(DrawingOptions(width=_TILE, height=_TILE, coloured=coloured)) as drawing:
        drawing.show(sheet.occupancy, sheet.voxels)
        sides = list(zip(drawing.turn(len(_SIDES)), _SIDES, strict=True))
    priors = []
    with Drawing(DrawingOptions(width=_TILE, height=_TILE)) as drawing:
        for prior in sheet.priors[:_MOST_PRIORS]:
            drawing.show(prior.voxels.astype(np.float32), prior.voxels)
            priors.append((drawing.picture(), prior.caption))
    more = len(sheet.priors) - len(priors)
    heading = "Shape priors that were read" + (f" (the first {len(priors)} of {len(sheet.priors)})" if more else "")
    rows = [("Input", tiles), ("Result", sides)]
    rows += [
        (heading if first == 0 else "", priors[first : first + _COLUMNS]) for first in range(0, len(priors), _COLUMNS)
    ]
    if not priors:
        rows.append(("No shape prior was read", []))
    return _page(sheet, rows)


def _page(sheet: Sheet, rows: Sequence[tuple[str, Sequence[tuple[Image.Image, str]]]]) -> Image.Image:
    title, heading, text = (ImageFont.load_default(size) for size in (44, 30, 22))
    width = 2 * _MARGIN + _COLUMNS * _TILE + (_COLUMNS - 1) * _GAP
    top = _MARGIN + 70 + 32 * len(sheet.lines) + 20
    height = top + sum((56 if name else 0) + ((_TILE + 48) if tiles else 0) for name, tiles in rows) + _MARGIN
    page = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN), shortened(draw, sheet.title, title, width - 2 * _MARGIN), _INK, font=title)
    for number, line in enumerate(sheet.lines):
        words = shortened(draw, line, text, width - 2 * _MARGIN)
        draw.text((_MARGIN, _MARGIN + 70 + 32 * number), words, FAINT, font=text)
    y = top
    for name, tiles in rows:
        if name:
            draw.text((_MARGIN, y + 8), name, _INK, font=heading)
            y += 56
        for column, (tile, caption) in enumerate(tiles):
            x = _MARGIN + column * (_TILE + _GAP)
            page.paste(tile.convert("RGB"), (x, y))
            draw.rectangle((x, y, x + _TILE - 1, y + _TILE - 1), outline=(216, 220, 226))
            draw.text((x, y + _TILE + 6), shortened(draw, caption, text, _TILE), FAINT, font=text)
        y += _TILE + 48 if tiles else 0
    return page


def fitted(pixels: NDArray[np.uint8], side: int) -> Image.Image:
    """A picture, (H, W, 3) RGB or (H, W, 4) RGBA uint8, in the middle of a white tile of ``side`` pixels."""
    image = ImageOps.contain(Image.fromarray(pixels), (side, side), Image.Resampling.LANCZOS)
    tile = Image.new("RGB", (side, side), "white")
    mask = image if image.mode == "RGBA" else None
    tile.paste(image, ((side - image.width) // 2, (side - image.height) // 2), mask)
    return tile


def shortened(
    draw: ImageDraw.ImageDraw, words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int
) -> str:
    """The words, cut with an ellipsis where they would be wider than ``width`` pixels."""
    if draw.textlength(words, font=font) <= width:
        return words
    while words and draw.textlength(words + "…", font=font) > width:
        words = words[:-1]
    return words + "…"
