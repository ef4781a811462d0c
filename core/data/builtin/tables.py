"""Tables: long ones lie along z. Desks are in a module of their own."""

import numpy as np

from core.data.builtin import desks
from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import apron, circle, corners, legs, pedestal, stretchers


def _colours(dice: Dice) -> tuple[Colour, Colour]:
    """Of the top and of what carries it."""
    top = dice.surface()
    return top, shaded(top, dice.real(0.7, 1.1)) if dice.chance(0.5) else dice.surface()


def _slab(parts: Assembly, x: float, z: float, under: float, top: float, colour: Colour) -> None:
    parts.block((-x, under, -z), (x, top, z), colour)


def _rounded(parts: Assembly, x: float, z: float, under: float, top: float, colour: Colour, power: float = 2.0) -> None:
    """A top with half axes x and z: round or oval for ``power`` 2, a rectangle with round corners above."""
    angles = np.arange(32) * (2 * np.pi / 32)
    outline = [
        (x * float(np.sign(c) * np.abs(c) ** (2 / power)), z * float(np.sign(s) * np.abs(s) ** (2 / power)))
        for c, s in zip(np.cos(angles), np.sin(angles), strict=True)
    ]
    parts.prism(outline, "y", under, top, colour)


def _four_legs(dice: Dice, parts: Assembly, x: float, z: float, under: float, colour: Colour, shelf: Colour) -> None:
    """Straight, tapered or splayed legs, with or without an apron, and rails or a shelf below."""
    r = dice.real(0.015, 0.04) if dice.chance(0.75) else dice.real(0.04, 0.075)
    inset = 1.0 if dice.chance(0.5) else dice.real(0.8, 0.97)
    x, z = x * inset - r, z * inset - r
    splay = dice.real(0.03, 0.1) if dice.chance(0.25) else 0.0
    foot = r * (1.0 if dice.chance(0.5) else dice.real(0.5, 0.9))
    legs(parts, corners(x, z), under, r, colour, splay=splay, foot=foot, square=dice.chance(0.65))
    if dice.chance(0.5):
        apron(parts, x, z, under, dice.real(0.04, 0.14), colour)
    if splay == 0 and dice.chance(0.2):
        stretchers(dice, parts, x, z, dice.real(0.1, 0.4) * under, min(r, 0.02), colour)
    elif splay == 0 and dice.chance(0.15):
        _slab(parts, x, z, under * 0.25, under * 0.25 + 0.025, shelf)


def _dining(dice: Dice, parts: Assembly) -> None:
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.35, 0.52), dice.real(0.5, 1.1), dice.real(0.7, 0.78), dice.real(0.02, 0.06)
    if dice.chance(0.2):
        _rounded(parts, x, z, high - t, high, top, dice.real(3.5, 8))
    else:
        _slab(parts, x, z, high - t, high, top)
    _four_legs(dice, parts, x, z, high - t, frame, top)


def _square(dice: Dice, parts: Assembly) -> None:
    """As wide as long: bistro, side and bedside tables."""
    top, frame = _colours(dice)
    x, t = dice.real(0.2, 0.5), dice.real(0.02, 0.07)
    z, high = x * dice.real(1.0, 1.12), dice.real(0.42, 0.78)
    _slab(parts, x, z, high - t, high, top)
    _four_legs(dice, parts, x, z, high - t, frame, top)


def _coffee(dice: Dice, parts: Assembly) -> None:
    """Low: on legs, often with a shelf or rails, of wood or glass."""
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.25, 0.45), dice.real(0.4, 0.75), dice.real(0.3, 0.5), dice.real(0.02, 0.09)
    if dice.chance(0.2):
        top = dice.colour((0.45, 0.6), (0.1, 0.25), (0.7, 0.9))
    _slab(parts, x, z, high - t, high, top)
    form = dice.pick(("legs", "shelf", "box", "sides"), (4, 3, 1.5, 1))
    if form == "legs":
        _four_legs(dice, parts, x, z, high - t, frame, top)
    elif form == "shelf":
        r, y = dice.real(0.015, 0.045), dice.real(0.05, 0.2)
        legs(parts, corners(x - r, z - r), high - t, r, frame, square=True)
        _slab(parts, x - r, z - r, y, y + dice.real(0.015, 0.04), shaded(top, 0.9))
    elif form == "box":
        _slab(parts, x * 0.92, z * 0.92, 0.04, high - t, frame)
    else:
        for s in (-1.0, 1.0):
            parts.box((0, (high - t) / 2, s * (z - 0.03)), (2 * x, high - t, 0.05), frame)
        _slab(parts, x * 0.95, z - 0.03, high * 0.35, high * 0.35 + 0.03, top)


