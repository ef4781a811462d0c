"""Upholstered and lounge chairs: they face +x, the back is at low x."""

from collections.abc import Callable

import numpy as np

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.backs import arms, random_seat
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
    """A deep rounded shell, taller than wide, closed round the sitter; also hanging-ball and cocoon chairs."""
    r, tall, metal = dice.real(0.32, 0.42), dice.real(0.75, 1.05), dice.metal()
    shell, low = dice.fabric(), dice.real(0.14, 0.3)
    lean, mark = dice.real(0.0, 0.25), parts.mark()
    steps = np.linspace(0.12, 0.95, 11)
    open_to = dice.real(0.7, 1.1)
    rings = []
    for angle in np.linspace(open_to, 2 * np.pi - open_to, 17):
        c, s = float(np.cos(angle)), float(np.sin(angle))
        outer = [
            (r * float(np.sin(np.pi * t) ** 0.6), low + tall * (float(t) - 0.12) * (0.55 + 0.45 * _rear(float(angle))))
            for t in steps
        ]
        inner = [(q * 0.84, y + 0.02) for q, y in reversed(outer)]
        rings.append(np.array([(q * c, y, q * s) for q, y in [*outer, *inner]]))
    parts.loft(rings, shell)
    parts.cushion((-r * 0.7, low, -r * 0.75), (r * 0.85, low + dice.real(0.14, 0.2), r * 0.75), shaded(shell, 1.15), 3)
    parts.shear_since(mark, "x", "y", -lean, low)
    _light_base(dice, parts, r * 0.9, low + 0.05, metal)


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


def _lounge(dice: Dice, parts: Assembly) -> None:
    """Two cushions in an open frame of wood or steel with arms."""
    x, z, seat = dice.real(0.32, 0.42), dice.real(0.3, 0.4), dice.real(0.3, 0.4)
    frame, cover, r = dice.wood() if dice.chance(0.6) else dice.metal(), dice.fabric(), dice.real(0.015, 0.03)
    thick, slope = dice.real(0.07, 0.14), dice.real(0.05, 0.25)
    mark = parts.mark()
    parts.cushion((-x + 0.05, seat - thick, r - z), (x, seat, z - r), cover)
    parts.shear_since(mark, "y", "x", slope, 0.0)
    mark = parts.mark()
    top, rear = dice.real(0.72, 0.98), seat - slope * x - 0.04
    parts.cushion((-x, rear, r - z), (-x + thick, top, z - r), cover)
    parts.shear_since(mark, "x", "y", -dice.real(0.2, 0.5), rear)
    arm = dice.real(0.5, 0.6)
    closed = dice.chance(0.3)
    for s in (-z, z):
        parts.block((-x - 0.06, arm - 0.03, s - r * 1.3), (x, arm, s + r * 1.3), frame)
        if closed:
            parts.path([(-x, arm, s), (-x, r, s), (x - 0.03, r, s), (x - 0.03, arm, s)], r, frame)
        else:
            parts.rod((x - 0.05, 0, s), (x - 0.05, arm - 0.01, s), r, frame, sides=8)
            parts.rod((-x - dice.real(0, 0.1), 0, s), (-x + 0.03, arm - 0.01, s), r, frame, sides=8)
        parts.rod((x - 0.05, seat - thick / 2, s), (-x + 0.02, rear + 0.02, s), r, frame, sides=8)
    if dice.chance(0.25):
        parts.cushion((x + 0.06, seat - thick, 0.04 - z), (x + 0.45, seat, z - 0.04), cover)
        legs(
            parts,
            [(x + 0.1, 0.06 - z), (x + 0.1, z - 0.06), (x + 0.41, 0.06 - z), (x + 0.41, z - 0.06)],
            seat - thick,
            r,
            frame,
        )


