import numpy as np

from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

COLOUR = (200, 100, 50)


def test_an_empty_grid_is_one_transparent_pixel():
    assert voxel_thumbnail(np.zeros((32, 32, 32), bool), COLOUR).tolist() == [[[0, 0, 0, 0]]]


def test_one_voxel_shows_three_faces_the_top_brightest():
    grid = np.zeros((32, 32, 32), bool)
    grid[10, 10, 10] = True
    picture = voxel_thumbnail(grid, COLOUR)
    assert picture.shape == (9, 8, 4)
    opaque = picture[picture[..., 3] == 255]
    assert len(np.unique(opaque, axis=0)) == 3
    top, right, left = (int(picture[place][0]) for place in ((1, 4), (6, 6), (6, 1)))
    assert top > right > left


def test_it_is_cropped_to_the_object():
    grid = np.zeros((32, 32, 32), bool)
    grid[4:9, 20:30, 7:9] = True
    alpha = voxel_thumbnail(grid, COLOUR)[..., 3]
    for border in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert border.any()


def test_nearer_voxels_hide_farther_ones():
    """The camera stands at (+x, +y, +z): one voxel there hides the one straight behind it, two steps along."""
    near = np.zeros((32, 32, 32), bool)
    near[20, 20, 20] = True
    both = near.copy()
    both[20 - 5, 20 - 4, 20 - 5] = True  # 5 steps back in x and z are 20 pixels up, 4 steps down are 20 pixels down
    np.testing.assert_array_equal(voxel_thumbnail(both, COLOUR)[..., 3], voxel_thumbnail(near, COLOUR)[..., 3])
    np.testing.assert_array_equal(voxel_thumbnail(both, COLOUR), voxel_thumbnail(near, COLOUR))


def test_solid_shapes_have_no_gaps():
    alpha = voxel_thumbnail(np.ones((32, 32, 32), bool), COLOUR)[..., 3]
    for row in alpha:
        inside = np.flatnonzero(row)
        assert (row[inside[0] : inside[-1] + 1] == 255).all()


def test_x_goes_right_and_z_left():
    for axis, right in ((0, True), (2, False)):
        grid = np.zeros((32, 32, 32), bool)
        grid[4, 4, 4] = True
        start = voxel_thumbnail(grid, COLOUR)
        index = [4, 4, 4]
        index[axis] = 12
        grid[tuple(index)] = True
        alpha = voxel_thumbnail(grid, COLOUR)[..., 3]
        # The second block lies lower down: its column tells the side.
        lowest = np.flatnonzero(alpha[-1])
        assert (lowest.mean() > alpha.shape[1] / 2) == right
        assert alpha.shape[1] > start.shape[1]
