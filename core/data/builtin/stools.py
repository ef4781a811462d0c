"""Stools: for a person or a bar, on legs or on one column."""

from core.data.builtin.assembly import Assembly
from core.data.builtin.backs import arms, back, board, random_seat
from core.data.builtin.dice import Colour, Dice
from core.data.builtin.family import Family
from core.data.builtin.frames import circle, corners, legs, pedestal, star


def _cover(dice: Dice, parts: Assembly, r: float, high: float, thick: float, colour: Colour) -> None:
    """A round, square or upholstered top."""
    form = dice.pick(("round", "square", "soft"), (3, 2, 2))
    if form == "round":
        parts.lathe([(r, high - thick), (r, high - 0.01), (r * 0.92, high)], (0, 0, 0), colour)
    elif form == "square":
        parts.block((-r, high - thick, -r), (r, high, r), colour)
    else:
        parts.cushion((-r, high - thick - 0.03, -r), (r, high, r), dice.fabric(), dice.real(2.5, 8))


def _legged(dice: Dice, parts: Assembly, high: float) -> None:
    """Three or four legs, with foot rails if it is high."""
    r, frame = dice.real(0.14, 0.22), dice.surface()
    thick, leg = dice.real(0.02, 0.07), dice.real(0.012, 0.035)
    _cover(dice, parts, r, high, thick, frame if dice.chance(0.5) else dice.surface())
    count, splay = (3, 0.07) if dice.chance(0.25) else (4, dice.real(0.0, 0.1))
    spots = circle(3, r * 0.75) if count == 3 else corners(r * 0.72, r * 0.72)
    legs(parts, spots, high - thick, leg, frame, splay=splay, foot=leg * dice.real(0.7, 1), square=dice.chance(0.4))
    for y in (high * 0.25, high * 0.55)[: dice.whole(0, 2) if high < 0.55 else dice.whole(1, 2)]:
        reach = 1 + splay * (1 - y / high) / r
        ring = [(x * reach, y, z * reach) for x, z in (spots if count == 3 else [spots[k] for k in (0, 1, 3, 2)])]
        parts.path([*ring, ring[0]], min(leg, 0.014), frame, 6)


def _stool(dice: Dice, parts: Assembly) -> None:
    _legged(dice, parts, dice.real(0.38, 0.5))


def _bar_stool(dice: Dice, parts: Assembly) -> None:
    _legged(dice, parts, dice.real(0.6, 0.82))


def _swivel(dice: Dice, parts: Assembly) -> None:
    """A round or padded top on one column, with or without a foot ring."""
    high, metal, r = dice.real(0.45, 0.8), dice.metal(), dice.real(0.15, 0.2)
    thick = dice.real(0.04, 0.09)
    _cover(dice, parts, r, high, thick, dice.fabric())
    if dice.chance(0.35):
        star(dice, parts, dice.real(0.2, 0.28), high - thick, metal)
    else:
        pedestal(dice, parts, r * dice.real(0.9, 1.25), high - thick, metal)
    if high > 0.6 and dice.chance(0.6):
        ring = [(x, high * 0.4, z) for x, z in circle(13, r * 0.85)]
        parts.path([*ring, ring[0]], 0.011, metal, 6)
        parts.rod((-r * 0.85, high * 0.4, 0), (r * 0.85, high * 0.4, 0), 0.011, metal, sides=6)


def _bar_chair(dice: Dice, parts: Assembly) -> None:
    """A bar stool with a back, on legs or a column."""
    seat = random_seat(dice, 0.62, 0.78, 0.9)
    board(dice, parts, seat)
    if dice.chance(0.4):
        pedestal(dice, parts, dice.real(0.2, 0.25), seat.under, dice.metal())
    else:
        r = dice.real(0.012, 0.025)
        splay = dice.real(0.0, 0.08)
        x, z = seat.x - r, seat.z - r
        legs(parts, corners(x, z), seat.under, r, seat.frame, splay=splay, square=dice.chance(0.5))
        y = seat.height * 0.35
        for s in (-1.0, 1.0):
            parts.rod((-x * 1.15, y, s * z * 1.15), (x * 1.15, y, s * z * 1.15), 0.012, seat.frame, sides=6)
            parts.rod((s * x * 1.15, y, -z * 1.15), (s * x * 1.15, y, z * 1.15), 0.012, seat.frame, sides=6)
    back(dice, parts, seat, dice.real(0.18, 0.45))
    if dice.chance(0.15):
        arms(dice, parts, seat)


def _pouf(dice: Dice, parts: Assembly) -> None:
    """A padded drum, cube or hourglass."""
    r, high, cover = dice.real(0.22, 0.32), dice.real(0.35, 0.5), dice.fabric()
    waist = dice.pick(("drum", "cube", "hourglass"), (2, 1.5, 1))
    if waist == "cube":
        parts.cushion((-r, 0, -r), (r, high, r), cover, 8)
    else:
        middle = r * (1.05 if waist == "drum" else dice.real(0.5, 0.7))
        parts.lathe([(r, 0), (middle, high * 0.5), (r, high - 0.02), (r * 0.9, high)], (0, 0, 0), cover)


STOOLS: Family = {
    "stool": (1.8, _stool),
    "bar stool": (1.4, _bar_stool),
    "swivel stool": (1.2, _swivel),
    "bar chair": (1.2, _bar_chair),
    "pouf": (0.5, _pouf),
}
"""Kinds of stools, with their weights among chairs."""
