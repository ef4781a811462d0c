"""ShapeNet R2N2 in its own folder layout.

``ShapeNetRendering/<synset>/<model>/rendering/NN.png``, ``ShapeNetVox32/<synset>/<model>/model.binvox`` and, where
there is one, ``splits/ShapeNet.json`` or ``ShapeNet.json``: a list of categories with ``taxonomy_id`` and the models
of ``train``, ``val`` and ``test``.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.binvox import load_binvox
from core.data.categories import category_name
from core.data.dataset import SPLITS, ObjectRecord, Problem, Split
from core.data.decoding import decoding
from core.data.source_files import source_state
from core.errors import DatasetError, ImageError
from core.json_files import read_json
from core.reading import open_file

_RENDERINGS, _VOXELS = "ShapeNetRendering", "ShapeNetVox32"
_SPLIT_FILES = ("splits/ShapeNet.json", "ShapeNet.json")
_PICTURE = re.compile(r"(\d\d)\.png")

FOLDERS = (_RENDERINGS, _VOXELS)
"""The folders that make a folder a data set in the layout of R2N2."""
SOURCES = (*FOLDERS, *_SPLIT_FILES)
"""What of the folder the data set is made from."""

Splits = dict[tuple[str, str], Split]
"""(synset, model) to split."""


class ShapeNetDataset:
    """Objects of a folder in R2N2's layout; files are read when they are asked for.

    An object that the split file does not list counts as test; without a split file a stable hash of the model's
    name sends 70 % to train, 10 % to val and 20 % to test. Missing renderings are in ``problems``, not in ``objects``.

    Args:
        folder: the folder that holds ``ShapeNetRendering`` and ``ShapeNetVox32``.

    Raises:
        DatasetError: if the layout is not R2N2's, there is nothing in it or the split file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        for name in FOLDERS:
            if not (self.folder / name).is_dir():
                raise DatasetError(
                    f"{self.folder}: no folder {name}; R2N2's layout is "
                    f"{_RENDERINGS}/<synset>/<model>/rendering/NN.png and {_VOXELS}/<synset>/<model>/model.binvox"
                )
        splits = _read_splits(self.folder)
        self._places: list[tuple[str, str]] = []
        self._views: list[tuple[int, ...]] = []
        self._problems: list[Problem] = []
        records: dict[str, ObjectRecord] = {}
        present = _models(self.folder / _RENDERINGS)
        for synset, model in present:
            category = category_name(synset)
            record_id = f"{category}/{model}"
            views = self._present_views(synset, model)
            if record_id in records:
                self._report(
                    self._pictures(synset, model).parent, f"a second {record_id}; rename or remove one of them"
                )
            elif views:
                split = hashed_split(synset, model) if splits is None else splits.get((synset, model), "test")
                records[record_id] = ObjectRecord(record_id, category, split, len(views))
                self._places.append((synset, model))
                self._views.append(views)
        if not present:
            raise DatasetError(f"{self.folder / _RENDERINGS}: holds no object (<synset>/<model>/rendering/NN.png)")
        self._objects = tuple(records.values())
        self.notes = self._unusual(present, splits)

    @property
    def name(self) -> str:
        """Name recorded as the source of memory slots."""
        return "shapenet"

    @cached_property
    def version(self) -> str:
        """A digest of the files' relative paths and sizes."""
        return source_state(self.folder, SOURCES).version

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every object on disk, by synset and model."""
        return self._objects

    @property
    def problems(self) -> Sequence[Problem]:
        """Missing renderings and doubled names."""
        return self._problems

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of object ``index``: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.

        Raises:
            DatasetError: if the file is missing or no picture.
        """
        path = self.picture_path(index, view)
        try:
            with open_file(path) as file, decoding(file, str(path)) as picture:
                return np.asarray(picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA"))
        except (OSError, ImageError) as error:
            raise DatasetError(f"{path}: cannot be read as a picture; fetch it again") from error

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x.

        Raises:
            DatasetError: if the file is missing, truncated or no binvox file.
        """
        path = self.voxels_path(index)
        if not path.exists():
            raise DatasetError(f"{path}: missing; the object has renderings but no voxels")
        return load_binvox(path)

    def picture_path(self, index: int, view: int) -> Path:
        """The file of a rendering."""
        if not 0 <= view < len(self._views[index]):
            raise IndexError(f"object {index} has no view {view}")
        return self._pictures(*self._places[index]) / f"{self._views[index][view]:02d}.png"

    def voxels_path(self, index: int) -> Path:
        """The file of a voxel grid."""
        synset, model = self._places[index]
        return self.folder / _VOXELS / synset / model / "model.binvox"

    def stored_picture(self, index: int, view: int) -> bytes | None:
        """The rendering's own file, unless it is a kind of PNG that ``image`` converts."""
        path = self.picture_path(index, view)
        with open_file(path) as file:
            with decoding(file, str(path)) as picture:
                as_it_is = picture.format == "PNG" and picture.mode in ("RGB", "RGBA")
            file.seek(0)
            return file.read() if as_it_is else None

    def _pictures(self, synset: str, model: str) -> Path:
        return self.folder / _RENDERINGS / synset / model / "rendering"

    def _report(self, path: Path, what: str) -> None:
        self._problems.append(Problem(path, what))

    def _present_views(self, synset: str, model: str) -> tuple[int, ...]:
        """The numbers of the renderings, which should run from 00 without a gap."""
        folder = self._pictures(synset, model)
        if not folder.is_dir():
            self._report(folder, "missing; it should hold the object's renderings 00.png, 01.png, …")
            return ()
        numbers = sorted(int(match[1]) for name in os.listdir(folder) if (match := _PICTURE.fullmatch(name)))
        for number in range(max(numbers, default=0) + 1):
            if number not in numbers:
                self._report(folder / f"{number:02d}.png", "missing; renderings are numbered without a gap")
        return tuple(numbers)

    def _unusual(self, present: list[tuple[str, str]], splits: Splits | None) -> tuple[Problem, ...]:
        """How the renderings, the voxels and the split file differ in what they hold."""
        there, notes = set(present), []
        if without := sorted(set(_models(self.folder / _VOXELS)) - there):
            example = "/".join(without[0])
            notes.append(Problem(self.folder / _VOXELS, f"{len(without)} models without renderings, such as {example}"))
        if splits is not None:
            path = _split_file(self.folder)
            assert path is not None
            if absent := splits.keys() - there:
                notes.append(Problem(path, f"lists {len(absent)} models that are not there"))
            if unlisted := there - splits.keys():
                notes.append(Problem(path, f"does not list {len(unlisted)} models that are there; they count as test"))
        return tuple(notes)


def _models(folder: Path) -> list[tuple[str, str]]:
    """(synset, model) of every folder of a model, sorted; hidden files and loose files are passed over."""
    return [(synset, model) for synset in _folders(folder) for model in _folders(folder / synset)]


def _folders(path: Path) -> list[str]:
    with os.scandir(path) as entries:
        return sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())


def _split_file(folder: Path) -> Path | None:
    return next((folder / name for name in _SPLIT_FILES if (folder / name).exists()), None)


def _read_splits(folder: Path) -> Splits | None:
    """The split file's answer, or None where there is no such file."""
    path = _split_file(folder)
    if path is None:
        return None
    splits: Splits = {}
    try:
        for entry in read_json(path):
            taxonomy = str(entry["taxonomy_id"])
            for split in SPLITS:
                models = entry.get(split, [])
                if not isinstance(models, list) or not all(isinstance(model, str | int) for model in models):
                    raise ValueError(f"{split} of {taxonomy} is no list of models")
                for model in models:
                    splits[taxonomy, str(model)] = split
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path}: not a split file, a JSON list of objects with taxonomy_id, train, val, test ({error}); "
            "mend or remove it"
        ) from error
    return splits


def hashed_split(category: str, model: str) -> Split:
    """70 % train, 10 % val, 20 % test, by a hash that answers the same for ever."""
    digest = hashlib.blake2b(f"{category}/{model}".encode(errors="surrogateescape"), digest_size=8).digest()
    draw = int.from_bytes(digest, "big") % 100
    return "train" if draw < 70 else "val" if draw < 80 else "test"
