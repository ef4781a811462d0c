"""Lamps: standing ones on y = 0, hanging ones with their canopy on top."""

import numpy as np

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice


def lamp(dice: Dice, parts: Assembly) -> None:
    """Table, floor, arc, desk, hanging, chandelier and tripod lamps, and paper columns."""
    kind = dice.pick(
        ("table", "floor", "arc", "desk", "hanging", "chandelier", "tripod", "column"), (5, 4, 1.5, 3, 4, 2, 1.5, 1)
    )
    body, shade = dice.metal() if dice.chance(0.6) else dice.paint(), dice.colour((0.08, 0.16), (0.02, 0.4), (0.7, 1.0))
    if dice.chance(0.35):
        shade = dice.paint()
    rod = dice.real(0.008, 0.018)
    if kind in ("table", "floor", "tripod"):
        height = dice.real(0.35, 0.65) if kind == "table" else dice.real(1.2, 1.75)
        r = dice.real(0.13, 0.22) if kind == "table" else dice.real(0.16, 0.3)
        drop = r * dice.real(0.8, 1.6)
        neck = height - drop * 0.9
        if kind == "tripod":
            for a in (0.5, 0.5 + 2.094, 0.5 + 4.189):
                parts.rod(
                    (0.05 * np.cos(a), neck, 0.05 * np.sin(a)),
                    (0.35 * np.cos(a), 0, 0.35 * np.sin(a)),
                    0.02,
                    body,
                    sides=8,
                )
        else:
            foot = r * dice.real(0.6, 0.95)
            parts.lathe(
                [(foot, 0), (foot, 0.02), (rod * 2, 0.05)], (0, 0, 0), body, sides=4 if dice.chance(0.25) else 20
            )
            scale = 2.0 if kind == "floor" else 1.0
            parts.rod((0, 0.02, 0), (0, height - 0.05, 0), rod * scale, body)
            if kind == "table" and dice.chance(0.7):
                belly = dice.real(0.05, 0.13)
                form = dice.pick(("vase", "ball", "column", "stack"))
                if form == "vase":
                    parts.lathe(
                        [(belly * 0.6, 0), (belly, neck * 0.35), (belly * 0.75, neck * 0.7), (0.02, neck)],
                        (0, 0, 0),
                        dice.paint(),
                    )
                elif form == "ball":
                    parts.ellipsoid((0, neck * 0.45, 0), (belly, neck * 0.42, belly), dice.paint())
                elif form == "column":
                    parts.rod((0, 0, 0), (0, neck, 0), belly * 0.7, body, sides=dice.whole(4, 12))
                else:
                    for k in range(3):
                        parts.ellipsoid(
                            (0, neck * (0.2 + 0.3 * k), 0),
                            (belly * (1 - 0.22 * k), neck * 0.16, belly * (1 - 0.22 * k)),
                            body,
                        )
        _shade(dice, parts, (0, height, 0), r, drop, shade)
    elif kind == "arc":
        height, reach = dice.real(1.5, 2.0), dice.real(0.7, 1.2)
        parts.lathe([(0.18, 0), (0.18, 0.06)], (-reach / 2, 0, 0), body)
        points = [(-reach / 2, 0.05, 0.0)]
        points += [(-reach / 2 * np.cos(a), height * np.sin(a) ** 0.7, 0.0) for a in np.linspace(0.5, 2.5, 10)]
        parts.path(points, rod * 1.7, body)
        x, y, _ = points[-1]
        _shade(dice, parts, (x, y, 0), dice.real(0.14, 0.24), 0.22, shade)
    elif kind == "desk":
        parts.lathe([(0.11, 0), (0.1, 0.025)], (0, 0, 0), body)
        low, high = dice.real(0.2, 0.35), dice.real(0.2, 0.35)
        lean = dice.real(0.3, 1.0)
        elbow = (-low * np.sin(lean), low * np.cos(lean) + 0.03, 0.0)
        rise = dice.real(0.2, 1.0)
        head = (elbow[0] + high * np.cos(rise), elbow[1] + high * np.sin(rise), 0.0)
        parts.path([(0, 0.02, 0), elbow, head], rod, body)
        parts.ellipsoid(elbow, (0.02, 0.02, 0.02), body)
        mark = parts.mark()
        if dice.chance(0.3):
            parts.box((head[0] + 0.05, head[1], 0), (0.12, 0.04, dice.real(0.1, 0.35)), shade)
        else:
            parts.rod((head[0], head[1] + 0.03, 0), (head[0], head[1] - 0.1, 0), 0.025, shade, dice.real(0.06, 0.1))
        parts.turn_since(mark, "z", dice.real(0, 50), head)
    elif kind == "hanging":
        drop, r = dice.real(0.3, 1.0), dice.real(0.12, 0.32)
        parts.lathe([(0.06, 0), (0.06, 0.03)], (0, drop, 0), body)
        heads = dice.whole(2, 4) if dice.chance(0.25) else 1
        if heads > 1:
            parts.box((0, drop + 0.02, 0), (0.08, 0.04, 0.35 * heads), body)
            r *= 0.45
        for k in range(heads):
            z = 0.33 * (k - (heads - 1) / 2)
            low = drop * (1.0 - (dice.real(0.8, 1.0) if heads > 1 else 1.0))
            parts.rod((0, low, z), (0, drop, z), rod * 0.8, body, sides=8)
            form = dice.pick(("shade", "ball", "dome", "disc", "cage"), (3, 2, 3, 1, 1))
            if form == "shade":
                _shade(dice, parts, (0, low, z), r, r * dice.real(0.7, 1.6), shade)
            elif form == "ball":
                parts.ellipsoid((0, low - r * 0.7, z), (r, r * dice.real(0.6, 1.1), r), shade)
            elif form == "dome":
                parts.lathe(
                    [(r * np.sin(a), -r * (1 - np.cos(a)) * 0.9) for a in np.linspace(0.12, 1.6, 7)],
                    (0, low, z),
                    shade,
                    closed=False,
                )
            elif form == "disc":
                parts.lathe([(r * 1.3, -0.04), (r * 1.3, 0.0)], (0, low, z), shade)
            else:
                for a in np.arange(6) * (np.pi / 3):
                    ring = [
                        (r * np.sin(b) * np.cos(a), low - r + r * np.cos(b), z + r * np.sin(b) * np.sin(a))
                        for b in np.linspace(0, np.pi, 7)
                    ]
                    parts.path(ring, 0.01, body, 5)
    elif kind == "chandelier":
        drop, r, arms = dice.real(0.3, 0.7), dice.real(0.25, 0.45), dice.whole(3, 8)
        parts.rod((0, -0.1, 0), (0, drop, 0), rod, body)
        parts.ellipsoid((0, -0.08, 0), (0.05, 0.09, 0.05), body)
        up = dice.chance(0.6)
        for k in range(arms):
            a = 2 * np.pi * k / arms
            c, s = float(np.cos(a)), float(np.sin(a))
            parts.path([(0, -0.05, 0), (r * 0.6 * c, -0.14, r * 0.6 * s), (r * c, 0.0, r * s)], rod * 0.8, body, 6)
            if up:
                parts.rod((r * c, 0, r * s), (r * c, 0.12, r * s), 0.03, shade, 0.06, 10)
            else:
                parts.ellipsoid((r * c, -0.04, r * s), (0.06, 0.06, 0.06), shade)
    else:
        height, r = dice.real(0.5, 1.6), dice.real(0.1, 0.2)
        steps = np.linspace(0, height, 9)
        wave = dice.real(0, 0.35)
        profile = [(r * (1 + wave * float(np.sin(3 * np.pi * y / height))), float(y)) for y in steps]
        parts.lathe(profile, (0, 0, 0), shade, sides=4 if dice.chance(0.4) else 16)
        parts.lathe([(r * 1.1, -0.04), (r * 1.1, 0)], (0, 0, 0), body)


def _shade(dice: Dice, parts: Assembly, top: tuple[float, float, float], r: float, drop: float, colour: Colour) -> None:
    """A lamp shade hanging from ``top``: cone, drum, square or pleated."""
    upper = r * dice.real(0.35, 1.0)
    sides = 4 if dice.chance(0.15) else 6 if dice.chance(0.1) else 20
    parts.lathe([(r, -drop), (upper, 0.0)], top, colour, sides=sides, closed=dice.chance(0.7))
