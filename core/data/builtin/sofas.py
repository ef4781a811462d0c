"""Sofas: they face +x, are long along z, and the back is at low x."""

from dataclasses import dataclass

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs


@dataclass(frozen=True)
class _Body:
    """Measures of an upholstered body in metres, and its colour."""

    x: float
    z: float
    foot: float
    """Height of the feet."""
    deck: float
    """Height of what the cushions lie on."""
    seat: float
    back: float
    arm: float
    thick: float
    """Width of an arm."""
    cover: Colour


def _body(dice: Dice, seats: int) -> _Body:
    thick = dice.real(0.08, 0.26)
    seat = dice.real(0.36, 0.47)
    length = dice.real(0.85, 1.1) if seats == 1 else 0.66 * seats * dice.real(0.85, 1.1) + 2 * thick
    return _Body(
        x=dice.real(0.36, 0.5),
        z=length / 2,
        foot=dice.real(0.03, 0.2) if dice.chance(0.65) else 0.0,
        deck=seat - dice.real(0.1, 0.17),
        seat=seat,
        back=dice.real(0.65, 0.98),
        arm=seat + (dice.real(0.03, 0.1) if dice.chance(0.2) else dice.real(0.13, 0.28)),
        thick=thick,
        cover=dice.fabric(),
    )


def _base(dice: Dice, parts: Assembly, body: _Body) -> None:
    """The block below the cushions and the feet."""
    parts.block((-body.x, body.foot, -body.z), (body.x, body.deck, body.z), body.cover)
    if body.foot:
        spots = corners(body.x - 0.07, body.z - 0.08)
        wood = dice.wood() if dice.chance(0.7) else dice.metal()
        legs(parts, spots, body.foot + 0.02, dice.real(0.02, 0.035), wood, foot=0.02, square=dice.chance(0.5))


def _cushions(dice: Dice, parts: Assembly, body: _Body, seats: int, inner: float) -> None:
    """Seat cushions between -inner and inner, mostly with back cushions."""
    backed, rise = dice.chance(0.8), dice.real(0.0, 0.1)
    for k in range(seats):
        low = -inner + 2 * inner * k / seats
        high = low + 2 * inner / seats - 0.02
        parts.cushion((-body.x + 0.1, body.deck, low), (body.x + 0.02, body.seat, high), shaded(body.cover, 1.12), 9)
        if backed:
            mark = parts.mark()
            parts.cushion(
                (-body.x + 0.1, body.seat, low), (-body.x + 0.3, body.back - rise, high), shaded(body.cover, 1.05)
            )
            parts.shear_since(mark, "x", "y", -0.2, body.seat)


def _rear(dice: Dice, parts: Assembly, body: _Body, bowed: bool = False) -> None:
    """The back: straight, or higher in the middle."""
    mark, thick = parts.mark(), dice.real(0.12, 0.24)
    if bowed:
        steps = np.linspace(-1, 1, 13)
        outline = [(body.back + 0.16 * (1 - float(t) ** 2), body.z * float(t)) for t in steps]
        parts.prism([(body.foot, -body.z), *outline, (body.foot, body.z)], "x", -body.x, -body.x + thick, body.cover)
    else:
        parts.block((-body.x, body.foot, -body.z), (-body.x + thick, body.back, body.z), body.cover)
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.25), body.foot)


def _arm(dice: Dice, parts: Assembly, body: _Body, side: float, rolled: bool) -> None:
    edge, half = side * (body.z - body.thick / 2), body.thick / 2
    parts.block((-body.x, body.foot, edge - half), (body.x, body.arm, edge + half), body.cover)
    if rolled:
        parts.rod((-body.x, body.arm, edge), (body.x + 0.01, body.arm, edge), body.thick * 0.62, body.cover)


def _sofa(dice: Dice, parts: Assembly) -> None:
    """One to four seats between two arms."""
    seats = dice.whole(1, 4)
    body = _body(dice, seats)
    _base(dice, parts, body)
    _cushions(dice, parts, body, seats if dice.chance(0.8) else 1, body.z - body.thick)
    _rear(dice, parts, body)
    rolled = dice.chance(0.35)
    for side in (-1.0, 1.0):
        _arm(dice, parts, body, side, rolled)
        if dice.chance(0.12):
            at = side * (body.z - body.thick - 0.22)
            parts.box((0, body.seat + 0.17, at), (0.1, 0.34, 0.36), dice.fabric(), "z", 25)


def _camel(dice: Dice, parts: Assembly) -> None:
    """A back that swells in the middle, rolled arms, wooden feet."""
    body = _body(dice, dice.whole(2, 3))
    _base(dice, parts, body)
    _cushions(dice, parts, body, 1, body.z - body.thick)
    _rear(dice, parts, body, bowed=True)
    for side in (-1.0, 1.0):
        _arm(dice, parts, body, side, rolled=True)


