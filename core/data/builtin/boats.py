"""Watercraft: the bow is at +x, the keel below."""

import numpy as np

from core.data.builtin.assembly import Array, Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def watercraft(dice: Dice, parts: Assembly) -> None:
    """Sailing boats, tall ships, cargo ships, tankers, speedboats, canoes, tugs, warships, ferries and more."""
    kind = dice.pick(
        ("sail", "tall", "cargo", "speed", "yacht", "canoe", "tug", "war", "ferry", "row", "catamaran", "submarine"),
        (5, 2, 3, 4, 3, 2, 2, 4, 2, 1.5, 1.5, 1),
    )
    hull, deck = dice.paint(), dice.wood() if dice.chance(0.5) else dice.grey()
    if kind == "submarine":
        _submarine(dice, parts, hull)
        return
    length = 2.0
    beam = {
        "sail": 0.56,
        "tall": 0.45,
        "cargo": 0.34,
        "speed": 0.62,
        "yacht": 0.46,
        "canoe": 0.32,
        "tug": 0.7,
        "war": 0.26,
        "ferry": 0.42,
        "row": 0.62,
        "catamaran": 0.2,
    }[kind] * dice.real(0.75, 1.35)
    draft = {
        "sail": 0.22,
        "tall": 0.32,
        "cargo": 0.26,
        "speed": 0.26,
        "yacht": 0.3,
        "canoe": 0.17,
        "tug": 0.4,
        "war": 0.2,
        "ferry": 0.26,
        "row": 0.24,
        "catamaran": 0.2,
    }[kind] * dice.real(0.8, 1.6)
    stern = {"sail": 0.6, "canoe": 0.05, "tug": 0.85, "tall": 0.75, "row": 0.65}.get(kind, 0.88)
    rise = {"canoe": 0.12, "tall": 0.18, "tug": 0.2, "row": 0.1}.get(kind, dice.real(0.02, 0.1))
    if kind == "catamaran":
        gap = dice.real(0.32, 0.46)
        for side in (-gap, gap):
            _hull(parts, length, beam, draft, 0.7, 0.05, hull, hull, side)
        parts.block((-0.75, -0.02, -gap), (0.3, 0.05, gap), deck)
        if dice.chance(0.6):
            _sails(dice, parts, 0.1, dice.real(1.6, 2.4), 0.05)
        else:
            parts.frustum(0.04, (-0.6, 0.2, -gap, gap), 0.32, (-0.55, 0.05, -gap * 0.9, gap * 0.9), dice.grey())
        return
    hollow = kind in ("canoe", "row")
    _hull(parts, length, beam, draft, stern, rise, hull, deck, hollow=hollow)
    z = beam / 2
    if kind == "sail":
        _sails(dice, parts, dice.real(0.0, 0.25), dice.real(1.7, 2.5), 0.0)
        if dice.chance(0.7):
            parts.frustum(
                -0.02,
                (-0.4, 0.25, -z * 0.55, z * 0.55),
                dice.real(0.08, 0.16),
                (-0.35, 0.1, -z * 0.45, z * 0.45),
                dice.grey(),
            )
        if dice.chance(0.5):
            parts.prism(
                [(-0.2, -draft - 0.25), (0.05, -draft - 0.25), (0.15, -draft * 0.8), (-0.2, -draft * 0.8)],
                "z",
                -0.025,
                0.025,
                hull,
            )
    elif kind == "tall":
        _tall_ship(dice, parts, deck)
    elif kind == "cargo":
        _cargo(dice, parts, z)
    elif kind == "speed":
        parts.box((dice.real(0.15, 0.35), 0.1, 0), (0.03, 0.2, z * 1.4), dice.dark(), "z", 40)
        parts.frustum(-0.02, (0.2, 0.8, -z * 0.7, z * 0.7), 0.07, (0.25, 0.6, -z * 0.5, z * 0.5), hull)
        for k in range(dice.whole(1, 3)):
            for s in (-0.45, 0.45):
                parts.box((-0.05 - 0.35 * k, 0.07, s * z), (0.16, 0.16, z * 0.6), dice.fabric())
        if dice.chance(0.6):
            for s in (0.0,) if dice.chance(0.6) else (-0.3, 0.3):
                parts.box((-1.03, 0.05, s * z), (0.14, 0.26, 0.14), dice.dark())
                parts.box((-1.05, -0.18, s * z), (0.08, 0.3, 0.05), dice.dark())
        if dice.chance(0.35):
            parts.box((0, 0.5, 0), (0.6, 0.03, z * 1.5), dice.paint())
            for px in (-0.25, 0.25):
                for s in (-0.65, 0.65):
                    parts.rod((px, 0, s * z), (px, 0.5, s * z), 0.02, dice.metal(), sides=6)
    elif kind == "yacht":
        low, front, rear, colour = 0.0, dice.real(0.4, 0.6), -0.8, dice.grey()
        for level in range(dice.whole(1, 3)):
            w = z * (0.85 - 0.12 * level)
            parts.frustum(
                low - 0.02, (rear, front, -w, w), low + 0.09, (rear, front - 0.08, -w * 0.95, w * 0.95), dice.dark()
            )
            parts.frustum(
                low + 0.09, (rear - 0.08, front - 0.06, -w, w), low + 0.15, (rear - 0.08, front - 0.14, -w, w), colour
            )
            low += 0.15
            front -= dice.real(0.18, 0.3)
            rear += dice.real(0.1, 0.3)
        parts.rod((rear + 0.2, low, 0), (rear + 0.1, low + dice.real(0.1, 0.3), 0), 0.02, colour)
    elif kind in ("canoe", "row"):
        for k in range(dice.whole(2, 4)):
            parts.box((-0.5 + 0.4 * k, -draft * 0.25, 0), (0.12, 0.03, beam * 0.85), deck)
        if dice.chance(0.4):
            for s in (-1.0, 1.0):
                parts.rod((0.1, -0.05, s * z * 0.6), (-0.15, 0.05, s * (z + 0.5)), 0.02, dice.wood(), sides=6)
    elif kind == "tug":
        parts.frustum(-0.02, (-0.45, 0.4, -z * 0.65, z * 0.65), 0.22, (-0.4, 0.35, -z * 0.6, z * 0.6), dice.paint())
        parts.frustum(0.22, (-0.05, 0.35, -z * 0.5, z * 0.5), 0.5, (-0.02, 0.32, -z * 0.45, z * 0.45), dice.grey())
        parts.rod((-0.22, 0.2, 0), (-0.25, dice.real(0.5, 0.7), 0), 0.09, dice.paint())
        parts.rod((0.12, 0.5, 0), (0.1, dice.real(0.75, 1.1), 0), 0.02, dice.dark(), sides=6)
        parts.box((-0.7, 0.05, 0), (0.12, 0.12, 0.25), dice.dark())
    elif kind == "war":
        _warship(dice, parts, z, hull)
    else:
        for level in range(dice.whole(2, 4)):
            w = z * (0.95 - 0.04 * level)
            low = 0.11 * level
            parts.block(
                (-0.85 + 0.1 * level, low - 0.02, -w),
                (0.65 - 0.12 * level, low + 0.1, w),
                dice.grey() if level % 2 else shaded(hull, 1.2),
            )
        for k in range(dice.whole(1, 3)):
            parts.rod((-0.3 + 0.25 * k, 0.2, 0), (-0.34 + 0.25 * k, 0.62, 0), 0.06, dice.paint())


