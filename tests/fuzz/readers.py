"""Every reader of files that others may have written: small whole files for it, and a read of all that is in them."""

import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import torch
from dataset_folders import Pix3DTree, r2n2_tree
from evaluation_support import result_by_hand
from PIL import Image
from probe_support import write_probes
from tiny_training import make_packed, tiny_config

from core.checkpoint import load_checkpoint, save_checkpoint
from core.config import Mem3DConfig
from core.data.binvox import load_binvox, save_binvox
from core.data.images import load_picture, preprocess
from core.data.meshes.examining import examine
from core.data.meshes.listing import find_meshes
from core.data.packed import PackedDataset
from core.data.pix3d import Pix3DDataset
from core.data.pix3d_voxels import read_voxels
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError
from core.evaluation.document import load_result, to_json
from core.network.building import build_network
from core.network.mem3d import Mem3D
from core.network.shape_memory import ShapeSource
from core.training.curves import RunCurves
from core.training.events import read_events
from core.training.probes import read_probes
from core.training.run_folder import RunFolder
from core.training.runs import list_runs
from core.training.state import TrainingState, load_state, save_state
from core.training.stepping import adam
from core.training.weight_average import WeightAverage

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Reader:
    """One reader of the program."""

    name: str
    """What it reads."""
    make: Callable[[Path], None]
    """Writes whole files into an empty folder."""
    read: Callable[[Path, Path], object]
    """Reads all there is in such a folder, in which the second path was damaged; may raise ``Mem3DError`` alone."""
    sturdy: bool = False
    """Whether it must take whatever it finds without any error."""


def _pictures(folder: Path) -> None:
    rng = np.random.default_rng(0)
    pixels = np.kron(rng.integers(256, size=(6, 8, 4), dtype=np.uint8), np.ones((4, 4, 1), np.uint8))
    pixels[..., 3] = np.where(pixels[..., 3] > 80, 255, 0)
    rgba = Image.fromarray(pixels)
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 16)
    for ending in ("png", "tiff", "webp", "gif", "bmp", "tga", "ico", "jp2", "qoi", "dds", "sgi", "pcx"):
        (rgba if ending in ("png", "webp", "ico") else rgb).save(folder / f"colour.{ending}")
    rgb.save(folder / "photo.jpg", exif=rgba_exif())
    rgb.save(folder / "photo.avif")
    pillow_heif.from_pillow(rgb).save(folder / "photo.heic")
    rgb.convert("P").save(folder / "palette.png", transparency=3)
    rgb.convert("CMYK").save(folder / "cmyk.jpg")
    deep.save(folder / "deep.png")
    deep.save(folder / "deep.tiff", compression="tiff_lzw")
    rgb.save(folder / "deflate.tiff", compression="tiff_adobe_deflate")
    rgb.save(folder / "jpeg.tiff", compression="jpeg")
    Image.fromarray(np.asarray(grey).astype(np.float32)).save(folder / "float.tiff")
    Image.fromarray(np.asarray(grey).astype(np.int32)).save(folder / "whole.tiff")
    cv2.imwrite(str(folder / "colours.tiff"), pixels[..., :3].astype(np.float32) / 255)
    rgb.save(folder / "moving.gif", save_all=True, append_images=[rgb.rotate(90)])
    deep.save(folder / "deep.pgm")


def rgba_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a picture"
    return exif


def _read_picture(folder: Path, damaged: Path) -> None:
    picture = load_picture(damaged)
    preprocess(picture.pixels, 32)


def _grid() -> np.ndarray:
    grid = np.zeros((33, 40, 35), bool)
    grid[5:20, 8:30, 3:33] = True
    return grid


def _grids(folder: Path) -> None:
    save_binvox(folder / "a.binvox", np.random.default_rng(0).random((32, 32, 32)) < 0.02)
    save_binvox(folder / "b.binvox", np.zeros((32, 32, 32), bool))


def _mat(folder: Path) -> None:
    tree = Pix3DTree(folder)
    tree.add_model("chair", "a", grid=_grid())
    content = (folder / "model" / "chair" / "a" / "voxel.mat").read_bytes()
    (folder / "packed.mat").write_bytes(content)
    inside = _plain_mat()
    (folder / "plain.mat").write_bytes(inside)


