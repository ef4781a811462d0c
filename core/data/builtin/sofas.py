"""Benches and sofas: they face +x, are long along z, and the back is at low x."""

from itertools import pairwise

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Dice, shaded


def bench(dice: Dice, parts: Assembly) -> None:
    """Park benches, plain benches, slabs, box benches and picnic benches, long along z."""
    length, depth, seat = dice.real(1.1, 2.0), dice.real(0.35, 0.55), dice.real(0.38, 0.5)
    frame, top = dice.surface(), dice.wood() if dice.chance(0.75) else dice.surface()
    t, x, z = dice.real(0.03, 0.08), depth / 2, length / 2
    planks = dice.whole(1, 5)
    pitch = depth / planks
    for k in range(planks):
        low = -x + k * pitch
        parts.block((low, seat - t, -z), (low + pitch * (0.8 if planks > 1 else 1.0), seat, z), top)
    base = dice.pick(("legs", "slab", "frame", "box", "trestle", "pillar"), (5, 3, 3, 1, 2, 1))
    inset = z - dice.real(0.05, 0.3)
    if base == "legs":
        feet = (-inset, 0.0, inset) if length > 1.6 and dice.chance(0.4) else (-inset, inset)
        r = dice.real(0.02, 0.045)
        for pz in feet:
            for px in (-x + r, x - r):
                parts.box((px, (seat - t) / 2, pz), (2 * r, seat - t, 2 * r), frame)
        if dice.chance(0.5):
            parts.box((0, seat * 0.3, 0), (0.05, 0.05, 2 * inset), frame)
            for pz in (-inset, inset):
                parts.box((0, seat * 0.3, pz), (depth, 0.05, 0.05), frame)
    elif base in ("slab", "box"):
        for pz in (-inset, inset):
            parts.box((0, (seat - t) / 2, pz), (depth * dice.real(0.7, 1), seat - t, dice.real(0.05, 0.2)), frame)
        if base == "box":
            parts.block((-x * 0.9, 0.05, -inset), (x * 0.9, seat - t, inset), frame)
    elif base == "frame":
        for pz in (-inset, inset):
            parts.path(
                [(x, seat - t, pz), (x, 0.02, pz), (-x, 0.02, pz), (-x, seat - t, pz)], dice.real(0.02, 0.035), frame
            )
    elif base == "trestle":
        for pz in (-inset, inset):
            for s in (-1.0, 1.0):
                parts.rod((-s * x, 0, pz), (s * x * 0.5, seat - t, pz), 0.035, frame, sides=4)
        parts.rod((0, seat * 0.6, -inset), (0, seat * 0.6, inset), 0.03, frame, sides=4)
    else:
        for pz in (-inset * 0.7, inset * 0.7):
            parts.lathe([(0.16, 0), (0.07, 0.05), (0.07, seat - t)], (0, 0, pz), frame)
    if dice.chance(0.68):
        mark = parts.mark()
        high = dice.real(0.3, 0.5)
        kind = dice.pick(("planks", "bars", "solid"), (5, 2, 1))
        if kind == "solid":
            parts.block((-x - 0.03, seat - t, -z), (-x + 0.03, seat + high, z), top)
        elif kind == "planks":
            rows = dice.whole(1, 4)
            for k in range(rows):
                y = seat + 0.1 + (high - 0.1) * (k + 0.5) / rows
                parts.box((-x, y, 0), (0.04, (high - 0.1) / rows * 0.75, length), top)
        else:
            parts.box((-x, seat + high, 0), (0.05, 0.07, length), top)
            for pz in np.linspace(-z, z, dice.whole(8, 14)):
                parts.rod((-x, seat - t, pz), (-x, seat + high, pz), 0.014, frame, sides=6)
        for pz in (-inset, inset):
            parts.box((-x - 0.02, seat + high / 2, pz), (0.05, high + 0.1, 0.05), frame)
        parts.shear_since(mark, "x", "y", -dice.real(0, 0.35), seat)
    if dice.chance(0.45):
        y = seat + dice.real(0.16, 0.24)
        for pz in (-inset, inset) if dice.chance(0.6) else (-z, z):
            parts.box((0, y, pz), (depth, 0.04, 0.06), frame)
            parts.box((x - 0.04, (y + seat - t) / 2, pz), (0.05, y - seat + t, 0.05), frame)
    if dice.chance(0.1):
        y = seat + 0.3
        parts.box((x + 0.5, y, 0), (0.6, 0.05, length), top)
        for pz in (-inset, inset):
            parts.box((x + 0.5, y / 2, pz), (0.06, y, 0.06), frame)