def _hull(
    parts: Assembly, length: float, beam: float, draft: float, stern: float, rise: float, hull: Colour,
    deck: Colour, z: float = 0.0, hollow: bool = False,
) -> None:  # fmt: skip
    """A hull from stern to bow; the deck lies near y = 0; ``hollow`` leaves it open like a bowl with walls."""
    rings: list[Array] = []
    for t in np.linspace(0, 1, 11):
        x = length * (float(t) - 0.5)
        swell = 1 - max(0.0, (float(t) - 0.45) / 0.55) ** 2.2
        full = swell * (stern + (1 - stern) * min(1.0, float(t) / 0.45) ** 0.7)
        w = max(beam / 2 * full, 0.008)
        top = rise * (2 * float(t) - 0.9) ** 2
        keel = -draft * (1 - max(0.0, (float(t) - 0.6) / 0.4) ** 2 * 0.75) * (0.75 + 0.25 * min(1.0, float(t) / 0.3))
        ring = [(top, -w), (keel * 0.45, -w * 0.92), (keel * 0.85, -w * 0.6), (keel, 0.0)]
        ring += [(keel * 0.85, w * 0.6), (keel * 0.45, w * 0.92), (top, w)]
        if hollow:
            ring += [
                (top, w * 0.8),
                (keel * 0.6, w * 0.55),
                (keel * 0.75, 0.0),
                (keel * 0.6, -w * 0.55),
                (top, -w * 0.8),
            ]
        rings.append(np.array([(x, y, z + s) for y, s in ring]))
    parts.loft(rings, hull)
    if not hollow:
        cover = [np.array([ring[0], ring[-1], ring[-1] - (0, 0.02, 0), ring[0] - (0, 0.02, 0)]) for ring in rings[:-1]]
        parts.loft([ring + np.array((0, 0.015, 0)) for ring in cover], deck)


