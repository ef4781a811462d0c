"""Cabinets: they show their front to +x."""

from dataclasses import dataclass

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.cases import closed, opened
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import corners, legs


@dataclass(frozen=True)
class _Case:
    """A case with its rear at -x, in metres, and its colours."""

    height: float
    x: float
    z: float
    foot: float
    """Where it begins above the ground."""
    body: Colour
    front: Colour
    knob: Colour

    @property
    def columns(self) -> int:
        """Doors side by side that are not much wider than half a metre."""
        return max(1, round(2 * self.z / 0.5))

    @property
    def rows(self) -> int:
        """Shelves or drawers some third of a metre high."""
        return max(1, round((self.height - self.foot) / 0.33))


def _case(
    dice: Dice, height: tuple[float, float], width: tuple[float, float], depth: tuple[float, float], raised: float = 0.4
) -> _Case:  # fmt: skip
    """A case within these ranges that stands on feet with the probability ``raised``."""
    body = dice.surface()
    front = shaded(body, dice.real(0.8, 1.2)) if dice.chance(0.6) else dice.surface()
    tall = dice.real(*height)
    foot = min(dice.real(0.05, 0.25), tall * 0.4) if dice.chance(raised) else 0.0
    return _Case(tall, dice.real(*depth) / 2, dice.real(*width) / 2, foot, body, front, dice.metal())


def _finish(dice: Dice, parts: Assembly, case: _Case, top: float = 0.35) -> None:
    """Feet or a plinth, and with the probability ``top`` a board or moulding on top."""
    if case.foot:
        r = dice.real(0.018, 0.04)
        if dice.chance(0.25):
            parts.block((-case.x, 0, 0.03 - case.z), (case.x - 0.05, case.foot, case.z - 0.03), shaded(case.body, 0.7))
        else:
            spots = corners(case.x - r, case.z - r)
            splay = dice.real(0.02, 0.08) if dice.chance(0.3) else 0.0
            legs(parts, spots, case.foot, r, case.body, splay=splay, foot=r * 0.7, square=dice.chance(0.5))
    if dice.chance(top):
        out, thick = dice.real(0.0, 0.05), dice.real(0.02, 0.07)
        parts.block((-case.x, case.height, -case.z - out), (case.x + out, case.height + thick, case.z + out), case.body)


def _fronts(dice: Dice, parts: Assembly, case: _Case, rows: int, columns: int) -> None:
    low, high = (-case.x, case.foot, -case.z), (case.x, case.height, case.z)
    closed(dice, parts, low, high, rows, columns, case.front, case.body, case.knob)


def _shelves(dice: Dice, parts: Assembly, case: _Case, rows: int, columns: int, back: bool) -> None:
    low, high = (-case.x, case.foot, -case.z), (case.x, case.height, case.z)
    opened(parts, low, high, rows, columns, case.body, dice.real(0.02, 0.05), back)


def _wardrobe(dice: Dice, parts: Assembly) -> None:
    case = _case(dice, (1.6, 2.2), (0.7, 1.9), (0.45, 0.65), 0.3)
    _fronts(dice, parts, case, 1 if dice.chance(0.7) else 2, case.columns)
    _finish(dice, parts, case, 0.5)
    if dice.chance(0.2):
        outline = [(case.height, -case.z), (case.height + 0.16, -case.z * 0.5), (case.height + 0.16, case.z * 0.5),
                   (case.height, case.z)]  # fmt: skip
        parts.prism(outline, "x", -case.x, case.x, case.body)


def _bookcase(dice: Dice, parts: Assembly) -> None:
    """Boards and uprights, mostly with a rear panel; books on some."""
    case = _case(dice, (0.9, 2.2), (0.5, 1.6), (0.24, 0.42), 0.15)
    columns = dice.whole(1, 3) if case.z > 0.4 else 1
    _shelves(dice, parts, case, case.rows, columns, dice.chance(0.7))
    if dice.chance(0.25):
        step = (case.height - case.foot) / case.rows
        for k in range(case.rows):
            full = case.z * dice.real(-0.4, 0.95)
            low = case.foot + step * k + 0.02
            parts.block((-case.x * 0.9, low, -case.z + 0.02), (case.x * 0.6, low + step * 0.75, full), dice.paint())
    _finish(dice, parts, case)


