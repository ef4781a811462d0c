"""Cases with fronts and cases with boards: what cabinets and desks are made of."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def closed(
    dice: Dice, parts: Assembly, low: tuple[float, ...], high: tuple[float, ...], rows: int, columns: int,
    front: Colour, body: Colour, knob: Colour,
) -> None:  # fmt: skip
    """A solid body with drawer or door fronts on its +x side."""
    parts.block(low, high, body)
    height, width = (high[1] - low[1]) / rows, (high[2] - low[2]) / columns
    glass = dice.chance(0.12)
    handle = dice.pick(("bar", "knob", "none"), (3, 3, 1))
    for r in range(rows):
        for c in range(columns):
            y, z = low[1] + (r + 0.5) * height, low[2] + (c + 0.5) * width
            parts.box((high[0], y, z), (0.03, height * 0.93, width * 0.93), dice.dark() if glass else front)
            at = z if height < width else z + width * 0.38 * (-1 if c % 2 else 1)
            if handle == "bar":
                size = (0.03, 0.02, width * 0.3) if height < width else (0.03, height * 0.25, 0.02)
                parts.box((high[0] + 0.025, y, at), size, knob)
            elif handle == "knob":
                parts.ellipsoid((high[0] + 0.03, y, at), (0.022, 0.022, 0.022), knob)


def opened(
    parts: Assembly, low: tuple[float, ...], high: tuple[float, ...], rows: int, columns: int,
    colour: Colour, t: float, back: bool,
) -> None:  # fmt: skip
    """Boards and uprights, with or without a rear panel."""
    for y in np.linspace(low[1] + t / 2, high[1] - t / 2, rows + 1):
        parts.block((low[0], y - t / 2, low[2]), (high[0], y + t / 2, high[2]), colour)
    for z in np.linspace(low[2] + t / 2, high[2] - t / 2, columns + 1):
        parts.block((low[0], low[1], z - t / 2), (high[0], high[1], z + t / 2), shaded(colour, 0.93))
    if back:
        parts.block((low[0], low[1], low[2]), (low[0] + 0.015, high[1], high[2]), shaded(colour, 0.8))
