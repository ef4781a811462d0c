"""Boats up to the size of a yacht: the bow is at +x, the keel below. Ships are in a module of their own."""

import numpy as np

from core.data.builtin import ships
from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Dice
from core.data.builtin.family import Family
from core.data.builtin.hulls import cloth, hull, jib, main_sail, mast


def _sloop(dice: Dice, parts: Assembly) -> None:
    """One mast, main sail and jib, a cabin, a keel."""
    paint, deck, beam, draft = dice.paint(), dice.wood(), dice.real(0.42, 0.66), dice.real(0.16, 0.3)
    hull(parts, beam, draft, paint, deck, stern=dice.real(0.45, 0.85), rise=dice.real(0.02, 0.12))
    x, high, colour = dice.real(0.0, 0.25), dice.real(1.6, 2.7), cloth(dice)
    mast(parts, x, high, dice.metal())
    main_sail(dice, parts, x, high, dice.real(0.65, 0.95), 0.02, colour)
    if dice.chance(0.7):
        jib(dice, parts, x, high, 0.95, 0.02, colour)
    if dice.chance(0.75):
        z, low = beam * 0.28, dice.real(0.08, 0.16)
        parts.frustum(-0.02, (-0.4, 0.3, -z, z), low, (-0.36, 0.15, -z * 0.85, z * 0.85), dice.grey())
    if dice.chance(0.55):
        deep = draft + dice.real(0.15, 0.4)
        parts.prism(
            [(-0.2, -deep), (0.05, -deep), (0.15, -draft * 0.8), (-0.25, -draft * 0.8)], "z", -0.03, 0.03, paint
        )
        parts.box((-0.85, -draft * 0.9, 0), (0.14, draft * 1.2, 0.03), paint)


def _ketch(dice: Dice, parts: Assembly) -> None:
    """Two masts with fore-and-aft sails."""
    colour, beam = cloth(dice), dice.real(0.38, 0.54)
    hull(parts, beam, dice.real(0.18, 0.3), dice.paint(), dice.wood(), stern=0.65, rise=dice.real(0.06, 0.14))
    heights = (dice.real(1.4, 1.9), dice.real(1.0, 1.5))
    for x, high, boom in ((0.3, heights[0], 0.62), (-0.5, heights[1], 0.48)):
        mast(parts, x, high, dice.wood())
        main_sail(dice, parts, x, high, boom, 0.03, colour)
    jib(dice, parts, 0.3, heights[0], 1.0, 0.05, colour)
    parts.rod((0.85, 0.07, 0), (1.25, 0.14, 0), 0.022, dice.wood(), sides=6)
    parts.block((-0.35, 0, -beam * 0.25), (0.15, 0.1, beam * 0.25), dice.grey())


def _dinghy(dice: Dice, parts: Assembly) -> None:
    """An open or decked small boat with one sail; a surf board with a sail."""
    colour, thin = cloth(dice), dice.chance(0.3)
    beam = dice.real(0.4, 0.55) if thin else dice.real(0.6, 0.8)
    hull(parts, beam, 0.08 if thin else dice.real(0.18, 0.28), dice.paint(), dice.paint() if thin else None, stern=0.7)
    high = dice.real(1.5, 2.4)
    mast(parts, 0.35, high, dice.wood(), 0.02, -0.15)
    main_sail(dice, parts, 0.35, high, dice.real(0.9, 1.2), 0.0, colour)


