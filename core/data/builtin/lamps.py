"""Lamps that stand, on a table or the floor: they are on y = 0. Hanging and wall lamps are in a module of their own."""

import numpy as np

from core.data.builtin import hanging_lamps
from core.data.builtin.assembly import Assembly, Point
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import circle, corners, legs
from core.data.builtin.shades import paper, shade


def _foot(dice: Dice, parts: Assembly, r: float, colour: Colour) -> None:
    """A flat, domed or square foot."""
    form = dice.pick(("flat", "dome", "square"), (3, 2, 1))
    if form == "square":
        parts.frustum(0, (-r, r, -r, r), 0.03, (-r * 0.95, r * 0.95, -r * 0.95, r * 0.95), colour)
    elif form == "flat":
        parts.lathe([(r, 0), (r, 0.02), (r * 0.3, 0.035)], (0, 0, 0), colour)
    else:
        parts.lathe([(r, 0), (r * 0.85, r * 0.25), (r * 0.4, r * 0.5), (0.01, r * 0.6)], (0, 0, 0), colour)


def _table(dice: Dice, parts: Assembly) -> None:
    """A thin stem on a foot, under a shade."""
    body, high, r = dice.metal(), dice.real(0.35, 0.6), dice.real(0.1, 0.2)
    drop = r * dice.real(0.8, 1.7)
    _foot(dice, parts, r * dice.real(0.4, 0.85), body)
    parts.rod((0, 0.01, 0), (0, high, 0), dice.real(0.008, 0.025), body)
    shade(dice, parts, (0, high, 0), r, drop, paper(dice))


def _vase(dice: Dice, parts: Assembly) -> None:
    """A body turned or blown - vase, gourd, ball, column, stacked balls, tapered block - under a shade."""
    neck, belly, body = (
        dice.real(0.2, 0.38),
        dice.real(0.05, 0.13),
        dice.paint() if dice.chance(0.6) else dice.surface(),
    )
    r = max(belly * dice.real(1.2, 2.2), 0.11)
    drop = r * dice.real(0.9, 1.7)
    profiles = {
        "vase": (3, ((0.55, 0.0), (0.6, 0.05), (1.0, 0.55), (0.75, 0.8), (0.25, 0.95), (0.2, 1.0))),
        "urn": (2, ((0.7, 0.0), (0.35, 0.12), (0.55, 0.3), (1.0, 0.75), (0.3, 0.92), (0.2, 1.0))),
        "gourd": (2, ((0.6, 0.0), (1.0, 0.2), (0.9, 0.4), (0.4, 0.55), (0.6, 0.72), (0.25, 0.9), (0.15, 1.0))),
        "ball": (2, ((0.5, 0.0), (0.85, 0.15), (1.0, 0.45), (0.85, 0.75), (0.3, 0.95), (0.2, 1.0))),
        "jar": (1.5, ((0.9, 0.0), (1.0, 0.1), (1.0, 0.65), (0.5, 0.85), (0.3, 1.0))),
        "balls": (
            1,
            (
                (1.0, 0.0),
                (1.0, 0.06),
                (0.4, 0.12),
                (0.7, 0.25),
                (0.3, 0.38),
                (0.6, 0.5),
                (0.25, 0.62),
                (0.5, 0.74),
                (0.2, 0.88),
                (0.2, 1.0),
            ),
        ),
        "candle": (1.5, ((1.0, 0.0), (0.9, 0.08), (0.3, 0.14), (0.45, 0.5), (0.25, 0.85), (0.3, 1.0))),
        "cone": (1, ((1.0, 0.0), (0.6, 0.4), (0.25, 1.0))),
    }
    profile = [(belly * w, neck * y) for w, y in dice.choose(profiles)]
    parts.lathe(profile, (0, 0, 0), body, sides=4 if dice.chance(0.15) else 20)
    if dice.chance(0.35):
        parts.block((-belly * 0.9, -0.03, -belly * 0.9), (belly * 0.9, 0.005, belly * 0.9), shaded(body, 0.7))
    top = neck + drop * dice.real(0.85, 1.05)
    parts.rod((0, neck, 0), (0, top, 0), 0.01, dice.metal())
    shade(dice, parts, (0, top, 0), r, drop, paper(dice))


