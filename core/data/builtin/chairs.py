"""Chairs: they face +x, the back is at low x. Upholstered ones and stools are in modules of their own."""

import numpy as np

from core.data.builtin import armchairs, office_chairs, stools
from core.data.builtin.assembly import Assembly
from core.data.builtin.backs import Seat, arms, back, board, random_seat
from core.data.builtin.dice import Colour, Dice
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs, skids, star, stretchers


def _dining(dice: Dice, parts: Assembly) -> None:
    """Four legs, a seat and a back of any kind."""
    seat = random_seat(dice)
    board(dice, parts, seat)
    _wooden_legs(dice, parts, seat)
    back(dice, parts, seat, dice.real(0.35, 0.6))
    if dice.chance(0.12):
        arms(dice, parts, seat)


def _carver(dice: Dice, parts: Assembly) -> None:
    """A dining chair with arms: wider, lower in the back."""
    seat = random_seat(dice, size=1.12)
    board(dice, parts, seat)
    _wooden_legs(dice, parts, seat)
    back(dice, parts, seat, dice.real(0.3, 0.6))
    arms(dice, parts, seat)


def _wooden_legs(dice: Dice, parts: Assembly, seat: Seat) -> None:
    r = dice.real(0.013, 0.03) if dice.chance(0.75) else dice.real(0.03, 0.055)
    x, z = seat.x - r, seat.z - r
    splay = dice.real(0.02, 0.08) if dice.chance(0.4) else 0.0
    foot = r * dice.real(0.55, 1.0)
    legs(parts, corners(x, z), seat.under, r, seat.frame, splay=splay, foot=foot, square=dice.chance(0.6))
    if dice.chance(0.45):
        stretchers(dice, parts, x, z, seat.under * dice.real(0.2, 0.6), min(r, 0.015), seat.frame)
    if dice.chance(0.3):
        parts.block((-x, seat.under - 0.06, -z), (x, seat.under, z), seat.frame)


def _parsons(dice: Dice, parts: Assembly) -> None:
    """Upholstered as a whole: a thick seat, a plain high back, block legs or a skirt."""
    seat = random_seat(dice, size=1.05)
    cover, thick = dice.fabric(), dice.real(0.1, 0.18)
    parts.cushion((-seat.x, seat.height - thick, -seat.z), (seat.x, seat.height, seat.z), cover, 8)
    mark = parts.mark()
    deep = dice.real(0.06, 0.11)
    top = seat.height + dice.real(0.45, 0.68)
    parts.cushion((-seat.x, seat.height - thick, -seat.z), (-seat.x + deep, top, seat.z), cover, 8)
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.2), seat.height)
    r = dice.real(0.018, 0.032)
    legs(parts, corners(seat.x - r, seat.z - r), seat.height - thick, r, seat.frame, foot=r * 0.75, square=True)
    if dice.chance(0.2):
        parts.block((-seat.x, 0.03, -seat.z), (seat.x, seat.height - thick, seat.z), cover)
    if dice.chance(0.25):
        arms(dice, parts, seat, cover)


def _windsor(dice: Dice, parts: Assembly) -> None:
    """A saddle seat on splayed turned legs, spindles in the back."""
    seat = random_seat(dice, size=1.05)
    outline = [(-seat.x, -seat.z * 0.8), (0.0, -seat.z), (seat.x, -seat.z * 0.85)]
    outline += [(x, -z) for x, z in reversed(outline)]
    parts.prism(outline, "y", seat.height - 0.045, seat.height, seat.frame)
    x, z, r = seat.x * 0.7, seat.z * 0.75, dice.real(0.013, 0.022)
    legs(parts, corners(x, z), seat.height - 0.04, r * 1.3, seat.frame, splay=dice.real(0.07, 0.13), foot=r)
    stretchers(dice, parts, x * 1.15, z * 1.15, seat.height * 0.4, 0.01, seat.frame)
    rise, bend = dice.real(0.4, 0.65), dice.real(0.1, 0.25)
    mark = parts.mark()
    spindles = dice.whole(6, 9)
    hooped = dice.chance(0.6)
    bow = []
    for side in np.linspace(-1, 1, spindles):
        lift = rise * (0.55 + 0.45 * float(np.sqrt(1 - side**2))) if hooped else rise
        top = (-seat.x + 0.03, seat.height + lift, float(side) * seat.z * 0.95)
        bow.append(top)
        parts.rod((-seat.x + 0.03, seat.height - 0.02, float(side) * seat.z * 0.75), top, 0.009, seat.frame, sides=6)
    parts.path(bow, 0.016 if hooped else 0.028, seat.frame, 6)
    parts.shear_since(mark, "x", "y", -bend, seat.height)
    if dice.chance(0.4):
        y = seat.height + 0.2
        ring = [(seat.x * 0.7, y, -seat.z), (-seat.x * 0.6, y, -seat.z), (-seat.x - 0.04, y, 0.0)]
        ring += [(x, y, -z) for x, y, z in reversed(ring[:2])]
        parts.path(ring, 0.018, seat.frame)
        for side in (-seat.z, seat.z):
            parts.rod((seat.x * 0.6, y, side), (seat.x * 0.5, seat.height - 0.02, side * 0.8), 0.012, seat.frame)