def _catamaran(dice: Dice, parts: Assembly) -> None:
    """Two hulls under a deck with a sail, a cabin or an awning; or a main hull between two floats."""
    gap, beam, paint = dice.real(0.3, 0.55), dice.real(0.14, 0.26), dice.paint()
    draft = dice.real(0.12, 0.22)
    for side in (-gap, gap):
        hull(parts, beam, draft, paint, paint, stern=dice.real(0.4, 0.8), z=side, full=dice.real(1.8, 3.0))
    form = dice.pick(("sail", "cabin", "awning", "outrigger"), (2, 2, 2, 1))
    if form == "outrigger":
        hull(parts, beam * 1.6, draft * 1.2, dice.paint(), dice.grey(), stern=0.6)
    lift = 0.0 if form in ("sail", "outrigger") else dice.real(0.0, 0.25)
    rear, front = -dice.real(0.4, 0.8), dice.real(0.1, 0.5)
    parts.block((rear, lift, -gap * 0.9), (front, lift + 0.04, gap * 0.9), dice.grey())
    for x in (rear + 0.08, front - 0.08):
        parts.rod((x, lift, -gap), (x, lift, gap), 0.025, dice.metal(), sides=6)
        for side in (-gap, gap):
            parts.rod((x, 0, side), (x, lift + 0.02, side * 0.85), 0.025, dice.metal(), sides=6)
    if form == "sail":
        high, colour = dice.real(1.6, 2.5), cloth(dice)
        mast(parts, 0.1, high, dice.metal(), low=0.0)
        main_sail(dice, parts, 0.1, high, 0.75, 0.05, colour)
        jib(dice, parts, 0.1, high, 0.85, 0.05, colour)
    elif form == "cabin":
        top = (rear + 0.05, front - 0.2, -gap * 0.8, gap * 0.8)
        parts.frustum(lift, (rear, front, -gap * 0.9, gap * 0.9), lift + dice.real(0.2, 0.35), top, dice.grey())
    elif form == "awning":
        parts.block((rear + 0.1, lift + 0.3, -gap * 0.6), (front - 0.1, lift + 0.33, gap * 0.6), dice.dark())
        for x in (rear + 0.15, front - 0.15):
            for side in (-0.55, 0.55):
                parts.rod((x, lift, side * gap), (x, lift + 0.31, side * gap), 0.018, dice.metal(), sides=6)


def _speedboat(dice: Dice, parts: Assembly) -> None:
    """An open motor boat: windscreen, seats, outboard motors, perhaps a sun roof."""
    paint, beam = dice.paint(), dice.real(0.5, 0.78)
    z = beam / 2
    hull(parts, beam, dice.real(0.2, 0.36), paint, dice.grey(), stern=dice.real(0.85, 1.0), rise=dice.real(0.02, 0.12))
    at = dice.real(0.0, 0.3)
    parts.box((at, 0.1, 0), (0.03, 0.2, z * 1.4), dice.dark(), "z", 40)
    parts.frustum(-0.02, (at, 0.8, -z * 0.75, z * 0.75), 0.08, (at + 0.05, 0.6, -z * 0.55, z * 0.55), paint)
    for s in (-1.0, 1.0):
        parts.block((-0.95, -0.02, s * z * 0.8 - 0.03), (at, 0.08, s * z * 0.8 + 0.03), paint)
    for k in range(dice.whole(1, 3)):
        for s in (-0.45, 0.45):
            parts.box((at - 0.25 - 0.3 * k, 0.07, s * z), (0.16, 0.16, z * 0.6), dice.fabric())
    if dice.chance(0.6):
        for s in (0.0,) if dice.chance(0.6) else (-0.3, 0.3):
            parts.box((-1.03, 0.05, s * z), (0.14, 0.26, 0.14), dice.dark())
            parts.box((-1.05, -0.18, s * z), (0.08, 0.3, 0.05), dice.dark())
    if dice.chance(0.3):
        parts.box((at - 0.2, 0.5, 0), (0.6, 0.03, z * 1.5), dice.paint())
        for px in (at - 0.45, at + 0.05):
            for s in (-0.65, 0.65):
                parts.rod((px, 0, s * z), (px, 0.5, s * z), 0.02, dice.metal(), sides=6)


def _cruiser(dice: Dice, parts: Assembly) -> None:
    """A motor yacht: cabins of one to three floors that become smaller, dark glass, a mast."""
    beam, paint = dice.real(0.4, 0.62), dice.grey()
    hull(parts, beam, dice.real(0.22, 0.38), dice.paint(), dice.wood(), rise=dice.real(0.04, 0.14))
    low, front, rear = 0.0, dice.real(0.35, 0.6), -dice.real(0.6, 0.85)
    for level in range(dice.whole(1, 3)):
        w = beam / 2 * (0.82 - 0.13 * level)
        parts.frustum(
            low - 0.02, (rear, front, -w, w), low + 0.1, (rear, front - 0.12, -w * 0.94, w * 0.94), dice.dark()
        )
        roof = (rear - 0.08, front - 0.17, -w, w)
        parts.frustum(low + 0.1, (rear - 0.08, front - 0.08, -w, w), low + 0.16, roof, paint)
        low, front, rear = low + 0.16, front - dice.real(0.2, 0.35), rear + dice.real(0.08, 0.3)
    parts.rod((rear + 0.2, low, 0), (rear + 0.1, low + dice.real(0.1, 0.3), 0), 0.02, paint)