def _rack(dice: Dice, parts: Assembly) -> None:
    """Shelves between four thin posts, open on all sides."""
    case = _case(dice, (0.7, 2.0), (0.6, 1.3), (0.28, 0.5), 0.0)
    r, count = dice.real(0.012, 0.03), dice.whole(2, 6)
    legs(parts, corners(case.x - r, case.z - r), case.height, r, case.front, square=True)
    for y in np.linspace(dice.real(0.05, 0.2), case.height - dice.real(0.02, 0.15), count):
        parts.block((-case.x, y - 0.015, -case.z), (case.x, y + 0.015, case.z), case.body)


def _cubes(dice: Dice, parts: Assembly) -> None:
    """A grid of square holes, some of them closed; stepped on some."""
    side, t = dice.real(0.3, 0.4), dice.real(0.02, 0.045)
    rows, columns = dice.whole(1, 5), dice.whole(1, 4)
    body, front = dice.surface(), dice.paint()
    x, z = dice.real(0.15, 0.22), side * columns / 2
    stepped = dice.chance(0.15)
    for c in range(columns):
        high = side * (max(1, rows - c) if stepped else rows)
        low = c * side - z
        opened(parts, (-x, 0, low), (x, high, low + side + t / 2), round(high / side), 1, body, t, dice.chance(0.6))
        for r in range(round(high / side)):
            if dice.chance(0.2):
                parts.block((-x, r * side, low), (x * 0.96, (r + 1) * side, low + side), front)


def _chest(dice: Dice, parts: Assembly) -> None:
    """Drawers above each other, in one or two columns."""
    case = _case(dice, (0.7, 1.3), (0.5, 1.3), (0.4, 0.55), 0.6)
    _fronts(dice, parts, case, dice.whole(3, 6), 1 if case.z < 0.4 else dice.whole(1, 2))
    _finish(dice, parts, case, 0.5)


def _sideboard(dice: Dice, parts: Assembly) -> None:
    """Long and low: doors, drawers and open parts side by side."""
    case = _case(dice, (0.4, 0.95), (1.0, 2.1), (0.35, 0.55), 0.65)
    parts_wide = dice.whole(1, 3)
    for k in range(parts_wide):
        low, high = (2 * case.z * q / parts_wide - case.z for q in (k, k + 1))
        bottom, top = (-case.x, case.foot, low), (case.x, case.height, high)
        if dice.chance(0.25):
            opened(parts, bottom, top, dice.whole(1, 3), 1, case.body, 0.03, True)
        else:
            columns = dice.whole(1, 2)
            closed(dice, parts, bottom, top, dice.whole(1, 4), columns, case.front, case.body, case.knob)
    _finish(dice, parts, case, 0.6)


def _nightstand(dice: Dice, parts: Assembly) -> None:
    """Small: drawers, a door or a gap; on legs or closed to the ground."""
    case = _case(dice, (0.42, 0.75), (0.38, 0.62), (0.34, 0.5), 0.7)
    form = dice.pick(("drawers", "gap", "table"), (4, 2, 2))
    if form == "drawers":
        _fronts(dice, parts, case, dice.whole(1, 3), 1)
    elif form == "gap":
        split = case.foot + (case.height - case.foot) * dice.real(0.4, 0.65)
        opened(parts, (-case.x, case.foot, -case.z), (case.x, split, case.z), 1, 1, case.body, 0.03, True)
        closed(
            dice,
            parts,
            (-case.x, split, -case.z),
            (case.x, case.height, case.z),
            1,
            1,
            case.front,
            case.body,
            case.knob,
        )
    else:
        low = case.height * dice.real(0.55, 0.75)
        closed(
            dice, parts, (-case.x, low, -case.z), (case.x, case.height, case.z), 1, 1, case.front, case.body, case.knob
        )
        legs(parts, corners(case.x - 0.025, case.z - 0.025), low, 0.022, case.body, square=True)
        if dice.chance(0.5):
            parts.block((-case.x, 0.12, -case.z), (case.x, 0.15, case.z), case.body)
        parts.block(
            (-case.x, case.height, -case.z - 0.03), (case.x + 0.03, case.height + 0.03, case.z + 0.03), case.body
        )
        return
    _finish(dice, parts, case, 0.6)


