"""Trucks, tractors and racing cars: the bonnet is at +x; measures in metres."""

from collections.abc import Callable

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.carwork import Chassis, details, glass_colour, random_chassis, wheels
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family

Load = Callable[[Dice, Assembly, Chassis, float, float], None]
"""Adds a load that ends to the front at the fourth argument, on the bed whose height is the fifth."""


def _cab(dice: Dice, parts: Assembly, truck: Chassis, length: float, paint: Colour) -> float:
    """A driver's cab at the front, with or without a bonnet before it. Returns where it ends to the rear."""
    x, z, low = truck.x, truck.z, truck.low
    if dice.chance(0.35):
        nose = dice.real(0.9, 1.4)
        parts.frustum(
            low, (x - nose, x, -z * 0.8, z * 0.8), truck.belt + 0.1, (x - nose, x - 0.1, -z * 0.7, z * 0.7), paint
        )
        x -= nose
    rear = x - length
    parts.frustum(low, (rear, x, -z, z), truck.belt, (rear, x, -z, z), paint)
    parts.frustum(truck.belt, (rear, x, -z, z), truck.roof, (rear, x - 0.25, -z * 0.93, z * 0.93), paint)
    parts.box((x - 0.11, (truck.belt + truck.roof) / 2, 0), (0.08, (truck.roof - truck.belt) * 0.7, z * 1.7),
              glass_colour(dice), "z", 12)  # fmt: skip
    for s in (-1.0, 1.0):
        parts.box(
            (rear + length * 0.55, (truck.belt + truck.roof) / 2, s * z * 0.96), (length * 0.5, 0.45, 0.06), dice.dark()
        )
    return rear


def _frame(dice: Dice, parts: Assembly, truck: Chassis, cab: float) -> float:
    """The beam under the load; returns the height of its upper side."""
    bed = truck.low + 0.4
    parts.block((-truck.x, truck.low + 0.1, -truck.z * 0.5), (cab + 0.1, bed, truck.z * 0.5), dice.dark())
    return bed


def _truck(dice: Dice, length: float = 6.5) -> Chassis:
    return random_chassis(dice, length=length, low=0.5, waist=1.0, roof=2.4, width=2.3, wheel=0.5)


def _delivered(dice: Dice, parts: Assembly, load: Load, length: float = 6.5) -> None:
    """Cab, frame, wheels, and the load that ``load`` adds behind the cab."""
    truck, paint = _truck(dice, length), dice.paint()
    cab = _cab(dice, parts, truck, dice.real(1.5, 2.1), paint)
    bed = _frame(dice, parts, truck, cab)
    load(dice, parts, truck, cab - 0.1, bed)
    wheels(dice, parts, truck, (truck.rear_axle + 2.2 * truck.wheel,))
    details(dice, parts, truck, truck.belt)


def _box(dice: Dice, parts: Assembly) -> None:
    """A closed box, lower or higher than the cab."""

    def load(dice: Dice, parts: Assembly, truck: Chassis, front: float, bed: float) -> None:
        top = truck.roof + dice.real(-0.1, 0.9)
        parts.block((-truck.x, bed - 0.02, -truck.z), (front, top, truck.z), dice.paint())

    _delivered(dice, parts, load, dice.real(5.5, 9.0))


def _tanker(dice: Dice, parts: Assembly) -> None:
    def load(dice: Dice, parts: Assembly, truck: Chassis, front: float, bed: float) -> None:
        y, r = bed + truck.z * 0.8, truck.z * 0.9
        parts.rod((-truck.x, y, 0), (front, y, 0), r, dice.metal() if dice.chance(0.6) else dice.paint(), sides=18)

    _delivered(dice, parts, load)


def _flatbed(dice: Dice, parts: Assembly) -> None:
    """A flat or boarded bed, some tipping, some with a load or a crane."""

    def load(dice: Dice, parts: Assembly, truck: Chassis, front: float, bed: float) -> None:
        rear, z = -truck.x, truck.z
        parts.block((rear, bed - 0.02, -z), (front, bed + 0.15, z), dice.metal())
        form = dice.pick(("tip", "boards", "load", "empty"), (2, 2, 1.5, 1))
        if form == "tip":
            parts.frustum(
                bed + 0.1,
                (rear, front, -z * 0.8, z * 0.8),
                bed + dice.real(0.7, 1.2),
                (rear - 0.1, front, -z, z),
                dice.paint(),
            )
        elif form == "boards":
            for s in (-1.0, 1.0):
                parts.block((rear, bed, s * z * 0.96 - 0.05), (front, bed + 0.6, s * z * 0.96 + 0.05), dice.wood())
            parts.block((front - 0.1, bed, -z), (front, bed + 0.9, z), dice.metal())
        elif form == "load":
            parts.block(
                (rear * 0.9, bed + 0.1, -z * 0.7), (front * 0.6, bed + dice.real(0.5, 1.3), z * 0.7), dice.wood()
            )

    _delivered(dice, parts, load)