def _recliner(dice: Dice, parts: Assembly) -> None:
    """A thick armchair with its back down and its leg rest out; also the lounge chair of shells on a star."""
    x, z, seat, cover = dice.real(0.3, 0.38), dice.real(0.34, 0.46), dice.real(0.38, 0.46), dice.fabric()
    t, lean = dice.real(0.1, 0.18), dice.real(0.25, 0.65)
    light = dice.chance(0.4)
    base = seat - dice.real(0.1, 0.16)
    parts.cushion((-x, base, t - z), (x + 0.04, seat, z - t), shaded(cover, 1.1))
    mark = parts.mark()
    parts.cushion((-x, base, t - z), (-x + dice.real(0.12, 0.2), dice.real(0.92, 1.1), z - t), cover)
    parts.shear_since(mark, "x", "y", -lean, base)
    arm = seat + dice.real(0.12, 0.2)
    if light:
        star(dice, parts, 0.32, base, dice.metal(), castors=False)
        for s in (-1.0, 1.0):
            parts.cushion((-x, arm - 0.08, s * (z - t / 2) - t / 2), (x * 0.7, arm, s * (z - t / 2) + t / 2), cover)
            parts.rod((-x, seat - 0.05, s * (z - t)), (-x * 0.5, arm - 0.05, s * (z - t / 2)), 0.03, cover)
    else:
        parts.block((-x, 0.06, t - z), (x, base + 0.02, z - t), shaded(cover, 0.9))
        for s in (-1.0, 1.0):
            low, high = sorted((s * z, s * (z - t)))
            parts.cushion((-x, 0.03, low), (x, arm, high), cover, 8)
    if dice.chance(0.7):
        reach, drop = dice.real(0.3, 0.45), dice.real(0.0, 0.25)
        parts.ribbon([(x, base + 0.04), (x + reach, base + 0.04 - drop)], z - t, 0.1, cover)


def _chaise(dice: Dice, parts: Assembly) -> None:
    """A long chair: pool lounger, chaise longue or the adjustable one."""
    half, z, y = dice.real(0.75, 0.95), dice.real(0.26, 0.36), dice.real(0.28, 0.4)
    frame, cover = dice.metal() if dice.chance(0.5) else dice.wood(), dice.fabric()
    thick = dice.real(0.03, 0.1)
    rise, knee = dice.real(0.15, 0.5), dice.real(0.0, 0.18) if dice.chance(0.4) else 0.0
    line = [
        (half, y - knee * 0.3),
        (half * 0.35, y + knee),
        (-half * 0.2, y),
        (-half * 0.3, y + 0.03),
        (-half, y + rise),
    ]
    parts.ribbon(line, z, thick, cover)
    if dice.chance(0.3):
        parts.rod((-half * 0.93, y + rise, -z), (-half * 0.93, y + rise, z), 0.06, shaded(cover, 1.1))
    r = dice.real(0.014, 0.028)
    legs(parts, [(half * 0.75, z), (half * 0.75, -z), (-half * 0.35, z), (-half * 0.35, -z)], y, r, frame)
    for s in (-z, z):
        parts.rod((half, y - knee * 0.3 - thick / 2, s), (-half * 0.6, y - thick / 2, s), r, frame, sides=8)
        if dice.chance(0.3):
            parts.block((-half * 0.4, y + 0.2, s - 0.03), (half * 0.15, y + 0.23, s + 0.03), frame)
            parts.rod((half * 0.1, y + 0.2, s), (half * 0.1, y, s), r, frame, sides=8)


def _deck(dice: Dice, parts: Assembly) -> None:
    """A sling of cloth between two crossed wooden frames."""
    z, wood, cloth = dice.real(0.26, 0.34), dice.wood(), dice.fabric()
    reach, top = dice.real(0.45, 0.6), dice.real(0.75, 0.95)
    for s in (-z, z):
        parts.rod((reach, 0.3, s), (-reach * 1.1, 0, s), 0.022, wood, sides=6)
        parts.rod((reach * 0.9, 0, s * 0.92), (-reach, top, s * 0.92), 0.022, wood, sides=6)
        parts.rod((-reach * 0.55, top * 0.68, s), (-reach * 0.8, 0.06, s), 0.015, wood, sides=6)
        if dice.chance(0.4):
            parts.block((-reach * 0.5, 0.5, s - 0.03), (reach * 0.4, 0.53, s + 0.03), wood)
    sag = dice.real(0.1, 0.22)
    parts.ribbon(
        [(reach, 0.31), (reach * 0.3, 0.3 - sag * 0.5), (-reach * 0.3, 0.42 - sag), (-reach, top)], z * 0.9, 0.02, cloth
    )
    for x, y in ((reach, 0.3), (-reach, top), (-reach * 1.1, 0.02), (reach * 0.9, 0.02)):
        parts.rod((x, y, -z), (x, y, z), 0.02, wood, sides=6)