def _console(dice: Dice, parts: Assembly) -> None:
    """High, narrow, against a wall."""
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.14, 0.22), dice.real(0.4, 0.8), dice.real(0.72, 0.95), dice.real(0.02, 0.06)
    if dice.chance(0.2):
        outline = [
            (-x, -z),
            *((x * 1.2 * float(np.cos(a)) - x * 0.2, z * float(np.sin(a))) for a in np.linspace(-1.4, 1.4, 12)),
            (-x, z),
        ]
        parts.prism(outline, "y", high - t, high, top)
    else:
        _slab(parts, x, z, high - t, high, top)
    if dice.chance(0.5):
        _slab(parts, x * 0.9, z * 0.95, high - t - dice.real(0.08, 0.16), high - t, frame)
    _four_legs(dice, parts, x * 0.9, z * 0.95, high - t, frame, top)


def _round(dice: Dice, parts: Assembly) -> None:
    """Round on legs, straight or bowed, with or without a shelf."""
    top, frame = _colours(dice)
    r, high, t = dice.real(0.25, 0.65), dice.real(0.4, 0.78), dice.real(0.02, 0.06)
    _rounded(parts, r, r, high - t, high, top)
    count = 3 if dice.chance(0.3) else 4
    spots, leg = circle(count, r * dice.real(0.6, 0.85), np.pi / 4), dice.real(0.012, 0.035)
    if dice.chance(0.25):
        for x, z in spots:
            parts.path(
                [(x, high - t, z), (x * 0.5, high * 0.6, z * 0.5), (x * 0.6, high * 0.25, z * 0.6), (x, 0, z)],
                leg,
                frame,
            )
    else:
        legs(parts, spots, high - t, leg, frame, splay=dice.real(-0.02, 0.12), foot=leg * dice.real(0.6, 1))
        if dice.chance(0.25):
            _rounded(parts, r * 0.7, r * 0.7, high * 0.35, high * 0.35 + 0.02, top)


def _pedestal(dice: Dice, parts: Assembly) -> None:
    """A round, square, oval or many-sided top on one column."""
    top, frame = _colours(dice)
    x, high, t = dice.real(0.28, 0.65), dice.real(0.5, 0.78), dice.real(0.02, 0.06)
    form = dice.pick(("round", "square", "oval", "corners"), (5, 2, 1, 1))
    z = x * (dice.real(1.25, 1.6) if form == "oval" else 1.0)
    if form == "square":
        _slab(parts, x, z, high - t, high, top)
    elif form == "corners":
        parts.prism(circle(dice.whole(6, 8), x), "y", high - t, high, top)
    else:
        _rounded(parts, x, z, high - t, high, top)
    reach = x * dice.real(0.4, 0.75)
    base = dice.pick(("plate", "claws", "cross", "square"), (4, 3, 1.5, 1.5))
    if base == "plate":
        pedestal(dice, parts, reach, high - t, frame)
    elif base == "square":
        parts.frustum(
            0, (-reach, reach, -reach, reach), 0.05, (-reach * 0.9, reach * 0.9, -reach * 0.9, reach * 0.9), frame
        )
        parts.post((0, 0, 0), (0, high - t, 0), dice.real(0.03, 0.1), frame)
    else:
        column = dice.real(0.03, 0.08)
        parts.lathe(
            [(column, 0.1), (column * 1.3, 0.2), (column * 0.8, high * 0.6), (column, high - t)], (0, 0, 0), frame
        )
        for fx, fz in circle(dice.whole(3, 4), reach, np.pi / 4):
            if base == "claws":
                parts.path([(0, 0.24, 0), (fx * 0.6, 0.16, fz * 0.6), (fx, 0.03, fz)], 0.028, frame)
            else:
                parts.rod((0, 0.03, 0), (fx, 0.03, fz), 0.03, frame, sides=6)
                parts.rod((0, high - t - 0.02, 0), (fx, high - t - 0.02, fz), 0.02, frame, sides=6)
        parts.rod((0, 0, 0), (0, 0.2, 0), column, frame)


