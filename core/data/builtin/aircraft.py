"""Airplanes: the nose is at +x, the wings spread along z; the body is two units long."""

from core.data.builtin import propeller_planes
from core.data.builtin.airframes import (
    Paints,
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
    winglets,
    wings,
)
from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Dice
from core.data.builtin.family import Family


def _liner(dice: Dice, parts: Assembly) -> None:
    """Two or four jets under low swept wings."""
    paints, r = random_paints(dice), dice.real(0.085, 0.14)
    cabin(dice, parts, r, paints, "plain")
    root = dice.real(0.36, 0.52)
    wing = Wing(dice.real(0.18, 0.38), -r * 0.6, dice.real(1.65, 2.15), root, root * dice.real(0.2, 0.4),
                dice.real(0.38, 0.62), dice.real(0.03, 0.2))  # fmt: skip
    wings(parts, wing, paints.wing)
    if dice.chance(0.35):
        winglets(parts, wing, paints.trim)
    e = dice.real(0.04, 0.075)
    for share in (0.35, 0.65) if dice.chance(0.25) else (dice.real(0.3, 0.4),):
        x, y, z = wing.at(share)
        for side in (-1.0, 1.0):
            nacelle(dice, parts, (x + 0.14, y - e * 1.1, side * z), e, dice.real(0.22, 0.36), paints.engine)
    if dice.chance(0.25):
        wheels(dice, parts, -r * 0.8, 0.75, wing.x - root * 0.8, 0.16)


def _rear_jet(dice: Dice, parts: Assembly) -> None:
    """Business jets and liners with engines beside the tail and a T-tail."""
    paints, r = random_paints(dice), dice.real(0.085, 0.13)
    cabin(dice, parts, r, paints, "tee" if dice.chance(0.8) else "cross")
    root = dice.real(0.34, 0.48)
    wing = Wing(dice.real(0.05, 0.28), -r * 0.7, dice.real(1.5, 2.05), root, root * dice.real(0.25, 0.45),
                dice.real(0.2, 0.5), dice.real(0.0, 0.15))  # fmt: skip
    wings(parts, wing, paints.wing)
    if dice.chance(0.5):
        winglets(parts, wing, paints.trim)
    e = r * dice.real(0.42, 0.6)
    for side in (-1.0, 1.0):
        z = side * (r + e * 1.1)
        nacelle(dice, parts, (-0.34, r * 0.4, z), e, dice.real(0.34, 0.46), paints.engine)
        parts.box((-0.52, r * 0.4, side * r), (0.2, 0.03, e * 2), paints.body)


def _transport(dice: Dice, parts: Assembly) -> None:
    """A fat body under high wings with four jets or propellers."""
    paints, r = random_paints(dice), dice.real(0.12, 0.17)
    fuselage(parts, r, paints.body, bow=dice.real(0.2, 0.3), stern=dice.real(0.7, 0.9), lift=0.8)
    tail(dice, parts, r, paints, "tee" if dice.chance(0.5) else "plain")
    root = dice.real(0.34, 0.48)
    swept = dice.chance(0.5)
    wing = Wing(dice.real(0.2, 0.35), r * 0.9, dice.real(1.8, 2.3), root, root * dice.real(0.3, 0.5),
                dice.real(0.3, 0.45) if swept else dice.real(0.02, 0.1), -0.08 if swept else 0.02)  # fmt: skip
    wings(parts, wing, paints.wing, 0.06)
    e = dice.real(0.04, 0.065)
    for share in (0.3, 0.6) if dice.chance(0.75) else (0.35,):
        x, y, z = wing.at(share)
        for side in (-1.0, 1.0):
            nacelle(dice, parts, (x + 0.14, y - (e if swept else 0.0), side * z), e, 0.3, paints.engine)
            if not swept:
                propeller(dice, parts, (x + 0.15, y, side * z), e * 3)
    for side in (-1.0, 1.0):
        parts.ellipsoid((0.0, -r * 0.7, side * r * 0.9), (0.3, r * 0.35, r * 0.3), paints.body)


def _fighter(dice: Dice, parts: Assembly) -> None:
    """Swept or trapezoid wings far back, stabilisers, one or two fins, intakes, missiles."""
    paints, r = random_paints(dice), dice.real(0.085, 0.12)
    fuselage(parts, r, paints.body, bow=dice.real(0.55, 0.85), stern=0.3, lift=0.0, end=0.7, width=dice.real(1.0, 1.5))
    canopy(dice, parts, dice.real(0.35, 0.5), r, dice.real(0.18, 0.26))
    root = dice.real(0.5, 0.8)
    wing = Wing(
        dice.real(-0.05, 0.25),
        dice.real(-0.3, 0.6) * r,
        dice.real(1.05, 1.45),
        root,
        root * dice.real(0.12, 0.35),
        dice.real(0.3, 0.65),
        dice.real(-0.05, 0.04),
    )
    wings(parts, wing, paints.wing)
    wings(parts, Wing(-0.62, 0.0, dice.real(0.65, 0.9), 0.32, 0.14, dice.real(0.15, 0.3)), paints.wing, 0.04)
    twin = dice.chance(0.5)
    for side in (-1.0, 1.0) if twin else (0.0,):
        fin(parts, -0.5, r * 0.5, dice.real(0.26, 0.38), 0.36, 0.22, paints.trim, side * r, side * dice.real(0.0, 0.16))
    _jet_pipes(dice, parts, r, paints)
    if dice.chance(0.4):
        _missiles(dice, parts, wing, paints)


