"""A library of meshes as a data set in R2N2's own layout, which every tool that reads R2N2 can read.

Beside R2N2's files ``OUT`` holds ``library.json``, which says that the folder belongs to a mesh library,
``report.json`` and ``report.csv``; beside an object's renderings ``source.json`` says what it was made from. An
object's folder appears at once and whole: a build that was stopped or killed goes on with what is missing.
"""

import errno
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data.binvox import load_binvox, save_binvox
from core.data.bit_packing import pack
from core.data.categories import category_folder
from core.data.dataset import SPLITS, Split
from core.data.meshes.examining import Orientation, examine
from core.data.meshes.listing import MeshFile, find_meshes, mesh_paths
from core.data.meshes.report import LibraryObject, LibraryReport, MeshHealth
from core.data.meshes.splits import NearDuplicates, assign_splits, near_duplicates
from core.data.packed import encode_picture
from core.data.rendering import VIEWS, random_cameras
from core.data.workers import WorkerDied, in_processes, renderer
from core.errors import DatasetError
from core.files import replace_text
from core.json_files import read_json

__all__ = ["LIBRARY_VERSION", "LibraryReport", "MeshFile", "build_library", "find_meshes", "mesh_paths"]

LIBRARY_VERSION = 2
"""Raised whenever the same mesh and settings give another object; objects of other versions are made again."""

_MARKER, _SOURCE, _PARTIAL = "library.json", "source.json", ".partial"
_FORMAT = "mem3d-mesh-library"
_MOST_VIEWS = 100
_RENDERINGS, _VOXELS = "ShapeNetRendering", "ShapeNetVox32"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class _Task:
    """All that an object depends on, and where it goes."""

    file: MeshFile
    out: Path
    orientation: Orientation
    views: int
    seed: int

    @property
    def title(self) -> str:
        return f"{self.file.category}/{self.file.name}"

    @property
    def renderings(self) -> Path:
        return self.out / _RENDERINGS / category_folder(self.file.category) / self.file.name

    @property
    def voxels(self) -> Path:
        return self.out / _VOXELS / category_folder(self.file.category) / self.file.name

    def fingerprint(self, companions: Sequence[str]) -> str:
        """Hash of the mesh file, the files it refers to and the settings; the same names mean nothing.

        Raises:
            OSError: if one of them cannot be read.
        """
        settings = [LIBRARY_VERSION, self.title, asdict(self.orientation), self.views, self.seed, list(companions)]
        digest = hashlib.blake2b(json.dumps(settings).encode(), digest_size=16)
        for path in (self.file.path, *(self.file.path.parent / name for name in companions)):
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "blake2b").digest())
        return digest.hexdigest()