def _fishing(dice: Dice, parts: Assembly) -> None:
    """A trawler or fishing boat: high bow, wheel house fore or aft, masts and booms."""
    beam = dice.real(0.5, 0.7)
    hull(parts, beam, dice.real(0.3, 0.45), dice.paint(), dice.wood(), stern=0.8, rise=dice.real(0.14, 0.24), full=2.6)
    x = dice.real(0.1, 0.4) if dice.chance(0.5) else -dice.real(0.5, 0.7)
    z = beam * 0.3
    parts.frustum(-0.02, (x - 0.25, x + 0.22, -z, z), 0.2, (x - 0.22, x + 0.18, -z, z), dice.grey())
    parts.frustum(
        0.2, (x - 0.1, x + 0.18, -z * 0.8, z * 0.8), 0.38, (x - 0.08, x + 0.2, -z * 0.8, z * 0.8), dice.grey()
    )
    for at in (x - 0.15, x - 0.75 if x > 0 else x + 0.9)[: dice.whole(1, 2)]:
        high = dice.real(0.7, 1.1)
        mast(parts, at, high, dice.metal())
        parts.rod((at, 0.25, 0), (at - 0.45, high * 0.8, 0), 0.018, dice.metal(), sides=6)
    if dice.chance(0.4):
        parts.path([(-0.9, 0, -z), (-0.9, 0.4, -z), (-0.9, 0.4, z), (-0.9, 0, z)], 0.025, dice.metal())


def _tug(dice: Dice, parts: Assembly) -> None:
    """Short and high, with a bridge and a funnel."""
    beam = dice.real(0.6, 0.85)
    z = beam / 2
    hull(parts, beam, dice.real(0.35, 0.5), dice.paint(), dice.grey(), stern=0.85, rise=dice.real(0.14, 0.25), full=3.0)
    parts.frustum(-0.02, (-0.45, 0.4, -z * 0.65, z * 0.65), 0.22, (-0.4, 0.35, -z * 0.6, z * 0.6), dice.paint())
    parts.frustum(0.22, (-0.05, 0.35, -z * 0.5, z * 0.5), 0.5, (-0.02, 0.32, -z * 0.45, z * 0.45), dice.grey())
    parts.rod((-0.22, 0.2, 0), (-0.25, dice.real(0.5, 0.7), 0), 0.09, dice.paint())
    mast(parts, 0.1, dice.real(0.75, 1.1), dice.dark(), 0.02, 0.45)
    parts.box((-0.7, 0.05, 0), (0.12, 0.12, 0.25), dice.dark())


def _rowing(dice: Dice, parts: Assembly) -> None:
    """An open boat with benches, with or without oars."""
    beam, draft = dice.real(0.55, 0.9), dice.real(0.22, 0.4)
    hull(parts, beam, draft, dice.wood() if dice.chance(0.6) else dice.paint(), stern=dice.real(0.55, 0.85),
         rise=dice.real(0.03, 0.12))  # fmt: skip
    for k in range(dice.whole(1, 4)):
        parts.box((-0.6 + 0.42 * k, -draft * 0.25, 0), (0.14, 0.035, beam * 0.85), dice.wood())
    if dice.chance(0.4):
        for s in (-1.0, 1.0):
            parts.rod((0.1, -0.05, s * beam * 0.3), (-0.15, 0.05, s * (beam / 2 + 0.5)), 0.02, dice.wood(), sides=6)


def _canoe(dice: Dice, parts: Assembly) -> None:
    """Slender and pointed at both ends: canoe, kayak, gondola, long boat with a dragon's neck."""
    beam, form = dice.real(0.24, 0.42), dice.pick(("canoe", "kayak", "high"), (3, 2, 1.5))
    rise = dice.real(0.25, 0.5) if form == "high" else dice.real(0.06, 0.2)
    hull(parts, beam, dice.real(0.14, 0.24), dice.wood() if dice.chance(0.5) else dice.paint(),
         dice.paint() if form == "kayak" else None, stern=0.06, rise=rise)  # fmt: skip
    if form == "kayak":
        parts.lathe([(beam * 0.3, 0.0), (beam * 0.28, 0.05)], (-0.1, 0, 0), dice.dark())
    for k in range(dice.whole(1, 3)):
        parts.box((-0.5 + 0.4 * k, -0.04, 0), (0.08, 0.03, beam * 0.8), dice.wood())
    if form == "high":
        for x, y in ((-1.0, rise * 0.8), (1.0, rise * 1.2)):
            parts.path([(x * 0.96, y * 0.7, 0), (x * 1.05, y + 0.2, 0), (x * 0.97, y + 0.32, 0)], 0.03, dice.wood())
        if dice.chance(0.4):
            mast(parts, 0.0, 1.1, dice.wood(), low=-0.1)
            parts.ribbon([(0.05, 1.05), (0.12, 0.7), (0.05, 0.4)], 0.45, 0.025, cloth(dice))


