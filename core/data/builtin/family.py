"""What a family is: the kinds of one category."""

from collections.abc import Callable, Mapping

from core.data.builtin.assembly import Assembly
from core.data.builtin.dice import Dice

Kind = Callable[[Dice, Assembly], None]
"""A function that adds one random object of its kind to an assembly."""
Family = Mapping[str, tuple[float, Kind]]
"""Name of a kind to its weight, how common it is among the others, and its function."""
