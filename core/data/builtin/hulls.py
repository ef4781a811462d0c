"""What boats and ships are made of: hulls, decks, masts and sails. The bow is at +x, the deck near y = 0."""

import numpy as np

from core.data.builtin.assembly import Array, Assembly
from core.data.builtin.dice import Colour, Dice


def hull(
    parts: Assembly, beam: float, draft: float, colour: Colour, deck: Colour | None = None, *,
    length: float = 2.0, stern: float = 0.88, rise: float = 0.06, full: float = 2.2, z: float = 0.0,
) -> None:  # fmt: skip
    """A hull from stern to bow; without a ``deck`` colour it is open like a bowl with walls.

    ``stern`` is the width at the stern in beams, ``rise`` how far bow and stern rise, and a larger ``full`` makes the
    bow blunter. ``z`` moves the hull to one side.
    """
    rings: list[Array] = []
    for t in np.linspace(0, 1, 13):
        share = float(t)
        swell = 1 - max(0.0, (share - 0.45) / 0.55) ** full
        w = max(beam / 2 * swell * (stern + (1 - stern) * min(1.0, share / 0.45) ** 0.7), 0.008)
        top = rise * (2 * share - 0.9) ** 2
        keel = -draft * (1 - max(0.0, (share - 0.6) / 0.4) ** 2 * 0.75) * (0.75 + 0.25 * min(1.0, share / 0.3))
        ring = [(top, -w), (keel * 0.45, -w * 0.92), (keel * 0.85, -w * 0.6), (keel, 0.0)]
        ring += [(y, -side) for y, side in reversed(ring[:3])]
        if deck is None:
            ring += [
                (top, w * 0.8),
                (keel * 0.6, w * 0.55),
                (keel * 0.75, 0.0),
                (keel * 0.6, -w * 0.55),
                (top, -w * 0.8),
            ]
        rings.append(np.array([(length * (share - 0.5), y, side + z) for y, side in ring], np.float64))
    parts.loft(rings, colour)
    if deck is not None:
        edges = [(ring[0], ring[len(ring) - 1]) for ring in rings[:-1]]
        up, down = np.array((0.0, 0.015, 0.0)), np.array((0.0, -0.005, 0.0))
        parts.loft([np.stack([a + up, b + up, b + down, a + down]) for a, b in edges], deck)


def mast(parts: Assembly, x: float, height: float, colour: Colour, r: float = 0.025, low: float = -0.05) -> None:
    """A mast that is thinner at its top."""
    parts.rod((x, low, 0), (x, height, 0), r, colour, r * 0.6, 8)


def cloth(dice: Dice) -> Colour:
    """Of sails: mostly white."""
    return dice.colour((0, 1), (0.0, 0.2), (0.8, 1.0)) if dice.chance(0.7) else dice.paint()


def main_sail(dice: Dice, parts: Assembly, x: float, height: float, boom: float, foot: float, colour: Colour) -> None:
    """A boom with a triangular or gaff sail behind the mast, or the sail furled on it."""
    wood = dice.wood()
    y = foot + dice.real(0.12, 0.22)
    rear = x - boom
    parts.rod((x, y, 0), (rear, y, 0), 0.02, wood, sides=6)
    peak = height * dice.real(0.88, 0.97)
    form = dice.pick(("triangle", "gaff", "furled"), (5, 1.5, 1.5))
    if form == "furled":
        parts.rod((x - 0.05, y + 0.05, 0), (rear, y + 0.05, 0), 0.05, colour, sides=8)
        return
    outline = [(x - 0.03, y), (rear, y), (x - boom * 0.35, y + (peak - y) * 0.6), (x - 0.07, peak), (x - 0.03, peak)]
    if form == "gaff":
        outline = [(x - 0.03, y), (rear, y), (rear + boom * 0.25, peak * 0.95), (x - 0.03, peak * 0.68)]
    _sail(dice, parts, outline, colour)


def jib(dice: Dice, parts: Assembly, x: float, height: float, bow: float, foot: float, colour: Colour) -> None:
    """A triangular sail from the mast to the bow."""
    rear = x + dice.real(-0.1, 0.15)
    _sail(dice, parts, [(bow, foot + 0.08), (rear, foot + 0.14), (x + 0.03, height * dice.real(0.7, 0.95))], colour)


def _sail(dice: Dice, parts: Assembly, outline: list[tuple[float, float]], colour: Colour) -> None:
    mark, x = parts.mark(), outline[0][0]
    parts.prism(outline, "z", -0.014, 0.014, colour)
    parts.shear_since(mark, "z", "x", dice.real(-0.15, 0.15), x)


def square_sails(
    dice: Dice, parts: Assembly, x: float, height: float, rows: int, width: float, colour: Colour | None
) -> None:
    """Yards across a mast, with sails that belly forward; bare where ``colour`` is None."""
    wood = dice.wood()
    for k in range(rows):
        y, h, w = height * (0.3 + 0.64 * k / rows), height * 0.58 / rows, width * (1 - 0.2 * k)
        parts.rod((x + 0.03, y + h, -w), (x + 0.03, y + h, w), 0.018, wood, sides=6)
        if colour is not None:
            line = [(x + 0.04, y + h), (x + 0.1, y + h * 0.6), (x + 0.1, y + h * 0.3), (x + 0.04, y)]
            parts.ribbon(line, w * 0.94, 0.025, colour)


def funnel(dice: Dice, parts: Assembly, x: float, low: float, high: float, r: float, rake: float = 0.04) -> None:
    """A round chimney that leans to the rear, with a dark rim."""
    parts.rod((x, low, 0), (x - rake, high, 0), r, dice.paint())
    parts.rod((x - rake, high, 0), (x - rake * 1.1, high + 0.03, 0), r * 0.95, dice.dark())
