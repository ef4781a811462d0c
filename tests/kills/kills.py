"""Kills what writes files with SIGKILL at random moments: nothing may be corrupt, and the same command must go on.

    python tests/kills/kills.py --count 200

Each attempt is a process forked from one that has imported everything and started nothing, so that it begins at once
and its end really comes in the middle of the work. After every kill all files with their final names are read; then the
command is carried through, its result is read, and nothing half written may be left.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import numpy as np
import tiny_training
import trimesh
from killed_training import examine, forked, wait
from PIL import Image

import core.data.meshes.library
import core.evaluation.measuring
import core.export.shape_files
import core.reconstruction
import core.training.trainer  # noqa: F401  (the commands import these late, and each attempt is to begin at once)
from core.checkpoint import save_checkpoint
from core.cli import main
from core.data.binvox import load_binvox, save_binvox
from core.data.packed import PackedDataset
from core.data.shapenet import ShapeNetDataset
from core.evaluation.result import EvaluationResult
from core.network.building import build_network
from core.training.run_folder import RunFolder

OLD = b"what was there before"
_WORKS = ("pack", "train", "export", "evaluate", "build")
_STEPS = 8
_MOST_SECONDS = 60.0


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


@dataclass
class Count:
    """How it went."""

    kills: int = 0
    in_the_middle: int = 0
    corrupt: int = 0
    not_gone_on: int = 0
    left_over: int = 0

    @property
    def faults(self) -> int:
        return self.corrupt + self.not_gone_on + self.left_over


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
            EvaluationResult.load(result)
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


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: list[str]) -> None:
    """In a process of its own: the command, without a word."""
    silence = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silence, number)
    code = main(arguments) if arguments else 0
    if code:
        raise SystemExit(code)


def kill_once(work: Work, seconds: float, rng: random.Random, count: Count) -> None:
    """Start, kill, look, carry through, look again."""
    process = forked(_run, work.arguments())
    time.sleep(rng.uniform(0.0, seconds))
    os.kill(process, signal.SIGKILL)
    count.kills += 1
    count.in_the_middle += wait(process) == -signal.SIGKILL
    try:
        work.check()
    except Exception:  # whatever a reader raises is what is looked for
        traceback.print_exc()
        count.corrupt += 1
    try:
        assert wait(forked(_run, work.arguments())) == 0, f"{work.arguments()} did not go on"
        work.require_done()
    except Exception:
        traceback.print_exc()
        count.not_gone_on += 1


def left_over(folder: Path) -> list[Path]:
    """Half-written files and folders."""
    return [path for pattern in (".*.part", ".*.partial", ".tmp??????") for path in folder.rglob(pattern)]


def kill(count: int, seed: int, names: Sequence[str]) -> dict[str, Count]:
    """Kill the commands ``count`` times in all, in turn."""
    rng, counts = random.Random(seed), {}
    with tempfile.TemporaryDirectory() as folder:
        chosen = works(Path(folder), names)
        times: dict[str, float] = {}
        for number in range(count):
            work = chosen[number % len(chosen)]
            tally = counts.setdefault(work.name, Count())
            if work.name not in times:
                began = time.monotonic()
                assert wait(forked(_run, work.arguments())) == 0, f"{work.arguments()} fails without a kill"
                times[work.name] = min(time.monotonic() - began, _MOST_SECONDS)
                work.require_done()
                work.clear()
            kill_once(work, times[work.name], rng, tally)
            left = left_over(Path(folder))
            for path in left:
                print(f"left over: {path}", file=sys.stderr)
                path.unlink() if path.is_file() else _remove(path)
            tally.left_over += len(left)
            work.clear()
    return counts


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="kills in all (default 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=[*_WORKS], help="one of the commands; may be repeated")
    options = parser.parse_args()
    counts = kill(options.count, options.seed, options.only or [*_WORKS])
    print(f"{'command':<22}{'kills':>7}{'in the middle':>15}{'corrupt':>9}{'not gone on':>13}{'left over':>11}")
    for name, tally in counts.items():
        figures = (tally.kills, tally.in_the_middle, tally.corrupt, tally.not_gone_on, tally.left_over)
        print("{:<22}{:>7}{:>15}{:>9}{:>13}{:>11}".format(name, *figures))
    return 1 if any(tally.faults for tally in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(_main())
