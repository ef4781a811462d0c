"""R2N2-style renderings with PyVista, off-screen: the only module of core that knows VTK.

PyVista is imported when the first renderer is made, never before, so that a machine without VTK can train.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError
from core.opengl import keep_triton_out

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


PICTURE_SIZE = 137
"""Side of R2N2's renderings in pixels."""
VIEW_ANGLE = 49.13
"""R2N2's full angle of view in degrees: a 35 mm lens on a 32 mm sensor."""
VIEWS = 24
"""Renderings per object in R2N2."""

_BASE_DISTANCE = 1.75
_SUPERSAMPLING = 2
_RENDERING_REMEDY = "install pyvista and Mesa's EGL or OSMesa library, or use a packed data set built elsewhere"
_DEFAULT_COLOUR = (176, 176, 176)


@dataclass(frozen=True)
class Camera:
    """Where a picture is taken from; the camera looks at the origin, up is +y."""

    azimuth: float
    """Degrees about +y, 0 on the +x side (the front), 90 on the +z side."""
    elevation: float
    """Degrees above the ground plane."""
    distance: float
    """R2N2's distance ratio, 0.65-0.95; times 1.75 it is the distance in bounding-box diagonals."""

    @property
    def position(self) -> tuple[float, float, float]:
        """Position in bounding-box diagonals: 1.75 * distance * (cos el cos az, sin el, cos el sin az)."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        x, y, z = (
            np.cos(elevation) * np.cos(azimuth),
            np.sin(elevation),
            np.cos(elevation) * np.sin(azimuth),
        )
        scale = _BASE_DISTANCE * self.distance
        return float(scale * x), float(scale * y), float(scale * z)


def random_cameras(rng: np.random.Generator, n: int = VIEWS) -> tuple[Camera, ...]:
    """``n`` cameras drawn from R2N2's ranges: azimuth 0-360, elevation 25-30, distance ratio 0.65-0.95."""
    return tuple(
        Camera(float(rng.uniform(0, 360)), float(rng.uniform(25, 30)), float(rng.uniform(0.65, 0.95))) for _ in range(n)
    )


def unit_diagonal(mesh: "trimesh.Trimesh") -> tuple[NDArray[np.float64], float]:
    """Centre (3,) and factor that bring a mesh's bounding box to the origin and its diagonal to 1."""
    low, high = np.asarray(mesh.bounds, np.float64)
    return (low + high) / 2, float(1 / np.linalg.norm(high - low))


