"""Airplanes, cars and watercraft: nose, bonnet and bow at +x."""

import numpy as np

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Colour, Dice, shaded


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
        for side in (-1, 1):
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
            for side in (-1, 1):
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
    for side in (-1, 1):
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
        for side in (-1, 1):
            for s in stations:
                x, h, z = front - sweep * s, y + rise * s, side * span / 2 * s
                drop = 0.0 if propeller else e * 1.2
                parts.rod((x - 0.18, h - drop, z), (x + 0.16, h - drop, z), e * 0.8, grey, e, 12)
                if propeller:
                    _propeller(dice, parts, (x + 0.18, h, z), e * 2.6)
    elif kind == "jet" or (kind == "liner" and dice.chance(0.15)):
        for side in (-1, 1):
            z = side * (r + e * 1.1)
            parts.rod((-0.75, r * 0.4, z), (-0.35, r * 0.4, z), e * 0.8, grey, e, 12)
            parts.box((-0.55, r * 0.4, side * r), (0.2, 0.03, e * 2), colour)
    elif kind in ("prop", "biplane"):
        _propeller(dice, parts, (1.0, -r * 0.1, 0), dice.real(0.24, 0.34))
        parts.rod((0.7, 0, 0), (0.97, 0, 0), r * 1.02, colour, r * 0.7)
    elif kind in ("fighter", "delta"):
        for z in (0.0,) if dice.chance(0.5) else (-r * 0.6, r * 0.6):
            parts.rod((-1.08, 0, z), (-0.8, 0, z), r * 0.55, dice.dark(), r * 0.7)
        for side in (-1, 1):
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


def car(dice: Dice, parts: Assembly) -> None:
    """Sedans, hatchbacks, estates, off-roaders, vans, pickups, trucks, buses, sports cars, roadsters, racers."""
    kind = dice.pick(
        ("sedan", "hatch", "estate", "suv", "van", "pickup", "truck", "bus", "sports", "roadster", "racer", "classic"),
        (7, 4, 2, 3, 2, 2, 1, 1, 4, 2, 1, 2),
    )
    paint, glass = dice.paint(), dice.dark()
    if dice.chance(0.2):
        glass = dice.colour((0.5, 0.6), (0.1, 0.3), (0.5, 0.8))
    if kind == "racer":
        _racer(dice, parts, paint)
        return
    width = {"van": 1.85, "truck": 2.3, "bus": 2.4, "suv": 1.9}.get(kind, 1.78) * dice.real(0.95, 1.06)
    length = {
        "hatch": 3.9,
        "suv": 4.6,
        "van": 4.9,
        "pickup": 5.2,
        "truck": 6.5,
        "bus": 9.0,
        "sports": 4.4,
        "roadster": 4.0,
    }.get(kind, 4.6) * dice.real(0.93, 1.07)
    low = {"suv": 0.32, "pickup": 0.35, "truck": 0.5, "bus": 0.35, "sports": 0.15, "roadster": 0.17}.get(kind, 0.22)
    belt = low + {
        "sports": 0.55,
        "roadster": 0.55,
        "van": 0.85,
        "truck": 1.0,
        "bus": 0.9,
        "suv": 0.75,
        "pickup": 0.68,
    }.get(kind, 0.63) * dice.real(0.94, 1.08)
    roof = {
        "sports": 1.2,
        "roadster": 1.15,
        "suv": 1.75,
        "van": 2.1,
        "bus": 3.0,
        "truck": 2.4,
        "pickup": 1.75,
        "classic": 1.55,
    }.get(kind, 1.42) * dice.real(0.96, 1.06)
    x, z = length / 2, width / 2
    bonnet = belt - dice.real(0.03, 0.15) * (2 if kind == "sports" else 1)
    flat = kind in ("van", "bus", "truck")
    if kind == "truck":
        cab = dice.real(1.6, 2.0)
        parts.frustum(low, (x - cab, x, -z, z), belt, (x - cab, x, -z, z), paint)
        parts.frustum(belt, (x - cab, x, -z, z), roof, (x - cab, x - 0.25, -z * 0.93, z * 0.93), paint)
        parts.box((x - 0.13, (belt + roof) / 2, 0), (0.08, (roof - belt) * 0.7, width * 0.85), glass, "z", 14)
        parts.block((-x, low + 0.1, -z * 0.5), (x - cab, low + 0.4, z * 0.5), dice.dark())
        load = dice.pick(("box", "flat", "tank", "dump"), (4, 1, 2, 1))
        bed, rear, front = low + 0.4, -x, x - cab - 0.1
        if load == "box":
            parts.block((rear, bed, -z), (front, roof + dice.real(0.1, 0.9), z), dice.paint())
        elif load == "tank":
            parts.rod((rear, bed + z * 0.85, 0), (front, bed + z * 0.85, 0), z * 0.9, dice.metal(), sides=18)
        else:
            parts.block((rear, bed, -z), (front, bed + 0.15, z), dice.metal())
            if load == "dump":
                parts.frustum(bed + 0.1, (rear, front, -z * 0.8, z * 0.8), bed + 1.0, (rear - 0.1, front, -z, z), paint)
    else:
        nose, tail = (0.02 if flat else dice.real(0.06, 0.16)), dice.real(0.02, 0.12)
        arch = {"bus": 0.0, "van": 0.02}.get(kind, 0.07)
        stations = [
            (-x, low + 0.12, belt - 0.1 - tail, 0.86),
            (-x + 0.12, low, belt - 0.02, 0.96),
            (-x + length * 0.25, low, belt, 1.0),
            (x - length * 0.32, low, belt, 1.0),
        ]
        stations += [
            (x - 0.35, low, bonnet if not flat else belt, 0.97),
            (x - nose, low + 0.05, bonnet - 0.08 - arch if not flat else belt - 0.03, 0.9),
            (x, low + 0.12, (bonnet if not flat else belt) - 0.2 - arch, 0.8),
        ]
        parts.loft([oval(px, (a + b) / 2, 0, (b - a) / 2, z * w, 5.0, 20) for px, a, b, w in stations], paint)
        _cabin(dice, parts, kind, x, z, belt, roof, length, paint, glass)
    _wheels(dice, parts, kind, x, z, length, low)
    _trim(dice, parts, kind, x, z, low, belt, bonnet, roof, length)