def sofa(dice: Dice, parts: Assembly) -> None:
    """Sofas with one to four seats, corner sofas, daybeds, ottomans and benches without a back."""
    cover, wood = dice.fabric(), dice.wood() if dice.chance(0.7) else dice.metal()
    seats = dice.whole(1, 4)
    t = dice.real(0.1, 0.26)
    length, depth = 0.66 * seats * dice.real(0.85, 1.1) + 2 * t, dice.real(0.75, 1.0)
    if seats == 1:
        length = dice.real(0.85, 1.1)
    seat, back = dice.real(0.36, 0.46), dice.real(0.65, 0.98)
    foot = dice.real(0.03, 0.18) if dice.chance(0.65) else 0.0
    x, z = depth / 2, length / 2
    form = dice.pick(("sofa", "corner", "u", "ottoman", "daybed", "chaise"), (11, 4, 1, 1, 1.5, 1.5))
    arms = dice.pick(("block", "rolled", "low", "none", "one"), (5, 3, 2, 2, 1))
    deck = seat - dice.real(0.1, 0.16)
    parts.block((-x, foot, -z), (x, deck, z), cover)
    if form == "ottoman":
        parts.block((-x, deck, -z), (x, seat, z), shaded(cover, 1.12))
    else:
        inner = z if arms == "none" else z - t
        for k in range(seats):
            low = -inner + 2 * inner * k / seats
            high = low + 2 * inner / seats - 0.02
            if form != "daybed":
                parts.block((-x + 0.1, deck, low), (x + 0.02, seat, high), shaded(cover, 1.12))
            if dice.chance(0.9) and form != "daybed":
                mark = parts.mark()
                parts.block((-x + 0.12, seat, low), (-x + 0.3, back - dice.real(0.0, 0.1), high), shaded(cover, 1.05))
                parts.shear_since(mark, "x", "y", -0.2, seat)
        if form == "daybed":
            parts.block((-x, deck, -z), (x, seat, z), shaded(cover, 1.1))
            parts.rod((-x * 0.9, seat + 0.1, z - 0.14), (x * 0.9, seat + 0.1, z - 0.14), 0.12, cover)
        if form != "daybed" or dice.chance(0.5):
            mark = parts.mark()
            thick = dice.real(0.12, 0.24)
            if dice.chance(0.2):
                steps = np.linspace(-z, z, 9)
                for a, b in pairwise(steps):
                    rise = back + 0.14 * (1 - ((a + b) / 2 / z) ** 2)
                    parts.block((-x, foot, a), (-x + thick, rise, b), cover)
            else:
                parts.block((-x, foot, -z), (-x + thick, back, z), cover)
            parts.shear_since(mark, "x", "y", -dice.real(0, 0.25), foot)
        arm = seat + (0.06 if arms == "low" else dice.real(0.14, 0.26))
        for side in (-1.0, 1.0):
            if arms == "none" or (arms == "one" and side == 1):
                continue
            edge = side * (z - t / 2)
            parts.block((-x, foot, edge - t / 2), (x, arm, edge + t / 2), cover)
            if arms == "rolled":
                parts.rod((-x, arm, edge), (x + 0.01, arm, edge), t * 0.62, cover)
    if form in ("corner", "u", "chaise"):
        reach = dice.real(0.5, 1.4) if form != "chaise" else dice.real(0.5, 0.8)
        sides = (-1, 1) if form == "u" else ((1,) if dice.chance(0.5) else (-1,))
        for side in sides:
            w = dice.real(0.75, 0.95)
            a, b = sorted((side * z, side * (z - w)))
            parts.block((x - 0.02, foot, a), (x + reach, deck, b), cover)
            parts.block((x - 0.02, deck, a + 0.01), (x + reach, seat, b - 0.01), shaded(cover, 1.12))
            if form != "chaise":
                e, f = sorted((side * z, side * (z - 0.2)))
                parts.block((-x, foot, e), (x + reach, back, f), cover)
    if foot > 0:
        for px in (-x + 0.08, x - 0.08):
            for pz in (-z + 0.1, z - 0.1):
                parts.rod((px, 0, pz), (px, foot + 0.02, pz), 0.03, wood, 0.04, 8)
    if dice.chance(0.3) and form == "sofa":
        for side in (-1.0, 1.0):
            parts.box((0, seat + 0.17, side * (z - t - 0.22)), (0.1, 0.34, 0.36), dice.fabric(), "z", 25)
