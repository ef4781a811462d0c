"""Putting a shape together from coloured parts: boxes, rods, ellipsoids, lofts, prisms, lathed bodies.

Axes x, y, z: y up, front to +x. Units are free; a shape is scaled when it is voxelised or rendered.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import trimesh
from numpy.typing import NDArray

from core.data.builtin.dice import Colour

Point = Sequence[float]
Array = NDArray[np.float64]

_BOX = trimesh.creation.box()
_BALL = trimesh.creation.icosphere(subdivisions=2)
_AXES = {"x": 0, "y": 1, "z": 2}


class Assembly:
    """Coloured parts that become one mesh."""

    def __init__(self) -> None:
        self._vertices: list[Array] = []
        self._faces: list[NDArray[np.int64]] = []
        self._colours: list[NDArray[np.uint8]] = []
        self._count = 0

    def mesh(self) -> trimesh.Trimesh:
        """All parts as one mesh with a colour for each face."""
        mesh = trimesh.Trimesh(np.concatenate(self._vertices), np.concatenate(self._faces), process=False)
        mesh.visual = trimesh.visual.ColorVisuals(mesh, face_colors=np.concatenate(self._colours))
        return mesh

    def add(self, vertices: Array, faces: NDArray[np.int64], colour: Colour) -> None:
        """Add a part given as triangles: (N, 3) vertices, (M, 3) indices."""
        self._vertices.append(np.asarray(vertices, np.float64))
        self._faces.append(np.asarray(faces, np.int64) + self._count)
        self._colours.append(np.tile(np.array((*colour, 255), np.uint8), (len(faces), 1)))
        self._count += len(vertices)

    def turn_since(self, mark: int, axis: str, degrees: float, about: Point) -> None:
        """Rotate every part added since ``mark`` (a value of ``mark()``) about an axis through ``about``."""
        for index in range(mark, len(self._vertices)):
            self._vertices[index] = _rotated(self._vertices[index], axis, degrees, about)

    def shear_since(self, mark: int, of: str, along: str, slope: float, origin: float = 0.0) -> None:
        """Shift parts added since ``mark``: coordinate ``of`` grows by ``slope`` times (``along`` - origin)."""
        for vertices in self._vertices[mark:]:
            vertices[:, _AXES[of]] += slope * (vertices[:, _AXES[along]] - origin)

    def lift_since(self, mark: int, height: float) -> None:
        """Raise parts added since ``mark``."""
        for vertices in self._vertices[mark:]:
            vertices[:, 1] += height

    def stretch_since(self, mark: int, factors: Point, move: Point) -> None:
        """Scale parts added since ``mark`` along x, y and z about the origin, then move them."""
        for vertices in self._vertices[mark:]:
            vertices *= np.asarray(factors, float)
            vertices += np.asarray(move, float)

    def mark(self) -> int:
        """A mark for ``turn_since`` and ``shear_since``."""
        return len(self._vertices)

    def box(self, centre: Point, size: Point, colour: Colour, axis: str = "y", degrees: float = 0.0) -> None:
        """A box with sides along the axes, turned about ``axis`` through its centre."""
        vertices = _BOX.vertices * np.asarray(size, float) + np.asarray(centre, float)
        if degrees:
            vertices = _rotated(vertices, axis, degrees, centre)
        self.add(vertices, _BOX.faces, colour)

    def block(self, low: Point, high: Point, colour: Colour) -> None:
        """A box between two corners."""
        a, b = np.asarray(low, float), np.asarray(high, float)
        self.box(tuple((a + b) / 2), tuple(b - a), colour)

    def rod(
        self, start: Point, end: Point, radius: float, colour: Colour,
        end_radius: float | None = None, sides: int = 12,
    ) -> None:  # fmt: skip
        """A round rod, cone or disc between two points."""
        a, b = np.asarray(start, float), np.asarray(end, float)
        along = (b - a) / max(float(np.sqrt(((b - a) ** 2).sum())), 1e-9)
        helper = np.eye(3)[int(np.argmin(np.abs(along)))]
        u = np.cross(along, helper)
        u /= np.sqrt((u**2).sum())
        v = np.cross(along, u)
        angle = _circle(sides)
        ring = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v
        self.loft([a + radius * ring, b + (radius if end_radius is None else end_radius) * ring], colour)

    def path(self, points: Sequence[Point], radius: float, colour: Colour, sides: int = 8) -> None:
        """A bent rod through points."""
        for start, end in pairwise(points):
            self.rod(start, end, radius, colour, sides=sides)

    def post(
        self, start: Point, end: Point, half: float, colour: Colour, end_half: float | None = None
    ) -> None:  # fmt: skip
        """A square post between two heights, its sides along x and z; ``half`` is half its width."""
        rings = []
        for (x, y, z), h in ((start, half), (end, half if end_half is None else end_half)):
            rings.append(np.array([[x - h, y, z - h], [x + h, y, z - h], [x + h, y, z + h], [x - h, y, z + h]], float))
        self.loft(rings, colour)

    def cushion(self, low: Point, high: Point, colour: Colour, power: float = 5.0) -> None:
        """A block between two corners with rounded edges; a larger ``power`` rounds less."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        edge = min(x1 - x0, y1 - y0, z1 - z0) * 0.3
        h, w = (y1 - y0) / 2, (z1 - z0) / 2
        self.loft(
            [
                oval(x, (y0 + y1) / 2, (z0 + z1) / 2, h - inset, w - inset, power)
                for x, inset in ((x0, edge * 0.7), (x0 + edge, 0.0), (x1 - edge, 0.0), (x1, edge * 0.7))
            ],
            colour,
        )

    def ribbon(
        self, line: Sequence[tuple[float, float]], half_width: float | Sequence[float], thickness: float,
        colour: Colour, z: float = 0.0,
    ) -> None:  # fmt: skip
        """A bent board: ``line`` of (x, y) seen from the side, spread along z to both sides of ``z``.

        ``half_width`` is one number or one for each point of ``line``.
        """
        points = np.asarray(line, float)
        along = np.gradient(points, axis=0)
        along /= np.sqrt((along**2).sum(1, keepdims=True))
        offset = np.stack([-along[:, 1], along[:, 0]], 1) * (thickness / 2)
        half = np.broadcast_to(np.asarray(half_width, float), len(points))
        rings = []
        for (x, y), (dx, dy), w in zip(points, offset, half, strict=True):
            rings.append(
                np.array([[x + dx, y + dy, z - w], [x + dx, y + dy, z + w], [x - dx, y - dy, z + w],
                          [x - dx, y - dy, z - w]])
            )  # fmt: skip
        self.loft(rings, colour)

    def ellipsoid(self, centre: Point, radii: Point, colour: Colour) -> None:
        """An ellipsoid with half axes along x, y, z."""
        self.add(_BALL.vertices * np.asarray(radii, float) + np.asarray(centre, float), _BALL.faces, colour)

    def loft(self, rings: Sequence[Array], colour: Colour, closed: bool = True) -> None:
        """A skin over rings of equally many points, with both ends closed by fans about their centres."""
        n = len(rings[0])
        vertices = [np.concatenate([np.asarray(ring, float) for ring in rings])]
        here = np.arange(n)
        after = np.roll(here, -1)
        faces = []
        for k in range(len(rings) - 1):
            a, b, c, d = here + k * n, after + k * n, after + (k + 1) * n, here + (k + 1) * n
            faces += [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
        if closed:
            base = len(rings) * n
            vertices.append(np.stack([np.mean(rings[0], 0), np.mean(rings[-1], 0)]))
            faces.append(np.stack([after, here, np.full(n, base)], 1))
            last = (len(rings) - 1) * n
            faces.append(np.stack([here + last, after + last, np.full(n, base + 1)], 1))
        self.add(np.concatenate(vertices), np.concatenate(faces), colour)

    def frustum(self, low: float, bottom: Sequence[float], high: float, top: Sequence[float], colour: Colour) -> None:
        """A block from height ``low`` to ``high``; ``bottom`` and ``top`` are its (x0, x1, z0, z1)."""
        rings = []
        for y, (x0, x1, z0, z1) in ((low, bottom), (high, top)):
            rings.append(np.array([[x0, y, z0], [x1, y, z0], [x1, y, z1], [x0, y, z1]], float))
        self.loft(rings, colour)

    def prism(
        self, outline: Sequence[Sequence[float]], axis: str, low: float, high: float, colour: Colour,
        taper: float = 1.0,
    ) -> None:  # fmt: skip
        """An outline, star-shaped about its mean, extruded along ``axis``.

        The outline's two coordinates are the remaining axes in the order x, y, z; at ``high`` it is scaled by
        ``taper`` about its mean.
        """
        flat = np.asarray(outline, float)
        k = _AXES[axis]
        others = [i for i in range(3) if i != k]
        rings = []
        for value, scale in ((low, 1.0), (high, taper)):
            ring = np.zeros((len(flat), 3))
            ring[:, others] = (flat - flat.mean(0)) * scale + flat.mean(0)
            ring[:, k] = value
            rings.append(ring)
        self.loft(rings, colour)

    def lathe(
        self, profile: Sequence[tuple[float, float]], centre: Point, colour: Colour,
        axis: str = "y", sides: int = 20, closed: bool = True,
    ) -> None:  # fmt: skip
        """A body of revolution; ``profile`` is (radius, position along ``axis``) from one end to the other."""
        k = _AXES[axis]
        i, j = (n for n in range(3) if n != k)
        angle = _circle(sides)
        rings = []
        for radius, position in profile:
            ring = np.zeros((sides, 3))
            ring[:, i], ring[:, j], ring[:, k] = radius * np.cos(angle), radius * np.sin(angle), position
            rings.append(ring + np.asarray(centre, float))
        self.loft(rings, colour, closed)

    def tapered_plate(
        self, root: tuple[float, float], tip: tuple[float, float], start: Point, end: Point,
        thickness: float, colour: Colour,
    ) -> None:  # fmt: skip
        """A wing: chords (x0, x1) relative to ``start`` and ``end``; thickness across both, thinner at the tip."""
        a, b = np.asarray(start, float), np.asarray(end, float)
        span = b - a
        normal = np.array([0.0, span[2], -span[1]])
        normal /= np.sqrt((normal**2).sum())
        rings = []
        for base, (x0, x1), t in ((a, root, thickness), (b, tip, thickness * 0.6)):
            chord = x1 - x0
            corners = [(x0, 0.0), (x0 + 0.3 * chord, t / 2), (x0 + 0.75 * chord, t / 2), (x1, 0.0),
                       (x0 + 0.75 * chord, -t / 2), (x0 + 0.3 * chord, -t / 2)]  # fmt: skip
            rings.append(np.array([base + np.array([x, 0, 0]) + h * normal for x, h in corners]))
        self.loft(rings, colour)


def oval(
    x: float, y: float, z: float, half_height: float, half_width: float, power: float = 2.0, sides: int = 16
) -> Array:
    """A ring across the x axis: a superellipse of this half height (y) and half width (z); 2 is an ellipse."""
    angle = _circle(sides)
    c, s = np.cos(angle), np.sin(angle)
    exponent = 2.0 / power
    ys = y + half_height * np.sign(s) * np.abs(s) ** exponent
    zs = z + half_width * np.sign(c) * np.abs(c) ** exponent
    return np.stack([np.full(sides, x), ys, zs], 1)


def _circle(sides: int) -> Array:
    return np.arange(sides, dtype=np.float64) * (2 * np.pi / sides)


def _rotated(vertices: Array, axis: str, degrees: float, about: Point) -> Array:
    """Right-handed rotation about an axis through a point, written out so that no BLAS is involved."""
    origin = np.asarray(about, float)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    moved = vertices - origin
    turned = moved.copy()
    turned[:, i] = c * moved[:, i] - s * moved[:, j]
    turned[:, j] = s * moved[:, i] + c * moved[:, j]
    return np.asarray(turned + origin)