def _floor(dice: Dice, parts: Assembly) -> None:
    """A tall stem under a shade, perhaps with a small table on it."""
    body, high, r = dice.metal() if dice.chance(0.7) else dice.wood(), dice.real(1.3, 1.75), dice.real(0.14, 0.28)
    drop = r * dice.real(0.8, 1.7)
    _foot(dice, parts, r * dice.real(0.55, 0.95), body)
    parts.rod((0, 0.02, 0), (0, high, 0), dice.real(0.012, 0.035), body)
    if dice.chance(0.12):
        parts.lathe(
            [(0.2, high * 0.4), (0.2, high * 0.4 + 0.02)], (0, 0, 0), dice.wood(), sides=4 if dice.chance(0.5) else 20
        )
    shade(dice, parts, (0, high, 0), r, drop, paper(dice))


def _uplighter(dice: Dice, parts: Assembly) -> None:
    """A torch: a tall stem that ends in a bowl or funnel, open above."""
    body, high, r = dice.metal(), dice.real(1.5, 1.85), dice.real(0.1, 0.2)
    _foot(dice, parts, dice.real(0.1, 0.16), body)
    parts.rod((0, 0.02, 0), (0, high, 0), dice.real(0.012, 0.028), body)
    deep = r * dice.real(0.4, 1.6)
    bowl = [(0.02, high), (r * dice.real(0.3, 0.9), high + deep * 0.5), (r, high + deep)]
    parts.lathe(bowl, (0, 0, 0), paper(dice))


def _tripod(dice: Dice, parts: Assembly) -> None:
    """Three legs of wood or steel under a shade; tall or short."""
    wood, high, r = dice.wood() if dice.chance(0.7) else dice.metal(), dice.real(0.5, 1.6), dice.real(0.17, 0.28)
    drop = r * dice.real(0.9, 1.6)
    neck = high - drop * 0.8
    legs(parts, circle(3, 0.04, 0.5), neck, dice.real(0.012, 0.022), wood, splay=high * dice.real(0.14, 0.28))
    parts.rod((0, neck - 0.04, 0), (0, high, 0), 0.02, wood)
    shade(dice, parts, (0, high, 0), r, drop, paper(dice))


def _arc(dice: Dice, parts: Assembly) -> None:
    """A bow that carries a shade or dome far in front of a heavy foot."""
    body, high, reach = dice.metal(), dice.real(1.4, 1.95), dice.real(0.8, 1.4)
    rear = -reach / 2
    if dice.chance(0.6):
        parts.lathe([(0.17, 0), (0.17, dice.real(0.03, 0.09))], (rear, 0, 0), body)
    else:
        parts.box((rear, 0.08, 0), (0.2, 0.16, 0.3), dice.grey())
    straight, bend = dice.real(0.1, 0.7) * high, dice.real(1.9, 2.6)
    bow = [(rear + reach / 2 * (1 - float(np.cos(a))), straight + (high - straight) * float(np.sin(a)), 0.0)
           for a in np.linspace(0, bend, 12)]  # fmt: skip
    parts.path([(rear, 0.03, 0), *bow], dice.real(0.013, 0.025), body)
    x, y, _ = bow[-1]
    shade(dice, parts, (x, y + 0.03, 0), dice.real(0.13, 0.24), dice.real(0.13, 0.28), paper(dice))


def _desk(dice: Dice, parts: Assembly) -> None:
    """A foot, two straight arms with a joint, a turned head."""
    body, head = dice.metal() if dice.chance(0.4) else dice.paint(), dice.paint()
    _foot(dice, parts, dice.real(0.08, 0.12), body)
    low, far, lean, rise = dice.real(0.2, 0.36), dice.real(0.18, 0.36), dice.real(-0.1, 0.9), dice.real(-0.1, 0.9)
    elbow = (-low * float(np.sin(lean)), low * float(np.cos(lean)) + 0.04, 0.0)
    end = (elbow[0] + far * float(np.cos(rise)), elbow[1] + far * float(np.sin(rise)), 0.0)
    r = dice.real(0.007, 0.014)
    for z in (-0.02, 0.02) if dice.chance(0.4) else (0.0,):
        parts.path([(0, 0.02, z), (elbow[0], elbow[1], z), (end[0], end[1], z)], r, body)
    parts.ellipsoid(elbow, (0.022, 0.022, 0.03), body)
    _head(dice, parts, end, head)


