"""Seeded choices: numbers, options, and natural colours for a part."""

import colorsys
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

Option = TypeVar("Option")

Colour = tuple[int, int, int]
"""Red, green, blue, 0-255."""


class Dice:
    """Random choices that are the same on every machine for one generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def real(self, low: float, high: float) -> float:
        """A uniform number in low … high."""
        return low + (high - low) * float(self._rng.random())

    def whole(self, low: int, high: int) -> int:
        """A uniform integer in low … high, both included."""
        return low + int(float(self._rng.random()) * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return float(self._rng.random()) < probability

    def pick(self, options: Sequence[str], weights: Sequence[float] | None = None) -> str:
        """One of ``options``, with these relative weights."""
        shares = weights or [1.0] * len(options)
        left = float(self._rng.random()) * sum(shares)
        for option, share in zip(options, shares, strict=True):
            left -= share
            if left < 0:
                return option
        return options[-1]

    def choose(self, table: Mapping[str, tuple[float, Option]]) -> Option:
        """One option of ``table``, which maps names to relative weights and options."""
        name = self.pick(tuple(table), [weight for weight, _ in table.values()])
        return table[name][1]

    def alike(self, count: int) -> "Iterator[Dice]":
        """``count`` dice that all throw the same, for parts that shall be equal."""
        seed = self.whole(0, 1 << 30)
        for _ in range(count):
            yield Dice(np.random.Generator(np.random.PCG64(seed)))

    def colour(self, hue: tuple[float, float], saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
        """A colour with hue, saturation and value in these ranges (0 … 1; hue wraps round)."""
        red, green, blue = colorsys.hsv_to_rgb(self.real(*hue) % 1.0, self.real(*saturation), self.real(*value))
        return round(red * 255), round(green * 255), round(blue * 255)

    def _hue(self) -> tuple[float, float]:
        """A range of hues: reds, yellows and blues are commoner on things than greens and purples."""
        name = self.pick(("red", "yellow", "blue", "any"), (3, 2, 4, 3))
        return {"red": (-0.03, 0.05), "yellow": (0.05, 0.16), "blue": (0.5, 0.68)}.get(name, (0.0, 1.0))

    def wood(self) -> Colour:
        """Pale to dark wood."""
        return self.colour((0.05, 0.11), (0.3, 0.75), (0.25, 0.85))

    def metal(self) -> Colour:
        """Steel, brass or blackened metal."""
        kind = self.pick(("steel", "brass", "black"), (5, 1, 2))
        if kind == "brass":
            return self.colour((0.1, 0.14), (0.35, 0.6), (0.55, 0.8))
        return self.colour((0.5, 0.65), (0.0, 0.12), (0.5, 0.9) if kind == "steel" else (0.08, 0.25))

    def fabric(self) -> Colour:
        """Upholstery: muted or strong."""
        return self.colour(self._hue(), (0.05, 0.65), (0.2, 0.9))

    def paint(self) -> Colour:
        """Paint: white, grey, black or saturated."""
        if self.chance(0.45):
            return self.grey()
        return self.colour(self._hue(), (0.35, 0.9), (0.3, 0.9))

    def grey(self) -> Colour:
        """Any grey from black to white."""
        return self.colour((0.5, 0.7), (0.0, 0.08), (0.12, 0.97))

    def dark(self) -> Colour:
        """Black plastic, rubber, tinted glass."""
        return self.colour((0.5, 0.75), (0.0, 0.25), (0.1, 0.32))

    def screen(self) -> Colour:
        """A screen, off or on."""
        return self.dark() if self.chance(0.6) else self.colour((0.45, 0.72), (0.2, 0.7), (0.3, 0.8))

    def surface(self) -> Colour:
        """Furniture: wood, metal or paint."""
        kind = self.pick(("wood", "metal", "paint"), (5, 1, 2))
        return self.wood() if kind == "wood" else self.metal() if kind == "metal" else self.paint()


def shaded(colour: Colour, factor: float) -> Colour:
    """The colour made darker (< 1) or lighter (> 1)."""
    red, green, blue = (min(255, round(c * factor)) for c in colour)
    return red, green, blue
