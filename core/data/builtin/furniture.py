"""Cabinets and tables: cabinets show their front to +x, long tables lie along z."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def cabinet(dice: Dice, parts: Assembly) -> None:
    """Bookshelves, wardrobes, chests of drawers, sideboards, nightstands, corner and open shelves."""
    form = dice.pick(("wardrobe", "shelf", "drawers", "sideboard", "night", "tower", "desk"), (3, 3, 3, 4, 2, 1.5, 1.5))
    height, width, depth = {
        "wardrobe": (dice.real(1.6, 2.2), dice.real(0.8, 1.8), dice.real(0.5, 0.65)),
        "shelf": (dice.real(0.9, 2.2), dice.real(0.6, 1.6), dice.real(0.25, 0.4)),
        "drawers": (dice.real(0.7, 1.3), dice.real(0.5, 1.2), dice.real(0.4, 0.55)),
        "sideboard": (dice.real(0.4, 0.9), dice.real(1.1, 2.0), dice.real(0.35, 0.55)),
        "night": (dice.real(0.45, 0.75), dice.real(0.4, 0.6), dice.real(0.35, 0.5)),
        "tower": (dice.real(1.2, 2.0), dice.real(0.35, 0.5), dice.real(0.3, 0.5)),
        "desk": (dice.real(0.8, 1.2), dice.real(1.0, 1.5), dice.real(0.45, 0.6)),
    }[form]
    body, front, knob = dice.surface(), dice.surface(), dice.metal()
    if dice.chance(0.6):
        front = shaded(body, dice.real(0.8, 1.2))
    foot = dice.real(0.05, 0.25) if dice.chance(0.5) else 0.0
    x, z, t = depth / 2, width / 2, dice.real(0.02, 0.04)
    columns = 1 if width < 0.55 else dice.whole(1, 3) if width < 1.2 else dice.whole(2, 4)
    rows = max(1, round((height - foot) / dice.real(0.25, 0.5)))
    if form == "desk":
        # A knee hole between two closed columns, or a secretary with a shelf on top.
        side = width * dice.real(0.25, 0.33)
        top = height * dice.real(0.6, 0.75)
        parts.block((-x, top - 0.04, -z), (x, top, z), body)
        for s in (-1.0, 1.0):
            low, high = sorted((s * z, s * (z - side)))
            _closed(dice, parts, (-x, 0.04, low), (x, top - 0.04, high), dice.whole(2, 4), 1, front, body, knob)
        if dice.chance(0.6):
            _open(parts, (-x, top, -z), (-x + depth * 0.5, height, z), 2, 2, body, t, True)
    else:
        opened = {"shelf": 0.85, "sideboard": 0.25, "night": 0.2, "tower": 0.4}.get(form, 0.0)
        bottom, top_corner = (-x, foot, -z), (x, height, z)
        if dice.chance(opened):
            _open(parts, bottom, top_corner, rows, columns if dice.chance(0.6) else 1, body, t, dice.chance(0.65))
        elif dice.chance(0.3) and height > 0.6:
            # Closed below and open above, or the other way round.
            split = foot + (height - foot) * dice.real(0.3, 0.65)
            lower, upper = (bottom, (x, split, z)), ((-x, split, -z), top_corner)
            if dice.chance(0.25):
                lower, upper = upper, lower
            _closed(dice, parts, *lower, max(1, rows // 2), columns, front, body, knob)
            _open(parts, *upper, max(1, rows // 2), columns, body, t, dice.chance(0.7))
        else:
            drawers = rows if form in ("drawers", "night") else dice.whole(1, 2)
            _closed(dice, parts, bottom, top_corner, drawers, columns, front, body, knob)
        if dice.chance(0.35):
            parts.box((0, height + t / 2, 0), (depth + 0.06, t * 1.5, width + 0.06), body)
        elif dice.chance(0.15):
            outline = [(-z, height - 0.01), (z, height - 0.01), (z * 0.5, height + 0.16), (-z * 0.5, height + 0.16)]
            parts.prism([(b, a) for a, b in outline], "x", -x, -x + 0.05, body)
    if foot:
        r = dice.real(0.02, 0.04)
        if dice.chance(0.25):
            parts.box((-0.02, foot / 2, 0), (depth - 0.08, foot, width - 0.08), shaded(body, 0.7))
        else:
            splay = dice.real(0, 0.06)
            for px in (-x + r, x - r):
                for pz in (-z + r, z - r):
                    parts.rod((px, foot, pz), (px, 0, pz + np.sign(pz) * splay), r, body, r * 0.7, 8)


def _closed(
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


def _open(
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


def table(dice: Dice, parts: Assembly) -> None:
    """Dining, coffee, round, pedestal, trestle, glass and writing tables, desks and workbenches."""
    kind = dice.pick(("dining", "coffee", "side", "desk", "console"), (5, 4, 2, 3, 1))
    height, depth, length = {
        "dining": (dice.real(0.68, 0.8), dice.real(0.7, 1.1), dice.real(1.0, 2.2)),
        "coffee": (dice.real(0.3, 0.5), dice.real(0.5, 0.8), dice.real(0.7, 1.4)),
        "side": (dice.real(0.45, 0.75), dice.real(0.4, 0.6), dice.real(0.4, 0.65)),
        "desk": (dice.real(0.7, 0.8), dice.real(0.55, 0.8), dice.real(1.1, 1.8)),
        "console": (dice.real(0.75, 0.95), dice.real(0.3, 0.45), dice.real(0.9, 1.5)),
    }[kind]
    top, leg = dice.surface(), dice.surface()
    if dice.chance(0.5):
        leg = shaded(top, dice.real(0.7, 1.1))
    t = dice.real(0.02, 0.07)
    x, z, under = depth / 2, length / 2, height - t
    rounded = dice.chance(0.3) and kind != "desk"
    if rounded:
        if dice.chance(0.6):
            z = x = (x + z) / 2
        angles = np.arange(28) * (2 * np.pi / 28)
        power = 1.0 if dice.chance(0.7) else 0.5
        outline = [
            (x * np.sign(c) * abs(c) ** power, z * np.sign(s) * abs(s) ** power)
            for c, s in zip(np.cos(angles), np.sin(angles), strict=True)
        ]
        parts.prism(outline, "y", under, height, top)
    else:
        parts.block((-x, under, -z), (x, height, z), top)
    base = dice.pick(
        ("legs", "pedestal", "trestle", "panel", "cross", "frame"), (9, 4 if rounded else 1.5, 2, 2, 1.5, 2)
    )
    if kind == "desk" and dice.chance(0.6):
        base = "desk"
    inset = dice.real(0.72, 0.95) if not rounded else 0.68
    px, pz = x * inset, z * inset
    if base == "legs":
        r, splay = dice.real(0.02, 0.05), dice.real(0.0, 0.12) if dice.chance(0.5) else 0.0
        sides = 4 if dice.chance(0.4) else 10
        corners = [(px, pz), (px, -pz), (-px, pz), (-px, -pz)]
        if rounded and dice.chance(0.3):
            corners = [(px, 0.0), (-px / 2, 0.87 * pz), (-px / 2, -0.87 * pz)]
        for a, b in corners:
            parts.rod((a, under, b), (a + np.sign(a) * splay, 0, b + np.sign(b) * splay), r * 1.2, leg, r, sides)
        if dice.chance(0.45) and not rounded:
            apron = dice.real(0.05, 0.15)
            for side in (-1.0, 1.0):
                parts.block((side * px - 0.012, under - apron, -pz), (side * px + 0.012, under, pz), leg)
                parts.block((-px, under - apron, side * pz - 0.012), (px, under, side * pz + 0.012), leg)
        if dice.chance(0.35):
            y = dice.real(0.15, 0.45) * height
            if dice.chance(0.6):
                parts.box((0, y, 0), (2 * px, 0.025, 2 * pz), shaded(top, 0.9))
            else:
                for side in (-pz, pz):
                    parts.rod((-px, y, side), (px, y, side), r * 0.7, leg, sides=6)
                parts.rod((0, y, -pz), (0, y, pz), r * 0.7, leg, sides=6)
    elif base == "pedestal":
        for side in (-0.55 * z, 0.55 * z) if length > 1.5 and not rounded else (0.0,):
            r = min(x, z) * dice.real(0.45, 0.75)
            if dice.chance(0.5):
                parts.lathe(
                    [
                        (r, 0),
                        (r * 0.9, 0.03),
                        (0.05, 0.07),
                        (dice.real(0.03, 0.09), under * 0.5),
                        (0.05, under - 0.05),
                        (r * 0.5, under),
                    ],
                    (0, 0, side),
                    leg,
                )
            else:
                parts.rod((0, 0.05, side), (0, under, side), dice.real(0.03, 0.08), leg)
                feet = dice.whole(3, 4)
                for k in range(feet):
                    a = 2 * np.pi * (k + 0.5) / feet
                    parts.rod((0, 0.18, side), (r * np.cos(a), 0.02, side + r * np.sin(a)), 0.035, leg, 0.025, 8)
    elif base == "trestle":
        for side in (-pz, pz):
            for s in (-1.0, 1.0):
                parts.rod(
                    (s * px, 0, side),
                    ((-s if dice.chance(0.5) else s * 0.15) * px * 0.8, under, side),
                    0.035,
                    leg,
                    sides=4,
                )
        y = under * dice.real(0.4, 0.8)
        parts.box((0, y, 0), (0.06, 0.08, 2 * pz), leg)
    elif base == "panel":
        for side in (-pz, pz):
            parts.box((0, under / 2, side), (2 * px, under, dice.real(0.03, 0.1)), leg)
        if dice.chance(0.5):
            parts.box((-px * 0.4, under * 0.7, 0), (0.03, under * 0.5, 2 * pz), leg)
        if dice.chance(0.4):
            parts.box((0, under * 0.45, 0), (2 * px, 0.03, 2 * pz), top)
    elif base == "cross":
        for side in (-1.0, 1.0):
            parts.rod((-px, 0, -side * pz), (px, 0.02, side * pz), 0.035, leg, sides=4)
            parts.rod((-px, under, -side * pz), (px, under - 0.02, side * pz), 0.035, leg, sides=4)
        parts.rod((0, 0, 0), (0, under, 0), 0.06, leg, sides=8)
    elif base == "frame":
        r = dice.real(0.018, 0.035)
        for side in (-pz, pz):
            parts.path([(-px, under, side), (-px, r, side), (px, r, side), (px, under, side)], r, leg, 4)
        if dice.chance(0.5):
            for side in (-px, px):
                parts.rod((side, r, -pz), (side, r, pz), r, leg, sides=4)
    else:
        side = dice.real(0.22, 0.35) * length
        ends = (-1, 1) if dice.chance(0.5) else (1,) if dice.chance(0.5) else (-1,)
        for s in (-1.0, 1.0):
            if s in ends:
                low, high = sorted((s * z * 0.97, s * (z * 0.97 - side)))
                _closed(
                    dice,
                    parts,
                    (-px, 0.04, low),
                    (px, under, high),
                    dice.whole(2, 4),
                    1,
                    shaded(leg, 1.15),
                    leg,
                    dice.metal(),
                )
            elif dice.chance(0.5):
                parts.box((0, under / 2, s * pz), (2 * px, under, 0.04), leg)
            else:
                for q in (-px, px):
                    parts.rod((q, 0, s * pz), (q, under, s * pz), 0.025, leg, sides=8)
        parts.box((-px * 0.8, under * 0.72, 0), (0.025, under * 0.5, 2 * pz), leg)
        if dice.chance(0.25):
            parts.block((-x, height, -z), (-x + 0.25, height + 0.03, z), top)
            _open(parts, (-x, height, -z), (-x + 0.25, height + dice.real(0.25, 0.5), z), 1, 3, top, 0.025, True)
