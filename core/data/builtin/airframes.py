"""What airplanes are made of: fuselage, wings, fins, engines, wheels. The nose is at x = 1, the tail at -1."""

from dataclasses import dataclass

import numpy as np

from core.data.builtin.assembly import Assembly, Point, oval
from core.data.builtin.dice import Colour, Dice


@dataclass(frozen=True)
class Paints:
    """Colours of one airplane."""

    body: Colour
    wing: Colour
    trim: Colour
    engine: Colour


def random_paints(dice: Dice) -> Paints:
    """Mostly greys and whites, with a coloured tail."""
    body = dice.paint() if dice.chance(0.25) else dice.grey()
    return Paints(body, body if dice.chance(0.5) else dice.grey(), dice.paint(), dice.grey())


def fuselage(
    parts: Assembly, r: float, colour: Colour, *, bow: float, stern: float, lift: float = 0.55, end: float = 0.15,
    width: float = 1.0,
) -> None:  # fmt: skip
    """A tube of radius ``r``: ``bow`` and ``stern`` are the tapered lengths, ``lift`` how far the tail rises in radii.

    ``end`` is the tail's radius and ``width`` the tube's width, both in radii.
    """
    stations = (
        (-1.0, lift, end),
        (-1.0 + stern * 0.5, lift * 0.55, (1 + end) / 2),
        (-1.0 + stern, 0.0, 1.0),
        (1.0 - bow, 0.0, 1.0),
        (1.0 - bow * 0.4, -0.05, 0.75),
        (1.0 - bow * 0.1, -0.12, 0.35),
        (1.0, -0.15, 0.05),
    )
    parts.loft([oval(x, y * r, 0, q * r, q * r * width) for x, y, q in stations], colour)


def windows(dice: Dice, parts: Assembly, r: float, bow: float, stern: float) -> None:
    """A windscreen, and a row of cabin windows on each side."""
    glass = dice.dark()
    parts.box((1 - bow * 0.42, r * 0.5, 0), (0.06, r * 0.35, r * 1.1), glass, "z", 30)
    for side in (-1.0, 1.0):
        parts.box((0, r * 0.25, side * r * 0.93), (2 - bow - stern, r * 0.18, r * 0.12), glass)


def canopy(dice: Dice, parts: Assembly, x: float, r: float, length: float) -> None:
    """A pilot's glass bubble."""
    parts.ellipsoid((x, r * 0.75, 0), (length, r * 0.7, r * 0.55), dice.dark())


@dataclass(frozen=True)
class Wing:
    """One pair of wings: lengths in halves of the airplane's length."""

    x: float
    """Of the leading edge at the root."""
    y: float
    span: float
    """From tip to tip."""
    root: float
    """Chord at the root."""
    tip: float
    """Chord at the tip."""
    sweep: float
    """How far the leading edge of the tip lies behind that of the root."""
    rise: float = 0.0
    """How far the tip lies above the root."""

    def at(self, share: float) -> tuple[float, float, float]:
        """A place on the leading edge of the +z wing; ``share`` is 0 at the root and 1 at the tip."""
        return self.x - self.sweep * share, self.y + self.rise * share, self.span / 2 * share


def wings(parts: Assembly, wing: Wing, colour: Colour, thickness: float = 0.05, inner: float = 0.0) -> None:
    """Both wings, from ``inner`` beside the middle outwards."""
    tip_x, tip_y, tip_z = wing.at(1.0)
    for side in (-1.0, 1.0):
        parts.tapered_plate(
            (-wing.root, 0),
            (-wing.tip, 0),
            (wing.x, wing.y, side * inner),
            (tip_x, tip_y, side * tip_z),
            thickness,
            colour,
        )


def winglets(parts: Assembly, wing: Wing, colour: Colour, high: float = 0.13) -> None:
    """Small upright fins at the tips."""
    x, y, z = wing.at(1.0)
    for side in (-1.0, 1.0):
        parts.tapered_plate(
            (-wing.tip, 0),
            (-wing.tip, -wing.tip * 0.4),
            (x, y, side * z),
            (x, y + high, side * (z + 0.03)),
            0.03,
            colour,
        )


