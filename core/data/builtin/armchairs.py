"""Upholstered and lounge chairs: they face +x, the back is at low x."""

from collections.abc import Callable

import numpy as np

from core.data.builtin import loungers
from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs, pedestal, skids, star

Height = Callable[[float], float]
"""A height for an angle about +y, in radians from +x."""


def _club(dice: Dice, parts: Assembly) -> None:
    """Block arms, a seat cushion between them and a back: the sofa for one."""
    x, z, foot = dice.real(0.34, 0.48), dice.real(0.34, 0.52), _feet_height(dice)
    seat, arm, top = dice.real(0.36, 0.46), dice.real(0.5, 0.68), dice.real(0.68, 0.95)
    cover, t, deep = dice.fabric(), dice.real(0.08, 0.2), dice.real(0.1, 0.24)
    parts.block((-x, foot, -z), (x, seat - 0.1, z), cover)
    parts.cushion((-x + deep, seat - 0.12, t - z), (x + dice.real(0, 0.04), seat, z - t), shaded(cover, 1.12), 8)
    mark = parts.mark()
    parts.cushion((-x, foot, -z), (-x + deep, top, z), cover, 10)
    if dice.chance(0.5):
        parts.cushion((-x + deep, seat, t - z), (-x + deep + 0.12, top - 0.04, z - t), shaded(cover, 1.08))
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.2), foot)
    rolled = dice.chance(0.35)
    for s in (-1.0, 1.0):
        edge = s * (z - t / 2)
        parts.frustum(
            foot,
            (-x, x, edge - t / 2, edge + t / 2),
            arm,
            (-x, x - dice.real(0, 0.1), edge - t / 2, edge + t / 2),
            cover,
        )
        if rolled:
            parts.rod((-x, arm, edge), (x, arm, edge), t * 0.62, cover)
    _feet(dice, parts, x, z, foot)


def _feet_height(dice: Dice) -> float:
    return dice.real(0.05, 0.2) if dice.chance(0.6) else 0.0


def _feet(dice: Dice, parts: Assembly, x: float, z: float, height: float) -> None:
    if height:
        legs(parts, corners(x - 0.06, z - 0.06), height + 0.01, 0.03, dice.wood(), foot=0.02, square=dice.chance(0.5))


def _slim(dice: Dice, parts: Assembly) -> None:
    """An upholstered armchair with thin arms on visible legs."""
    x, z, foot = dice.real(0.28, 0.38), dice.real(0.28, 0.38), dice.real(0.16, 0.3)
    seat, arm, top = foot + dice.real(0.12, 0.22), dice.real(0.55, 0.68), dice.real(0.75, 1.05)
    cover, t = dice.fabric(), dice.real(0.04, 0.09)
    parts.cushion((-x, foot, -z), (x, seat, z), cover, 8)
    mark = parts.mark()
    parts.cushion((-x, foot, -z), (-x + dice.real(0.07, 0.13), top, z), cover, dice.real(4, 10))
    parts.shear_since(mark, "x", "y", -dice.real(0.05, 0.3), foot)
    slope = dice.real(0.0, 0.12)
    for s in (-1.0, 1.0):
        outline = [(-x, seat - 0.08), (x, seat - 0.08), (x - 0.02, arm - slope), (-x - 0.03, arm)]
        low, high = sorted((s * z, s * (z - t)))
        parts.prism(outline, "z", low, high, cover)
    legs(parts, corners(x - 0.05, z - 0.05), foot, 0.022, dice.surface(), splay=dice.real(0, 0.07), foot=0.014)


def _wing(dice: Dice, parts: Assembly) -> None:
    """A high back with ears above rolled arms."""
    x, z, foot = dice.real(0.32, 0.4), dice.real(0.32, 0.4), dice.real(0.1, 0.22)
    seat, arm, top = dice.real(0.4, 0.47), dice.real(0.58, 0.68), dice.real(1.0, 1.2)
    cover, t = dice.fabric(), dice.real(0.08, 0.13)
    parts.block((-x, foot, -z), (x, seat - 0.1, z), cover)
    parts.cushion((-x + 0.1, seat - 0.12, t - z), (x + 0.03, seat, z - t), shaded(cover, 1.1), 8)
    mark = parts.mark()
    parts.cushion((-x, foot, -z), (-x + 0.13, top, z), cover, dice.real(4, 8))
    for s in (-1.0, 1.0):
        low, high = sorted((s * z, s * (z - t * 0.7)))
        ear = dice.real(0.2, 0.3)
        parts.prism([(-x, arm - 0.05), (-x + ear, arm), (-x + ear, top - 0.15), (-x, top)], "z", low, high, cover)
    parts.shear_since(mark, "x", "y", -dice.real(0.05, 0.2), foot)
    for s in (-1.0, 1.0):
        edge = s * (z - t / 2)
        parts.block((-x, foot, edge - t / 2), (x - 0.05, arm, edge + t / 2), cover)
        parts.rod((-x, arm, edge), (x - 0.02, arm, edge), t * 0.6, cover)
    _feet(dice, parts, x, z, foot)


def _tub(dice: Dice, parts: Assembly) -> None:
    """A barrel: the back runs round into the arms."""
    r, foot, t = dice.real(0.32, 0.42), _feet_height(dice), dice.real(0.05, 0.13)
    seat, arm, top = dice.real(0.36, 0.46), dice.real(0.52, 0.66), dice.real(0.62, 0.85)
    cover = dice.fabric()
    parts.lathe([(r * 0.97, foot), (r, seat - 0.05), (r * 0.9, seat)], (0, 0, 0), shaded(cover, 1.08))
    open_to = dice.real(0.5, 1.2)
    _round_wall(parts, r, t, open_to, lambda a: foot, lambda a: arm + (top - arm) * _rear(a), cover)
    if foot > 0.1 and dice.chance(0.3):
        pedestal(dice, parts, r * 0.8, foot + 0.05, dice.metal())
    else:
        _feet(dice, parts, r * 0.75, r * 0.75, foot)


