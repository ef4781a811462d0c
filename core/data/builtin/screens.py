"""Displays and speakers: the front is at +x."""

from itertools import pairwise

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice, shaded


def display(dice: Dice, parts: Assembly) -> None:
    """Monitors, televisions on stands or walls, all-in-ones, tubes, laptops, double and tall displays."""
    kind = dice.pick(
        ("monitor", "tv", "wall", "allinone", "tube", "laptop", "double", "signage", "curved"),
        (7, 5, 1.5, 2, 2.5, 2, 1, 1, 1.5),
    )
    case, screen = dice.dark() if dice.chance(0.6) else dice.grey(), dice.screen()
    width = 1.0
    height = dice.real(0.54, 0.64) if dice.chance(0.7) else dice.real(0.7, 0.82)
    thick = dice.real(0.04, 0.12)
    if kind == "tube":
        deep = dice.real(0.5, 0.9)
        parts.block((0.35, -height / 2, -0.5), (0.5, height / 2, 0.5), case)
        parts.loft(
            [
                np.array(
                    [
                        (x, y * s, z * s)
                        for y, z in ((-height / 2, -0.5), (-height / 2, 0.5), (height / 2, 0.5), (height / 2, -0.5))
                    ]
                )
                for x, s in ((0.35, 0.97), (0.2, 0.9), (0.45 - deep, 0.55))
            ],
            shaded(case, 0.9),
        )
        parts.box((0.5, 0.02, 0), (0.02, height * 0.8, 0.84), screen)
        if dice.chance(0.6):
            parts.lathe([(0.3, -height / 2 - 0.1), (0.22, -height / 2)], (0.2, 0, 0), case)
        elif dice.chance(0.4):
            for z in (-0.4, 0.4):
                parts.rod((0.1, -height / 2, z), (0.1, -height / 2 - 0.35, z * 1.1), 0.03, dice.wood(), sides=8)
        return
    if kind == "laptop":
        depth, open_angle = dice.real(0.6, 0.75), dice.real(-25, 5)
        parts.block((0, 0, -0.5), (depth, 0.05, 0.5), case)
        parts.box((depth * 0.4, 0.055, 0), (depth * 0.45, 0.01, 0.85), dice.dark())
        mark = parts.mark()
        parts.block((-0.03, 0.03, -0.5), (0.0, depth, 0.5), case)
        parts.box((0.01, depth / 2 + 0.03, 0), (0.015, depth * 0.82, 0.92), screen)
        parts.turn_since(mark, "z", -open_angle, (0, 0.03, 0))
        return
    if kind == "signage":
        height = dice.real(1.5, 1.9)
    mark = parts.mark()
    if kind == "curved":
        steps = np.linspace(-0.62, 0.62, 9)
        bend = dice.real(0.12, 0.3)
        for a, b in pairwise(steps):
            m = float(a + b) / 2
            x = bend * (m / 0.6) ** 2
            tilt = float(np.degrees(np.arctan(2 * bend * m / 0.36)))
            parts.box((x, 0, m), (0.06, height * 0.8, 0.17), case, "y", tilt)
            parts.box((x + 0.03, 0, m), (0.02, height * 0.72, 0.16), screen, "y", tilt)
    else:
        for z in (-0.52, 0.52) if kind == "double" else (0.0,):
            parts.box((0, 0, z), (thick, height, width), case)
            parts.box((thick / 2, 0.01, z), (0.02, height * 0.9, width * 0.93), screen)
        if dice.chance(0.5) and kind in ("monitor", "tv", "wall"):
            parts.frustum(
                -height * 0.3,
                (-thick * 1.6, 0, -0.28, 0.28),
                height * 0.25,
                (-thick, 0, -0.25, 0.25),
                shaded(case, 0.9),
            )
    if kind in ("monitor", "curved") and dice.chance(0.5):
        parts.turn_since(mark, "z", dice.real(0, 12), (0, 0, 0))
    if kind == "tv" and dice.chance(0.3):
        for s in (-1.0, 1.0):
            parts.block((-0.06, -height / 2, s * 0.56 - 0.06), (0.06, height / 2, s * 0.56 + 0.06), shaded(case, 1.2))
    low, drop = -height / 2, dice.real(0.05, 0.25)
    if kind == "wall":
        if dice.chance(0.3):
            parts.box((-0.1, 0, 0), (0.15, 0.2, 0.2), case)
        return
    if kind == "allinone":
        parts.box((-0.02, low - 0.07, 0), (thick, 0.14, width), shaded(case, 1.3))
        parts.box((-0.16, low * 0.8 - drop / 2, 0), (0.03, abs(low) * 0.9 + drop, 0.22), dice.metal(), "z", 15)
        parts.box((-0.08, low - 0.14 - drop / 2, 0), (0.34, 0.03, 0.3), dice.metal())
        if dice.chance(0.35):
            parts.box((0.45, low - 0.15 - drop / 2, 0), (0.2, 0.03, 0.7), dice.grey())
        return
    stand = dice.pick(("disc", "plate", "feet", "vee", "block", "arm"), (3, 4, 2, 1.5, 1, 1))
    if kind == "signage":
        stand = "plate"
    base = low - drop
    if stand in ("disc", "plate"):
        neck = dice.real(0.04, 0.12)
        parts.block((-thick - 0.05, base, -neck), (-thick / 2 + 0.02, low + 0.2 * height, neck), shaded(case, 0.85))
        if stand == "disc":
            parts.lathe([(dice.real(0.18, 0.28), base - 0.03), (0.15, base + 0.01)], (-0.02, 0, 0), case)
        else:
            parts.box((0, base - 0.015, 0), (dice.real(0.25, 0.42), 0.035, dice.real(0.3, 0.6)), case)
    elif stand == "feet":
        at = dice.real(0.25, 0.45)
        for z in (-at, at):
            parts.rod((0, low + 0.02, z), (0.16, base, z), 0.02, case, sides=6)
            parts.rod((0, low + 0.02, z), (-0.16, base, z), 0.02, case, sides=6)
    elif stand == "vee":
        for s in (-1.0, 1.0):
            parts.rod((-0.05, low + 0.05, 0), (0.12, base, s * 0.4), 0.022, case, sides=6)
        parts.rod((-0.05, low + 0.05, 0), (-0.22, base, 0), 0.022, case, sides=6)
    elif stand == "block":
        parts.frustum(base, (-0.22, 0.22, -0.4, 0.4), low + 0.01, (-0.08, 0.08, -0.35, 0.35), case)
    else:
        parts.path([(-thick, 0, 0), (-0.25, -0.1, 0), (-0.25, base, 0)], 0.03, dice.metal(), 8)
        parts.box((-0.2, base, 0), (0.3, 0.03, 0.3), case)


