"""Small files that ask for gigabytes: each reader takes little more memory than the file needs, and says why not.

Measured in a process of its own, as the largest size a process ever had never falls again.
"""

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import torch
from gltf_files import Glb
from PIL import Image
from safetensors import safe_open
from tiny_training import make_packed, tiny_config

from core.checkpoint import save_checkpoint
from core.network.building import build_network

SPARE_MEGABYTES = 1000
REPOSITORY = Path(__file__).resolve().parents[2]
READS = {
    "picture": "core.data.images.load_picture(path)",
    "binvox": "core.data.binvox.load_binvox(path)",
    "mat": "core.data.pix3d_voxels.read_voxels(path, path)",
    "mesh": "core.data.meshes.examining.examine(path)",
    "packed": "core.data.packed.PackedDataset(path)",
    "checkpoint": "core.checkpoint.load_checkpoint(path).build()",
    "config": "core.config.Mem3DConfig.from_file(path)",
}
"""What reads a file of each kind."""
MEASURE = """
import json, os, signal, sys
from pathlib import Path
import core.checkpoint, core.config, core.data.binvox, core.data.images, core.data.meshes.examining, core.data.packed
import core.data.pix3d_voxels
from core.errors import Mem3DError

def megabytes(what):
    # Not ru_maxrss, which begins with the size of the process that started this one.
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1000

for name, path, read in json.load(sys.stdin):
    sys.stdout.flush()
    if os.fork() == 0:
        signal.alarm(60)
        before, said, path = megabytes("VmRSS"), "", Path(path)
        try:
            eval(read)
        except Mem3DError as error:
            said = str(error)
        print(json.dumps([name, megabytes("VmHWM") - before, said]), flush=True)
        os._exit(0)
    os.wait()
"""


def zeros(gigabytes):
    """That much of nothing, deflated to a thousandth of it: one block again and again, as packing it all takes long."""
    size, count, packer = 1 << 24, int(gigabytes * 64), zlib.compressobj(9)
    first, again = (packer.compress(bytes(size)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = struct.pack(">HH", size * count % 65521, 1)
    return first + again * (count - 1) + packer.flush()[:-4] + checksum


def png(path, width, height, depth=8, colours=6, data=b"", chunks=()):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    rest = b"".join(chunk(*one) for one in (*chunks, (b"IDAT", data), (b"IEND", b"")))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + rest)
    return path


def wide_picture(folder):
    return png(folder / "a.png", 60000, 60000, data=zeros(1))


def picture_with_a_long_text(folder):
    text = b"Comment\x00\x00" + zeros(2)
    row = zlib.compress((b"\x00" + b"\x80\x40\x20\xff" * 64) * 64)
    return png(folder / "a.png", 64, 64, data=row, chunks=[(b"zTXt", text)])


def picture_with_a_long_profile(folder):
    profile = b"sRGB\x00\x00" + zeros(2)
    row = zlib.compress((b"\x00" + b"\x80\x40\x20\xff" * 64) * 64)
    return png(folder / "a.png", 64, 64, data=row, chunks=[(b"iCCP", profile)])


def wide_tiff(folder):
    path = folder / "a.tiff"
    Image.new("L", (64, 64), 90).save(path, compression="tiff_adobe_deflate")
    content = path.read_bytes()
    for tag in (256, 257, 278):  # width, height, rows of a strip
        for kind, code in ((3, "<H"), (4, "<L")):
            old = struct.pack("<HHL", tag, kind, 1) + struct.pack(code, 64).ljust(4, b"\0")
            content = content.replace(old, struct.pack("<HHLL", tag, 4, 1, 200_000))
    path.write_bytes(content)
    return path


def wide_grid(folder):
    path = folder / "a.binvox"
    head = b"#binvox 1\ndim 100000 100000 100000\ntranslate 0 0 0\nscale 1\ndata\n"
    path.write_bytes(head + b"\x01\xff" * 1000)
    return path


def packed_voxels(folder):
    """A MATLAB file of a compressed array of 2 GB."""
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<HH", 0x0100, 0x4D49)
    content = zeros(2)
    path = folder / "voxel.mat"
    path.write_bytes(header + struct.pack("<II", 15, len(content)) + content)
    return path


def ply_of_two_billion(folder):
    path = folder / "a.ply"
    properties = "".join(f"property float {axis}\n" for axis in "xyz")
    faces = "element face 2000000000\nproperty list uchar int vertex_indices\n"
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex 2000000000\n{properties}{faces}end_header\n"
    path.write_bytes(head.encode() + bytes(1000))
    return path


def off_of_two_billion(folder):
    path = folder / "a.off"
    path.write_text("OFF\n2000000000 2000000000 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")
    return path


def obj_of_far_corners(folder):
    path = folder / "a.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 1 2 2000000000\nf -1 -2 -2000000000\n")
    return path


