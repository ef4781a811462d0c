"""Airplanes with propellers or none: the nose is at +x, the body is two units long."""

from core.data.builtin.airframes import (
    Wing,
    cabin,
    canopy,
    fin,
    fuselage,
    nacelle,
    propeller,
    random_paints,
    tail,
    wheels,
    wings,
)
from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Dice
from core.data.builtin.family import Family


def _turboprop(dice: Dice, parts: Assembly) -> None:
    """Two propellers on straight wings, high or low."""
    paints, r = random_paints(dice), dice.real(0.09, 0.13)
    cabin(dice, parts, r, paints)
    root, high = dice.real(0.26, 0.38), dice.chance(0.5)
    wing = Wing(
        dice.real(0.15, 0.35),
        r * (0.9 if high else -0.6),
        dice.real(1.9, 2.5),
        root,
        root * dice.real(0.45, 0.8),
        dice.real(0.0, 0.12),
        dice.real(0.0, 0.12),
    )
    wings(parts, wing, paints.wing)
    x, y, z = wing.at(dice.real(0.25, 0.35))
    e = dice.real(0.045, 0.07)
    for side in (-1.0, 1.0):
        nacelle(dice, parts, (x + 0.18, y, side * z), e, dice.real(0.4, 0.6), paints.engine)
        propeller(dice, parts, (x + 0.2, y, side * z), dice.real(0.14, 0.22))
    if dice.chance(0.4):
        wheels(dice, parts, -r * 0.6, 0.7, 0.05, 0.2)


def _high_wing(dice: Dice, parts: Assembly) -> None:
    """A light airplane: wings on top with struts, one propeller, fixed wheels or floats."""
    paints, r = random_paints(dice), dice.real(0.12, 0.17)
    fuselage(parts, r, paints.body, bow=0.4, stern=dice.real(0.9, 1.15), lift=0.4, end=0.2, width=0.75)
    parts.frustum(r * 0.3, (-0.05, 0.5, -r * 0.7, r * 0.7), r * 1.5, (0.0, 0.32, -r * 0.6, r * 0.6), dice.dark())
    root = dice.real(0.28, 0.4)
    wing = Wing(
        dice.real(0.28, 0.42),
        r * 1.5,
        dice.real(2.2, 2.9),
        root,
        root * dice.real(0.65, 1.0),
        dice.real(0.0, 0.06),
        dice.real(0.0, 0.1),
    )
    wings(parts, wing, paints.wing)
    x, y, z = wing.at(0.5)
    if dice.chance(0.75):
        for side in (-1.0, 1.0):
            parts.rod((x - 0.1, -r * 0.5, side * r * 0.5), (x - 0.1, y, side * z), 0.016, paints.trim, sides=6)
    tail(dice, parts, r * 0.7, paints, "plain")
    propeller(dice, parts, (1.0, -r * 0.1, 0), dice.real(0.22, 0.32))
    if dice.chance(0.2):
        for side in (-0.28, 0.28):
            hull = [oval(q, -r - 0.25, side, h, h) for q, h in ((-0.5, 0.03), (0.0, 0.07), (0.6, 0.07), (0.85, 0.02))]
            parts.loft(hull, paints.trim)
            for q in (-0.05, 0.45):
                parts.rod((q, -r * 0.6, side * 0.3), (q, -r - 0.2, side), 0.018, paints.trim, sides=6)
    elif dice.chance(0.8):
        wheels(dice, parts, -r * 0.6, 0.75 if dice.chance(0.7) else -0.85, 0.3, 0.24, 0.055)


def _low_wing(dice: Dice, parts: Assembly) -> None:
    """Warbirds, trainers and tourers: one propeller, wings below, a bubble canopy."""
    paints, r = random_paints(dice), dice.real(0.1, 0.15)
    fuselage(parts, r, paints.body, bow=dice.real(0.12, 0.3), stern=dice.real(1.0, 1.3), lift=0.4, end=0.15, width=0.85)
    canopy(dice, parts, dice.real(-0.05, 0.25), r * 1.15, dice.real(0.18, 0.32))
    root = dice.real(0.38, 0.52)
    wing = Wing(
        dice.real(0.35, 0.52),
        -r * 0.6,
        dice.real(1.9, 2.5),
        root,
        root * dice.real(0.35, 0.7),
        dice.real(0.03, 0.15),
        dice.real(0.03, 0.2),
    )
    wings(parts, wing, paints.wing, 0.06)
    tail(dice, parts, r * 0.8, paints, "plain")
    propeller(dice, parts, (1.02, -r * 0.1, 0), dice.real(0.25, 0.36))
    if dice.chance(0.5):
        wheels(dice, parts, -r * 0.5, -0.85, wing.x - 0.1, 0.3, 0.06)