def _plain_mat() -> bytes:
    from scipy.io import savemat

    stream = io.BytesIO()
    savemat(stream, {"other": "text", "voxel": np.ones((32, 33, 34), np.uint8)})
    return stream.getvalue()


def _packed(folder: Path) -> None:
    make_packed(folder / "set", (2, 1, 1))


def _read_packed(folder: Path, damaged: Path) -> None:
    dataset = PackedDataset(folder / "set")
    for index, record in enumerate(dataset.objects):
        dataset.voxels(index)
        for view in range(min(record.views, 8)):
            _tolerated(lambda index=index, view=view: dataset.image(index, view))
    dataset.verify()


def _pix3d(folder: Path) -> None:
    tree = Pix3DTree(folder)
    for name in ("a", "b"):
        tree.add_model("chair", name, grid=_grid())
        for number in range(2):
            tree.add_picture("chair", 10 * (name == "b") + number, name)
    tree.write(train=[0, 1], test=[2, 3])


def _read_pix3d(folder: Path, damaged: Path) -> None:
    for crop_by in ("mask", "box"):
        dataset = Pix3DDataset(folder, "all", crop_by)  # type: ignore[arg-type]
        _read_all(dataset)


def _read_all(dataset: Pix3DDataset | ShapeNetDataset) -> None:
    for index, record in enumerate(dataset.objects):
        _tolerated(lambda index=index: dataset.voxels(index))
        for view in range(record.views):
            _tolerated(lambda index=index, view=view: dataset.image(index, view))
    for problem in (*dataset.problems, *dataset.notes):
        _ = str(problem).encode(errors="surrogateescape"), dataset.version


def _tolerated(read: Callable[[], object]) -> None:
    """One file of many may be damaged; the others are read all the same."""
    try:
        read()
    except DatasetError as error:
        _check(str(error))


def _check(message: str) -> None:
    if len(message) > 300 or len(message.splitlines()) != 1:
        raise AssertionError(f"not one line of 300 characters: {message!r}")


def _shapenet(folder: Path) -> None:
    r2n2_tree(folder, per_category=1)
    (folder / "splits").mkdir()
    entries = [{"taxonomy_id": synset, "train": ["m0"], "val": [], "test": []} for synset in ("03001627", "02958343")]
    (folder / "splits" / "ShapeNet.json").write_text(json.dumps(entries))


def _network(folder: Path) -> Mem3D:
    torch.manual_seed(0)
    model = build_network(tiny_config("boxes").model).eval()
    with torch.no_grad():
        features = model.image_encoder(torch.rand(4, 3, 32, 32))
    model.memory.write(features, torch.rand(4, 32, 32, 32) > 0.5, [ShapeSource("b", str(i), 0, "c") for i in range(4)])
    return model


def _checkpoint(folder: Path) -> None:
    save_checkpoint(folder / "a.safetensors", _network(folder), tiny_config("boxes"), step=5, metrics={"iou": 0.5})


def _config(folder: Path) -> None:
    for name in ("paper", "compact"):
        (folder / f"{name}.json").write_text(Mem3DConfig(preset=name).to_json())
    (folder / "short.json").write_text('{"preset": "compact", "model": {"beta": 0.5}}')


EVENTS = (
    {"event": "TrainingStarted", "run": "r", "step": 0, "last_step": 8, "steps_per_epoch": 4, "device": "cpu",
     "initial_weights": "random"},
    {"event": "StepDone", "step": 2, "epoch": 0.5, "loss": 0.7, "reconstruction_loss": 0.6, "triplet_loss": 0.1,
     "learning_rate": 0.001, "images_per_second": 10.0, "occupied_slots": 3, "new_writes": 3, "updated_writes": 1,
     "mean_above_beta": 1.5, "device_memory": 1000, "seconds": 2.5},
    {"event": "Validated", "step": 4, "validation_iou": 0.5, "mean_above_beta": 2.0},
    {"event": "MemoryReported", "step": 4, "slots": 8, "occupied": 4, "categories": {"chair": 4},
     "overwritten": [[1, "chair a", "chair b"]], "overwritten_total": 1},
    {"event": "CheckpointSaved", "step": 4, "path": "x", "best": True},
    {"event": "TrainingFailed", "step": 5, "reason": "the disk is full"},
    {"event": "TrainingFinished", "step": 4, "stopped": True, "checkpoint": "x"},
)  # fmt: skip


