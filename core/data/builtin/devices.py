"""Displays, speakers and telephones (front to +x) and rifles (muzzle at +x)."""

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
        for a, b in zip(steps[:-1], steps[1:], strict=True):
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
        for s in (-1, 1):
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
        for s in (-1, 1):
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
            for z in (-1, 1):
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
        for s in (-1, 1):
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
    for s in (-1, 1):
        parts.rod((x, y - 0.07, z + s * h * 0.8), (x, y + 0.08, z + s * h * 0.8), 0.12, colour, 0.11, 12)
    if upright:
        parts.turn_since(mark, "x", 90, centre)
        parts.turn_since(mark, "y", -90, centre)
    if lengthwise:
        parts.turn_since(mark, "y", 90, centre)


def rifle(dice: Dice, parts: Assembly) -> None:
    """Hunting and sniper rifles, assault rifles, carbines, shotguns, bullpups, machine guns, muskets."""
    kind = dice.pick(
        ("assault", "sniper", "hunting", "shotgun", "bullpup", "machine", "musket", "smg"), (7, 4, 3, 2, 2, 2, 1, 2)
    )
    steel, grip = dice.dark() if dice.chance(0.75) else dice.metal(), dice.wood() if dice.chance(0.5) else dice.dark()
    if kind in ("hunting", "musket"):
        grip = dice.wood()
    thick = dice.real(0.045, 0.085)
    receiver = {"assault": 0.3, "bullpup": 0.5, "smg": 0.28, "machine": 0.4}.get(kind, 0.26) * dice.real(0.9, 1.15)
    barrel = {
        "assault": 0.4,
        "sniper": 0.65,
        "hunting": 0.62,
        "shotgun": 0.6,
        "bullpup": 0.25,
        "machine": 0.55,
        "musket": 0.8,
        "smg": 0.15,
    }[kind] * dice.real(0.85, 1.15)
    high = dice.real(0.08, 0.13)
    r = dice.real(0.014, 0.024)
    parts.block((0, -high / 2, -thick / 2), (receiver, high / 2, thick / 2), steel)
    parts.rod((receiver, 0.01, 0), (receiver + barrel, 0.01, 0), r, steel, sides=8)
    guard = barrel * (dice.real(0.4, 0.65) if kind != "musket" else 0.85)
    parts.frustum(
        -high * 0.55,
        (receiver, receiver + guard, -thick * 0.4, thick * 0.4),
        high * 0.35,
        (receiver, receiver + guard, -thick * 0.5, thick * 0.5),
        grip,
    )
    if dice.chance(0.5):
        end = receiver + barrel
        parts.rod((end - 0.02, 0.01, 0), (end + dice.real(0.04, 0.2), 0.01, 0), r * dice.real(1.4, 2.2), steel, sides=8)
    if kind in ("shotgun", "hunting") and dice.chance(0.5):
        parts.rod((receiver, -0.03, 0), (receiver + barrel * 0.8, -0.03, 0), r, steel, sides=8)
    _stock(dice, parts, kind, high, thick, steel, grip)
    if kind not in ("hunting", "musket", "shotgun") or dice.chance(0.3):
        at = receiver * (0.15 if kind != "bullpup" else 0.65)
        mark = parts.mark()
        parts.block((at - 0.025, -high / 2 - 0.14, -thick * 0.45), (at + 0.03, -high / 2 + 0.02, thick * 0.45), grip)
        parts.shear_since(mark, "x", "y", dice.real(0.15, 0.45), -high / 2)
    parts.path(
        [(0.06, -high / 2, 0), (0.07, -high / 2 - 0.05, 0), (0.14, -high / 2 - 0.05, 0), (0.15, -high / 2, 0)],
        0.01,
        steel,
        5,
    )
    if kind in ("assault", "bullpup", "smg", "machine") or dice.chance(0.25):
        at = receiver * (0.2 if kind == "bullpup" else 0.8)
        drop = dice.real(0.1, 0.26)
        form = dice.pick(("straight", "curved", "drum", "box"), (3, 4, 0.7, 1))
        if form == "drum":
            parts.rod((at, -high / 2 - 0.06, -thick), (at, -high / 2 - 0.06, thick), 0.08, steel)
        elif form == "box" and kind == "machine":
            parts.block((at - 0.08, -high / 2 - 0.16, -0.06), (at + 0.06, -high / 2, 0.06), steel)
        else:
            bend = dice.real(0.25, 0.7) if form == "curved" else 0.1
            for k in range(3):
                y0, y1 = -high / 2 - drop * k / 3, -high / 2 - drop * (k + 1) / 3
                mark = parts.mark()
                x = at + bend * drop * (k / 3) ** 2 * 1.5
                parts.block((x - 0.035, y1, -thick * 0.4), (x + 0.035, y0 + 0.01, thick * 0.4), steel)
                parts.shear_since(mark, "x", "y", -bend * (k + 0.5) / 1.5, y0)
    if kind == "sniper" or dice.chance(0.35):
        reach, y = dice.real(0.16, 0.34), high / 2 + dice.real(0.035, 0.06)
        x = receiver * dice.real(0.2, 0.5)
        scope = dice.dark()
        parts.rod((x, y, 0), (x + reach, y, 0), 0.018, scope, sides=10)
        parts.rod((x + reach, y, 0), (x + reach + 0.07, y, 0), 0.02, scope, 0.032, 10)
        parts.rod((x - 0.05, y, 0), (x, y, 0), 0.026, scope, 0.02, 10)
        for px in (x + 0.04, x + reach - 0.04):
            parts.box((px, (y + high / 2) / 2, 0), (0.025, y - high / 2 + 0.02, 0.02), steel)
    elif dice.chance(0.35):
        parts.box((receiver * 0.5, high / 2 + 0.05, 0), (receiver * 0.8, 0.018, 0.02), steel)
        for px in (0.15, 0.85):
            parts.box((receiver * px, high / 2 + 0.025, 0), (0.025, 0.05, 0.02), steel)
    else:
        parts.box((receiver + barrel * 0.95, 0.045, 0), (0.02, 0.06, 0.012), steel)
    if (kind in ("sniper", "machine") and dice.chance(0.65)) or dice.chance(0.06):
        x, drop, splay = receiver + guard, dice.real(0.14, 0.24), dice.real(0.05, 0.13)
        for s in (-1, 1):
            parts.rod((x, -0.01, 0), (x + dice.real(-0.04, 0.06), -drop, s * splay), 0.012, steel, sides=6)
    if dice.chance(0.15):
        parts.rod(
            (receiver + guard * 0.6, -high * 0.5, 0),
            (receiver + guard * 0.6, -high * 0.5 - 0.1, 0),
            0.02,
            grip,
            sides=8,
        )


