"""Cars: the bonnet is at +x; measures in metres."""

from dataclasses import dataclass, replace

from core.data.builtin import trucks
from core.data.builtin.assembly import Assembly
from core.data.builtin.carwork import Chassis, body, details, glass_colour, random_chassis, wheels
from core.data.builtin.dice import Colour, Dice, shaded
from core.data.builtin.family import Family


@dataclass(frozen=True)
class _Cabin:
    """Where the glass house begins and ends, from the rear (-0.5) to the front (0.5) of the car."""

    rear_base: float
    rear_top: float
    front_top: float
    front_base: float
    pillars: int = 3

    def shifted(self, by: float) -> "_Cabin":
        """The same cabin further to the front."""
        return replace(self, rear_base=self.rear_base + by, rear_top=self.rear_top + by, front_top=self.front_top + by,
                       front_base=self.front_base + by)  # fmt: skip


def _glass_house(
    dice: Dice, parts: Assembly, car: Chassis, cabin: _Cabin, paint: Colour, glass: Colour, narrow: float | None = None
) -> None:  # fmt: skip
    """Windows all round, pillars between them, a roof; ``narrow`` is the roof's width in widths of the car."""
    b0, t0, t1, b1 = (v * 2 * car.x for v in (cabin.rear_base, cabin.rear_top, cabin.front_top, cabin.front_base))
    side, upper = car.z * 0.94, car.z * (narrow or dice.real(0.72, 0.86))
    base, pillar = car.belt - 0.06, car.roof - 0.07
    parts.frustum(base, (b0, b1, -side, side), pillar, (t0, t1, -upper, upper), glass)
    parts.frustum(pillar, (t0 - 0.02, t1 + 0.02, -upper, upper), car.roof,
                  (t0 + 0.1, t1 - 0.1, -upper * 0.88, upper * 0.88), paint)  # fmt: skip
    for k in range(cabin.pillars):
        share = k / (cabin.pillars - 1)
        low, high = b0 + (b1 - b0) * share, t0 + (t1 - t0) * share
        for s in (-1.0, 1.0):
            parts.rod((low, base, s * side), (high, pillar + 0.02, s * upper), 0.05, paint, sides=5)


def _closed_car(dice: Dice, parts: Assembly, car: Chassis, cabin: _Cabin, drop: float = 1.0) -> Colour:
    """Body, glass house, wheels and details; ``drop`` is how much the bonnet falls. Returns the paint."""
    paint = dice.paint()
    bonnet = body(dice, parts, car, paint, drop)
    _glass_house(dice, parts, car, cabin, paint, glass_colour(dice))
    wheels(dice, parts, car)
    details(dice, parts, car, bonnet)
    return paint


def _sedan(dice: Dice, parts: Assembly) -> None:
    car = random_chassis(dice, length=4.6, low=0.22, waist=0.63, roof=1.42)
    paint = _closed_car(dice, parts, car, _Cabin(-0.36, -0.2, 0.06, 0.2).shifted(dice.real(-0.03, 0.03)))
    if dice.chance(0.15):
        parts.box((-0.2, car.roof + 0.05, 0), (0.3, 0.1, car.z * 1.2), dice.paint() if dice.chance(0.7) else paint)


def _classic(dice: Dice, parts: Assembly) -> None:
    """Upright windows, separate wings over the wheels on some."""
    car = random_chassis(dice, length=4.4, low=0.25, waist=0.66, roof=1.55)
    paint = _closed_car(dice, parts, car, _Cabin(-0.32, -0.22, 0.06, 0.13).shifted(dice.real(-0.05, 0.03)))
    if dice.chance(0.5):
        for x in (car.front_axle, car.rear_axle):
            for s in (-1.0, 1.0):
                at = s * (car.z - 0.1)
                parts.ellipsoid((x, car.wheel + 0.12, at), (car.wheel * 1.6, car.wheel * 0.85, 0.2), shaded(paint, 0.9))


def _hatchback(dice: Dice, parts: Assembly) -> None:
    car = random_chassis(dice, length=3.9, low=0.22, waist=0.65, roof=1.46, wheel=0.3)
    _closed_car(dice, parts, car, _Cabin(-0.48, -0.38, 0.08, 0.24))
    if dice.chance(0.3):
        parts.box((-car.x * 0.82, car.roof - 0.02, 0), (0.3, 0.05, car.z * 1.4), dice.dark())


def _estate(dice: Dice, parts: Assembly) -> None:
    car = random_chassis(dice, length=4.7, low=0.22, waist=0.63, roof=1.45)
    _closed_car(dice, parts, car, _Cabin(-0.49, -0.42, 0.06, 0.2))
    if dice.chance(0.3):
        _roof_load(dice, parts, car)


def _roof_load(dice: Dice, parts: Assembly, car: Chassis) -> None:
    parts.box((-0.1 * car.x, car.roof + 0.06, 0), (car.x * 0.6, 0.1, car.z * 1.2), dice.paint())


def _off_roader(dice: Dice, parts: Assembly) -> None:
    """High on large wheels; some upright as a box with a spare wheel behind."""
    car = random_chassis(dice, length=4.6, low=0.34, waist=0.75, roof=1.78, width=1.9, wheel=0.4)
    upright = dice.chance(0.4)
    cabin = _Cabin(-0.49, -0.475, 0.1, 0.16) if upright else _Cabin(-0.49, -0.44, 0.08, 0.2)
    _closed_car(dice, parts, car, cabin)
    if upright and dice.chance(0.5):
        parts.rod((-car.x - 0.2, car.belt - 0.1, 0), (-car.x, car.belt - 0.1, 0), 0.36, dice.dark(), sides=16)
    if dice.chance(0.3):
        _roof_load(dice, parts, car)


