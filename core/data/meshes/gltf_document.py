"""glTF 2.0 as a file: its JSON, buffers, and accessors as arrays.

Format: registry.khronos.org/glTF/specs/2.0. Compressed meshes (``KHR_draco_mesh_compression``) are decoded with DracoPy
(Apache-2.0, kept, wheels for all systems). ``EXT_meshopt_compression`` is refused by its name where it is required: no
decoder with a history of releases exists as a wheel (meshopt 0.1, meshoptimizer 0.2 alpha).
"""

import base64
import binascii
import re
from typing import Any
from urllib.parse import unquote_to_bytes

import DracoPy
import numpy as np
from numpy.typing import NDArray

from core.data.meshes.companions import MAX_BYTES, Companions
from core.data.meshes.parts import MAX_TRIANGLES, MeshRefused, Notes
from core.data.meshes.text import plain_lines
from core.json_files import parse_json

_DECODED = {
    "KHR_draco_mesh_compression", "KHR_mesh_quantization", "KHR_texture_transform", "EXT_mesh_gpu_instancing",
    "EXT_texture_webp", "EXT_texture_avif", "KHR_lights_punctual", "KHR_xmp", "KHR_xmp_json_ld", "KHR_node_visibility",
    "MSFT_lod",
}  # fmt: skip
"""Extensions that may be required; those of materials may be as well."""
_COMPONENTS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_LANES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_MOST_VALUES = 8 * MAX_TRIANGLES
_MOST_COMMAS = 4_000_000
"""In the JSON, beyond which its objects would take gigabytes."""
_JSON, _BINARY = 0x4E4F534A, 0x004E4942
_KNOWN = (b"JSON", b"BIN\0")


