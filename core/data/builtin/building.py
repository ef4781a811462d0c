"""Building the built-in data set: every core makes objects, one process writes them."""

import shutil
import time
import zipfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.bit_packing import pack, unpack
from core.data.builtin.families import cameras, shape, split_of
from core.data.categories import CATEGORIES
from core.data.dataset import SPLITS, ObjectRecord, Split
from core.data.new_folder import new_folder
from core.data.packed import PackedWriter, encode_picture
from core.data.rendering import VIEWS
from core.data.voxelising import voxelise
from core.data.workers import in_processes, renderer
from core.errors import DatasetError

NAME = "builtin"
"""Name of the data set, recorded as the source of memory slots."""
DEFAULT_PER_CATEGORY = 240
"""Objects per category if nothing else is asked for: 3120 objects, 74 880 pictures."""

_KEPT = "made"
"""Folder of the objects that are made, one a file, until all are."""

Progress = Callable[[int, int, str], None]
Identity = tuple[int, str, int, int]


@dataclass(frozen=True)
class BuildReport:
    """What a build made."""

    out: Path
    """The folder of the packed data set."""
    seed: int
    """The seed it was made from."""
    counts: Mapping[str, Mapping[Split, int]]
    """Objects per category and split."""
    nearest_training_iou: Mapping[str, float]
    """Mean IoU of a category's held-out grids to the nearest training grid of it; NaN where there is none."""
    seconds: float
    """Wall-clock time of the build."""

    def __str__(self) -> str:
        """A table for people: one line a category, and the totals."""
        lines = [
            f"{'category':<12}{'train':>6}{'val':>6}{'test':>6}   IoU of held-out shapes to the nearest training shape"
        ]
        for category, counts in self.counts.items():
            nearest = self.nearest_training_iou[category]
            numbers = "".join(f"{counts[split]:>6}" for split in SPLITS)
            lines.append(f"{category:<12}{numbers}   {'-' if np.isnan(nearest) else f'{nearest:.3f}'}")
        totals = [sum(counts[split] for counts in self.counts.values()) for split in SPLITS]
        lines.append(f"{'all':<12}{''.join(f'{total:>6}' for total in totals)}")
        lines.append(f"{sum(totals)} objects in {self.out}, built in {self.seconds:.0f} s from seed {self.seed}")
        return "\n".join(lines)


def build(
    out: Path,
    *,
    per_category: int = DEFAULT_PER_CATEGORY,
    seed: int = 0,
    views: int = VIEWS,
    progress: Progress | None = None,
) -> BuildReport:
    """Make ``per_category`` objects of each of the 13 categories and pack them into the folder ``out``.

    The folder appears only when it is complete. A build that is broken off, by an exception that ``progress`` raises
    for instance, is gone on with by the next one of the same ``out``, seed and views.

    Args:
        out: a folder that does not exist yet or is empty.
        per_category: objects per category; a larger set contains every object of a smaller one.
        seed: seed of all shapes and cameras, not negative.
        views: renderings per object.
        progress: called with objects done, objects in all, and what is being done.

    Raises:
        DatasetError: if ``out`` is in use, the disk is full, or off-screen rendering is impossible.
    """
    started = time.monotonic()
    out = Path(out)
    if per_category < 1 or views < 1 or seed < 0:
        raise DatasetError("objects per category and views must be at least 1, and the seed must not be negative")
    identities = [(seed, category, index, views) for category in CATEGORIES for index in range(per_category)]
    with new_folder(out, keep=_KEPT) as partial:
        records, grids = _write(partial, identities, seed, progress)
    counts, nearest = _statistics(records, grids)
    return BuildReport(out, seed, counts, nearest, time.monotonic() - started)