def speaker(dice: Dice, parts: Assembly) -> None:
    """Bookshelf boxes, towers, round and cylindrical speakers, horns, sound bars, monitors on stands, pairs."""
    kind = dice.pick(
        ("box", "tower", "cylinder", "ball", "bar", "stand", "wedge", "pa", "set"), (6, 6, 2, 1, 1, 2, 1, 2, 1.5)
    )
    case = dice.dark() if dice.chance(0.4) else dice.wood() if dice.chance(0.6) else dice.paint()
    cone = dice.dark() if dice.chance(0.7) else dice.grey()
    if kind in ("box", "tower", "stand", "set", "pa"):
        height = {
            "box": dice.real(0.3, 0.6),
            "tower": dice.real(0.9, 1.3),
            "stand": dice.real(0.3, 0.45),
            "set": dice.real(0.3, 0.5),
            "pa": dice.real(0.6, 0.9),
        }[kind]
        width, depth = (
            {"tower": dice.real(0.18, 0.32), "pa": dice.real(0.4, 0.6)}.get(kind, dice.real(0.2, 0.4)),
            dice.real(0.2, 0.45),
        )
        width = min(width, height * 0.95)
        _cabinet(
            dice,
            parts,
            0.0,
            height,
            width,
            depth,
            case,
            cone,
            0.0,
            dice.real(0.5, 1.0) if kind == "pa" or dice.chance(0.25) else 1.0,
        )
        if kind == "set":
            gap = width * dice.real(0.75, 1.3)
            small = height * dice.real(0.5, 1.0)
            for z in (-1.0, 1.0):
                _cabinet(dice, parts, 0.0, small, width * 0.6, depth * 0.7, case, cone, z * (gap + width * 0.3), 1.0)
        if kind == "stand":
            low = -dice.real(0.5, 0.9)
            parts.box((0, -0.01, 0), (depth * 0.8, 0.03, width * 0.8), dice.dark())
            for z in (0.0,) if dice.chance(0.6) else (-width * 0.3, width * 0.3):
                parts.rod((0, low, z), (0, 0, z), 0.03, dice.metal(), sides=8)
            parts.box((0, low, 0), (depth * 1.05, 0.03, width * 1.1), dice.dark())
        elif dice.chance(0.35):
            if kind == "tower" and dice.chance(0.6):
                parts.box((0, -0.02, 0), (depth * 1.15, 0.05, width * 1.3), dice.dark())
            else:
                for px in (-0.4, 0.4):
                    for pz in (-0.4, 0.4):
                        parts.rod(
                            (px * depth, -0.05, pz * width), (px * depth, 0, pz * width), 0.02, dice.metal(), sides=8
                        )
        if dice.chance(0.12):
            parts.rod((-0.05, height + 0.12, 0), (0.2, height + 0.12, 0), 0.05, case, 0.14)
            parts.rod((0, height, 0), (0, height + 0.1, 0), 0.03, dice.metal(), sides=8)
    elif kind == "cylinder":
        r, height = 0.1, dice.real(0.1, 0.4)
        waist = dice.real(0.75, 1.15)
        if dice.chance(0.3):
            mark = parts.mark()
            parts.lathe([(r, -height), (r * 1.03, 0), (r, height)], (0, 0, 0), case)
            parts.lathe([(r * 0.85, -height - 0.02), (r * 0.85, height + 0.02)], (0, 0, 0), cone)
            parts.turn_since(mark, "x", 90, (0, 0, 0))
        else:
            parts.lathe([(r * 0.95, 0), (r, 0.01), (r * waist, height * 0.5), (r, height)], (0, 0, 0), case)
            parts.lathe([(r * 0.8, height), (r * 0.8, height + 0.012)], (0, 0, 0), cone)
    elif kind == "ball":
        parts.ellipsoid((0, 0.3, 0), (0.28, 0.3, 0.28), case)
        parts.rod((0.16, 0.3, 0), (0.28, 0.3, 0), 0.17, cone, 0.19)
        if dice.chance(0.6):
            parts.lathe([(0.2, -0.06), (0.06, 0.02)], (0, 0, 0), dice.metal())
        else:
            for a in (0.5, 2.6, 4.7):
                parts.rod(
                    (0.1 * np.cos(a), 0.06, 0.1 * np.sin(a)),
                    (0.22 * np.cos(a), -0.12, 0.22 * np.sin(a)),
                    0.025,
                    dice.metal(),
                    sides=8,
                )
    elif kind == "bar":
        h, d = dice.real(0.08, 0.18), dice.real(0.1, 0.2)
        parts.block((-d / 2, 0, -0.5), (d / 2, h, 0.5), case)
        parts.box((d / 2, h / 2, 0), (0.02, h * 0.8, 0.94), cone)
        if dice.chance(0.4):
            parts.block((-0.15, 0, 0.6), (0.15, 0.38, 0.85), case)
    else:
        w, h, d = dice.real(0.4, 0.6), dice.real(0.3, 0.4), dice.real(0.35, 0.5)
        parts.prism([(-d / 2, 0), (d / 2, 0), (d * 0.1, h), (-d / 2, h * 0.8)], "z", -w / 2, w / 2, case)
        parts.box((d * 0.32, h * 0.5, 0), (0.03, h * 0.9, w * 0.85), cone, "z", 48)


