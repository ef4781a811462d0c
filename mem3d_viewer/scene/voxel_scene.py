"""The 3D picture: the reconstruction, and beside it a shape prior or the ground truth seen by the same camera."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from mem3d_viewer.scene.actors import add_lights, floor, line_actor, of_blocks, outline, surface_actor
from mem3d_viewer.scene.colour_maps import point_colours

Place = Literal["reconstruction", "beside"]
PLACES: tuple[Place, Place] = ("reconstruction", "beside")
Material = Literal["reconstruction", "prior", "truth"]
Colouring = Literal["plain", "height", "occupancy", "parts", "errors", "changes", "difference"]
COLOURINGS: tuple[Colouring, ...] = ("plain", "height", "occupancy", "parts", "errors")
"""What a user chooses from; ``changes`` is shown after one, ``difference`` where two shapes are compared."""

_ISOMETRIC = (1.0, 0.78, 1.0)
"""Direction from which the isometric view looks: the front (+x) to the right, the top visible."""
_CUBE_CORNERS = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(frozen=True)
class SceneColours:
    """Colours of the scene, as ``#rrggbb``."""

    background: str
    """Behind the shape, at the bottom."""
    background_top: str
    """Behind the shape, at the top."""
    reconstruction: str
    """The reconstruction's material."""
    prior: str
    """The shape prior's material."""
    truth: str
    """The ground truth's material."""
    edge: str
    """Edges of blocks."""
    grid: str
    """Floor grid."""
    text: str
    """Names of the axes."""