def _bag(dice: Dice, parts: Assembly) -> None:
    """A bean bag: a soft heap, higher at the back, or a pear."""
    x, z, cover = dice.real(0.4, 0.5), dice.real(0.38, 0.48), dice.fabric()
    seat, top = dice.real(0.25, 0.38), dice.real(0.5, 0.85)
    profile = (
        (-1.0, 0.3, 0.45),
        (-0.85, 0.85, 0.8),
        (-0.5, 1.0, 1.0),
        (0.0, 0.75, 1.0),
        (0.4, 0.45, 1.0),
        (0.8, 0.38, 0.85),
        (1.0, 0.15, 0.4),
    )
    rings = []
    for at, height, width in profile:
        h = max(height * top, seat * 0.4) / 2 if at < 0.2 else seat * (0.5 if at < 1 else 0.3)
        rings.append(oval(at * x, h, 0, h, z * width, 2.6))
    parts.loft(rings, cover)


def _slab_sided(dice: Dice, parts: Assembly) -> None:
    """Sides of board or bent plywood down to the ground, seat and back between them: cube chairs, thrones, pews."""
    seat, side = random_seat(dice, size=dice.real(1.05, 1.45)), dice.surface()
    t, arm = dice.real(0.025, 0.07), seat.height + dice.real(0.0, 0.25)
    parts.block((-seat.x, seat.height - dice.real(0.06, 0.2), -seat.z), (seat.x, seat.height, seat.z), seat.cover)
    mark = parts.mark()
    top = seat.height + dice.real(0.3, 0.8)
    parts.block(
        (-seat.x, 0.03 if dice.chance(0.4) else seat.under, -seat.z),
        (-seat.x + dice.real(0.04, 0.1), top, seat.z),
        seat.cover,
    )
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.12), seat.height)
    for s in (-1.0, 1.0):
        low, high = sorted((s * seat.z, s * (seat.z + t)))
        parts.prism(
            [(-seat.x, 0), (seat.x, 0), (seat.x, arm), (-seat.x, arm + dice.real(0, 0.05))], "z", low, high, side
        )
    if dice.chance(0.3):
        parts.block((-seat.x, 0, -seat.z), (seat.x, seat.height - 0.1, seat.z), side)


def _steel(dice: Dice, parts: Assembly) -> None:
    """Leather slings or flat cushions in bent steel: low, wide, on skids."""
    seat = random_seat(dice, 0.36, 0.44, dice.real(1.2, 1.5))
    metal, cover = dice.metal(), dice.dark() if dice.chance(0.5) else dice.fabric()
    mark, thick = parts.mark(), dice.real(0.04, 0.12)
    parts.cushion((-seat.x, seat.height - thick, -seat.z), (seat.x, seat.height, seat.z), cover)
    parts.cushion((-seat.x - thick, seat.height, -seat.z), (-seat.x, seat.height + dice.real(0.35, 0.5), seat.z), cover)
    parts.turn_since(mark, "z", dice.real(4, 20), (0, seat.height, 0))
    skids(dice, parts, seat.x, seat.z, seat.height, dice.real(0.012, 0.022), metal)
    if dice.chance(0.7):
        arms(dice, parts, seat, metal)


ARMCHAIRS: Family = {
    "club": (5, _club),
    "slim": (3, _slim),
    "wing": (1.5, _wing),
    "tub": (2.5, _tub),
    "bucket": (1.5, _bucket),
    "egg": (1.2, _egg),
    "tulip": (1, _tulip),
    "lounge": (2.5, _lounge),
    "recliner": (1.3, _recliner),
    "chaise": (1.3, _chaise),
    "deck": (0.7, _deck),
    "bag": (0.6, _bag),
    "slab": (2, _slab_sided),
    "steel": (1.2, _steel),
}
"""Kinds of armchairs and loungers, with their weights among chairs."""