class Document:
    """A glTF file whose parts are asked for by number.

    Args:
        content: the file, ``.gltf`` or ``.glb``.
        beside: finds the buffers and pictures it refers to.
        notes: told what it uses.

    Raises:
        MeshRefused: if it is of another version, too large, or requires an extension that is not decoded.
        ValueError: if it is damaged.
    """

    def __init__(self, content: bytes, beside: Companions, notes: Notes) -> None:
        text, self._blob = _chunks(content)
        if text.count(b",") > _MOST_COMMAS:
            raise MeshRefused("its JSON is too large; simplify the mesh")
        self._json = parse_json(plain_lines(text))
        if not isinstance(self._json, dict):
            raise ValueError("its JSON is no object")
        asset = self._json.get("asset", {})
        version = str(asset.get("version", ""))
        if version.startswith("1") or (not version and isinstance(self._json.get("meshes"), dict)):
            raise MeshRefused("is glTF 1.0, which is not read; convert it to glTF 2.0 with Blender")
        if not version:
            raise ValueError("it names no version of glTF")
        if not version.startswith("2"):
            raise MeshRefused(f"is glTF {version[:10]}, which is not read; export it as glTF 2.0")
        for name in self._json.get("extensionsRequired", []):
            if name not in _DECODED and not str(name).startswith("KHR_materials_"):
                raise MeshRefused(f"requires the extension {str(name)[:60]}, which is not decoded; export it without")
        for name in self._json.get("extensionsUsed", []):
            if name in _DECODED:
                notes.met(str(name))
        if sum(_whole(accessor["count"]) for accessor in self.all("accessors")) > _MOST_VALUES:
            raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
        self.generator = str(asset.get("generator", ""))
        self._beside = beside
        self._notes = notes
        self._buffers: dict[Any, bytes] = {}
        self._accessors: dict[int, NDArray[Any]] = {}

    def all(self, kind: str) -> list[dict[str, Any]]:
        """All ``nodes``, ``meshes`` … of the file."""
        found = self._json.get(kind, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError(f"its {kind} are no list of objects")
        return found

    def one(self, kind: str, number: Any) -> dict[str, Any]:
        """One of them by its number."""
        found = self.all(kind)
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(found):
            raise ValueError(f"it names one of its {kind} that is not there")
        return found[number]

    def start(self) -> int | None:
        """The number of the scene to show."""
        number = self._json.get("scene", 0 if self.all("scenes") else None)
        return None if number is None else _whole(number)

    def view(self, number: int) -> bytes:
        """The bytes of a buffer view."""
        view = self.one("bufferViews", number)
        if "EXT_meshopt_compression" in view.get("extensions", {}) and self._is_fallback(view["buffer"]):
            raise MeshRefused("is compressed with EXT_meshopt_compression, which is not decoded; export it without")
        content = self._buffer(view["buffer"])
        start, length = _whole(view.get("byteOffset", 0)), _whole(view["byteLength"])
        if start + length > len(content):
            raise ValueError("a buffer is shorter than it says")
        return content[start : start + length]

    def uri(self, uri: str) -> bytes:
        """What a URI holds: its own data, or a file beside the mesh.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if its data are damaged.
        """
        if uri[:5].lower() != "data:":
            return self._beside.read(uri)
        head, _, escaped = uri.partition(",")
        data = unquote_to_bytes(escaped)
        if not head.lower().endswith(";base64"):
            return data
        data = re.sub(rb"[\s=]", b"", data)  # some leave out the signs that fill it up
        try:
            return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
        except binascii.Error as error:
            raise ValueError("damaged data in a URI") from error

    def accessor(self, number: int) -> NDArray[Any]:
        """The values of an accessor: (count, lanes) of the file's type, or float where they are normalised."""
        if number not in self._accessors:
            accessor = self.one("accessors", number)
            self._accessors[number] = _normalised(self._values(accessor), accessor)
        return self._accessors[number]

    def compressed(self, extension: dict[str, Any], attributes: dict[str, int]) -> tuple[NDArray[Any], dict[str, Any]]:
        """The triangles (F, 3) and the attributes of a primitive that Draco compressed."""
        try:
            mesh = DracoPy.decode(self.view(extension["bufferView"]))
            faces = np.asarray(mesh.faces, np.int64).reshape(-1, 3)
            found = {}
            for name, identity in extension["attributes"].items():
                values = np.asarray(mesh.get_attribute_by_unique_id(identity)["data"])
                found[name] = _normalised(values.reshape(len(values), -1), self.one("accessors", attributes[name]))
        except MeshRefused:
            raise
        except Exception as error:  # the decoder is compiled code with errors of its own
            raise ValueError("what KHR_draco_mesh_compression holds is no mesh") from error
        if "POSITION" not in found or not len(faces):
            raise ValueError("what KHR_draco_mesh_compression holds is no mesh")
        return faces, found

    def _is_fallback(self, number: Any) -> bool:
        """Whether a buffer only stands for what is compressed elsewhere."""
        buffer = self.one("buffers", number)
        stands = buffer.get("extensions", {}).get("EXT_meshopt_compression", {}).get("fallback", False)
        return bool(stands) or ("uri" not in buffer and (number > 0 or self._blob is None))

    def _buffer(self, number: Any) -> bytes:
        buffer = self.one("buffers", number)
        uri = buffer.get("uri")
        key = ("blob",) if uri is None else uri
        if key not in self._buffers:
            if uri is None and (number != 0 or self._blob is None):
                raise ValueError("a buffer is missing")
            self._buffers[key] = (self._blob or b"") if uri is None else self.uri(str(uri))
            if sum(map(len, self._buffers.values())) > 2 * MAX_BYTES:
                raise MeshRefused(f"its buffers have more than {2 * MAX_BYTES >> 20} MiB; simplify the mesh")
        content = self._buffers[key]
        if len(content) < _whole(buffer["byteLength"]):
            raise ValueError("a buffer is shorter than it says")
        return content

    def _values(self, accessor: dict[str, Any]) -> NDArray[Any]:
        kind, lanes = np.dtype(_COMPONENTS[accessor["componentType"]]), _LANES[accessor["type"]]
        count = _whole(accessor["count"])
        if accessor.get("bufferView") is None:
            values = np.zeros((count, lanes), kind)
        else:
            view = self.one("bufferViews", accessor["bufferView"])
            start, row = _whole(accessor.get("byteOffset", 0)), kind.itemsize * lanes
            stride = _whole(view.get("byteStride", 0)) or row
            content = self.view(accessor["bufferView"])
            if count and start + (count - 1) * stride + row > len(content):
                raise ValueError("an accessor reaches beyond its buffer")
            values = np.ndarray((count, lanes), kind, content, start, (stride, kind.itemsize))
        sparse = accessor.get("sparse")
        if sparse is None:
            return values
        self._notes.met("sparse accessors")
        values = values.copy()
        where, new = sparse["indices"], sparse["values"]
        some = {"count": sparse["count"], "bufferView": where["bufferView"], "byteOffset": where.get("byteOffset", 0)}
        rows = self._values({**some, "componentType": where["componentType"], "type": "SCALAR"})[:, 0]
        if len(rows) and int(rows.max()) >= count:
            raise ValueError("a sparse accessor names a row that is not there")
        replaced = {**some, "bufferView": new["bufferView"], "byteOffset": new.get("byteOffset", 0)}
        values[rows] = self._values({**replaced, "componentType": accessor["componentType"], "type": accessor["type"]})
        return values


def _chunks(content: bytes) -> tuple[bytes, bytes | None]:
    """The JSON of a file and the binary chunk of a ``.glb``; its beginning says which it is, not its name."""
    if content[:4] != b"glTF":
        return content, None
    version, at, text, blob = int.from_bytes(content[4:8], "little"), 12, None, None
    if version == 1:
        raise MeshRefused("is glTF 1.0, which is not read; convert it to glTF 2.0 with Blender")
    total = int.from_bytes(content[8:12], "little")
    if at + 8 <= total < len(content):
        content = content[:total]  # what follows belongs to somebody else
    while at + 8 <= len(content) and blob is None:
        length, kind = (int.from_bytes(content[place : place + 4], "little") for place in (at, at + 4))
        if at + 8 + length > len(content):
            raise ValueError("it is cut short")
        chunk = content[at + 8 : at + 8 + length]
        if kind == _JSON and text is None:
            text = chunk
        elif kind == _BINARY:
            blob = chunk
        at += 8 + length
        # Chunks end at multiples of four, and say so; some do the one without the other.
        if content[at + 4 : at + 8] not in _KNOWN:
            at += -length % 4
    if text is None:
        raise ValueError("it holds no JSON")
    return text.rstrip(b"\0"), blob


def _normalised(values: NDArray[Any], accessor: dict[str, Any]) -> NDArray[Any]:
    """Integers as 0 … 1 or -1 … 1 where the accessor says that they mean this (section 3.6.2.2)."""
    if not accessor.get("normalized") or values.dtype.kind == "f":
        return values
    return np.maximum(values.astype(np.float64) / np.iinfo(values.dtype).max, -1)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"a number of things is {str(value)[:20]}")
    return value
