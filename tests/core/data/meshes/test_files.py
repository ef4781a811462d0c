"""Every format written by trimesh and read back; colours, scenes, and files that are damaged or ask for too much."""

import base64
import json
import struct

import numpy as np
import pytest
import trimesh
from PIL import Image

from core.data.meshes import files, parts, pictures
from core.data.meshes.files import read_mesh_file
from core.errors import DatasetError

RED, BLUE = (200, 10, 10, 255), (10, 10, 200, 255)


def coloured_box(extents=(1, 2, 3)):
    """A box whose faces towards +x are red, the others blue."""
    mesh = trimesh.creation.box(extents=extents)
    mesh.visual.face_colors = [RED if normal[0] > 0.5 else BLUE for normal in mesh.face_normals]
    return mesh


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl", "glb"])
def test_every_format_is_read_back(tmp_path, ending):
    path = tmp_path / f"box.{ending.upper()}"
    path.write_bytes(export(coloured_box(), ending))
    content = read_mesh_file(path)
    assert content.mesh.area == pytest.approx(22)
    assert content.mesh.volume == pytest.approx(6)
    assert (content.textures, content.missing, content.files) == (0, (), (path,))


def export(mesh, ending):
    data = mesh.export(file_type=ending)
    return data.encode() if isinstance(data, str) else data


def test_face_colours_of_a_ply_are_kept(tmp_path):
    (tmp_path / "box.ply").write_bytes(export(coloured_box(), "ply"))
    mesh = read_mesh_file(tmp_path / "box.ply").mesh
    front = mesh.face_normals[:, 0] > 0.5
    assert (mesh.visual.face_colors[front] == RED).all()
    assert (mesh.visual.face_colors[~front] == BLUE).all()


def test_gltf_with_its_buffer_and_linear_colours(tmp_path):
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[0.5, 1.0, 0.0, 1.0])
    box = trimesh.creation.box()
    box.visual = trimesh.visual.TextureVisuals(material=material)
    for name, content in trimesh.exchange.gltf.export_gltf(trimesh.Scene(box)).items():
        (tmp_path / name).write_bytes(content)
    content = read_mesh_file(tmp_path / "model.gltf")
    # 0.5 of the light is 188 of 255 in sRGB (IEC 61966-2-1).
    np.testing.assert_array_equal(np.unique(content.mesh.visual.face_colors, axis=0), [[188, 255, 0, 255]])
    assert [path.suffix for path in content.files] == [".gltf", ".bin", ".bin"]
    (tmp_path / content.files[1].name).unlink()
    with pytest.raises(DatasetError, match=r"model\.gltf.*missing"):
        read_mesh_file(tmp_path / "model.gltf")


def test_scenes_are_flattened_with_their_transforms(tmp_path):
    scene = trimesh.Scene()
    box = coloured_box((1, 1, 1))
    box.unmerge_vertices()  # GLB keeps colours at vertices
    scene.add_geometry(box, transform=trimesh.transformations.translation_matrix((5, 0, 0)))
    mirror = np.diag([-1.0, 1, 1, 1])
    scene.add_geometry(box, transform=mirror)
    scene.add_geometry(trimesh.PointCloud(np.full((4, 3), 99.0)))
    scene.export(tmp_path / "scene.glb")
    mesh = read_mesh_file(tmp_path / "scene.glb").mesh
    np.testing.assert_allclose(mesh.bounds, [[-0.5, -0.5, -0.5], [5.5, 0.5, 0.5]])
    assert mesh.volume == pytest.approx(2)  # the mirrored one is not inside out
    red = mesh.triangles_center[(mesh.visual.face_colors == RED).all(1)]
    assert sorted({round(float(x), 3) for x in red[:, 0]}) == [-0.5, 5.5]


def write_textured_obj(folder, picture="wood.png", named=None):
    """Two triangles under a picture, and one beside them under a plain material."""
    (folder / "box.obj").write_text(
        "mtllib box.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 3 0 0\nv 4 0 0\nv 4 1 0\n"
        "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl wood\nf 1/1 2/2 3/3\nf 1/1 3/3 4/4\nusemtl paint\nf 5 6 7\n"
    )
    (folder / "box.mtl").write_text(
        f"newmtl wood\nKd 1 1 1\nmap_Kd {named or picture}\n\nnewmtl paint\nKd 0.2 0.4 0.6\n"
    )
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = RED[:3]
    pixels[4:] = BLUE[:3]
    Image.fromarray(pixels).save(folder / picture)


@pytest.mark.parametrize("named", [None, "C:\\scenes\\chair\\wood.png"])
def test_pictures_and_plain_materials_lie_side_by_side(tmp_path, named):
    write_textured_obj(tmp_path, named=named)
    content = read_mesh_file(tmp_path / "box.obj")
    assert (content.textures, content.missing) == (1, ())
    assert [path.name for path in content.files] == ["box.obj", "box.mtl", "wood.png"]
    visual = content.mesh.visual
    pictured = content.mesh.triangles_center[:, 0] < 2
    materials = [visual.material.materials[number] for number in visual.face_materials]
    assert [material.image is not None for material in materials] == pictured.tolist()
    assert tuple(materials[int(np.flatnonzero(~pictured)[0])].diffuse) == (51, 102, 153, 255)
    top = np.isclose(content.mesh.vertices[:, 1], 1) & (content.mesh.vertices[:, 0] < 2)
    np.testing.assert_array_equal(visual.uv[top][:, 1], 1)