def _sails(dice: Dice, parts: Assembly, x: float, height: float, foot: float) -> None:
    """A mast with a main sail and perhaps a jib, a gaff sail or furled sails."""
    mast, cloth = dice.wood(), dice.colour((0, 1), (0.0, 0.25), (0.8, 1.0)) if dice.chance(0.7) else dice.paint()
    parts.rod((x, -0.05, 0), (x, height, 0), 0.025, mast, 0.015, 8)
    boom = x - dice.real(0.65, 0.95)
    y = foot + dice.real(0.14, 0.25)
    parts.rod((x, y, 0), (boom, y, 0), 0.02, mast, sides=6)
    if dice.chance(0.15):
        parts.rod((x - 0.05, y + 0.05, 0), (boom, y + 0.05, 0), 0.05, cloth, sides=8)
        return
    belly = dice.real(-0.1, 0.1)
    peak = height * dice.real(0.85, 0.97)
    if dice.chance(0.25):
        outline = [(x - 0.03, y), (boom, y), (boom + 0.15, peak * 0.9), (x - 0.03, peak * 0.65)]
    else:
        outline = [(x - 0.03, y), (boom, y), (x - 0.08, peak), (x - 0.03, peak)]
    mark = parts.mark()
    parts.prism(outline, "z", -0.015, 0.015, cloth)
    if dice.chance(0.75):
        bow = min(0.97, x + dice.real(0.6, 0.9))
        parts.prism(
            [(bow, foot + 0.1), (x + dice.real(-0.1, 0.15), foot + 0.15), (x + 0.03, height * dice.real(0.7, 0.92))],
            "z",
            -0.012,
            0.012,
            cloth,
        )
    parts.shear_since(mark, "z", "x", belly, x)