def _cabin(
    dice: Dice, parts: Assembly, kind: str, x: float, z: float, belt: float, roof: float, length: float,
    paint: Colour, glass: Colour,
) -> None:  # fmt: skip
    """The part above the belt line: glass with a painted roof, or an open cockpit."""
    rear_base, rear_top, front_top, front_base = {
        "sedan": (-0.36, -0.2, 0.06, 0.2), "classic": (-0.3, -0.2, 0.06, 0.14), "hatch": (-0.48, -0.38, 0.08, 0.24),
        "estate": (-0.49, -0.42, 0.06, 0.2), "suv": (-0.49, -0.44, 0.08, 0.2), "van": (-0.49, -0.485, 0.26, 0.4),
        "bus": (-0.495, -0.49, 0.46, 0.49), "pickup": (-0.08, -0.06, 0.12, 0.22), "sports": (-0.42, -0.12, 0.02, 0.22),
        "roadster": (-0.1, -0.08, 0.1, 0.2),
    }[kind]  # fmt: skip
    shift = dice.real(-0.03, 0.03) if kind not in ("bus", "van", "estate", "suv", "hatch") else 0.0
    b0, t0, t1, b1 = ((v + shift) * length for v in (rear_base, rear_top, front_top, front_base))
    side, upper = z * 0.94, z * dice.real(0.72, 0.86) if kind not in ("bus", "van") else z * 0.92
    base = belt - 0.06
    if kind == "roadster":
        parts.box(((b1 + t1) / 2, belt + 0.14, 0), (0.05, 0.36, 2 * upper), glass, "z", 35)
        for s in (-0.4, 0.4):
            parts.box((b0 + 0.1, belt + 0.12, s * z), (0.15, 0.35, z * 0.5), dice.fabric(), "z", 12)
        if dice.chance(0.5):
            parts.path(
                [
                    (b0 - 0.1, belt, -z * 0.5),
                    (b0 - 0.1, belt + 0.3, -z * 0.45),
                    (b0 - 0.1, belt + 0.3, z * 0.45),
                    (b0 - 0.1, belt, z * 0.5),
                ],
                0.04,
                dice.metal(),
            )
        return
    pillar = roof - 0.07
    parts.frustum(base, (b0, b1, -side, side), pillar, (t0, t1, -upper, upper), glass)
    parts.frustum(
        pillar, (t0 - 0.02, t1 + 0.02, -upper, upper), roof, (t0 + 0.1, t1 - 0.1, -upper * 0.88, upper * 0.88), paint
    )
    for share in (0.0, 0.5, 1.0) if kind not in ("bus", "van") else (0.0, 0.25, 0.5, 0.75, 1.0):
        low, high = b0 + (b1 - b0) * share, t0 + (t1 - t0) * share
        for s in (-1, 1):
            parts.rod((low, base, s * side), (high, pillar + 0.02, s * upper), 0.05, paint, sides=5)
    if kind == "pickup":
        rear = -length * 0.49
        for s in (-1, 1):
            parts.block((rear, belt - 0.05, s * z * 0.92 - 0.05), (b0, belt + 0.18, s * z * 0.92 + 0.05), paint)
        parts.block((rear, belt - 0.05, -z * 0.92), (rear + 0.08, belt + 0.18, z * 0.92), paint)
    if kind == "van" and dice.chance(0.6):
        parts.frustum(
            base,
            (b0, b0 + (b1 - b0) * 0.6, -side * 1.03, side * 1.03),
            pillar,
            (t0, t0 + (t1 - t0) * 0.65, -upper * 1.03, upper * 1.03),
            paint,
        )


