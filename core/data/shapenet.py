"""ShapeNet R2N2 in its own folder layout.

``ShapeNetRendering/<synset>/<model>/rendering/NN.png``, ``ShapeNetVox32/<synset>/<model>/model.binvox`` and, where
there is one, ``splits/ShapeNet.json`` or ``ShapeNet.json``: a list of categories with ``taxonomy_id`` and the models
of ``train``, ``val`` and ``test``.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.categories import category_name
from core.data.dataset import SPLITS, ObjectRecord, Split
from core.data.voxels import load_binvox
from core.errors import DatasetError

_RENDERINGS, _VOXELS = "ShapeNetRendering", "ShapeNetVox32"
_SPLIT_FILES = ("splits/ShapeNet.json", "ShapeNet.json")
_PICTURE = re.compile(r"(\d\d)\.png")

Splits = dict[tuple[str, str], Split]
"""(synset, model) to split."""


class ShapeNetDataset:
    """Objects of a folder in R2N2's layout; files are read when they are asked for.

    An object that the split file does not list counts as test; without a split file a stable hash of the model's
    name sends 70 % to train, 10 % to val and 20 % to test.

    Args:
        folder: the folder that holds ``ShapeNetRendering`` and ``ShapeNetVox32``.

    Raises:
        DatasetError: if the layout is not R2N2's, a file is missing or the split file cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        for name in (_RENDERINGS, _VOXELS):
            if not (self.folder / name).is_dir():
                raise DatasetError(
                    f"{self.folder}: no folder {name}; R2N2's layout is "
                    f"{_RENDERINGS}/<synset>/<model>/rendering/NN.png and {_VOXELS}/<synset>/<model>/model.binvox"
                )
        splits = _read_splits(self.folder)
        self._places: list[tuple[str, str]] = []
        records = []
        for synset, model in _models(self.folder / _RENDERINGS):
            if not self._binvox(synset, model).is_file():
                raise DatasetError(f"{self._binvox(synset, model)}: missing; the object has renderings but no voxels")
            split = _hashed_split(synset, model) if splits is None else splits.get((synset, model), "test")
            category = category_name(synset)
            records.append(ObjectRecord(f"{category}/{model}", category, split, self._count(synset, model)))
            self._places.append((synset, model))
        if not records:
            raise DatasetError(f"{self.folder / _RENDERINGS}: holds no object (<synset>/<model>/rendering/NN.png)")
        self._objects = tuple(records)

    @property
    def name(self) -> str:
        """Name recorded as the source of memory slots."""
        return "shapenet"

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every object on disk, by synset and model."""
        return self._objects

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of object ``index``: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.

        Raises:
            DatasetError: if the file is missing or no picture.
        """
        if not 0 <= view < self._objects[index].views:
            raise IndexError(f"object {index} has no view {view}")
        path = self._pictures(*self._places[index]) / f"{view:02d}.png"
        try:
            with Image.open(path) as picture:
                return np.asarray(picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA"))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DatasetError(f"{path}: cannot be read as a picture; fetch it again") from error

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x.

        Raises:
            DatasetError: if the file is missing, truncated or no binvox file.
        """
        return load_binvox(self._binvox(*self._places[index]))

    def _binvox(self, synset: str, model: str) -> Path:
        return self.folder / _VOXELS / synset / model / "model.binvox"

    def _pictures(self, synset: str, model: str) -> Path:
        return self.folder / _RENDERINGS / synset / model / "rendering"

    def _count(self, synset: str, model: str) -> int:
        """How many renderings there are, which must be numbered from 00 without a gap."""
        folder = self._pictures(synset, model)
        if not folder.is_dir():
            raise DatasetError(f"{folder}: missing; it should hold the object's renderings 00.png, 01.png, …")
        numbers = {int(match[1]) for path in folder.iterdir() if (match := _PICTURE.fullmatch(path.name))}
        for number in range(max(numbers, default=0) + 1):
            if number not in numbers:
                raise DatasetError(f"{folder / f'{number:02d}.png'}: missing; renderings are numbered without a gap")
        return len(numbers)


def _models(renderings: Path) -> list[tuple[str, str]]:
    """(synset, model) of every folder of renderings, sorted; hidden files and loose files are passed over."""
    return [
        (synset.name, model.name)
        for synset in sorted(renderings.iterdir())
        if synset.is_dir() and not synset.name.startswith(".")
        for model in sorted(synset.iterdir())
        if model.is_dir() and not model.name.startswith(".")
    ]


def _read_splits(folder: Path) -> Splits | None:
    """The split file's answer, or None where there is no such file."""
    paths = [folder / name for name in _SPLIT_FILES if (folder / name).is_file()]
    if not paths:
        return None
    path = paths[0]
    splits: Splits = {}
    try:
        for entry in json.loads(path.read_text(encoding="utf-8")):
            for split in SPLITS:
                for model in entry.get(split, ()):
                    splits[str(entry["taxonomy_id"]), str(model)] = split
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path}: not a split file (a JSON list of objects with taxonomy_id, train, val, test); mend or remove it"
        ) from error
    return splits


def _hashed_split(synset: str, model: str) -> Split:
    digest = hashlib.blake2b(f"{synset}/{model}".encode(), digest_size=8).digest()
    draw = int.from_bytes(digest, "big") % 100
    return "train" if draw < 70 else "val" if draw < 80 else "test"
