"""Lamps on a ceiling or wall: pendants have their canopy on top, wall lamps their plate at low x."""

import numpy as np

from core.data.builtin.assembly import Assembly, Point
from core.data.builtin.dice import Colour, Dice
from core.data.builtin.family import Family
from core.data.builtin.frames import circle
from core.data.builtin.shades import paper, shade


def _canopy(dice: Dice, parts: Assembly, drop: float, colour: Colour) -> None:
    """A plate under the ceiling and the cord down to just below the origin."""
    r = dice.real(0.03, 0.09)
    parts.lathe([(r * 0.5, drop - 0.03), (r, drop)], (0, 0, 0), colour)
    parts.rod((0, -0.02, 0), (0, drop, 0), dice.real(0.005, 0.012), colour, sides=6)


def _bulb(dice: Dice, parts: Assembly, top: Point, r: float, metal: Colour) -> None:
    """What hangs on a cord: a shade, ball, dome, disc, drop, cage or box."""
    x, y, z = top
    glass = paper(dice)
    form = dice.pick(("shade", "ball", "dome", "disc", "drop", "cage", "box"), (3, 2, 3, 1, 1, 1, 1))
    if form == "shade":
        shade(dice, parts, top, r, r * dice.real(0.7, 1.7), glass)
    elif form == "ball":
        parts.ellipsoid((x, y - r * 0.8, z), (r, r * dice.real(0.6, 1.0), r), glass)
    elif form == "dome":
        deep = dice.real(0.5, 1.1)
        profile = [(r * float(np.sin(a)), -r * (1 - float(np.cos(a))) * deep) for a in np.linspace(0.12, 1.6, 7)]
        parts.lathe([(0.0, 0.0), *profile], top, glass, closed=dice.chance(0.5))
    elif form == "disc":
        parts.lathe([(r * 1.3, -0.05), (r * 1.3, -0.01), (r * 0.4, 0.0)], top, glass)
    elif form == "drop":
        tall = r * dice.real(1.5, 2.5)
        parts.lathe([(r * 0.1, 0), (r * 0.5, -tall * 0.4), (r * 0.8, -tall * 0.8), (r * 0.4, -tall)], top, glass)
    elif form == "cage":
        for a in np.arange(6) * (np.pi / 3):
            ring = [
                (
                    x + r * float(np.sin(b) * np.cos(a)),
                    y - r + r * float(np.cos(b)),
                    z + r * float(np.sin(b) * np.sin(a)),
                )
                for b in np.linspace(0, np.pi, 7)
            ]
            parts.path(ring, 0.01, metal, 5)
        ring = [(x + px, y - r, z + pz) for px, pz in circle(13, r)]
        parts.path([*ring, ring[0]], 0.01, metal, 5)
        parts.ellipsoid((x, y - r * 0.7, z), (r * 0.2, r * 0.3, r * 0.2), glass)
    else:
        parts.box(
            (x, y - r, z), (2 * r * dice.real(0.6, 1), 2 * r * dice.real(0.5, 1), 2 * r * dice.real(0.6, 1)), glass
        )


def _pendant(dice: Dice, parts: Assembly) -> None:
    """One body on a cord."""
    metal, drop = dice.metal(), dice.real(0.2, 0.9)
    _canopy(dice, parts, drop, metal)
    _bulb(dice, parts, (0, 0.02, 0), dice.real(0.12, 0.3), metal)


def _row(dice: Dice, parts: Assembly) -> None:
    """Several bodies below a bar, or one long body."""
    metal, drop = dice.metal(), dice.real(0.25, 0.7)
    half = dice.real(0.4, 0.7)
    if dice.chance(0.3):
        parts.cushion((-0.08, -0.12, -half), (0.08, 0.0, half), paper(dice))
        for z in (-half * 0.7, half * 0.7):
            parts.rod((0, -0.01, z), (0, drop, z if dice.chance(0.5) else 0.0), 0.008, metal, sides=6)
        parts.box((0, drop, 0), (0.06, 0.03, 1.5 * half), metal)
        return
    count = dice.whole(2, 4)
    parts.box((0, drop, 0), (0.08, 0.03, 2 * half), metal)
    low = dice.real(0.0, 0.3) * drop
    for k, same in enumerate(dice.alike(count)):
        y, z = low * (k % 2), half * (2 * k / (count - 1) - 1) * 0.9
        parts.rod((0, y, z), (0, drop, z), 0.007, metal, sides=6)
        _bulb(same, parts, (0, y + 0.02, z), half / count * 0.85, metal)


