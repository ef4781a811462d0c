"""Cabinets: they show their front to +x."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.cases import closed, opened
from core.data.builtin.dice import Dice, shaded


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
            closed(dice, parts, (-x, 0.04, low), (x, top - 0.04, high), dice.whole(2, 4), 1, front, body, knob)
        if dice.chance(0.6):
            opened(parts, (-x, top, -z), (-x + depth * 0.5, height, z), 2, 2, body, t, True)
    else:
        airy = {"shelf": 0.85, "sideboard": 0.25, "night": 0.2, "tower": 0.4}.get(form, 0.0)
        bottom, top_corner = (-x, foot, -z), (x, height, z)
        if dice.chance(airy):
            opened(parts, bottom, top_corner, rows, columns if dice.chance(0.6) else 1, body, t, dice.chance(0.65))
        elif dice.chance(0.3) and height > 0.6:
            # Closed below and open above, or the other way round.
            split = foot + (height - foot) * dice.real(0.3, 0.65)
            lower, upper = (bottom, (x, split, z)), ((-x, split, -z), top_corner)
            if dice.chance(0.25):
                lower, upper = upper, lower
            closed(dice, parts, *lower, max(1, rows // 2), columns, front, body, knob)
            opened(parts, *upper, max(1, rows // 2), columns, body, t, dice.chance(0.7))
        else:
            drawers = rows if form in ("drawers", "night") else dice.whole(1, 2)
            closed(dice, parts, bottom, top_corner, drawers, columns, front, body, knob)
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
