"""glTF 2.0 and GLB: scenes assembled here, from plain JSON and NumPy.

trimesh 5.2 loses what stands beside a fan, the values of sparse accessors, the meaning of normalised integers and
instances; assimp (wheel assimp-py 1.1) the two latter, and escaped names; VTK 9.7 gives nothing for sparse accessors,
required extensions and quantised meshes. pygltflib gives the JSON as classes, which leaves all that follows to be done.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.companions import Companions
from core.data.meshes.gltf_document import Document
from core.data.meshes.gltf_materials import Materials
from core.data.meshes.parts import MAX_TRIANGLES, MAX_VERTICES, MeshRefused, Notes, NoTriangles, Part, mean_colours
from core.data.meshes.polygons import strip_triangles

_TRIANGLES, _STRIP, _FAN = 4, 5, 6
Matrix = NDArray[np.float64]


def read_gltf(content: bytes, beside: Companions, notes: Notes) -> list[Part]:
    """The triangles of a file's scene as it is first shown, with transforms, skins, weights of shapes and instances.

    Raises:
        MeshRefused: if it is of another version, requires what is not decoded, or holds too much or nothing.
        ValueError: if it is damaged.
    """
    return _Scene(Document(content, beside, notes), notes).parts()


class _Scene:
    def __init__(self, document: Document, notes: Notes) -> None:
        self._document = document
        self._notes = notes
        self._materials = Materials(document, notes)
        self._nodes = document.all("nodes")
        self._parents = {child: number for number, node in enumerate(self._nodes) for child in node.get("children", [])}
        self._globals: dict[int, Matrix] = {}
        self._triangles = self._vertices = 0
        self._others = False

    def parts(self) -> list[Part]:
        if self._document.all("animations"):
            self._notes.met("animations, taken as they begin")
        found = []
        shown = list(self._shown())
        for number in shown:
            node = self._nodes[number]
            if "mesh" in node:
                found += self._placed(number, node)
        if not shown and self._document.all("meshes"):
            self._notes.met("meshes that no node places")
            for mesh in self._document.all("meshes"):
                found += self._mesh(mesh, {}, [np.eye(4)], None)
        if not found:
            if self._others:
                raise NoTriangles("only points and lines")
            raise NoTriangles("no mesh in its scene" if self._document.all("meshes") else "no meshes")
        return found

    def _shown(self) -> Iterator[int]:
        """The numbers of the scene's nodes, each once, a parent before its children."""
        start = self._document.start()
        roots = [n for n in range(len(self._nodes)) if n not in self._parents]
        if start is not None:
            roots = self._document.one("scenes", start).get("nodes", [])
        waiting, seen = list(reversed(roots)), set()
        while waiting:
            number = waiting.pop()
            node = self._document.one("nodes", number)
            hidden = node.get("extensions", {}).get("KHR_node_visibility", {}).get("visible", True) is False
            if number in seen or hidden:
                continue
            seen.add(number)
            yield number
            waiting += reversed(node.get("children", []))

    def _global(self, number: int) -> Matrix:
        """The transform from a node to the scene."""
        line, seen = [], set()
        at: int | None = number
        while at is not None and at not in self._globals and at not in seen:
            seen.add(at)
            line.append(at)
            at = self._parents.get(at)
        matrix = self._globals.get(at, np.eye(4)) if at is not None else np.eye(4)
        for one in reversed(line):
            matrix = matrix @ _local(self._nodes[one])
            self._globals[one] = matrix
        return matrix

    def _placed(self, number: int, node: Mapping[str, Any]) -> list[Part]:
        """The mesh of a node, wherever it is."""
        mesh = self._document.one("meshes", node["mesh"])
        places = [self._global(number)]
        joints = None
        if "skin" in node and any("JOINTS_0" in one.get("attributes", {}) for one in mesh.get("primitives", [])):
            # The joints alone place it (section 3.7.3.3).
            joints, places = self._joints(node["skin"]), [np.eye(4)]
            self._notes.met("skins, in the pose of their joints")
        instances = node.get("extensions", {}).get("EXT_mesh_gpu_instancing", {}).get("attributes", {})
        if instances:
            places = [places[0] @ one for one in self._instances(instances)]
        return self._mesh(mesh, node, places, joints)

    def _instances(self, attributes: Mapping[str, int]) -> list[Matrix]:
        values = {name: self._document.accessor(number).astype(np.float64) for name, number in attributes.items()}
        counts = {len(one) for one in values.values()}  # some have attributes of their own alone
        if len(counts) > 1:
            raise ValueError("instances with places and sizes of different numbers")
        return [
            _composed(*(values[name][row] if name in values else None for name in ("TRANSLATION", "ROTATION", "SCALE")))
            for row in range(counts.pop())
        ]

    def _joints(self, number: Any) -> Matrix:
        """(J, 4, 4) transforms from a skin's rest to the scene."""
        skin = self._document.one("skins", number)
        for joint in skin["joints"]:
            self._document.one("nodes", joint)
        places = np.array([self._global(joint) for joint in skin["joints"]]).reshape(-1, 4, 4)
        if "inverseBindMatrices" in skin:
            inverse = self._document.accessor(skin["inverseBindMatrices"]).astype(np.float64)
            places = places @ inverse[: len(places)].reshape(-1, 4, 4).transpose(0, 2, 1)
        return places

    def _mesh(
        self, mesh: Mapping[str, Any], node: Mapping[str, Any], places: list[Matrix], joints: Matrix | None
    ) -> list[Part]:
        weights = node.get("weights", mesh.get("weights", []))
        found = []
        for primitive in mesh.get("primitives", []):
            mode = primitive.get("mode", _TRIANGLES)
            if mode not in (_TRIANGLES, _STRIP, _FAN) or "POSITION" not in primitive.get("attributes", {}):
                self._others = True
                if mode not in (_TRIANGLES, _STRIP, _FAN):
                    self._notes.met("points or lines, left out")
                continue
            triangles, attributes = self._primitive(primitive, mode)
            if not len(triangles):
                continue
            self._count(len(triangles) * len(places), 0)
            used, triangles = np.unique(triangles, return_inverse=True)
            triangles = triangles.reshape(-1, 3)
            if used[0] < 0 or used[-1] >= len(attributes["POSITION"]):
                raise ValueError("a triangle names a vertex that is not there")
            self._count(0, len(used) * len(places))
            short = any(len(values) <= used[-1] for values in attributes.values())
            if short:
                raise ValueError("attributes of different lengths")
            own = {name: values[used] for name, values in attributes.items()}
            points = own["POSITION"].astype(np.float64) + self._shapes(primitive, weights, used)
            if joints is not None and "JOINTS_0" in own:
                points = _skinned(points, own, joints)
            look = self._materials.look(primitive.get("material"), own)
            colours = (
                look.colours if look.colours.ndim == 1 else mean_colours(look.colours.astype(np.float64), triangles)
            )
            for matrix in places:
                moved = points @ matrix[:3, :3].T + matrix[:3, 3]
                # A mirrored part would be inside out.
                wound = triangles[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0 else triangles
                found.append(Part(moved, wound, colours, look.colours_from, look.picture, look.uv))
        return found

    def _count(self, triangles: int, vertices: int) -> None:
        self._triangles += triangles
        self._vertices += vertices
        if self._triangles > MAX_TRIANGLES or self._vertices > MAX_VERTICES:
            raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")

    def _primitive(self, primitive: Mapping[str, Any], mode: int) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
        """The triangles (F, 3) of a primitive, and its attributes."""
        draco = primitive.get("extensions", {}).get("KHR_draco_mesh_compression")
        named = {
            name: number for name, number in primitive["attributes"].items()
            if name in ("POSITION", "COLOR_0") or name.startswith(("JOINTS_", "WEIGHTS_", "TEXCOORD_"))
        }  # fmt: skip
        if draco is not None:
            faces, attributes = self._document.compressed(draco, primitive["attributes"])
            rest = {name: number for name, number in named.items() if name not in attributes}
            return faces, attributes | {name: self._document.accessor(number) for name, number in rest.items()}
        attributes = {name: self._document.accessor(number) for name, number in named.items()}
        if primitive.get("indices") is None:
            indices = np.arange(len(attributes["POSITION"]))
        else:
            indices = self._document.accessor(primitive["indices"])[:, 0].astype(np.int64)
        if mode == _STRIP:
            self._notes.met("triangle strips")
            return strip_triangles(indices), attributes
        if mode == _FAN:
            self._notes.met("triangle fans")
            rim = indices[1:]
            hub = np.broadcast_to(indices[:1], max(len(rim) - 1, 0))
            return np.stack([rim[:-1], rim[1:], hub], axis=1), attributes
        return indices[: len(indices) // 3 * 3].reshape(-1, 3), attributes

    def _shapes(self, primitive: Mapping[str, Any], weights: list[Any], used: NDArray[np.int64]) -> Any:
        """What the shapes of a primitive add to its places with those weights."""
        moved: Any = 0.0
        for target, weight in zip(primitive.get("targets", []), weights, strict=False):
            if float(weight) and "POSITION" in target:
                self._notes.met("shapes, with the weights of the file")
                moved = moved + float(weight) * self._document.accessor(target["POSITION"])[used].astype(np.float64)
        return moved


def _skinned(
    points: NDArray[np.float64], attributes: Mapping[str, NDArray[Any]], joints: Matrix
) -> NDArray[np.float64]:
    """Places moved by the joints they hang on, by the sum of weighted transforms (section 3.7.3.3)."""
    total = np.zeros((len(points), 4, 4))
    weight = np.zeros(len(points))
    for number in (0, 1):
        if f"JOINTS_{number}" not in attributes or f"WEIGHTS_{number}" not in attributes:
            continue
        names, weights = attributes[f"JOINTS_{number}"].astype(np.int64), attributes[f"WEIGHTS_{number}"]
        if len(names) and names.max() >= len(joints):
            raise ValueError("a skin names a joint that is not there")
        for lane in range(names.shape[1]):
            share = weights[:, lane].astype(np.float64)
            total += share[:, None, None] * joints[names[:, lane]]
            weight += share
    held = weight > 0
    total[held] /= weight[held, None, None]
    total[~held] = np.eye(4)
    return np.asarray(np.einsum("nij,nj->ni", total[:, :3, :3], points) + total[:, :3, 3])


def _local(node: Mapping[str, Any]) -> Matrix:
    """The transform from a node to its parent."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    parts = (node.get("translation"), node.get("rotation"), node.get("scale"))
    return _composed(*(None if part is None else np.array(part, np.float64) for part in parts))


def _composed(move: Any, turn: Any, scale: Any) -> Matrix:
    """A transform that scales, then turns by the quaternion x, y, z, w, then moves."""
    matrix = np.eye(4)
    if turn is not None:
        length = float(np.linalg.norm(turn))
        x, y, z, w = np.asarray(turn) / length if length > 0 else (0.0, 0.0, 0.0, 1.0)
        matrix[:3, :3] = [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    if scale is not None:
        matrix[:3, :3] *= scale
    if move is not None:
        matrix[:3, 3] = move
    return matrix