def _cluster(dice: Dice, parts: Assembly) -> None:
    """A round plate with bodies at different heights."""
    metal, drop, r, count = dice.metal(), dice.real(0.5, 0.9), dice.real(0.15, 0.28), dice.whole(3, 5)
    parts.lathe([(r * 1.2, drop), (r * 1.2, drop + 0.03)], (0, 0, 0), metal)
    for (x, z), same in zip(circle(count, r), dice.alike(count), strict=True):
        y = dice.real(0.0, 0.5) * drop
        parts.rod((x, y, z), (x, drop, z), 0.007, metal, sides=6)
        _bulb(same, parts, (x, y + 0.02, z), r * 0.45, metal)


def _chandelier(dice: Dice, parts: Assembly) -> None:
    """Curved arms with candles or small shades round a turned stem, in one or two rows."""
    metal, glass, drop = dice.metal(), paper(dice), dice.real(0.3, 0.7)
    _canopy(dice, parts, drop, metal)
    parts.lathe([(0.01, -0.18), (0.05, -0.12), (0.03, -0.02), (0.05, 0.05), (0.01, 0.12)], (0, 0, 0), metal, sides=10)
    upward, bowl = dice.chance(0.7), dice.chance(0.4)
    rows = [(dice.real(0.25, 0.42), 0.0)]
    if dice.chance(0.25):
        rows.append((rows[0][0] * 0.6, 0.18))
    for reach, level in rows:
        for x, z in circle(dice.whole(3, 9), reach):
            line = [
                (0, level - 0.04, 0),
                (x * 0.45, level - 0.14, z * 0.45),
                (x * 0.85, level - 0.1, z * 0.85),
                (x, level, z),
            ]
            parts.path(line, 0.011, metal, 6)
            if bowl:
                way = 1 if upward else -1
                ring = [(0.02, level), (0.06, level + 0.05 * way), (0.075, level + 0.12 * way)]
                parts.lathe(ring, (x, 0, z), glass, sides=10)
            elif upward:
                parts.lathe(
                    [
                        (0.04, level),
                        (0.015, level + 0.015),
                        (0.014, level + 0.1),
                        (0.022, level + 0.12),
                        (0.004, level + 0.16),
                    ],
                    (x, 0, z),
                    glass,
                    sides=8,
                )
            else:
                parts.ellipsoid((x, level - 0.05, z), (0.06, 0.06, 0.06), glass)


def _ring(dice: Dice, parts: Assembly) -> None:
    """A ring on chains, with candles or light all round, or tiers of crystal."""
    metal, r, drop = dice.metal() if dice.chance(0.6) else dice.wood(), dice.real(0.3, 0.45), dice.real(0.3, 0.7)
    parts.lathe([(0.06, drop - 0.03), (0.07, drop)], (0, 0, 0), metal)
    tiers, step = dice.whole(1, 3), -0.14 if dice.chance(0.5) else 0.16
    for k in range(tiers):
        q, y = r * (1 - 0.27 * k), step * k
        ring = [(x, y, z) for x, z in circle(21, q)]
        parts.path([*ring, ring[0]], dice.real(0.012, 0.03), metal, 6)
        for x, z in circle(3, q) if k else ():
            wider = 1 + 0.27 * r / q
            parts.rod((x, y, z), (x * wider, y - step, z * wider), 0.008, metal, sides=5)
        for x, z in circle(dice.whole(4, 10), q):
            parts.rod((x, y, z), (x, y + 0.09, z), 0.016, paper(dice), sides=6)
    for x, z in circle(dice.whole(3, 4), r):
        parts.rod((x, 0, z), (0, drop - 0.02, 0), 0.008, metal, sides=5)


