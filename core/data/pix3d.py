"""Pix3D: photographs with masks, boxes and aligned models, in the data set's own folder layout.

``pix3d.json`` is a list of pictures with ``img``, ``mask``, ``bbox``, ``img_size``, ``category``, ``model`` (OBJ),
``voxel`` (MAT) and the flags ``truncated``, ``occluded`` and ``slightly_occluded``
(https://github.com/xingyuansun/pix3d). There is no standard split: where ``pix3d_train.npy`` and ``pix3d_test.npy``
(positions in ``pix3d.json``, as TensorFlow Graphics writes Mesh R-CNN's split) lie beside it, they decide.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import CropBy, Subset
from core.data.bit_packing import pack, unpack
from core.data.dataset import ObjectRecord, Problem, Split
from core.data.decoding import decoding
from core.data.images import ALPHA_THRESHOLD
from core.data.pix3d_voxels import read_voxels
from core.data.shapenet import hashed_split
from core.data.source_files import source_state
from core.errors import DatasetError, ImageError
from core.json_files import is_whole, read_json
from core.npy_files import Kind, read_npy
from core.reading import open_file

INDEX = "pix3d.json"
"""The file that makes a folder a Pix3D data set."""
_LISTS: dict[Split, str] = {"train": "pix3d_train.npy", "test": "pix3d_test.npy"}
SOURCES = (INDEX, "img", "mask", "model", *_LISTS.values())
"""What of the folder the data set is made from."""

LONGEST_SIDE = 512
"""Pixels to which a larger crop is reduced: more than twice the largest network input, and fast to read again."""

_LONGEST = 100_000
"""Pixels of the longest side that a picture may be said to have."""
_FLAGS = ("truncated", "occluded", "slightly_occluded")


@dataclass(frozen=True)
class _Picture:
    """One entry of ``pix3d.json``."""

    position: int
    image: Path
    mask: Path
    size: tuple[int, int]
    box: tuple[float, float, float, float]
    category: str
    model: Path
    voxels: Path
    flags: frozenset[str]


def in_subset(subset: Subset, category: str, flags: frozenset[str]) -> bool:
    """Whether a picture belongs to a subset.

    ``chairs`` is the test protocol of Pix3D and Pix2Vox: the 2894 chairs that are neither truncated nor occluded nor
    slightly occluded. ``occluded`` is every other chair; the remaining names pick the chairs with one flag.

    Args:
        subset: name of the subset.
        category: the picture's category.
        flags: those of truncated, occluded and slightly_occluded that are set.
    """
    if subset == "all":
        return True
    if subset == "clear":
        return not flags
    if category != "chair":
        return False
    if subset == "chairs":
        return not flags
    return bool(flags) if subset == "occluded" else subset.removeprefix("chairs_") in flags


class Pix3DDataset:
    """Objects of Pix3D: one a 3D model, with the pictures of a subset as its renderings.

    In the subsets ``all`` and ``clear`` the lists decide on the split, where they are there: a model with a picture on
    the test list is test, and of the others a stable hash holds a tenth back for validation. Without lists it is 70 %
    train, 10 % val, 20 % test by model. The subsets of chairs are for networks trained elsewhere: all test.

    Args:
        folder: the folder that holds ``pix3d.json``.
        subset: which pictures.
        crop_by: ``mask`` gives the object with its mask as alpha; ``box`` gives the square around its box, as Pix2Vox
            crops it, with its background and with the border repeated where the square leaves the photograph.

    Raises:
        DatasetError: if ``pix3d.json`` is missing or unreadable, or no picture is left in the subset.
    """

    def __init__(self, folder: Path, subset: Subset = "all", crop_by: CropBy = "mask") -> None:
        self.folder = Path(folder)
        self._crop_by = crop_by
        self._problems: list[Problem] = []
        entries = self._pictures(_read_index(self.folder / INDEX))
        chosen = [entry for entry in entries if in_subset(subset, entry.category, entry.flags)]
        models: dict[str, list[_Picture]] = {}
        for entry in chosen:
            models.setdefault(_object_id(entry, self.folder), []).append(entry)
        splits, self.notes = self._splits(models) if subset in ("all", "clear") else ({}, ())
        self._views: list[list[_Picture]] = []
        records = []
        for object_id in sorted(models):
            if views := [picture for picture in models[object_id] if self._is_there(picture)]:
                records.append(ObjectRecord(object_id, views[0].category, splits.get(object_id, "test"), len(views)))
                self._views.append(views)
        if not chosen:
            raise DatasetError(f"{self.folder / INDEX}: no picture in the subset {subset!r}; choose another --subset")
        self._objects = tuple(records)
        self._grids: dict[int, NDArray[np.uint8]] = {}

    @property
    def name(self) -> str:
        """Name recorded as the source of memory slots."""
        return "pix3d"

    @cached_property
    def version(self) -> str:
        """A digest of the files' relative paths and sizes, and of how pictures are cropped."""
        return f"{source_state(self.folder, SOURCES).version}-{self._crop_by}"

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every model with a picture in the subset, by category and name."""
        return self._objects

    @property
    def problems(self) -> Sequence[Problem]:
        """Missing pictures and masks, and entries of ``pix3d.json`` that cannot be used."""
        return self._problems

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Picture ``view`` of object ``index``, cropped and at most ``LONGEST_SIDE`` long.

        Returns:
            (H, W, 4) RGBA uint8 with the mask as alpha, or (H, H, 3) RGB uint8 of the square around the box.

        Raises:
            DatasetError: if the picture or its mask cannot be read, or they do not belong together.
        """
        entry = self._entry(index, view)
        picture = _opened(entry.image, "RGB")
        if picture.size != entry.size:
            raise DatasetError(
                f"{entry.image}: {picture.width} x {picture.height} pixels, but {INDEX} says "
                f"{entry.size[0]} x {entry.size[1]}; fetch it again"
            )
        if self._crop_by == "box":
            return _square(picture, entry.box)
        mask = _opened(entry.mask, "L")
        if mask.size != picture.size:
            raise DatasetError(
                f"{entry.mask}: {mask.width} x {mask.height} pixels, its picture {picture.width} x {picture.height}; "
                "fetch it again"
            )
        box = mask.point(lambda value: 255 * (value > ALPHA_THRESHOLD)).getbbox()
        if box is None:
            raise DatasetError(f"{entry.mask}: the mask is empty; fetch it again")
        picture.putalpha(mask)
        return np.asarray(_reduced(picture.crop(box)))

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x.

        Raises:
            DatasetError: if neither the grid nor the model can be read.
        """
        # Reading one takes some ten milliseconds, and a model is asked for as often as it has pictures.
        if index not in self._grids:
            entry = self._views[index][0]
            self._grids[index] = pack(read_voxels(entry.voxels, entry.model))
        return unpack(self._grids[index])

    def picture_path(self, index: int, view: int) -> Path:
        """The file of a picture."""
        return self._entry(index, view).image

    def voxels_path(self, index: int) -> Path:
        """The file of a voxel grid: the model only where there is no ``voxel.mat``."""
        entry = self._views[index][0]
        return entry.model if os.path.isfile(entry.model) and not os.path.isfile(entry.voxels) else entry.voxels

    def stored_picture(self, index: int, view: int) -> bytes | None:
        """Always None: what is given is a part of the file."""
        return None

    def _entry(self, index: int, view: int) -> _Picture:
        if not 0 <= view < len(self._views[index]):
            raise IndexError(f"object {index} has no view {view}")
        return self._views[index][view]

    def _pictures(self, entries: list[Any]) -> list[_Picture]:
        """The usable entries of ``pix3d.json``."""
        pictures = []
        seen: set[Path] = set()
        for position, entry in enumerate(entries):
            try:
                picture = _picture(position, entry, self.folder)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                self._report(self.folder / INDEX, f"entry {position} cannot be used ({error!r}); mend or remove it")
                continue
            if picture.image in seen:
                self._report(self.folder / INDEX, f"entry {position}: {entry['img']} is there twice; remove one")
                continue
            seen.add(picture.image)
            pictures.append(picture)
        return pictures

    def _is_there(self, picture: _Picture) -> bool:
        """Whether a picture and its mask are there; what is missing is reported."""
        wanted = (picture.image, picture.mask) if self._crop_by == "mask" else (picture.image,)
        missing = [path for path in wanted if not os.path.isfile(path)]
        for path in missing:
            self._report(path, f"missing; {INDEX} lists it as entry {picture.position}")
        return not missing

    def _report(self, path: Path, what: str) -> None:
        self._problems.append(Problem(path, what))

    def _splits(self, models: dict[str, list[_Picture]]) -> tuple[dict[str, Split], tuple[Problem, ...]]:
        """The split of every model, and what is unusual about the lists."""
        lists = {split: _read_list(self.folder / name) for split, name in _LISTS.items()}
        train, test = lists["train"], lists["test"]
        if train is None or test is None:
            return {object_id: hashed_split(*object_id.split("/", 1)) for object_id in models}, ()
        splits: dict[str, Split] = {}
        shared = unlisted = 0
        for object_id, pictures in list(models.items()):
            positions = {picture.position for picture in pictures}
            listed = test if positions & test else train
            shared += bool(positions & test and positions & train)
            kept = [picture for picture in pictures if picture.position in listed]
            unlisted += len(positions - test - train)
            if not kept:
                del models[object_id]
                continue
            models[object_id] = kept
            held_back = hashed_split(*object_id.split("/", 1)) == "val"
            splits[object_id] = "test" if listed is test else "val" if held_back else "train"
        path, notes = self.folder / _LISTS["test"], []
        if shared:
            notes.append(Problem(path, f"shares {shared} models with the training list; they are test only"))
        if unlisted:
            notes.append(Problem(path, f"{unlisted} pictures are on no list and left out"))
        return splits, tuple(notes)


def _read_index(path: Path) -> list[Any]:
    try:
        entries = read_json(path)
    except FileNotFoundError as error:
        raise DatasetError(f"{path}: missing; Pix3D's folder holds {INDEX}, img, mask and model") from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read as JSON ({error}); fetch it again") from error
    if not isinstance(entries, list):
        raise DatasetError(f"{path}: not Pix3D's list of pictures; fetch it again")
    return entries


def _picture(position: int, entry: dict[str, Any], folder: Path) -> _Picture:
    size = entry["img_size"]
    if not (isinstance(size, list) and len(size) == 2 and all(is_whole(side, 1, _LONGEST) for side in size)):
        raise ValueError(f"img_size {size}")
    width, height = size
    left, top, right, bottom = map(float, entry["bbox"])
    # Boxes of people and programs end a little outside the picture; a square of a million pixels around one would not.
    around = -width <= left < right <= 2 * width and -height <= top < bottom <= 2 * height
    if not (around and right > 0 and bottom > 0 and left < width and top < height):
        raise ValueError(f"bbox {entry['bbox']} in a picture of {width} x {height}")
    category = entry["category"]
    if not isinstance(category, str) or not category:
        raise ValueError("an empty category")
    return _Picture(
        position=position,
        image=_inside(folder, entry["img"]),
        mask=_inside(folder, entry["mask"]),
        size=(width, height),
        box=(left, top, right, bottom),
        category=category,
        model=_inside(folder, entry["model"]),
        voxels=_inside(folder, entry["voxel"]),
        flags=frozenset(flag for flag in _FLAGS if _flag(entry[flag])),
    )


def _inside(folder: Path, name: str) -> Path:
    """The file of a name that leads to nowhere but into the folder."""
    path = PureWindowsPath(name)  # which takes both / and \ for what they may be somewhere
    if not path.parts or path.anchor or ".." in path.parts:
        raise ValueError(f"{name!r} is no file in this folder")
    return folder / name


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _object_id(picture: _Picture, folder: Path) -> str:
    """``bed/IKEA_MALM_2``; a folder with several models adds the name of the file."""
    path = PurePosixPath(picture.model.relative_to(folder).as_posix())
    name = path.parent.name if path.stem == "model" else f"{path.parent.name}/{path.stem}"
    return f"{picture.category}/{name}"


def _read_list(path: Path) -> set[int] | None:
    """Positions in ``pix3d.json``; None where there is no such list."""
    if not path.exists():
        return None
    try:
        return set(read_npy(path, Kind(("i", "u"), (None,))).tolist())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: not a list of positions in {INDEX}; mend or remove it") from error


def _opened(path: Path, mode: str) -> Image.Image:
    try:
        with open_file(path) as file, decoding(file, str(path)) as picture:
            return picture.convert(mode)
    except (OSError, ImageError) as error:
        raise DatasetError(f"{path}: cannot be read as a picture; fetch it again") from error


def _square(picture: Image.Image, box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """The square around a box, whose side is the box's longest; the border is repeated outside the photograph."""
    left, top, right, bottom = box
    side = max(1, round(max(right - left, bottom - top)))
    x, y = round((left + right - side) / 2), round((top + bottom - side) / 2)
    inside = (max(x, 0), max(y, 0), min(x + side, picture.width), min(y + side, picture.height))
    pixels = np.asarray(picture.crop(inside))
    outside = ((inside[1] - y, y + side - inside[3]), (inside[0] - x, x + side - inside[2]), (0, 0))
    return np.asarray(_reduced(Image.fromarray(np.pad(pixels, outside, mode="edge"))))


def _reduced(picture: Image.Image) -> Image.Image:
    factor = LONGEST_SIDE / max(picture.size)
    if factor >= 1:
        return picture
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.BILINEAR)
