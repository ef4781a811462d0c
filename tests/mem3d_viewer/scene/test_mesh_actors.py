import numpy as np
import pytest
import trimesh
from PIL import Image

from mem3d_viewer.scene.mesh_actors import mesh_actors


def box(extents=(4, 2, 1)):
    return trimesh.creation.box(extents)


def test_a_mesh_lies_where_its_grid_does():
    (actor,) = mesh_actors(box().apply_translation((7, 8, 9)))
    np.testing.assert_allclose(actor.GetBounds(), [-0.5, 0.5, -0.25, 0.25, -0.125, 0.125], atol=1e-6)


def test_it_shrinks_with_the_grid():
    (actor,) = mesh_actors(box(), fill=0.5)
    assert actor.GetBounds()[1] == pytest.approx(0.25)


def test_colours_and_textures_come_along():
    plain, textured = box(), box()
    plain.visual.face_colors = (200, 10, 10, 255)
    picture = Image.new("RGB", (4, 4), (10, 200, 10))
    textured.visual = trimesh.visual.TextureVisuals(
        uv=np.zeros((len(textured.vertices), 2)), material=trimesh.visual.material.SimpleMaterial(image=picture)
    )
    (coloured,) = mesh_actors(plain)
    assert coloured.mapper.dataset.cell_data["colour"][0].tolist() == [200, 10, 10]
    assert coloured.texture is None
    (pictured,) = mesh_actors(textured)
    assert pictured.texture is not None
