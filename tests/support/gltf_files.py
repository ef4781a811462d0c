"""glTF files made by hand: arrays in, a GLB out."""

import json
import struct
from pathlib import Path

import numpy as np

COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
KINDS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


class Glb:
    """A glTF document to which arrays are added; its JSON may be changed at will before it is written."""

    def __init__(self):
        self.blob = b""
        self.json = {
            "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": []}], "accessors": [], "bufferViews": [], "buffers": [],
        }  # fmt: skip

    def view(self, content: bytes, **more) -> int:
        self.blob += bytes(-len(self.blob) % 4)
        entry = {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(content)}
        self.json["bufferViews"].append(entry | more)
        self.blob += content
        return len(self.json["bufferViews"]) - 1

    def array(self, values, kind, **more) -> int:
        """An accessor of that type, tightly packed."""
        values = np.asarray(values, kind)
        lanes = 1 if values.ndim == 1 else values[0].size
        entry = {"bufferView": self.view(values.tobytes()), "componentType": COMPONENTS[kind], "count": len(values)}
        self.json["accessors"].append(entry | {"type": KINDS[lanes]} | more)
        return len(self.json["accessors"]) - 1

    def primitive(self, points, triangles, kind="f4", mode=4, mesh=0, normalized=False, attributes=None, **more):
        position = self.array(points, kind, **({"normalized": True} if normalized else {}))
        entry = {"attributes": {"POSITION": position, **(attributes or {})}, "mode": mode}
        if triangles is not None:
            entry["indices"] = self.array(np.reshape(triangles, -1), "u2")
        self.json["meshes"][mesh]["primitives"].append(entry | more)
        return entry

    def save(self, path: Path) -> Path:
        self.json["buffers"] = [{"byteLength": len(self.blob)}, *self.json["buffers"][1:]]
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        blob = self.blob + bytes(-len(self.blob) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(blob), 0x004E4942) + blob
        path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks)
        return path