def _tractor(dice: Dice, parts: Assembly) -> None:
    """A farm tractor: large wheels behind, small ones in front, an upright cab or a seat."""
    paint, dark = dice.paint(), dice.dark()
    r, small = dice.real(0.7, 0.85), dice.real(0.35, 0.5)
    parts.block((-0.6, 0.6, -0.35), (0.4, 1.0, 0.35), dark)
    parts.frustum(0.55, (0.2, 1.7, -0.32, 0.32), 1.35, (0.2, 1.65, -0.28, 0.28), paint)
    for s in (-1.0, 1.0):
        parts.rod((-0.5, r, s * 0.5), (-0.5, r, s * 0.9), r, dark, sides=20)
        parts.rod((1.3, small, s * 0.45), (1.3, small, s * 0.75), small, dark, sides=16)
        parts.block((-1.1, r * 1.4, s * 0.7 - 0.2), (0.0, r * 1.4 + 0.12, s * 0.7 + 0.2), paint)
    for x, y, half in ((-0.5, r, 0.6), (1.3, small, 0.5)):
        parts.rod((x, y, -half), (x, y, half), 0.1, dark, sides=8)
    if dice.chance(0.6):
        parts.frustum(1.0, (-0.9, 0.25, -0.55, 0.55), 2.2, (-0.85, 0.1, -0.5, 0.5), glass_colour(dice))
        parts.block((-0.95, 2.2, -0.58), (0.2, 2.32, 0.58), paint)
    else:
        parts.cushion((-0.8, 1.0, -0.25), (-0.4, 1.3, 0.25), dark)
        parts.block((-0.45, 0.9, -0.7), (-0.3, 1.3, 0.7), paint)
        parts.rod((0.2, 1.2, 0), (-0.1, 1.5, 0), 0.05, dark, sides=6)
    parts.rod((1.1, 1.3, 0.1), (1.1, dice.real(1.7, 2.1), 0.1), 0.06, dark, sides=8)


def _racer(dice: Dice, parts: Assembly) -> None:
    """An open-wheel racing car."""
    paint = dice.paint()
    stations = (
        (-2.2, 0.5, 0.2, 0.25),
        (-1.0, 0.5, 0.3, 0.6),
        (0.0, 0.42, 0.25, 0.6),
        (0.8, 0.4, 0.2, 0.25),
        (2.4, 0.3, 0.06, 0.12),
    )
    wide = dice.real(0.85, 1.15)
    parts.loft([oval(px, y, 0, h, w * wide, 3.0) for px, y, h, w in stations], paint)
    for px, r in ((1.5, dice.real(0.3, 0.36)), (-1.6, dice.real(0.34, 0.4))):
        for s in (-1.0, 1.0):
            parts.rod((px, r, s * 0.6), (px, r, s * 0.95), r, dice.dark(), sides=18)
        parts.rod((px, r, -0.7), (px, r, 0.7), 0.05, dice.metal(), sides=6)
    high = dice.real(0.8, 1.0)
    parts.box((2.25, 0.22, 0), (0.4, 0.06, 1.8), dice.paint())
    parts.box((-2.2, high, 0), (0.35, 0.06, 1.3), dice.paint())
    for s in (-0.6, 0.6):
        parts.box((-2.2, high - 0.2, s), (0.4, 0.5, 0.05), paint)
    parts.box((-2.2, high - 0.25, 0), (0.2, 0.4, 0.08), paint)
    parts.box((-0.55, 0.85, 0), (0.6, 0.35, 0.25), shaded(paint, 0.8))
    parts.ellipsoid((-0.05, 0.78, 0), (0.16, 0.18, 0.15), dice.paint())


TRUCKS: Family = {
    "box truck": (0.8, _box),
    "tank truck": (0.4, _tanker),
    "flatbed": (0.8, _flatbed),
    "tractor": (0.3, _tractor),
    "racer": (1, _racer),
}
"""Kinds of trucks and other machines on wheels, with their weights among cars."""
