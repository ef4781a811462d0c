"""The commands that are killed: what to give them, and how what they wrote is read."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tiny_training
import torch
import trimesh
from killed_training import examine
from PIL import Image

from core.checkpoint import load_checkpoint, save_checkpoint
from core.data.binvox import load_binvox, save_binvox
from core.data.packed import PackedDataset
from core.data.shapenet import ShapeNetDataset
from core.evaluation.document import load_result
from core.network.building import build_network
from core.network.shape_memory import ShapeSource
from core.training.run_folder import RunFolder

OLD = b"what was there before"
NAMES = ("pack", "train", "export", "evaluate", "build", "folder", "add", "remove", "embedded", "report")
_STEPS = 8


@dataclass
class Work:
    """One command."""

    name: str
    arguments: Callable[[], list[str]]
    """What to give ``mem3d``, for the state that the files are in."""
    check: Callable[[], None]
    """Reads what is there; raises if it is corrupt."""
    require_done: Callable[[], None]
    """Reads the whole result; raises if it is not there."""
    clear: Callable[[], None]
    """Back to the state before."""


def works(folder: Path, names: Sequence[str]) -> list[Work]:
    """Those of these names; each in a folder of its own."""
    packed = tiny_training.make_packed(folder / "set")
    config = tiny_training.tiny_config(f"packed:{packed}", epochs=_STEPS, checkpoint_every=2, keep_checkpoints=2)
    (folder / "config.json").write_text(config.to_json())
    checkpoint = folder / "model.safetensors"
    save_checkpoint(checkpoint, build_network(config.model), config)
    Image.fromarray(PackedDataset(packed).image(0, 0)).resize((64, 64)).save(folder / "picture.png")
    make: dict[str, Callable[[Path], Work]] = {
        "pack": _pack,
        "train": lambda place: _train(place, folder / "config.json"),
        "export": lambda place: _export(place, folder / "picture.png", checkpoint),
        "evaluate": lambda place: _evaluate(place, f"packed:{packed}", checkpoint),
        "build": _build,
        "folder": lambda place: _folder(place, folder / "picture.png", checkpoint),
        "add": lambda place: _memory(place, "add", ["--views", "6"], checkpoint),
        "remove": lambda place: _memory(place, "remove", ["--slots", "0-3"], _filled(place, checkpoint)),
        "embedded": _embedded,
        "report": lambda place: _report(place, f"packed:{packed}", checkpoint),
    }
    return [make[name](folder / name) for name in names]


def _pack(folder: Path) -> Work:
    rng, rendering, grids, out = np.random.default_rng(0), "ShapeNetRendering", "ShapeNetVox32", folder / "out"
    names = [f"object{number:03d}" for number in range(60)]
    for name in names:
        pictures, grid = (folder / "r2n2" / part / "03001627" / name for part in (rendering, grids))
        (pictures / "rendering").mkdir(parents=True)
        grid.mkdir(parents=True)
        for view in range(3):
            pixels = rng.integers(0, 256, (137, 137, 4), dtype=np.uint8)
            Image.fromarray(pixels).save(pictures / "rendering" / f"{view:02d}.png")
        save_binvox(grid / "model.binvox", rng.random((32, 32, 32)) < 0.3)
    (folder / "r2n2" / "splits").mkdir()
    entry = {"taxonomy_id": "03001627", "taxonomy_name": "chair", "train": names, "val": [], "test": []}
    (folder / "r2n2" / "splits" / "ShapeNet.json").write_text(json.dumps([entry]))

    def check() -> None:
        if out.exists():
            PackedDataset(out).verify()

    return Work(
        "dataset pack",
        lambda: [] if out.exists() else ["dataset", "pack", f"shapenet:{folder / 'r2n2'}", str(out)],
        check,
        lambda: PackedDataset(out).verify(),
        lambda: _remove(out),
    )


def _build(folder: Path) -> Work:
    meshes, out = folder / "meshes" / "chair", folder / "out"
    meshes.mkdir(parents=True)
    for number in range(3):
        trimesh.creation.box(extents=(1, 1 + number, 1)).export(meshes / f"box{number}.ply")

    def check() -> None:
        for source in out.glob("ShapeNetRendering/*/*/source.json"):
            json.loads(source.read_text())
            for view in ("00.png", "01.png"):
                with Image.open(source.parent / "rendering" / view) as picture:
                    picture.load()
        for grid in out.glob("ShapeNetVox32/*/*/model.binvox"):
            load_binvox(grid)
        for text in out.glob("*.json"):
            json.loads(text.read_text())

    def require_done() -> None:
        check()
        assert len(ShapeNetDataset(out).objects) == 3

    arguments = ["dataset", "build", str(meshes.parent), str(out), "--views", "2", "--processes", "1"]
    return Work("dataset build", lambda: arguments, check, require_done, lambda: _remove(out))


def _train(folder: Path, config: Path) -> Work:
    run = RunFolder(folder / "run")

    def arguments() -> list[str]:
        known = run.config_file.exists()
        how = ["--resume", str(run.path)] if known else ["--config", str(config), "--out", str(run.path)]
        return ["train", *how, "--device", "cpu"]

    def require_done() -> None:
        examine(run.path)
        assert run.steps()[-1] == _STEPS * 6  # 24 training views make six batches of four

    return Work("train", arguments, lambda: examine(run.path), require_done, lambda: _remove(run.path))


def _export(folder: Path, picture: Path, checkpoint: Path) -> Work:
    folder.mkdir()
    outputs = [folder / f"shape.{ending}" for ending in ("npz", "binvox", "obj", "glb", "stl")]
    read: dict[str, Callable[[Path], object]] = {".npz": lambda path: np.load(path)["voxels"], ".binvox": load_binvox}

    def check() -> None:
        for path in outputs:
            if path.read_bytes() != OLD:
                read.get(path.suffix, trimesh.load)(path)

    def require_done() -> None:
        check()
        assert not any(path.read_bytes() == OLD for path in outputs)

    def clear() -> None:
        for path in outputs:
            path.write_bytes(OLD)

    clear()
    arguments = ["reconstruct", str(picture), "--checkpoint", str(checkpoint), "--device", "cpu", "--threshold", "0.1"]
    for path in outputs:
        arguments += ["--output", str(path)]
    return Work("reconstruct --output", lambda: arguments, check, require_done, clear)


def _evaluate(folder: Path, dataset: str, checkpoint: Path) -> Work:
    folder.mkdir()
    result, table = folder / "result.json", folder / "table.tex"

    def check() -> None:
        if result.read_bytes() != OLD:
            load_result(result)
        if table.read_bytes() != OLD:
            assert table.read_text().rstrip().endswith(r"\end{table}")

    def require_done() -> None:
        check()
        assert OLD not in (result.read_bytes(), table.read_bytes())

    def clear() -> None:
        for path in (result, table):
            path.write_bytes(OLD)

    clear()
    arguments = ["evaluate", "--checkpoint", str(checkpoint), "--dataset", dataset, "--device", "cpu"]
    arguments += ["--output", str(result), "--output", str(table)]
    return Work("evaluate", lambda: arguments, check, require_done, clear)


def _folder(folder: Path, picture: Path, checkpoint: Path) -> Work:
    pictures, out = folder / "pictures", folder / "out"
    pictures.mkdir(parents=True)
    for number in range(40):
        shutil.copyfile(picture, pictures / f"{number:02d}.png")

    def check() -> None:
        for path in out.glob("*.npz"):
            assert np.load(path)["voxels"].shape == (32, 32, 32)

    def require_done() -> None:
        check()
        assert len(list(out.glob("*.npz"))) == 40

    arguments = ["reconstruct", str(pictures), "--checkpoint", str(checkpoint), "--device", "cpu", "--output", str(out)]
    return Work("reconstruct FOLDER", lambda: arguments, check, require_done, lambda: _remove(out))


def _memory(folder: Path, action: str, more: list[str], checkpoint: Path) -> Work:
    folder.mkdir(exist_ok=True)
    out = folder / "new.safetensors"
    mesh = folder / "box.ply"
    trimesh.creation.box(extents=(1, 2, 1)).export(mesh)
    files = [str(mesh)] if action == "add" else []
    before = load_checkpoint(checkpoint)

    def arguments() -> list[str]:
        command = ["memory", action, str(checkpoint), *files, *more, "--out", str(out)]
        return [] if out.exists() else command  # a file that is there is refused: it is whole

    def check() -> None:
        old = load_checkpoint(checkpoint)
        assert old.sources == before.sources
        if out.exists():
            new = load_checkpoint(out)
            new.build()
            assert new.sources != before.sources

    def require_done() -> None:
        check()
        assert out.exists()

    return Work(f"memory {action}", arguments, check, require_done, lambda: out.unlink(missing_ok=True))


def _filled(folder: Path, checkpoint: Path) -> Path:
    """A copy of a checkpoint with something in its memory."""
    folder.mkdir()
    model = load_checkpoint(checkpoint).build()
    size = model.memory.keys.shape[1]
    keys = torch.nn.functional.normalize(torch.eye(4, size))
    volumes = torch.zeros(4, 32, 32, 32)
    for number in range(4):
        volumes[number, number * 8 : number * 8 + 8] = 1
    model.memory.write(keys, volumes, [ShapeSource("boxes", f"chair/{number}", 0, "chair") for number in range(4)])
    filled = folder / "filled.safetensors"
    save_checkpoint(filled, model, load_checkpoint(checkpoint).config)
    return filled


def _embedded(folder: Path) -> Work:
    out = folder / "out"

    def check() -> None:
        if out.exists():
            PackedDataset(out).verify()

    return Work(
        "dataset build embedded",
        lambda: [] if out.exists() else ["dataset", "build", "embedded", str(out), "--per-category", "1"],
        check,
        lambda: PackedDataset(out).verify(),
        lambda: _remove(out),
    )


def _report(folder: Path, dataset: str, checkpoint: Path) -> Work:
    folder.mkdir()
    document = folder / "out" / "README.md"

    def check() -> None:
        for path in document.parent.glob("*.png"):
            with Image.open(path) as picture:
                picture.load()
        if document.exists():
            assert document.read_text(encoding="utf-8").endswith("\n")

    def require_done() -> None:
        check()
        assert document.exists()

    arguments = ["report", str(document.parent), "--set", f"boxes={dataset}", "--limit", "2", "--device", "cpu"]
    arguments += ["--checkpoint", str(checkpoint)]
    return Work("report", lambda: arguments, check, require_done, lambda: _remove(document.parent))


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
