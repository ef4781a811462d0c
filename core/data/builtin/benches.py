"""Benches: they face +x, are long along z, and the back is at low x."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.backs import Seat, arms, back
from core.data.builtin.dice import Dice
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs, skids, stretchers


def _random_bench(dice: Dice, low: float = 0.8, high: float = 2.0) -> Seat:
    """A seat between two lengths."""
    frame = dice.surface()
    cover = dice.wood() if dice.chance(0.75) else frame
    return Seat(
        dice.real(0.38, 0.48), dice.real(0.17, 0.28), dice.real(low, high) / 2, dice.real(0.03, 0.09), frame, cover
    )


def _planks(dice: Dice, parts: Assembly, seat: Seat) -> None:
    """A seat of one to six boards."""
    count = dice.whole(1, 6)
    pitch = 2 * seat.x / count
    for k in range(count):
        low = -seat.x + k * pitch
        parts.block(
            (low, seat.under, -seat.z), (low + pitch * (0.82 if count > 1 else 1), seat.height, seat.z), seat.cover
        )


def _stand(dice: Dice, parts: Assembly, seat: Seat) -> None:
    """Legs, slabs, bent tubes, trestles or columns."""
    inset = seat.z - dice.real(0.02, 0.25) * seat.z
    base = dice.pick(("legs", "slabs", "tubes", "trestle", "box"), (6, 3, 2, 2, 1))
    if base == "legs":
        r = dice.real(0.018, 0.05)
        spots = corners(seat.x - r, inset - r)
        if seat.z > 0.8 and dice.chance(0.4):
            spots += [(seat.x - r, 0.0), (r - seat.x, 0.0)]
        legs(parts, spots, seat.under, r, seat.frame, square=dice.chance(0.75))
        if dice.chance(0.45):
            stretchers(dice, parts, seat.x - r, inset - r, seat.under * dice.real(0.2, 0.5), min(r, 0.025), seat.frame)
    elif base == "slabs":
        wide = dice.real(0.04, 0.2)
        for z in (-inset, inset):
            low, far = sorted((z, z - np.sign(z) * wide))
            parts.block((-seat.x * 0.95, 0, low), (seat.x * 0.95, seat.under, far), seat.frame)
    elif base == "tubes":
        skids(dice, parts, seat.x, inset, seat.under, dice.real(0.015, 0.03), seat.frame)
    elif base == "trestle":
        for z in (-inset, inset):
            for s in (-1.0, 1.0):
                parts.rod((-s * seat.x, 0, z), (s * seat.x * 0.5, seat.under, z), 0.035, seat.frame, sides=4)
        parts.rod((0, seat.height * 0.6, -inset), (0, seat.height * 0.6, inset), 0.03, seat.frame, sides=4)
    else:
        parts.block((-seat.x * 0.92, 0.0, -inset), (seat.x * 0.92, seat.under, inset), seat.frame)


def _plain(dice: Dice, parts: Assembly) -> None:
    """Without a back."""
    seat = _random_bench(dice)
    _planks(dice, parts, seat)
    _stand(dice, parts, seat)


def _padded(dice: Dice, parts: Assembly) -> None:
    """An upholstered top on legs or a closed box: piano and hall benches; some with rolled ends."""
    seat, cover = _random_bench(dice, 0.6, 1.4), dice.fabric()
    soft = dice.real(0.06, 0.14)
    parts.cushion((-seat.x, seat.under, -seat.z), (seat.x, seat.height - seat.thick + soft, seat.z), cover)
    _stand(dice, parts, seat)
    if dice.chance(0.3):
        for z in (-seat.z, seat.z):
            parts.block((-seat.x, seat.under, z - 0.03), (seat.x, seat.height + 0.12, z + 0.03), cover)
            parts.rod((-seat.x, seat.height + 0.14, z), (seat.x, seat.height + 0.14, z), 0.06, cover)


def _park(dice: Dice, parts: Assembly) -> None:
    """Boards for seat and back on iron, wooden or concrete ends, mostly with arms."""
    seat = _random_bench(dice, 1.1, 2.0)
    _planks(dice, parts, seat)
    _stand(dice, parts, seat)
    inset, rise, mark = seat.z * dice.real(0.75, 1.0) - 0.04, dice.real(0.3, 0.5), parts.mark()
    rows = dice.whole(1, 5)
    gap = dice.real(0.04, 0.14)
    for k in range(rows):
        y = seat.height + gap + (rise - gap) * (k + 0.5) / rows
        parts.box((-seat.x, y, 0), (0.035, (rise - gap) / rows * 0.8, 2 * seat.z), seat.cover)
    for z in (-inset, inset):
        parts.box((-seat.x - 0.025, seat.height + rise / 2 - 0.05, z), (0.05, rise + 0.1, 0.05), seat.frame)
    parts.shear_since(mark, "x", "y", -dice.real(0.1, 0.4), seat.height)
    if dice.chance(0.55):
        arms(dice, parts, seat)


def _settle(dice: Dice, parts: Assembly) -> None:
    """A chair made long: any chair's back over the whole length, with or without arms."""
    seat = _random_bench(dice, 0.7, 1.6)
    _planks(dice, parts, seat)
    _stand(dice, parts, seat)
    back(dice, parts, seat, dice.real(0.35, 0.6))
    if dice.chance(0.5):
        arms(dice, parts, seat)


