"""Results taken along: grids, meshes, pictures, turntables and contact sheets as files."""
