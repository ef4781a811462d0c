"""What lies beside a mesh file: odd spellings are found, and nothing else is touched."""

import json
import os
import unicodedata

import numpy as np
import pytest
from gltf_files import Glb
from PIL import Image

from core.data.meshes.companions import Companions
from core.data.meshes.files import read_mesh_file
from core.data.meshes.parts import shown
from core.data.meshes.pictures import decoded_picture
from core.errors import DatasetError

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1\n"


@pytest.fixture
def beside(tmp_path):
    (tmp_path / "inside" / "maps").mkdir(parents=True)
    (tmp_path / "outside.png").write_bytes(b"secret")
    return Companions(tmp_path / "inside" / "mesh.obj"), tmp_path / "inside"


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("maps/wood.png", "maps\\wood.png"),
        ("wood.png", "C:\\scenes\\wood.png"),
        ("wood.png", "/scenes/chairs/wood.png"),
        ("maps/wood.png", "MAPS/Wood.PNG"),
        ("maps/wood.png", "./maps/../maps/wood.png"),
        ("a b.png", "a%20b.png"),
        ("a%20b.png", "a%20b.png"),
        (unicodedata.normalize("NFD", "größe.png"), unicodedata.normalize("NFC", "größe.png")),
    ],
)
def test_names_as_other_systems_spell_them(beside, there, asked):
    companions, folder = beside
    (folder / there).write_bytes(b"content")
    assert companions.read(asked) == b"content"
    assert list(companions.found) == [folder / there]


@pytest.mark.parametrize(
    "name", ["../outside.png", "maps/../../outside.png", "..\\outside.png", "%2e%2e/outside.png", "a\0b"]
)
def test_nothing_outside_the_folder_is_read(beside, name):
    companions, _ = beside
    with pytest.raises(FileNotFoundError, match="missing beside the mesh"):
        companions.read(name)
    with pytest.raises(FileNotFoundError):
        companions.read(str(companions._inside.parent / "outside.png"))
    assert not companions.found


def test_links_that_lead_outside_are_not_followed(beside):
    companions, folder = beside
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    with pytest.raises(FileNotFoundError):
        companions.read("link.png")


@pytest.mark.parametrize("name", ["x" * 5000, "", ".", "maps", "y/" * 3000])
def test_names_that_cannot_be_a_file(beside, name):
    with pytest.raises(FileNotFoundError, match=r"is missing beside the mesh$") as caught:
        beside[0].read(name)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("role", ["library", "picture", "mesh", "buffer"])
def test_pipes_and_devices_are_not_waited_for(tmp_path, role):
    os.mkfifo(tmp_path / "pipe")
    if role == "mesh":
        os.mkfifo(tmp_path / "mesh.obj")
        with pytest.raises(DatasetError, match=r"mesh\.obj: cannot be read \(not an ordinary file\)"):
            read_mesh_file(tmp_path / "mesh.obj")
    elif role == "buffer":
        glb = Glb()
        glb.primitive([(0, 0, 0), (1, 0, 0), (0, 1, 0)], None)
        glb.json["buffers"] = [{"uri": "pipe", "byteLength": 36}]
        (tmp_path / "a.gltf").write_text(json.dumps(glb.json))
        with pytest.raises(DatasetError, match=r"a\.gltf: cannot be read \(pipe is missing beside the mesh\)"):
            read_mesh_file(tmp_path / "a.gltf")
    else:
        (tmp_path / "m.mtl").write_text("newmtl m\nmap_Kd pipe\n")
        library = "pipe" if role == "library" else "m.mtl"
        (tmp_path / "mesh.obj").write_text(f"mtllib {library}\n{TRIANGLE}")
        assert read_mesh_file(tmp_path / "mesh.obj").missing == ("pipe",)


def test_names_are_shown_in_one_short_line():
    assert shown("wood.png") == "wood.png"
    assert shown("two\nlines\x1b[31m") == "two?lines?[31m"
    assert len(shown("x" * 5000 + "end.png")) == 60


def stored(tmp_path, pixels, mode=None, ending="png"):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(np.asarray(pixels), mode).save(path)
    return path.read_bytes()


def test_pictures_become_rgb_of_eight_bits(tmp_path):
    grey = decoded_picture(stored(tmp_path, np.full((2, 2), 128 * 257, np.uint16)))
    assert (grey.mode, grey.getpixel((0, 0))) == ("RGB", (128, 128, 128))
    assert decoded_picture(stored(tmp_path, np.full((2, 3000), 7, np.uint8))).width == 1024
    tga = decoded_picture(stored(tmp_path, np.full((2, 2, 3), 9, np.uint8), ending="tga"))
    assert tga.getpixel((1, 1)) == (9, 9, 9)
    seen = np.zeros((2, 2, 4), np.uint8)
    seen[0] = 255
    assert decoded_picture(stored(tmp_path, seen)).mode == "RGBA"
    assert decoded_picture(stored(tmp_path, seen), alpha=False).mode == "RGB"
    indexed = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    indexed.putpalette([1, 2, 3, 4, 5, 6])
    indexed.save(tmp_path / "p.png", transparency=1)
    assert decoded_picture((tmp_path / "p.png").read_bytes()).getpixel((1, 0))[3] == 0


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n" + bytes(40)]
)
def test_pictures_that_cannot_be_read(content):
    with pytest.raises(ValueError, match="picture"):
        decoded_picture(content)
