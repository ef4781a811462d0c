"""The packed format: a data set in three files that are memory-mapped, so that reading never limits training.

A folder holds ``dataset.json`` (format version, name, seed, objects, file sizes and checksums), ``voxels.npy``
((N, 4096) uint8, bit-packed grids) and ``images.bin`` (PNG pictures one after another, RGBA or RGB), whose byte
offsets are in ``offsets.npy`` ((pictures + 1,) int64, objects in order, views in order).
"""

import io
import json
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.bit_packing import PACKED_BYTES, pack, unpack
from core.data.dataset import SPLITS, ObjectRecord
from core.data.decoding import decoding
from core.errors import DatasetError, ImageError
from core.json_files import is_whole, read_json
from core.npy_files import Kind, map_npy, read_npy
from core.reading import open_file

FORMAT_VERSION = 1
"""Version of the packed format; a newer one is refused."""

INDEX = "dataset.json"
"""The file that makes a folder a packed data set; it is written last."""
_FORMAT = "mem3d-packed"
_IMAGES, _OFFSETS, _VOXELS = "images.bin", "offsets.npy", "voxels.npy"
_FILES = (_IMAGES, _OFFSETS, _VOXELS)
_CHECKED_AT_ONCE = 1 << 22
_MOST_VIEWS = 1_000_000
_MOST_OFFSETS = 1 << 28  # bytes, of 33 million pictures
_ANY_SIZE = 1 << 62  # it is mapped, not read