class Renderer:
    """An off-screen window kept for many objects; use it as a context manager.

    Args:
        size: side of the square pictures in pixels.

    Raises:
        DatasetError: on entering, if no off-screen window can be made on this machine.

    Where there is no graphics library at all VTK ends the whole process instead; whoever cannot risk that renders in a
    process of its own, as the builder of the built-in set does.
    """

    def __init__(self, size: int = PICTURE_SIZE) -> None:
        self.size = size
        self._plotter: Any = None

    def __enter__(self) -> Self:
        try:
            self._plotter = _off_screen_plotter(self.size * _SUPERSAMPLING)
        except Exception as error:  # VTK and PyVista raise anything where there is no graphics library
            raise DatasetError(
                f"off-screen rendering is impossible here ({_first_line(error)}); {_RENDERING_REMEDY}"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._plotter is not None:
            self._plotter.close()
            self._plotter = None

    def views(self, mesh: "trimesh.Trimesh", cameras: Sequence[Camera]) -> NDArray[np.uint8]:
        """Renderings of one mesh, brought to the origin with a bounding-box diagonal of 1.

        Args:
            mesh: y up, front to +x; its face, vertex or texture colours are used.
            cameras: where the pictures are taken from.

        Returns:
            (V, size, size, 4) uint8 RGBA, straight (not premultiplied) alpha, row 0 at the top.

        Raises:
            DatasetError: if the window gives only empty pictures.
        """
        from vtkmodules.util import numpy_support
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

        plotter, to_numpy = self._plotter, cast(Any, numpy_support).vtk_to_numpy
        actors = [
            plotter.add_mesh(
                part.poly, texture=part.texture, scalars=None if part.texture else "colour", rgb=part.texture is None,
                culling="back" if part.one_sided else None, smooth_shading=False, reset_camera=False, render=False,
                ambient=0.25, diffuse=0.85, specular=0.12, specular_power=20, show_scalar_bar=False,
            )
            for part in surfaces(mesh)
        ]  # fmt: skip
        side = self.size * _SUPERSAMPLING
        pixels = np.empty((len(cameras), self.size, self.size, 4), np.uint8)
        buffer = vtkUnsignedCharArray()
        try:
            for index, camera in enumerate(cameras):
                plotter.camera.position = camera.position
                plotter.camera.focal_point = (0.0, 0.0, 0.0)
                plotter.camera.up = (0.0, 1.0, 0.0)
                distance = _BASE_DISTANCE * camera.distance
                plotter.camera.clipping_range = (max(distance - 0.51, 0.01), distance + 0.51)
                plotter.render_window.Render()
                plotter.render_window.GetRGBACharPixelData(0, 0, side - 1, side - 1, 0, buffer)
                pixels[index] = _reduced(to_numpy(buffer).reshape(side, side, 4)[::-1])
        finally:
            plotter.remove_actor(actors, reset_camera=False, render=False)
        if not pixels[..., 3].any():
            raise DatasetError(f"off-screen rendering gave only empty pictures; {_RENDERING_REMEDY}")
        return pixels


def _off_screen_plotter(side: int) -> Any:
    """A plotter whose window has drawn once, so that what is missing on this machine shows here."""
    import pyvista
    from vtkmodules.vtkCommonCore import vtkLogger

    keep_triton_out()
    verbosity = vtkLogger.GetCurrentVerbosityCutoff()
    # Without a display VTK tries X first and says so on stderr before it takes EGL or OSMesa.
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    try:
        plotter: Any = pyvista.Plotter(off_screen=True, window_size=[side, side], lighting="none")
        plotter.render_window.SetMultiSamples(0)
        plotter.render_window.SetAlphaBitPlanes(1)
        plotter.set_background("black")
        plotter.camera.view_angle = VIEW_ANGLE
        _add_lights(plotter)
        plotter.render_window.Render()
    finally:
        vtkLogger.SetStderrVerbosity(verbosity)
    return plotter


def _add_lights(plotter: Any) -> None:
    """A head light, a lamp over the camera's shoulder and a weak one from above the object."""
    import pyvista

    plotter.add_light(pyvista.Light(light_type="headlight", intensity=0.45))
    plotter.add_light(pyvista.Light(position=(-0.9, 1.0, 0.4), light_type="camera light", intensity=0.4))
    plotter.add_light(pyvista.Light(position=(0.3, 3.0, 0.6), light_type="scene light", intensity=0.35))


@dataclass(frozen=True)
class Surface:
    """A part of a mesh as a plotter's ``add_mesh`` takes it."""

    poly: Any
    """``pyvista.PolyData`` with normals split at sharp edges; without a texture, cell data ``colour`` (F, 3) uint8."""
    texture: Any
    """``pyvista.Texture``, or None."""
    one_sided: bool
    """Every triangle lies on one that looks the other way: its rear must be culled, or the two would flicker."""


def surfaces(mesh: "trimesh.Trimesh") -> list[Surface]:
    """What a plotter draws of a mesh, brought to the origin with a bounding-box diagonal of 1.

    Args:
        mesh: y up, front to +x; its face, vertex or texture colours are used.
    """
    import pyvista

    centre, factor = unit_diagonal(mesh)
    points = ((np.asarray(mesh.vertices) - centre) * factor).astype(np.float32)
    images, clamped, chosen = _textures(mesh)
    backed = _backed(points, np.asarray(mesh.faces))
    drawn = []
    for number, one_sided in product(range(-1, len(images)), (False, True)):
        own = np.flatnonzero((chosen == number) & (backed == one_sided))
        if not len(own):
            continue
        used, faces = np.unique(np.asarray(mesh.faces)[own], return_inverse=True)
        poly = pyvista.PolyData.from_regular_faces(cast(Any, points[used]), cast(Any, faces.reshape(-1, 3)))
        texture: Any = None
        if number < 0:
            poly.cell_data["colour"] = _face_colours(mesh)[own]
        else:
            poly.active_texture_coordinates = cast(Any, mesh.visual).uv[used].astype(np.float32)
            texture = cast(Any, pyvista.Texture)(images[number])
            texture.repeat = not clamped[number]
            texture.interpolate = texture.mipmap = True
        poly = poly.compute_normals(
            cell_normals=False, split_vertices=True, feature_angle=35.0,
            auto_orient_normals=False, consistent_normals=False,
        )  # fmt: skip
        drawn.append(Surface(poly, texture, one_sided))
    return drawn


def _backed(points: NDArray[np.float32], faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The triangles that lie on another one that looks the other way, as two-sided sheets are often exported: (F,)."""
    # Coordinates lie in -0.5 … 0.5: a millionth takes 21 bits.
    steps = np.round((points + 1) * 1e6).astype(np.int64) @ np.array([1 << 42, 1 << 21, 1])
    places = np.unique(steps, return_inverse=True)[1][faces]
    ahead, behind = (_from_lowest(corners) for corners in (places, places[:, ::-1]))
    count = int(places.max()) + 1
    # Exact up to two million vertices, and 2^63 beyond which nothing is read.
    keys = [corners.astype(np.uint64) @ np.array([count**2, count, 1], np.uint64) for corners in (ahead, behind)]
    return np.asarray(np.isin(keys[0], keys[1]))


def _from_lowest(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same triangles (F, 3), each begun at its lowest vertex."""
    first = np.argmin(corners, axis=1)[:, None]
    return np.take_along_axis(corners, (first + np.arange(3)) % 3, axis=1)


def _textures(mesh: "trimesh.Trimesh") -> tuple[list[NDArray[np.uint8]], list[bool], NDArray[np.int64]]:
    """The pictures on a mesh, and which of them is on each face.

    Returns:
        (H, W, 3 or 4) uint8 each; whether its border goes on beyond it, instead of the whole; (F,), -1 where there is
        none.
    """
    chosen = np.full(len(mesh.faces), -1)
    visual = cast(Any, mesh.visual)
    if not _is_textured(visual) or visual.uv is None:
        return [], [], chosen
    materials, numbers = _materials(visual, len(mesh.faces))
    images: list[NDArray[np.uint8]] = []
    clamped = []
    for number, material in enumerate(materials):
        picture = getattr(material, "image", None) or getattr(material, "baseColorTexture", None)
        if picture is not None:
            chosen[numbers == number] = len(images)
            images.append(np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB")))
            clamped.append(bool(getattr(material, "kwargs", {}).get("clamp", False)))
    return images, clamped, chosen


def _is_textured(visual: Any) -> bool:
    return visual is not None and visual.kind == "texture"


def _materials(visual: Any, faces: int) -> tuple[list[Any], NDArray[np.int64]]:
    """The materials of a mesh and the number of each face's one: (F,)."""
    if hasattr(visual.material, "materials"):
        return list(visual.material.materials), np.asarray(visual.face_materials)
    return [visual.material], np.zeros(faces, np.int64)


def _face_colours(mesh: "trimesh.Trimesh") -> NDArray[np.uint8]:
    """(F, 3) uint8 RGB of every face; grey where the mesh has no colours, the material's own where it has a texture."""
    visual = cast(Any, mesh.visual)
    colours = np.array(_DEFAULT_COLOUR, np.uint8)
    if _is_textured(visual):
        materials, numbers = _materials(visual, len(mesh.faces))
        colours = np.array([material.main_color for material in materials], np.uint8)[numbers]
    elif visual is not None and visual.defined:
        colours = np.asarray(visual.face_colors)
    colours = np.broadcast_to(colours[..., :3], (len(mesh.faces), 3))
    return np.ascontiguousarray(colours, np.uint8)


def _reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average of 2 x 2 pixels, with straight alpha: (2S, 2S, 4) over black to (S, S, 4)."""
    side = pixels.shape[0] // 2
    total = pixels.reshape(side, 2, side * 2, 4).sum(1, dtype=np.uint16).reshape(side, side, 2, 4)
    total = total[:, :, 0] + total[:, :, 1]
    # Empty samples are black, so the sum of colours over the sum of alphas is the covered samples' mean.
    alpha = total[..., 3:].astype(np.float32)
    colour = np.minimum(total[..., :3] * (255 / np.maximum(alpha, 1)) + 0.5, 255)
    return np.concatenate([colour, (alpha + 2) // 4], axis=-1).astype(np.uint8)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
