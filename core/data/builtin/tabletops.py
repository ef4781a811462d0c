"""Tops and legs that most tables share."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.frames import apron, corners, legs, stretchers


def colours(dice: Dice) -> tuple[Colour, Colour]:
    """Of the top and of what carries it."""
    top = dice.surface()
    return top, shaded(top, dice.real(0.7, 1.1)) if dice.chance(0.5) else dice.surface()


def slab(parts: Assembly, x: float, z: float, under: float, top: float, colour: Colour) -> None:
    """A board of half sides x and z between two heights."""
    parts.block((-x, under, -z), (x, top, z), colour)


def rounded(parts: Assembly, x: float, z: float, under: float, top: float, colour: Colour, power: float = 2.0) -> None:
    """A top with half axes x and z: round or oval for ``power`` 2, a rectangle with round corners above."""
    angles = np.arange(32) * (2 * np.pi / 32)
    outline = [
        (x * float(np.sign(c) * np.abs(c) ** (2 / power)), z * float(np.sign(s) * np.abs(s) ** (2 / power)))
        for c, s in zip(np.cos(angles), np.sin(angles), strict=True)
    ]
    parts.prism(outline, "y", under, top, colour)


def four_legs(dice: Dice, parts: Assembly, x: float, z: float, under: float, colour: Colour, shelf: Colour) -> None:
    """Straight, tapered or splayed legs, with or without an apron, and rails or a shelf below."""
    r = dice.real(0.015, 0.04) if dice.chance(0.75) else dice.real(0.04, 0.075)
    inset = 1.0 if dice.chance(0.5) else dice.real(0.8, 0.97)
    x, z = x * inset - r, z * inset - r
    splay = dice.real(0.03, 0.1) if dice.chance(0.25) else 0.0
    foot = r * (1.0 if dice.chance(0.5) else dice.real(0.5, 0.9))
    legs(parts, corners(x, z), under, r, colour, splay=splay, foot=foot, square=dice.chance(0.65))
    if dice.chance(0.5):
        apron(parts, x, z, under, dice.real(0.04, 0.14), colour)
    if splay == 0 and dice.chance(0.2):
        stretchers(dice, parts, x, z, dice.real(0.1, 0.4) * under, min(r, 0.02), colour)
    elif splay == 0 and dice.chance(0.15):
        slab(parts, x, z, under * 0.25, under * 0.25 + 0.025, shelf)