class VoxelScene:
    """Draws into a plotter with two viewports side by side (``shape=(1, 2)``) that share one camera.

    The second viewport is hidden until something is shown beside the reconstruction. The camera moves only when asked
    to.

    Args:
        plotter: any PyVista plotter with exactly two renderers.
    """

    def __init__(self, plotter: pv.BasePlotter) -> None:
        self._plotter = plotter
        self._colours: SceneColours | None = None
        self.surfaces: dict[Place, pv.PolyData] = {place: pv.PolyData() for place in PLACES}
        self._materials: dict[Place, Material] = {"reconstruction": "reconstruction", "beside": "prior"}
        self._faint: dict[Place, pv.PolyData] = {place: pv.PolyData() for place in PLACES}
        self._plane: tuple[int, float] | None = None
        self._ready_made: dict[Place, int] = dict.fromkeys(PLACES, 0)
        self._colouring: Colouring = "plain"
        self._edges = True
        self._axes = True
        self._triad: pv.AxesActor | None = None
        self._split = True
        self._aspect = 1.0
        self._borders: list[tuple[pv.Renderer, object]] = []
        self._framed_from: tuple[float, ...] = ()
        plotter.link_views()
        for renderer in plotter.renderers:
            renderer.remove_all_lights()
            add_lights(renderer)
        self.split(False)
        self.view_isometric()

    @property
    def camera(self) -> pv.Camera:
        """The one camera of both viewports."""
        camera: pv.Camera = self._plotter.renderers[0].camera
        return camera

    @property
    def direction(self) -> tuple[float, float]:
        """Where the camera looks from, in degrees: azimuth about +y from the front (+x) towards +z, and elevation."""
        x, y, z = np.subtract(self.camera.position, self.camera.focal_point)
        return float(np.degrees(np.arctan2(z, x))), float(np.degrees(np.arctan2(y, np.hypot(x, z))))

    def set_colours(self, colours: SceneColours) -> None:
        """Use these colours from now on."""
        self._colours = colours
        for renderer in self._plotter.renderers:
            renderer.set_background(colours.background, top=colours.background_top)
        self._draw_axes()
        self._draw_border()
        self._draw_plane()
        for place in PLACES:
            self._draw(place)

    def set_style(self, *, colouring: Colouring, edges: bool, axes: bool) -> None:
        """Choose what colours mean, whether block edges are drawn, and whether axes and floor are."""
        axes_changed, style_changed = axes != self._axes, (colouring, edges) != (self._colouring, self._edges)
        self._colouring, self._edges, self._axes = colouring, edges, axes
        if axes_changed:
            self._draw_axes()
        if style_changed:
            for place in PLACES:
                self._draw(place)

    def show(self, place: Place, surface: pv.PolyData, material: Material, faint: pv.PolyData | None = None) -> None:
        """Put ``surface`` (see ``voxel_mesh``) in a viewport, made of ``material``; ``faint`` shines through around it.

        The camera stays, unless it stands where ``reset_view`` put it and would cut the new shape off. What is there
        already, the very same surface of the same material, stays as it is.
        """
        there = surface is self.surfaces[place] and material == self._materials[place]
        if there and faint is None and not self._faint[place].n_points:
            return
        self.surfaces[place], self._materials[place] = surface, material
        self._faint[place] = pv.PolyData() if faint is None else faint
        self._draw(place)
        if self._framed and self._distance(self._points(), 1.0) > self.camera.distance:
            self.reset_view()

    def show_plane(self, axis: int | None, at: float = 0.0) -> None:
        """Outline a slicing plane across an axis (0, 1, 2), at a place from -0.5 to 0.5 on it; None: no plane."""
        plane = None if axis is None else (axis, at)
        if plane != self._plane:
            self._plane = plane
            self._draw_plane()

    def show_actors(self, place: Place, actors: Sequence[pv.Actor]) -> None:
        """Put ready-made actors (see ``mesh_actors``) in a viewport beside its surface; the camera stays."""
        renderer = self._plotter.renderers[PLACES.index(place)]
        for number in range(self._ready_made[place]):
            renderer.remove_actor(f"{place}-{number}", reset_camera=False, render=False)
        for number, actor in enumerate(actors):
            renderer.add_actor(actor, name=f"{place}-{number}", reset_camera=False, render=False)
        self._ready_made[place] = len(actors)

    def split(self, on: bool) -> None:
        """Show the second viewport beside the reconstruction's, or the latter alone."""
        if on == self._split:
            return
        self._split = on
        first, second = self._plotter.renderers
        first.SetViewport(0, 0, 0.5 if on else 1, 1)
        second.SetViewport(0.5 if on else 0, 0, 1, 1)
        second.SetDraw(on)
        second.SetInteractive(on)
        self._draw_border()
        self.fit_to(*self._plotter.window_size)

    def fit_to(self, width: int, height: int) -> None:
        """Keep the shape in sight in a picture of this size: narrow viewports measure the angle of view across.

        Where nobody moved the camera since ``reset_view``, the shapes fill the viewports as before.
        """
        narrow = (width / 2 if self._split else width) < height
        if width > 0 and height > 0:  # a view that is not laid out yet has no size
            self._aspect = (width / 2 if self._split else width) / height
        self.camera.SetUseHorizontalViewAngle(narrow)
        self.refit()

    def refit(self) -> None:
        """Let the shapes fill the viewports again, where nobody moved the camera since ``reset_view``."""
        if self._framed:
            self.reset_view()

    def view_isometric(self) -> None:
        """Look from the front, the side and above, at a distance from which any shape is seen whole."""
        self.camera.focal_point = (0.0, 0.0, 0.0)
        self.camera.position = _ISOMETRIC
        self.camera.up = (0.0, 1.0, 0.0)
        self._stand_back_from(_CUBE_CORNERS, 1.1)
        self._framed_from = ()

    def reset_view(self) -> None:
        """Bring what is shown into sight, as large as fits; the direction of view stays."""
        points = self._points()
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        self.camera.position = middle + np.subtract(self.camera.position, self.camera.focal_point)
        self.camera.focal_point = middle
        self._stand_back_from(points, 0.92)
        self._framed_from = tuple(self.camera.position)

    @property
    def _framed(self) -> bool:
        """Whether the camera stands where ``reset_view`` put it."""
        return self._framed_from == tuple(self.camera.position)

    def _points(self) -> NDArray[np.floating]:
        """Corners of what is shown; of the whole cube where that is nothing."""
        drawn = (*self.surfaces.values(), *self._faint.values())
        shown = [surface.points for surface in drawn if surface.n_points]
        return np.concatenate(shown) if shown else _CUBE_CORNERS

    def _stand_back_from(self, points: NDArray[np.floating], share: float) -> None:
        """Move along the direction of view until ``points`` fill this share of the picture."""
        focus = np.array(self.camera.focal_point)
        back = np.array(self.camera.position) - focus
        self.camera.position = focus + back / np.linalg.norm(back) * self._distance(points, share)
        self._update_clipping()

    def _distance(self, points: NDArray[np.floating], share: float) -> float:
        """From which distance ``points`` fill this share of the picture, in height or across."""
        focus = np.array(self.camera.focal_point)
        back = np.array(self.camera.position) - focus
        back /= np.linalg.norm(back)
        right = np.cross(self.camera.up, back)
        right /= np.linalg.norm(right)
        up = np.cross(back, right)
        offsets = points - focus
        # A point at depth f before the focus is seen under (distance - f) * tan(half the angle of view), which is the
        # angle of the shorter side: more fits along the longer one.
        half = share * np.tan(np.radians(self.camera.view_angle / 2))
        halves = half * np.array([max(self._aspect, 1.0), max(1 / self._aspect, 1.0)])
        away = np.abs(offsets @ np.stack([right, up], axis=1)) / halves
        return float((away.max(axis=1) + offsets @ back).max())

    def rotate(self, azimuth: float, elevation: float) -> None:
        """Turn the camera around the shape by degrees; it never passes over the poles."""
        direction = np.subtract(self.camera.position, self.camera.focal_point)
        now = np.degrees(np.arcsin(direction[1] / np.linalg.norm(direction)))
        self.camera.Azimuth(azimuth)
        self.camera.Elevation(float(np.clip(now + elevation, -85.0, 85.0) - now))
        self.camera.up = (0.0, 1.0, 0.0)
        self._update_clipping()

    def zoom(self, factor: float) -> None:
        """Come closer (factor above 1) or step back."""
        self.camera.Dolly(factor)
        self._update_clipping()

    def _update_clipping(self) -> None:
        for renderer in self._plotter.renderers:
            renderer.ResetCameraClippingRange()

    def _draw(self, place: Place) -> None:
        renderer = self._plotter.renderers[PLACES.index(place)]
        surface, faint = self.surfaces[place], self._faint[place]
        for name in (place, f"{place}-faint"):
            renderer.remove_actor(name, reset_camera=False, render=False)
        if self._colours is None:
            return
        base: str = getattr(self._colours, self._materials[place])
        if surface.n_points:
            colours = point_colours(surface, self._meaning(surface, self._materials[place]), base)
            actor = surface_actor(surface, colours)
            if of_blocks(surface) and self._edges:
                actor.prop.show_edges = True
                actor.prop.edge_color = self._colours.edge
                actor.prop.edge_opacity = 0.28
            renderer.add_actor(actor, name=place, reset_camera=False, render=False)
        if faint.n_points:
            colours = point_colours(faint, self._meaning(faint, self._materials[place]), base)
            opacity = 255 * (0.06 + 0.5 * faint["occupancy"])
            actor = surface_actor(faint, np.column_stack([colours, opacity.astype(np.uint8)]))
            actor.ForceTranslucentOn()
            renderer.add_actor(actor, name=f"{place}-faint", reset_camera=False, render=False)

    def _meaning(self, surface: pv.PolyData, material: Material) -> str:
        """The point array that the colours of ``surface`` tell; empty for its material alone."""
        for kind in ("difference", "part"):  # made for nothing else
            if kind in surface.point_data:
                return kind
        # A shape prior and the truth are certain: there only the height means anything.
        if self._colouring == "height" or (self._colouring == "occupancy" and material == "reconstruction"):
            return self._colouring
        return ""

    def _draw_plane(self) -> None:
        for renderer in self._plotter.renderers:
            renderer.remove_actor("plane", reset_camera=False, render=False)
            if self._colours is not None and self._plane is not None:
                actor = line_actor(outline(*self._plane), self._colours.text, 2)
                renderer.add_actor(actor, name="plane", reset_camera=False, render=False)

    def _draw_border(self) -> None:
        for renderer, border in self._borders:
            renderer.remove_actor(border, reset_camera=False, render=False)
        self._borders = []
        if self._colours is not None and self._split:
            for renderer in self._plotter.renderers:
                self._borders.append((renderer, renderer.add_border(self._colours.grid, width=1)))

    def _draw_axes(self) -> None:
        for renderer in self._plotter.renderers:
            renderer.remove_actor("floor", reset_camera=False, render=False)
            if self._colours is None or not self._axes:
                continue
            lines = line_actor(floor(), self._colours.grid, 1)
            renderer.add_actor(lines, name="floor", reset_camera=False, render=False)
        self._draw_triad()

    def _draw_triad(self) -> None:
        """One is enough: both viewports share the camera."""
        renderer = self._plotter.renderers[0]
        if self._colours is None or not self._axes:
            if self._triad is not None:
                renderer.hide_axes()
                self._triad = None
        elif self._triad is None:
            self._triad = renderer.add_axes(
                interactive=False, line_width=2, color=self._colours.text, viewport=(0, 0, 0.16, 0.16),
                x_color="#d9534f", y_color="#4c9f4c", z_color="#4a7fd0",
            )  # fmt: skip
        else:  # coloured anew, not made anew: made while the view is hidden, it would be drawn without a size
            rgb = pv.Color(self._colours.text).float_rgb
            for caption in (
                self._triad.GetXAxisCaptionActor2D(),
                self._triad.GetYAxisCaptionActor2D(),
                self._triad.GetZAxisCaptionActor2D(),
            ):
                caption.GetCaptionTextProperty().SetColor(rgb)
