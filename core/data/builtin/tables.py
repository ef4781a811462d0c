"""Tables: long ones lie along z. Desks are in a module of their own."""

import numpy as np

from core.data.builtin import desks, small_tables
from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import circle, corners, legs, pedestal
from core.data.builtin.tabletops import colours, four_legs, rounded, slab


def _dining(dice: Dice, parts: Assembly) -> None:
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.35, 0.52), dice.real(0.5, 1.1), dice.real(0.7, 0.78), dice.real(0.02, 0.06)
    if dice.chance(0.2):
        rounded(parts, x, z, high - t, high, top, dice.real(3.5, 8))
    else:
        slab(parts, x, z, high - t, high, top)
    four_legs(dice, parts, x, z, high - t, frame, top)


def _square(dice: Dice, parts: Assembly) -> None:
    """As wide as long: bistro, side and bedside tables."""
    top, frame = colours(dice)
    x, t = dice.real(0.2, 0.5), dice.real(0.02, 0.07)
    z, high = x * dice.real(1.0, 1.12), dice.real(0.42, 0.78)
    slab(parts, x, z, high - t, high, top)
    four_legs(dice, parts, x, z, high - t, frame, top)


def _coffee(dice: Dice, parts: Assembly) -> None:
    """Low: on legs, often with a shelf or rails, of wood or glass."""
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.25, 0.45), dice.real(0.4, 0.75), dice.real(0.3, 0.5), dice.real(0.02, 0.09)
    if dice.chance(0.2):
        top = dice.colour((0.45, 0.6), (0.1, 0.25), (0.7, 0.9))
    slab(parts, x, z, high - t, high, top)
    form = dice.pick(("legs", "shelf", "box", "sides"), (4, 3, 1.5, 1))
    if form == "legs":
        four_legs(dice, parts, x, z, high - t, frame, top)
    elif form == "shelf":
        r, y = dice.real(0.015, 0.045), dice.real(0.05, 0.2)
        legs(parts, corners(x - r, z - r), high - t, r, frame, square=True)
        slab(parts, x - r, z - r, y, y + dice.real(0.015, 0.04), shaded(top, 0.9))
    elif form == "box":
        slab(parts, x * 0.92, z * 0.92, 0.04, high - t, frame)
    else:
        for s in (-1.0, 1.0):
            parts.box((0, (high - t) / 2, s * (z - 0.03)), (2 * x, high - t, 0.05), frame)
        slab(parts, x * 0.95, z - 0.03, high * 0.35, high * 0.35 + 0.03, top)


def _console(dice: Dice, parts: Assembly) -> None:
    """High, narrow, against a wall."""
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.14, 0.22), dice.real(0.4, 0.8), dice.real(0.72, 0.95), dice.real(0.02, 0.06)
    if dice.chance(0.2):
        outline = [
            (-x, -z),
            *((x * 1.2 * float(np.cos(a)) - x * 0.2, z * float(np.sin(a))) for a in np.linspace(-1.4, 1.4, 12)),
            (-x, z),
        ]
        parts.prism(outline, "y", high - t, high, top)
    else:
        slab(parts, x, z, high - t, high, top)
    if dice.chance(0.5):
        slab(parts, x * 0.9, z * 0.95, high - t - dice.real(0.08, 0.16), high - t, frame)
    four_legs(dice, parts, x * 0.9, z * 0.95, high - t, frame, top)


def _round(dice: Dice, parts: Assembly) -> None:
    """Round on legs, straight or bowed, with or without a shelf."""
    top, frame = colours(dice)
    r, high, t = dice.real(0.25, 0.65), dice.real(0.4, 0.78), dice.real(0.02, 0.06)
    rounded(parts, r, r, high - t, high, top)
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
            rounded(parts, r * 0.7, r * 0.7, high * 0.35, high * 0.35 + 0.02, top)


def _pedestal(dice: Dice, parts: Assembly) -> None:
    """A round, square, oval or many-sided top on one column."""
    top, frame = colours(dice)
    x, high, t = dice.real(0.28, 0.65), dice.real(0.5, 0.78), dice.real(0.02, 0.06)
    form = dice.pick(("round", "square", "oval", "corners"), (5, 2, 1, 1))
    z = x * (dice.real(1.25, 1.6) if form == "oval" else 1.0)
    if form == "square":
        slab(parts, x, z, high - t, high, top)
    elif form == "corners":
        parts.prism(circle(dice.whole(6, 8), x), "y", high - t, high, top)
    else:
        rounded(parts, x, z, high - t, high, top)
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
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.4, 0.6), dice.real(0.8, 1.3), dice.real(0.7, 0.78), dice.real(0.03, 0.07)
    if dice.chance(0.4):
        rounded(parts, x, z, high - t, high, top, 2.0 if dice.chance(0.5) else 4.0)
    else:
        slab(parts, x, z, high - t, high, top)
    at, wide, thick = z * dice.real(0.45, 0.75), dice.real(0.05, 0.3) * x, dice.real(0.03, 0.06)
    for s in (-at, at):
        parts.box((0, (high - t) / 2, s), (2 * wide, high - t, 2 * thick), frame)
        parts.frustum(0, (-x * 0.8, x * 0.8, s - 0.05, s + 0.05), 0.08, (-x * 0.7, x * 0.7, s - 0.04, s + 0.04), frame)
        parts.box((0, high - t - 0.03, s), (x * 1.4, 0.05, 0.08), frame)
    if dice.chance(0.8):
        parts.box((0, high * dice.real(0.12, 0.6), 0), (0.05, dice.real(0.06, 0.14), 2 * at), frame)


def _trestle(dice: Dice, parts: Assembly) -> None:
    """A board on two trestles: A-frames, crossed legs or a long X."""
    top, frame = colours(dice)
    x, z, high, t = dice.real(0.32, 0.5), dice.real(0.6, 1.1), dice.real(0.68, 0.78), dice.real(0.025, 0.06)
    slab(parts, x, z, high - t, high, top)
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
    top, _ = colours(dice)
    x, z, high = dice.real(0.25, 0.45), dice.real(0.35, 0.9), dice.real(0.35, 0.78)
    t = dice.real(0.03, 0.09)
    slab(parts, x, z, high - t, high, top)
    for s in (-1.0, 1.0):
        parts.box((0, (high - t) / 2, s * (z - t / 2)), (2 * x, high - t, t), top)
    if dice.chance(0.3):
        parts.box((-x * dice.real(0, 0.9), high * 0.65, 0), (t, high * 0.5, 2 * z), shaded(top, 0.9))
    if dice.chance(0.3):
        slab(parts, x, z, 0.03 if dice.chance(0.5) else high * 0.4, high * 0.4 + t, top)


def _tube_frame(dice: Dice, parts: Assembly) -> None:
    """Bent steel at both ends or a cube of bars; the top is thin, often of glass, perhaps with a second one below."""
    frame = dice.metal()
    top = dice.colour((0.45, 0.6), (0.05, 0.25), (0.6, 0.9)) if dice.chance(0.5) else dice.surface()
    x, z, high, t = dice.real(0.28, 0.5), dice.real(0.35, 1.0), dice.real(0.35, 0.76), dice.real(0.012, 0.03)
    slab(parts, x, z, high - t, high, top)
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
        slab(parts, px, pz, y, y + 0.02, shaded(top, 0.9))


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
    **small_tables.SMALL_TABLES,
    **desks.DESKS,
}
"""Kinds of tables, with their weights."""
