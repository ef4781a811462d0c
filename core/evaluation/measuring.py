"""Measures a network on a data set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.answering import BatchResult, Sample, evaluation_samples, run_batch
from core.checkpoint import Checkpoint
from core.data.dataset import ShapeDataset
from core.data.fingerprint import dataset_fingerprint
from core.errors import ConfigError, DatasetError
from core.evaluation.result import THRESHOLDS, EvaluationResult, EvaluationSettings, SampleName
from core.metrics import PREDICTED, TRUE, Surface, voxel_iou
from core.network.folding import without_batch_norms
from core.network.mem3d import Mem3D

BEST_THRESHOLD_SAMPLES = 512
"""At most this many validation views decide on the best threshold."""
_BATCH = 16

Progress = Callable[[int, int], None]


def evaluate(
    checkpoint: Checkpoint,
    dataset: ShapeDataset,
    settings: EvaluationSettings,
    *,
    spec: str,
    data_options: Mapping[str, str] | None = None,
    device: str = "cpu",
    progress: Progress = lambda done, total: None,
) -> EvaluationResult:
    """Measure a checkpoint on a split.

    The best threshold is the one with the best mean IoU on the validation split's unoccluded views, for the network
    with and without its memory alike. With both, the picture is encoded once and decoded twice. All conditions of a
    sample share background, occluder place and surface points, which follow from the seed and the sample.

    Args:
        checkpoint: the network.
        dataset: what to measure on.
        settings: what to measure.
        spec: what ``dataset`` was opened with, for the record.
        data_options: with which options.
        device: where to compute.
        progress: told (pictures done, of how many); an exception it raises ends the evaluation.

    Raises:
        DatasetError: if the split is empty or a sample cannot be read.
        CheckpointError: if the network cannot be built.
        ConfigError: if the protocol is not for this data set.
    """
    if settings.protocol == "pix2vox" and dataset.name == "pix3d":
        raise ConfigError(
            f"{spec}: the protocol pix2vox is for R2N2's renderings; Pix3D is tested as Pix2Vox does with --crop-by box"
        )
    samples = evaluation_samples(
        dataset, settings.split, views=settings.views_an_object, limit=settings.limit, seed=settings.seed
    )
    if not samples:
        raise DatasetError(f"{dataset.name}: no object in the split {settings.split!r}; choose another --split")
    validation = evaluation_samples(
        dataset, "val", views=settings.views_an_object, limit=BEST_THRESHOLD_SAMPLES, seed=settings.seed
    )
    model = without_batch_norms(checkpoint.build()).to(device)
    count = _Counter(len(validation) + len(samples) * len(settings.occlusions), progress)
    curves = _validation_curves(model, dataset, validation, settings, count)
    result = EvaluationResult(
        checkpoint=str(checkpoint.path),
        step=checkpoint.step,
        dataset=spec,
        data_options=data_options or {},
        fingerprint=dataset_fingerprint(dataset),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=settings,
        samples=tuple(
            SampleName(index, view, dataset.objects[index].object_id, dataset.objects[index].category)
            for index, view in samples
        ),
        validation_iou=curves,
        **_empty(settings, len(samples), best=bool(curves)),
    )
    first = 0
    with ThreadPoolExecutor() as pool:
        for part in _batches(samples):
            _measure(model, dataset, part, result, slice(first, first + len(part)), pool, count)
            first += len(part)
    mean = settings.occupied(checkpoint.mean_shape, settings.thresholds[0])
    truths = (voxel_iou(mean, dataset.voxels(i)) for i, _ in samples)
    return replace(result, mean_shape_iou=np.fromiter(truths, np.float32, len(samples)))


class _Counter:
    """Counts pictures and tells of them."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def add(self, pictures: int) -> None:
        self._done += pictures
        self._progress(self._done, self._total)


