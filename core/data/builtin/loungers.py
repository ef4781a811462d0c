"""Loungers and framed armchairs: they face +x, the back is at low x."""

from collections.abc import Callable

from core.data.builtin.assembly import Assembly
from core.data.builtin.backs import arms, random_seat
from core.data.builtin.dice import Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import legs, skids, star

Height = Callable[[float], float]
"""A height for an angle about +y, in radians from +x."""


def _lounge(dice: Dice, parts: Assembly) -> None:
    """Two cushions in an open frame of wood or steel with arms."""
    x, z, seat = dice.real(0.32, 0.42), dice.real(0.3, 0.4), dice.real(0.3, 0.4)
    frame, cover, r = dice.wood() if dice.chance(0.6) else dice.metal(), dice.fabric(), dice.real(0.015, 0.03)
    thick, slope = dice.real(0.07, 0.14), dice.real(0.05, 0.25)
    mark = parts.mark()
    parts.cushion((-x + 0.05, seat - thick, r - z), (x, seat, z - r), cover)
    parts.shear_since(mark, "y", "x", slope, 0.0)
    mark = parts.mark()
    top, rear = dice.real(0.72, 0.98), seat - slope * x - 0.04
    parts.cushion((-x, rear, r - z), (-x + thick, top, z - r), cover)
    parts.shear_since(mark, "x", "y", -dice.real(0.2, 0.5), rear)
    arm = dice.real(0.5, 0.6)
    closed = dice.chance(0.3)
    for s in (-z, z):
        parts.block((-x - 0.06, arm - 0.03, s - r * 1.3), (x, arm, s + r * 1.3), frame)
        if closed:
            parts.path([(-x, arm, s), (-x, r, s), (x - 0.03, r, s), (x - 0.03, arm, s)], r, frame)
        else:
            parts.rod((x - 0.05, 0, s), (x - 0.05, arm - 0.01, s), r, frame, sides=8)
            parts.rod((-x - dice.real(0, 0.1), 0, s), (-x + 0.03, arm - 0.01, s), r, frame, sides=8)
        parts.rod((x - 0.05, seat - thick / 2, s), (-x + 0.02, rear + 0.02, s), r, frame, sides=8)
    if dice.chance(0.25):
        parts.cushion((x + 0.06, seat - thick, 0.04 - z), (x + 0.45, seat, z - 0.04), cover)
        legs(
            parts,
            [(x + 0.1, 0.06 - z), (x + 0.1, z - 0.06), (x + 0.41, 0.06 - z), (x + 0.41, z - 0.06)],
            seat - thick,
            r,
            frame,
        )


def _recliner(dice: Dice, parts: Assembly) -> None:
    """A thick armchair with its back down and its leg rest out; also the lounge chair of shells on a star."""
    x, z, seat, cover = dice.real(0.3, 0.38), dice.real(0.34, 0.46), dice.real(0.38, 0.46), dice.fabric()
    t, lean = dice.real(0.1, 0.18), dice.real(0.25, 0.65)
    light = dice.chance(0.4)
    base = seat - dice.real(0.1, 0.16)
    parts.cushion((-x, base, t - z), (x + 0.04, seat, z - t), shaded(cover, 1.1))
    mark = parts.mark()
    parts.cushion((-x, base, t - z), (-x + dice.real(0.12, 0.2), dice.real(0.92, 1.1), z - t), cover)
    parts.shear_since(mark, "x", "y", -lean, base)
    arm = seat + dice.real(0.12, 0.2)
    if light:
        star(dice, parts, 0.32, base, dice.metal(), castors=False)
        for s in (-1.0, 1.0):
            parts.cushion((-x, arm - 0.08, s * (z - t / 2) - t / 2), (x * 0.7, arm, s * (z - t / 2) + t / 2), cover)
            parts.rod((-x, seat - 0.05, s * (z - t)), (-x * 0.5, arm - 0.05, s * (z - t / 2)), 0.03, cover)
    else:
        parts.block((-x, 0.06, t - z), (x, base + 0.02, z - t), shaded(cover, 0.9))
        for s in (-1.0, 1.0):
            low, high = sorted((s * z, s * (z - t)))
            parts.cushion((-x, 0.03, low), (x, arm, high), cover, 8)
    if dice.chance(0.7):
        reach, drop = dice.real(0.3, 0.45), dice.real(0.0, 0.25)
        parts.ribbon([(x, base + 0.04), (x + reach, base + 0.04 - drop)], z - t, 0.1, cover)


def _chaise(dice: Dice, parts: Assembly) -> None:
    """A long chair: pool lounger, chaise longue or the adjustable one."""
    half, z, y = dice.real(0.75, 0.95), dice.real(0.26, 0.36), dice.real(0.28, 0.4)
    frame, cover = dice.metal() if dice.chance(0.5) else dice.wood(), dice.fabric()
    thick = dice.real(0.03, 0.1)
    rise, knee = dice.real(0.15, 0.5), dice.real(0.0, 0.18) if dice.chance(0.4) else 0.0
    line = [
        (half, y - knee * 0.3),
        (half * 0.35, y + knee),
        (-half * 0.2, y),
        (-half * 0.3, y + 0.03),
        (-half, y + rise),
    ]
    parts.ribbon(line, z, thick, cover)
    if dice.chance(0.3):
        parts.rod((-half * 0.93, y + rise, -z), (-half * 0.93, y + rise, z), 0.06, shaded(cover, 1.1))
    r = dice.real(0.014, 0.028)
    legs(parts, [(half * 0.75, z), (half * 0.75, -z), (-half * 0.35, z), (-half * 0.35, -z)], y, r, frame)
    for s in (-z, z):
        parts.rod((half, y - knee * 0.3 - thick / 2, s), (-half * 0.6, y - thick / 2, s), r, frame, sides=8)
        if dice.chance(0.3):
            parts.block((-half * 0.4, y + 0.2, s - 0.03), (half * 0.15, y + 0.23, s + 0.03), frame)
            parts.rod((half * 0.1, y + 0.2, s), (half * 0.1, y, s), r, frame, sides=8)


