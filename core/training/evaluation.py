"""Evaluation in the field's terms: IoU and F-score, with and without memory, beside two baselines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.augmentation import evaluation_picture
from core.data.dataset import ShapeDataset, naming_the_sample
from core.errors import DatasetError
from core.metrics import f_score, voxel_iou
from core.network.mem3d import Mem3D
from core.network.shape_memory import unpack_voxels
from core.training.batches import network_images

THRESHOLDS: tuple[float, ...] = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Thresholds tried for the best one: 0.05 … 0.95."""

BEST_THRESHOLD_SAMPLES = 512
"""At most this many validation views decide on the best threshold."""


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
    occupancy: NDArray[np.float32]
    """(B, 32, 32, 32) occupancy probabilities."""
    truth: NDArray[np.bool_]
    """(B, 32, 32, 32) true grids."""
    top_slot: NDArray[np.bool_]
    """(B, 32, 32, 32) value of the slot with the most similar key; empty where the memory is."""
    above_beta: NDArray[np.int64]
    """(B,) slots above beta."""

    def iou(self, threshold: float) -> NDArray[np.float64]:
        """(B,) IoU of occupancy > threshold with the truth."""
        return voxel_iou(self.occupancy > threshold, self.truth)


@dataclass
class _Category:
    iou: list[float] = field(default_factory=list)
    f_score: list[float] = field(default_factory=list)


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
    device = next(model.parameters()).device
    for first in range(0, len(samples), batch_size):
        part = samples[first : first + batch_size]
        pictures = [_picture(model, dataset, sample, occlude, seed) for sample in part]
        with torch.inference_mode():
            output = model(network_images(torch.from_numpy(np.stack(pictures)).to(device)), use_memory=use_memory)
            memory = model.memory
            similar = memory.similarities(output.features).masked_fill(~memory.occupied, -torch.inf)
            top_slot = unpack_voxels(memory.packed[similar.argmax(dim=1)])
            above = (similar > model.config.beta).sum(dim=1)
        yield BatchResult(
            samples=part,
            occupancy=output.logits.sigmoid().cpu().numpy(),
            truth=np.stack([dataset.voxels(index) for index, _ in part]),
            top_slot=top_slot.cpu().numpy(),
            above_beta=above.cpu().numpy(),
        )


def _f_scores(result: BatchResult, threshold: float, seed: int) -> list[float]:
    """F-scores of a batch; the search trees release Python's lock, so threads use every core for the slowest part."""
    seeds = (seed + view for _, view in result.samples)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(f_score, result.occupancy > threshold, result.truth, seeds))


def _picture(model: Mem3D, dataset: ShapeDataset, sample: Sample, occlude: float, seed: int) -> NDArray[np.uint8]:
    index, view = sample
    rng = _sample_rng(dataset, index, view, seed)
    with naming_the_sample(dataset, index, view):
        return evaluation_picture(dataset.image(index, view), model.config.image_size, rng, occluder_fraction=occlude)


def _sample_rng(dataset: ShapeDataset, index: int, view: int, seed: int) -> np.random.Generator:
    """The generator of a sample: of its name, not of its place, so that a larger set does not change it."""
    name = f"{dataset.name}/{dataset.objects[index].object_id}".encode()
    return np.random.default_rng([seed, 4, view, *name])


def evaluate(
    model: Mem3D,
    dataset: ShapeDataset,
    mean_shape: NDArray[np.float32],
    *,
    split: str = "test",
    threshold: float = 0.3,
    views: int | None = None,
    limit: int | None = None,
    use_memory: bool = True,
    occlude: float = 0.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measure a network on a split.

    The figures: ``n``, ``threshold``, ``mean_iou`` (over samples), ``macro_iou`` (over categories), ``mean_f_score``
    (F-score@1 %), ``per_category``, ``mean_above_beta`` (slots a view, counted whether the memory is used or not),
    ``best_threshold`` and ``mean_iou_at_best_threshold`` (the threshold with the best mean IoU on the validation
    split; None without one), and ``baselines``: mean IoU of answering with the most similar slot (``top_slot``) and
    with the mean training shape (``mean_shape``), on the same pictures.

    Args:
        model: in evaluation mode.
        dataset: what to measure on.
        mean_shape: (32, 32, 32) float32, from the checkpoint.
        split: ``train``, ``val``, ``test`` or ``all``.
        threshold: t of occupancy > t.
        views: at most this many views of an object.
        limit: at most this many samples.
        use_memory: False gives the decoder the zero prior.
        occlude: area of a random occluder as a fraction of the object's box.
        seed: of the choice of samples, backgrounds, occluders and surface points.
        progress: told (samples done, of how many) after every batch.

    Raises:
        DatasetError: if the split is empty.
    """
    samples = evaluation_samples(dataset, split, views=views, limit=limit, seed=seed)
    if not samples:
        raise DatasetError(f"{dataset.name}: no object in the split {split!r}; choose another --split")
    calibration = evaluation_samples(dataset, "val", views=views, limit=BEST_THRESHOLD_SAMPLES, seed=seed)
    done, total = 0, len(samples) + len(calibration)
    options: Mapping[str, Any] = {"use_memory": use_memory, "occlude": occlude, "seed": seed}

    curve = []
    for result in run_network(model, dataset, calibration, **options):
        curve.append(np.stack([result.iou(t) for t in THRESHOLDS]))
        done += len(result.samples)
        if progress is not None:
            progress(done, total)
    best = THRESHOLDS[int(np.concatenate(curve, axis=1).mean(axis=1).argmax())] if curve else None

    categories: dict[str, _Category] = {}
    iou: list[float] = []
    at_best: list[float] = []
    top_slot: list[float] = []
    mean: list[float] = []
    above: list[int] = []
    for result in run_network(model, dataset, samples, **options):
        ious = result.iou(threshold)
        f_scores = _f_scores(result, threshold, seed)
        for (index, _), one_iou, one_f_score in zip(result.samples, ious, f_scores, strict=True):
            category = categories.setdefault(dataset.objects[index].category, _Category())
            category.iou.append(float(one_iou))
            category.f_score.append(one_f_score)
        iou += ious.tolist()
        at_best += result.iou(best).tolist() if best is not None else []
        top_slot += voxel_iou(result.top_slot, result.truth).tolist()
        mean += voxel_iou(mean_shape > threshold, result.truth).tolist()
        above += result.above_beta.tolist()
        done += len(result.samples)
        if progress is not None:
            progress(done, total)
    return {
        "split": split,
        "memory": use_memory,
        "occlude": occlude,
        "n": len(samples),
        "threshold": threshold,
        "mean_iou": float(np.mean(iou)),
        "macro_iou": float(np.mean([np.mean(category.iou) for category in categories.values()])),
        "best_threshold": best,
        "mean_iou_at_best_threshold": float(np.mean(at_best)) if at_best else None,
        "mean_f_score": float(np.mean([score for category in categories.values() for score in category.f_score])),
        "per_category": {
            name: {
                "n": len(category.iou),
                "iou": float(np.mean(category.iou)),
                "f_score": float(np.mean(category.f_score)),
            }
            for name, category in sorted(categories.items())
        },
        "mean_above_beta": float(np.mean(above)),
        "baselines": {"top_slot": float(np.mean(top_slot)), "mean_shape": float(np.mean(mean))},
    }