def _rear(angle: float) -> float:
    """0 at the front and sides … 1 at the rear, for an angle about +y from +x."""
    return float(max(0.0, -np.cos(angle)) ** 0.7)


def _round_wall(
    parts: Assembly, r: float, t: float, open_to: float, low: Height, high: Height, colour: Colour, flare: float = 1.0
) -> None:  # fmt: skip
    """A wall round the y axis, open by ``open_to`` radians to both sides of +x; ``flare`` widens its upper edge."""
    rings = []
    for angle in np.linspace(open_to, 2 * np.pi - open_to, 21):
        a = float(angle)
        c, s = float(np.cos(a)), float(np.sin(a))
        profile = ((r, low(a)), (r * flare, high(a)), (r * flare - t, high(a)), (r - t, low(a)))
        rings.append(np.array([(q * c, y, q * s) for q, y in profile]))
    parts.loft(rings, colour)


def _bucket(dice: Dice, parts: Assembly) -> None:
    """A thin round shell with a cushion on legs, skids, a star or a pedestal."""
    r, high = dice.real(0.27, 0.34), dice.real(0.4, 0.46)
    arm, top = high + dice.real(0.12, 0.24), high + dice.real(0.28, 0.45)
    shell, metal = dice.paint() if dice.chance(0.6) else dice.fabric(), dice.metal()
    parts.lathe([(r * 0.6, high - 0.12), (r * 0.9, high - 0.05), (r * 0.85, high)], (0, 0, 0), dice.fabric())
    _round_wall(
        parts,
        r * 0.85,
        0.04,
        dice.real(0.7, 1.2),
        lambda a: high - 0.1,
        lambda a: arm + (top - arm) * _rear(a),
        shell,
        dice.real(1.0, 1.25),
    )
    _light_base(dice, parts, r, high - 0.1, metal)


def _light_base(dice: Dice, parts: Assembly, r: float, under: float, colour: Colour) -> None:
    base = dice.pick(("pedestal", "star", "legs", "skids"), (3, 2, 3, 1))
    if base == "pedestal":
        pedestal(dice, parts, r * dice.real(0.7, 1.0), under, colour)
    elif base == "star":
        star(dice, parts, r, under, colour, castors=dice.chance(0.3))
    elif base == "legs":
        legs(parts, corners(r * 0.5, r * 0.5), under, 0.018, colour, splay=dice.real(0.05, 0.14), foot=0.012)
    else:
        skids(dice, parts, r * 0.8, r * 0.8, under, 0.013, colour)


def _egg(dice: Dice, parts: Assembly) -> None:
    """A deep rounded shell, taller than wide, its back higher than its arms."""
    r, tall, metal = dice.real(0.32, 0.42), dice.real(0.75, 1.0), dice.metal()
    shell, low, lean, mark = dice.fabric(), dice.real(0.16, 0.3), dice.real(0.0, 0.25), parts.mark()
    open_to, arm = dice.real(0.7, 1.1), dice.real(0.35, 0.55)
    share = np.linspace(0.0, 1.0, 9)
    bulge = np.sqrt(1 - (1.1 * share - 0.4) ** 2)
    rings = []
    for angle in np.linspace(open_to, 2 * np.pi - open_to, 21):
        c, s = float(np.cos(angle)), float(np.sin(angle))
        high = tall * (arm + (1 - arm) * _rear(float(angle)))
        outer = [(r * float(b), low + high * float(t)) for b, t in zip(bulge, share, strict=True)]
        inner = [(q * 0.84, y + 0.02) for q, y in reversed(outer)]
        rings.append(np.array([(q * c, y, q * s) for q, y in [*outer, *inner]]))
    parts.loft(rings, shell)
    parts.lathe([(r * 0.3, low - 0.03), (r * 0.92, low)], (0, 0, 0), shell)
    parts.lathe([(r * 0.9, low), (r * 0.85, low + dice.real(0.1, 0.18))], (0, 0, 0), shaded(shell, 1.15))
    parts.shear_since(mark, "x", "y", -lean, low)
    _light_base(dice, parts, r * 0.9, low, metal)


def _tulip(dice: Dice, parts: Assembly) -> None:
    """A shell that grows out of one trumpet foot."""
    r, high, paint = dice.real(0.23, 0.28), dice.real(0.42, 0.47), dice.paint()
    parts.lathe(
        [(r * 0.95, 0), (r * 0.4, 0.04), (0.03, high * 0.4), (0.05, high * 0.75), (r * 0.9, high - 0.03)],
        (0, 0, 0),
        paint,
    )
    parts.lathe([(r * 0.85, high - 0.03), (r * 0.8, high + 0.02)], (0, 0, 0), dice.fabric())
    arm, top = dice.real(0.02, 0.22), dice.real(0.32, 0.42)
    _round_wall(parts, r * 0.92, 0.03, dice.real(0.5, 1.5), lambda a: high - 0.06,
                lambda a: high + arm + (top - arm) * _rear(a), paint, dice.real(0.95, 1.15))  # fmt: skip


ARMCHAIRS: Family = {
    "club": (5, _club),
    "slim": (3, _slim),
    "wing": (1.5, _wing),
    "tub": (2.5, _tub),
    "bucket": (1.5, _bucket),
    "egg": (1.2, _egg),
    "tulip": (1, _tulip),
    **loungers.LOUNGERS,
}
"""Kinds of armchairs and loungers, with their weights among chairs."""