def _armless(dice: Dice, parts: Assembly) -> None:
    """Without arms, or with one."""
    seats = dice.whole(1, 3)
    body = _body(dice, seats)
    _base(dice, parts, body)
    _cushions(dice, parts, body, seats, body.z)
    _rear(dice, parts, body)
    if dice.chance(0.4):
        _arm(dice, parts, body, 1.0 if dice.chance(0.5) else -1.0, rolled=False)


def _corner(dice: Dice, parts: Assembly) -> None:
    """An L or a U: one or both ends reach forward, with a back of their own or as a chaise."""
    seats = dice.whole(2, 4)
    body = _body(dice, seats)
    _base(dice, parts, body)
    _cushions(dice, parts, body, seats, body.z - body.thick)
    _rear(dice, parts, body)
    backed = dice.chance(0.6)
    first = 1.0 if dice.chance(0.5) else -1.0
    sides = (-1.0, 1.0) if dice.chance(0.2) else (first,)
    reach = dice.real(0.5, 1.4) if backed else dice.real(0.45, 0.8)
    for side in (-1.0, 1.0):
        if side not in sides:
            _arm(dice, parts, body, side, rolled=False)
            continue
        low, high = sorted((side * body.z, side * (body.z - dice.real(0.7, 0.95))))
        parts.block((body.x - 0.02, body.foot, low), (body.x + reach, body.deck, high), body.cover)
        parts.cushion((body.x - 0.02, body.deck, low), (body.x + reach, body.seat, high), shaded(body.cover, 1.12), 10)
        if backed:
            low, high = sorted((side * body.z, side * (body.z - 0.2)))
            parts.block((-body.x, body.foot, low), (body.x + reach, body.back, high), body.cover)


def _daybed(dice: Dice, parts: Assembly) -> None:
    """A flat cushion with a roll at one end or both, with or without a back; also an ottoman."""
    body = _body(dice, dice.whole(1, 3))
    _base(dice, parts, body)
    parts.cushion((-body.x, body.deck, -body.z), (body.x, body.seat, body.z), shaded(body.cover, 1.1), 10)
    ends = dice.whole(0, 2)
    for side in (-1.0, 1.0)[:ends]:
        at = side * (body.z - 0.14)
        parts.rod((-body.x * 0.9, body.seat + 0.1, at), (body.x * 0.9, body.seat + 0.1, at), 0.12, body.cover)
    if ends and dice.chance(0.5):
        _rear(dice, parts, body)


def _framed(dice: Dice, parts: Assembly) -> None:
    """Cushions in an open frame of wood or steel on legs."""
    seats = dice.whole(1, 3)
    body, frame, r = _body(dice, seats), dice.wood() if dice.chance(0.6) else dice.metal(), dice.real(0.015, 0.03)
    inner, under = body.z - 0.05, body.seat - dice.real(0.1, 0.16)
    parts.block((-body.x, under - 0.05, -body.z), (body.x, under, body.z), frame)
    mark = parts.mark()
    for k in range(seats):
        low = -inner + 2 * inner * k / seats
        high = low + 2 * inner / seats - 0.015
        parts.cushion((-body.x + 0.1, under, low), (body.x, body.seat, high), body.cover)
        parts.cushion((-body.x, under, low), (-body.x + 0.14, body.back - 0.05, high), shaded(body.cover, 1.05))
    parts.shear_since(mark, "y", "x", 0.08, 0.0)
    for z in (-body.z, body.z):
        if dice.chance(0.85):
            parts.block((-body.x, body.arm - 0.03, z - 0.035), (body.x, body.arm, z + 0.035), frame)
        legs(parts, [(body.x - r, z), (r - body.x, z)], body.arm, r, frame, square=dice.chance(0.6))
    parts.block((-body.x - 0.01, body.arm, -body.z), (-body.x + 0.02, body.arm + 0.05, body.z), frame)


def _curved(dice: Dice, parts: Assembly) -> None:
    """Bent round the sitter, the back as one thick wall."""
    body = _body(dice, 2)
    r, wide, t = dice.real(0.8, 1.2), dice.real(0.9, 1.5), dice.real(0.1, 0.2)
    steps = [float(a) for a in np.linspace(-wide / 2, wide / 2, 13)]

    def wall(inner: float, outer: float, low: float, high: float, colour: Colour) -> None:
        rings = []
        for a in steps:
            c, s = -float(np.cos(a)), float(np.sin(a))
            rings.append(
                np.array([(q * c, y, q * s) for q, y in ((inner, low), (outer, low), (outer, high), (inner, high))])
            )
        parts.loft(rings, colour)

    wall(r - 0.75, r, body.foot, body.deck, body.cover)
    wall(r - 0.77, r - t, body.deck, body.seat, shaded(body.cover, 1.12))
    wall(r - t, r + 0.02, body.foot, body.back, body.cover)


SOFAS: Family = {
    "sofa": (11, _sofa),
    "camel": (1.5, _camel),
    "armless": (2, _armless),
    "corner": (5, _corner),
    "daybed": (2, _daybed),
    "framed": (2.5, _framed),
    "curved": (1, _curved),
}
"""Kinds of sofas, with their weights."""