def _head(dice: Dice, parts: Assembly, at: Point, colour: Colour) -> None:
    """A funnel, dome or flat bar that looks down and forward."""
    x, y, z = at
    mark = parts.mark()
    form, r = dice.pick(("funnel", "dome", "bar"), (3, 2, 1)), dice.real(0.055, 0.1)
    if form == "bar":
        parts.box((x + 0.06, y, z), (0.12, 0.035, dice.real(0.08, 0.35)), colour)
    elif form == "funnel":
        parts.lathe([(r, -r * 1.3), (r * 0.75, -r * 0.5), (r * 0.4, 0), (r * 0.35, r * 0.6)], at, colour)
    else:
        parts.lathe([(r, -r * 0.7), (r * 0.9, -r * 0.2), (r * 0.5, r * 0.15), (0.01, r * 0.25)], at, colour)
    parts.turn_since(mark, "z", dice.real(0, 55), at)


def _gooseneck(dice: Dice, parts: Assembly) -> None:
    """A bent neck on a desk foot or a tall reading lamp's stem."""
    body, high = dice.metal() if dice.chance(0.4) else dice.paint(), dice.real(0.3, 1.4)
    _foot(dice, parts, dice.real(0.07, 0.11) * (1.3 if high > 0.7 else 1.0), body)
    bow = dice.real(0.08, 0.18) * (1.5 if high > 0.7 else 1.0)
    neck = [
        (bow * (1 - float(np.cos(a))), high + bow * float(np.sin(a)), 0.0)
        for a in np.linspace(0, dice.real(1.8, 2.8), 8)
    ]
    parts.path([(0, 0.02, 0), *neck], dice.real(0.008, 0.014), body)
    _head(dice, parts, neck[-1], body if dice.chance(0.5) else dice.paint())


def _banker(dice: Dice, parts: Assembly) -> None:
    """A long half-round shade across a short stem."""
    brass, glass, high = dice.metal(), dice.paint(), dice.real(0.28, 0.4)
    parts.lathe([(0.1, 0), (0.09, 0.02), (0.02, 0.04), (0.015, high)], (0, 0, 0), brass, sides=20)
    half, r = dice.real(0.12, 0.18), dice.real(0.05, 0.075)
    angles = np.linspace(0, np.pi, 9)
    outline = [(r * float(np.cos(a)) + 0.02, high - 0.02 + r * float(np.sin(a))) for a in angles]
    parts.prism(outline, "z", -half, half, glass)


def _mushroom(dice: Dice, parts: Assembly) -> None:
    """A dome or ball on a thick stem, or a ball alone."""
    body, glass, r = dice.paint(), paper(dice), dice.real(0.12, 0.2)
    high = r * dice.real(1.0, 2.6)
    if dice.chance(0.3):
        parts.lathe([(r * 0.5, 0), (r * 0.45, 0.03)], (0, 0, 0), body)
        parts.ellipsoid((0, r * 0.95, 0), (r, r * 0.95, r), glass)
        return
    stem = r * dice.real(0.15, 0.5)
    parts.lathe([(r * dice.real(0.5, 0.9), 0), (stem * 1.2, 0.04), (stem, high)], (0, 0, 0), body)
    deep = dice.real(0.6, 1.0)
    dome = [(r * float(np.cos(a)), high + r * deep * float(np.sin(a))) for a in np.linspace(0, 1.5, 7)]
    parts.lathe(dome, (0, 0, 0), glass)


def _column(dice: Dice, parts: Assembly) -> None:
    """Light in a column of paper or cloth: square, round, waved."""
    high, r, wave = dice.real(0.4, 1.6), dice.real(0.09, 0.2), dice.real(0, 0.3) if dice.chance(0.5) else 0.0
    waves = dice.whole(1, 5)
    profile = [(r * (1 + wave * float(np.sin(waves * np.pi * t))), high * float(t)) for t in np.linspace(0, 1, 13)]
    parts.lathe(profile, (0, 0, 0), paper(dice), sides=4 if dice.chance(0.45) else 16)
    body = dice.wood()
    parts.lathe([(r * 1.1, -0.04), (r * 1.05, 0.0)], (0, 0, 0), body, sides=4 if dice.chance(0.3) else 16)
    if dice.chance(0.4):
        for x, z in corners(r * 0.7, r * 0.7):
            parts.rod((x, -0.03, z), (x, -0.15, z), 0.012, body, sides=8)


