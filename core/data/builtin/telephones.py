"""Telephones: the front is at +x; mobile ones stand upright, some lie on their back."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def telephone(dice: Dice, parts: Assembly) -> None:
    """Bar phones, smartphones, flip and slide phones, cordless ones in a cradle, desk and wall telephones."""
    kind = dice.pick(
        ("smart", "bar", "flip", "slider", "cordless", "desk", "rotary", "handset", "brick"),
        (6, 5, 3, 2, 2, 3, 1.5, 1, 1),
    )
    case, screen, keys = dice.dark() if dice.chance(0.45) else dice.paint(), dice.screen(), dice.grey()
    if kind in ("desk", "rotary"):
        _desk_phone(dice, parts, kind, case, keys)
        return
    mark = parts.mark()
    height, width = (
        1.0,
        {"smart": dice.real(0.46, 0.58), "slider": dice.real(0.45, 0.52)}.get(kind, dice.real(0.34, 0.48)),
    )
    t = {"smart": dice.real(0.06, 0.11), "brick": dice.real(0.2, 0.3)}.get(kind, dice.real(0.1, 0.2))
    if kind in ("smart", "bar", "brick"):
        _slab(dice, parts, 0, 0, height, width, t, case)
        face = t / 2
        if kind == "smart":
            parts.box((face, 0.5, 0), (0.015, 0.82, width * 0.9), screen)
            if dice.chance(0.5):
                parts.rod((face, 0.05, 0), (face + 0.01, 0.05, 0), 0.03, keys)
        else:
            split = dice.real(0.45, 0.58)
            parts.box((face, (split + 0.92) / 2, 0), (0.02, 0.92 - split, width * 0.8), screen)
            _keys(parts, face, 0.06, split - 0.05, width * 0.8, keys)
        if (kind == "brick" or dice.chance(0.25)) and kind != "smart":
            parts.rod(
                (-t * 0.2, 0.95, width * 0.36),
                (-t * 0.2, dice.real(1.1, 1.4), width * 0.36),
                0.035,
                dice.dark(),
                sides=8,
            )
    elif kind == "flip":
        w, half = dice.real(0.42, 0.55), 0.5
        _slab(dice, parts, 0, 0, half, w, t * 0.7, case)
        _keys(parts, t * 0.35, 0.05, half - 0.06, w * 0.8, keys)
        inner = parts.mark()
        _slab(dice, parts, 0, half, 1.0, w, t * 0.5, case)
        parts.box((t * 0.25, 0.76, 0), (0.02, 0.34, w * 0.8), screen)
        parts.turn_since(inner, "z", -dice.real(0, 75) if dice.chance(0.85) else -165, (t * 0.2, half, 0))
        parts.rod((0, half, -w * 0.4), (0, half, w * 0.4), t * 0.4, shaded(case, 0.8))
    elif kind == "slider":
        w, gap = width, dice.real(0.3, 0.5)
        _slab(dice, parts, -t * 0.3, 0, 0.75, w, t * 0.55, shaded(case, 0.8))
        _slab(dice, parts, t * 0.25, gap, gap + 0.7, w, t * 0.55, case)
        parts.box((t * 0.52, gap + 0.38, 0), (0.02, 0.5, w * 0.85), screen)
        _keys(parts, -t * 0.02, 0.04, gap - 0.03, w * 0.8, keys)
    elif kind == "cordless":
        w = dice.real(0.24, 0.32)
        _slab(dice, parts, 0, 0.08, 1.0, w, dice.real(0.14, 0.2), case)
        parts.box((0.09, 0.75, 0), (0.02, 0.2, w * 0.7), screen)
        _keys(parts, 0.09, 0.25, 0.6, w * 0.75, keys)
        if dice.chance(0.6):
            parts.frustum(
                0, (-0.24, 0.24, -0.26, 0.26), dice.real(0.14, 0.24), (-0.14, 0.16, -0.2, 0.2), shaded(case, 1.2)
            )
            return
    else:
        _handset(parts, (0, 0.5, 0), 1.0, case, upright=True)
        return
    if dice.chance(0.2):
        parts.turn_since(mark, "z", 90, (0, 0, 0))


def _slab(
    dice: Dice, parts: Assembly, x: float, low: float, high: float, width: float, t: float, colour: Colour
) -> None:
    """An upright slab with chamfered or rounded corners."""
    w, c = width / 2, min(width, high - low) * dice.real(0.03, 0.25)
    steps = [np.pi / 2 * k / 3 for k in range(4)]
    outline = []
    for cy, cz, start in (
        (high - c, w - c, 0.0),
        (high - c, -w + c, np.pi / 2),
        (low + c, -w + c, np.pi),
        (low + c, w - c, 1.5 * np.pi),
    ):
        outline += [_corner(cy, cz, c, start + a) for a in steps]
    parts.prism(outline, "x", x - t / 2, x + t / 2, colour)


def _corner(cy: float, cz: float, c: float, angle: float) -> tuple[float, float]:
    """A point of a rounded corner; angle 0 points to +z, a right angle to +y."""
    return cy + c * float(np.sin(angle)), cz + c * float(np.cos(angle))


def _keys(parts: Assembly, x: float, low: float, high: float, width: float, colour: Colour) -> None:
    """A key pad of three columns."""
    step = (high - low) / 4
    for row in range(4):
        for column in range(3):
            z = (column - 1) * width / 3
            parts.box((x, low + (row + 0.5) * step, z), (0.025, step * 0.7, width * 0.25), colour)


def _desk_phone(dice: Dice, parts: Assembly, kind: str, case: Colour, keys: Colour) -> None:
    width, depth, rear = dice.real(0.8, 1.0), dice.real(0.75, 1.0), dice.real(0.2, 0.45)
    x, z = depth / 2, width / 2
    if kind == "rotary":
        parts.frustum(0, (-x, x, -z * 0.9, z * 0.9), 0.4, (-x * 0.6, x * 0.1, -z * 0.6, z * 0.6), case)
        parts.rod((x * 0.42, 0.2, 0), (x * 0.52, 0.27, 0), z * 0.5, keys, z * 0.48, 18)
        for s in (-1.0, 1.0):
            parts.box((-x * 0.25, 0.45, s * z * 0.5), (0.12, 0.12, 0.08), case)
        _handset(parts, (-x * 0.25, 0.55, 0), width * 1.1, case)
        return
    parts.prism([(-x, 0), (x, 0), (x, 0.08), (-x, rear)], "z", -z, z, case)
    slope = float(np.degrees(np.arctan((rear - 0.08) / depth)))
    mark = parts.mark()
    parts.box((0.05, 0.0, z * 0.3), (depth * 0.5, 0.04, width * 0.4), keys)
    if dice.chance(0.7):
        parts.box((-x * 0.65, 0.02, z * 0.25), (depth * 0.2, dice.real(0.05, 0.2), width * 0.5), dice.screen())
    parts.turn_since(mark, "z", -slope, (0, 0, 0))
    parts.lift_since(mark, (rear + 0.08) / 2 + 0.02)
    mark = parts.mark()
    _handset(parts, (0, 0.08, -z * 0.55), depth * dice.real(0.9, 1.05), shaded(case, 0.85), lengthwise=True)
    parts.turn_since(mark, "z", -slope, (0, 0, 0))
    parts.lift_since(mark, (rear + 0.08) / 2)


def _handset(
    parts: Assembly, centre: tuple[float, float, float], length: float, colour: Colour,
    upright: bool = False, lengthwise: bool = False,
) -> None:  # fmt: skip
    """A receiver with ear and mouth piece: along z, or standing, or along x."""
    x, y, z = centre
    h = length / 2
    mark = parts.mark()
    parts.box((x, y + 0.05, z), (0.13, 0.08, length * 0.75), colour)
    for s in (-1.0, 1.0):
        parts.rod((x, y - 0.07, z + s * h * 0.8), (x, y + 0.08, z + s * h * 0.8), 0.12, colour, 0.11, 12)
    if upright:
        parts.turn_since(mark, "x", 90, centre)
        parts.turn_since(mark, "y", -90, centre)
    if lengthwise:
        parts.turn_since(mark, "y", 90, centre)