def _biplane(dice: Dice, parts: Assembly) -> None:
    """Two wings above each other (or three) with struts between."""
    paints, r = random_paints(dice), dice.real(0.12, 0.17)
    fuselage(parts, r, paints.body, bow=dice.real(0.15, 0.3), stern=1.2, lift=0.4, width=0.85)
    root, front, span = dice.real(0.3, 0.42), dice.real(0.5, 0.65), dice.real(1.9, 2.4)
    low, high = -r * 0.8, r * dice.real(1.9, 2.6)
    levels = (low, r * 0.4, high) if dice.chance(0.15) else (low, high)
    for y in levels:
        stagger = 0.08 * (y - low) / (high - low)
        wings(
            parts,
            Wing(front + stagger, y, span * (1.0 if y == high else dice.real(0.85, 1.0)), root, root * 0.9, 0.0),
            paints.wing,
        )
    for z in (-0.33 * span, 0.33 * span, -r * 0.5, r * 0.5):
        for x in (front - 0.05, front - root + 0.08):
            parts.rod((x, low if abs(z) > r else 0.0, z), (x + 0.06, high, z), 0.015, paints.trim, sides=6)
    parts.lathe([(r * 1.02, 0.8), (r * 1.02, 0.97), (r * 0.5, 1.0)], (0, 0, 0), paints.engine, axis="x", sides=14)
    propeller(dice, parts, (1.03, 0, 0), dice.real(0.26, 0.36))
    tail(dice, parts, r * 0.8, paints, "plain")
    wheels(dice, parts, -r * 0.6, -0.9, 0.55, 0.24, 0.08)


def _glider(dice: Dice, parts: Assembly) -> None:
    """Very long slender wings, a thin tail boom, a T- or V-tail."""
    paints, r = random_paints(dice), dice.real(0.07, 0.1)
    fuselage(parts, r, paints.body, bow=0.35, stern=dice.real(1.1, 1.35), lift=0.2, end=0.25)
    canopy(dice, parts, 0.6, r, 0.25)
    root = dice.real(0.18, 0.26)
    wing = Wing(
        dice.real(0.25, 0.4),
        r * 0.7,
        dice.real(2.8, 3.8),
        root,
        root * dice.real(0.35, 0.6),
        dice.real(0.0, 0.08),
        dice.real(0.05, 0.2),
    )
    wings(parts, wing, paints.wing)
    tail(dice, parts, r * 0.4, paints, dice.pick(("tee", "vee", "plain"), (3, 1, 1)))


def _drone(dice: Dice, parts: Assembly) -> None:
    """A slim body with a pushing propeller, straight wings and a V-tail, or two tail booms."""
    paints, r = random_paints(dice), dice.real(0.08, 0.13)
    booms = dice.chance(0.45)
    wing = Wing(0.25, r * 0.5, dice.real(2.2, 3.0), 0.26, dice.real(0.12, 0.24), dice.real(0.0, 0.1), 0.03)
    wings(parts, wing, paints.wing)
    if booms:
        stations = ((-0.2, 0.4), (0.1, 1.0), (0.6, 1.0), (0.85, 0.7), (1.0, 0.1))
        parts.loft([oval(x, 0, 0, q * r, q * r) for x, q in stations], paints.body)
        for z in (-0.35, 0.35):
            parts.rod((-1.0, r * 0.5, z), (0.2, r * 0.5, z), 0.03, paints.body, sides=8)
            fin(parts, -0.78, r * 0.5, 0.24, 0.2, 0.08, paints.trim, z)
        parts.block((-0.98, r * 0.5, -0.35), (-0.8, r * 0.5 + 0.04, 0.35), paints.wing)
        propeller(dice, parts, (-0.22, 0, 0), 0.2)
    else:
        fuselage(parts, r, paints.body, bow=0.3, stern=dice.real(0.7, 1.2), lift=0.0, end=0.4)
        tail(dice, parts, r * 0.5, paints, "vee" if dice.chance(0.7) else "plain")
        propeller(dice, parts, (-1.03, 0, 0), 0.2)


def _bomber(dice: Dice, parts: Assembly) -> None:
    """Four propellers on long tapered wings, a glass nose, one or two fins."""
    paints, r = random_paints(dice), dice.real(0.09, 0.12)
    fuselage(parts, r, paints.body, bow=0.15, stern=1.1, lift=0.4, end=0.3)
    parts.ellipsoid((0.92, 0, 0), (0.12, r * 0.75, r * 0.75), dice.dark())
    wing = Wing(dice.real(0.4, 0.55), 0.0, dice.real(2.3, 2.8), dice.real(0.36, 0.46), 0.15, dice.real(0.1, 0.2), 0.12)
    wings(parts, wing, paints.wing, 0.06)
    for share in (0.27, 0.52) if dice.chance(0.75) else (0.3,):
        x, y, z = wing.at(share)
        for side in (-1.0, 1.0):
            nacelle(dice, parts, (x + 0.14, y, side * z), 0.055, 0.4, paints.engine)
            propeller(dice, parts, (x + 0.16, y, side * z), 0.15)
    tail(dice, parts, r * 0.8, paints, "twin" if dice.chance(0.4) else "plain")


PROPELLER_PLANES: Family = {
    "turboprop": (2, _turboprop),
    "high wing": (2.5, _high_wing),
    "low wing": (3, _low_wing),
    "biplane": (1.5, _biplane),
    "glider": (1, _glider),
    "drone": (1, _drone),
    "bomber": (1.2, _bomber),
}
"""Kinds of propeller planes and gliders, with their weights among airplanes."""