def fin(
    parts: Assembly, x: float, y: float, high: float, chord: float, sweep: float, colour: Colour,
    z: float = 0.0, cant: float = 0.0,
) -> None:  # fmt: skip
    """An upright fin with its leading edge at ``x``; its tip lies ``cant`` further out along z."""
    parts.tapered_plate((-chord, 0), (-chord * 0.55 - sweep, -sweep), (x, y, z), (x, y + high, z + cant), 0.045, colour)


def tail(dice: Dice, parts: Assembly, r: float, paints: Paints, form: str | None = None) -> None:
    """Fin and stabilisers of a usual airplane: plain, T, cruciform, V or two fins on the stabilisers' ends."""
    form = form or dice.pick(("plain", "tee", "cross", "vee", "twin"), (7, 1.5, 1, 0.5, 0.7))
    high, chord, half = dice.real(0.26, 0.4), dice.real(0.2, 0.32), dice.real(0.27, 0.42)
    sweep, y, x = dice.real(0.08, 0.26), r * 0.5, -1 + dice.real(0.26, 0.36)
    if form == "vee":
        for side in (-1.0, 1.0):
            fin(parts, x, y, high, chord, sweep, paints.trim, side * r * 0.3, side * high)
        return
    level = y + {"tee": high * 0.97, "cross": high * 0.45}.get(form, 0.0)
    back = sweep if form == "tee" else 0.0
    wings(parts, Wing(x - back, level, 2 * half, chord * 0.8, chord * 0.5, dice.real(0.05, 0.2)), paints.wing, 0.04)
    if form == "twin":
        for side in (-half, half):
            fin(parts, x - 0.08, y - high * 0.2, high * 0.7, chord * 0.7, sweep * 0.5, paints.trim, side)
    else:
        fin(parts, x, y, high, chord, sweep, paints.trim)


def cabin(dice: Dice, parts: Assembly, r: float, paints: Paints, form: str | None = None) -> None:
    """Fuselage, windows and tail of an airplane with passengers; ``form`` is the tail's."""
    bow, stern = dice.real(0.18, 0.32), dice.real(0.45, 0.75)
    fuselage(parts, r, paints.body, bow=bow, stern=stern)
    windows(dice, parts, r, bow, stern)
    tail(dice, parts, r, paints, form)


def nacelle(dice: Dice, parts: Assembly, front: Point, r: float, length: float, colour: Colour) -> None:
    """A jet engine or engine housing that starts at ``front`` and runs to the rear."""
    x, y, z = front
    parts.lathe(
        [(r * 0.6, x - length), (r, x - length * 0.4), (r, x - 0.03), (r * 0.8, x)],
        (0, y, z),
        colour,
        axis="x",
        sides=12,
    )


def propeller(dice: Dice, parts: Assembly, hub: Point, reach: float) -> None:
    """Two to four blades round a spinner."""
    blades, start = dice.whole(2, 4), dice.real(0, 3)
    parts.ellipsoid(hub, (0.05, 0.035, 0.035), dice.metal())
    for k in range(blades):
        a = start + 2 * np.pi * k / blades
        tip = (hub[0], hub[1] + reach * float(np.sin(a)), hub[2] + reach * float(np.cos(a)))
        parts.rod(hub, tip, 0.018, dice.dark(), sides=5)


def wheels(dice: Dice, parts: Assembly, y: float, nose: float, main: float, track: float, r: float = 0.04) -> None:
    """A nose or tail wheel at x = ``nose`` and two main wheels at ``main``, ``track`` beside the middle."""
    low, dark = y - dice.real(0.1, 0.18), dice.dark()
    for x, z in ((nose, 0.0), (main, -track), (main, track)):
        parts.rod((x, y, z * 0.6), (x, low, z), 0.014, dark, sides=6)
        parts.rod((x, low, z - 0.02), (x, low, z + 0.02), r, dark, sides=10)
