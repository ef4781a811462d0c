"""glTF files made by hand, against solids of known volume and colours computed by hand."""

import base64
import io
import json
import struct

import DracoPy
import numpy as np
import pytest
from gltf_files import Glb
from PIL import Image
from solids import BOXES, BOXES_VOLUME, box, boxes, triangles_of

from core.data.meshes.files import read_mesh_file
from core.errors import DatasetError

POINTS, QUADS = boxes()
TRIANGLES = triangles_of(QUADS)
HALF = 188  # of the light, in sRGB (IEC 61966-2-1)


def png(*colours, mode="RGB"):
    """A picture of one row."""
    file = io.BytesIO()
    Image.fromarray(np.array([colours], np.uint8), mode).save(file, "PNG")
    return file.getvalue()


def read(tmp_path, glb):
    return read_mesh_file(glb.save(tmp_path / "a.glb"))


def plain(content):
    return np.unique(content.mesh.visual.face_colors[:, :3], axis=0).tolist()


def test_plain_triangles_with_and_without_indices(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    content = read(tmp_path, glb)
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert (plain(content), content.assumed.colours, content.assumed.features) == ([[176] * 3], "none", ())
    glb = Glb()
    glb.primitive(POINTS[np.reshape(TRIANGLES, -1)], None)
    assert read(tmp_path, glb).mesh.volume == pytest.approx(BOXES_VOLUME)


def test_fans_and_strips_beside_triangles(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES[:12])
    for quad in QUADS[6:12]:
        glb.primitive(POINTS, quad, mode=6)
    for a, b, c, d in QUADS[12:]:
        glb.primitive(POINTS, [a, b, d, c], mode=5)
    glb.primitive(POINTS, [0, 1, 2], mode=1)
    content = read(tmp_path, glb)
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("triangle fans", "triangle strips", "points or lines, left out")


def test_a_fan_without_indices(tmp_path):
    glb = Glb()
    glb.primitive([(0, 0, 0), (4, 0, 0), (4, 4, 0), (2, 6, 0), (0, 4, 0)], None, mode=6)
    content = read(tmp_path, glb)
    assert content.mesh.area == pytest.approx(20)
    assert (content.mesh.face_normals[:, 2] > 0.99).all()


def test_rows_that_are_further_apart_than_they_are_long(tmp_path):
    glb = Glb()
    rows = np.concatenate([POINTS, np.full_like(POINTS, 77)], axis=1).astype("f4")
    view = glb.view(rows.tobytes(), byteStride=24)
    indices = glb.array(np.reshape(TRIANGLES, -1), "u2")
    glb.json["accessors"].append({"bufferView": view, "componentType": 5126, "count": 24, "type": "VEC3"})
    glb.json["meshes"][0]["primitives"] = [{"attributes": {"POSITION": 1}, "indices": indices}]
    assert read(tmp_path, glb).mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize("based", [True, False])
def test_sparse_accessors(tmp_path, based):
    """The base is in the buffer, or everything in the sparse part."""
    glb = Glb()
    first = 8 if based else 0
    rows = glb.view(np.arange(first, 24, dtype="u1").tobytes())
    values = glb.view(POINTS[first:].astype("f4").tobytes())
    accessor = {"componentType": 5126, "count": 24, "type": "VEC3"}
    if based:
        accessor["bufferView"] = glb.view(np.concatenate([POINTS[:8], np.zeros((16, 3))]).astype("f4").tobytes())
    where = {"bufferView": rows, "componentType": 5121}
    glb.json["accessors"].append(
        accessor | {"sparse": {"count": 24 - first, "indices": where, "values": {"bufferView": values}}}
    )
    indices = glb.array(np.reshape(TRIANGLES, -1), "u2")
    glb.json["meshes"][0]["primitives"] = [{"attributes": {"POSITION": 0}, "indices": indices}]
    content = read(tmp_path, glb)
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("sparse accessors",)


@pytest.mark.parametrize(("kind", "top"), [("i1", 127), ("u1", 255), ("i2", 32767), ("u2", 65535)])
@pytest.mark.parametrize("normalized", [True, False])
def test_integers_mean_fractions_where_they_are_normalised(tmp_path, kind, top, normalized):
    glb = Glb()
    glb.json["extensionsUsed"] = glb.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    glb.primitive([(0, 0, 0), (top, 0, 0), (0, top, 0)], [0, 1, 2], kind=kind, normalized=normalized)
    content = read(tmp_path, glb)
    side = 1 if normalized else top
    np.testing.assert_allclose(content.mesh.bounds, [[0, 0, 0], [side, side, 0]])
    assert content.assumed.features == ("KHR_mesh_quantization",)


def test_transforms_of_nodes_and_mirror_images(tmp_path):
    glb = Glb()
    glb.primitive(box()[0], triangles_of(box()[1]))
    turn = [0, 0, np.sin(np.pi / 4), np.cos(np.pi / 4)]  # a quarter about z
    matrix = np.eye(4)
    matrix[:3, 3] = (0, 0, 5)
    glb.json["nodes"] = [
        {"translation": [10, 0, 0], "rotation": turn, "scale": [2, 3, 4], "children": [1]},
        {"mesh": 0, "matrix": matrix.T.reshape(-1).tolist()},
        {"mesh": 0, "scale": [-1, 1, 1]},
        {"mesh": 0, "translation": [99, 99, 99]},
    ]
    glb.json["scenes"] = [{"nodes": [3]}, {"nodes": [0, 2]}]
    glb.json["scene"] = 1
    mesh = read(tmp_path, glb).mesh
    np.testing.assert_allclose(mesh.bounds, [[-1, 0, 0], [10, 2, 24]], atol=1e-9)
    assert mesh.volume == pytest.approx(2 * 3 * 4 + 1)


def test_instances(tmp_path):
    glb = Glb()
    glb.json["extensionsUsed"] = glb.json["extensionsRequired"] = ["EXT_mesh_gpu_instancing"]
    glb.primitive(box()[0], triangles_of(box()[1]))
    low = np.array([low for low, _ in BOXES], float)
    attributes = {
        "TRANSLATION": glb.array(low, "f4"),
        "SCALE": glb.array([np.subtract(high, low) for low, high in BOXES], "f4"),
        "ROTATION": glb.array([[0, 0, 0, 127]] * 3, "i1", normalized=True),
    }
    glb.json["nodes"][0] |= {
        "translation": [0, 50, 0],
        "extensions": {"EXT_mesh_gpu_instancing": {"attributes": attributes}},
    }
    content = read(tmp_path, glb)
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    np.testing.assert_allclose(content.mesh.bounds, [[0, 50, 0], [32, 78, 20]])
    assert content.assumed.features == ("EXT_mesh_gpu_instancing",)


def test_instances_that_have_only_attributes_of_their_own(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    own = {"_ID": glb.array([1.0, 2.0], "f4")}
    glb.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": own}}
    assert read(tmp_path, glb).mesh.volume == pytest.approx(2 * BOXES_VOLUME)
    own["TRANSLATION"] = glb.array([(0, 0, 0)], "f4")
    with pytest.raises(DatasetError, match="instances with places and sizes of different numbers"):
        read(tmp_path, glb)


@pytest.mark.parametrize("weights", ["f4", "u1", "u2"])
def test_skins_are_posed_by_their_joints_alone(tmp_path, weights):
    """The lower half of a box hangs on one joint, the upper on another that is moved up by 10 beyond its rest."""
    glb = Glb()
    points, quads = box()
    upper = points[:, 1] > 0.5
    joints = glb.array(np.stack([np.where(upper, 1, 0), *np.zeros((3, 8))], 1), "u1")
    top = 1 if weights == "f4" else np.iinfo(weights).max
    shares = glb.array([[top, 0, 0, 0]] * 8, weights, **({} if weights == "f4" else {"normalized": True}))
    rest = np.stack([np.eye(4), np.eye(4)])
    rest[1, 1, 3] = -1  # the joint rests at y = 1
    inverse = glb.array(rest.transpose(0, 2, 1), "f4")
    glb.primitive(points, triangles_of(quads), attributes={"JOINTS_0": joints, "WEIGHTS_0": shares})
    glb.json["nodes"] = [
        {"mesh": 0, "skin": 0, "translation": [500, 0, 0], "scale": [7, 7, 7]},
        {"children": [2]},
        {"translation": [0, 11, 0]},
    ]
    glb.json["scenes"] = [{"nodes": [0, 1]}]
    glb.json["skins"] = [{"joints": [1, 2], "inverseBindMatrices": inverse}]
    content = read(tmp_path, glb)
    np.testing.assert_allclose(content.mesh.bounds, [[0, 0, 0], [1, 11, 1]], atol=1e-6)
    assert content.assumed.features == ("skins, in the pose of their joints",)


def test_shapes_with_the_weights_of_the_file(tmp_path):
    glb = Glb()
    move = glb.array([[0, 0, 0], [4, 0, 0], [0, 0, 0]], "f4")
    glb.primitive([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [0, 1, 2], targets=[{"POSITION": move}])
    glb.json["meshes"][0]["weights"] = [0.5]
    np.testing.assert_allclose(read(tmp_path, glb).mesh.bounds[1], [3, 1, 0])
    glb.json["nodes"][0]["weights"] = [1]
    np.testing.assert_allclose(read(tmp_path, glb).mesh.bounds[1], [5, 1, 0])


@pytest.mark.parametrize("name", ["my data ü.bin", "a%20b.bin", "plain.bin"])
@pytest.mark.parametrize("escaped", [True, False])
def test_names_of_buffers(tmp_path, name, escaped):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    (tmp_path / name).write_bytes(glb.blob)
    uri = name.replace("%", "%25").replace(" ", "%20").replace("ü", "%C3%BC") if escaped else name
    glb.json["buffers"] = [{"byteLength": len(glb.blob), "uri": uri}]
    (tmp_path / "a.gltf").write_text(json.dumps(glb.json), encoding="utf-8-sig")
    content = read_mesh_file(tmp_path / "a.gltf")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.files == (tmp_path / "a.gltf", tmp_path / name)
    glb.json["buffers"][0]["uri"] = "data:application/gltf-buffer;base64," + base64.b64encode(glb.blob).decode()
    (tmp_path / "a.glb").write_text(json.dumps(glb.json))  # its content counts, not its name
    assert read_mesh_file(tmp_path / "a.glb").mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize(
    "spelled",
    [
        lambda data: data.rstrip("="),
        lambda data: data.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        lambda data: "\n".join(data[at : at + 76] for at in range(0, len(data), 76)),
    ],
)
@pytest.mark.parametrize("head", ["data:application/octet-stream;base64,", "DATA:;BASE64,"])
def test_spellings_of_data_in_a_uri(tmp_path, spelled, head):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    glb.blob += bytes(1 + -len(glb.blob) % 3)  # so that its last sign is one that fills it up
    data = base64.b64encode(glb.blob).decode()
    assert data.endswith("=")
    glb.json["buffers"] = [{"byteLength": len(glb.blob), "uri": head + spelled(data)}]
    (tmp_path / "a.gltf").write_text(json.dumps(glb.json))
    assert read_mesh_file(tmp_path / "a.gltf").mesh.volume == pytest.approx(BOXES_VOLUME)
    glb.json["buffers"][0]["uri"] = head + "!!" + data
    (tmp_path / "a.gltf").write_text(json.dumps(glb.json))
    with pytest.raises(DatasetError, match="damaged data in a URI"):
        read_mesh_file(tmp_path / "a.gltf")


def chunked(glb, *, pad=4, told=True, before=b"", between=b"", after=b"", total=None):
    """A GLB whose chunks end at multiples of ``pad``; ``told``: as their lengths say."""
    text = json.dumps(glb.json).encode()
    text += b" " * (1 + -len(text) % 4)  # of a length that is no multiple of four
    parts = before
    for kind, content in ((b"JSON", text), (b"BIN\0", glb.blob)):
        full = content + (b" " if kind == b"JSON" else b"\0") * (-len(content) % pad)
        parts += struct.pack("<I", len(full if told else content)) + kind + full
        parts += between if kind == b"JSON" else b""
    return b"glTF" + struct.pack("<II", 2, 12 + len(parts) if total is None else total) + parts + after


@pytest.mark.parametrize(
    "odd",
    [
        {"pad": 1},
        {"told": False},
        {"between": struct.pack("<I", 8) + b"XTRA" + bytes(8)},
        {"between": struct.pack("<I", 0) + b"XTRA"},
        {"before": struct.pack("<I", 4) + b"XTRA" + bytes(4)},
        {"after": struct.pack("<I", 9999) + b"more"},
        {"total": 0},
        {"total": 2**32 - 1},
    ],
)
def test_odd_chunks(tmp_path, odd):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    glb.json["buffers"] = [{"byteLength": len(glb.blob)}]
    (tmp_path / "a.glb").write_bytes(chunked(glb, **odd))
    assert read_mesh_file(tmp_path / "a.glb").mesh.volume == pytest.approx(BOXES_VOLUME)


def test_what_follows_the_end_of_a_glb_is_passed_over(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    (tmp_path / "b.bin").write_bytes(glb.blob)
    glb.json["buffers"] = [{"byteLength": len(glb.blob), "uri": "b.bin"}]
    text = json.dumps(glb.json).encode()
    text += b" " * (-len(text) % 4)
    head = b"glTF" + struct.pack("<III", 2, 20 + len(text), len(text)) + b"JSON"
    (tmp_path / "a.glb").write_bytes(head + text + b"signed by somebody, at length")
    assert read_mesh_file(tmp_path / "a.glb").mesh.volume == pytest.approx(BOXES_VOLUME)


def with_draco(required=True):
    glb = Glb()
    colours = np.tile(np.array([[255, 0, 0]], np.uint8), (24, 1))
    encoded = DracoPy.encode(POINTS, np.array(TRIANGLES, np.uint32), colors=colours, quantization_bits=16)
    mesh = DracoPy.decode(encoded)
    identity = {one["attribute_type"]: one["unique_id"] for one in mesh.attributes}
    extension = {"bufferView": glb.view(encoded), "attributes": {"POSITION": identity[0], "COLOR_0": identity[2]}}
    position = {"componentType": 5126, "count": 24, "type": "VEC3"}
    colour = {"componentType": 5121, "count": 24, "type": "VEC3", "normalized": True}
    glb.json["accessors"] = [position, colour, {"componentType": 5125, "count": 108, "type": "SCALAR"}]
    glb.json["meshes"][0]["primitives"] = [
        {
            "attributes": {"POSITION": 0, "COLOR_0": 1},
            "indices": 2,
            "extensions": {"KHR_draco_mesh_compression": extension},
        }
    ]
    glb.json["extensionsUsed"] = glb.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    return glb


def test_draco_is_decoded_and_damaged_draco_named(tmp_path):
    content = read(tmp_path, with_draco())
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME, rel=1e-3)
    assert plain(content) == [[255, 0, 0]]
    assert content.assumed.features == ("KHR_draco_mesh_compression",)
    glb = with_draco()
    glb.blob = glb.blob[:9] + bytes(len(glb.blob) - 9)
    with pytest.raises(DatasetError, match="KHR_draco_mesh_compression"):
        read(tmp_path, glb)


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_texture_basisu", "ACME_own_geometry"])
def test_what_is_required_and_not_decoded_is_refused_by_its_name(tmp_path, name):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    glb.json["extensionsUsed"] = [name]
    assert read(tmp_path, glb).mesh.volume == pytest.approx(BOXES_VOLUME)
    glb.json["extensionsRequired"] = [name]
    with pytest.raises(DatasetError, match=f"requires the extension {name}, which is not decoded; export it without"):
        read(tmp_path, glb)
    glb.json["extensionsRequired"] = ["KHR_materials_unlit"]
    assert read(tmp_path, glb).mesh.volume == pytest.approx(BOXES_VOLUME)


def test_meshopt_without_a_fallback_is_refused_by_its_name(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    glb.json["buffers"] = [{}, {"byteLength": 288, "extensions": {"EXT_meshopt_compression": {"fallback": True}}}]
    glb.json["bufferViews"][0] |= {"buffer": 1, "extensions": {"EXT_meshopt_compression": {"buffer": 0}}}
    with pytest.raises(DatasetError, match="EXT_meshopt_compression"):
        read(tmp_path, glb)


def test_gltf_1_is_refused_as_such(tmp_path):
    (tmp_path / "a.glb").write_bytes(b"glTF" + struct.pack("<IIII", 1, 22, 2, 0) + b"{}")
    (tmp_path / "b.gltf").write_text(json.dumps({"asset": {"version": "1.0"}, "meshes": {"one": {}}}))
    (tmp_path / "c.gltf").write_text(json.dumps({"meshes": {"one": {}}, "nodes": {}}))
    for name in ("a.glb", "b.gltf", "c.gltf"):
        with pytest.raises(DatasetError, match=r"is glTF 1\.0, which is not read; convert it to glTF 2\.0"):
            read_mesh_file(tmp_path / name)


SQUARE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]


def square(material=None, uv=None, uv1=None, **attributes):
    """A square of two triangles with a material."""
    glb = Glb()
    more = {name: number(glb) for name, number in attributes.items()}
    for name, places in (("TEXCOORD_0", uv), ("TEXCOORD_1", uv1)):
        if places is not None:
            more[name] = glb.array(places, "f4")
    glb.primitive(SQUARE, [0, 1, 2, 0, 2, 3], attributes=more, **({} if material is None else {"material": 0}))
    if material is not None:
        glb.json["materials"] = [material]
    return glb


def add_picture(glb, content, **sampler):
    glb.json["images"] = [{"bufferView": glb.view(content), "mimeType": "image/png"}]
    glb.json["textures"] = [{"source": 0, **({"sampler": 0} if sampler else {})}]
    glb.json["samplers"] = [sampler]
    return glb


@pytest.mark.parametrize(
    ("kind", "values", "normalized", "colour"),
    [
        ("f4", (0.5, 1, 0), False, (HALF, 255, 0)),
        ("u2", (32768, 65535, 0), True, (HALF, 255, 0)),
        ("u1", (128, 255, 0), True, (HALF, 255, 0)),
        ("u2", (32768, 65535, 0), False, (HALF, 255, 0)),
        ("f4", (0.5, 1, 0, 1), False, (HALF, 255, 0)),
        ("f4", (2.0, -1, 0), False, (255, 0, 0)),
    ],
)
@pytest.mark.parametrize("material", [None, {}, {"pbrMetallicRoughness": {"baseColorFactor": [1, 1, 1, 1]}}])
def test_colours_of_vertices_are_linear(tmp_path, kind, values, normalized, colour, material):
    more = {"normalized": True} if normalized else {}
    glb = square(material, uv=np.zeros((4, 2)), COLOR_0=lambda glb: glb.array([values] * 4, kind, **more))
    content = read(tmp_path, glb)
    assert plain(content) == [list(colour)]
    assert (content.textures, content.assumed.colours) == (0, "vertices")


def test_colours_of_vertices_times_those_of_the_material(tmp_path):
    material = {"pbrMetallicRoughness": {"baseColorFactor": [0.5, 1, 1, 1]}}
    glb = square(material, COLOR_0=lambda glb: glb.array([[1, 0.5, 0]] * 4, "f4"))
    assert plain(read(tmp_path, glb)) == [[HALF, HALF, 0]]


def test_colours_of_vertices_as_trimesh_writes_them(tmp_path):
    glb = square(COLOR_0=lambda glb: glb.array([[200, 30, 10, 255]] * 4, "u1", normalized=True))
    glb.json["asset"]["generator"] = "https://github.com/mikedh/trimesh"
    assert plain(read(tmp_path, glb)) == [[200, 30, 10]]


@pytest.mark.parametrize(
    ("extension", "colour"),
    [({"diffuseFactor": [0.5, 0, 1, 1]}, (HALF, 0, 255)), ({}, (255, 255, 255)), ({"glossinessFactor": 0}, (255,) * 3)],
)
def test_specular_glossiness(tmp_path, extension, colour):
    material = {"extensions": {"KHR_materials_pbrSpecularGlossiness": extension}}
    material["pbrMetallicRoughness"] = {"baseColorFactor": [0, 1, 0, 1]}  # for readers that do not know it
    content = read(tmp_path, square(material))
    assert plain(content) == [list(colour)]
    assert content.assumed.features == ("KHR_materials_pbrSpecularGlossiness",)
    textured = {"extensions": {"KHR_materials_pbrSpecularGlossiness": extension | {"diffuseTexture": {"index": 0}}}}
    content = read(tmp_path, add_picture(square(textured, uv=np.zeros((4, 2))), png((255, 255, 255))))
    assert np.asarray(content.mesh.visual.material.materials[0].image)[0, 0].tolist() == list(colour)


def test_what_glows_in_the_dark_has_the_colour_of_its_glow(tmp_path):
    material = {"pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 1]}, "emissiveFactor": [0.5, 0, 1]}
    assert plain(read(tmp_path, square(material))) == [[HALF, 0, 255]]


def at(content, x, y):
    """Place on the picture of the corner at x, y."""
    vertex = np.flatnonzero(np.all(content.mesh.vertices == [x, y, 0], axis=1))[0]
    return content.mesh.visual.uv[vertex]


UV = [(0, 1), (1, 1), (1, 0), (0, 0)]
"""v downwards, so that the square's lower left corner lies at the lower left of the picture."""


def textured(transform=None, **info):
    more = {"extensions": {"KHR_texture_transform": transform}} if transform else {}
    return {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0, **info, **more}}}


@pytest.mark.parametrize(
    ("transform", "lower_right"),
    [
        (None, (1, 0)),
        ({"offset": [0.5, 0.25]}, (1.5, -0.25)),
        ({"scale": [0.5, 2]}, (0.5, -1)),
        ({"offset": [0.5, 0], "scale": [0.5, 1]}, (1, 0)),
        # A quarter turn takes (u, v) to (v, -u), where v is downwards.
        ({"rotation": np.pi / 2}, (1, 2)),
        ({"rotation": np.pi / 2, "scale": [0.5, 1], "offset": [0.1, 0]}, (1.1, 1.5)),
    ],
)
def test_texture_transforms(tmp_path, transform, lower_right):
    content = read(tmp_path, add_picture(square(textured(transform), uv=UV), png((1, 2, 3), (4, 5, 6))))
    np.testing.assert_allclose(at(content, 1, 0), lower_right, atol=1e-6)
    assert (content.textures, content.assumed.colours) == (1, "pictures")


def test_the_second_places_on_the_picture(tmp_path):
    other = [(0.25, 0.25)] * 4
    for material in (textured(texCoord=1), textured({"texCoord": 1}), textured({"texCoord": 1}, texCoord=0)):
        content = read(tmp_path, add_picture(square(material, uv=UV, uv1=other), png((1, 2, 3))))
        np.testing.assert_allclose(at(content, 0, 0), (0.25, 0.75))
        assert "TEXCOORD_1" in content.assumed.features
    content = read(tmp_path, add_picture(square(textured(texCoord=1), uv=UV), png((1, 2, 3))))
    assert content.textures == 0
    assert content.assumed.features == ("pictures without TEXCOORD_1, left out",)


def test_places_as_normalised_integers(tmp_path):
    places = {"TEXCOORD_0": lambda glb: glb.array(np.array(UV) * 65535, "u2", normalized=True)}
    content = read(tmp_path, add_picture(square(textured(), **places), png((1, 2, 3))))
    np.testing.assert_allclose(at(content, 1, 1), (1, 1))


def test_how_pictures_go_on_beyond_their_border(tmp_path):
    far = np.array(UV) * 2
    for wrap, clamp, size, corner in (
        (10497, False, (2, 1), (2, -1)),
        (33071, True, (2, 1), (2, -1)),
        (33648, False, (4, 2), (1, 0)),
    ):
        content = read(
            tmp_path, add_picture(square(textured(), uv=far), png((1, 2, 3), (4, 5, 6)), wrapS=wrap, wrapT=wrap)
        )
        material = content.mesh.visual.material.materials[0]
        assert (material.kwargs["clamp"], material.image.size) == (clamp, size)
        np.testing.assert_allclose(at(content, 1, 0), corner)
    # Within the picture it makes no difference.
    content = read(tmp_path, add_picture(square(textured(), uv=UV), png((1, 2, 3)), wrapS=33071, wrapT=33648))
    assert not content.mesh.visual.material.materials[0].kwargs["clamp"]


def test_a_factor_and_colours_of_vertices_tint_the_picture(tmp_path):
    material = textured()
    material["pbrMetallicRoughness"]["baseColorFactor"] = [0.5, 1, 1, 1]
    content = read(tmp_path, add_picture(square(material, uv=UV), png((200, 100, 50))))
    assert np.asarray(content.mesh.visual.material.materials[0].image)[0, 0].tolist() == [
        round(200 * HALF / 255),
        100,
        50,
    ]
    # One triangle darker than the other: one picture for each.
    light = [[1, 1, 1], [1, 1, 1], [1, 1, 1], [0, 0, 0]]
    glb = square(textured(), uv=UV, COLOR_0=lambda glb: glb.array(light, "f4"))
    content = read(tmp_path, add_picture(glb, png((255, 255, 255))))
    seen = sorted(np.asarray(one.image)[0, 0, 0].item() for one in content.mesh.visual.material.materials)
    assert seen == [170, 255]
    assert content.assumed.colours == "pictures and vertices"


@pytest.mark.parametrize(("mode", "kept"), [(None, "RGB"), ("OPAQUE", "RGB"), ("MASK", "RGBA"), ("BLEND", "RGBA")])
def test_alpha_counts_where_the_material_says_so(tmp_path, mode, kept):
    material = textured() | ({} if mode is None else {"alphaMode": mode})
    content = read(tmp_path, add_picture(square(material, uv=UV), png((1, 2, 3, 0), (4, 5, 6, 255), mode="RGBA")))
    assert content.mesh.visual.material.materials[0].image.mode == kept


def test_pictures_that_cannot_be_had_are_named(tmp_path):
    glb = square(textured(), uv=UV)
    glb.json["images"] = [{"uri": "gone%20away.png"}]
    glb.json["textures"] = [{"source": 0}]
    content = read(tmp_path, glb)
    assert (content.textures, content.missing, plain(content)) == (0, ("gone%20away.png",), [[255] * 3])
    glb.json["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    assert read(tmp_path, glb).missing == ("texture of KHR_texture_basisu",)
    webp = io.BytesIO()
    Image.new("RGB", (2, 2), (9, 9, 9)).save(webp, "WEBP")
    glb = add_picture(square(textured(), uv=UV), webp.getvalue())
    glb.json["textures"] = [{"extensions": {"EXT_texture_webp": {"source": 0}}}]
    assert read(tmp_path, glb).textures == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda json: json["nodes"][0].update(mesh=7), "names one of its meshes that is not there"),
        (lambda json: json["nodes"][0].update(mesh=-1), "names one of its meshes that is not there"),
        (lambda json: json["scenes"][0].update(nodes=[True]), "names one of its nodes that is not there"),
        (lambda json: json["bufferViews"][0].update(byteOffset=10**9), "a buffer is shorter than it says"),
        (lambda json: json["accessors"][0].update(count=25), "reaches beyond its buffer"),
        (lambda json: json["accessors"][0].update(count=-1), "a number of things is -1"),
        (lambda json: json["meshes"][0].update(primitives=[]), "holds no triangles"),
        (lambda json: json.update(nodes=[{}]), r"holds no triangles \(no mesh in its scene\)"),
        (
            lambda json: json["meshes"][0]["primitives"][0].update(mode=0),
            r"holds no triangles \(only points and lines\)",
        ),
        (lambda json: json["asset"].update(version="3.0"), r"is glTF 3\.0, which is not read"),
        (lambda json: json.update(asset={}), "names no version"),
        (lambda json: json.update(nodes={}), "its nodes are no list"),
    ],
)
def test_documents_that_cannot_be_read(tmp_path, change, message):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    change(glb.json)
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, glb)


def test_meshes_that_no_node_places_are_read(tmp_path):
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    for name in ("scene", "scenes", "nodes"):
        del glb.json[name]
    content = read(tmp_path, glb)
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("meshes that no node places",)


def test_json_cannot_ask_for_all_memory_or_depth(tmp_path):
    for text in ("[" * 100_000, '{"a":' * 100_000, '{"asset": ' + "9" * 6000, "[" + "0," * 5_000_000 + "0]"):
        (tmp_path / "a.gltf").write_text(text)
        with pytest.raises(DatasetError) as caught:
            read_mesh_file(tmp_path / "a.gltf")
        assert "\n" not in str(caught.value)
    glb = Glb()
    glb.primitive(POINTS, TRIANGLES)
    many = {"TRANSLATION": glb.array(np.zeros((60_000, 3)), "f4")}
    glb.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": many}}
    with pytest.raises(DatasetError, match="holds more than 2000000 triangles"):
        read(tmp_path, glb)
