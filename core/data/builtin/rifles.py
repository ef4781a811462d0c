"""Rifles: the muzzle is at +x; the receiver begins at the origin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Colour, Dice
from core.data.builtin.family import Family


@dataclass(frozen=True)
class _Gun:
    """Measures of one gun, in metres, and its colours."""

    receiver: float
    """Length of the receiver."""
    barrel: float
    """Length of the barrel before it."""
    guard: float
    """Length of the fore-end below the barrel."""
    high: float
    """Height of the receiver."""
    thick: float
    r: float
    """Radius of the barrel."""
    steel: Colour
    grip: Colour

    @property
    def low(self) -> float:
        """Lower side of the receiver."""
        return -self.high / 2

    @property
    def muzzle(self) -> float:
        """Where the barrel ends."""
        return self.receiver + self.barrel


def _gun(
    dice: Dice, receiver: float, barrel: float, guard: tuple[float, float] = (0.4, 0.65), wood: float = 0.4
) -> _Gun:
    """A gun near these lengths; ``guard`` is the fore-end's share of the barrel, ``wood`` the chance of wood."""
    barrel *= dice.real(0.85, 1.15)
    return _Gun(
        receiver=receiver * dice.real(0.9, 1.15),
        barrel=barrel,
        guard=barrel * dice.real(*guard),
        high=dice.real(0.08, 0.13),
        thick=dice.real(0.045, 0.085),
        r=dice.real(0.014, 0.024),
        steel=dice.dark() if dice.chance(0.75) else dice.metal(),
        grip=dice.wood() if dice.chance(wood) else dice.dark(),
    )


def _action(dice: Dice, parts: Assembly, gun: _Gun, muzzle: float = 0.5) -> None:
    """Receiver, barrel, fore-end, trigger guard, and with the probability ``muzzle`` a brake or silencer."""
    z, end = gun.thick / 2, gun.muzzle
    parts.block((0, gun.low, -z), (gun.receiver, -gun.low, z), gun.steel)
    parts.rod((gun.receiver - 0.01, 0.01, 0), (end, 0.01, 0), gun.r, gun.steel, sides=8)
    front = gun.receiver + gun.guard
    parts.frustum(
        -gun.high * 0.55,
        (gun.receiver, front, -z * 0.8, z * 0.8),
        gun.high * 0.35,
        (gun.receiver, front, -z, z),
        gun.grip,
    )
    line = [(0.06, gun.low, 0), (0.07, gun.low - 0.05, 0), (0.14, gun.low - 0.05, 0), (0.15, gun.low, 0)]
    parts.path(line, 0.01, gun.steel, 5)
    if dice.chance(muzzle):
        parts.rod(
            (end - 0.02, 0.01, 0),
            (end + dice.real(0.04, 0.2), 0.01, 0),
            gun.r * dice.real(1.4, 2.2),
            gun.steel,
            sides=8,
        )


def _pistol_grip(dice: Dice, parts: Assembly, gun: _Gun, share: float = 0.15) -> None:
    at, z, mark = gun.receiver * share, gun.thick * 0.45, parts.mark()
    parts.block((at - 0.025, gun.low - 0.14, -z), (at + 0.03, gun.low + 0.02, z), gun.grip)
    parts.shear_since(mark, "x", "y", dice.real(0.15, 0.45), gun.low)


def _magazine(dice: Dice, parts: Assembly, gun: _Gun, share: float = 0.8) -> None:
    """Straight, curved or a drum."""
    at, drop, z = gun.receiver * share, dice.real(0.1, 0.26), gun.thick * 0.4
    form = dice.pick(("straight", "curved", "drum"), (3, 4, 0.6))
    if form == "drum":
        parts.rod((at, gun.low - 0.06, -gun.thick), (at, gun.low - 0.06, gun.thick), 0.08, gun.steel)
        return
    bend = dice.real(0.25, 0.7) if form == "curved" else 0.1
    line = [(at + bend * drop * t * t * 1.5, gun.low + 0.01 - drop * t) for t in (0.0, 0.34, 0.67, 1.0)]
    parts.ribbon(line, z, 0.07, gun.steel)