def _cabinet(
    dice: Dice, parts: Assembly, low: float, high: float, width: float, depth: float, case: Colour,
    cone: Colour, z: float, rear: float,
) -> None:  # fmt: skip
    """A box with drivers on its front; ``rear`` narrows it towards the back."""
    w = width / 2
    outline = [(-depth / 2, z - w * rear), (depth / 2, z - w), (depth / 2, z + w), (-depth / 2, z + w * rear)]
    parts.prism(outline, "y", low, high, case)
    drivers = max(1, min(5, round((high - low) / width * dice.real(0.8, 1.3))))
    step = (high - low) / drivers
    if dice.chance(0.2):
        parts.box((depth / 2 + 0.01, (low + high) / 2, z), (0.03, (high - low) * 0.9, width * 0.88), cone)
        return
    for k in range(drivers):
        r = min(step * 0.42, w * 0.82) * (0.55 if k == drivers - 1 and drivers > 1 else 1.0)
        y = low + (k + 0.5) * step
        if dice.chance(0.1) and k == drivers - 1:
            parts.box((depth / 2, y, z), (0.03, step * 0.6, width * 0.8), cone)
            continue
        parts.rod((depth / 2 - 0.01, y, z), (depth / 2 + 0.018, y, z), r, shaded(cone, 1.6), r * 0.95, 18)
        parts.rod((depth / 2 + 0.018, y, z), (depth / 2 + 0.024, y, z), r * 0.8, cone, r * 0.3, 18)
