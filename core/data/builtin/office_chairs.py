"""Chairs on castors: they face +x."""

from core.data.builtin.assembly import Assembly
from core.data.builtin.backs import Seat, random_seat
from core.data.builtin.dice import Colour, Dice
from core.data.builtin.family import Family
from core.data.builtin.frames import star


def _office(dice: Dice, parts: Assembly) -> None:
    """A task chair: five castors, gas spring, a padded seat and a separate back."""
    seat, base, cover = (
        random_seat(dice, 0.44, 0.54, 1.08),
        dice.dark() if dice.chance(0.6) else dice.metal(),
        dice.fabric(),
    )
    deep = dice.real(0.06, 0.1)
    parts.cushion((-seat.x, seat.height - deep, -seat.z), (seat.x, seat.height, seat.z), cover)
    star(dice, parts, dice.real(0.26, 0.34), seat.height - deep, base, castors=dice.chance(0.9))
    mark = parts.mark()
    low, top = seat.height + dice.real(0.06, 0.16), seat.height + dice.real(0.36, 0.62)
    wide = seat.z * dice.real(0.8, 1.0)
    parts.cushion((-seat.x - 0.02, low, -wide), (-seat.x + dice.real(0.04, 0.09), top, wide), cover, dice.real(2.5, 8))
    parts.block((-seat.x - 0.03, seat.height - deep, -0.04), (-seat.x, (low + top) / 2, 0.04), base)
    if dice.chance(0.2):
        parts.cushion((-seat.x - 0.01, top + 0.04, -wide * 0.5), (-seat.x + 0.06, top + 0.17, wide * 0.5), cover)
    parts.shear_since(mark, "x", "y", -dice.real(0.0, 0.25), seat.height)
    if dice.chance(0.65):
        _task_arms(dice, parts, seat, base)


def _task_arms(dice: Dice, parts: Assembly, seat: Seat, colour: Colour) -> None:
    y, out = seat.height + dice.real(0.18, 0.25), seat.z + 0.04
    ring = dice.chance(0.5)
    for s in (-out, out):
        parts.block((-seat.x * 0.7, y - 0.03, s - 0.03), (seat.x * 0.7, y, s + 0.03), colour)
        parts.path(
            [(0, y - 0.02, s), (-0.02, seat.height - 0.05, s), (-0.02, seat.height - 0.06, s * 0.5)], 0.018, colour
        )
        if ring:
            parts.path(
                [(seat.x * 0.65, y - 0.02, s), (seat.x * 0.5, seat.height - 0.02, s), (-0.02, seat.height - 0.05, s)],
                0.018,
                colour,
            )


def _executive(dice: Dice, parts: Assembly) -> None:
    """A tall thick back and padded arms on castors."""
    seat, base, cover = (
        random_seat(dice, 0.46, 0.54, 1.15),
        dice.dark(),
        dice.dark() if dice.chance(0.5) else dice.fabric(),
    )
    deep = dice.real(0.1, 0.15)
    parts.cushion((-seat.x, seat.height - deep, -seat.z), (seat.x + 0.03, seat.height, seat.z), cover)
    star(dice, parts, dice.real(0.3, 0.36), seat.height - deep, base)
    mark = parts.mark()
    top, rows = seat.height + dice.real(0.6, 0.8), dice.whole(1, 4)
    for k in range(rows):
        low = seat.height - 0.05 + (top - seat.height) * k / rows
        high = seat.height - 0.03 + (top - seat.height) * (k + 1) / rows
        parts.cushion((-seat.x - 0.02, low, -seat.z), (-seat.x + dice.real(0.09, 0.14), high, seat.z), cover)
    parts.shear_since(mark, "x", "y", -dice.real(0.05, 0.25), seat.height)
    y = seat.height + dice.real(0.18, 0.24)
    for s in (-seat.z - 0.03, seat.z + 0.03):
        parts.cushion((-seat.x, y - 0.06, s - 0.04), (seat.x * 0.8, y, s + 0.04), cover)
        parts.path([(seat.x * 0.7, y - 0.04, s), (seat.x * 0.4, seat.height - deep + 0.02, s)], 0.025, base)


OFFICE_CHAIRS: Family = {
    "office": (4, _office),
    "executive": (2, _executive),
}
"""Kinds of office chairs, with their weights among chairs."""
