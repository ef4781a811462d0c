"""Training batches: which view comes when, and how it is varied, follow from the seed and the step alone."""

import math
import os
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count, islice, tee
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.ahead import in_threads
from core.config import DataConfig, Mem3DConfig
from core.data.augmentation import augment
from core.data.backgrounds import Photographs
from core.data.bit_packing import pack, unpack
from core.data.dataset import ShapeDataset, naming_the_sample
from core.data.workers import cores, in_processes, known
from core.errors import DatasetError
from core.network.shape_memory import ShapeSource
from core.training.ranks import Ranks

_THREADS = min(8, os.cpu_count() or 2)
"""Threads that prepare pictures; more would only wait for Python's lock."""
_SHARE = 8
"""Samples that a thread or process prepares at once."""
_SHARES_AHEAD = 16
_MOST_PROCESSES = 12
_CORES_LEFT = 2
"""Cores left to the training itself and to the window, where processes prepare the pictures."""

_Position = tuple[int, int, int, int]
"""Epoch, place in its order, object, view."""
_Samples = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Pictures and bit-packed grids."""


def preparing_processes(device: torch.device, ranks: int = 1) -> int:
    """How many processes should prepare the pictures of a training; 0: threads do.

    A GPU takes thousands a second, which threads that share Python's lock cannot give; a CPU has no core to spare.

    Args:
        device: what the training computes on.
        ranks: processes on this machine that train together.
    """
    free = (cores() - _CORES_LEFT) // ranks
    return min(free, _MOST_PROCESSES) if device.type == "cuda" and free > 2 else 0


def _prepare(positions: Sequence[_Position]) -> _Samples:
    """Samples made in a process that knows the batches."""
    batches: TrainingBatches = known()
    return batches.samples(positions)


@dataclass(frozen=True)
class Batch:
    """B training samples on the CPU: a batch, or one process's share of it."""

    images: Tensor
    """(B, S, S, 3) uint8."""
    volumes: Tensor
    """(B, 32, 32, 32) bool."""
    sources: tuple[ShapeSource, ...]
    """Object and view of each sample."""
    all_sources: tuple[ShapeSource, ...]
    """Object and view of each sample of the whole batch, the other processes' shares included."""

    def parts(self, count: int) -> list["Batch"]:
        """This batch in ``count`` parts of equal size, one after the other; B must be divisible."""
        size = len(self.sources) // count
        return [
            Batch(self.images[part], self.volumes[part], self.sources[part], self.all_sources)
            for part in (slice(first, first + size) for first in range(0, len(self.sources), size))
        ]


class TrainingBatches:
    """The batches of a training, from any step on; the same for the same seed wherever it is resumed.

    Every epoch is one random order of all training views; what does not fill a last batch is left out.

    Args:
        dataset: where objects come from.
        config: how pictures are varied.
        image_size: S in pixels.
        batch_size: samples of a whole batch.
        seed: of order and variation.
        rank: which of the processes that share every batch; it gets the samples ``rank``, ``rank + ranks``, ….
        ranks: how many there are; they divide ``batch_size``.

    Raises:
        DatasetError: if there are fewer training views than one batch takes, or no backgrounds where they should be.
    """

    def __init__(
        self,
        dataset: ShapeDataset,
        config: DataConfig,
        *,
        image_size: int,
        batch_size: int,
        seed: int,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self.dataset, self.config = dataset, config
        self.photographs = Photographs(Path(config.backgrounds)) if config.backgrounds else None
        self.rank, self.ranks = rank, ranks
        self.image_size, self.batch_size, self.seed = image_size, batch_size, seed
        self.views = np.array(
            [
                (index, view)
                for index, record in enumerate(dataset.objects)
                if record.split == "train"
                for view in range(record.views)
                for _ in range(record.weight)
            ]
        ).reshape(-1, 2)
        self.steps_per_epoch = len(self.views) // batch_size
        if self.steps_per_epoch == 0:
            raise DatasetError(
                f"{config.dataset}: {len(self.views)} training views are too few for a batch of {batch_size}; "
                "use a larger data set or a smaller batch_size"
            )
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, dtype=np.int64))

    @classmethod
    def of(cls, dataset: ShapeDataset, config: Mem3DConfig, ranks: Ranks) -> Self:
        """The batches of a training with this configuration, or this process's share of them.

        Raises:
            DatasetError: if there are fewer training views than one batch takes.
            ConfigError: if the processes cannot share a batch equally.
        """
        ranks.require_shares(config)
        return cls(
            dataset,
            config.data,
            image_size=config.model.image_size,
            batch_size=config.training.batch_size,
            seed=config.training.seed,
            rank=ranks.rank,
            ranks=ranks.count,
        )

    def from_step(self, step: int, *, processes: int = 0) -> Generator[Batch, None, None]:
        """Endless batches after ``step`` steps, prepared ahead of use by threads, or by processes.

        Close the iterator to end them.

        Args:
            step: how many steps there were.
            processes: how many; 0: threads of this one.

        Raises:
            DatasetError: if a rendering cannot be used, or a process died.
        """
        coming, given = tee(map(self._positions, count(step)))
        own = (positions[self.rank :: self.ranks] for positions in coming)
        shares = (positions[first : first + _SHARE] for positions in own for first in range(0, len(positions), _SHARE))
        made = (
            in_processes(_prepare, shares, processes, known=self)
            if processes
            else in_threads(self.samples, shares, threads=_THREADS, ahead=_SHARES_AHEAD, name="batches")
        )
        with closing(made):
            for positions in given:
                sources = tuple(self._source(index, view) for _, _, index, view in positions)
                parts = list(islice(made, math.ceil(len(sources[self.rank :: self.ranks]) / _SHARE)))
                images, packed = map(np.concatenate, zip(*parts, strict=True))
                yield Batch(
                    images=torch.from_numpy(images),
                    volumes=torch.from_numpy(unpack(packed)),
                    sources=sources[self.rank :: self.ranks],
                    all_sources=sources,
                )

    def _positions(self, step: int) -> list[_Position]:
        """What the step after ``step`` steps trains on."""
        epoch, within = divmod(step, self.steps_per_epoch)
        if self._order[0] != epoch:
            self._order = (epoch, np.random.default_rng([self.seed, 1, epoch]).permutation(len(self.views)))
        places = range(within * self.batch_size, (within + 1) * self.batch_size)
        chosen = ((place, self.views[self._order[1][place]]) for place in places)
        return [(epoch, place, int(index), int(view)) for place, (index, view) in chosen]

    def samples(self, positions: Sequence[_Position]) -> _Samples:
        """Some samples of a batch: (N, S, S, 3) uint8 pictures and (N, 4096) uint8 bit-packed grids."""
        images, grids = zip(*(self._sample(*position) for position in positions), strict=True)
        return np.stack(images), np.stack(grids)

    def _sample(self, epoch: int, place: int, index: int, view: int) -> _Samples:
        rng = np.random.default_rng([self.seed, 2, epoch, place])
        with naming_the_sample(self.dataset, index, view):
            image = augment(self.dataset.image(index, view), self.image_size, self.config, rng, self.photographs)
        return image, pack(self.dataset.voxels(index))

    def _source(self, index: int, view: int) -> ShapeSource:
        record = self.dataset.objects[index]
        dataset = record.dataset or self.dataset.name
        return ShapeSource(dataset, record.object_id.removeprefix(f"{record.dataset}/"), view, record.category)