def test_missing_and_damaged_pictures_leave_a_plain_colour(tmp_path):
    write_textured_obj(tmp_path)
    (tmp_path / "wood.png").write_bytes((tmp_path / "wood.png").read_bytes()[:50])
    content = read_mesh_file(tmp_path / "box.obj")
    assert content.textures == 0
    assert content.missing
    (tmp_path / "wood.png").unlink()
    content = read_mesh_file(tmp_path / "box.obj")
    assert (content.textures, content.missing) == (0, ("wood.png",))
    assert (content.mesh.visual.face_colors == (51, 102, 153, 255)).all(1).sum() == 1


def test_huge_pictures_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 63)
    write_textured_obj(tmp_path)
    assert read_mesh_file(tmp_path / "box.obj").textures == 0


def test_nothing_outside_the_folder_is_read(tmp_path):
    (tmp_path / "inside").mkdir()
    write_textured_obj(tmp_path / "inside", named="../secret.png")
    (tmp_path / "inside" / "wood.png").rename(tmp_path / "secret.png")
    content = read_mesh_file(tmp_path / "inside" / "box.obj")
    assert (content.textures, content.missing) == (0, ("../secret.png",))


def gltf(path, **changes):
    """One triangle as glTF, with some of its parts replaced."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "f4").tobytes()
    buffer = points + np.arange(3, dtype="u4").tobytes()
    uri = "data:application/octet-stream;base64," + base64.b64encode(buffer).decode()
    content = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(buffer), "uri": uri}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 12},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5125, "count": 3, "type": "SCALAR"},
        ],
    }
    path.write_text(json.dumps(content | changes))


def test_few_bytes_cannot_ask_for_all_memory(tmp_path):
    gltf(tmp_path / "good.gltf")
    assert len(read_mesh_file(tmp_path / "good.gltf").mesh.faces) == 1
    endless = {"componentType": 5126, "count": 10**10, "type": "VEC3"}
    gltf(tmp_path / "bomb.gltf", accessors=[endless, {"componentType": 5125, "count": 3, "type": "SCALAR"}])
    with pytest.raises(DatasetError, match=r"bomb\.gltf: holds more than 2000000 triangles"):
        read_mesh_file(tmp_path / "bomb.gltf")
    (tmp_path / "bomb.stl").write_bytes(bytes(80) + struct.pack("<I", 2**31) + bytes(50))
    with pytest.raises(DatasetError, match=r"bomb\.stl"):
        read_mesh_file(tmp_path / "bomb.stl")


def test_scenes_that_contain_themselves_come_to_an_end(tmp_path):
    gltf(tmp_path / "loop.gltf", nodes=[{"mesh": 0, "children": [1]}, {"children": [0]}])
    assert len(read_mesh_file(tmp_path / "loop.gltf").mesh.faces) == 1


def test_limits(tmp_path, monkeypatch):
    (tmp_path / "box.ply").write_bytes(export(coloured_box(), "ply"))
    monkeypatch.setattr(parts, "MAX_TRIANGLES", 11)
    with pytest.raises(DatasetError, match=r"box\.ply: holds more than 11 triangles; simplify"):
        read_mesh_file(tmp_path / "box.ply")
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(DatasetError, match=r"box\.ply: has more than 0\.0001 MB; simplify the mesh"):
        read_mesh_file(tmp_path / "box.ply")


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl", "glb", "gltf"])
@pytest.mark.parametrize("text", ["", "no mesh at all\n"])
def test_other_files_are_refused_in_one_line(tmp_path, ending, text):
    path = tmp_path / f"file.{ending}"
    path.write_text(text)
    with pytest.raises(DatasetError) as caught:
        read_mesh_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ending", ["ply", "glb"])
def test_truncated_files_are_refused(tmp_path, ending):
    path = tmp_path / f"cut.{ending}"
    path.write_bytes(export(coloured_box(), ending)[:-30])
    with pytest.raises(DatasetError, match=rf"cut\.{ending}: "):
        read_mesh_file(path)


@pytest.mark.parametrize("ending", ["obj", "off", "ply", "stl", "glb"])
def test_changed_bytes_never_get_past_as_another_error(tmp_path, ending):
    good = export(coloured_box(), ending)
    rng = np.random.default_rng(0)
    path = tmp_path / f"file.{ending}"
    read = 0
    for _ in range(30):
        bad = bytearray(good)
        for place in rng.integers(len(bad), size=rng.integers(1, 8)):
            bad[place] = rng.integers(256)
        path.write_bytes(bytes(bad))
        try:
            mesh = read_mesh_file(path).mesh
        except DatasetError:
            continue
        read += 1
        assert np.isfinite(mesh.vertices).all()
        assert mesh.faces.max() < len(mesh.vertices)
    assert read < 30 or ending == "stl"


def test_points_alone_and_unknown_endings_and_missing_files(tmp_path):
    trimesh.PointCloud(np.random.default_rng(0).random((10, 3))).export(tmp_path / "points.ply")
    with pytest.raises(DatasetError, match=r"points\.ply: holds no triangles"):
        read_mesh_file(tmp_path / "points.ply")
    with pytest.raises(DatasetError, match=r"model\.dae: not a mesh file"):
        read_mesh_file(tmp_path / "model.dae")
    with pytest.raises(DatasetError, match=r"gone\.obj: cannot be read"):
        read_mesh_file(tmp_path / "gone.obj")


def test_vertices_that_are_not_there_or_not_finite(tmp_path):
    (tmp_path / "far.off").write_text("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n")
    (tmp_path / "nan.obj").write_text("v 0 0 0\nv 1 0 nan\nv 0 1 0\nf 1 2 3\n")
    (tmp_path / "endless.obj").write_text("v 0 0 0\nv 1 0 1e300\nv 0 1 0\nf 1 2 3\n")
    for name in ("far.off", "nan.obj", "endless.obj"):
        with pytest.raises(DatasetError, match=f"{name}: damaged"):
            read_mesh_file(tmp_path / name)
