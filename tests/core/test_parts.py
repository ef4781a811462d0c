"""Connected parts by hand."""

import numpy as np

from core.parts import connected_parts, largest_part


def test_parts_hang_together_through_faces_only_and_the_largest_is_first():
    grid = np.zeros((6, 6, 6), bool)
    grid[0, 0, 0] = True
    grid[1, 1, 0] = True  # touches the first at an edge
    grid[3:5, 3:5, 3:5] = True
    labels, sizes = connected_parts(grid)
    assert sizes.tolist() == [8, 1, 1]
    assert (labels[3, 3, 3], labels[0, 0, 0], labels[1, 1, 0], labels[5, 5, 5]) == (1, 2, 3, 0)
    np.testing.assert_array_equal(largest_part(grid), labels == 1)


def test_an_empty_grid_has_no_part():
    labels, sizes = connected_parts(np.zeros((4, 4, 4), bool))
    assert not labels.any()
    assert len(sizes) == 0
    assert not largest_part(np.zeros((4, 4, 4), bool)).any()