def _sports(dice: Dice, parts: Assembly) -> None:
    """Low, a falling bonnet, a roof that runs down to the tail; some with a wing."""
    car = random_chassis(dice, length=4.4, low=0.15, waist=0.55, roof=1.2)
    _closed_car(dice, parts, car, _Cabin(-0.42, -0.12, 0.02, 0.22).shifted(dice.real(-0.05, 0.06)), drop=2.0)
    if dice.chance(0.4):
        dark = dice.dark()
        parts.box((-car.x + 0.15, car.belt + 0.18, 0), (0.22, 0.05, car.z * 1.8), dark)
        for s in (-0.7, 0.7):
            parts.box((-car.x + 0.15, car.belt + 0.06, s * car.z), (0.1, 0.24, 0.05), dark)


def _roadster(dice: Dice, parts: Assembly) -> None:
    """Open: a windscreen, two or four seats, a roll bar on some."""
    car = random_chassis(dice, length=4.0, low=0.17, waist=0.55, roof=1.15)
    bonnet = body(dice, parts, car, dice.paint(), 1.0)
    glass, seat = glass_colour(dice), dice.fabric()
    front = dice.real(0.05, 0.2) * car.x * 2
    parts.box((front, car.belt + 0.14, 0), (0.05, 0.36, car.z * 1.6), glass, "z", 35)
    for row in range(1 if dice.chance(0.7) else 2):
        for s in (-0.4, 0.4):
            parts.box((front - 0.75 - 0.7 * row, car.belt + 0.1, s * car.z), (0.15, 0.4, car.z * 0.5), seat, "z", 12)
    if dice.chance(0.4):
        x, z = front - 0.95, car.z * 0.5
        line = [(x, car.belt - 0.05, -z), (x, car.belt + 0.32, -z), (x, car.belt + 0.32, z), (x, car.belt - 0.05, z)]
        parts.path(line, 0.04, dice.metal())
    wheels(dice, parts, car)
    details(dice, parts, car, bonnet)


def _pickup(dice: Dice, parts: Assembly) -> None:
    """A cab with one or two rows before an open bed."""
    car = random_chassis(dice, length=5.2, low=0.35, waist=0.68, roof=1.75, wheel=0.4)
    double = dice.chance(0.5)
    rear = -0.16 if double else -0.06
    paint = _closed_car(dice, parts, car, _Cabin(rear - 0.02, rear, 0.12, 0.22))
    tail, start = -car.x * 0.98, (rear - 0.02) * 2 * car.x
    for s in (-1.0, 1.0):
        parts.block(
            (tail, car.belt - 0.05, s * car.z * 0.92 - 0.05), (start, car.belt + 0.18, s * car.z * 0.92 + 0.05), paint
        )
    parts.block((tail, car.belt - 0.05, -car.z * 0.92), (tail + 0.08, car.belt + 0.18, car.z * 0.92), paint)


def _van(dice: Dice, parts: Assembly) -> None:
    """A minivan or delivery van, with windows all round or a closed rear."""
    car = random_chassis(dice, length=4.9, low=0.25, waist=0.85, roof=2.0, width=1.85)
    cabin = _Cabin(-0.49, -0.485, 0.22, 0.4, 5) if dice.chance(0.6) else _Cabin(-0.49, -0.47, 0.36, 0.48, 5)
    paint = dice.paint()
    bonnet = body(dice, parts, car, paint, 0.0)
    upper = dice.real(0.86, 0.94)
    _glass_house(dice, parts, car, cabin, paint, glass_colour(dice), upper)
    if dice.chance(0.5):
        b0, t0, front = cabin.rear_base * 2 * car.x, cabin.rear_top * 2 * car.x, car.x * 0.1
        parts.frustum(car.belt - 0.06, (b0, front, -car.z * 0.97, car.z * 0.97), car.roof - 0.07,
                      (t0, front, -car.z * upper * 1.03, car.z * upper * 1.03), paint)  # fmt: skip
    wheels(dice, parts, car)
    details(dice, parts, car, bonnet)


def _bus(dice: Dice, parts: Assembly) -> None:
    """One floor of windows or two."""
    car = random_chassis(dice, length=9.0, low=0.35, waist=0.9, roof=3.0, width=2.4, wheel=0.48)
    paint, glass = dice.paint(), glass_colour(dice)
    bonnet = body(dice, parts, car, paint, 0.0)
    cabin = _Cabin(-0.495, -0.49, 0.475, 0.49, 7)
    _glass_house(dice, parts, car, cabin, paint, glass, 0.92)
    if dice.chance(0.2):
        upper = replace(car, belt=car.roof + 0.25, roof=car.roof + 1.25)
        parts.block((-car.x * 0.97, car.roof - 0.1, -car.z * 0.92), (car.x * 0.95, car.roof + 0.3, car.z * 0.92), paint)
        _glass_house(dice, parts, upper, cabin, paint, glass, 0.9)
    wheels(dice, parts, car)
    details(dice, parts, car, bonnet)


CARS: Family = {
    "sedan": (7, _sedan),
    "hatchback": (4, _hatchback),
    "estate": (2, _estate),
    "off-roader": (3.5, _off_roader),
    "van": (2.2, _van),
    "pickup": (2, _pickup),
    "bus": (1.2, _bus),
    "sports": (4, _sports),
    "roadster": (2, _roadster),
    "classic": (2, _classic),
    **trucks.TRUCKS,
}
"""Kinds of cars, with their weights."""