def scene_of_doubled_nodes(folder):
    """Forty nodes, each of which has the next one twice: 2^40 triangles."""
    scene = Glb()
    scene.primitive([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)])
    scene.json["nodes"] = [*({"children": [i + 1, i + 1]} for i in range(40)), {"mesh": 0}]
    return scene.save(folder / "a.glb")


def sparse_accessor_of_ten_billion(folder):
    scene = Glb()
    scene.primitive([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2)])
    for accessor in scene.json["accessors"]:
        accessor["count"] = 10**10
        del accessor["bufferView"]
    return scene.save(folder / "a.glb")


def mesh_with_a_wide_texture(folder):
    png(folder / "t.png", 60000, 60000, data=zeros(1))
    (folder / "a.mtl").write_text("newmtl m\nmap_Kd t.png\n")
    path = folder / "a.obj"
    corners = "v 0 0 0\nvt 0 0\nv 1 0 0\nvt 1 0\nv 0 1 1\nvt 0 1\n"
    path.write_text(f"mtllib a.mtl\nusemtl m\n{corners}f 1/1 2/2 3/3\n")
    return path


def packed_set_of_a_billion_grids(folder):
    make_packed(folder / "set", (2, 1, 1))
    for name in ("voxels.npy", "offsets.npy"):
        path = folder / "set" / name
        content = path.read_bytes()
        start = content.index(b"'shape': (") + len(b"'shape': (")
        end = content.index(b")", start)
        wide = content[start:end].split(b",")
        claim = b",".join((b"1000000000", *wide[1:]))
        head = content[:end].replace(content[start:end], claim) + content[end:128].rstrip(b" \n")
        path.write_bytes(head.ljust(127) + b"\n" + content[128:])
    return folder / "set"


def checkpoint_of_the_papers_sizes(folder):
    """A small file whose configuration claims a hundred times its network."""
    config = tiny_config("boxes")
    torch.manual_seed(0)
    save_checkpoint(folder / "small.safetensors", build_network(config.model).eval(), config, step=1, metrics={})
    with safe_open(folder / "small.safetensors", "pt") as file:
        metadata = file.metadata()
    settings = json.loads(metadata["config"])
    settings["model"] |= {"memory_slots": 10_000_000, "lstm_hidden": 65536}
    return _claiming(folder, metadata | {"config": json.dumps(settings)})


def checkpoint_of_a_long_header(folder):
    path = folder / "a.safetensors"
    path.write_bytes(struct.pack("<Q", 1 << 40) + b'{"a": 1}')
    return path


def _claiming(folder, metadata):
    """The small checkpoint with other metadata."""
    content = (folder / "small.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = metadata
    text = json.dumps(header).encode()
    path = folder / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + length :])
    return path


def deep_configuration(folder):
    path = folder / "a.json"
    path.write_text('{"model": ' + "[" * 500_000 + "]" * 500_000 + "}")
    return path


def configuration_of_a_long_number(folder):
    path = folder / "a.json"
    path.write_text('{"model": {"memory_slots": ' + "9" * 1_000_000 + "}}")
    return path


CASES = {
    wide_picture: "picture",
    picture_with_a_long_text: "picture",
    picture_with_a_long_profile: "picture",
    wide_tiff: "picture",
    wide_grid: "binvox",
    packed_voxels: "mat",
    ply_of_two_billion: "mesh",
    off_of_two_billion: "mesh",
    obj_of_far_corners: "mesh",
    scene_of_doubled_nodes: "mesh",
    sparse_accessor_of_ten_billion: "mesh",
    mesh_with_a_wide_texture: "mesh",
    packed_set_of_a_billion_grids: "packed",
    checkpoint_of_the_papers_sizes: "checkpoint",
    checkpoint_of_a_long_header: "checkpoint",
    deep_configuration: "config",
    configuration_of_a_long_number: "config",
}
USED_IN_PART = (scene_of_doubled_nodes, mesh_with_a_wide_texture)
"""Read without what is too large; all others are refused."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Megabytes taken and message, by the name of the case; all read by one process, each in a fork of it."""
    work = []
    for make, kind in CASES.items():
        path = make(tmp_path_factory.mktemp("bomb"))
        work.append((make.__name__, str(path), READS[kind]))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=json.dumps(work), cwd=REPOSITORY, env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return {name: (grown, said) for name, grown, said in map(json.loads, done.stdout.splitlines())}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_a_small_file_cannot_ask_for_gigabytes(outcomes, make):
    grown, said = outcomes[make.__name__]  # not there: it ran into the alarm, or crashed
    assert grown < SPARE_MEGABYTES
    assert bool(said) == (make not in USED_IN_PART)
    assert len(said) <= 300
    assert len(said.splitlines()) <= 1