def _wheels(dice: Dice, parts: Assembly, kind: str, x: float, z: float, length: float, low: float) -> None:
    r = {"suv": 0.4, "pickup": 0.4, "truck": 0.5, "bus": 0.48, "hatch": 0.3}.get(kind, 0.34) * dice.real(0.95, 1.1)
    axles = [x - length * dice.real(0.16, 0.2), -x + length * dice.real(0.17, 0.22)]
    if kind == "truck":
        axles.append(axles[1] + 2.3 * r)
    rim = dice.metal()
    for axle in axles:
        for side in (-1, 1):
            outer = side * z * 0.99
            parts.rod((axle, r, side * (z - 0.26)), (axle, r, outer), r, dice.dark(), sides=18)
            parts.rod((axle, r, outer), (axle, r, outer + side * 0.02), r * 0.6, rim, sides=12)


def _trim(
    dice: Dice, parts: Assembly, kind: str, x: float, z: float, low: float, belt: float, bonnet: float,
    roof: float, length: float,
) -> None:  # fmt: skip
    lamp_y = (low + bonnet) / 2 + 0.06
    for s in (-1, 1):
        parts.box((x - 0.05, lamp_y, s * z * 0.62), (0.1, 0.12, 0.3), (240, 240, 220))
        parts.box((-x + 0.03, lamp_y + 0.05, s * z * 0.66), (0.08, 0.12, 0.25), (170, 25, 25))
        if kind != "bus" and dice.chance(0.7):
            parts.box((length * 0.17, belt + 0.08, s * (z + 0.08)), (0.1, 0.1, 0.16), dice.dark())
    if dice.chance(0.6):
        parts.box((x - 0.04, low + 0.14, 0), (0.14, 0.12, z * 1.8), dice.dark())
        parts.box((-x + 0.04, low + 0.14, 0), (0.14, 0.12, z * 1.8), dice.dark())
    if kind in ("sports", "hatch") and dice.chance(0.4):
        parts.box((-x + 0.15, belt + 0.18, 0), (0.22, 0.05, z * 1.8), dice.dark())
        for s in (-0.7, 0.7):
            parts.box((-x + 0.15, belt + 0.08, s * z), (0.1, 0.22, 0.05), dice.dark())
    if kind in ("suv", "estate", "sedan") and dice.chance(0.2):
        parts.box(
            (-0.05 * length, roof + 0.06, 0), (0.3 if kind == "sedan" else length * 0.3, 0.1, z * 1.2), dice.paint()
        )


def _racer(dice: Dice, parts: Assembly, paint: Colour) -> None:
    """An open-wheel racing car."""
    parts.loft(
        [
            oval(px, y, 0, h, w, 3.0)
            for px, y, h, w in (
                (-2.2, 0.5, 0.2, 0.25),
                (-1.0, 0.5, 0.3, 0.6),
                (0.0, 0.42, 0.25, 0.6),
                (0.8, 0.4, 0.2, 0.25),
                (2.4, 0.3, 0.06, 0.12),
            )
        ],
        paint,
    )
    for px, r in ((1.5, 0.33), (-1.6, 0.37)):
        for s in (-1, 1):
            parts.rod((px, r, s * 0.6), (px, r, s * 0.95), r, dice.dark(), sides=18)
        parts.rod((px, r, -0.7), (px, r, 0.7), 0.05, dice.metal(), sides=6)
    parts.box((2.2, 0.2, 0), (0.4, 0.05, 1.8), dice.paint())
    parts.box((-2.2, 0.95, 0), (0.35, 0.06, 1.3), dice.paint())
    for s in (-0.6, 0.6):
        parts.box((-2.2, 0.75, s), (0.4, 0.5, 0.05), paint)
    parts.box((-0.55, 0.85, 0), (0.6, 0.35, 0.25), shaded(paint, 0.8))
    parts.ellipsoid((-0.05, 0.78, 0), (0.16, 0.18, 0.15), dice.paint())