def _bentwood(dice: Dice, parts: Assembly) -> None:
    """A round seat in a ring, splayed bent legs, one bow for back and perhaps arms."""
    r, high, wood = dice.real(0.19, 0.23), dice.real(0.44, 0.48), dice.wood() if dice.chance(0.7) else dice.dark()
    parts.lathe([(r, high - 0.04), (r, high)], (0, 0, 0), wood)
    parts.lathe([(r * 0.85, high), (r * 0.8, high + 0.012)], (0, 0, 0), dice.fabric())
    legs(parts, corners(r * 0.65, r * 0.65), high - 0.02, 0.016, wood, splay=dice.real(0.03, 0.08), foot=0.012)
    if dice.chance(0.6):
        y = high * 0.5
        parts.path([(x, y, z) for x, z in _round(r * 0.85, 0.0, 2 * np.pi, 13)], 0.009, wood, 6)
    if dice.chance(0.35):
        # Back and arms are one bow that slopes to the front.
        open_to = dice.real(0.6, 1.0)
        bow = [(x, high + 0.2 + 0.14 * max(0.0, -x / r), z) for x, z in _round(r * 1.15, open_to, 2 * np.pi - open_to)]
        parts.path(bow, 0.015, wood)
        for x, y, z in (bow[0], bow[3], bow[-4], bow[-1]):
            parts.rod((x, y, z), (x * 0.82, high - 0.02, z * 0.82), 0.012, wood, sides=6)
        return
    rise, wide = dice.real(0.38, 0.5), r * dice.real(0.85, 1.0)
    for scale in (1.0, 0.6):
        bow = [(-r * 0.75 - 0.08 * scale * float(np.sin(a)), high + rise * scale * float(np.sin(a)) ** 0.6,
                -wide * scale * float(np.cos(a))) for a in np.linspace(0, np.pi, 11)]  # fmt: skip
        parts.path(bow, 0.013, wood)


def _round(radius: float, start: float, end: float, steps: int = 11) -> list[tuple[float, float]]:
    return [(radius * float(np.cos(a)), radius * float(np.sin(a))) for a in np.linspace(start, end, steps)]


def _folding(dice: Dice, parts: Assembly) -> None:
    """Two crossed pairs of legs; one pair goes up into the back."""
    seat, metal = random_seat(dice), dice.metal() if dice.chance(0.6) else dice.wood()
    r, reach = dice.real(0.01, 0.018), dice.real(0.2, 0.26)
    rise = dice.real(0.3, 0.42)
    parts.block((-seat.x * 0.9, seat.height - 0.03, -seat.z), (seat.x, seat.height, seat.z), seat.cover)
    lean = 2 * reach / seat.height
    for z in (-seat.z, seat.z):
        top = (reach - lean * (seat.height + rise) * 0.85, seat.height + rise, z)
        parts.rod((reach, 0, z), top, r, metal, sides=8)
        parts.rod((-reach, 0, z * 0.88), (seat.x * 0.6, seat.height - 0.02, z * 0.88), r, metal, sides=8)
    rear = reach - lean * (seat.height + rise) * 0.85
    low = seat.height + rise * dice.real(0.2, 0.6)
    parts.block((rear - 0.01, low, -seat.z), (rear + 0.03, seat.height + rise, seat.z), seat.cover)
    for x, y in ((reach * 0.8, 0.06), (-reach * 0.9, 0.05)):
        parts.rod((x, y, -seat.z), (x, y, seat.z), r * 0.8, metal, sides=6)


