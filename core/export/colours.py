"""What colours of exported shapes mean."""

import numpy as np
from numpy.typing import NDArray

OCCUPANCY_STOPS = ((0.0, "#440154"), (0.25, "#3b528b"), (0.5, "#21918c"), (0.75, "#5ec962"), (1.0, "#fde725"))
"""Occupancy 0 … 1 in viridis: perceptually even, and readable in grey and by the colour-blind."""
PLAIN = "#b8bfca"
"""A shape whose colour means nothing."""


def rgb(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three numbers, 0 … 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mapped(values: NDArray[np.floating], stops: tuple[tuple[float, str], ...]) -> NDArray[np.float64]:
    """Colours between the stops of a colour map, as sRGB.

    Args:
        values: any shape; what lies outside the stops gets the nearest one's colour.
        stops: places, rising, with their colours.

    Returns:
        The shape of ``values`` with an axis of 3 more, 0 … 255.
    """
    places = [place for place, _ in stops]
    channels = np.array([rgb(colour) for _, colour in stops], np.float64).T
    return np.stack([np.interp(values, places, channel) for channel in channels], axis=-1)