def _runs(folder: Path) -> None:
    for name in ("one", "two"):
        run = folder / name
        (run / "checkpoints").mkdir(parents=True)
        (run / "config.json").write_text(tiny_config("boxes").to_json())
        (run / "events.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in EVENTS))
        for ending in ("safetensors", "state.safetensors"):
            (run / "checkpoints" / f"step_00000004.{ending}").write_bytes(b"whole")


def _read_runs(folder: Path, damaged: Path) -> None:
    found = list_runs(folder)
    if {run.name for run in found} < {"one", "two"} - {damaged.relative_to(folder).parts[0]}:
        raise AssertionError("a run is hidden")
    json.dumps([run.best_iou for run in found], allow_nan=False)
    for run in found:
        _check(run.reason or "-")


def _read_run(folder: Path, damaged: Path) -> None:
    run = RunFolder(folder / damaged.relative_to(folder).parts[0])
    run.newest_step()
    run.config()


def _events(folder: Path) -> None:
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in EVENTS * 2))


def _read_events(folder: Path, damaged: Path) -> None:
    curves = RunCurves()
    curves.add(read_events(folder / "events.jsonl"))
    for name in ("loss", "validation_iou", "occupied_slots"):
        curves.curve(name)
    for report in curves.memory_reports:
        _ = sum(report.categories.values()), [f"{slot} {a} {b}" for slot, a, b in report.overwritten]


def _state(folder: Path) -> None:
    model = _network(folder)
    optimizer = adam(model, tiny_config("boxes"))
    model.shape_decoder(torch.rand(2, 16), torch.rand(2, 16)).sum().backward()
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    optimizer.step()
    state = TrainingState("random", 0.5, 4, 12.0, overwritten={1: ShapeSource("b", "1", 0, "c")})
    state.totals.losses, state.totals.above_beta = [torch.rand(3)], [torch.rand(())]
    save_state(folder / "a.safetensors", 4, optimizer, WeightAverage(model, 0.9), state)


_TRAINED: list[Mem3D] = []


def _read_state(folder: Path, damaged: Path) -> None:
    if not _TRAINED:
        _TRAINED.append(_network(folder))
    optimizer = adam(_TRAINED[0], tiny_config("boxes"))
    average = WeightAverage(_TRAINED[0], 0.9)
    load_state(folder / "a.safetensors", optimizer, average, torch.device("cpu"))
    for parameter in _TRAINED[0].parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()


def _read_probes(folder: Path, damaged: Path) -> None:
    probes = read_probes(folder)
    for step in probes.steps():
        probes.at(step)


def _result(folder: Path) -> None:
    (folder / "a.json").write_text(to_json(result_by_hand()))


def _read_result(folder: Path, damaged: Path) -> None:
    to_json(load_result(folder / "a.json"))


CORNERS = [(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 1)]
FACES = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
         (1, 5, 7), (1, 7, 3)]  # fmt: skip


