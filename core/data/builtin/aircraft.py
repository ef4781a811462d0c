"""Airplanes: the nose is at +x, the wings spread along z."""

import numpy as np

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Colour, Dice


def airplane(dice: Dice, parts: Assembly) -> None:
    """Airliners, business jets, propeller planes, biplanes, fighters, deltas, gliders and flying wings."""
    kind = dice.pick(
        ("liner", "jet", "prop", "biplane", "fighter", "delta", "glider", "wing", "transport"),
        (7, 3, 3, 1.5, 4, 2, 1, 0.7, 2),
    )
    paint, wing, trim = dice.paint() if dice.chance(0.25) else dice.grey(), dice.grey(), dice.paint()
    if dice.chance(0.5):
        wing = paint
    length = 2.0
    r = {
        "liner": 0.11,
        "jet": 0.1,
        "prop": 0.13,
        "biplane": 0.13,
        "fighter": 0.1,
        "delta": 0.08,
        "glider": 0.07,
        "wing": 0.09,
        "transport": 0.15,
    }[kind] * dice.real(0.85, 1.2)
    span = {
        "liner": 1.9,
        "jet": 1.7,
        "prop": 2.3,
        "biplane": 2.1,
        "fighter": 1.3,
        "delta": 1.0,
        "glider": 3.2,
        "wing": 2.6,
        "transport": 2.1,
    }[kind] * dice.real(0.85, 1.15)
    sweep = {
        "liner": 0.45,
        "jet": 0.35,
        "prop": 0.05,
        "biplane": 0.0,
        "fighter": 0.45,
        "delta": 0.9,
        "glider": 0.05,
        "wing": 0.6,
        "transport": 0.25,
    }[kind] * dice.real(0.8, 1.2)
    root = {
        "liner": 0.42,
        "jet": 0.38,
        "prop": 0.38,
        "biplane": 0.34,
        "fighter": 0.6,
        "delta": 1.15,
        "glider": 0.24,
        "wing": 0.7,
        "transport": 0.4,
    }[kind] * dice.real(0.85, 1.15)
    tip = root * (
        dice.real(0.05, 0.2)
        if kind in ("delta", "fighter")
        else dice.real(0.25, 0.45)
        if sweep > 0.2
        else dice.real(0.6, 0.95)
    )
    thick = 0.05
    if kind != "wing":
        _fuselage(dice, parts, kind, length, r, paint)
    else:
        parts.loft(
            [
                oval(x, 0, 0, h, w)
                for x, h, w in ((-0.35, 0.02, 0.2), (0.0, 0.12, 0.3), (0.3, 0.09, 0.18), (0.5, 0.01, 0.03))
            ],
            paint,
        )
    level = dice.pick(("low", "mid", "high"), (4, 2, 2)) if kind not in ("transport", "biplane") else "high"
    y = {"low": -r * 0.6, "mid": 0.0, "high": r * 0.9}[level]
    front = (
        dice.real(0.05, 0.3)
        if kind not in ("delta", "fighter", "wing")
        else dice.real(-0.05, 0.1)
        if kind == "fighter"
        else 0.35
    )
    rise = dice.real(-0.05, 0.18) if level != "high" else dice.real(-0.08, 0.05)
    levels = (y, -r * 0.8) if kind == "biplane" else (y,)
    for height in levels:
        at = r * 1.9 if kind == "biplane" and height == y else height
        for side in (-1.0, 1.0):
            parts.tapered_plate(
                (-root, 0),
                (-sweep - tip, -sweep),
                (front, at, side * r * 0.3),
                (front, at + rise, side * span / 2),
                thick,
                wing,
            )
            if kind in ("liner", "jet") and dice.chance(0.4):
                end = front - sweep
                parts.tapered_plate(
                    (-tip, 0),
                    (-tip, -tip * 0.4),
                    (end, at + rise, side * span / 2),
                    (end, at + rise + 0.12, side * (span / 2 + 0.03)),
                    0.03,
                    trim,
                )
    if kind == "biplane":
        for side in (-0.3, 0.3):
            for q in (-0.05, -root + 0.06):
                parts.rod((front + q, -r * 0.8, side * span), (front + q, r * 1.9, side * span), 0.015, trim, sides=6)
        for side in (-0.06, 0.06):
            parts.rod((front - root / 2, 0, side), (front - root / 2, r * 1.9, side), 0.015, trim, sides=6)
    if kind != "wing":
        _tail(dice, parts, kind, length, r, wing, trim)
    _engines(dice, parts, kind, span, front, sweep, y, r, rise, trim)
    if dice.chance(0.3) and kind != "wing":
        for x, z in ((length * 0.3, 0.0), (front - root * 0.7, -0.16), (front - root * 0.7, 0.16)):
            parts.rod((x, -r * 0.6, z), (x, -r - 0.12, z), 0.014, dice.dark(), sides=6)
            parts.rod((x, -r - 0.12, z - 0.02), (x, -r - 0.12, z + 0.02), 0.045, dice.dark(), sides=10)