def _cantilever(dice: Dice, parts: Assembly) -> None:
    """Bent tubes that carry the seat from the front only."""
    seat, metal = random_seat(dice), dice.metal()
    r, z = dice.real(0.011, 0.018), seat.z
    top = seat.height + dice.real(0.3, 0.48)
    armed = dice.chance(0.5)
    y = seat.height + dice.real(0.17, 0.24)
    parts.ribbon([(seat.x, seat.height), (-seat.x * 0.8, seat.height - 0.02)], z, seat.thick, seat.cover)
    rear = -seat.x - 0.06
    parts.ribbon([(-seat.x, seat.height + 0.08), (rear, top)], z, dice.real(0.02, 0.05), seat.cover)
    for s in (-z, z):
        line = [(-seat.x, r, s), (seat.x, r, s), (seat.x + 0.03, 0.06, s)]
        if armed:
            parts.path([*line, (seat.x + 0.02, y, s), (rear, y + 0.02, s)], r, metal)
            parts.rod((-seat.x * 0.9, seat.under, s), (rear, top, s), r, metal, sides=8)
        else:
            parts.path([*line, (seat.x, seat.under, s), (-seat.x, seat.under, s), (rear, top, s)], r, metal)
    parts.rod((-seat.x, r, -z), (-seat.x, r, z), r, metal, sides=8)
    parts.rod((seat.x, seat.under, -z), (seat.x, seat.under, z), r, metal, sides=8)


def _stacking(dice: Dice, parts: Assembly) -> None:
    """Steel tube, a seat pad and a separate back pad, as in halls and classrooms."""
    seat, metal = random_seat(dice), dice.metal()
    r = dice.real(0.01, 0.016)
    parts.cushion((-seat.x, seat.height - 0.05, -seat.z), (seat.x, seat.height, seat.z), seat.cover)
    if dice.chance(0.4):
        skids(dice, parts, seat.x, seat.z, seat.height - 0.04, r, metal)
    else:
        spots = corners(seat.x * 0.85, seat.z)
        legs(parts, spots, seat.height - 0.03, r, metal, splay=dice.real(0.0, 0.06))
    mark = parts.mark()
    top, low = seat.height + dice.real(0.3, 0.45), seat.height + dice.real(0.08, 0.2)
    parts.cushion((-seat.x - 0.03, low, -seat.z), (-seat.x + 0.02, top, seat.z), seat.cover)
    for z in (-seat.z * 0.85, seat.z * 0.85):
        parts.rod((-seat.x - 0.01, seat.height - 0.04, z), (-seat.x - 0.01, top - 0.04, z), r, metal, sides=8)
    parts.shear_since(mark, "x", "y", -dice.real(0.1, 0.3), seat.height)
    if dice.chance(0.3):
        arms(dice, parts, seat, metal)
    if dice.chance(0.25):
        # A writing tablet on one arm.
        y = seat.height + 0.24
        parts.block((0.0, y, 0.0), (seat.x + 0.18, y + 0.02, seat.z + 0.05), dice.wood())
        parts.path([(-seat.x, seat.height, seat.z), (-seat.x * 0.5, y, seat.z + 0.02), (seat.x, y, seat.z)], r, metal)


def _shell(dice: Dice, parts: Assembly) -> None:
    """One moulded shell on legs, wires, skids or a star."""
    seat, metal = random_seat(dice), dice.metal() if dice.chance(0.6) else dice.wood()
    _moulded(dice, parts, seat, dice.paint())
    under, r = seat.height - 0.03, dice.real(0.009, 0.018)
    base = dice.pick(("legs", "skids", "star", "wires"), (4, 2, 2, 1.5))
    if base == "legs":
        legs(parts, corners(seat.x * 0.5, seat.z * 0.6), under, r * 1.3, metal, splay=dice.real(0.06, 0.16), foot=r)
    elif base == "skids":
        skids(dice, parts, seat.x * 0.9, seat.z * 0.85, under, r, metal)
    elif base == "star":
        star(dice, parts, dice.real(0.22, 0.3), under, metal, castors=dice.chance(0.6))
    else:
        legs(parts, corners(seat.x * 0.8, seat.z * 0.8), under, r * 0.8, metal, splay=0.05)
        for s in (-1.0, 1.0):
            parts.rod((seat.x, 0.1, s * seat.z), (-seat.x, under, s * seat.z * 0.5), r * 0.7, metal, sides=6)
            parts.rod((s * seat.x, 0.1, -seat.z), (s * seat.x * 0.6, under, seat.z * 0.5), r * 0.7, metal, sides=6)


def _moulded(dice: Dice, parts: Assembly, seat: Seat, colour: Colour) -> None:
    """Seat, curve and back in one bent board, perhaps with sides that rise to arms."""
    y, x, rise = seat.height, seat.x, dice.real(0.3, 0.48)
    line = [
        (x, y - 0.03),
        (x * 0.7, y),
        (0.0, y - 0.02),
        (-x * 0.75, y),
        (-x * 1.05, y + 0.08),
        (-x * 1.2, y + rise * 0.5),
        (-x * 1.35, y + rise),
    ]
    waist, crown = dice.real(0.75, 1.0), dice.real(0.55, 1.0)
    widths = [seat.z * w for w in (0.85, 1.0, 1.0, 0.95, waist, 1.0, crown)]
    parts.ribbon(line, widths, dice.real(0.02, 0.035), colour)
    if dice.chance(0.35):
        for s in (-1.0, 1.0):
            wall = [(-x * 1.2, y + rise * 0.55), (x * 0.5, y + 0.16), (x * 0.6, y), (-x * 1.0, y)]
            z = s * seat.z
            parts.prism(wall, "z", z - 0.012, z + 0.012, colour)


