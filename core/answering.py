"""Which samples a measurement is made on, and what the network answers for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import EvaluationProtocol
from core.data.augmentation import evaluation_picture, occlude
from core.data.dataset import ShapeDataset, naming_the_sample
from core.data.pix2vox import pix2vox_picture
from core.metrics import voxel_iou
from core.network.mem3d import Mem3D
from core.network.pixels import network_images
from core.network.shape_memory import unpack_voxels


class Sample(NamedTuple):
    """One view of one object of a data set."""

    item: int
    """The object's place in ``dataset.objects``."""
    view: int
    """Which of its renderings."""


@dataclass(frozen=True)
class BatchResult:
    """What the network answered for B samples, and the truth."""

    samples: Sequence[Sample]
    """Which samples."""
    pictures: NDArray[np.uint8]
    """(B, S, S, 3) RGB: exactly what the network saw."""
    occupancy: NDArray[np.float32]
    """(B, 32, 32, 32) occupancy probabilities."""
    truth: NDArray[np.bool_]
    """(B, 32, 32, 32) true grids."""
    without_memory: NDArray[np.float32] | None
    """(B, 32, 32, 32) what the zero prior gives for the same features; None where it was not asked for."""
    top_slot: NDArray[np.int64]
    """(B,) the slot with the most similar key; 0 where the memory is empty."""
    top_value: NDArray[np.bool_]
    """(B, 32, 32, 32) its value; empty where the memory is."""
    above_beta: NDArray[np.int64]
    """(B,) slots above beta."""

    def iou(self, threshold: float) -> NDArray[np.float64]:
        """(B,) IoU of occupancy > threshold with the truth."""
        return voxel_iou(self.occupancy > threshold, self.truth)


def evaluation_samples(
    dataset: ShapeDataset, split: str, *, views: int | None = None, limit: int | None = None, seed: int = 0
) -> list[Sample]:
    """The samples of a split (``train``, ``val``, ``test`` or ``all``).

    Args:
        dataset: where from.
        split: which part; ``all`` is every object on disk.
        views: at most this many views of an object, its first ones; None takes every view.
        limit: at most this many samples, chosen by ``seed`` and spread evenly over the categories.
        seed: of that choice.
    """
    by_category: dict[str, list[Sample]] = {}
    for index, record in enumerate(dataset.objects):
        if split in ("all", record.split):
            count = record.views if views is None else min(views, record.views)
            by_category.setdefault(record.category, []).extend(Sample(index, view) for view in range(count))
    total = sum(map(len, by_category.values()))
    if limit is None or limit >= total:
        return [sample for samples in by_category.values() for sample in samples]
    rng = np.random.default_rng([seed, 3])
    shuffled = {name: [samples[i] for i in rng.permutation(len(samples))] for name, samples in by_category.items()}
    # Dealt out one a category in turn: no category has more than one more than another that still had some.
    dealt = [
        samples[turn]
        for turn in range(max(map(len, shuffled.values())))
        for samples in shuffled.values()
        if turn < len(samples)
    ]
    return sorted(dealt[:limit])


def run_network(
    model: Mem3D,
    dataset: ShapeDataset,
    samples: Sequence[Sample],
    *,
    use_memory: bool = True,
    occlude: float = 0.0,
    seed: int = 0,
    batch_size: int = 32,
) -> Iterator[BatchResult]:
    """Reconstruct samples in batches; background and occluder follow from ``seed`` and the sample alone.

    Args:
        model: in evaluation mode.
        dataset: where the samples come from.
        samples: which.
        use_memory: False gives the decoder the zero prior.
        occlude: area of a random occluder as a fraction of the object's box, 0 … 1.
        seed: of backgrounds and occluders.
        batch_size: samples at once.
    """
    for first in range(0, len(samples), batch_size):
        part = samples[first : first + batch_size]
        yield run_batch(model, dataset, part, use_memory=use_memory, occlude=occlude, seed=seed)


def run_batch(
    model: Mem3D,
    dataset: ShapeDataset,
    samples: Sequence[Sample],
    *,
    use_memory: bool = True,
    compare: bool = False,
    occlude: float = 0.0,
    seed: int = 0,
    protocol: EvaluationProtocol = "own",
) -> BatchResult:
    """Reconstruct one batch, as ``run_network`` does.

    Args:
        model: in evaluation mode.
        dataset: where the samples come from.
        samples: which.
        use_memory: False gives the decoder the zero prior.
        compare: decode the same features without memory, too.
        occlude: area of a random occluder as a fraction of the object's box, 0 … 1.
        seed: of backgrounds and occluders.
        protocol: ``pix2vox`` makes the pictures as ``core.data.pix2vox`` says, in place of a crop of the object's box
            before a random background.
    """
    device = next(model.parameters()).device
    pictures = _pictures(model, dataset, samples, occlude, seed, protocol)
    with torch.inference_mode():
        output = model(network_images(torch.from_numpy(pictures).to(device)), use_memory=use_memory)
        without = model.decode(output.features, model.prior(output.features, None), None) if compare else None
        memory = model.memory
        similar = memory.similarities(output.features).masked_fill(~memory.occupied, -torch.inf)
        top_slot = similar.argmax(dim=1)
        top_value = unpack_voxels(memory.packed[top_slot])
        above = (similar > model.config.beta).sum(dim=1)
    return BatchResult(
        samples=samples,
        pictures=pictures,
        occupancy=output.logits.sigmoid().cpu().numpy(),
        truth=np.stack([dataset.voxels(index) for index, _ in samples]),
        without_memory=None if without is None else without.sigmoid().cpu().numpy(),
        top_slot=top_slot.cpu().numpy(),
        top_value=top_value.cpu().numpy(),
        above_beta=above.cpu().numpy(),
    )


def network_pictures(
    model: Mem3D, dataset: ShapeDataset, samples: Sequence[Sample], *, occlude: float = 0.0, seed: int = 0
) -> Tensor:
    """(B, 3, S, S) float32, 0 … 1: the samples as the network sees them; arguments as of ``run_network``."""
    return network_images(torch.from_numpy(_pictures(model, dataset, samples, occlude, seed, "own")))


def _pictures(
    model: Mem3D,
    dataset: ShapeDataset,
    samples: Sequence[Sample],
    occlude: float,
    seed: int,
    protocol: EvaluationProtocol,
) -> NDArray[np.uint8]:
    return np.stack([_picture(model, dataset, sample, occlude, seed, protocol) for sample in samples])


def _picture(
    model: Mem3D, dataset: ShapeDataset, sample: Sample, occluder: float, seed: int, protocol: EvaluationProtocol
) -> NDArray[np.uint8]:
    (index, view), size = sample, model.config.image_size
    rng = _sample_rng(dataset, index, view, seed)
    with naming_the_sample(dataset, index, view):
        pixels = dataset.image(index, view)
        if protocol == "pix2vox":
            return pix2vox_picture(occlude(pixels, occluder, rng), size)
        return evaluation_picture(pixels, size, rng, occluder_fraction=occluder)


def _sample_rng(dataset: ShapeDataset, index: int, view: int, seed: int) -> np.random.Generator:
    """The generator of a sample: of its name, not of its place, so that a larger set does not change it."""
    name = f"{dataset.name}/{dataset.objects[index].object_id}".encode(errors="surrogateescape")
    return np.random.default_rng([seed, 4, view, *name])
