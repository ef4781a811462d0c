"""Libraries of meshes: read, examined, voxelised, split, and built into a data set."""