def _meshes(folder: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(256, size=(8, 8, 3), dtype=np.uint8)).save(folder / "t.png")
    (folder / "a.mtl").write_text("newmtl m\nKd 0.5 0.2 0.1\nmap_Kd t.png\nd 1\n")
    text = "mtllib a.mtl\nusemtl m\n" + "".join(f"v {x} {y} {z}\nvt {x} {z}\n" for x, y, z in CORNERS)
    (folder / "a.obj").write_text(
        text + "".join("f " + " ".join(f"{i + 1}/{i + 1}" for i in face) + "\n" for face in FACES)
    )
    off = "OFF\n8 12 0\n" + "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
    (folder / "a.off").write_text(off + "".join("3 " + " ".join(map(str, face)) + "\n" for face in FACES))
    triangles = [[CORNERS[i] for i in face] for face in FACES]
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *np.ravel(triangle), 0) for triangle in triangles)
    (folder / "a.stl").write_bytes(bytes(80) + struct.pack("<I", 12) + body)
    facets = "".join(
        "facet normal 0 0 0\nouter loop\n"
        + "".join("vertex {} {} {}\n".format(*corner) for corner in triangle)
        + "endloop\nendfacet\n"
        for triangle in triangles
    )
    (folder / "b.stl").write_text(f"solid a\n{facets}endsolid a\n")
    head = (
        "ply\nformat {} 1.0\nelement vertex 8\nproperty float x\nproperty float y\nproperty float z\n"
        "property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 12\n"
        "property list uchar int vertex_indices\nend_header\n"
    )
    lines = "".join(f"{x} {y} {z} 200 100 50\n" for x, y, z in CORNERS)
    lines += "".join("3 " + " ".join(map(str, face)) + "\n" for face in FACES)
    (folder / "a.ply").write_text(head.format("ascii") + lines)
    body = b"".join(struct.pack("<3f3B", *corner, 200, 100, 50) for corner in CORNERS)
    body += b"".join(struct.pack("<B3i", 3, *face) for face in FACES)
    (folder / "b.ply").write_bytes(head.format("binary_little_endian").encode() + body)
    _gltf(folder)


def _gltf(folder: Path) -> None:
    positions, indices = np.array(CORNERS, "<f4"), np.array(FACES, "<u2")
    content = positions.tobytes() + indices.tobytes() + positions[:, :2].tobytes()
    document = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "scale": [1, 1, 2], "children": [1]}, {"translation": [1, 0, 0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0.5, 0, 1], "baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}], "images": [{"uri": "t.png"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3", "min": [0, 0, 0], "max": [1, 2, 1]},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5126, "count": 8, "type": "VEC2"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 96}, {"buffer": 0, "byteOffset": 96, "byteLength": 72},
            {"buffer": 0, "byteOffset": 168, "byteLength": 64},
        ],
    }  # fmt: skip
    (folder / "a.bin").write_bytes(content)
    buffers = [{"uri": "a.bin", "byteLength": len(content)}]
    (folder / "a.gltf").write_text(json.dumps({**document, "buffers": buffers}))
    text = json.dumps({**document, "buffers": [{"byteLength": len(content)}]}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(content), 0x004E4942) + content
    (folder / "a.glb").write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)


_USERS = {".mtl": "a.obj", ".png": "a.obj", ".bin": "a.gltf"}


def _read_mesh(folder: Path, damaged: Path) -> None:
    examine(folder / _USERS.get(damaged.suffix, damaged.name))


def _listing(folder: Path) -> None:
    for name in ("a.obj", "b.obj"):
        (folder / name).write_text("v 0 0 0\n")
    (folder / "list.csv").write_text("file,category,name,split\na.obj,chair,one,train\nb.obj,lamp,two,\n")


READERS = (
    Reader("images", _pictures, _read_picture),
    Reader("binvox", _grids, lambda folder, damaged: load_binvox(damaged)),
    Reader("voxel.mat", _mat, lambda folder, damaged: read_voxels(damaged, folder / "no.obj")),
    Reader("meshes", _meshes, _read_mesh),
    Reader("mesh-list", _listing, lambda folder, damaged: find_meshes(folder, folder / "list.csv")),
    Reader("packed", _packed, _read_packed),
    Reader("pix3d", _pix3d, _read_pix3d),
    Reader("shapenet", _shapenet, lambda folder, damaged: _read_all(ShapeNetDataset(folder))),
    Reader("checkpoint", _checkpoint, lambda folder, damaged: load_checkpoint(folder / "a.safetensors").build()),
    Reader("config", _config, lambda folder, damaged: Mem3DConfig.from_file(damaged)),
    Reader("run-list", _runs, _read_runs, sturdy=True),
    Reader("run-folder", _runs, _read_run),
    Reader("events", _events, _read_events),
    Reader("training-state", _state, _read_state),
    Reader("probes", write_probes, _read_probes),
    Reader("evaluation-result", _result, _read_result),
)
"""All of them."""
