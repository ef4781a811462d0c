"""Small, high and game tables."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs, pedestal, stretchers
from core.data.builtin.tabletops import colours, four_legs, rounded, slab


def _nesting(dice: Dice, parts: Assembly) -> None:
    """Two or three tables that slide under each other, pulled out to the front."""
    top, frame = colours(dice)
    x, z, high, r = dice.real(0.2, 0.28), dice.real(0.25, 0.35), dice.real(0.48, 0.62), dice.real(0.012, 0.022)
    step = dice.real(0.05, 0.22)
    for k in range(dice.whole(2, 3)):
        mark = parts.mark()
        y = high - 0.07 * k
        slab(parts, x - 0.02 * k, z - 0.06 * k, y - 0.025, y, top)
        legs(parts, corners(x - 0.02 * k - r, z - 0.06 * k - r), y - 0.02, r, frame, square=True)
        parts.stretch_since(mark, (1, 1, 1), (step * k, 0, 0))


def _gateleg(dice: Dice, parts: Assembly) -> None:
    """A narrow middle with one or both leaves hanging."""
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.3, 0.45), dice.real(0.15, 0.45), dice.real(0.68, 0.76), 0.03
    slab(parts, x, z, high - t, high, top)
    r = dice.real(0.02, 0.03)
    legs(parts, corners(x * 0.85, z - r), high - t, r, frame, square=dice.chance(0.5))
    stretchers(dice, parts, x * 0.85, z - r, 0.1, 0.015, frame)
    for s in (-1.0, 1.0):
        if dice.chance(0.6):
            parts.block((-x, high - dice.real(0.3, 0.5), s * z - 0.015), (x, high, s * z + 0.015), top)
        else:
            low, far = sorted((s * z, s * (z + dice.real(0.25, 0.4))))
            parts.block((-x, high - t, low), (x, high, far), top)
            parts.post((x * 0.5, 0, s * (z + 0.2)), (x * 0.5, high - t, s * (z + 0.2)), r, frame)


def _block(dice: Dice, parts: Assembly) -> None:
    """A drum, cube or stump; or a table under a cloth that hangs to the ground."""
    x, high, paint = dice.real(0.2, 0.45), dice.real(0.35, 0.75), dice.surface()
    form = dice.pick(("drum", "cube", "hourglass", "cloth"), (2, 3, 1, 1.2))
    if form == "drum":
        parts.lathe([(x * 0.9, 0), (x, 0.04), (x, high - 0.04), (x * 0.95, high)], (0, 0, 0), paint)
    elif form == "cube":
        z = x * dice.real(1, 2.2)
        slab(parts, x, z, 0.0, high - 0.05, paint)
        slab(parts, x * 1.03, z * 1.02, high - 0.05, high, shaded(paint, 1.1))
    elif form == "hourglass":
        parts.lathe([(x, 0), (x * 0.5, high / 2), (x, high)], (0, 0, 0), paint, sides=dice.whole(4, 20))
    else:
        parts.lathe(
            [(x * 1.12, 0), (x * 1.05, high * 0.5), (x, high - 0.02), (x * 0.98, high)], (0, 0, 0), dice.fabric()
        )


def _bar(dice: Dice, parts: Assembly) -> None:
    """A standing table: a small top, high, on a column or four legs."""
    top, frame = colours(dice)
    r, high, t = dice.real(0.28, 0.4), dice.real(0.95, 1.12), dice.real(0.02, 0.05)
    if dice.chance(0.6):
        rounded(parts, r, r, high - t, high, top)
        pedestal(dice, parts, r * dice.real(0.6, 0.9), high - t, frame)
    else:
        slab(parts, r, r * dice.real(1, 1.8), high - t, high, top)
        four_legs(dice, parts, r, r, high - t, frame, top)


def _game(dice: Dice, parts: Assembly) -> None:
    """Billiard, table football, air hockey: a deep box on legs; or a thin top with a net."""
    wood, cloth = dice.wood() if dice.chance(0.6) else dice.dark(), dice.colour((0.3, 0.6), (0.5, 0.9), (0.25, 0.6))
    x, z, high = dice.real(0.4, 0.7), dice.real(0.75, 1.3), dice.real(0.76, 0.88)
    if dice.chance(0.3):
        slab(parts, x, z, high - 0.03, high, cloth)
        parts.box((0, high + 0.07, 0), (2.1 * x, 0.15, 0.02), dice.grey())
        legs(parts, [*corners(x * 0.8, z * 0.85), *corners(x * 0.8, z * 0.2)], high - 0.02, 0.02, dice.metal())
        return
    deep = dice.real(0.12, 0.28)
    slab(parts, x * 0.94, z * 0.96, high - deep, high - 0.03, cloth)
    for s in (-1.0, 1.0):
        parts.box((s * (x - 0.04), high - deep * 0.45, 0), (0.09, deep, 2 * z), wood)
        parts.box((0, high - deep * 0.45, s * (z - 0.04)), (2 * x, deep, 0.09), wood)
    if dice.chance(0.3):
        for at in np.linspace(-z * 0.75, z * 0.75, 8):
            parts.rod((-x - 0.2, high, at), (x + 0.2, high, at), 0.012, dice.metal(), sides=6)
    r = dice.real(0.04, 0.09)
    legs(
        parts, corners(x - r, z - r * 1.5), high - deep, r, wood, foot=r * dice.real(0.6, 1.2), square=dice.chance(0.6)
    )


def _tray(dice: Dice, parts: Assembly) -> None:
    """Small ones with an open side (a C), folding trays on crossed legs, and butlers with two floors."""
    top, frame = colours(dice)
    x, z, high, r = dice.real(0.18, 0.28), dice.real(0.22, 0.35), dice.real(0.5, 0.68), dice.real(0.01, 0.02)
    form = dice.pick(("c", "crossed", "floors"), (2, 1, 2))
    slab(parts, x, z, high - 0.03, high, top)
    if form == "c":
        for s in (-z * 0.9, z * 0.9):
            parts.path([(x, high - 0.02, s), (-x, high - 0.02, s), (-x, r, s), (x, r, s)], r, frame, 6)
        parts.rod((-x, r, -z * 0.9), (-x, r, z * 0.9), r, frame, sides=6)
    elif form == "crossed":
        for s in (-x * 0.8, x * 0.8):
            for side in (-1.0, 1.0):
                parts.rod((s, 0, side * z * 0.9), (s, high - 0.03, -side * z * 0.8), r, frame, sides=6)
    else:
        legs(parts, corners(x - r, z - r), high - 0.02, r, frame, square=True)
        for y in np.linspace(0.06, high, dice.whole(3, 4))[:-1]:
            slab(parts, x, z, y, y + 0.025, top)


SMALL_TABLES: Family = {
    "nesting": (0.6, _nesting),
    "gateleg": (0.6, _gateleg),
    "block": (1.3, _block),
    "bar": (1.2, _bar),
    "game": (1.2, _game),
    "tray": (1.2, _tray),
}
"""Kinds of small tables, with their weights among tables."""
