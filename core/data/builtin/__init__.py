"""The built-in data set: parametric shapes of the 13 R2N2 categories, voxelised, rendered and packed."""

from core.data.builtin.building import DEFAULT_PER_CATEGORY, NAME, BuildReport, build

__all__ = ["DEFAULT_PER_CATEGORY", "NAME", "BuildReport", "build"]
