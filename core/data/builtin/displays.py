"""Displays: the screen looks to +x. Flat ones are one unit wide and centred on the origin."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family


def _case(dice: Dice) -> Colour:
    return dice.dark() if dice.chance(0.6) else dice.grey()


def _height(dice: Dice) -> float:
    """16:9 and 16:10, or 4:3."""
    return dice.real(0.54, 0.64) if dice.chance(0.7) else dice.real(0.7, 0.82)


def _panel(dice: Dice, parts: Assembly, height: float, thick: float, case: Colour, z: float = 0.0) -> None:
    """A case with its screen."""
    parts.box((0, 0, z), (thick, height, 1.0), case)
    parts.box((thick / 2, 0.01, z), (0.02, height * 0.9, 0.93), dice.screen())


def _bulge(dice: Dice, parts: Assembly, height: float, thick: float, case: Colour) -> None:
    """What the case holds behind, on half of them."""
    if dice.chance(0.5):
        lower, upper = (-thick * 1.6, 0, -0.28, 0.28), (-thick, 0, -0.25, 0.25)
        parts.frustum(-height * 0.3, lower, height * 0.25, upper, shaded(case, 0.9))


def _monitor(dice: Dice, parts: Assembly) -> None:
    case, height, thick, mark = _case(dice), _height(dice), dice.real(0.04, 0.12), parts.mark()
    _panel(dice, parts, height, thick, case)
    _bulge(dice, parts, height, thick, case)
    if dice.chance(0.5):
        parts.turn_since(mark, "z", dice.real(0, 12), (0, 0, 0))
    _stand(dice, parts, height, thick, case)


def _television(dice: Dice, parts: Assembly) -> None:
    """Thin or thick, some with loudspeakers at the sides."""
    case, height, thick = _case(dice), dice.real(0.54, 0.64), dice.real(0.04, 0.14)
    _panel(dice, parts, height, thick, case)
    _bulge(dice, parts, height, thick, case)
    if dice.chance(0.3):
        for s in (-1.0, 1.0):
            parts.block((-0.06, -height / 2, s * 0.56 - 0.06), (0.06, height / 2, s * 0.56 + 0.06), shaded(case, 1.2))
    _stand(dice, parts, height, thick, case)


def _wall(dice: Dice, parts: Assembly) -> None:
    """Without a stand, perhaps with a bracket behind."""
    case, height, thick = _case(dice), _height(dice), dice.real(0.04, 0.12)
    _panel(dice, parts, height, thick, case)
    _bulge(dice, parts, height, thick, case)
    if dice.chance(0.3):
        parts.box((-0.1, 0, 0), (0.15, 0.2, 0.2), case)


def _all_in_one(dice: Dice, parts: Assembly) -> None:
    """A chin below the screen, a bent metal foot, perhaps a keyboard in front."""
    case, height, thick, metal = _case(dice), _height(dice), dice.real(0.04, 0.1), dice.metal()
    low, drop = -height / 2, dice.real(0.05, 0.25)
    _panel(dice, parts, height, thick, case)
    parts.box((-0.02, low - 0.07, 0), (thick, 0.14, 1.0), shaded(case, 1.3))
    parts.ribbon([(-thick / 2, low * 0.3), (-0.22, low - 0.14 - drop / 2)], 0.11, 0.03, metal)
    parts.box((-0.08, low - 0.14 - drop / 2, 0), (0.34, 0.03, 0.3), metal)
    if dice.chance(0.35):
        parts.box((0.45, low - 0.15 - drop / 2, 0), (0.2, 0.03, 0.7), dice.grey())
        parts.rod((0.1, low - 0.15 - drop / 2, 0), (0.4, low - 0.15 - drop / 2, 0), 0.012, dice.dark(), sides=5)


def _tube(dice: Dice, parts: Assembly) -> None:
    """A picture tube in a deep case, on a turning foot or on legs."""
    case, height, deep = _case(dice), dice.real(0.7, 0.85), dice.real(0.5, 0.9)
    parts.block((0.35, -height / 2, -0.5), (0.5, height / 2, 0.5), case)
    frame = ((-height / 2, -0.5), (-height / 2, 0.5), (height / 2, 0.5), (height / 2, -0.5))
    rings = [
        np.array([(x, y * s, z * s) for y, z in frame]) for x, s in ((0.35, 0.97), (0.2, 0.9), (0.45 - deep, 0.55))
    ]
    parts.loft(rings, shaded(case, 0.9))
    parts.box((0.5, 0.02, 0), (0.02, height * 0.8, 0.84), dice.screen())
    if dice.chance(0.55):
        parts.lathe([(0.3, -height / 2 - 0.1), (0.22, -height / 2)], (0.2, 0, 0), case)
    elif dice.chance(0.4):
        wood = dice.wood()
        for z in (-0.4, 0.4):
            parts.rod((0.4, -height / 2 + 0.02, z), (0.4, -height / 2 - 0.35, z * 1.1), 0.03, wood, sides=8)
            parts.rod((0.3, -height / 2 + 0.02, z), (0.1, -height / 2 - 0.35, z * 1.1), 0.03, wood, sides=8)


def _laptop(dice: Dice, parts: Assembly) -> None:
    case, depth = _case(dice), dice.real(0.6, 0.75)
    parts.block((0, 0, -0.5), (depth, 0.05, 0.5), case)
    parts.box((depth * 0.4, 0.055, 0), (depth * 0.45, 0.01, 0.85), dice.dark())
    mark = parts.mark()
    parts.block((-0.03, 0.03, -0.5), (0.0, depth, 0.5), case)
    parts.box((0.01, depth / 2 + 0.03, 0), (0.015, depth * 0.82, 0.92), dice.screen())
    parts.turn_since(mark, "z", dice.real(-5, 35), (0, 0.03, 0))


def _double(dice: Dice, parts: Assembly) -> None:
    """Two panels side by side on one stand."""
    case, height, thick = _case(dice), _height(dice), dice.real(0.04, 0.1)
    for z in (-0.51, 0.51):
        _panel(dice, parts, height, thick, case, z)
    parts.box((-thick / 2 - 0.02, 0, 0), (0.05, 0.1, 0.8), dice.metal())
    _stand(dice, parts, height, thick, case)


def _signage(dice: Dice, parts: Assembly) -> None:
    """Taller than wide, on a plate: information columns, turned monitors."""
    case, height, thick = _case(dice), dice.real(1.3, 1.9), dice.real(0.05, 0.15)
    _panel(dice, parts, height, thick, case)
    _plate(dice, parts, -height / 2, dice.real(0.05, 0.25), thick, case)


def _curved(dice: Dice, parts: Assembly) -> None:
    """A panel bent round the viewer."""
    case, height, screen, bend = _case(dice), _height(dice), dice.screen(), dice.real(0.12, 0.3)
    for a, b in pairwise(np.linspace(-0.62, 0.62, 9)):
        m = float(a + b) / 2
        x, tilt = bend * (m / 0.6) ** 2, float(np.degrees(np.arctan(2 * bend * m / 0.36)))
        parts.box((x, 0, m), (0.06, height * 0.8, 0.17), case, "y", tilt)
        parts.box((x + 0.03, 0, m), (0.02, height * 0.72, 0.16), screen, "y", tilt)
    _stand(dice, parts, height, 0.06, case)


def _stand(dice: Dice, parts: Assembly, height: float, thick: float, case: Colour) -> None:
    """A stand of any kind below a panel of this height."""
    dice.choose(STANDS)(dice, parts, -height / 2, dice.real(0.05, 0.25), thick, case)


def _neck(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    half = dice.real(0.04, 0.12)
    parts.block((-thick - 0.05, low - drop, -half), (-thick / 2 + 0.02, low * 0.6, half), shaded(case, 0.85))


def _disc(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    _neck(dice, parts, low, drop, thick, case)
    parts.lathe([(dice.real(0.18, 0.28), low - drop - 0.03), (0.15, low - drop + 0.01)], (-0.02, 0, 0), case)


def _plate(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    _neck(dice, parts, low, drop, thick, case)
    parts.box((0, low - drop - 0.015, 0), (dice.real(0.25, 0.42), 0.035, dice.real(0.3, 0.6)), case)


def _feet(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    at = dice.real(0.25, 0.45)
    for z in (-at, at):
        for x in (-0.16, 0.16):
            parts.rod((0, low + 0.02, z), (x, low - drop, z), 0.02, case, sides=6)


def _vee(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    for x, z in ((0.12, -0.4), (0.12, 0.4), (-0.22, 0.0)):
        parts.rod((-0.05, low + 0.05, 0), (x, low - drop, z), 0.022, case, sides=6)


def _block(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    parts.frustum(low - drop, (-0.22, 0.22, -0.4, 0.4), low + 0.01, (-0.08, 0.08, -0.35, 0.35), case)


def _arm(dice: Dice, parts: Assembly, low: float, drop: float, thick: float, case: Colour) -> None:
    parts.path([(-thick / 2, 0, 0), (-0.25, -0.1, 0), (-0.25, low - drop, 0)], 0.03, dice.metal(), 8)
    parts.box((-0.2, low - drop, 0), (0.3, 0.03, 0.3), case)


STANDS: Mapping[str, tuple[float, Callable[[Dice, Assembly, float, float, float, Colour], None]]] = {
    "disc": (3, _disc),
    "plate": (4, _plate),
    "feet": (2, _feet),
    "vee": (1.5, _vee),
    "block": (1, _block),
    "arm": (1, _arm),
}
"""Kinds of stands: weight and a function of the panel's lower edge, the drop below it, its thickness, the colour."""

DISPLAYS: Family = {
    "monitor": (7, _monitor),
    "television": (5, _television),
    "wall": (1.5, _wall),
    "all-in-one": (2, _all_in_one),
    "tube": (2.5, _tube),
    "laptop": (2, _laptop),
    "double": (1, _double),
    "signage": (1, _signage),
    "curved": (1.5, _curved),
}
"""Kinds of displays, with their weights."""
