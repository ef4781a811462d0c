"""Ships: the bow is at +x, the keel below."""

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.hulls import cloth, funnel, hull, jib, mast, square_sails


def _square_rigger(dice: Dice, parts: Assembly) -> None:
    """Two or three masts with square sails, a bow sprit, perhaps high decks fore and aft."""
    wood, beam = dice.wood(), dice.real(0.36, 0.6)
    castles = dice.chance(0.6)
    hull(parts, beam, dice.real(0.26, 0.45), wood, shaded(wood, 1.2), stern=0.75, rise=dice.real(0.1, 0.22))
    colour = cloth(dice) if dice.chance(0.75) else None
    masts, rows = dice.whole(1, 3), dice.whole(1, 4)
    tall, wide = dice.real(1.1, 1.8), dice.real(0.3, 0.55)
    for k in range(masts):
        x = 0.0 if masts == 1 else -0.6 + 1.15 * k / (masts - 1)
        high = tall * (0.82 if masts > 1 and k != masts // 2 else 1.0)
        mast(parts, x, high, wood)
        square_sails(dice, parts, x, high, rows, wide, colour)
        if dice.chance(0.3):
            parts.lathe([(0.05, high * 0.9), (0.08, high * 0.96)], (x, 0, 0), wood, sides=8)
    parts.rod((0.85, 0.1, 0), (1.3, 0.3, 0), 0.025, wood, 0.012, 8)
    if colour is not None and dice.chance(0.6):
        jib(dice, parts, 0.6, tall * 0.75, 1.25, 0.2, colour)
    if castles:
        parts.frustum(0.0, (-1.0, -0.55, -beam * 0.36, beam * 0.36), dice.real(0.15, 0.35),
                      (-1.08, -0.58, -beam * 0.38, beam * 0.38), wood)  # fmt: skip
        parts.block((0.5, 0.0, -beam * 0.22), (0.85, 0.14, beam * 0.22), wood)


def _bridge(dice: Dice, parts: Assembly, x: float, high: float, beam: float) -> None:
    """A white block with a wing-wide bridge, a funnel behind and a mast."""
    paint = dice.grey()
    parts.block((x, -0.02, -beam * 0.43), (x + 0.2, high, beam * 0.43), paint)
    parts.box((x + 0.12, high + 0.03, 0), (0.14, 0.07, beam * 1.02), shaded(paint, 0.9))
    funnel(dice, parts, x - 0.04, 0.0, high + dice.real(0.02, 0.14), 0.05, 0.0)
    parts.rod((x + 0.12, high, 0), (x + 0.12, high + 0.16, 0), 0.012, paint, sides=6)


def _freighter(dice: Dice, parts: Assembly) -> float:
    """The hull and bridge of a cargo ship; returns its beam. The hold reaches from x = -0.55 to 0.75."""
    beam = dice.real(0.28, 0.42)
    hull(parts, beam, dice.real(0.18, 0.36), dice.paint(), dice.paint(), stern=0.85, full=dice.real(3, 5))
    _bridge(dice, parts, dice.real(-0.92, -0.8), dice.real(0.22, 0.42), beam)
    parts.block((0.8, -0.02, -beam * 0.2), (0.95, 0.06, beam * 0.2), dice.grey())
    return beam


def _container_ship(dice: Dice, parts: Assembly) -> None:
    z = _freighter(dice, parts) * 0.43
    bays = dice.whole(4, 7)
    for k in range(bays):
        x = -0.55 + 1.3 * k / bays
        split = dice.real(-0.5, 0.5) * z
        for low, high in ((-z, split), (split, z)):
            parts.block((x, 0.0, low), (x + 1.3 / bays * 0.85, dice.real(0.06, 0.3), high), dice.paint())


def _tanker(dice: Dice, parts: Assembly) -> None:
    z = _freighter(dice, parts) * 0.45
    if dice.chance(0.35):
        for k in range(4):
            parts.ellipsoid((-0.42 + 0.33 * k, 0.04, 0), (0.14, 0.16, z * 0.95), dice.grey())
        return
    parts.rod((-0.55, 0.05, 0), (0.8, 0.05, 0), 0.03, dice.paint(), sides=8)
    for x in (0.0, 0.08):
        parts.box((x, 0.05, 0), (0.04, 0.1, z * 1.6), dice.metal())


def _bulk_carrier(dice: Dice, parts: Assembly) -> None:
    """Hatches, often with cranes between them."""
    z, cranes = _freighter(dice, parts) * 0.33, dice.chance(0.6)
    hatches = dice.whole(3, 5)
    for k in range(hatches):
        x = -0.5 + 1.25 * k / hatches
        parts.block((x, 0, -z), (x + 0.75 / hatches, 0.06, z), dice.paint())
        if cranes and k:
            parts.rod((x - 0.06, 0, 0), (x - 0.06, 0.36, 0), 0.03, dice.metal(), sides=6)
            parts.rod((x - 0.06, 0.33, 0), (x + 0.18, 0.44, 0), 0.02, dice.metal(), sides=6)


def _barge(dice: Dice, parts: Assembly) -> None:
    """A flat box with sloped ends: open hold, load, or a house boat."""
    w, deep, paint = dice.real(0.22, 0.4), dice.real(0.12, 0.22), dice.paint()
    parts.frustum(-deep, (-0.85, 0.8, -w * 0.95, w * 0.95), 0.0, (-1.0, 1.0, -w, w), paint)
    form = dice.pick(("hold", "load", "house"), (2, 2, 1.5))
    if form == "house":
        parts.block((-0.75, 0, -w * 0.8), (0.6, dice.real(0.22, 0.4), w * 0.8), dice.paint())
        parts.block((-0.8, 0.3, -w * 0.9), (0.7, 0.34, w * 0.9), dice.grey())
        return
    for s in (-1.0, 1.0):
        parts.block((-0.6, 0, s * w * 0.85 - 0.02), (0.85, 0.1, s * w * 0.85 + 0.02), paint)
    parts.block((-0.92, 0, -w * 0.7), (-0.68, dice.real(0.16, 0.3), w * 0.7), dice.grey())
    for k in range(dice.whole(1, 4) if form == "load" else 0):
        parts.block(
            (-0.55 + 0.34 * k, 0.0, -w * 0.75), (-0.25 + 0.34 * k, dice.real(0.08, 0.22), w * 0.75), dice.paint()
        )


def _liner(dice: Dice, parts: Assembly) -> None:
    """A cruise ship or ocean liner: many white decks, one to four funnels."""
    beam, paint = dice.real(0.28, 0.4), dice.grey()
    hull(parts, beam, dice.real(0.2, 0.32), dice.paint(), dice.wood(), stern=0.8, rise=dice.real(0.02, 0.08), full=2.6)
    decks, front, rear, step = dice.whole(3, 6), dice.real(0.5, 0.7), -dice.real(0.75, 0.95), dice.real(0.055, 0.08)
    for k in range(decks):
        w = beam / 2 * (0.96 - 0.03 * k)
        shade_of = paint if k % 2 else shaded(paint, 0.75)
        parts.block((rear, step * k - 0.02, -w), (front, step * (k + 1), w), shade_of)
        front, rear = front - dice.real(0.02, 0.12), rear + dice.real(0.0, 0.1)
    count = dice.whole(1, 4)
    for k in range(count):
        x = rear + (front - rear) * (k + 0.7) / (count + 0.6)
        funnel(dice, parts, x, step * decks - 0.02, step * decks + dice.real(0.1, 0.24), 0.055)


def _ferry(dice: Dice, parts: Assembly) -> None:
    """Broad and boxy: car decks, a bridge in front, a funnel; or a paddle steamer."""
    beam, paint = dice.real(0.4, 0.56), dice.grey()
    z = beam / 2
    hull(parts, beam, dice.real(0.16, 0.28), dice.paint(), paint, stern=0.95, full=3.0)
    high = dice.real(0.16, 0.28)
    parts.frustum(-0.02, (-0.95, 0.72, -z * 0.97, z * 0.97), high, (-0.92, 0.62, -z * 0.95, z * 0.95), paint)
    parts.block((-0.6, high, -z * 0.85), (0.4, high + 0.1, z * 0.85), shaded(paint, 0.8))
    parts.block((0.2, high + 0.08, -z * 0.9), (0.38, high + 0.2, z * 0.9), dice.dark())
    if dice.chance(0.25):
        for s in (-1.0, 1.0):
            parts.rod((-0.1, 0.0, s * z), (-0.1, 0.0, s * (z + 0.14)), 0.24, dice.wood(), sides=14)
        for s in (-0.3, 0.3):
            parts.rod((0.1, high, s * z), (0.1, high + 0.55, s * z), 0.035, dice.dark())
    else:
        funnel(dice, parts, -0.35, high + 0.05, high + dice.real(0.2, 0.35), 0.08)


def _warship(dice: Dice, parts: Assembly) -> None:
    """A slender hull with stepped towers, masts, funnels and guns."""
    beam, paint = dice.real(0.2, 0.32), dice.colour((0.5, 0.65), (0.0, 0.12), (0.35, 0.75))
    z, grey = beam / 2, shaded(paint, 1.1)
    hull(parts, beam, dice.real(0.14, 0.26), paint, shaded(paint, 0.8), stern=0.8, rise=dice.real(0.03, 0.12))
    low = dice.real(0.06, 0.12)
    parts.block((-0.6, -0.02, -z * 0.8), (0.42, low, z * 0.8), grey)
    at, high = dice.real(0.0, 0.2), dice.real(0.18, 0.34)
    parts.frustum(low, (at, at + 0.3, -z * 0.75, z * 0.75), high, (at + 0.03, at + 0.24, -z * 0.6, z * 0.6), grey)
    if dice.chance(0.5):
        parts.frustum(
            high, (at + 0.05, at + 0.2, -z * 0.5, z * 0.5), high + 0.12, (at + 0.06, at + 0.18, -z * 0.4, z * 0.4), grey
        )
    for x in (at + 0.02, -0.35)[: dice.whole(1, 2)]:
        parts.rod((x, low, 0), (x - 0.03, dice.real(0.5, 0.8), 0), 0.03, grey, 0.012, 6)
        parts.box((x - 0.02, 0.45, 0), (0.03, 0.02, beam * 0.9), grey)
    for k in range(dice.whole(1, 2)):
        x = -0.12 - 0.25 * k
        parts.frustum(
            low,
            (x - 0.08, x + 0.08, -z * 0.4, z * 0.4),
            dice.real(0.22, 0.34),
            (x - 0.09, x + 0.05, -z * 0.3, z * 0.3),
            grey,
        )
    for x in (0.55, 0.72, -0.75, -0.62)[: dice.whole(1, 4)]:
        _turret(parts, x, z, grey)


def _turret(parts: Assembly, x: float, z: float, colour: Colour) -> None:
    parts.lathe([(z * 0.45, 0.0), (z * 0.4, 0.08)], (x, 0.0, 0), colour, sides=10)
    toward = 1 if x > 0 else -1
    for s in (-0.15, 0.15):
        parts.rod((x, 0.06, s * z), (x + toward * 0.2, 0.09, s * z), 0.014, shaded(colour, 0.6), sides=5)


def _carrier(dice: Dice, parts: Assembly) -> None:
    """A flight deck with an island on its edge."""
    beam, paint = dice.real(0.26, 0.36), dice.colour((0.5, 0.65), (0.0, 0.1), (0.3, 0.6))
    hull(parts, beam, dice.real(0.2, 0.3), paint, paint, stern=0.9, full=3.0)
    wide, dark = beam * dice.real(0.7, 0.95), dice.dark()
    low = [(-1.0, -wide * 0.8), (-0.6, -wide), (0.3, -wide * 1.15), (0.55, -wide * 0.7), (1.0, -wide * 0.45)]
    high = [(1.0, wide * 0.45), (0.6, wide * 0.7), (0.2, wide), (-0.6, wide), (-1.0, wide * 0.8)]
    parts.prism([*low, *high], "y", 0.04, 0.09, dark)
    x = dice.real(-0.3, 0.1)
    parts.block((x, 0.08, wide * 0.7), (x + 0.28, dice.real(0.25, 0.38), wide * 0.98), paint)
    parts.rod((x + 0.12, 0.2, wide * 0.85), (x + 0.12, dice.real(0.5, 0.62), wide * 0.85), 0.02, paint, sides=6)


SHIPS: Family = {
    "square rigger": (2.5, _square_rigger),
    "container ship": (1.7, _container_ship),
    "tanker": (1.2, _tanker),
    "bulk carrier": (1, _bulk_carrier),
    "barge": (0.8, _barge),
    "liner": (2, _liner),
    "ferry": (1.2, _ferry),
    "warship": (3.5, _warship),
    "carrier": (0.7, _carrier),
}
"""Kinds of ships, with their weights among watercraft."""
