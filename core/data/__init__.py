"""Pictures, voxel grids and the data sets that join them."""
