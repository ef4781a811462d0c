"""The built-in data set: parametric shapes of the 13 R2N2 categories, voxelised, rendered and packed."""

from core.data.builtin.building import DEFAULT_PER_CATEGORY, NAME, BuildReport, build
from core.data.builtin.families import SHAPES_VERSION

__all__ = ["DEFAULT_PER_CATEGORY", "NAME", "SHAPES_VERSION", "BuildReport", "build"]