def _fuselage(dice: Dice, parts: Assembly, kind: str, length: float, r: float, paint: Colour) -> None:
    nose, tail = length / 2, -length / 2
    slim = kind in ("fighter", "delta")
    bow = dice.real(0.5, 0.8) if slim else dice.real(0.18, 0.35)
    stern = dice.real(0.5, 0.8) if not slim else 0.3
    end = r * (0.6 if slim else 0.15)
    rings = [oval(tail, r * (0.0 if slim else 0.55), 0, end, end)]
    rings += [oval(tail + stern * 0.5, r * (0.0 if slim else 0.3), 0, (r + end) / 2, (r + end) / 2)]
    rings += [oval(tail + stern, 0, 0, r, r), oval(nose - bow, 0, 0, r, r)]
    rings += [
        oval(nose - bow * 0.4, -r * 0.05, 0, r * 0.75, r * 0.75),
        oval(nose - bow * 0.1, -r * 0.12, 0, r * 0.35, r * 0.35),
        oval(nose, -r * 0.15, 0, r * 0.05, r * 0.05),
    ]
    parts.loft(rings, paint)
    glass = dice.dark()
    if kind in ("fighter", "prop", "biplane", "glider", "delta"):
        parts.ellipsoid(
            (dice.real(0.25, 0.5) if kind != "prop" else 0.25, r * 0.75, 0), (0.22, r * 0.7, r * 0.55), glass
        )
    else:
        parts.box((nose - bow * 0.42, r * 0.5, 0), (0.06, r * 0.35, r * 1.1), glass, "z", 30)
        if kind in ("liner", "jet"):
            for side in (-1.0, 1.0):
                parts.box((0, r * 0.25, side * r * 0.93), (length - bow - stern, r * 0.18, r * 0.12), glass)


def _tail(dice: Dice, parts: Assembly, kind: str, length: float, r: float, wing: Colour, trim: Colour) -> None:
    end, base = -length / 2, r * 0.55 if kind not in ("fighter", "delta") else 0.0
    high = dice.real(0.26, 0.42)
    chord = dice.real(0.2, 0.34)
    form = dice.pick(("plain", "tee", "twin", "cruciform", "vee"), (6, 2, 1.5, 1, 0.7))
    if kind == "jet" and dice.chance(0.7):
        form = "tee"
    if kind == "fighter" and dice.chance(0.5):
        form = "twin"
    half = dice.real(0.26, 0.42)
    lean = dice.real(0.1, 0.28)
    fins = [(0.0, 0.0)] if form in ("plain", "tee", "cruciform") else [(-1.0, 0.35), (1.0, 0.35)]
    for side, tilt in fins:
        out = 0.9 if form == "vee" else tilt
        start = (end + chord + 0.04, base, side * r * 0.7)
        parts.tapered_plate(
            (-chord, 0.06),
            (-chord * 0.95 - lean * 0.6, -lean),
            start,
            (start[0], base + high, side * (r * 0.7 + high * out)),
            0.045,
            trim,
        )
    if kind == "delta" and dice.chance(0.7):
        return
    if form == "vee":
        return
    y = base + (high * 0.98 if form == "tee" else high * 0.45 if form == "cruciform" else 0.0)
    back = lean if form == "tee" else 0.0
    for side in (-1.0, 1.0):
        parts.tapered_plate(
            (-chord * 0.8, 0),
            (-chord * 0.8 - 0.1, -0.18),
            (end + chord - back, y, 0),
            (end + chord - back, y, side * half),
            0.04,
            wing,
        )


def _engines(
    dice: Dice, parts: Assembly, kind: str, span: float, front: float, sweep: float, y: float, r: float,
    rise: float, colour: Colour,
) -> None:  # fmt: skip
    grey = dice.grey()
    e = r * dice.real(0.4, 0.6)
    if kind in ("liner", "transport") or (kind == "prop" and dice.chance(0.4)):
        stations = (0.32, 0.6) if dice.chance(0.3) else (dice.real(0.3, 0.42),)
        propeller = kind != "liner" and dice.chance(0.7)
        for side in (-1.0, 1.0):
            for s in stations:
                x, h, z = front - sweep * s, y + rise * s, side * span / 2 * s
                drop = 0.0 if propeller else e * 1.2
                parts.rod((x - 0.18, h - drop, z), (x + 0.16, h - drop, z), e * 0.8, grey, e, 12)
                if propeller:
                    _propeller(dice, parts, (x + 0.18, h, z), e * 2.6)
    elif kind == "jet" or (kind == "liner" and dice.chance(0.15)):
        for side in (-1.0, 1.0):
            z = side * (r + e * 1.1)
            parts.rod((-0.75, r * 0.4, z), (-0.35, r * 0.4, z), e * 0.8, grey, e, 12)
            parts.box((-0.55, r * 0.4, side * r), (0.2, 0.03, e * 2), colour)
    elif kind in ("prop", "biplane"):
        _propeller(dice, parts, (1.0, -r * 0.1, 0), dice.real(0.24, 0.34))
        parts.rod((0.7, 0, 0), (0.97, 0, 0), r * 1.02, colour, r * 0.7)
    elif kind in ("fighter", "delta"):
        for z in (0.0,) if dice.chance(0.5) else (-r * 0.6, r * 0.6):
            parts.rod((-1.08, 0, z), (-0.8, 0, z), r * 0.55, dice.dark(), r * 0.7)
        for side in (-1.0, 1.0):
            parts.block((-0.4, -r * 0.7, side * r * 1.1 - r * 0.35), (0.25, r * 0.4, side * r * 1.1 + r * 0.35), colour)
            if dice.chance(0.35):
                z = side * span * 0.33
                parts.rod(
                    (front - sweep * 0.6 - 0.3, y - 0.06, z),
                    (front - sweep * 0.6 + 0.2, y - 0.06, z),
                    0.025,
                    grey,
                    sides=8,
                )


def _propeller(dice: Dice, parts: Assembly, hub: tuple[float, float, float], reach: float) -> None:
    blades, start = dice.whole(2, 4), dice.real(0, 3)
    parts.ellipsoid(hub, (0.05, 0.035, 0.035), dice.metal())
    for k in range(blades):
        a = start + 2 * np.pi * k / blades
        tip = (hub[0], hub[1] + reach * float(np.sin(a)), hub[2] + reach * float(np.cos(a)))
        parts.rod(hub, tip, 0.018, dice.dark(), sides=5)
