"""PLY of every encoding, against solids of known volume and colours chosen by hand."""

import struct

import numpy as np
import pytest
from PIL import Image
from solids import BOXES_VOLUME, U_VOLUME, boxes, triangles_of, u_prism

from core.data.meshes.files import read_mesh_file
from core.errors import DatasetError

CODES = {"uchar": "B", "ushort": "H", "int": "i", "uint": "I", "float": "f", "double": "d", "char": "b", "short": "h"}


def ply(kind, elements, comments=()):
    """A PLY file; ``elements`` are (name, properties, rows), a list property is ("count type", "type", name)."""
    lines = ["ply", f"format {kind} 1.0", *(f"comment {text}" for text in comments)]
    for name, properties, rows in elements:
        lines.append(f"element {name} {len(rows)}")
        lines += ["property " + ("list " * (len(one) == 3)) + " ".join(one) for one in properties]
    head = ("\n".join([*lines, "end_header"]) + "\n").encode()
    order = "<" if "little" in kind else ">"
    body = b""
    for _, properties, rows in elements:
        for row in rows:
            words = []
            for value, one in zip(row, properties, strict=True):
                many = list(value) if len(one) == 3 else [value]
                words += [f"{len(many)}"] * (len(one) == 3) + [f"{number:g}" for number in many]
                if kind != "ascii":
                    body += struct.pack(order + CODES[one[0]], len(many)) if len(one) == 3 else b""
                    body += struct.pack(order + CODES[one[-2]] * len(many), *many)
            if kind == "ascii":
                body += (" ".join(words) + "\n").encode()
    return head + body


XYZ = [("float", axis) for axis in "xyz"]
CORNERS = ("uchar", "int", "vertex_indices")
KINDS = ["ascii", "binary_little_endian", "binary_big_endian"]


def read(tmp_path, content):
    (tmp_path / "a.ply").write_bytes(content)
    return read_mesh_file(tmp_path / "a.ply")