def build_library(
    files: Sequence[MeshFile],
    out: Path,
    *,
    orientation: Orientation | None = None,
    views: int = VIEWS,
    seed: int = 0,
    processes: int | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> LibraryReport:
    """Voxelise and render meshes into a data set in R2N2's layout, or go on with one that was begun.

    Objects that are there already, from an unchanged mesh and with the same settings, are kept; those whose mesh is
    no longer among ``files`` are removed. A mesh that cannot be used is skipped and reported.

    Args:
        files: the meshes, as ``find_meshes`` gives them.
        out: a folder that does not exist, is empty, or holds an earlier build of some of these meshes.
        orientation: which axes of the files point up and to the front.
        views: renderings per object.
        seed: seed of the cameras.
        processes: how many work at once; None takes one per core.
        progress: called with objects done, objects in all, and what is being done.
        stop: asked after every object; True ends the build, with splits and report for what is there.

    Raises:
        DatasetError: if ``out`` belongs to something else or cannot be written, or off-screen rendering is impossible.
    """
    started = time.monotonic()
    out = Path(out)
    if not 1 <= views <= _MOST_VIEWS:
        raise DatasetError(
            f"1 … {_MOST_VIEWS} views are possible, as R2N2 numbers pictures with two digits, not {views}"
        )
    tasks = [_Task(file, out, orientation or Orientation(), views, seed) for file in files]
    with _naming_the_place(out):
        _claim(out, files)
        waiting = [task for task in tasks if _made_from(task) is None]
        skipped: dict[str, str] = {}
        done = len(tasks) - len(waiting)
        complete = True
        if progress:
            progress(done, len(tasks), "starting")
        try:
            with closing(_outcomes(waiting, processes)) as outcomes:
                for task, failure in outcomes:
                    done += 1
                    if failure:
                        skipped[str(task.file.path)] = failure
                    if progress:
                        progress(done, len(tasks), task.file.category)
                    if done < len(tasks) and stop():
                        complete = False
                        break
        finally:
            shutil.rmtree(out / _PARTIAL, ignore_errors=True)
        report = _described(out, tasks)
        made_now = len(report.objects) - (len(tasks) - len(waiting))
        report = replace(report, skipped=skipped, made=made_now, complete=complete, seconds=time.monotonic() - started)
        report.save(out)
    return report


def _outcomes(tasks: Sequence[_Task], processes: int | None) -> Generator[tuple[_Task, str | None], None, None]:
    """Make every object; yields each task with why its mesh cannot be used, or None.

    A mesh that ends the process that reads it, for lack of memory for instance, costs only itself.

    Raises:
        DatasetError: if off-screen rendering is impossible.
    """
    left = list(tasks)
    while left:
        try:
            with closing(in_processes(_make, tuple(left), processes)) as made:
                for failure in made:
                    yield left.pop(0), failure
        except WorkerDied:
            # Where even the window cannot be opened, every mesh would end its process: this raises in that case.
            list(in_processes(_open_window, [None], 1))
            task = next((one for one in left if _made_from(one) is None), left[0])
            left.remove(task)
            yield task, _alone(task)


def _alone(task: _Task) -> str | None:
    """The outcome of an object that is made in a process of its own."""
    try:
        return next(in_processes(_make, [task], 1))
    except WorkerDied:
        return f"{task.file.path}: ends the process that reads it (too large for the memory?); simplify the mesh"


def _open_window(_: None) -> None:
    renderer()


def _make(task: _Task) -> str | None:
    """Make one object in a worker process; returns why its mesh cannot be used, or None."""
    if _made_from(task) is not None:  # before another mesh ended a process of this build
        return None
    window = renderer()
    try:
        report = examine(task.file.path, task.orientation)
        folder = task.file.path.parent.resolve()
        companions = [path.resolve().relative_to(folder).as_posix() for path in report.files[1:]]
        fingerprint = task.fingerprint(companions)
        digest = hashlib.blake2b(task.title.encode(), digest_size=8).digest()
        rng = np.random.default_rng([task.seed, int.from_bytes(digest, "big")])
        cameras = random_cameras(rng, task.views)
        pictures = window.views(report.mesh, cameras)
    except DatasetError as error:
        return str(error)
    lines = [f"{one.azimuth:.12g} {one.elevation:.12g} 0 {one.distance:.12g} 25" for one in cameras]
    names = [f"{view:02d}.png" for view in range(task.views)]
    source = {"fingerprint": fingerprint, "companions": companions, "health": asdict(MeshHealth.of(report))}
    with _appearing(task.voxels, task.out) as partial:
        save_binvox(partial / "model.binvox", report.grid)
    # Last: an object is there when its renderings are.
    with _appearing(task.renderings, task.out) as partial:
        (partial / _SOURCE).write_text(json.dumps(source, indent=1), encoding="utf-8")
        rendering = partial / "rendering"
        rendering.mkdir()
        for name, picture in zip(names, pictures, strict=True):
            (rendering / name).write_bytes(encode_picture(picture))
        (rendering / "rendering_metadata.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (rendering / "renderings.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    return None


@contextmanager
def _appearing(folder: Path, out: Path) -> Iterator[Path]:
    """A folder to fill, which then takes the place of ``folder`` at once."""
    partial = Path(tempfile.mkdtemp(dir=out / _PARTIAL))
    partial.chmod(0o755)
    yield partial
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)


def _made_from(task: _Task) -> dict[str, Any] | None:
    """What an object's ``source.json`` says; None if it is not there, not whole or was made from something else."""
    try:
        source = read_json(task.renderings / _SOURCE)
        load_binvox(task.voxels / "model.binvox")
        pictures = [task.renderings / "rendering" / f"{view:02d}.png" for view in range(task.views)]
        current = source["fingerprint"] == task.fingerprint(source["companions"])
        return dict(source) if current and all(path.is_file() for path in pictures) else None
    except (OSError, ValueError, KeyError, TypeError, DatasetError):
        return None


def _claim(out: Path, files: Sequence[MeshFile]) -> None:
    """Make ``out`` the folder of this library, and remove from it what belongs to meshes that are gone.

    Raises:
        DatasetError: if it holds something else.
    """
    marker = out / _MARKER
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        meshes = _marked(marker)
        if meshes is None:
            raise DatasetError(f"{out}: holds something else than a mesh library; choose another folder")
        if meshes and not meshes.intersection(str(file.path.resolve()) for file in files):
            raise DatasetError(f"{out}: belongs to other meshes ({min(meshes)}, …); choose another folder")
    (out / _PARTIAL).mkdir(parents=True, exist_ok=True)
    names = sorted(str(file.path.resolve()) for file in files)
    replace_text(marker, json.dumps({"format": _FORMAT, "format_version": LIBRARY_VERSION, "meshes": names}, indent=1))
    for left in (out / _PARTIAL).iterdir():
        shutil.rmtree(left, ignore_errors=True)
    for root in (_RENDERINGS, _VOXELS):
        (out / root).mkdir(exist_ok=True)
    wanted = {(category_folder(file.category), file.name) for file in files}
    for source in (out / _RENDERINGS).glob(f"*/*/{_SOURCE}"):
        place = source.parent.relative_to(out / _RENDERINGS)
        if place.parts not in wanted:
            shutil.rmtree(source.parent)
            shutil.rmtree(out / _VOXELS / place, ignore_errors=True)


def _marked(marker: Path) -> set[str] | None:
    """The mesh files of the library in a folder; None where there is no library."""
    try:
        content = read_json(marker)
        return {str(name) for name in content["meshes"]} if content["format"] == _FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _described(out: Path, tasks: Sequence[_Task]) -> LibraryReport:
    """Splits for every object that is there, written as R2N2's split file, and the report of them."""
    there = [(task, source) for task in tasks if (source := _made_from(task)) is not None]
    near = near_duplicates([pack(load_binvox(task.voxels / "model.binvox")) for task, _ in there])
    titles = [(task.file.category, task.file.name) for task, _ in there]
    splits = assign_splits(titles, near.groups, [task.file.split for task, _ in there])
    (out / "splits").mkdir(exist_ok=True)
    replace_text(out / "splits" / "ShapeNet.json", json.dumps(_split_file(titles, splits), indent=1))
    objects = []
    for number, (task, source) in enumerate(there):
        most_like, iou = near.nearest(number) or (None, None)
        health = MeshHealth.from_dict(source["health"])
        title = None if most_like is None else there[most_like][0].title
        file = task.file
        objects.append(LibraryObject(file.category, file.name, str(file.path), splits[number], health, title, iou))
    return LibraryReport(out, tuple(objects), {}, _warnings(titles, splits, near), 0, True, 0.0)


def _split_file(titles: Sequence[tuple[str, str]], splits: Sequence[Split]) -> list[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for (category, name), split in zip(titles, splits, strict=True):
        folder = category_folder(category)
        empty: Mapping[str, Any] = {"taxonomy_id": folder, "taxonomy_name": category, **{part: [] for part in SPLITS}}
        entries.setdefault(folder, dict(empty))[split].append(name)
    return list(entries.values())


def _warnings(titles: Sequence[tuple[str, str]], splits: Sequence[Split], near: NearDuplicates) -> tuple[str, ...]:
    """A warning for every pair of near-duplicates that given splits part, and for a set without validation."""
    parted = [
        f"{'/'.join(titles[a])} ({splits[a]}) and {'/'.join(titles[b])} ({splits[b]}) are near-duplicates "
        f"(IoU {iou:.2f}) in different splits, as the CSV file says"
        for (a, b), iou in zip(near.pairs.tolist(), near.iou.tolist(), strict=True)
        if splits[a] != splits[b]
    ]
    without = "train" in splits and "val" not in splits
    return (*parted, *(["no object is in val: a training on this set cannot tell which checkpoint is best"] * without))


@contextmanager
def _naming_the_place(out: Path) -> Iterator[None]:
    """Say in one line what was wrong with the place, and that nothing is lost."""
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise DatasetError(
            f"{out}: cannot be written: {reason}; finished objects are kept, mend it and build again"
        ) from error
