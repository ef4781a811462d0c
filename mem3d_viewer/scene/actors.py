"""What a scene is made of besides its shapes' surfaces: lights, floor, plane, and a surface as VTK draws it."""

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper


def add_lights(renderer: pv.Renderer) -> None:
    """A key light over the viewer's left shoulder and a weak fill from the right; both follow the camera."""
    for position, intensity in (((-0.7, 1.0, 1.2), 0.82), ((1.0, 0.15, 0.6), 0.28)):
        light = pv.Light(position=position, focal_point=(0, 0, 0), light_type="camera light")
        light.intensity = intensity
        renderer.add_light(light)  # type: ignore[no-untyped-call]  # PyVista's decorator drops its types


def of_blocks(surface: pv.PolyData) -> bool:
    """Whether every face has four points of its own."""
    return bool(surface.n_points == 4 * surface.n_cells)


def surface_actor(surface: pv.PolyData, colours: NDArray[np.uint8]) -> pv.Actor:
    """What is drawn of a surface in these colours of its points, (N, 3) RGB or (N, 4) RGBA."""
    surface["rgb"] = colours
    mapper = vtkPolyDataMapper()  # PyVista's own brings a table of colours that takes longer than the rest
    mapper.SetInputData(surface)
    mapper.SetScalarModeToUsePointFieldData()
    mapper.SelectColorArray("rgb")
    mapper.SetColorModeToDirectScalars()
    actor = pv.Actor(mapper=mapper)
    blocks = of_blocks(surface)
    actor.prop.interpolation = "flat" if blocks else "gouraud"
    actor.prop.ambient, actor.prop.diffuse = 0.32, 0.72
    actor.prop.specular, actor.prop.specular_power = (0.0, 1.0) if blocks else (0.18, 24.0)
    return actor


def outline(axis: int, at: float) -> pv.PolyData:
    """The square in which a plane across ``axis`` meets the cube."""
    corners = np.insert(np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]), axis, at, axis=1)
    return pv.PolyData(corners.astype(np.float32), lines=[5, 0, 1, 2, 3, 0])


def floor() -> pv.PolyData:
    """Lines of the grid's floor, eight voxels apart."""
    ticks = np.linspace(-0.5, 0.5, 5)
    across = [((tick, -0.5, -0.5), (tick, -0.5, 0.5)) for tick in ticks]
    along = [((-0.5, -0.5, tick), (0.5, -0.5, tick)) for tick in ticks]
    points = np.array(across + along, dtype=np.float32).reshape(-1, 3)
    lines = np.insert(np.arange(len(points)).reshape(-1, 2), 0, 2, axis=1)
    return pv.PolyData(points, lines=lines.ravel())


def line_actor(lines: pv.PolyData, colour: str, width: int) -> pv.Actor:
    """What is drawn of lines that no light changes."""
    actor = pv.Actor(mapper=pv.DataSetMapper(lines))
    actor.prop.color = colour
    actor.prop.lighting = False
    actor.prop.line_width = width
    actor.SetPickable(False)
    return actor
