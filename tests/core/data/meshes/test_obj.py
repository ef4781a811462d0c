"""OBJ as other programs write it, against solids of known volume and colours chosen by hand."""

import numpy as np
import pytest
from PIL import Image
from solids import BOXES, BOXES_VOLUME, U_VOLUME, box, boxes, u_prism

from core.data.meshes.files import read_mesh_file
from core.errors import DatasetError

GREY = (176, 176, 176)


def statements(points, faces, first=1):
    lines = [f"v {x:g} {y:g} {z:g}" for x, y, z in points]
    return [*lines, *("f " + " ".join(str(corner + first) for corner in face) for face in faces)]


def read(tmp_path, text, name="mesh.obj"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_mesh_file(path)


def face_colours(content):
    """The plain colour of each face, or its picture's first pixel."""
    visual = content.mesh.visual
    if not hasattr(visual, "material"):
        return visual.face_colors[:, :3].tolist()
    kinds = [
        list(np.asarray(one.image)[0, 0, :3]) if one.image else list(one.diffuse[:3])
        for one in visual.material.materials
    ]
    return [list(map(int, kinds[number])) for number in visual.face_materials]


def test_blocks_with_negative_indices(tmp_path):
    lines = [line for bounds in BOXES for line in statements(*box(*bounds), first=-8)]
    content = read(tmp_path, "\n".join(lines))
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)
    assert content.assumed.features == ("negative indices",)
    assert content.assumed.polygons == 18


def test_negative_places_on_the_picture(tmp_path):
    (tmp_path / "m.mtl").write_text("newmtl m\nmap_Kd p.png\n")
    Image.new("RGB", (4, 4), (1, 2, 3)).save(tmp_path / "p.png")
    text = "mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nvn 0 0 1\n"
    text += "usemtl m\nf -3/-3/-1 -2/-2/-1 -1/-1/-1"
    content = read(tmp_path, text)
    np.testing.assert_array_equal(content.mesh.visual.uv, content.mesh.vertices[:, :2])


def test_concave_faces_stay_open(tmp_path):
    content = read(tmp_path, "\n".join(statements(*u_prism())))
    assert content.mesh.volume == pytest.approx(U_VOLUME)
    assert (content.assumed.polygons, content.assumed.concave) == (10, 2)


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\n".join("\t " + line.replace(" ", "  \t") + "  " for line in text.split("\n")),
        lambda text: "# made by hand\n" + text.replace("\n", " # said\n").replace("f ", "\nf ") + "\ns off\ng",
        lambda text: "\n".join(line.replace(" ", " \\\n ", 2) for line in text.split("\n")),
        lambda text: "\n".join(line.replace(" ", " \\ \t\r\n ", 2) for line in text.split("\n")),
        lambda text: text.replace("\nf ", "\n# from C:\\models\\\nf ", 1),
        lambda text: "\n".join(line.replace(" ", " \\\n ", 2) + "\n  # C:\\ " for line in text.split("\n")),
        lambda text: text.replace("v 32 ", "v 3.2E+01 "),
        lambda text: text.replace("f ", "fo ").replace("\nv", " 1.0\nv"),
    ],
)
def test_spellings_of_the_same_file(tmp_path, changed):
    content = read(tmp_path, changed("\n".join(statements(*boxes()))))
    assert content.mesh.volume == pytest.approx(BOXES_VOLUME)


def with_materials(tmp_path, library, faces, more=""):
    """A square of two triangles and one beside it."""
    if library is not None:
        (tmp_path / "m.mtl").write_text(library)
    Image.new("RGB", (4, 4), (10, 200, 30)).save(tmp_path / "p.png")
    points = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 3 0 0\nv 4 0 0\nv 4 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"
    return read(tmp_path, f"mtllib m.mtl\n{more}{points}{faces}\n")


def test_faces_without_places_on_the_picture_have_the_colour_of_their_material(tmp_path):
    content = with_materials(tmp_path, "newmtl m\nKd 0.2 0.4 0.6\nmap_Kd p.png\n", "usemtl m\nf 1/1 2/2 3/3\nf 5 6 7")
    assert sorted(face_colours(content)) == [[10, 200, 30], [51, 102, 153]]
    assert (content.textures, content.missing) == (1, ())
    assert content.assumed.colours == "materials, pictures"


def test_materials_that_no_library_defines_are_grey_and_told(tmp_path):
    content = with_materials(tmp_path, "newmtl m\nKd 1 0 0\n", "usemtl gone\nf 1/1 2/2 3/3\nusemtl m\nf 5 6 7")
    assert face_colours(content) == [list(GREY), [255, 0, 0]]
    assert (content.textures, content.missing) == (0, ("material gone",))
    content = with_materials(tmp_path, "newmtl m\nKd 1 0 0\n", "usemtl None\nf 1 2 3\nusemtl (null)\nf 5 6 7")
    assert (face_colours(content), content.missing) == ([list(GREY)] * 2, ())
    (tmp_path / "m.mtl").unlink()
    content = with_materials(tmp_path, None, "usemtl m\nf 1 2 3")
    assert content.missing == ("m.mtl",)


def test_a_material_without_colour_is_grey_and_one_value_counts_thrice(tmp_path):
    content = with_materials(tmp_path, "newmtl a\nKs 1 1 1\nnewmtl b\nKd 0.5\n", "usemtl a\nf 1 2 3\nusemtl b\nf 5 6 7")
    assert face_colours(content) == [list(GREY), [128, 128, 128]]


