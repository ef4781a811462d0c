"""A mesh with its own colours and textures as VTK actors."""

from typing import TYPE_CHECKING

import numpy as np
import pyvista as pv

from core.data.rendering import surfaces

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


def mesh_actors(mesh: "trimesh.Trimesh", fill: float = 1.0) -> list[pv.Actor]:
    """What is drawn of a mesh, centred as its voxel grid is: the longest side is ``fill`` of the grid's side, 1 unit.

    Args:
        mesh: y up, front to +x.
        fill: part of the grid's side that the longest side fills.
    """
    low, high = np.asarray(mesh.bounds)
    scale = fill * float(np.linalg.norm(high - low) / (high - low).max())  # the surfaces have a diagonal of 1
    actors = []
    for surface in surfaces(mesh):
        mapper = pv.DataSetMapper(surface.poly)
        actor = pv.Actor(mapper=mapper)
        if surface.texture is not None:
            actor.texture = surface.texture
        else:
            mapper.SetScalarModeToUseCellFieldData()
            mapper.SelectColorArray("colour")
            mapper.SetColorModeToDirectScalars()
        if surface.one_sided:
            actor.prop.culling = "back"
        actor.prop.ambient, actor.prop.diffuse = 0.32, 0.72
        actor.scale = (scale, scale, scale)
        actors.append(actor)
    return actors
