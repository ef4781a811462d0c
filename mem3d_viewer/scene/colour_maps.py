"""What the colours of shapes mean."""

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from core.export.colours import OCCUPANCY_STOPS, mapped, rgb
from mem3d_viewer.scene.voxel_mesh import BOTH, OTHER, THIS

_STOPS = tuple[tuple[float, str], ...]
COLOUR_MAPS: dict[str, _STOPS] = {
    "height": ((0.0, "#3a5aa0"), (0.35, "#2f9bab"), (0.7, "#85cf88"), (1.0, "#f6d765")),
    "occupancy": OCCUPANCY_STOPS,
    "difference": ((BOTH, "#b4bac4"), (OTHER, "#f0e442"), (THIS, "#0072b2")),
    "part": (
        (0.0, "#b4bac4"),
        (1.0, "#0072b2"),
        (2.0, "#e69f00"),
        (3.0, "#cc79a7"),
        (4.0, "#56b4e9"),
        (5.0, "#009e73"),
    ),
}
"""What a colour means: height from the floor to the top, occupancy from 0 to 1, the difference of two grids as in
``voxel_mesh`` (grey both, yellow the other alone, blue this one alone: against the truth, after a change and between
any two shapes), the connected parts from the largest on. Yellow, blue and the parts are of Okabe and Ito's colours
(Color Universal Design, 2008), which the colour-blind tell apart."""


def point_colours(surface: pv.PolyData, meaning: str, base: str) -> NDArray[np.uint8]:
    """(N, 3) uint8 RGB: the material or what a point array tells, times the shade."""
    if not meaning:
        colours = np.tile(np.array(rgb(base), np.float64), (surface.n_points, 1))
    elif meaning == "part":  # the colours of the small parts go round
        numbers = surface["part"].round()
        small = len(COLOUR_MAPS["part"]) - 1
        colours = mapped(np.where(numbers > 0, (numbers - 1) % small + 1, 0), COLOUR_MAPS["part"])
    else:
        colours = mapped(surface[meaning], COLOUR_MAPS[meaning])
    shaded: NDArray[np.uint8] = np.clip(colours * surface["shade"][:, None], 0, 255).astype(np.uint8)
    return shaded