def _pew(dice: Dice, parts: Assembly) -> None:
    """Boards down to the ground at both ends, a closed back, perhaps a closed front: church and box benches."""
    seat = _random_bench(dice, 1.0, 2.2)
    parts.block((-seat.x, seat.under, -seat.z), (seat.x, seat.height, seat.z), seat.cover)
    mark, top = parts.mark(), seat.height + dice.real(0.35, 0.6)
    parts.block((-seat.x, 0.05 if dice.chance(0.5) else seat.under, -seat.z), (-seat.x + 0.04, top, seat.z), seat.cover)
    parts.shear_since(mark, "x", "y", -dice.real(0, 0.15), seat.height)
    arm = seat.height + dice.real(0.0, 0.3)
    for s in (-1.0, 1.0):
        low, far = sorted((s * seat.z, s * (seat.z + 0.05)))
        outline = [(-seat.x, 0), (seat.x, 0), (seat.x, arm * 0.85), (0, arm), (-seat.x * 0.7, top), (-seat.x, top)]
        parts.prism(outline, "z", low, far, seat.frame)
    if dice.chance(0.3):
        parts.block((-seat.x, 0, -seat.z), (seat.x * 0.9, seat.under, seat.z), seat.cover)


def _picnic(dice: Dice, parts: Assembly) -> None:
    """A table with a bench on both sides of it, in one frame."""
    wood, z = dice.wood(), dice.real(0.7, 1.0)
    half, reach = dice.real(0.3, 0.4), dice.real(0.7, 0.85)
    parts.block((-half, 0.7, -z), (half, 0.74, z), wood)
    for s in (-1.0, 1.0):
        low, far = sorted((s * reach, s * (reach - 0.26)))
        parts.block((low, 0.42, -z), (far, 0.46, z), wood)
    for side in (-z * 0.7, z * 0.7):
        parts.box((0, 0.4, side), (2 * reach, 0.07, 0.05), wood)
        for s in (-1.0, 1.0):
            parts.rod((s * reach * 0.8, 0, side), (s * half * 0.6, 0.7, side), 0.04, wood, sides=4)


def _row(dice: Dice, parts: Assembly) -> None:
    """Separate shells or cushions on one beam, as in waiting rooms."""
    seat, metal, cover = _random_bench(dice, 1.1, 2.2), dice.metal(), dice.paint()
    count = dice.whole(2, 4)
    parts.box((-seat.x * 0.2, seat.height - 0.12, 0), (0.06, 0.06, 1.9 * seat.z), metal)
    for z in (-seat.z * 0.75, seat.z * 0.75):
        parts.rod((-seat.x * 0.2, seat.height - 0.12, z), (-seat.x * 0.2, 0.03, z), 0.03, metal)
        parts.box((-seat.x * 0.2, 0.02, z), (seat.x * 2, 0.04, 0.06), metal)
    rise, lean = dice.real(0.3, 0.42), dice.real(0.03, 0.14)
    for k in range(count):
        z = seat.z * ((2 * k + 1) / count - 1)
        line = [(seat.x, seat.height), (-seat.x * 0.8, seat.height - 0.03), (-seat.x, seat.height + 0.06)]
        parts.ribbon([*line, (-seat.x - lean, seat.height + rise)], seat.z / count * 0.9, 0.035, cover, z)
        parts.block((-seat.x * 0.3, seat.height - 0.12, z - 0.05), (0, seat.height, z + 0.05), metal)


BENCHES: Family = {
    "plain": (5, _plain),
    "padded": (2.5, _padded),
    "park": (7, _park),
    "settle": (3, _settle),
    "pew": (2, _pew),
    "picnic": (0.8, _picnic),
    "row": (1.2, _row),
}
"""Kinds of benches, with their weights."""
