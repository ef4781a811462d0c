"""Seats with the backs and arms that stand on them: what chairs, stools and benches have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


@dataclass(frozen=True)
class Seat:
    """A seat centred over the origin, in metres."""

    height: float
    """Of its upper side."""
    x: float
    """Half its depth."""
    z: float
    """Half its width."""
    thick: float
    frame: Colour
    """Of legs, posts and rails."""
    cover: Colour
    """Of what one touches."""

    @property
    def under(self) -> float:
        """Height of its lower side."""
        return self.height - self.thick


def random_seat(dice: Dice, low: float = 0.42, high: float = 0.5, size: float = 1.0) -> Seat:
    """A seat between two heights; ``size`` scales its width and depth."""
    frame = dice.surface()
    cover = dice.fabric() if dice.chance(0.5) else frame if dice.chance(0.6) else dice.surface()
    return Seat(
        height=dice.real(low, high),
        x=dice.real(0.19, 0.26) * size,
        z=dice.real(0.19, 0.27) * size,
        thick=dice.real(0.025, 0.09),
        frame=frame,
        cover=cover,
    )


def board(dice: Dice, parts: Assembly, seat: Seat) -> None:
    """The seat itself: flat, tapered towards the back, round, or a cushion on a board."""
    form = dice.pick(("flat", "tapered", "round", "cushion"), (4, 3, 1, 2))
    if form == "round":
        r = (seat.x + seat.z) / 2
        parts.lathe([(r, seat.under), (r, seat.height - 0.01), (r * 0.9, seat.height)], (0, 0, 0), seat.cover)
    elif form == "cushion":
        middle = seat.under + min(0.03, seat.thick / 2)
        parts.block((-seat.x, seat.under, -seat.z), (seat.x, middle, seat.z), seat.frame)
        parts.cushion((-seat.x, middle, -seat.z), (seat.x, seat.height + 0.02, seat.z), seat.cover)
    else:
        rear = seat.z * (1.0 if form == "flat" else dice.real(0.75, 0.95))
        outline = [(-seat.x, -rear), (seat.x, -seat.z), (seat.x, seat.z), (-seat.x, rear)]
        parts.prism(outline, "y", seat.under, seat.height, seat.cover)


def back(dice: Dice, parts: Assembly, seat: Seat, rise: float, lean: float | None = None) -> None:
    """A back of a random kind that reaches ``rise`` above the seat; ``lean`` is its slope to the rear."""
    mark = parts.mark()
    dice.choose(BACKS)(dice, parts, seat, rise)
    parts.shear_since(mark, "x", "y", -(dice.real(0.0, 0.28) if lean is None else lean), seat.height)


def _posts(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> tuple[float, float]:
    """Two uprights at the rear corners; their x and z."""
    r = dice.real(0.014, 0.035)
    x, z = -seat.x + r, seat.z - r
    for side in (-z, z):
        parts.post((x, seat.height - 0.03, side), (x, seat.height + rise, side), r, seat.frame)
    return x, z


def _solid(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    thick, waist = dice.real(0.02, 0.07), seat.z * dice.real(0.8, 1.0)
    low, top = seat.height - 0.03, seat.height + rise
    outline = [(low, -waist), (top - 0.06, -seat.z * 0.97), (top, -seat.z * dice.real(0.6, 0.97))]
    outline += [(y, -z) for y, z in reversed(outline)]
    parts.prism(outline, "x", -seat.x, -seat.x + thick, seat.cover)


def _pad(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    low = seat.height + dice.real(0.15, 0.5) * rise
    parts.cushion(
        (-seat.x - 0.02, low, -seat.z), (-seat.x + dice.real(0.03, 0.07), seat.height + rise, seat.z), seat.cover
    )
    if dice.chance(0.4):
        parts.block((-seat.x - 0.02, seat.under, -0.04), (-seat.x, low + 0.1, 0.04), seat.frame)
    else:
        for side in (-seat.z * 0.8, seat.z * 0.8):
            parts.rod((-seat.x, seat.under, side), (-seat.x, low + 0.1, side), 0.017, seat.frame, sides=8)


def _panel(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    """A frame round a panel, which may leave a gap above the seat."""
    x, z = _posts(dice, parts, seat, rise)
    gap = dice.real(0.0, 0.4) * rise
    parts.block((x - 0.012, seat.height + gap, -z), (x + 0.02, seat.height + rise, z), seat.cover)


def _slats(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    x, z = _posts(dice, parts, seat, rise)
    crest = dice.real(0.05, 0.12)
    parts.block((x - 0.015, seat.height + rise - crest, -z), (x + 0.015, seat.height + rise, z), seat.frame)
    low = seat.height + dice.real(0.0, 0.2) * rise
    parts.block((x - 0.01, low, -z), (x + 0.01, low + 0.03, z), seat.frame)
    wide = dice.real(0.01, 0.03)
    for side in np.linspace(-z, z, dice.whole(5, 8))[1:-1]:
        parts.block((x - 0.01, low, side - wide), (x + 0.01, seat.height + rise - 0.03, side + wide), seat.frame)


def _ladder(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    x, z = _posts(dice, parts, seat, rise)
    rungs, high = dice.whole(1, 4), dice.real(0.04, 0.09)
    for y in np.linspace(seat.height + rise, seat.height, rungs + 1)[:-1]:
        parts.block((x - 0.012, y - high, -z), (x + 0.012, y, z), seat.frame)


def _crossed(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    x, z = _posts(dice, parts, seat, rise)
    low, top = seat.height + 0.12 * rise, seat.height + rise
    parts.block((x - 0.012, top - 0.07, -z), (x + 0.012, top, z), seat.frame)
    for side in (-z, z):
        parts.rod((x, low, side), (x, top - 0.05, -side), 0.016, seat.frame, sides=6)


def _splat(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    """A shaped board in the middle under a bowed crest."""
    x, z = _posts(dice, parts, seat, rise * 0.92)
    wide, top = seat.z * dice.real(0.25, 0.45), seat.height + rise
    half = [(seat.height, wide * 0.7), (seat.height + rise * 0.35, wide), (seat.height + rise * 0.6, wide * 0.6),
            (top, wide)]  # fmt: skip
    parts.prism([*half, *((y, -w) for y, w in reversed(half))], "x", x - 0.01, x + 0.012, seat.frame)
    low = top - 0.09
    parts.prism(
        [(low, -z * 1.05), (top, -z * 0.8), (top, z * 0.8), (low, z * 1.05)], "x", x - 0.015, x + 0.02, seat.frame
    )


def _hoop(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    """A bent rod, empty, with an inner hoop or with spindles."""
    x, r = -seat.x + 0.015, dice.real(0.012, 0.022)
    bow = [(x, seat.height + rise * (0.45 + 0.55 * float(np.sin(a))), -seat.z * float(np.cos(a)))
           for a in np.linspace(0.0, np.pi, 11)]  # fmt: skip
    parts.path([(x, seat.under, -seat.z * 0.9), *bow, (x, seat.under, seat.z * 0.9)], r, seat.frame)
    filling = dice.pick(("empty", "hoop", "spindles", "panel"), (1, 1, 3, 1))
    if filling == "hoop":
        inner = [(x, seat.height + (y - seat.height) * 0.75, z * 0.55) for _, y, z in bow]
        parts.path([(x, seat.under, inner[0][2]), *inner, (x, seat.under, inner[-1][2])], r * 0.8, seat.frame)
    elif filling == "spindles":
        _spindles(dice, parts, seat, lambda z: rise * (0.45 + 0.55 * float(np.sqrt(max(0.0, 1 - (z / seat.z) ** 2)))))
    elif filling == "panel":
        parts.prism([(y, z * 0.97) for _, y, z in bow], "x", x - 0.01, x + 0.02, seat.cover)


def _comb(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    """Spindles under a crest rail, without corner posts."""
    x, top = -seat.x + 0.015, seat.height + rise
    bend = dice.real(0.0, 0.06)
    rail = [(x + bend * (z / seat.z) ** 2, z) for z in np.linspace(-seat.z, seat.z, 7)]
    for (x0, z0), (x1, z1) in pairwise(rail):
        parts.rod((x0, top - 0.03, z0), (x1, top - 0.03, z1), 0.028, seat.frame, sides=6)
    _spindles(dice, parts, seat, lambda _: rise - 0.03)


def _spindles(dice: Dice, parts: Assembly, seat: Seat, reach: Callable[[float], float]) -> None:
    x, r = -seat.x + 0.015, dice.real(0.007, 0.013)
    for side in np.linspace(-seat.z * 0.9, seat.z * 0.9, dice.whole(6, 10)):
        z = float(side)
        parts.rod((x, seat.height - 0.02, z * 0.85), (x, seat.height + reach(z), z), r, seat.frame, sides=6)


def _medallion(dice: Dice, parts: Assembly, seat: Seat, rise: float) -> None:
    """An upholstered oval or round back on two short posts."""
    high, wide = rise * dice.real(0.33, 0.42), seat.z * dice.real(0.85, 1.0)
    x, y = -seat.x, seat.height + rise - high
    mark = parts.mark()
    parts.lathe([(0.8, -0.02), (1.0, 0.0), (0.8, 0.025)], (0, 0, 0), seat.cover, axis="x")
    parts.stretch_since(mark, (1.0, high, wide), (x, y, 0))
    for side in (-0.5, 0.5):
        parts.rod((x, seat.under, side * wide), (x, y - high * 0.8, side * wide), 0.018, seat.frame, sides=8)


BACKS: Mapping[str, tuple[float, Callable[[Dice, Assembly, Seat, float], None]]] = {
    "solid": (4, _solid),
    "pad": (3, _pad),
    "panel": (3, _panel),
    "slats": (3, _slats),
    "ladder": (3, _ladder),
    "crossed": (0.8, _crossed),
    "splat": (1, _splat),
    "hoop": (1.5, _hoop),
    "comb": (1.2, _comb),
    "medallion": (0.8, _medallion),
}
"""Kinds of backs: weight and the function that adds one of this height to a seat, upright at its rear edge."""


def arms(dice: Dice, parts: Assembly, seat: Seat, colour: Colour | None = None) -> None:
    """Two arm rests: on posts, on bent rods, closed below, or padded."""
    colour = colour or seat.frame
    y, front = seat.height + dice.real(0.17, 0.26), seat.x - dice.real(0.0, 0.12)
    kind = dice.pick(("post", "loop", "closed", "bow"), (4, 2, 1, 1.5))
    wide, r = dice.real(0.02, 0.04), dice.real(0.012, 0.025)
    for z in (-seat.z, seat.z):
        if kind == "closed":
            parts.block((-seat.x, seat.under, z - wide), (front, y, z + wide), colour)
        elif kind == "bow":
            line = [(-seat.x, y + 0.03, z), (front - 0.05, y, z), (front, y - 0.06, z), (front - 0.03, seat.under, z)]
            parts.path(line, r, colour)
        else:
            parts.block((-seat.x, y - 0.03, z - wide), (front, y, z + wide), shaded(colour, 0.95))
            foot = front - 0.03 if kind == "post" else 0.0
            parts.rod((front - 0.03, y - 0.01, z), (foot, seat.under, z), r, colour, sides=8)
