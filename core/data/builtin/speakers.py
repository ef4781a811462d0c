"""Speakers: the front is at +x."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family
from core.data.builtin.frames import circle, corners


def _colours(dice: Dice) -> tuple[Colour, Colour]:
    """Of the case and of the cones or the cloth before them."""
    case = dice.dark() if dice.chance(0.4) else dice.wood() if dice.chance(0.6) else dice.paint()
    return case, dice.dark() if dice.chance(0.7) else dice.grey()


def _enclosure(
    dice: Dice, parts: Assembly, size: tuple[float, float, float], case: Colour, cone: Colour,
    z: float = 0.0, rear: float = 1.0,
) -> None:  # fmt: skip
    """A box of this depth, height and width with drivers or a cloth on its front; ``rear`` narrows it to the back."""
    depth, height, width = size
    w = width / 2
    outline = [(-depth / 2, z - w * rear), (depth / 2, z - w), (depth / 2, z + w), (-depth / 2, z + w * rear)]
    parts.prism(outline, "y", 0.0, height, case)
    if dice.chance(0.2):
        parts.box((depth / 2 + 0.01, height / 2, z), (0.03, height * 0.9, width * 0.88), cone)
        return
    drivers = max(1, min(5, round(height / width * dice.real(0.8, 1.3))))
    step = height / drivers
    for k in range(drivers):
        tweeter = k == drivers - 1 and drivers > 1
        r, y = min(step * 0.42, w * 0.82) * (0.55 if tweeter else 1.0), (k + 0.5) * step
        if tweeter and dice.chance(0.1):
            parts.box((depth / 2, y, z), (0.03, step * 0.6, width * 0.8), cone)
            continue
        parts.rod((depth / 2 - 0.01, y, z), (depth / 2 + 0.018, y, z), r, shaded(cone, 1.6), r * 0.95, 18)
        parts.rod((depth / 2 + 0.018, y, z), (depth / 2 + 0.024, y, z), r * 0.8, cone, r * 0.3, 18)


def _rear(dice: Dice) -> float:
    return dice.real(0.5, 1.0) if dice.chance(0.25) else 1.0


def _pins(dice: Dice, parts: Assembly, depth: float, width: float) -> None:
    metal = dice.metal()
    for x, z in corners(0.4 * depth, 0.4 * width):
        parts.rod((x, -0.05, z), (x, 0.01, z), 0.02, metal, sides=8)


def _bookshelf(dice: Dice, parts: Assembly) -> None:
    case, cone = _colours(dice)
    height, depth = dice.real(0.3, 0.6), dice.real(0.2, 0.45)
    width = min(dice.real(0.2, 0.4), height * 0.95)
    _enclosure(dice, parts, (depth, height, width), case, cone, rear=_rear(dice))
    if dice.chance(0.3):
        _pins(dice, parts, depth, width)


def _tower(dice: Dice, parts: Assembly) -> None:
    """Tall on a plate or pins, some with a horn on top."""
    case, cone = _colours(dice)
    height, width, depth = dice.real(0.9, 1.3), dice.real(0.18, 0.32), dice.real(0.2, 0.45)
    _enclosure(dice, parts, (depth, height, width), case, cone, rear=_rear(dice))
    if dice.chance(0.35):
        parts.box((0, -0.02, 0), (depth * 1.15, 0.05, width * 1.3), dice.dark())
    elif dice.chance(0.3):
        _pins(dice, parts, depth, width)
    if dice.chance(0.12):
        parts.rod((-0.05, height + 0.12, 0), (0.2, height + 0.12, 0), 0.05, case, 0.14)
        parts.rod((0, height - 0.01, 0), (0, height + 0.1, 0), 0.03, dice.metal(), sides=8)


def _stage(dice: Dice, parts: Assembly) -> None:
    """A wide box that is narrower behind."""
    case, cone = _colours(dice)
    size = (dice.real(0.25, 0.45), dice.real(0.6, 0.9), dice.real(0.4, 0.6))
    _enclosure(dice, parts, size, case, cone, rear=dice.real(0.5, 1.0))


def _on_stand(dice: Dice, parts: Assembly) -> None:
    """A small box on one or two posts."""
    case, cone = _colours(dice)
    height, depth = dice.real(0.3, 0.45), dice.real(0.2, 0.4)
    width = min(dice.real(0.2, 0.36), height * 0.95)
    _enclosure(dice, parts, (depth, height, width), case, cone, rear=_rear(dice))
    low, dark, metal = -dice.real(0.5, 0.9), dice.dark(), dice.metal()
    parts.box((0, -0.01, 0), (depth * 0.8, 0.03, width * 0.8), dark)
    for z in (0.0,) if dice.chance(0.6) else (-width * 0.3, width * 0.3):
        parts.rod((0, low, z), (0, 0, z), 0.03, metal, sides=8)
    parts.box((0, low, 0), (depth * 1.05, 0.03, width * 1.1), dark)


def _set(dice: Dice, parts: Assembly) -> None:
    """A large box between two small ones."""
    case, cone = _colours(dice)
    height, depth = dice.real(0.3, 0.5), dice.real(0.2, 0.45)
    width = min(dice.real(0.2, 0.4), height * 0.95)
    _enclosure(dice, parts, (depth, height, width), case, cone)
    gap, small = width * dice.real(0.75, 1.3), height * dice.real(0.5, 1.0)
    for side, same in zip((-1.0, 1.0), dice.alike(2), strict=True):
        _enclosure(same, parts, (depth * 0.7, small, width * 0.6), case, cone, side * (gap + width * 0.3))


def _cylinder(dice: Dice, parts: Assembly) -> None:
    """Standing with its driver on top, or lying."""
    (case, cone), r, height = _colours(dice), 0.1, dice.real(0.1, 0.4)
    if dice.chance(0.3):
        mark = parts.mark()
        parts.lathe([(r, -height), (r * 1.03, 0), (r, height)], (0, 0, 0), case)
        parts.lathe([(r * 0.85, -height - 0.02), (r * 0.85, height + 0.02)], (0, 0, 0), cone)
        parts.turn_since(mark, "x", 90, (0, 0, 0))
    else:
        parts.lathe([(r * 0.95, 0), (r, 0.01), (r * dice.real(0.75, 1.15), height * 0.5), (r, height)], (0, 0, 0), case)
        parts.lathe([(r * 0.8, height), (r * 0.8, height + 0.012)], (0, 0, 0), cone)


def _ball(dice: Dice, parts: Assembly) -> None:
    """Round, on a foot or three legs."""
    (case, cone), metal, tall = _colours(dice), dice.metal(), dice.real(0.26, 0.4)
    parts.ellipsoid((0, 0.3, 0), (0.28, tall, 0.28), case)
    parts.rod((0.16, 0.3, 0), (0.28, 0.3, 0), 0.17, cone, 0.19)
    if dice.chance(0.6):
        parts.lathe([(0.2, 0.2 - tall), (0.06, 0.32 - tall)], (0, 0, 0), metal)
    else:
        for x, z in circle(3, 1.0, 0.5):
            parts.rod((0.1 * x, 0.36 - tall, 0.1 * z), (0.22 * x, 0.15 - tall, 0.22 * z), 0.025, metal, sides=8)


def _bar(dice: Dice, parts: Assembly) -> None:
    """A sound bar, some with a bass box beside it."""
    (case, cone), h, d = _colours(dice), dice.real(0.08, 0.18), dice.real(0.1, 0.2)
    parts.block((-d / 2, 0, -0.5), (d / 2, h, 0.5), case)
    parts.box((d / 2, h / 2, 0), (0.02, h * 0.8, 0.94), cone)
    if dice.chance(0.4):
        parts.block((-0.15, 0, 0.6), (0.15, 0.38, 0.85), case)


def _wedge(dice: Dice, parts: Assembly) -> None:
    """A stage monitor that lies on the floor and looks up."""
    case, cone = _colours(dice)
    w, h, d = dice.real(0.4, 0.6), dice.real(0.3, 0.4), dice.real(0.35, 0.5)
    parts.prism([(-d / 2, 0), (d / 2, 0), (d * 0.1, h), (-d / 2, h * 0.8)], "z", -w / 2, w / 2, case)
    slope = float(np.degrees(np.arctan(d * 0.4 / h)))
    parts.box((d * 0.3, h * 0.5, 0), (0.03, h * 0.9, w * 0.85), cone, "z", slope)


SPEAKERS: Family = {
    "bookshelf": (6, _bookshelf),
    "tower": (6, _tower),
    "stage": (2, _stage),
    "on stand": (2, _on_stand),
    "set": (1.5, _set),
    "cylinder": (2, _cylinder),
    "ball": (1, _ball),
    "bar": (1, _bar),
    "wedge": (1, _wedge),
}
"""Kinds of speakers, with their weights."""
