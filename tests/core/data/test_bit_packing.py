"""Packing by hand."""

import numpy as np

from core.data.bit_packing import pack, unpack


def test_pack_is_bits_in_c_order():
    grid = np.zeros((32, 32, 32), bool)
    grid[0, 0, 0] = grid[0, 0, 9] = grid[31, 31, 31] = True
    packed = pack(grid)
    assert (packed.shape, packed.dtype) == ((4096,), np.uint8)
    assert [packed[0], packed[1], packed[-1]] == [0b1000_0000, 0b0100_0000, 0b0000_0001]
    np.testing.assert_array_equal(unpack(packed), grid)