def _ceiling(dice: Dice, parts: Assembly) -> None:
    """Flat under the ceiling: bowl, drum, square or a long tube."""
    metal, glass = dice.metal(), paper(dice)
    r, deep = dice.real(0.18, 0.3), dice.real(0.05, 0.2)
    form = dice.pick(("bowl", "drum", "square", "tube", "star"), (3, 2, 1, 1, 1))
    if form == "tube":
        parts.box((0, 0, 0), (0.1, 0.05, 1.2), metal)
        for x in (-0.03, 0.03) if dice.chance(0.4) else (0.0,):
            parts.rod((x, -0.04, -0.57), (x, -0.04, 0.57), 0.02, glass)
        return
    if form == "star":
        for x, z in circle(dice.whole(3, 5), r):
            parts.rod((0, 0, 0), (x, -0.05, z), 0.02, metal, sides=6)
            parts.lathe([(0.08, -0.16), (0.05, -0.04)], (x, 0, z), glass)
    elif form == "bowl":
        parts.lathe(
            [(r * float(np.cos(a)), -deep * float(np.sin(a))) for a in np.linspace(0, 1.5, 6)], (0, 0, 0), glass
        )
    else:
        parts.lathe([(r, -deep), (r, 0)], (0, 0, 0), glass, sides=4 if form == "square" else 20)
    parts.lathe([(r * dice.real(0.4, 1.1), 0.0), (r * 0.4, 0.03)], (0, 0, 0), metal)


def _wall(dice: Dice, parts: Assembly) -> None:
    """A plate, an arm and one or two shades, candles or a lantern."""
    metal = dice.metal() if dice.chance(0.7) else dice.dark()
    high, reach = dice.real(0.08, 0.16), dice.real(0.1, 0.28)
    if dice.chance(0.5):
        parts.lathe([(high * 0.7, -0.01), (high * 0.6, 0.02)], (0, 0, 0), metal, axis="x")
    else:
        parts.box((0.0, 0, 0), (0.025, 2 * high, dice.real(0.08, 0.16)), metal)
    pair, form = dice.chance(0.3), dice.pick(("shade", "up", "lantern", "spot"), (3, 2, 2, 1.5))
    for z in (-0.14, 0.14) if pair else (0.0,):
        parts.path([(0, 0, 0), (reach * 0.6, -0.05, z * 0.7), (reach, 0.0, z)], 0.012, metal)
        r = dice.real(0.06, 0.11) * (0.8 if pair else 1.0)
        if form == "shade":
            parts.rod((reach, 0, z), (reach, r * 1.4, z), 0.012, metal, sides=6)
            shade(dice, parts, (reach, r * 1.4, z), r, r * 1.5, paper(dice))
        elif form == "up":
            parts.lathe([(0.02, 0), (r * 0.8, r * 0.6), (r, r * 1.4)], (reach, 0, z), paper(dice))
        elif form == "lantern":
            parts.lathe(
                [(r * 0.6, -r * 2.4), (r, -r * 0.6), (r * 1.2, -r * 0.5), (r * 0.2, r * 0.4)],
                (reach, 0, z),
                paper(dice),
                sides=dice.whole(4, 6),
            )
        else:
            mark = parts.mark()
            parts.lathe([(r * 0.8, -r * 2.0), (r * 0.8, 0), (r * 0.4, r * 0.3)], (reach, 0, z), metal)
            parts.turn_since(mark, "z", dice.real(-30, 60), (reach, 0, z))


HANGING_LAMPS: Family = {
    "pendant": (4, _pendant),
    "row": (1.2, _row),
    "cluster": (1, _cluster),
    "chandelier": (2.2, _chandelier),
    "ring": (1, _ring),
    "ceiling": (1.4, _ceiling),
    "wall": (1.8, _wall),
}
"""Kinds of hanging and wall lamps, with their weights among lamps."""
