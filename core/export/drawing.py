"""A voxel grid drawn off-screen, at any size, on a plain or transparent background.

VTK is loaded when something is drawn, never before. A process that shows a window must draw on its GUI thread, or in a
process of its own (``core.data.workers``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import OutputError
from core.export.colours import OCCUPANCY_STOPS, PLAIN, mapped, rgb
from core.export.shading import shaded_faces
from core.files import replacing
from core.opengl import keep_triton_out

ISOMETRIC = (35.0, 29.0)
"""Azimuth and elevation in degrees from which the front, a side and the top are seen."""
PICTURE_ENDINGS = (".png",)
TURNTABLE_ENDINGS = (".gif", ".mp4")

_VIEW_ANGLE = 30.0
_MARGIN = 0.94
"""Share of the picture's smaller side that what is drawn may fill."""
_SUPERSAMPLING = 2
_LARGEST = 8192
"""Pixels a side that off-screen windows of software GL still make."""
_CUBE = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_FLOOR = np.array([(x, -0.5, z) for x in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(frozen=True)
class DrawingOptions:
    """How a grid is drawn."""

    width: int = 1024
    """Pixels."""
    height: int = 1024
    """Pixels."""
    background: str | None = "#ffffff"
    """Colour behind the shape, ``#rrggbb``; None: transparent (a turntable then has white)."""
    floor: bool = True
    """Draw the lines of the grid's floor, all of them in the picture."""
    coloured: bool = False
    """Colour by occupancy, not in one colour."""
    azimuth: float = ISOMETRIC[0]
    """Degrees about +y from the front (+x) towards +z."""
    elevation: float = ISOMETRIC[1]
    """Degrees above the floor, -89 … 89."""

    def __post_init__(self) -> None:
        """Refuse sizes that no window can have."""
        if not (16 <= self.width <= _LARGEST and 16 <= self.height <= _LARGEST):
            raise OutputError(f"a picture has 16 to {_LARGEST} pixels a side, not {self.width} x {self.height}")
        if not -89 <= self.elevation <= 89:
            raise OutputError(f"the elevation must lie in -89 … 89 degrees, not {self.elevation:g}")


class Drawing:
    """An off-screen window that shows one grid after another; use it as a context manager.

    Args:
        options: how they are drawn.
    """

    def __init__(self, options: DrawingOptions) -> None:
        self._options = options
        self._points = _CUBE
        self._plotter: Any = None

    def __enter__(self) -> "Drawing":
        import pyvista
        from vtkmodules.vtkCommonCore import vtkLogger

        keep_triton_out()
        options = self._options
        scale = _SUPERSAMPLING if max(options.width, options.height) * _SUPERSAMPLING <= _LARGEST else 1
        verbosity = vtkLogger.GetCurrentVerbosityCutoff()
        # Without a display VTK tries X first and says so on stderr before it takes EGL or OSMesa.
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
        try:
            self._plotter = pyvista.Plotter(
                off_screen=True, window_size=[options.width * scale, options.height * scale], lighting="none"
            )
            for position, intensity in (((-0.7, 1.0, 1.2), 0.82), ((1.0, 0.15, 0.6), 0.28)):
                light = pyvista.Light(position=position, focal_point=(0, 0, 0), light_type="camera light")
                light.intensity = intensity
                self._plotter.add_light(light)
            self._plotter.set_background(options.background or "white")
            if options.floor:
                self._draw_floor()
        except Exception as error:  # VTK and PyVista raise anything where there is no graphics library
            self.__exit__()
            raise OutputError(
                f"off-screen drawing is impossible here ({str(error).splitlines()[0] if str(error) else error!r}); "
                "install Mesa's EGL or OSMesa library"
            ) from error
        finally:
            vtkLogger.SetStderrVerbosity(verbosity)
        return self

    def __exit__(self, *_: object) -> None:
        if self._plotter is not None:
            self._plotter.close()
            self._plotter = None

    def picture(self) -> Image.Image:
        """The grid from the options' direction, as large as fits: RGB, or RGBA where the background is transparent."""
        return self._seen_from(back := _direction(self._options.azimuth, self._options.elevation), self._distance(back))

    def turn(self, frames: int) -> Iterator[Image.Image]:
        """The grid from all around, at one distance from which every frame shows all of it: RGB or RGBA."""
        azimuths = self._options.azimuth + np.arange(frames) * 360 / frames
        directions = [_direction(azimuth, self._options.elevation) for azimuth in azimuths]
        distance = max(self._distance(back) for back in directions)
        return (self._seen_from(back, distance) for back in directions)

    def _seen_from(self, back: NDArray[np.float64], distance: float) -> Image.Image:
        options, camera = self._options, self._plotter.camera
        camera.focal_point = tuple(self._middle)
        camera.up = (0.0, 1.0, 0.0)
        camera.view_angle = _VIEW_ANGLE
        camera.position = tuple(self._middle + back * distance)
        self._plotter.renderer.ResetCameraClippingRange()
        self._plotter.render_window.Render()
        pixels = self._plotter.screenshot(return_img=True, transparent_background=options.background is None)
        return Image.fromarray(np.asarray(pixels)).resize((options.width, options.height), Image.Resampling.LANCZOS)

    def show(self, occupancy: NDArray[np.float32], voxels: NDArray[np.bool_]) -> None:
        """Show another grid.

        Args:
            occupancy: (N, N, N) float32 probability, axes x, y, z, y up, front to +x.
            voxels: (N, N, N) bool: what is drawn of it.
        """
        import pyvista

        faces = shaded_faces(voxels)
        points = faces.corners.reshape(-1, 3)
        seen = np.concatenate([points, _FLOOR]) if self._options.floor else points if len(points) else _CUBE
        self._points = seen.astype(np.float64)
        self._plotter.remove_actor("shape", reset_camera=False, render=False)
        if not len(points):
            return
        surface = pyvista.PolyData(points, faces=np.insert(np.arange(len(points)).reshape(-1, 4), 0, 4, axis=1).ravel())
        if self._options.coloured:
            colours = mapped(np.repeat(occupancy[tuple(faces.cells.T)], 4), OCCUPANCY_STOPS)
        else:
            colours = np.tile(np.array(rgb(PLAIN), np.float64), (len(points), 1))
        surface["rgb"] = np.clip(colours * faces.shade.reshape(-1, 1), 0, 255).astype(np.uint8)
        self._plotter.add_mesh(
            surface, name="shape", scalars="rgb", rgb=True, ambient=0.32, diffuse=0.72, specular=0.0, show_edges=True,
            edge_color="#303640", edge_opacity=0.28, reset_camera=False, render=False,
        )  # fmt: skip

    def _draw_floor(self) -> None:
        """The lines of the grid's floor, eight voxels apart."""
        import pyvista

        ticks = np.linspace(-0.5, 0.5, 5)
        across = [((tick, -0.5, -0.5), (tick, -0.5, 0.5)) for tick in ticks]
        along = [((-0.5, -0.5, tick), (0.5, -0.5, tick)) for tick in ticks]
        points = np.array(across + along, np.float32).reshape(-1, 3)
        lines = np.insert(np.arange(len(points)).reshape(-1, 2), 0, 2, axis=1).ravel()
        self._plotter.add_mesh(
            pyvista.PolyData(points, lines=lines), color="#9aa3ad", line_width=2, lighting=False,
            reset_camera=False, render=False,
        )  # fmt: skip

    @property
    def _middle(self) -> NDArray[np.float64]:
        """(3,) what the camera looks at."""
        return np.asarray((self._points.min(axis=0) + self._points.max(axis=0)) / 2)

    def _distance(self, back: NDArray[np.float64]) -> float:
        """How far the camera stands off along ``back`` so that everything drawn is in the picture, as large as fits."""
        points = self._points - self._middle
        right = np.cross((0.0, 1.0, 0.0), back)
        right /= np.linalg.norm(right)
        up = np.cross(back, right)
        half = np.tan(np.radians(_VIEW_ANGLE / 2)) * _MARGIN  # VTK's angle of view is that of the height
        wide = half * self._options.width / self._options.height
        away = np.maximum(np.abs(points @ right) / wide, np.abs(points @ up) / half) + points @ back
        return float(max(away.max(), 0.1))


def _direction(azimuth: float, elevation: float) -> NDArray[np.float64]:
    """(3,) from the middle towards a camera, by degrees."""
    turned, raised = np.radians(azimuth), np.radians(elevation)
    return np.array([np.cos(raised) * np.cos(turned), np.sin(raised), np.cos(raised) * np.sin(turned)])


def save_picture(
    path: Path, occupancy: NDArray[np.float32], voxels: NDArray[np.bool_], options: DrawingOptions
) -> None:
    """Write a drawing as PNG; the file appears whole or not at all.

    Args:
        path: file to write, ``.png``; one that is there is replaced.
        occupancy: (N, N, N) float32 probability.
        voxels: (N, N, N) bool: what is drawn of it.
        options: how.

    Raises:
        OutputError: if it cannot be written, or nothing can be drawn on this machine.
    """
    with Drawing(options) as drawing:
        drawing.show(occupancy, voxels)
        image = drawing.picture()
    with replacing(path) as temporary:
        image.save(temporary, format="PNG")


def save_turntable(
    path: Path,
    occupancy: NDArray[np.float32],
    voxels: NDArray[np.bool_],
    options: DrawingOptions,
    *,
    frames: int = 48,
    seconds: float = 4.0,
) -> None:
    """Write one turn around a grid as a film that runs in a loop; the file appears whole or not at all.

    Args:
        path: file to write, ``.gif`` or ``.mp4``; one that is there is replaced.
        occupancy: (N, N, N) float32 probability.
        voxels: (N, N, N) bool: what is drawn of it.
        options: how; ``azimuth`` is that of the first frame.
        frames: pictures of the turn.
        seconds: how long the turn takes.

    Raises:
        OutputError: if it cannot be written, nothing can be drawn on this machine, or it has no encoder for MP4.
    """
    options = replace(options, background=options.background or "#ffffff")
    with Drawing(options) as drawing, replacing(path) as temporary:
        drawing.show(occupancy, voxels)
        images = drawing.turn(frames)
        if path.suffix.lower() == ".mp4":
            temporary.write_bytes(_mp4(path, images, options, frames / seconds))
            return
        first, *others = [image.convert("P", palette=Image.Palette.ADAPTIVE, colors=128) for image in images]
        duration = max(20, round(1000 * seconds / frames))  # programs slow down what asks for less
        first.save(temporary, format="GIF", save_all=True, append_images=others, duration=duration, loop=0)


def _mp4(path: Path, images: Iterator[Image.Image], options: DrawingOptions, rate: float) -> bytes:
    import cv2

    size = options.width // 2 * 2, options.height // 2 * 2  # encoders want even numbers
    with TemporaryDirectory() as folder:
        file = Path(folder) / "turn.mp4"
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), rate, size)
        if not writer.isOpened():
            raise OutputError(f"{path}: this machine has no encoder for MP4: choose .gif")
        try:
            for image in images:
                pixels = np.asarray(image.convert("RGB"))[: size[1], : size[0], ::-1]
                writer.write(np.ascontiguousarray(pixels))
        finally:
            writer.release()
        return file.read_bytes()