def _tall_ship(dice: Dice, parts: Assembly, deck: Colour) -> None:
    cloth, wood = dice.colour((0.08, 0.14), (0.0, 0.25), (0.75, 1.0)), dice.wood()
    masts = dice.whole(2, 3)
    bare = dice.chance(0.3)
    for k in range(masts):
        x = -0.6 + 1.2 * k / max(1, masts - 1)
        height = dice.real(1.2, 1.6) * (1.0 if k == masts // 2 else 0.85)
        parts.rod((x, -0.05, 0), (x, height, 0), 0.025, wood, 0.015, 8)
        rows = dice.whole(2, 3)
        for r in range(rows):
            y = height * (0.32 + 0.6 * r / rows)
            w = 0.42 * (1 - 0.2 * r)
            h = height * 0.5 / rows
            parts.rod((x + 0.03, y + h, -w), (x + 0.03, y + h, w), 0.018, wood, sides=6)
            if not bare:
                parts.box((x + 0.07, y + h / 2, 0), (0.03, h, 1.85 * w), cloth, "z", 8)
    parts.rod((0.9, 0.05, 0), (1.35, 0.28, 0), 0.025, wood, 0.012, 8)
    if dice.chance(0.6):
        parts.block((-0.98, 0.0, -0.16), (-0.6, 0.22, 0.16), deck)
    if dice.chance(0.5) and not bare:
        parts.prism([(1.28, 0.25), (0.65, 0.3), (0.62, 1.1)], "z", -0.012, 0.012, cloth)


def _cargo(dice: Dice, parts: Assembly, z: float) -> None:
    bridge = dice.real(-0.9, -0.7)
    high = dice.real(0.25, 0.45)
    colour = dice.grey()
    parts.block((bridge, -0.02, -z * 0.9), (bridge + 0.2, high, z * 0.9), colour)
    parts.box((bridge + 0.12, high + 0.03, 0), (0.14, 0.07, 2.1 * z), shaded(colour, 0.9))
    parts.rod((bridge + 0.02, high, 0), (bridge, high + 0.14, 0), 0.05, dice.paint())
    load = dice.pick(("containers", "tanker", "bulk", "cranes"), (3, 2, 1, 1))
    if load == "containers":
        bays = dice.whole(4, 7)
        for k in range(bays):
            x = bridge + 0.3 + (0.55 - bridge - 0.2) * k / bays
            parts.block(
                (x, 0.0, -z * 0.85), (x + (0.4 - bridge) / bays * 0.85, dice.real(0.08, 0.3), z * 0.85), dice.paint()
            )
    elif load == "tanker":
        if dice.chance(0.5):
            for k in range(4):
                parts.ellipsoid((bridge + 0.4 + 0.3 * k, 0.04, 0), (0.14, 0.16, z * 0.9), dice.grey())
        else:
            parts.rod((bridge + 0.2, 0.05, 0), (0.75, 0.05, 0), 0.03, dice.paint(), sides=8)
            parts.box((0.0, 0.06, 0), (0.12, 0.1, z * 1.4), dice.metal())
    else:
        for k in range(dice.whole(2, 4)):
            x = bridge + 0.4 + 0.32 * k
            parts.box((x, 0.03, 0), (0.2, 0.06, z * 1.3), dice.paint())
            if load == "cranes":
                parts.rod((x + 0.14, 0, 0), (x + 0.14, 0.35, 0), 0.03, dice.metal(), sides=6)
                parts.rod((x + 0.14, 0.33, 0), (x - 0.06, 0.42, 0), 0.02, dice.metal(), sides=6)


def _warship(dice: Dice, parts: Assembly, z: float, hull: Colour) -> None:
    if dice.chance(0.25):
        parts.box((0, 0.07, 0), (2.0, 0.05, z * 3.2), dice.dark())
        parts.block((-0.2, 0.08, z * 0.9), (0.15, 0.35, z * 1.45), hull)
        parts.rod((0, 0.3, z * 1.1), (0, 0.5, z * 1.1), 0.02, hull)
        return
    grey = shaded(hull, 1.1)
    parts.block((-0.55, -0.02, -z * 0.8), (0.4, 0.1, z * 0.8), grey)
    parts.frustum(0.1, (0.05, 0.35, -z * 0.7, z * 0.7), 0.3, (0.08, 0.28, -z * 0.55, z * 0.55), grey)
    parts.rod((0.1, 0.28, 0), (0.08, dice.real(0.5, 0.75), 0), 0.03, grey, 0.015, 6)
    for k in range(dice.whole(1, 3)):
        parts.frustum(
            0.1,
            (-0.2 - 0.22 * k, -0.06 - 0.22 * k, -z * 0.35, z * 0.35),
            dice.real(0.22, 0.34),
            (-0.2 - 0.22 * k, -0.08 - 0.22 * k, -z * 0.28, z * 0.28),
            grey,
        )
    for x in (0.55, 0.72, -0.72)[: dice.whole(1, 3)]:
        parts.lathe([(z * 0.45, 0.0), (z * 0.4, 0.07)], (x, 0.0, 0), grey, sides=10)
        toward = 1 if x > 0 else -1
        for s in (-0.12, 0.12):
            parts.rod((x, 0.06, s * z), (x + toward * 0.22, 0.08, s * z), 0.012, dice.dark(), sides=5)


def _submarine(dice: Dice, parts: Assembly, hull: Colour) -> None:
    r = dice.real(0.09, 0.13)
    parts.lathe(
        [(0.01, -1.0), (r * 0.6, -0.75), (r, -0.4), (r, 0.7), (r * 0.8, 0.9), (r * 0.3, 1.0)], (0, 0, 0), hull, axis="x"
    )
    x = dice.real(0.1, 0.4)
    parts.prism(
        [(x - 0.18, -0.03), (x - 0.1, -0.05), (x + 0.15, -0.02), (x + 0.15, 0.02), (x - 0.1, 0.05), (x - 0.18, 0.03)],
        "y",
        0,
        r + dice.real(0.14, 0.24),
        shaded(hull, 0.9),
    )
    for axis in ("y", "z"):
        size = (0.14, 0.4, 0.03) if axis == "y" else (0.14, 0.03, 0.4)
        parts.box((-0.85, 0, 0), size, hull)
    parts.box((x, r + 0.1, 0), (0.1, 0.02, 0.3), hull)
