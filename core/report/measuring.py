"""Measures every variant of a network on the same pictures, so that differences are differences of the variants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.answering import Sample, evaluation_samples, network_pictures
from core.data.dataset import ShapeDataset
from core.errors import DatasetError
from core.metrics import voxel_iou
from core.network.mem3d import Mem3D
from core.report.variants import Variant, occupancy

OCCLUSIONS = (0.0, 0.15, 0.3, 0.45, 0.6)
"""Areas of the occluder, as fractions of the object's box."""
_BATCH = 16
_DRAWS = 2000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Scores:
    """The IoU of every variant on one data set of N views."""

    name: str
    """What the report calls the data set."""
    samples: Sequence[Sample]
    """The views."""
    iou: Mapping[tuple[str, float], NDArray[np.float64]]
    """Variant's name and occlusion to (N,) IoU with the truth."""

    def mean(self, variant: str, occlusion: float = 0.0) -> float:
        """Mean IoU over the views."""
        return float(self.iou[variant, occlusion].mean())

    def interval(self, variant: str, occlusion: float = 0.0, minus: str | None = None) -> tuple[float, float]:
        """The 95 % bootstrap interval of the mean IoU, or of the mean difference to another variant.

        Objects are drawn, not views: the views of one object are much alike. The draws are the same every time.
        """
        values = self.iou[variant, occlusion] - (0 if minus is None else self.iou[minus, occlusion])
        return bootstrap_interval(values, [sample.item for sample in self.samples])


def bootstrap_interval(values: NDArray[np.float64], groups: Sequence[int]) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the mean over ``_DRAWS`` draws of whole groups with replacement.

    Args:
        values: (N,).
        groups: N group numbers.
    """
    _, places = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(places, values), np.bincount(places)
    drawn = np.random.default_rng(0).integers(len(counts), size=(_DRAWS, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def measure(
    model: Mem3D,
    dataset: ShapeDataset,
    name: str,
    split: str,
    variants: Mapping[str, tuple[Variant, Sequence[float]]],
    *,
    limit: int | None = None,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Scores:
    """Measure variants of a network on a split.

    Args:
        model: in evaluation mode.
        dataset: what to measure on.
        name: what the report calls it.
        split: ``train``, ``val``, ``test`` or ``all``.
        variants: name to the variant and the occlusions it is measured at.
        limit: at most this many views, spread over the categories.
        seed: of the views, backgrounds and occluders.
        progress: told (pictures done, of how many).

    Raises:
        DatasetError: if the split is empty or a sample cannot be read.
    """
    samples = evaluation_samples(dataset, split, limit=limit, seed=seed)
    if not samples:
        raise DatasetError(f"{name}: no object in the split {split!r}; choose another")
    occlusions = sorted({occlusion for _, levels in variants.values() for occlusion in levels})
    device = next(model.parameters()).device
    iou = {
        (variant, occlusion): np.zeros(len(samples))
        for variant, (_, levels) in variants.items()
        for occlusion in levels
    }
    for first in range(0, len(samples), _BATCH):
        part = samples[first : first + _BATCH]
        truth = np.stack([dataset.voxels(index) for index, _ in part])
        known = torch.from_numpy(truth).to(device)
        for level, occlusion in enumerate(occlusions):
            pictures = network_pictures(model, dataset, part, occlude=occlusion, seed=seed).to(device)
            with torch.inference_mode():
                features = model.image_encoder(pictures)
                similarities = model.memory.similarities(features)
            for variant, (how, levels) in variants.items():
                if occlusion in levels:
                    answer = occupancy(model, features, similarities, how, truth=known, seed=seed).cpu().numpy()
                    # The mean of shapes that are nearly all alike is right at one half; the network knows its own t.
                    threshold = model.config.threshold if how.answer == "network" else 0.5
                    iou[variant, occlusion][first : first + len(part)] = voxel_iou(answer > threshold, truth)
            progress(level * len(samples) + first + len(part), len(occlusions) * len(samples))
    return Scores(name, samples, iou)