def _deck(dice: Dice, parts: Assembly) -> None:
    """A sling of cloth between two crossed wooden frames."""
    z, wood, cloth = dice.real(0.26, 0.34), dice.wood(), dice.fabric()
    reach, top = dice.real(0.45, 0.6), dice.real(0.75, 0.95)
    for s in (-z, z):
        parts.rod((reach, 0.3, s), (-reach * 1.1, 0, s), 0.022, wood, sides=6)
        parts.rod((reach * 0.9, 0, s * 0.92), (-reach, top, s * 0.92), 0.022, wood, sides=6)
        parts.rod((-reach * 0.55, top * 0.68, s), (-reach * 0.8, 0.06, s), 0.015, wood, sides=6)
        if dice.chance(0.4):
            parts.block((-reach * 0.5, 0.5, s - 0.03), (reach * 0.4, 0.53, s + 0.03), wood)
    sag = dice.real(0.1, 0.22)
    parts.ribbon(
        [(reach, 0.31), (reach * 0.3, 0.3 - sag * 0.5), (-reach * 0.3, 0.42 - sag), (-reach, top)], z * 0.9, 0.02, cloth
    )
    for x, y in ((reach, 0.3), (-reach, top), (-reach * 1.1, 0.02), (reach * 0.9, 0.02)):
        parts.rod((x, y, -z), (x, y, z), 0.02, wood, sides=6)


def _bag(dice: Dice, parts: Assembly) -> None:
    """A bean bag: a soft heap with a hollow to sit in, the back drawn up to a tip."""
    r, seat, top, cover = dice.real(0.36, 0.48), dice.real(0.25, 0.36), dice.real(0.5, 0.75), dice.fabric()
    mark = parts.mark()
    parts.lathe([(r * 0.85, 0.0), (r, seat * 0.35), (r * 0.95, seat * 0.7), (r * 0.7, seat)], (0, 0, 0), cover)
    peak = [
        (r * 0.8, seat * 0.3),
        (r * 0.72, seat),
        (r * 0.58, (seat + top) / 2),
        (r * 0.36, top * 0.93),
        (r * 0.1, top),
    ]
    parts.lathe(peak, (-r * 0.3, 0, 0), shaded(cover, 0.96))
    parts.shear_since(mark, "x", "y", -dice.real(0.05, 0.2), 0.0)


def _slab_sided(dice: Dice, parts: Assembly) -> None:
    """Sides of board or bent plywood down to the ground, seat and back between them: cube chairs, thrones, pews."""
    seat, side = random_seat(dice, size=dice.real(1.05, 1.45)), dice.surface()
    t, arm = dice.real(0.025, 0.07), seat.height + dice.real(0.0, 0.25)
    parts.block((-seat.x, seat.height - dice.real(0.06, 0.2), -seat.z), (seat.x, seat.height, seat.z), seat.cover)
    mark = parts.mark()
    top = seat.height + dice.real(0.3, 0.8)
    parts.block(
        (-seat.x, 0.03 if dice.chance(0.4) else seat.under, -seat.z),
        (-seat.x + dice.real(0.04, 0.1), top, seat.z),
        seat.cover,
    )
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.12), seat.height)
    for s in (-1.0, 1.0):
        low, high = sorted((s * seat.z, s * (seat.z + t)))
        parts.prism(
            [(-seat.x, 0), (seat.x, 0), (seat.x, arm), (-seat.x, arm + dice.real(0, 0.05))], "z", low, high, side
        )
    if dice.chance(0.3):
        parts.block((-seat.x, 0, -seat.z), (seat.x, seat.height - 0.1, seat.z), side)


def _steel(dice: Dice, parts: Assembly) -> None:
    """Leather slings or flat cushions in bent steel: low, wide, on skids."""
    seat = random_seat(dice, 0.36, 0.44, dice.real(1.2, 1.5))
    metal, cover = dice.metal(), dice.dark() if dice.chance(0.5) else dice.fabric()
    mark, thick = parts.mark(), dice.real(0.04, 0.12)
    parts.cushion((-seat.x, seat.height - thick, -seat.z), (seat.x, seat.height, seat.z), cover)
    parts.cushion((-seat.x - thick, seat.height, -seat.z), (-seat.x, seat.height + dice.real(0.35, 0.5), seat.z), cover)
    parts.turn_since(mark, "z", dice.real(4, 20), (0, seat.height, 0))
    skids(dice, parts, seat.x, seat.z, seat.height, dice.real(0.012, 0.022), metal)
    if dice.chance(0.7):
        arms(dice, parts, seat, metal)


LOUNGERS: Family = {
    "lounge": (2.5, _lounge),
    "recliner": (1.3, _recliner),
    "chaise": (1.3, _chaise),
    "deck": (0.7, _deck),
    "bag": (0.6, _bag),
    "slab": (2, _slab_sided),
    "steel": (1.2, _steel),
}
"""Kinds of loungers, with their weights among chairs."""