def _kitchen(dice: Dice, parts: Assembly) -> None:
    """A floor unit with a worktop, a wall unit, a filing cabinet or a locker: plain closed boxes."""
    case = _case(dice, (0.5, 1.0), (0.35, 1.2), (0.3, 0.65), 0.2)
    _fronts(dice, parts, case, dice.whole(1, 4), dice.whole(1, 2) if case.z > 0.3 else 1)
    _finish(dice, parts, case, 0.55)
    if dice.chance(0.1):
        parts.path(
            [(-case.x * 0.6, case.height, 0), (-case.x * 0.6, case.height + 0.25, 0), (0, case.height + 0.22, 0)],
            0.02,
            case.knob,
        )


def _tower(dice: Dice, parts: Assembly) -> None:
    """Tall and narrow: closed, open, or half and half."""
    case = _case(dice, (1.2, 2.1), (0.32, 0.55), (0.28, 0.5), 0.3)
    form = dice.pick(("closed", "open", "mixed"), (2, 2, 2))
    if form == "closed":
        _fronts(dice, parts, case, dice.whole(1, 3), 1)
    elif form == "open":
        _shelves(dice, parts, case, case.rows, 1, dice.chance(0.7))
    else:
        _stacked(dice, parts, case)
    _finish(dice, parts, case)


def _stacked(dice: Dice, parts: Assembly, case: _Case, set_back: float = 0.0) -> None:
    """Closed below and open above; ``set_back`` is by how much the upper part is flatter, 0 … 1."""
    split = case.foot + (case.height - case.foot) * dice.real(0.3, 0.6)
    depth = case.x - 2 * case.x * set_back
    below, above = max(1, case.rows // 2), max(1, case.rows - case.rows // 2)
    closed(
        dice,
        parts,
        (-case.x, case.foot, -case.z),
        (case.x, split, case.z),
        dice.whole(1, below),
        case.columns,
        case.front,
        case.body,
        case.knob,
    )
    opened(parts, (-case.x, split, -case.z), (depth, case.height, case.z), above, min(2, case.columns), case.body, 0.03,
           dice.chance(0.85))  # fmt: skip


def _hutch(dice: Dice, parts: Assembly) -> None:
    """Doors and drawers below, flatter shelves above: dressers, vitrines, secretaries."""
    case = _case(dice, (1.5, 2.1), (0.7, 1.5), (0.4, 0.55), 0.4)
    _stacked(dice, parts, case, dice.real(0.0, 0.5))
    _finish(dice, parts, case, 0.5)


def _wall(dice: Dice, parts: Assembly) -> None:
    """Columns of different height and depth side by side: living room walls, steps, television stands with towers."""
    columns, body, front, knob = dice.whole(2, 4), dice.surface(), dice.surface(), dice.metal()
    z, x = -dice.real(0.8, 1.4), dice.real(0.2, 0.3)
    step, tall = -2 * z / columns, dice.real(1.0, 2.0)
    for k in range(columns):
        low, far = z + step * k, z + step * (k + 1)
        high = tall * (1.0 if dice.chance(0.4) else dice.real(0.25, 0.75))
        if dice.chance(0.35):
            opened(parts, (-x, 0, low), (x * 0.8, high, far), max(1, round(high / 0.35)), 1, body, 0.03, True)
        else:
            closed(dice, parts, (-x, 0, low), (x, high, far), max(1, round(high / 0.4)), 1, front, body, knob)


CABINETS: Family = {
    "wardrobe": (3, _wardrobe),
    "bookcase": (3.5, _bookcase),
    "rack": (1.2, _rack),
    "cubes": (1.3, _cubes),
    "chest": (3, _chest),
    "sideboard": (4.5, _sideboard),
    "nightstand": (2.5, _nightstand),
    "kitchen": (3, _kitchen),
    "tower": (1.5, _tower),
    "hutch": (2, _hutch),
    "wall": (1, _wall),
}
"""Kinds of cabinets, with their weights."""