def _jet_pipes(dice: Dice, parts: Assembly, r: float, paints: Paints) -> None:
    """One or two nozzles at the tail and an intake on each side."""
    for z in (0.0,) if dice.chance(0.5) else (-r * 0.7, r * 0.7):
        parts.rod((-1.08, 0, z), (-0.8, 0, z), r * 0.55, dice.dark(), r * 0.7)
    for side in (-1.0, 1.0):
        z = side * r * 1.15
        parts.block((-0.6, -r * 0.7, z - r * 0.35), (dice.real(0.15, 0.35), r * 0.4, z + r * 0.35), paints.body)


def _missiles(dice: Dice, parts: Assembly, wing: Wing, paints: Paints) -> None:
    for share in (0.45, 0.75)[: dice.whole(1, 2)]:
        x, y, z = wing.at(share)
        for side in (-1.0, 1.0):
            parts.rod((x - 0.35, y - 0.06, side * z), (x + 0.12, y - 0.06, side * z), 0.024, paints.engine, sides=8)


def _delta(dice: Dice, parts: Assembly) -> None:
    """A triangle for a wing, with or without canards; fighters, and slender airliners."""
    paints, r = random_paints(dice), dice.real(0.065, 0.1)
    fuselage(parts, r, paints.body, bow=dice.real(0.6, 0.9), stern=0.3, lift=0.0, end=0.6)
    canopy(dice, parts, 0.45, r, 0.2)
    root = dice.real(1.0, 1.4)
    span = dice.real(0.95, 1.3)
    wing = Wing(root - 0.9, -r * 0.3, span, root, root * dice.real(0.03, 0.12), root * dice.real(0.75, 0.9))
    wings(parts, wing, paints.wing)
    fin(parts, -0.4, r * 0.5, dice.real(0.25, 0.36), 0.42, 0.26, paints.trim)
    if dice.chance(0.4):
        wings(parts, Wing(0.5, r * 0.3, 0.5, 0.18, 0.08, 0.16), paints.wing, 0.04)
    if dice.chance(0.6):
        _jet_pipes(dice, parts, r, paints)
    else:
        for z in (-span * 0.22, span * 0.22):
            parts.block((-0.8, -r * 1.4, z - 0.07), (-0.3, -r * 0.3, z + 0.07), paints.engine)


def _flying_wing(dice: Dice, parts: Assembly) -> None:
    """A wing alone, its middle thick: bombers and drones."""
    paints = random_paints(dice)
    root, sweep, span = dice.real(0.55, 0.85), dice.real(0.4, 0.75), dice.real(2.0, 2.8)
    wing = Wing(0.45, 0.0, span, root, root * dice.real(0.2, 0.45), sweep, dice.real(0.0, 0.1))
    wings(parts, wing, paints.wing, 0.08)
    rings = ((0.45 - root * 1.1, 0.02, 0.2), (0.1, dice.real(0.08, 0.13), 0.26), (0.35, 0.08, 0.16), (0.52, 0.01, 0.03))
    parts.loft([oval(x, 0, 0, h, w) for x, h, w in rings], paints.body)
    if dice.chance(0.6):
        winglets(parts, wing, paints.trim, dice.real(0.12, 0.25))


def _shuttle(dice: Dice, parts: Assembly) -> None:
    """A thick body with a double delta wing and a high fin."""
    paints, r = random_paints(dice), dice.real(0.16, 0.2)
    stations = ((-1.0, 0.9), (-0.6, 1.0), (0.55, 1.0), (0.85, 0.7), (1.0, 0.15))
    parts.loft([oval(x, 0, 0, q * r, q * r, 3.0) for x, q in stations], paints.body)
    wings(parts, Wing(0.05, -r * 0.8, dice.real(1.2, 1.5), 1.0, 0.3, dice.real(0.6, 0.7)), paints.wing, 0.07)
    wings(parts, Wing(0.6, -r * 0.8, 0.7, 1.4, 0.8, 0.6), paints.wing, 0.06)
    fin(parts, -0.6, r * 0.8, dice.real(0.35, 0.45), 0.42, 0.3, paints.trim)
    for y, z in ((r * 0.4, 0.0), (-r * 0.3, -r * 0.5), (-r * 0.3, r * 0.5)):
        parts.rod((-1.15, y, z), (-0.98, y, z), r * 0.4, dice.dark(), r * 0.2)


AIRPLANES: Family = {
    "liner": (8, _liner),
    "rear jet": (3, _rear_jet),
    "transport": (2, _transport),
    **propeller_planes.PROPELLER_PLANES,
    "fighter": (5, _fighter),
    "delta": (2.2, _delta),
    "flying wing": (0.8, _flying_wing),
    "shuttle": (0.4, _shuttle),
}
"""Kinds of airplanes, with their weights."""