def _empty(settings: EvaluationSettings, n: int, *, best: bool) -> dict[str, Any]:
    """Arrays to be filled batch by batch."""
    each = (len(settings.conditions), len(settings.thresholds), n)
    return {
        "iou": np.zeros(each, np.float32),
        "f_score": np.zeros(each, np.float32) if settings.f_scores else None,
        "iou_at_best": np.zeros((len(settings.conditions), n), np.float32) if best else None,
        "top_slot_iou": np.zeros((len(settings.occlusions), n), np.float32),
        "top_slot_category": np.zeros((len(settings.occlusions), n), np.bool_),
        "above_beta": np.zeros((len(settings.occlusions), n), np.int64),
        "mean_shape_iou": np.zeros(n, np.float32),
    }


def _validation_curves(
    model: Mem3D, dataset: ShapeDataset, samples: Sequence[Sample], settings: EvaluationSettings, count: _Counter
) -> dict[bool, NDArray[np.float64]]:
    """Memory use to mean IoU at each of ``THRESHOLDS``; empty without samples."""
    found: dict[bool, list[NDArray[np.float64]]] = {memory: [] for memory in settings.memory_uses}
    for part in _batches(samples):
        batch = _answer(model, dataset, part, settings, 0.0)
        for memory, occupancy in _occupancies(batch, settings):
            found[memory].append(
                np.stack([voxel_iou(settings.occupied(occupancy, t), batch.truth) for t in THRESHOLDS])
            )
        count.add(len(part))
    return {memory: np.concatenate(parts, axis=1).mean(axis=1) for memory, parts in found.items() if parts}


def _measure(
    model: Mem3D,
    dataset: ShapeDataset,
    part: Sequence[Sample],
    result: EvaluationResult,
    place: slice,
    pool: ThreadPoolExecutor,
    count: _Counter,
) -> None:
    """Fill the scores of one batch into ``place`` of the result's arrays."""
    settings = result.settings
    seeds = [settings.seed + view for _, view in part]
    surfaces: list[Surface] = []
    for level, occlusion in enumerate(settings.occlusions):
        batch = _answer(model, dataset, part, settings, occlusion)
        if settings.f_scores and not surfaces:  # the truth's are the same for all conditions
            surfaces = list(pool.map(Surface, batch.truth, ((seed, TRUE) for seed in seeds)))
        for turn, (memory, occupancy) in enumerate(_occupancies(batch, settings)):
            at = level * len(settings.memory_uses) + turn
            for row, threshold in enumerate(settings.thresholds):
                predicted = settings.occupied(occupancy, threshold)
                result.iou[at, row, place] = voxel_iou(predicted, batch.truth)
                if result.f_score is not None:
                    scores = pool.map(_f_score, predicted, surfaces, seeds)
                    result.f_score[at, row, place] = np.fromiter(scores, np.float32, len(part))
            best = result.best_threshold(memory)
            if result.iou_at_best is not None and best is not None:
                result.iou_at_best[at, place] = voxel_iou(settings.occupied(occupancy, best), batch.truth)
        result.top_slot_iou[level, place] = voxel_iou(batch.top_value, batch.truth)
        sources = [model.memory.sources[slot] for slot in batch.top_slot]
        categories = [dataset.objects[index].category for index, _ in part]
        result.top_slot_category[level, place] = [
            source is not None and source.category == category
            for source, category in zip(sources, categories, strict=True)
        ]
        result.above_beta[level, place] = batch.above_beta
        count.add(len(part))


def _answer(
    model: Mem3D, dataset: ShapeDataset, part: Sequence[Sample], settings: EvaluationSettings, occlusion: float
) -> BatchResult:
    return run_batch(
        model,
        dataset,
        part,
        use_memory=settings.memory != "without",
        compare=settings.memory == "both",
        occlude=occlusion,
        seed=settings.seed,
        protocol=settings.protocol,
    )


def _occupancies(batch: BatchResult, settings: EvaluationSettings) -> list[tuple[bool, NDArray[np.float32]]]:
    answers = [batch.occupancy] if batch.without_memory is None else [batch.occupancy, batch.without_memory]
    return list(zip(settings.memory_uses, answers, strict=True))


def _f_score(predicted: NDArray[np.bool_], truth: Surface, seed: int) -> float:
    return Surface(predicted, (seed, PREDICTED)).f_score(truth)


def _batches(samples: Sequence[Sample]) -> Iterator[Sequence[Sample]]:
    for first in range(0, len(samples), _BATCH):
        yield samples[first : first + _BATCH]
