"""STL and OFF as other programs write and damage them, against solids of known volume."""

import struct

import numpy as np
import pytest
import trimesh
from solids import BOXES_VOLUME, U_VOLUME, boxes, triangles_of, u_prism

from core.data.meshes.files import read_mesh_file
from core.errors import DatasetError


def read(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_mesh_file(path)


def corners_of_boxes():
    points, faces = boxes()
    return points[np.array(triangles_of(faces))]


def binary_stl(count=None, header=b"", colours=None, more=b""):
    corners = corners_of_boxes()
    records = np.zeros(len(corners), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("colour", "<u2")])
    records["corners"] = corners
    records["colour"] = 0 if colours is None else colours
    number = len(corners) if count is None else count
    return header.ljust(80) + struct.pack("<I", number) + records.tobytes() + more


def ascii_stl(bodies=1, end="endloop"):
    lines = []
    for body in np.split(corners_of_boxes(), bodies):
        lines.append("solid one")
        for corners in body:
            lines += ["facet normal 0 0 0", "outer loop", *(f"vertex {x:e} {y:e} {z:e}" for x, y, z in corners)]
            lines += [end, "endfacet"]
        lines.append("endsolid one")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("count", [0, 5, 35, 37, 1000, 2**32 - 1])
@pytest.mark.parametrize("header", [b"", b"solid made by a CAD program"])
def test_a_binary_stl_with_a_wrong_count_is_read_whole(tmp_path, count, header):
    content = read(tmp_path, binary_stl(count, header), "a.stl")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == (f"the count says {count} triangles, 36 are there",)


@pytest.mark.parametrize("more", [b"\n", b"made by hand" * 3, bytes(512), b"\xff" * 500])
def test_trailing_bytes_are_passed_over(tmp_path, more):
    content = read(tmp_path, binary_stl(more=more), "a.stl")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("trailing bytes, passed over",)
    np.testing.assert_array_equal(content.mesh.bounds, [[0, 0, 0], [32, 28, 20]])


def test_a_binary_stl_cut_short_is_read_and_told(tmp_path):
    content = read(tmp_path, binary_stl()[:-30], "a.stl")
    assert len(content.mesh.faces) == 35
    assert content.assumed.features == ("the count says 36 triangles, 35 are there",)


def test_colours_of_binary_stl(tmp_path):
    red, blue = 1 << 15 | 31 << 10, 1 << 15 | 31
    content = read(tmp_path, binary_stl(colours=[red] * 12 + [blue] * 24), "a.stl")
    assert content.mesh.visual.face_colors[:, :3].tolist() == [[255, 0, 0]] * 12 + [[0, 0, 255]] * 24
    header = b"COLOR=" + bytes((10, 20, 30, 255)) + b",MATERIAL="
    content = read(tmp_path, binary_stl(header=header, colours=[31] * 12 + [1 << 15] * 24), "a.stl")
    assert content.mesh.visual.face_colors[:, :3].tolist() == [[255, 0, 0]] * 12 + [[10, 20, 30]] * 24
    rubbish = np.random.default_rng(0).integers(0, 1 << 16, 36)
    content = read(tmp_path, binary_stl(colours=rubbish), "a.stl")
    assert (content.mesh.visual.face_colors[:, :3] == 176).all()


@pytest.mark.parametrize(
    ("changed", "features"),
    [
        (lambda text: text, ()),
        (lambda text: text.replace("endloop", "end loop").replace("endsolid", "end solid"), ()),
        (lambda text: text.replace("endfacet", "end facet").upper(), ()),
        (lambda text: "\ufeff" + text.replace("\n", "\r\n"), ()),
        (lambda text: text.replace("\n", "\r"), ()),
        (lambda text: text.replace("\n", " "), ()),
        (lambda text: "  " + text.replace("\n", "\n\t"), ()),
        (lambda text: text.replace("endsolid one\n", ""), ("cut short: the 36 whole facets are read",)),
    ],
)
def test_spellings_of_ascii_stl(tmp_path, changed, features):
    content = read(tmp_path, changed(ascii_stl()), "a.stl")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == features


def test_an_ascii_stl_of_several_bodies_and_one_cut_short(tmp_path):
    content = read(tmp_path, ascii_stl(bodies=3), "a.stl")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("3 bodies",)
    text = ascii_stl()
    for end in (text.rindex("vertex") + 9, text.rindex("vertex") + 1, text.rindex("facet normal") + 7):
        content = read(tmp_path, text[:end], "a.stl")
        assert len(content.mesh.faces) in (35, 36)
        assert content.assumed.features[0].startswith("cut short: the")


def test_facets_of_more_corners_are_cut(tmp_path):
    points, faces = u_prism()
    facets = [
        "\n".join(
            ["facet", "outer loop", *(f"vertex {points[n][0]} {points[n][1]} {points[n][2]}" for n in face), "endloop"]
        )
        for face in faces
    ]
    content = read(tmp_path, "solid\n" + "\nendfacet\n".join(facets) + "\nendfacet\nendsolid\n", "a.stl")
    assert content.mesh.volume == pytest.approx(U_VOLUME)
    assert content.assumed.concave == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no facets: not an STL file, or empty"),
        (b"solid a\nendsolid a\n", "no facets"),
        (bytes(84), "its count says 0 and nothing follows"),
        (bytes(80) + struct.pack("<I", 2**31) + bytes(50), "or only zeros"),
        (b"solid a\nfacet\nouter loop\nvertex 0 0 x\nvertex 0 0 0\nvertex 1 1 1\nendloop\nendfacet\n", "is no number"),
    ],
)
def test_stl_that_cannot_be_read(tmp_path, content, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, content, "a.stl")