def _write(
    folder: Path, identities: list[Identity], seed: int, progress: Progress | None
) -> tuple[list[ObjectRecord], list[NDArray[np.uint8]]]:
    """Make all objects and pack them in the order of ``identities``."""
    records, grids = [], []
    kept = folder / _KEPT
    with PackedWriter(folder, NAME, seed) as writer, closing(_made(identities, kept)) as objects:
        if progress:
            progress(0, len(identities), "starting")
        for done, (record, packed, pictures) in enumerate(objects, start=1):
            writer.add(record, unpack(packed), pictures)
            records.append(record)
            grids.append(packed)
            if progress:
                progress(done, len(identities), record.category)
        writer.finish()
    shutil.rmtree(kept)
    return records, grids


Made = tuple[ObjectRecord, NDArray[np.uint8], list[bytes]]


def _made(identities: Sequence[Identity], kept: Path) -> Generator[Made, None, None]:
    """The objects in order; those that are kept from a build before are not made again."""
    known = {identity for identity in identities if _recall(kept, identity) is not None}
    with closing(in_processes(_make, [identity for identity in identities if identity not in known])) as fresh:
        for identity in identities:
            made = _recall(kept, identity) if identity in known else None
            if made is None:
                made = next(fresh)
                _keep(kept, identity, made)
            yield made


def _keep(folder: Path, identity: Identity, made: Made) -> None:
    """Write an object into a file of its own, which is whole or not there."""
    record, packed, pictures = made
    file, temporary = _file(folder, identity), folder / "unfinished"
    with open(temporary, "wb") as stream:
        np.savez(
            stream,
            packed=packed,
            split=np.array(record.split),
            pictures=np.frombuffer(b"".join(pictures), np.uint8),
            ends=np.cumsum([len(picture) for picture in pictures]),
        )
    temporary.replace(file)


def _recall(folder: Path, identity: Identity) -> Made | None:
    """The object that ``_keep`` wrote; None where there is none, or a damaged one."""
    _, category, index, views = identity
    try:
        with open(_file(folder, identity), "rb") as stream, np.load(stream) as file:
            pictures = np.split(file["pictures"], file["ends"][:-1])
            split: Split = str(file["split"])  # type: ignore[assignment]  # a string of the file, checked below
            if len(pictures) != views or split not in SPLITS:
                return None
            record = ObjectRecord(f"{category}/{index:05d}", category, split, views)
            return record, file["packed"], [picture.tobytes() for picture in pictures]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _file(folder: Path, identity: Identity) -> Path:
    seed, category, index, views = identity
    return folder / f"{seed}-{category}-{index:05d}-{views}.npz"


def _make(identity: Identity) -> Made:
    """One object: mesh, voxel grid, renderings."""
    seed, category, index, views = identity
    mesh = shape(seed, category, index)
    packed = pack(voxelise(mesh))
    pictures = renderer().views(mesh, cameras(seed, category, index, views))
    record = ObjectRecord(f"{category}/{index:05d}", category, split_of(packed), views)
    return record, packed, [encode_picture(picture) for picture in pictures]


def _statistics(
    records: list[ObjectRecord], grids: list[NDArray[np.uint8]]
) -> tuple[dict[str, dict[Split, int]], dict[str, float]]:
    """Objects per category and split, and each category's mean IoU of held-out to nearest training grids."""
    counts: dict[str, dict[Split, int]] = {c: dict.fromkeys(SPLITS, 0) for c in CATEGORIES}
    nearest = {}
    for record in records:
        counts[record.category][record.split] += 1
    for category in CATEGORIES:
        own = [(r.split == "train", unpack(g)) for r, g in zip(records, grids, strict=True) if r.category == category]
        training = [grid for trained, grid in own if trained]
        held_out = [grid for trained, grid in own if not trained]
        nearest[category] = _mean_nearest_iou(held_out, training)
    return counts, nearest


def _mean_nearest_iou(queries: list[NDArray[np.bool_]], known: list[NDArray[np.bool_]]) -> float:
    if not queries or not known:
        return float("nan")
    # Counts up to 32 768 are exact in float32, so the product of matrices counts common voxels exactly.
    a = np.stack(queries).reshape(len(queries), -1).astype(np.float32)
    b = np.stack(known).reshape(len(known), -1).astype(np.float32)
    common = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1)[None, :] - common
    return float((common / union).max(1).mean())