@pytest.mark.parametrize(
    ("line", "uv", "clamp"),
    [
        ("map_Kd p.png", [0, 1], False),
        ("map_Kd -s 2 3 1 p.png", [0, 3], False),
        ("map_Kd -s 2 p.png", [0, 2], False),
        ("map_Kd -o 0.5 0.25 -s 2 3 p.png", [0.5, 3.25], False),
        ("map_Kd -o 0.5 p.png", [0.5, 1], False),
        ("map_Kd -t 0.5 0 0 -blendu off -mm 0 1 -clamp on p.png", [0.5, 1], True),
        ("MAP_KD -bm 1.0 -imfchan m p.png  ", [0, 1], False),
        ("map_Kd C:\\scenes\\P.PNG", [0, 1], False),
        ("map_Kd my picture.png", [0, 1], False),
        ("map_Kd -s 1 1 1 my picture.png", [0, 1], False),
        ('map_Kd "my picture.png"', [0, 1], False),
        ("map_Kd -odd.png", [0, 1], False),
    ],
)
def test_pictures_with_options_and_odd_names(tmp_path, line, uv, clamp):
    for name in ("my picture.png", "-odd.png"):
        Image.new("RGB", (4, 4), (10, 200, 30)).save(tmp_path / name)
    content = with_materials(tmp_path, f"newmtl m\n{line}\n", "usemtl m\nf 1/1 2/2 4/4")
    assert (content.textures, content.missing) == (1, ())
    at_top = np.flatnonzero(np.all(content.mesh.vertices == [0, 1, 0], axis=1))
    np.testing.assert_allclose(content.mesh.visual.uv[at_top], [uv])
    assert content.mesh.visual.material.materials[0].kwargs["clamp"] == clamp


@pytest.mark.parametrize(
    "line", ["mtllib a.mtl b.mtl", "mtllib a.mtl\nmtllib b.mtl", 'mtllib "a.mtl" "b.mtl"', "mtllib  a.mtl\tb.mtl "]
)
def test_several_libraries(tmp_path, line):
    (tmp_path / "a.mtl").write_text("newmtl one\nKd 1 0 0\n")
    (tmp_path / "b.mtl").write_text("newmtl two\nKd 0 0 1\n")
    content = read(tmp_path, f"{line}\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl one\nf 1 2 3\nusemtl two\nf 3 2 1")
    assert face_colours(content) == [[255, 0, 0], [0, 0, 255]]
    assert (content.missing, len(content.files)) == ((), 3)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("library", ["utf-8", "latin-1"])
def test_names_in_latin_letters(tmp_path, encoding, library):
    (tmp_path / "stühle à 2.mtl").write_bytes("newmtl größe\nKd 1 0 0\n".encode(library))
    text = "mtllib stühle à 2.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl größe\nf 1 2 3"
    content = read(tmp_path, text.encode(encoding))
    assert (face_colours(content), content.missing) == ([[255, 0, 0]], ())


def test_colours_of_vertices(tmp_path):
    square = "v 0 0 0 {0}\nv 1 0 0 {0}\nv 1 1 0 {0}\nv 0 1 0 {0}\nf 1 2 3\nf 1 3 4"
    for colour in ("1 0.2 0", "255 51 0", "1 0.2 0 1"):
        content = read(tmp_path, square.format(colour))
        assert face_colours(content) == [[255, 51, 0]] * 2
        assert content.assumed.colours == "vertices"
    assert face_colours(read(tmp_path, square.format("1 1 1"))) == [list(GREY)] * 2
    assert face_colours(read(tmp_path, square.format("1"))) == [list(GREY)] * 2  # a weight


def test_colours_of_vertices_lie_under_no_picture_and_over_the_material(tmp_path):
    (tmp_path / "m.mtl").write_text("newmtl m\nKd 0 0 1\nmap_Kd gone.png\n")
    text = "mtllib m.mtl\nv 0 0 0 1 0 0\nv 1 0 0 1 0 0\nv 0 1 0 1 0 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1"
    content = read(tmp_path, text)
    assert (face_colours(content), content.textures, content.missing) == ([[255, 0, 0]], 0, ("gone.png",))


def test_a_picture_lets_through_what_its_alpha_says(tmp_path):
    content = with_materials(tmp_path, "newmtl m\nmap_Kd q.png\n", "usemtl m\nf 1/1 2/2 3/3")
    assert content.missing == ("q.png",)
    for values, mode in (((0, 255), "RGBA"), ((255, 255), "RGB"), ((0, 0), "RGB")):
        pixels = np.full((2, 2, 4), 90, np.uint8)
        pixels[..., 3] = values
        Image.fromarray(pixels).save(tmp_path / "q.png")
        content = with_materials(tmp_path, "newmtl m\nmap_Kd q.png\n", "usemtl m\nf 1/1 2/2 3/3")
        assert content.mesh.visual.material.materials[0].image.mode == mode
        assert ("see-through pictures" in content.assumed.features) == (mode == "RGBA")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no triangles (no vertices and no faces"),
        ("v 0 0 0\nv 1 0 0\nl 1 2\np 1", "holds no triangles (only points and lines)"),
        ("v 0 0 0\ncstype bezier\nsurf 0 1 0 1 1", "holds no triangles (only free-form curves and surfaces)"),
        ("v 0 0 0\nv 1 0 0\nf 1 2", "holds no triangles (only faces of fewer than three corners)"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4", "a face names a vertex that is not there"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2", "a face names a vertex that is not there"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf -4 1 2", "a face names a vertex that is not there"),
        ("v 0 0\nf 1 1 1", "a vertex of fewer than three coordinates"),
    ],
)
def test_what_cannot_be_read_is_said_as_it_is(tmp_path, text, message):
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
