"""Reads MagicaVoxel VOX files, by the published format and not by this program's writer."""

import struct

import numpy as np


def read_vox(content):
    """Size, voxels (N, 4) and palette (256, 4) of the first model."""
    assert content[:4] == b"VOX "
    assert struct.unpack_from("<i", content, 4)[0] == 150
    name, _, children = struct.unpack_from("<4sii", content, 8)
    assert (name, 20 + children) == (b"MAIN", len(content))
    place, chunks = 20, {}
    while place < len(content):
        name, size, inner = struct.unpack_from("<4sii", content, place)
        assert inner == 0
        chunks[name] = content[place + 12 : place + 12 + size]
        place += 12 + size
    count = struct.unpack_from("<i", chunks[b"XYZI"])[0]
    voxels = np.frombuffer(chunks[b"XYZI"], np.uint8, offset=4).reshape(count, 4)
    return struct.unpack("<3i", chunks[b"SIZE"]), voxels, np.frombuffer(chunks[b"RGBA"], np.uint8).reshape(256, 4)


def occupied(content):
    """(32, 32, 32) bool in this program's axes, of a file of one model of that size."""
    size, voxels, _ = read_vox(content)
    grid = np.zeros(size, bool)
    grid[tuple(voxels[:, :3].T)] = True
    return grid.transpose(0, 2, 1)[:, :, ::-1]  # z up: their (x, y, z) are our (x, -z, y)