def _stock(dice: Dice, parts: Assembly, kind: str, high: float, thick: float, steel: Colour, grip: Colour) -> None:
    length, drop = dice.real(0.22, 0.36), dice.real(0.02, 0.09)
    form = dice.pick(("solid", "skeleton", "tube", "wire", "none", "thumb"), (6, 2, 3, 1, 0.6, 1))
    if kind in ("hunting", "musket"):
        form = "solid"
    if kind == "bullpup":
        parts.block((-0.04, -high * 1.1, -thick / 2), (0.05, high / 2, thick / 2), grip)
        return
    z = thick * 0.45
    butt = -length
    if form == "solid":
        parts.prism(
            [
                (0.02, high * 0.45),
                (0.02, -high * 0.5),
                (-length * 0.3, -high * 0.5 - drop * 0.5),
                (butt, -high * 0.9 - drop),
                (butt, high * 0.4 - drop),
                (-length * 0.25, high * 0.2 - drop * 0.3),
            ],
            "z",
            -z,
            z,
            grip,
        )
    elif form == "thumb":
        parts.path(
            [
                (0, 0, 0),
                (butt, -drop * 0.5, 0),
                (butt, -high - drop, 0),
                (-length * 0.35, -high - drop * 0.7, 0),
                (0.0, -high * 0.4, 0),
            ],
            0.02,
            grip,
            6,
        )
    elif form == "skeleton":
        parts.path(
            [(0, 0.02, 0), (butt, 0.01 - drop * 0.4, 0), (butt, -high - drop, 0), (0, -high * 0.4, 0)], 0.015, steel, 6
        )
    elif form == "tube":
        parts.rod((0, 0, 0), (butt, 0, 0), 0.02, steel, sides=8)
        parts.prism(
            [(butt * 0.55, high * 0.3), (butt * 0.55, -high * 0.4), (butt, -high * 0.8 - drop), (butt, high * 0.35)],
            "z",
            -z,
            z,
            grip,
        )
    elif form == "wire":
        for s in (-1, 1):
            parts.rod((0, 0, s * z * 0.6), (butt, -drop, s * z * 0.6), 0.01, steel, sides=5)
        parts.box((butt, -drop - 0.02, 0), (0.02, 0.12, thick), steel)