def _sights(dice: Dice, parts: Assembly, gun: _Gun, scope: float = 0.35) -> None:
    """A telescope with the probability ``scope``; else a carrying handle, or a front sight."""
    if dice.chance(scope):
        reach, y, x, dark = (
            dice.real(0.16, 0.34),
            -gun.low + dice.real(0.035, 0.06),
            gun.receiver * dice.real(0.2, 0.5),
            dice.dark(),
        )
        parts.rod((x, y, 0), (x + reach, y, 0), 0.018, dark, sides=10)
        parts.rod((x + reach, y, 0), (x + reach + 0.07, y, 0), 0.02, dark, 0.032, 10)
        parts.rod((x - 0.05, y, 0), (x, y, 0), 0.026, dark, 0.02, 10)
        for at in (x + 0.04, x + reach - 0.04):
            parts.box((at, (y - gun.low) / 2, 0), (0.025, y + gun.low + 0.04, 0.02), gun.steel)
    elif dice.chance(0.35):
        parts.box((gun.receiver * 0.5, -gun.low + 0.05, 0), (gun.receiver * 0.8, 0.018, 0.02), gun.steel)
        for share in (0.15, 0.85):
            parts.box((gun.receiver * share, -gun.low + 0.025, 0), (0.025, 0.06, 0.02), gun.steel)
    else:
        parts.box((gun.receiver + gun.barrel * 0.95, 0.04, 0), (0.02, 0.07, 0.012), gun.steel)


def _bipod(dice: Dice, parts: Assembly, gun: _Gun) -> None:
    x, drop, splay = gun.receiver + gun.guard, dice.real(0.14, 0.24), dice.real(0.05, 0.13)
    for s in (-1.0, 1.0):
        parts.rod((x, 0.0, 0), (x + dice.real(-0.04, 0.06), -drop, s * splay), 0.012, gun.steel, sides=6)


def _stock(dice: Dice, parts: Assembly, gun: _Gun, form: str | None = None) -> None:
    """A stock of a random or the named form behind the receiver."""
    length, drop = dice.real(0.22, 0.36), dice.real(0.02, 0.09)
    add = STOCKS[form][1] if form else dice.choose(STOCKS)
    add(parts, gun, length, drop)


def _solid_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    high = gun.high
    outline = [
        (0.02, high * 0.45),
        (0.02, -high * 0.5),
        (-length * 0.3, -high * 0.5 - drop * 0.5),
        (-length, -high * 0.9 - drop),
        (-length, high * 0.4 - drop),
        (-length * 0.25, high * 0.2 - drop * 0.3),
    ]
    parts.prism(outline, "z", -gun.thick * 0.45, gun.thick * 0.45, gun.grip)


def _thumbhole_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    high = gun.high
    parts.path(
        [
            (0.01, 0, 0),
            (-length, -drop * 0.5, 0),
            (-length, -high - drop, 0),
            (-length * 0.35, -high - drop * 0.7, 0),
            (0.01, -high * 0.4, 0),
        ],
        0.02,
        gun.grip,
        6,
    )


def _skeleton_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    line = [
        (0.01, 0.02, 0),
        (-length, 0.01 - drop * 0.4, 0),
        (-length, -gun.high - drop, 0),
        (0.01, -gun.high * 0.4, 0),
    ]
    parts.path(line, 0.015, gun.steel, 6)


def _tube_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    high, z = gun.high, gun.thick * 0.45
    parts.rod((0.01, 0, 0), (-length, 0, 0), 0.02, gun.steel, sides=8)
    outline = [
        (-length * 0.55, high * 0.3),
        (-length * 0.55, -high * 0.4),
        (-length, -high * 0.8 - drop),
        (-length, high * 0.35),
    ]
    parts.prism(outline, "z", -z, z, gun.grip)


def _wire_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    for s in (-0.27, 0.27):
        parts.rod((0.01, 0, s * gun.thick), (-length, -drop, s * gun.thick), 0.01, gun.steel, sides=5)
    parts.box((-length, -drop - 0.02, 0), (0.02, 0.12, gun.thick), gun.steel)


def _no_stock(parts: Assembly, gun: _Gun, length: float, drop: float) -> None:
    parts.box((-0.005, 0, 0), (0.03, gun.high * 0.8, gun.thick * 0.9), gun.steel)


STOCKS: Mapping[str, tuple[float, Callable[[Assembly, _Gun, float, float], None]]] = {
    "solid": (6, _solid_stock),
    "skeleton": (2, _skeleton_stock),
    "tube": (3, _tube_stock),
    "wire": (1, _wire_stock),
    "thumbhole": (1, _thumbhole_stock),
    "none": (0.6, _no_stock),
}
"""Kinds of stocks: weight and a function of the gun, the stock's length and its drop."""


def _assault(dice: Dice, parts: Assembly) -> None:
    gun = _gun(dice, 0.3, 0.4)
    _action(dice, parts, gun)
    _stock(dice, parts, gun)
    _pistol_grip(dice, parts, gun)
    _magazine(dice, parts, gun)
    _sights(dice, parts, gun)
    if dice.chance(0.15):
        x = gun.receiver + gun.guard * 0.6
        parts.rod((x, -gun.high * 0.5, 0), (x, -gun.high * 0.5 - 0.1, 0), 0.02, gun.grip, sides=8)
    if dice.chance(0.1):
        x = gun.receiver + gun.guard * 0.1
        parts.rod((x, -gun.high * 0.7, 0), (x + gun.guard * 1.1, -gun.high * 0.7, 0), 0.028, gun.steel, sides=8)