def _inflatable(dice: Dice, parts: Assembly) -> None:
    """A thick tube round a floor: rafts and dinghies."""
    r, half, length, paint = dice.real(0.1, 0.17), dice.real(0.3, 0.45), dice.real(0.75, 0.95), dice.paint()
    pointed = dice.chance(0.6)
    nose = [(length * 0.55, half), (length, half * 0.45)] if pointed else [(length * 0.8, half), (length, half * 0.7)]
    right = [(-length, half), *nose]
    ring = [(x, 0.0, z) for x, z in [*right, *((x, -z) for x, z in reversed(right))]]
    parts.path(ring if pointed else [*ring, ring[0]], r, paint, 10)
    parts.block((-length, -r * 0.8, -half), (length * 0.75, -r * 0.4, half), dice.grey())
    if pointed:
        parts.box((-length * 0.95, 0, 0), (0.06, r * 2, 2 * half), dice.grey())
    for k in range(dice.whole(1, 3)):
        parts.rod((-0.5 + 0.45 * k, 0, -half), (-0.5 + 0.45 * k, 0, half), r * dice.real(0.5, 0.8), paint, sides=8)
    if dice.chance(0.3):
        parts.box((-length - 0.05, 0.12, 0), (0.14, 0.3, 0.14), dice.dark())


def _submarine(dice: Dice, parts: Assembly) -> None:
    """A long round body with a tower and a cross of fins."""
    r, paint = dice.real(0.09, 0.14), dice.dark() if dice.chance(0.6) else dice.paint()
    profile = [(0.01, -1.0), (r * 0.6, -0.75), (r, -0.4), (r, 0.7), (r * 0.8, 0.9), (r * 0.3, 1.0)]
    parts.lathe(profile, (0, 0, 0), paint, axis="x")
    x = dice.real(0.1, 0.4)
    half = [(x - 0.18, 0.03), (x - 0.1, 0.05), (x + 0.15, 0.02)]
    parts.prism([*half, *((q, -z) for q, z in reversed(half))], "y", 0, r + dice.real(0.14, 0.24), paint)
    parts.box((-0.85, 0, 0), (0.14, 0.4, 0.03), paint)
    parts.box((-0.85, 0, 0), (0.14, 0.03, 0.4), paint)
    parts.box((x, r + 0.1, 0), (0.1, 0.02, 0.3), paint)
    if dice.chance(0.4):
        parts.rod((x, r, 0), (x, r + 0.4, 0), 0.014, dice.metal(), sides=6)


def _scooter(dice: Dice, parts: Assembly) -> None:
    """A jet ski: a short hull, a saddle and a steering head."""
    beam, paint = dice.real(0.6, 0.8), dice.paint()
    hull(parts, beam, dice.real(0.25, 0.35), paint, dice.grey(), stern=0.85, rise=0.12)
    parts.loft(
        [
            np.array([(x, 0, -w), (x, h, -w * 0.6), (x, h, w * 0.6), (x, 0, w)])
            for x, h, w in (
                (-0.9, 0.15, 0.2),
                (-0.2, 0.3, 0.18),
                (0.1, 0.22, 0.18),
                (0.35, 0.4, 0.2),
                (0.85, 0.08, 0.1),
            )
        ],
        paint,
    )
    parts.cushion((-0.85, 0.14, -0.13), (0.05, dice.real(0.34, 0.42), 0.13), dice.dark())
    parts.rod((0.25, 0.5, -0.3), (0.25, 0.5, 0.3), 0.03, dice.dark(), sides=8)
    parts.rod((0.4, 0.3, 0), (0.25, 0.5, 0), 0.05, dice.dark(), sides=8)


WATERCRAFT: Family = {
    "sloop": (4.5, _sloop),
    "ketch": (1.5, _ketch),
    "dinghy": (1.3, _dinghy),
    "catamaran": (2.5, _catamaran),
    "speedboat": (3, _speedboat),
    "cruiser": (3, _cruiser),
    "fishing": (1.5, _fishing),
    "tug": (1.2, _tug),
    "rowing": (2, _rowing),
    "canoe": (1.7, _canoe),
    "inflatable": (1.2, _inflatable),
    "submarine": (1.2, _submarine),
    "scooter": (0.5, _scooter),
    **ships.SHIPS,
}
"""Kinds of boats and ships, with their weights."""
