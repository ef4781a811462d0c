"""What furniture stands on: legs, stretchers, star bases, pedestals, skids."""

from collections.abc import Sequence

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice

Spot = tuple[float, float]
"""A place (x, z) on the ground."""


def corners(x: float, z: float) -> list[Spot]:
    """The four corners of a rectangle of these half sides."""
    return [(x, z), (x, -z), (-x, z), (-x, -z)]


def circle(count: int, radius: float, start: float = 0.0) -> list[Spot]:
    """``count`` places round the origin; ``start`` is the first one's angle in radians."""
    angles = start + np.arange(count) * (2 * np.pi / count)
    return [(radius * float(np.cos(a)), radius * float(np.sin(a))) for a in angles]


def legs(
    parts: Assembly, spots: Sequence[Spot], under: float, r: float, colour: Colour, *,
    splay: float = 0.0, foot: float | None = None, square: bool = False,
) -> None:  # fmt: skip
    """Legs from height ``under`` to the ground, where they stand ``splay`` further out and are ``foot`` thick."""
    for x, z in spots:
        reach = max(float(np.hypot(x, z)), 1e-6)
        low = (x * (1 + splay / reach), 0.0, z * (1 + splay / reach))
        if square:
            parts.post((x, under, z), low, r, colour, foot)
        else:
            parts.rod((x, under, z), low, r, colour, foot, 10)


def stretchers(dice: Dice, parts: Assembly, x: float, z: float, y: float, r: float, colour: Colour) -> None:
    """Rails between four legs at (+-x, +-z): all round, or two sides with one across."""
    for side in (-z, z):
        parts.box((0, y, side), (2 * x, 2 * r, 2 * r), colour)
    for across in (-x, x) if dice.chance(0.4) else (0.0,):
        parts.box((across, y, 0), (2 * r, 2 * r, 2 * z), colour)


def apron(parts: Assembly, x: float, z: float, under: float, height: float, colour: Colour) -> None:
    """Boards on edge between the legs, below a top or seat."""
    for side in (-1.0, 1.0):
        parts.block((side * x - 0.012, under - height, -z), (side * x + 0.012, under, z), colour)
        parts.block((-x, under - height, side * z - 0.012), (x, under, side * z + 0.012), colour)


def star(dice: Dice, parts: Assembly, reach: float, under: float, colour: Colour, castors: bool = True) -> None:
    """A column on four or five spokes, with or without castors."""
    spokes, r = dice.whole(4, 5), dice.real(0.018, 0.03)
    low = 0.06 if castors else 0.02
    hub = low + dice.real(0.03, 0.08)
    for x, z in circle(spokes, reach, dice.real(0, 1)):
        parts.rod((0, hub, 0), (x, low, z), r * 1.3, colour, r, 8)
        if castors:
            parts.ellipsoid((x, 0.03, z), (0.035, 0.03, 0.035), dice.dark())
    parts.rod((0, hub - 0.02, 0), (0, under, 0), dice.real(0.025, 0.045), colour)


def pedestal(dice: Dice, parts: Assembly, reach: float, under: float, colour: Colour, z: float = 0.0) -> None:
    """A round foot with a slim, turned or trumpet-shaped column."""
    column = dice.real(0.025, 0.055)
    plate = [(reach, 0.0), (reach * 0.95, 0.025)]
    profiles: dict[str, tuple[float, list[tuple[float, float]]]] = {
        "slim": (3, [*plate, (column, 0.04), (column, under)]),
        "trumpet": (2, [*plate, (reach * 0.4, 0.07), (column, under * 0.35), (column * 1.2, under * 0.8),
                        (reach * 0.5, under)]),
        "turned": (1, [*plate, (column * 2, 0.06), (column, under * 0.2), (column * 2.2, under * 0.45),
                       (column, under * 0.7), (reach * 0.4, under)]),
        "drum": (0.7, [(reach, 0.0), (reach * 0.8, under * 0.1), (reach * 0.55, under * 0.5), (reach * 0.7, under)]),
    }  # fmt: skip
    parts.lathe(dice.choose(profiles), (0, 0, z), colour)


def skids(dice: Dice, parts: Assembly, x: float, z: float, under: float, r: float, colour: Colour) -> None:
    """A bent tube on each side: down at the front, back along the ground and up again."""
    lean = dice.real(0.0, 0.06)
    for side in (-z, z):
        parts.path([(x - lean, under, side), (x, r, side), (-x, r, side), (lean - x, under, side)], r, colour)
    if dice.chance(0.5):
        for across in (x - 0.02, 0.02 - x):
            parts.rod((across, r, -z), (across, r, z), r, colour, sides=8)