def encode_picture(pixels: NDArray[np.uint8]) -> bytes:
    """A picture as PNG, lossless: (H, W, 4) RGBA or (H, W, 3) RGB, uint8."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


class PackedWriter:
    """Writes a packed data set into a folder that must not be used before ``finish`` returned.

    Args:
        folder: an existing empty folder.
        name: name of the data set, recorded as the source of memory slots.
        seed: seed it was made from; 0 where there is none.
        version: of the data it is a copy of; empty if it is no copy.
    """

    def __init__(self, folder: Path, name: str, seed: int, version: str = "") -> None:
        self._folder, self._name, self._seed, self._version = Path(folder), name, seed, version
        self._objects: list[dict[str, Any]] = []
        self._grids: list[NDArray[np.uint8]] = []
        self._offsets = [0]
        self._images = (self._folder / _IMAGES).open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._images.close()

    def add(self, record: ObjectRecord, voxels: NDArray[np.bool_], pictures: Sequence[bytes]) -> None:
        """Append one object with its grid and its encoded pictures, one a view."""
        self._objects.append(
            {
                "id": record.object_id,
                "category": record.category,
                "split": record.split,
                "views": len(pictures),
            }
        )
        self._grids.append(pack(voxels))
        for picture in pictures:
            self._images.write(picture)
            self._offsets.append(self._offsets[-1] + len(picture))

    def finish(self) -> None:
        """Write the grids, the offsets and, last, the index."""
        self._images.close()
        np.save(self._folder / _OFFSETS, np.array(self._offsets, np.int64))
        np.save(self._folder / _VOXELS, np.stack(self._grids))
        files = {}
        for name in (_IMAGES, _OFFSETS, _VOXELS):
            path = self._folder / name
            files[name] = {"bytes": path.stat().st_size, "crc32": _checksum(path)}
        index = {
            "format": _FORMAT,
            "format_version": FORMAT_VERSION,
            "name": self._name,
            "seed": self._seed,
            "version": self._version,
            "files": files,
            "objects": self._objects,
        }
        (self._folder / INDEX).write_text(json.dumps(index, indent=1), encoding="utf-8")


class PackedDataset:
    """A packed data set; safe to read from several threads and to send to worker processes.

    Args:
        folder: the folder that ``PackedWriter`` filled.

    Raises:
        DatasetError: if it is no packed data set, incomplete, damaged or written by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        index = _read_index(self.folder)
        try:
            self._name = _text(index["name"])
            self._objects = tuple(_record(entry) for entry in index["objects"])
            files = {name: (index["files"][name]["bytes"], index["files"][name]["crc32"]) for name in _FILES}
            self._version = _text(index.get("version") or str(sorted((name, crc) for name, (_, crc) in files.items())))
            if not all(is_whole(number) for numbers in files.values() for number in numbers):
                raise ValueError("sizes and checksums are whole numbers")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DatasetError(f"{self.folder / INDEX}: damaged index ({error!r}); build the data set again") from error
        for name in _FILES:
            path = self.folder / name
            if not os.path.isfile(path) or path.stat().st_size != files[name][0]:
                raise DatasetError(f"{path}: missing or truncated; build the data set again")
        self._first = np.concatenate([[0], np.cumsum([record.views for record in self._objects], dtype=np.int64)])
        self._map()

    def _map(self) -> None:
        pictures = int(self._first[-1])
        offsets = Kind(("i8",), (pictures + 1,), _MOST_OFFSETS)
        grids = Kind(("u1",), (len(self._objects), PACKED_BYTES), _ANY_SIZE)
        try:
            self._offsets = read_npy(self.folder / _OFFSETS, offsets)
            self._grids = map_npy(self.folder / _VOXELS, grids)
            with open_file(self.folder / _IMAGES) as file:
                self._images = np.memmap(file, np.uint8, "r") if pictures else np.empty(0, np.uint8)
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"{self.folder}: its files do not belong together, or cannot be read ({error}); "
                "build the data set again"
            ) from error
        if self._offsets[0] < 0 or (np.diff(self._offsets) < 0).any() or self._offsets[-1] > len(self._images):
            raise DatasetError(
                f"{self.folder / _OFFSETS}: damaged (places that are not in {_IMAGES}); build the data set again"
            )

    def __getstate__(self) -> dict[str, Any]:
        mapped = ("_offsets", "_grids", "_images")
        return {name: value for name, value in self.__dict__.items() if name not in mapped}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._map()

    @property
    def name(self) -> str:
        """Name recorded as the source of memory slots."""
        return self._name

    @property
    def version(self) -> str:
        """What its content is told by: the version of what it is a copy of, or else the checksums of its files."""
        return self._version

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every object, in a fixed order."""
        return self._objects

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of object ``index``: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.

        Raises:
            DatasetError: if the stored picture is damaged.
        """
        if not 0 <= view < self._objects[index].views:
            raise IndexError(f"object {index} has no view {view}")
        at = int(self._first[index]) + view
        content = self._images[int(self._offsets[at]) : int(self._offsets[at + 1])].tobytes()
        try:
            with decoding(io.BytesIO(content), _IMAGES) as picture:
                if picture.mode not in ("RGB", "RGBA"):
                    raise ImageError(f"a picture in the mode {picture.mode}")
                return np.asarray(picture)
        except ImageError as error:
            raise DatasetError(
                f"{self.folder / _IMAGES}: picture {view} of {self._objects[index].object_id} is damaged; "
                "build the data set again"
            ) from error

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        return unpack(np.asarray(self._grids[index]))

    def verify(self, *, pictures: bool = True) -> None:
        """Compare every file with its recorded checksum; reads the whole set once.

        Args:
            pictures: False leaves out the pictures, by far the largest file; each is a PNG that is checked when it is
                decoded.

        Raises:
            DatasetError: naming the first file that differs.
        """
        recorded = _read_index(self.folder)["files"]
        for name in _FILES:
            if (pictures or name != _IMAGES) and _checksum(self.folder / name) != recorded[name]["crc32"]:
                raise DatasetError(f"{self.folder / name}: damaged (its checksum differs); build the data set again")


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / INDEX
    try:
        index = read_json(path)
    except FileNotFoundError as error:
        raise DatasetError(
            f"{folder}: not a packed data set (no {INDEX}); make one with: mem3d dataset build builtin DIR"
        ) from error
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); build the data set again") from error
    if not isinstance(index, dict) or index.get("format") != _FORMAT:
        raise DatasetError(f"{path}: not the index of a packed data set")
    version = index.get("format_version")
    if version != FORMAT_VERSION:
        raise DatasetError(f"{path}: packed format {version} is not format {FORMAT_VERSION}; build it again or update")
    return index


def _record(entry: dict[str, Any]) -> ObjectRecord:
    if entry["split"] not in SPLITS:
        raise ValueError(f"unknown split {entry['split']!r}")
    if not is_whole(entry["views"], 0, _MOST_VIEWS):
        raise ValueError(f"{entry['views']!r} views")
    return ObjectRecord(_text(entry["id"]), _text(entry["category"]), entry["split"], entry["views"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _checksum(path: Path) -> int:
    value = 0
    with open_file(path) as file:
        while block := file.read(_CHECKED_AT_ONCE):
            value = zlib.crc32(block, value)
    return value
