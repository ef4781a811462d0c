"""What cars are made of: measures, the body below the windows, wheels, lamps and mirrors. The bonnet is at +x."""

from dataclasses import dataclass

from core.data.builtin.assembly import Assembly, oval
from core.data.builtin.dice import Colour, Dice


@dataclass(frozen=True)
class Chassis:
    """Measures of a car in metres."""

    x: float
    """Half its length."""
    z: float
    """Half its width."""
    low: float
    """Height of the sill."""
    belt: float
    """Height where the windows begin."""
    roof: float
    wheel: float
    """Radius."""
    front_axle: float
    rear_axle: float


def random_chassis(
    dice: Dice, *, length: float, low: float, waist: float, roof: float, width: float = 1.78, wheel: float = 0.34
) -> Chassis:  # fmt: skip
    """A car near these measures; ``waist`` is the height of the body between sill and windows."""
    x, z = length / 2 * dice.real(0.93, 1.07), width / 2 * dice.real(0.95, 1.06)
    return Chassis(
        x=x,
        z=z,
        low=low,
        belt=low + waist * dice.real(0.94, 1.08),
        roof=roof * dice.real(0.95, 1.07),
        wheel=wheel * dice.real(0.95, 1.12),
        front_axle=x * (1 - 2 * dice.real(0.16, 0.2)),
        rear_axle=x * (2 * dice.real(0.17, 0.22) - 1),
    )


def glass_colour(dice: Dice) -> Colour:
    """Dark or bluish."""
    return dice.colour((0.5, 0.6), (0.1, 0.3), (0.5, 0.8)) if dice.chance(0.2) else dice.dark()


def body(dice: Dice, parts: Assembly, car: Chassis, paint: Colour, drop: float) -> float:
    """The body below the windows; the bonnet falls with ``drop``, 0 keeps it level. Returns the bonnet's height."""
    bonnet = car.belt - dice.real(0.03, 0.15) * drop
    nose, tail = dice.real(0.06, 0.16) if drop else 0.02, dice.real(0.02, 0.12)
    arch = 0.07 if drop else 0.01
    x, low, belt = car.x, car.low, car.belt
    stations = (
        (-x, low + 0.12, belt - 0.1 - tail, 0.86),
        (-x + 0.12, low, belt - 0.02, 0.96),
        (-x * 0.5, low, belt, 1.0),
        (x * 0.36, low, belt, 1.0),
        (x - 0.35, low, bonnet, 0.97),
        (x - nose, low + 0.05, bonnet - 0.04 - arch, 0.9),
        (x, low + 0.12, bonnet - 0.16 - arch, 0.8),
    )
    parts.loft([oval(px, (a + b) / 2, 0, (b - a) / 2, car.z * w, 5.0, 20) for px, a, b, w in stations], paint)
    return bonnet


def wheels(dice: Dice, parts: Assembly, car: Chassis, more_axles: tuple[float, ...] = ()) -> None:
    """Four wheels, and two more at each further axle."""
    rim, dark, r = dice.metal(), dice.dark(), car.wheel
    for axle in (car.front_axle, car.rear_axle, *more_axles):
        for side in (-1.0, 1.0):
            outer = side * car.z * 0.99
            parts.rod((axle, r, side * (car.z - 0.26)), (axle, r, outer), r, dark, sides=18)
            parts.rod((axle, r, outer), (axle, r, outer + side * 0.02), r * 0.6, rim, sides=12)


def details(dice: Dice, parts: Assembly, car: Chassis, bonnet: float) -> None:
    """Head and tail lamps, mirrors, bumpers."""
    y = (car.low + bonnet) / 2 + 0.06
    mirrors = dice.chance(0.7)
    for s in (-1.0, 1.0):
        parts.box((car.x - 0.05, y, s * car.z * 0.62), (0.1, 0.12, 0.3), (240, 240, 220))
        parts.box((-car.x + 0.03, y + 0.05, s * car.z * 0.66), (0.08, 0.12, 0.25), (170, 25, 25))
        if mirrors:
            parts.box((car.x * 0.34, car.belt + 0.08, s * (car.z + 0.08)), (0.1, 0.1, 0.16), dice.dark())
    if dice.chance(0.6):
        for x in (car.x - 0.04, -car.x + 0.04):
            parts.box((x, car.low + 0.14, 0), (0.14, 0.12, car.z * 1.8), dice.dark())
