"""Cars: the bonnet is at +x."""

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Colour, Dice, shaded


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
        for s in (-1.0, 1.0):
            parts.rod((low, base, s * side), (high, pillar + 0.02, s * upper), 0.05, paint, sides=5)
    if kind == "pickup":
        rear = -length * 0.49
        for s in (-1.0, 1.0):
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
        for side in (-1.0, 1.0):
            outer = side * z * 0.99
            parts.rod((axle, r, side * (z - 0.26)), (axle, r, outer), r, dice.dark(), sides=18)
            parts.rod((axle, r, outer), (axle, r, outer + side * 0.02), r * 0.6, rim, sides=12)


def _trim(
    dice: Dice, parts: Assembly, kind: str, x: float, z: float, low: float, belt: float, bonnet: float,
    roof: float, length: float,
) -> None:  # fmt: skip
    lamp_y = (low + bonnet) / 2 + 0.06
    for s in (-1.0, 1.0):
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
        for s in (-1.0, 1.0):
            parts.rod((px, r, s * 0.6), (px, r, s * 0.95), r, dice.dark(), sides=18)
        parts.rod((px, r, -0.7), (px, r, 0.7), 0.05, dice.metal(), sides=6)
    parts.box((2.2, 0.2, 0), (0.4, 0.05, 1.8), dice.paint())
    parts.box((-2.2, 0.95, 0), (0.35, 0.06, 1.3), dice.paint())
    for s in (-0.6, 0.6):
        parts.box((-2.2, 0.75, s), (0.4, 0.5, 0.05), paint)
    parts.box((-0.55, 0.85, 0), (0.6, 0.35, 0.25), shaded(paint, 0.8))
    parts.ellipsoid((-0.05, 0.78, 0), (0.16, 0.18, 0.15), dice.paint())