def _double_pedestal(dice: Dice, parts: Assembly) -> None:
    """A long or oval top on two columns or two upright boards on feet, with a beam between them."""
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.4, 0.6), dice.real(0.8, 1.3), dice.real(0.7, 0.78), dice.real(0.03, 0.07)
    if dice.chance(0.4):
        _rounded(parts, x, z, high - t, high, top, 2.0 if dice.chance(0.5) else 4.0)
    else:
        _slab(parts, x, z, high - t, high, top)
    at, wide, thick = z * dice.real(0.45, 0.75), dice.real(0.05, 0.3) * x, dice.real(0.03, 0.06)
    for s in (-at, at):
        parts.box((0, (high - t) / 2, s), (2 * wide, high - t, 2 * thick), frame)
        parts.frustum(0, (-x * 0.8, x * 0.8, s - 0.05, s + 0.05), 0.08, (-x * 0.7, x * 0.7, s - 0.04, s + 0.04), frame)
        parts.box((0, high - t - 0.03, s), (x * 1.4, 0.05, 0.08), frame)
    if dice.chance(0.8):
        parts.box((0, high * dice.real(0.12, 0.6), 0), (0.05, dice.real(0.06, 0.14), 2 * at), frame)


def _trestle(dice: Dice, parts: Assembly) -> None:
    """A board on two trestles: A-frames, crossed legs or a long X."""
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.32, 0.5), dice.real(0.6, 1.1), dice.real(0.68, 0.78), dice.real(0.025, 0.06)
    _slab(parts, x, z, high - t, high, top)
    at, r, form = z * dice.real(0.65, 0.9), dice.real(0.018, 0.04), dice.pick(("a", "x", "y"), (2, 2, 1))
    for s in (-at, at):
        if form == "x":
            for side in (-1.0, 1.0):
                parts.rod((side * x * 0.85, 0, s), (-side * x * 0.8, high - t, s), r * 1.3, frame, sides=6)
        elif form == "a":
            for side in (-1.0, 1.0):
                parts.rod((side * x * 0.8, 0, s), (side * x * 0.15, high - t, s), r, frame, sides=6)
                parts.rod((side * x * 0.8, 0, s * 0.8), (side * x * 0.15, high - t, s * 0.9), r, frame, sides=6)
            parts.box((0, high * 0.35, s * 0.95), (x, 0.03, 0.03), frame)
        else:
            parts.box((0, high / 2, s), (0.07, high - t, 0.07), frame)
            parts.box((0, 0.03, s), (x * 1.6, 0.06, 0.07), frame)
            for side in (-1.0, 1.0):
                parts.rod((0, high * 0.5, s), (side * x * 0.7, high - t, s), r, frame, sides=6)
    if dice.chance(0.7):
        parts.box((0, high * dice.real(0.3, 0.65), 0), (0.05, 0.07, 2 * at), frame)


def _board_sides(dice: Dice, parts: Assembly) -> None:
    """Two boards for legs: parsons, waterfall and cube tables."""
    top, _ = _colours(dice)
    x, z, high = dice.real(0.25, 0.45), dice.real(0.35, 0.9), dice.real(0.35, 0.78)
    t = dice.real(0.03, 0.09)
    _slab(parts, x, z, high - t, high, top)
    for s in (-1.0, 1.0):
        parts.box((0, (high - t) / 2, s * (z - t / 2)), (2 * x, high - t, t), top)
    if dice.chance(0.3):
        parts.box((-x * dice.real(0, 0.9), high * 0.65, 0), (t, high * 0.5, 2 * z), shaded(top, 0.9))
    if dice.chance(0.3):
        _slab(parts, x, z, 0.03 if dice.chance(0.5) else high * 0.4, high * 0.4 + t, top)


def _tube_frame(dice: Dice, parts: Assembly) -> None:
    """Bent steel at both ends or a cube of bars; the top is thin, often of glass, perhaps with a second one below."""
    frame = dice.metal()
    top = dice.colour((0.45, 0.6), (0.05, 0.25), (0.6, 0.9)) if dice.chance(0.5) else dice.surface()
    x, z, high, t = dice.real(0.28, 0.5), dice.real(0.35, 1.0), dice.real(0.35, 0.76), dice.real(0.012, 0.03)
    _slab(parts, x, z, high - t, high, top)
    r, inset = dice.real(0.01, 0.028), dice.real(0.85, 1.0)
    px, pz = x * inset - r, z * inset - r
    for s in (-pz, pz):
        parts.path([(-px, high - t, s), (-px, r, s), (px, r, s), (px, high - t, s), (-px, high - t, s)], r, frame, 6)
    if dice.chance(0.6):
        for s in (-px, px):
            for y in (r, high - t)[dice.whole(0, 1) :]:
                parts.rod((s, y, -pz), (s, y, pz), r, frame, sides=6)
    if dice.chance(0.4):
        y = high * dice.real(0.15, 0.5)
        _slab(parts, px, pz, y, y + 0.02, shaded(top, 0.9))