def _lantern(dice: Dice, parts: Assembly) -> None:
    """A cage or glass between a foot and a roof, with a ring to carry it; or of stone."""
    metal, glass, r = dice.dark() if dice.chance(0.5) else dice.grey(), paper(dice), dice.real(0.09, 0.15)
    high, sides = r * dice.real(1.6, 3.0), 4 if dice.chance(0.5) else 6
    parts.lathe([(r, 0), (r * 0.95, 0.04)], (0, 0, 0), metal, sides=sides)
    parts.lathe([(r * 0.75, 0.04), (r * dice.real(0.75, 0.95), high)], (0, 0, 0), glass, sides=sides)
    legs(parts, circle(sides, r * 0.88), high, 0.012, metal, square=True)
    roof = r * dice.real(0.3, 1.0)
    parts.lathe(
        [(r * dice.real(1.05, 1.5), high), (r * 0.3, high + roof), (r * 0.12, high + roof * 1.2)],
        (0, 0, 0),
        metal,
        sides=sides,
    )
    if dice.chance(0.5):
        ring = [(0.0, high + roof * 1.2 + r * 0.4 * (1 - float(np.cos(a))), r * 0.4 * float(np.sin(a)))
                for a in np.linspace(0, 2 * np.pi, 9)]  # fmt: skip
        parts.path(ring, 0.012, metal, 6)
    if dice.chance(0.3):
        under = r * dice.real(0.8, 3.0)
        parts.lathe(
            [(r * 1.1, -under), (r * 0.5, -under * 0.8), (r * 0.4, -under * 0.2), (r, 0)], (0, 0, 0), metal, sides=sides
        )


def _street(dice: Dice, parts: Assembly) -> None:
    """A lamp post with one or two lanterns on top or on arms."""
    metal, high, r = dice.dark(), dice.real(2.2, 4.0), dice.real(0.03, 0.06)
    parts.lathe([(r * 3, 0), (r * 2.4, 0.2), (r, 0.4), (r * 0.8, high)], (0, 0, 0), metal, sides=12)
    form = dice.pick(("top", "ball", "arms", "reach"), (2, 1.5, 1.5, 2))
    size = dice.real(0.14, 0.26)
    if form == "top":
        outline = [(size * 0.6, high), (size, high + size * 2), (size * 1.2, high + size * 2), (0.03, high + size * 3)]
        parts.lathe(outline, (0, 0, 0), paper(dice), sides=dice.whole(4, 8))
    elif form == "ball":
        parts.ellipsoid((0, high + size, 0), (size, size, size), paper(dice))
    elif form == "arms":
        for s in (-1.0, 1.0):
            parts.path([(0, high - 0.1, 0), (0, high + 0.15, s * 0.3), (0, high, s * 0.5)], r * 0.7, metal)
            parts.ellipsoid((0, high - size, s * 0.5), (size * 0.8, size, size * 0.8), paper(dice))
    else:
        reach = dice.real(0.4, 1.1)
        parts.path([(0, high - 0.1, 0), (reach * 0.5, high + 0.2, 0), (reach, high + 0.22, 0)], r * 0.7, metal)
        parts.cushion((reach - 0.1, high + 0.13, -0.12), (reach + 0.35, high + 0.26, 0.12), metal)


LAMPS: Family = {
    "table": (3, _table),
    "vase": (5, _vase),
    "floor": (4, _floor),
    "uplighter": (1.2, _uplighter),
    "tripod": (1.3, _tripod),
    "arc": (1.2, _arc),
    "desk": (2.2, _desk),
    "gooseneck": (1.5, _gooseneck),
    "banker": (0.5, _banker),
    "mushroom": (0.9, _mushroom),
    "column": (1, _column),
    "lantern": (1.5, _lantern),
    "street": (1.2, _street),
    **hanging_lamps.HANGING_LAMPS,
}
"""Kinds of lamps, with their weights."""