@pytest.mark.parametrize("kind", KINDS)
def test_faces_of_any_number_of_corners(tmp_path, kind):
    points, faces = u_prism()
    content = read(tmp_path, ply(kind, [("vertex", XYZ, points), ("face", [CORNERS], [[face] for face in faces])]))
    assert content.mesh.volume == pytest.approx(U_VOLUME)
    assert (content.assumed.polygons, content.assumed.concave) == (10, 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mixed", [False, True])
def test_other_types_lists_and_elements_beside(tmp_path, kind, mixed):
    points, quads = boxes()
    faces = [*quads[:9], *triangles_of(quads[9:])] if mixed else quads
    properties = [("ushort", "uint", "vertex_index"), ("uchar", "float", "other"), ("short", "flags")]
    rows = [[face, [0.5] * (number % 3 if mixed else 2), 7] for number, face in enumerate(faces)]
    elements = [
        ("camera", [("uchar", "int", "list"), ("double", "angle")], [[[1, 2], 0.5], [[], 1.5]]),
        ("vertex", [("uchar", "quality"), *XYZ[::-1]], [[9, z, y, x] for x, y, z in points]),
        ("face", properties, rows),
        ("edge", [("int", "vertex1"), ("int", "vertex2")], [[0, 1]]),
    ]
    content = read(tmp_path, ply(kind, elements))
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", ["int", "uint"])
def test_triangle_strips(tmp_path, kind, number):
    """Every quad a strip of four, ended by -1."""
    points, quads = boxes()
    end = -1 if number == "int" else 2**32 - 1
    strip = [corner for a, b, c, d in quads for corner in (a, b, d, c, end)]
    if kind == "ascii":
        end, strip = -1, [-1 if corner == end else corner for corner in strip]
    elements = [("vertex", XYZ, points), ("tristrips", [("int", number, "vertex_indices")], [[strip]])]
    content = read(tmp_path, ply(kind, elements))
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("triangle strips",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("type_", "value"),
    [("uchar", (200, 30, 10)), ("float", (200 / 255, 30 / 255, 10 / 255)), ("ushort", (51400, 7710, 2570))],
)
@pytest.mark.parametrize("places", [False, True])
def test_colours_of_vertices_in_any_type_beside_places_without_a_picture(tmp_path, kind, type_, value, places):
    points, faces = boxes()
    properties = [*XYZ, *((type_, name) for name in ("red", "green", "blue", "alpha"))]
    rows = [[*point, *value, value[0]] for point in points]
    if places:
        properties += [("float", "s"), ("float", "t")]
        rows = [[*row, 0.5, 0.5] for row in rows]
    content = read(tmp_path, ply(kind, [("vertex", properties, rows), ("face", [CORNERS], [[f] for f in faces])]))
    assert (content.mesh.visual.face_colors[:, :3] == (200, 30, 10)).all()
    assert (content.textures, content.assumed.colours) == (0, "vertices")


def test_colours_of_faces_come_before_those_of_vertices(tmp_path):
    coloured = [("uchar", name) for name in ("red", "green", "blue")]
    points = [(0, 0, 0, 9, 9, 9), (1, 0, 0, 9, 9, 9), (0, 1, 0, 9, 9, 9)]
    for second, expected in ((0, [[255, 0, 0], [0, 0, 0]]), (255, [[9, 9, 9]] * 2)):
        faces = [[(0, 1, 2), 255, 0, 0], [(2, 1, 0), second, 0, 0]]
        content = read(
            tmp_path, ply("ascii", [("vertex", XYZ + coloured, points), ("face", [CORNERS, *coloured], faces)])
        )
        assert content.mesh.visual.face_colors[:, :3].tolist() == expected


def test_pictures_at_vertices_and_at_corners(tmp_path):
    for name, colour in (("a b.png", (10, 20, 30)), ("c.png", (40, 50, 60))):
        Image.new("RGB", (4, 4), colour).save(tmp_path / name)
    points = [(0, 0, 0, 0, 0), (1, 0, 0, 1, 0), (0, 1, 0, 0, 1)]
    at_vertices = [("vertex", [*XYZ, ("float", "u"), ("float", "v")], points), ("face", [CORNERS], [[(0, 1, 2)]])]
    content = read(tmp_path, ply("ascii", at_vertices, ["TextureFile a b.png"]))
    np.testing.assert_array_equal(content.mesh.visual.uv, content.mesh.vertices[:, :2])
    assert (content.textures, len(content.files)) == (1, 2)
    content = read(tmp_path, ply("ascii", at_vertices, ["TextureFile gone.png"]))
    assert (content.textures, content.missing) == (0, ("gone.png",))
    places = [0, 0, 0.25, 0, 0, 0.5]
    faces = [[(0, 1, 2), places, 0], [(2, 1, 0), places[::-1], 1], [(0, 2, 1), places, 7]]
    at_corners = [
        ("vertex", XYZ, [point[:3] for point in points]),
        ("face", [CORNERS, ("uchar", "float", "texcoord"), ("int", "texnumber")], faces),
    ]
    content = read(tmp_path, ply("binary_little_endian", at_corners, ["TextureFile a b.png", "TextureFile c.png"]))
    visual = content.mesh.visual
    first = [np.asarray(one.image)[0, 0].tolist() if one.image else None for one in visual.material.materials]
    # The third face names a picture that is not there.
    assert sorted((first[number] for number in visual.face_materials), key=str) == [None, [10, 20, 30], [40, 50, 60]]
    face = content.mesh.faces[[first[number] == [10, 20, 30] for number in visual.face_materials]][0]
    np.testing.assert_array_equal(visual.uv[face], np.reshape(places, (3, 2)))


def test_line_ends_of_windows(tmp_path):
    points, faces = boxes()
    elements = [("vertex", XYZ, points), ("face", [CORNERS], [[face] for face in faces])]
    for kind in ("ascii", "binary_little_endian"):
        head, _, body = ply(kind, elements).partition(b"end_header\n")
        content = read(tmp_path, b"\xef\xbb\xbf" + head.replace(b"\n", b"\r\n") + b"end_header\r\n" + body)
        assert content.mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize("kind", KINDS)
def test_ply_that_cannot_be_read(tmp_path, kind):
    points, faces = boxes()
    whole = ply(kind, [("vertex", XYZ, points), ("face", [CORNERS], [[face] for face in [*faces, [0, 1, 2]]])])
    for cut in (len(whole) // 2, len(whole) - 8):
        with pytest.raises(DatasetError, match="it ends before all"):
            read(tmp_path, whole[:cut])
    far = ply(kind, [("vertex", XYZ, points), ("face", [CORNERS], [[(0, 1, 99)]])])
    with pytest.raises(DatasetError, match="names a vertex that is not there"):
        read(tmp_path, far)
    with pytest.raises(DatasetError, match=r"holds no triangles \(only points\)"):
        read(tmp_path, ply(kind, [("vertex", XYZ, points)]))
    edges = ("edge", [("int", "vertex1"), ("int", "vertex2")], [[0, 1]])
    with pytest.raises(DatasetError, match=r"holds no triangles \(only points and lines\)"):
        read(tmp_path, ply(kind, [("vertex", XYZ, points), edges]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no PLY file"),
        ("ply\nformat ascii 1.0\nelement vertex 3\n", "its header does not end"),
        ("ply\nelement vertex 1\nproperty float x\nend_header\n0\n", "names no format"),
        ("ply\nformat ascii 1.0\nelement vertex 99999999999\nproperty float x\nend_header\n0\n", "impossible number"),
        ("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\nword\n", "a word where a number"),
        ("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n", "no vertices"),
    ],
)
def test_headers_that_cannot_be_read(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, text.encode())
