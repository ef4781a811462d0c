"""Desks and work tables: the sitter is at +x, long sides lie along z."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.cases import closed, opened
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs, stretchers


def _size(dice: Dice) -> tuple[float, float, float, float]:
    """Half depth, half width, height and thickness of the top."""
    return dice.real(0.27, 0.42), dice.real(0.5, 0.9), dice.real(0.7, 0.78), dice.real(0.02, 0.05)


def _drawers(dice: Dice, parts: Assembly, x: float, low: float, high: float, under: float, body: Colour) -> None:
    """A column of drawers between two places along z, with its fronts at +x."""
    bottom = 0.03 if dice.chance(0.7) else under * dice.real(0.3, 0.6)
    closed(
        dice, parts, (-x, bottom, low), (x, under, high), dice.whole(2, 4), 1, shaded(body, 1.12), body, dice.metal()
    )


def _pedestal_desk(dice: Dice, parts: Assembly) -> None:
    """A top on one or two columns of drawers, or a board or legs at the other end, with a board at the rear."""
    x, z, high, t = _size(dice)
    top = dice.surface()
    body = top if dice.chance(0.6) else dice.surface()
    parts.block((-x, high - t, -z), (x, high, z), top)
    wide, px = dice.real(0.3, 0.5), x * 0.95
    first = 1.0 if dice.chance(0.5) else -1.0
    for s, drawers in ((first, True), (-first, dice.chance(0.5))):
        low, far = sorted((s * z * 0.97, s * (z * 0.97 - wide)))
        if drawers:
            _drawers(dice, parts, px, low, far, high - t, body)
        elif dice.chance(0.5):
            parts.box((0, (high - t) / 2, s * z * 0.95), (2 * px, high - t, 0.04), body)
        else:
            legs(parts, [(px * 0.95, s * z * 0.93), (-px * 0.95, s * z * 0.93)], high - t, 0.025, body)
    if dice.chance(0.75):
        parts.block((-px, high * dice.real(0.1, 0.5), -z * 0.96), (-px + 0.025, high - t, z * 0.96), shaded(body, 0.9))


def _writing_desk(dice: Dice, parts: Assembly) -> None:
    """Legs under a row of flat drawers, perhaps with a small set of shelves on top."""
    x, z, high, t = _size(dice)
    wood = dice.surface()
    parts.block((-x, high - t, -z), (x, high, z), wood)
    deep = dice.real(0.08, 0.2)
    closed(dice, parts, (-x * 0.95, high - t - deep, -z * 0.95), (x * 0.95, high - t, z * 0.95), 1, dice.whole(2, 3),
           shaded(wood, 1.1), wood, dice.metal())  # fmt: skip
    r = dice.real(0.018, 0.035)
    legs(parts, corners(x * 0.93 - r, z * 0.93 - r), high - t - deep, r, wood, foot=r * 0.6, square=dice.chance(0.7))
    form = dice.pick(("plain", "shelves", "gallery", "mirror"), (3, 2, 1, 1))
    if form == "shelves":
        top = high + dice.real(0.2, 0.55)
        opened(
            parts,
            (-x, high, -z),
            (-x + dice.real(0.15, 0.25), top, z),
            dice.whole(1, 2),
            dice.whole(2, 4),
            wood,
            0.02,
            True,
        )
    elif form == "gallery":
        parts.block((-x, high, -z), (-x + 0.02, high + 0.12, z), wood)
        for s in (-1.0, 1.0):
            parts.box((-x * 0.5, high + 0.05, s * (z - 0.01)), (x, 0.1, 0.02), wood)
    elif form == "mirror":
        tall, wide = dice.real(0.25, 0.4), dice.real(0.2, 0.35)
        angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        outline = [(high + 0.1 + tall * (1 + float(np.sin(a))), wide * float(np.cos(a))) for a in angles]
        parts.prism(outline, "x", -x, -x + 0.03, dice.screen())
        parts.block((-x, high, -0.04), (-x + 0.03, high + 0.15, 0.04), wood)


def _office_desk(dice: Dice, parts: Assembly) -> None:
    """A plain top on steel: T feet, C feet, tubes or boards, with a modesty board."""
    x, z, high, t = _size(dice)
    metal, top = dice.metal(), dice.surface()
    parts.block((-x, high - t, -z), (x, high, z), top)
    form, at = dice.pick(("tees", "cees", "boards", "tubes"), (3, 1.5, 2, 2)), z * dice.real(0.75, 0.95)
    for s in (-at, at):
        if form == "boards":
            parts.box((0, (high - t) / 2, s), (2 * x * 0.95, high - t, 0.04), metal if dice.chance(0.3) else top)
        elif form == "tubes":
            legs(parts, [(x * 0.9, s), (-x * 0.9, s)], high - t, 0.025, metal)
        else:
            rear = 0.0 if form == "tees" else -x * 0.75
            parts.box((rear, (high - t) / 2, s), (0.09, high - t, 0.05), metal)
            parts.box((0, 0.03, s), (2 * x * 0.95, 0.05, 0.06), metal)
            parts.box((0, high - t - 0.02, s), (2 * x * 0.8, 0.03, 0.05), metal)
    if dice.chance(0.6):
        parts.block((-x * 0.8, high * dice.real(0.25, 0.55), -at), (-x * 0.8 + 0.02, high - t, at), shaded(top, 0.9))


def _corner_desk(dice: Dice, parts: Assembly) -> None:
    """An L of two tops on boards, legs or drawers."""
    x, z, high, t = _size(dice)
    top, body = dice.surface(), dice.surface()
    side, reach, wide = (1.0 if dice.chance(0.5) else -1.0), dice.real(0.4, 0.9), dice.real(0.42, 0.6)
    parts.block((-x, high - t, -z), (x, high, z), top)
    low, far = sorted((side * z, side * (z - wide)))
    parts.block((x, high - t, low), (x + reach, high, far), top)
    panels = dice.chance(0.6)
    for px, pz in ((0.0, -side * z * 0.96), (x + reach - 0.03, (low + far) / 2)):
        if panels:
            size = (2 * x, high - t, 0.035) if px == 0 else (0.035, high - t, wide)
            parts.box((px, (high - t) / 2, pz), size, body)
        else:
            for q in (-0.4, 0.4):
                at = (2 * q * x, pz) if px == 0 else (px, pz + q * wide)
                legs(parts, [at], high - t, 0.03, body)
    parts.box((-x + 0.02, (high - t) / 2, side * (z - 0.15)), (0.035, high - t, 0.3), body)
    parts.box((-x + 0.02, high * 0.6, 0), (0.025, high * 0.6, 2 * z), body)
    if dice.chance(0.4):
        low, far = sorted((-side * z * 0.95, -side * (z * 0.95 - 0.4)))
        _drawers(dice, parts, x * 0.9, low, far, high - t, body)


def _hutch(dice: Dice, parts: Assembly) -> None:
    """A computer desk: boards at the sides, shelves above, a drawer column or a keyboard tray."""
    x, z, high, t = _size(dice)
    wood, z = dice.surface(), z * 0.85
    top = high + dice.real(0.35, 0.75)
    for s in (-1.0, 1.0):
        parts.box((0, high / 2, s * (z - 0.015)), (2 * x, high, 0.03), wood)
    parts.block((-x, high - t, -z), (x, high, z), wood)
    deep = dice.real(0.5, 0.9) * x
    opened(
        parts, (-x, high, -z), (-x + deep, top, z), dice.whole(1, 2), dice.whole(1, 3), wood, 0.025, dice.chance(0.5)
    )
    parts.block((-x, high * 0.3, -z), (-x + 0.02, high, z), shaded(wood, 0.85))
    if dice.chance(0.6):
        _drawers(dice, parts, x * 0.95, z - 0.42, z - 0.03, high - t, wood)
    if dice.chance(0.5):
        parts.block((-x * 0.2, high - 0.14, -z + 0.05), (x * 1.25, high - 0.12, z - 0.45), wood)


def _workbench(dice: Dice, parts: Assembly) -> None:
    """Thick posts, a heavy top, a shelf below, perhaps a tool wall behind."""
    x, z, high, wood = dice.real(0.3, 0.4), dice.real(0.6, 1.0), dice.real(0.8, 0.95), dice.wood()
    r = dice.real(0.035, 0.06)
    parts.block((-x, high - dice.real(0.04, 0.1), -z), (x, high, z), wood)
    legs(parts, corners(x - r, z - r * 2), high - 0.03, r, dice.surface(), square=True)
    stretchers(dice, parts, x - r, z - r * 2, high * 0.2, 0.03, wood)
    if dice.chance(0.7):
        parts.block((-x + r, high * 0.2, r - z), (x - r, high * 0.2 + 0.03, z - r), shaded(wood, 0.85))
    if dice.chance(0.5):
        parts.block((-x, high, -z), (-x + 0.04, high + dice.real(0.3, 0.8), z), shaded(wood, 0.9))


DESKS: Family = {
    "pedestal desk": (3, _pedestal_desk),
    "writing desk": (2, _writing_desk),
    "office desk": (2.5, _office_desk),
    "corner desk": (1.2, _corner_desk),
    "hutch": (1, _hutch),
    "workbench": (0.7, _workbench),
}
"""Kinds of desks, with their weights among tables."""
