"""From what the user writes after ``--dataset`` to a data set."""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from core.data.dataset import ShapeDataset
from core.data.packed import FORMAT_VERSION, PackedDataset
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError

CACHE_VARIABLE = "MEM3D_CACHE"
"""Environment variable that names another folder than the user's cache."""
_BUILTIN_SEED = 0

_log = logging.getLogger(__name__)


def open_dataset(spec: str, progress: Callable[[int, int, str], None] | None = None) -> ShapeDataset:
    """Open the data set that ``spec`` names; the built-in one is built into the user's cache on first use.

    Args:
        spec: ``builtin``, ``packed:DIR`` or ``shapenet:DIR``.
        progress: called with objects done, objects in all and what is being done while a set is built.

    Raises:
        DatasetError: if the spec is unknown, or the data set is missing, damaged or cannot be built.
    """
    kind, colon, folder = spec.partition(":")
    if spec == "builtin":
        return _builtin(progress)
    if colon and folder and kind == "packed":
        return PackedDataset(Path(folder).expanduser())
    if colon and folder and kind == "shapenet":
        return ShapeNetDataset(Path(folder).expanduser())
    raise DatasetError(f"unknown data set {spec!r}: give builtin, packed:DIR or shapenet:DIR")


def builtin_folder() -> Path:
    """Where the built-in set is kept: its name holds everything that its content depends on."""
    from core.data.builtin import DEFAULT_PER_CATEGORY, SHAPES_VERSION

    root = os.environ.get(CACHE_VARIABLE)
    cache = Path(root).expanduser() if root else user_cache_path("mem3d", appauthor=False)
    name = f"builtin-shapes{SHAPES_VERSION}-seed{_BUILTIN_SEED}-size{DEFAULT_PER_CATEGORY}-format{FORMAT_VERSION}"
    return cache / name


def _builtin(progress: Callable[[int, int, str], None] | None) -> PackedDataset:
    # Imported here, so that nothing that makes shapes is loaded where only a packed set is read.
    from core.data.builtin import build

    folder = builtin_folder()
    if folder.exists():
        try:
            return _verified(folder)
        except DatasetError as error:
            _log.info("%s; building it again", error)
            if progress:
                progress(0, 1, "the stored data set is damaged: building it again")
            shutil.rmtree(folder, ignore_errors=True)
    try:
        build(folder, seed=_BUILTIN_SEED, progress=progress)
    except DatasetError:
        # Another process may have built the same set meanwhile; then it is there and whole.
        if not folder.exists():
            raise
    return _verified(folder)


def _verified(folder: Path) -> PackedDataset:
    dataset = PackedDataset(folder)
    dataset.verify()
    return dataset