def _sniper(dice: Dice, parts: Assembly) -> None:
    """A long barrel, a telescope, mostly a bipod."""
    gun = _gun(dice, 0.26, 0.65)
    _action(dice, parts, gun, 0.6)
    _stock(dice, parts, gun)
    _pistol_grip(dice, parts, gun)
    if dice.chance(0.4):
        _magazine(dice, parts, gun)
    _sights(dice, parts, gun, 1.0)
    if dice.chance(0.65):
        _bipod(dice, parts, gun)


def _hunting(dice: Dice, parts: Assembly) -> None:
    """A wooden stock, some with two barrels or a lever."""
    gun = _gun(dice, 0.26, 0.62, wood=1.0)
    _action(dice, parts, gun, 0.2)
    _stock(dice, parts, gun, "solid")
    _sights(dice, parts, gun, 0.5)
    if dice.chance(0.3):
        parts.rod((gun.receiver - 0.01, -0.025, 0), (gun.muzzle, -0.025, 0), gun.r, gun.steel, sides=8)
    if dice.chance(0.2):
        parts.path(
            [(0.0, gun.low, 0), (-0.06, gun.low - 0.07, 0), (0.04, gun.low - 0.09, 0), (0.08, gun.low, 0)],
            0.01,
            gun.steel,
            5,
        )


def _shotgun(dice: Dice, parts: Assembly) -> None:
    """A tube below the barrel with a sliding fore-end."""
    gun = _gun(dice, 0.26, 0.6, (0.25, 0.5))
    _action(dice, parts, gun, 0.1)
    parts.rod(
        (gun.receiver - 0.01, -0.03, 0),
        (gun.receiver + gun.barrel * dice.real(0.6, 0.95), -0.03, 0),
        gun.r,
        gun.steel,
        sides=8,
    )
    _stock(dice, parts, gun, None if dice.chance(0.5) else "solid")
    if dice.chance(0.4):
        _pistol_grip(dice, parts, gun)
    _sights(dice, parts, gun, 0.1)


def _bullpup(dice: Dice, parts: Assembly) -> None:
    """The magazine behind the grip; the receiver is the stock."""
    gun = _gun(dice, 0.5, 0.25, wood=0.1)
    _action(dice, parts, gun)
    parts.block((-0.04, -gun.high * 1.1, -gun.thick / 2), (0.05, gun.high / 2, gun.thick / 2), gun.grip)
    _pistol_grip(dice, parts, gun, 0.65)
    _magazine(dice, parts, gun, 0.2)
    _sights(dice, parts, gun, 0.5)


def _machine_gun(dice: Dice, parts: Assembly) -> None:
    """Heavy, on a bipod, with a box, a belt or a drum."""
    gun = _gun(dice, 0.4, 0.55)
    _action(dice, parts, gun)
    _stock(dice, parts, gun)
    _pistol_grip(dice, parts, gun)
    if dice.chance(0.5):
        at = gun.receiver * 0.8
        parts.block((at - 0.08, gun.low - 0.16, -0.06), (at + 0.06, gun.low + 0.01, 0.06), gun.steel)
    else:
        _magazine(dice, parts, gun)
    _sights(dice, parts, gun, 0.2)
    if dice.chance(0.7):
        _bipod(dice, parts, gun)


def _musket(dice: Dice, parts: Assembly) -> None:
    """A long barrel in wood almost to the muzzle."""
    gun = _gun(dice, 0.22, 0.8, (0.8, 0.9), 1.0)
    _action(dice, parts, gun, 0.0)
    _stock(dice, parts, gun, "solid")
    parts.box((0.1, -gun.low + 0.03, gun.thick * 0.4), (0.05, 0.08, 0.02), gun.steel)
    if dice.chance(0.3):
        parts.rod((gun.muzzle - 0.05, -0.02, 0), (gun.muzzle + 0.3, -0.02, 0), 0.012, dice.metal(), 0.006, 5)


def _submachine_gun(dice: Dice, parts: Assembly) -> None:
    """Short, with a long magazine."""
    gun = _gun(dice, 0.28, 0.15, wood=0.2)
    _action(dice, parts, gun)
    _stock(dice, parts, gun)
    _pistol_grip(dice, parts, gun)
    _magazine(dice, parts, gun, dice.real(0.3, 0.95))
    _sights(dice, parts, gun, 0.15)


RIFLES: Family = {
    "assault": (7, _assault),
    "sniper": (4, _sniper),
    "hunting": (3, _hunting),
    "shotgun": (2, _shotgun),
    "bullpup": (2, _bullpup),
    "machine gun": (2, _machine_gun),
    "musket": (1, _musket),
    "submachine gun": (2, _submachine_gun),
}
"""Kinds of rifles, with their weights."""