def _monobloc(dice: Dice, parts: Assembly) -> None:
    """The garden chair of one piece: flat legs, slotted or plain back, arms."""
    seat, colour = random_seat(dice, 0.4, 0.46, 1.08), dice.paint()
    parts.cushion((-seat.x, seat.height - 0.03, -seat.z), (seat.x, seat.height, seat.z), colour, 8)
    for x, z in corners(seat.x, seat.z):
        lean = 0.05 if x < 0 else 0.02
        parts.ribbon([(x - lean, 0.0), (x, seat.height)], 0.025, 0.05, colour, z)
        parts.ribbon([(x, seat.height - 0.02), (x * 0.95, seat.height + 0.22)], 0.02, 0.035, colour, z)
    mark = parts.mark()
    top = seat.height + dice.real(0.35, 0.48)
    slots = dice.whole(1, 5)
    for k in range(slots):
        low = -seat.z + 2 * seat.z * k / slots
        high = low + 2 * seat.z / slots * (1.0 if slots == 1 else 0.7)
        parts.block((-seat.x - 0.01, seat.height, low), (-seat.x + 0.02, top, high), colour)
    parts.block((-seat.x - 0.01, top - 0.08, -seat.z), (-seat.x + 0.02, top, seat.z), colour)
    parts.shear_since(mark, "x", "y", -dice.real(0.15, 0.3), seat.height)
    for z in (-seat.z, seat.z):
        parts.block((-seat.x - 0.05, seat.height + 0.2, z - 0.03), (seat.x, seat.height + 0.23, z + 0.03), colour)


def _panton(dice: Dice, parts: Assembly) -> None:
    """One S or Z of a single board."""
    seat, colour = random_seat(dice), dice.paint()
    x, y, top = seat.x, seat.height, seat.height + dice.real(0.35, 0.5)
    if dice.chance(0.5):
        line = [(-x, 0.02), (x * 0.3, 0.05), (x * 0.8, y * 0.5), (x, y - 0.04), (x * 0.7, y), (-x * 0.5, y - 0.02),
                (-x, y + 0.1), (-x * 1.3, top)]  # fmt: skip
    else:
        line = [
            (x, 0.02),
            (-x * 0.9, 0.02),
            (-x, 0.04),
            (x * 0.9, y - 0.03),
            (x, y),
            (x * 0.9, y),
            (-x * 0.8, y - 0.02),
            (-x, y),
            (-x * 1.2, top),
        ]
    parts.ribbon(line, seat.z, dice.real(0.025, 0.05), colour)


def _rocking(dice: Dice, parts: Assembly) -> None:
    """A wooden armchair on two bows."""
    seat = random_seat(dice, 0.4, 0.46, 1.08)
    board(dice, parts, seat)
    r = dice.real(0.015, 0.025)
    x, z = seat.x - r, seat.z - r
    legs(parts, corners(x, z), seat.under, r, seat.frame)
    curve, reach = dice.real(0.25, 0.45), seat.x * dice.real(1.5, 2.0)
    for side in (-z, z):
        bow = [(t * reach, curve * (t * reach) ** 2 * 1.6 - 0.01, side) for t in np.linspace(-1.2, 0.95, 9)]
        parts.path(bow, r, seat.frame)
    back(dice, parts, seat, dice.real(0.55, 0.75), dice.real(0.2, 0.35))
    if dice.chance(0.8):
        arms(dice, parts, seat)


CHAIRS: Family = {
    "dining": (9, _dining),
    "carver": (4, _carver),
    "parsons": (3, _parsons),
    "windsor": (2, _windsor),
    "bentwood": (1.5, _bentwood),
    "folding": (1.3, _folding),
    "cantilever": (2, _cantilever),
    "stacking": (2, _stacking),
    "shell": (3, _shell),
    "monobloc": (1, _monobloc),
    "panton": (1, _panton),
    "rocking": (1.2, _rocking),
    **office_chairs.OFFICE_CHAIRS,
    **armchairs.ARMCHAIRS,
    **stools.STOOLS,
}
"""Kinds of chairs, with their weights."""
