"""The user's cache: packed copies of folders, made once, so that thousands of small files load fast."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from core.data.dataset import Problem
from core.data.folder_dataset import Examination, FolderDataset, Progress, examine_all, require_some
from core.data.new_folder import new_folder, remove_stale
from core.data.packed import FORMAT_VERSION, PackedDataset, PackedWriter, encode_picture
from core.data.source_files import source_state
from core.errors import DatasetError
from core.json_files import read_json

CACHE_VARIABLE = "MEM3D_CACHE"
"""Environment variable that names another folder than the user's cache."""
SPARE_BYTES = 1_000_000_000
"""What a copy leaves free on the disk."""
_COPIES = "copies"
_SOURCE = "source.json"

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """The folder of everything that can be made again."""
    root = os.environ.get(CACHE_VARIABLE)
    return Path(root).expanduser() if root else user_cache_path("mem3d", appauthor=False)


@dataclass(frozen=True)
class Copy:
    """A packed copy of what can be used of a folder."""

    dataset: PackedDataset
    """The copy."""
    source: str
    """What it is a copy of, for people."""
    problems: tuple[Problem, ...]
    """What could not be used."""


class CopyPlace(NamedTuple):
    """Where a copy belongs."""

    path: Path
    """Its folder."""
    source_size: int
    """Bytes of what it is made from, about what it will take."""


def copy_place(folder: Path, names: Sequence[str], what: str) -> CopyPlace:
    """Where the copy of a folder in its present state belongs: a changed folder has another place.

    Args:
        folder: the source.
        names: the files and folders in it that matter.
        what: what else the content depends on, such as the subset.

    Raises:
        DatasetError: if the folder cannot be read.
    """
    try:
        state = source_state(folder, names)
    except OSError as error:
        raise DatasetError(f"{error.filename or folder}: cannot be read ({error.strerror}); mend it") from error
    source = hashlib.blake2b(f"{what}\0{folder.resolve()}".encode(errors="surrogateescape"), digest_size=8).hexdigest()
    path = cache_folder() / _COPIES / f"{source}-{state.state}-format{FORMAT_VERSION}"
    return CopyPlace(path, state.size)


def read_copy(place: Path) -> Copy | None:
    """The copy in its folder; None where there is none, or a damaged one, which is removed.

    Grids and offsets are compared with their checksums, the pictures with their size: reading gigabytes at every start
    would cost more than the copy gains, and a damaged PNG is found out when it is decoded.
    """
    if not place.exists():
        return None
    try:
        facts = read_json(place / _SOURCE)
        problems = tuple(Problem(Path(path), str(what)) for path, what in facts["problems"])
        dataset = PackedDataset(place)
        dataset.verify(pictures=False)
        return Copy(dataset, str(facts["source"]), problems)
    except (DatasetError, OSError, ValueError, KeyError, TypeError) as error:
        _log.info("%s: a damaged copy (%s); making it again", place, error)
        shutil.rmtree(place, ignore_errors=True)
        return None


def make_copy(place: CopyPlace, dataset: FolderDataset, source: str, progress: Progress | None = None) -> Copy:
    """Copy what can be used of a folder to its place, and remove the copies of its earlier states.

    It is not begun where it would leave the disk with less than ``SPARE_BYTES``.

    Args:
        place: from ``copy_place``.
        dataset: the folder's data set.
        source: what it is, for people.
        progress: told after every object.

    Raises:
        DatasetError: if it cannot be written, such as on a full disk, or nothing can be used.
    """
    folder = place.path
    remove_stale(folder.parent)  # gigabytes, perhaps, of a source that has changed since and will not come back
    try:
        with new_folder(folder) as partial:
            if (free := shutil.disk_usage(partial).free) < place.source_size + SPARE_BYTES:
                raise DatasetError(
                    f"{folder}: a copy needs {place.source_size / 1e9:.1f} GB, {free / 1e9:.1f} GB are free; "
                    f"free some space, or name a folder with more of it in {CACHE_VARIABLE}"
                )
            problems = pack_folder(dataset, partial, progress)
            facts = {"source": source, "problems": [[str(problem.path), problem.what] for problem in problems]}
            (partial / _SOURCE).write_text(json.dumps(facts, indent=1), encoding="utf-8")
            PackedDataset(partial).verify()
    except DatasetError:
        # Another process may have made the same copy meanwhile; then it is there and whole.
        if (copy := read_copy(folder)) is not None:
            return copy
        raise
    for other in folder.parent.glob(f"{folder.name.split('-')[0]}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    copy = read_copy(folder)
    if copy is None:
        raise DatasetError(f"{folder}: was removed while it was made; try again")
    return copy


def pack_folder(dataset: FolderDataset, out: Path, progress: Progress | None = None) -> list[Problem]:
    """Pack what can be used of a folder's data set into an empty folder.

    Returns:
        What could not be used.

    Raises:
        DatasetError: if nothing can be used.
        OSError: if it cannot be written.
    """
    problems = list(dataset.problems)

    def take(index: int, found: Examination) -> tuple[Examination, list[bytes]]:
        pictures = [
            dataset.stored_picture(index, view) or encode_picture(pixels) for view, pixels in found.pictures.items()
        ]
        found.pictures.clear()
        return found, pictures

    count = 0
    with PackedWriter(out, dataset.name, seed=0, version=dataset.version) as writer:
        for record, (found, pictures) in zip(
            dataset.objects, examine_all(dataset, take, "packing", progress), strict=True
        ):
            problems += found.problems
            if found.voxels is not None and pictures:
                writer.add(record, found.voxels, pictures)
                count += 1
        require_some(count, dataset, problems)
        writer.finish()
    return problems


def copies() -> list[tuple[Path, str, int]]:
    """Folder, source and size in bytes of every copy in the cache."""
    found = []
    for place in sorted((cache_folder() / _COPIES).glob("*-format*")):
        try:
            source = str(read_json(place / _SOURCE)["source"])
            found.append((place, source, sum(path.stat().st_size for path in place.iterdir())))
        except (OSError, ValueError, KeyError, TypeError):
            found.append((place, "damaged", 0))
    return found


def clear_copies() -> None:
    """Remove every copy; the folders they were made from are not touched.

    Raises:
        OSError: if one cannot be removed.
    """
    if (folder := cache_folder() / _COPIES).exists():
        shutil.rmtree(folder)