def off(points, faces, keyword="OFF", vertex="", counts=None):
    lines = [keyword, counts or f"{len(points)} {len(faces)} 0"]
    lines += [f"{x:g} {y:g} {z:g}{vertex}" for x, y, z in points]
    return "\n".join([*lines, *(f"{len(face)} " + " ".join(map(str, face)) for face in faces)]) + "\n"


def test_off_with_faces_of_any_number_of_corners(tmp_path):
    content = read(tmp_path, off(*u_prism()), "a.off")
    assert content.mesh.volume == pytest.approx(U_VOLUME)
    assert (content.assumed.polygons, content.assumed.concave) == (10, 2)
    points, faces = boxes()
    content = read(tmp_path, off(points, [*faces[:8], *triangles_of(faces[8:])]), "a.off")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("OFF\n", "OFF "),
        lambda text: text.replace("OFF\n", "OFF"),
        lambda text: text.replace("OFF\n", "off\n"),
        lambda text: text.replace("OFF\n", ""),
        lambda text: text.replace("\n", "  # said\n\n# more\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.replace(" 0\n", "\n", 1),
        lambda text: text.replace("0 0 20\n", "0 0\n20\n").replace("4 0 3 2 1", "4 0 3\n2 1"),
    ],
)
def test_spellings_of_off(tmp_path, changed):
    assert read(tmp_path, changed(off(*boxes())), "a.off").mesh.volume == pytest.approx(BOXES_VOLUME)


@pytest.mark.parametrize(
    ("keyword", "vertex", "colour"),
    [
        ("COFF", " 0.8 0.2 0 1.0", (204, 51, 0)),
        ("COFF", " 200 30 10 255", (200, 30, 10)),
        ("COFF", " 1 0 0", (255, 0, 0)),
        ("CNOFF", " 0 0 1 200 30 10 255", (200, 30, 10)),
        ("STCOFF", " 200 30 10 255 0.5 0.25", (200, 30, 10)),
        ("STCNOFF", " 0 0.6 -0.8 200 30 10 255 0.5 0.25", (200, 30, 10)),
        ("NCOFF", " 200 30 10 255 0 0.6 -0.8", (200, 30, 10)),
        ("NCOFF", " 0 0.6 -0.8 0.8 0.2 0 1.0", (204, 51, 0)),
        ("NCSTOFF", " 200 30 10 255 0 0.6 -0.8 0.5 0.25", (200, 30, 10)),
        ("CNOFF", " 0 0 1", (176, 176, 176)),
        ("NOFF", " 0 0 1", (176, 176, 176)),
        ("OFF", " 200 30 10", (200, 30, 10)),
        ("OFF", " 0.0 0.6 -0.8", (176, 176, 176)),
    ],
)
def test_colours_of_off_vertices(tmp_path, keyword, vertex, colour):
    content = read(tmp_path, off(*boxes(), keyword, vertex), "a.off")
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert np.unique(content.mesh.visual.face_colors[:, :3], axis=0).tolist() == [list(colour)]


def test_colours_of_off_faces(tmp_path):
    text = "COFF\n4 3 0\n0 0 0 9 9 9 255\n1 0 0 9 9 9 255\n0 1 0 9 9 9 255\n0 0 1 9 9 9 255\n"
    content = read(tmp_path, text + "3 0 1 2 255 0 0\n3 0 1 3 0 0 255 255\n3 1 2 3\n", "a.off")
    assert content.mesh.visual.face_colors[:, :3].tolist() == [[255, 0, 0], [0, 0, 255], [9, 9, 9]]
    assert content.assumed.colours == "faces"
    content = read(tmp_path, text.replace("COFF", "OFF") + "3 0 1 2 0.5 0 1.0\n3 0 1 3 1 1 1\n3 1 2 3 4\n", "a.off")
    assert content.mesh.visual.face_colors[:2, :3].tolist() == [[128, 0, 255], [255, 255, 255]]
    assert content.assumed.features == ("colours by number in a map, left out",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it does not begin with OFF"),
        ("OFF\n3 0 0\n0 0 0\n1 0 0\n0 1 0\n", "holds no triangles .only points"),
        ("OFF\n0 0 0\n", "holds no triangles .no vertices"),
        ("OFF BINARY\n", "is binary OFF, which is not read; save it as text"),
        ("4OFF\n1 1 0\n0 0 0 0\n", "more than three dimensions"),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n", "ends before all vertices and faces are there"),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", "names a vertex that is not there"),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n2 0 1\n", "fewer than three corners"),
        ("OFF\n3000000000 1 0\n", "holds more than 2000000 triangles"),
    ],
)
def test_off_that_cannot_be_read(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, text, "a.off")


def test_what_trimesh_writes_is_read(tmp_path):
    box = trimesh.creation.box(extents=(1, 2, 3))
    for name in ("a.stl", "a.off"):
        box.export(tmp_path / name)
        assert read_mesh_file(tmp_path / name).mesh.volume == pytest.approx(6)
