"""Lamp shades."""

import numpy as np

from core.data.builtin.assembly import Assembly, Point
from core.data.builtin.dice import Colour, Dice


def paper(dice: Dice) -> Colour:
    """The colour of a shade: pale paper or glass, sometimes painted."""
    return dice.colour((0.08, 0.16), (0.02, 0.4), (0.7, 1.0)) if dice.chance(0.65) else dice.paint()


def shade(dice: Dice, parts: Assembly, top: Point, r: float, drop: float, colour: Colour) -> None:
    """A shade of lower radius ``r`` that hangs down ``drop`` from ``top``: cone, drum, bell, square, dome."""
    upper = r * (dice.real(0.35, 0.8) if dice.chance(0.65) else dice.real(0.85, 1.0))
    form = dice.pick(("plain", "bell", "dome"), (7, 1, 1))
    profile = [(r, -drop), (upper, 0.0)]
    if form == "bell":
        profile = [(r, -drop), (r * 0.75, -drop * 0.7), (upper * 0.8, -drop * 0.3), (upper * 0.6, 0.0)]
    elif form == "dome":
        profile = [(r * float(np.cos(a)), -drop + drop * float(np.sin(a))) for a in np.linspace(0, 1.45, 7)]
    sides = 4 if dice.chance(0.15) else 6 if dice.chance(0.1) else 20
    closed = form == "dome" or dice.chance(0.75)
    parts.lathe(profile, top, colour, sides=sides, closed=closed)
    if not closed:
        # Two wires across hold a shade that is open above and below.
        x, y, z = top
        reach = profile[-1][0]
        parts.rod((x - reach, y - 0.005, z), (x + reach, y - 0.005, z), 0.005, colour, sides=5)
        parts.rod((x, y - 0.005, z - reach), (x, y - 0.005, z + reach), 0.005, colour, sides=5)
