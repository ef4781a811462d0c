"""Telephones: the front is at +x; mobile ones stand upright, some lie on their back."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family


def _case(dice: Dice) -> Colour:
    return dice.dark() if dice.chance(0.45) else dice.paint()


def _lie_down(dice: Dice, parts: Assembly, mark: int, probability: float = 0.2) -> None:
    """Some mobile telephones lie on their back."""
    if dice.chance(probability):
        parts.turn_since(mark, "z", 90, (0, 0, 0))


def _smartphone(dice: Dice, parts: Assembly) -> None:
    mark, width, t = parts.mark(), dice.real(0.46, 0.58), dice.real(0.06, 0.11)
    _slab(dice, parts, 0, 0, 1.0, width, t, _case(dice))
    parts.box((t / 2, 0.5, 0), (0.015, 0.82, width * 0.9), dice.screen())
    if dice.chance(0.5):
        parts.rod((t / 2, 0.05, 0), (t / 2 + 0.01, 0.05, 0), 0.03, dice.grey())
    _lie_down(dice, parts, mark)


def _tablet(dice: Dice, parts: Assembly) -> None:
    """Wider than a telephone; lies more often."""
    mark, width, t = parts.mark(), dice.real(0.6, 0.78), dice.real(0.03, 0.08)
    _slab(dice, parts, 0, 0, 1.0, width, t, _case(dice))
    parts.box((t / 2, 0.5, 0), (0.015, 0.86, width * 0.88), dice.screen())
    _lie_down(dice, parts, mark, 0.6)


def _bar(dice: Dice, parts: Assembly) -> None:
    """Keys below a small screen."""
    mark, width, t = parts.mark(), dice.real(0.34, 0.48), dice.real(0.1, 0.2)
    _keyed(dice, parts, width, t)
    if dice.chance(0.25):
        _antenna(dice, parts, width, t)
    _lie_down(dice, parts, mark)


def _brick(dice: Dice, parts: Assembly) -> None:
    """The early ones: thick, with an antenna."""
    width, t = dice.real(0.34, 0.48), dice.real(0.2, 0.3)
    _keyed(dice, parts, width, t)
    _antenna(dice, parts, width, t)


def _keyed(dice: Dice, parts: Assembly, width: float, t: float) -> None:
    split = dice.real(0.45, 0.58)
    _slab(dice, parts, 0, 0, 1.0, width, t, _case(dice))
    parts.box((t / 2, (split + 0.92) / 2, 0), (0.02, 0.92 - split, width * 0.8), dice.screen())
    _keys(parts, t / 2, 0.06, split - 0.05, width * 0.8, dice.grey())


def _antenna(dice: Dice, parts: Assembly, width: float, t: float) -> None:
    top = dice.real(1.1, 1.4)
    parts.rod((-t * 0.2, 0.9, width * 0.36), (-t * 0.2, top, width * 0.36), 0.035, dice.dark(), sides=8)


def _flip(dice: Dice, parts: Assembly) -> None:
    """Two halves with a hinge, more or less open, some shut."""
    mark, case, w, half, t = parts.mark(), _case(dice), dice.real(0.42, 0.55), 0.5, dice.real(0.1, 0.2)
    _slab(dice, parts, 0, 0, half, w, t * 0.7, case)
    _keys(parts, t * 0.35, 0.05, half - 0.06, w * 0.8, dice.grey())
    inner = parts.mark()
    _slab(dice, parts, 0, half, 1.0, w, t * 0.5, case)
    parts.box((t * 0.25, 0.76, 0), (0.02, 0.34, w * 0.8), dice.screen())
    parts.turn_since(inner, "z", -dice.real(0, 75) if dice.chance(0.85) else -165, (t * 0.2, half, 0))
    parts.rod((0, half, -w * 0.4), (0, half, w * 0.4), t * 0.4, shaded(case, 0.8))
    _lie_down(dice, parts, mark)


def _slider(dice: Dice, parts: Assembly) -> None:
    """The screen slides up over the keys."""
    mark, case, w, t, gap = parts.mark(), _case(dice), dice.real(0.42, 0.52), dice.real(0.1, 0.2), dice.real(0.3, 0.5)
    _slab(dice, parts, -t * 0.3, 0, 0.75, w, t * 0.55, shaded(case, 0.8))
    _slab(dice, parts, t * 0.25, gap, gap + 0.7, w, t * 0.55, case)
    parts.box((t * 0.52, gap + 0.38, 0), (0.02, 0.5, w * 0.85), dice.screen())
    _keys(parts, -t * 0.02, 0.04, gap - 0.03, w * 0.8, dice.grey())
    _lie_down(dice, parts, mark)


def _cordless(dice: Dice, parts: Assembly) -> None:
    """A slim one, in its cradle or alone."""
    case, w = _case(dice), dice.real(0.24, 0.32)
    _slab(dice, parts, 0, 0.08, 1.0, w, dice.real(0.14, 0.2), case)
    parts.box((0.09, 0.75, 0), (0.02, 0.2, w * 0.7), dice.screen())
    _keys(parts, 0.09, 0.25, 0.6, w * 0.75, dice.grey())
    if dice.chance(0.65):
        reach, high = dice.real(0.22, 0.42), dice.real(0.12, 0.24)
        top = (-reach * 0.5, reach * 0.6, -reach * 0.8, reach * 0.8)
        parts.frustum(0, (-reach, reach, -reach, reach), high, top, shaded(case, 1.2))


def _desk(dice: Dice, parts: Assembly) -> None:
    """A sloped body with keys and a receiver beside them."""
    case, width, depth, rear = _case(dice), dice.real(0.8, 1.0), dice.real(0.75, 1.0), dice.real(0.2, 0.45)
    x, z = depth / 2, width / 2
    parts.prism([(-x, 0), (x, 0), (x, 0.08), (-x, rear)], "z", -z, z, case)
    slope, mark = float(np.degrees(np.arctan((rear - 0.08) / depth))), parts.mark()
    parts.box((0.05, 0.02, z * 0.3), (depth * 0.5, 0.04, width * 0.4), dice.grey())
    if dice.chance(0.7):
        parts.box((-x * 0.65, 0.04, z * 0.25), (depth * 0.2, dice.real(0.05, 0.2), width * 0.5), dice.screen())
    _receiver(parts, (0, 0.08, -z * 0.55), depth * dice.real(0.9, 1.05), shaded(case, 0.85))
    parts.turn_since(mark, "z", -slope, (0, 0, 0))
    parts.lift_since(mark, (rear + 0.08) / 2)


def _rotary(dice: Dice, parts: Assembly) -> None:
    """A pyramid with a dial and the receiver across its top."""
    case, width, depth = _case(dice), dice.real(0.8, 1.0), dice.real(0.75, 1.0)
    x, z = depth / 2, width / 2
    parts.frustum(0, (-x, x, -z * 0.9, z * 0.9), 0.4, (-x * 0.6, x * 0.1, -z * 0.6, z * 0.6), case)
    parts.rod((x * 0.42, 0.2, 0), (x * 0.52, 0.27, 0), z * 0.5, dice.grey(), z * 0.48, 18)
    for s in (-1.0, 1.0):
        parts.box((-x * 0.25, 0.45, s * z * 0.5), (0.12, 0.14, 0.08), case)
    mark = parts.mark()
    _receiver(parts, (-x * 0.25, 0.55, 0), width * 1.1, case)
    parts.turn_since(mark, "y", 90, (-x * 0.25, 0.55, 0))


def _handset(dice: Dice, parts: Assembly) -> None:
    """A receiver alone, upright."""
    _receiver(parts, (0, 0.5, 0), 1.0, _case(dice), thick=dice.real(0.8, 1.3))
    parts.turn_since(0, "z", -90, (0, 0.5, 0))


def _wall(dice: Dice, parts: Assembly) -> None:
    """A plate on the wall with the receiver on it, upright: intercoms and kitchen telephones."""
    case, high, wide = _case(dice), dice.real(0.8, 1.1), dice.real(0.28, 0.8)
    parts.cushion((-0.06, 0, -wide / 2), (0.06, high, wide / 2), case, 8)
    beside = wide / 2 - 0.15
    mark = parts.mark()
    _receiver(parts, (0.14, high / 2, -beside), high * dice.real(0.85, 1.1), shaded(case, 0.9))
    parts.turn_since(mark, "z", -90, (0.14, high / 2, -beside))
    if wide > 0.5:
        parts.box((0.06, high * 0.65, wide * 0.2), (0.02, high * 0.25, wide * 0.4), dice.screen())
        _keys(parts, 0.06, high * 0.1, high * 0.45, wide * 0.4, dice.grey(), wide * 0.2)


def _slab(
    dice: Dice, parts: Assembly, x: float, low: float, high: float, width: float, t: float, colour: Colour
) -> None:
    """An upright slab with chamfered or rounded corners."""
    w, c = width / 2, min(width, high - low) * dice.real(0.03, 0.25)
    outline = []
    for y, z, start in (
        (high - c, w - c, 0.0),
        (high - c, -w + c, np.pi / 2),
        (low + c, -w + c, np.pi),
        (low + c, w - c, 1.5 * np.pi),
    ):
        angles = start + np.arange(4) * (np.pi / 6)
        outline += [(y + c * float(np.sin(a)), z + c * float(np.cos(a))) for a in angles]
    parts.prism(outline, "x", x - t / 2, x + t / 2, colour)


def _keys(parts: Assembly, x: float, low: float, high: float, width: float, colour: Colour, z: float = 0.0) -> None:
    """A key pad of three columns round ``z``."""
    step = (high - low) / 4
    for row in range(4):
        for column in range(3):
            at = (x, low + (row + 0.5) * step, z + (column - 1) * width / 3)
            parts.box(at, (0.025, step * 0.7, width * 0.25), colour)


def _receiver(
    parts: Assembly, centre: tuple[float, float, float], length: float, colour: Colour, thick: float = 1.0
) -> None:  # fmt: skip
    """A receiver along x, its ear and mouth piece below."""
    x, y, z = centre
    parts.box((x, y + 0.05, z), (length * 0.75, 0.08 * thick, 0.13), colour)
    for s in (-0.4, 0.4):
        at = x + s * length
        parts.rod((at, y - 0.07 * thick, z), (at, y + 0.08, z), 0.12, colour, 0.11, 12)


TELEPHONES: Family = {
    "smartphone": (5.5, _smartphone),
    "tablet": (1.2, _tablet),
    "bar": (5, _bar),
    "brick": (1, _brick),
    "flip": (3, _flip),
    "slider": (2, _slider),
    "cordless": (2.2, _cordless),
    "desk": (3, _desk),
    "rotary": (1.5, _rotary),
    "handset": (1, _handset),
    "wall": (1.2, _wall),
}
"""Kinds of telephones, with their weights."""