def _nesting(dice: Dice, parts: Assembly) -> None:
    """Two or three tables that slide under each other, pulled out to the front."""
    top, frame = _colours(dice)
    x, z, high, r = dice.real(0.2, 0.28), dice.real(0.25, 0.35), dice.real(0.48, 0.62), dice.real(0.012, 0.022)
    step = dice.real(0.05, 0.22)
    for k in range(dice.whole(2, 3)):
        mark = parts.mark()
        y = high - 0.07 * k
        _slab(parts, x - 0.02 * k, z - 0.06 * k, y - 0.025, y, top)
        legs(parts, corners(x - 0.02 * k - r, z - 0.06 * k - r), y - 0.02, r, frame, square=True)
        parts.stretch_since(mark, (1, 1, 1), (step * k, 0, 0))


def _gateleg(dice: Dice, parts: Assembly) -> None:
    """A narrow middle with one or both leaves hanging."""
    top, frame = _colours(dice)
    x, z, high, t = dice.real(0.3, 0.45), dice.real(0.15, 0.45), dice.real(0.68, 0.76), 0.03
    _slab(parts, x, z, high - t, high, top)
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
        _slab(parts, x, z, 0.0, high - 0.05, paint)
        _slab(parts, x * 1.03, z * 1.02, high - 0.05, high, shaded(paint, 1.1))
    elif form == "hourglass":
        parts.lathe([(x, 0), (x * 0.5, high / 2), (x, high)], (0, 0, 0), paint, sides=dice.whole(4, 20))
    else:
        parts.lathe(
            [(x * 1.12, 0), (x * 1.05, high * 0.5), (x, high - 0.02), (x * 0.98, high)], (0, 0, 0), dice.fabric()
        )


def _bar(dice: Dice, parts: Assembly) -> None:
    """A standing table: a small top, high, on a column or four legs."""
    top, frame = _colours(dice)
    r, high, t = dice.real(0.28, 0.4), dice.real(0.95, 1.12), dice.real(0.02, 0.05)
    if dice.chance(0.6):
        _rounded(parts, r, r, high - t, high, top)
        pedestal(dice, parts, r * dice.real(0.6, 0.9), high - t, frame)
    else:
        _slab(parts, r, r * dice.real(1, 1.8), high - t, high, top)
        _four_legs(dice, parts, r, r, high - t, frame, top)


def _game(dice: Dice, parts: Assembly) -> None:
    """Billiard, table football, air hockey: a deep box on legs; or a thin top with a net."""
    wood, cloth = dice.wood() if dice.chance(0.6) else dice.dark(), dice.colour((0.3, 0.6), (0.5, 0.9), (0.25, 0.6))
    x, z, high = dice.real(0.4, 0.7), dice.real(0.75, 1.3), dice.real(0.76, 0.88)
    if dice.chance(0.3):
        _slab(parts, x, z, high - 0.03, high, cloth)
        parts.box((0, high + 0.07, 0), (2.1 * x, 0.15, 0.02), dice.grey())
        legs(parts, [*corners(x * 0.8, z * 0.85), *corners(x * 0.8, z * 0.2)], high - 0.02, 0.02, dice.metal())
        return
    deep = dice.real(0.12, 0.28)
    _slab(parts, x * 0.94, z * 0.96, high - deep, high - 0.03, cloth)
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
    top, frame = _colours(dice)
    x, z, high, r = dice.real(0.18, 0.28), dice.real(0.22, 0.35), dice.real(0.5, 0.68), dice.real(0.01, 0.02)
    form = dice.pick(("c", "crossed", "floors"), (2, 1, 2))
    _slab(parts, x, z, high - 0.03, high, top)
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
            _slab(parts, x, z, y, y + 0.025, top)


TABLES: Family = {
    "dining": (6, _dining),
    "square": (3, _square),
    "coffee": (5, _coffee),
    "console": (1.5, _console),
    "round": (3, _round),
    "pedestal": (4, _pedestal),
    "double pedestal": (1.7, _double_pedestal),
    "trestle": (2, _trestle),
    "board sides": (2, _board_sides),
    "tube frame": (3, _tube_frame),
    "nesting": (0.6, _nesting),
    "gateleg": (0.6, _gateleg),
    "block": (1.3, _block),
    "bar": (1.2, _bar),
    "game": (1.2, _game),
    "tray": (1.2, _tray),
    **desks.DESKS,
}
"""Kinds of tables, with their weights."""
