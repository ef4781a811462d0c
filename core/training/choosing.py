"""The threshold and the beta that suit a trained network, chosen on validation views."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.answering import Sample, evaluation_samples, network_pictures
from core.checkpoint import load_checkpoint, save_checkpoint
from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.metrics import voxel_iou
from core.network.mem3d import Mem3D
from core.training.events import SettingsChosen
from core.training.run_folder import RunFolder

THRESHOLDS = tuple(round(0.05 * number, 2) for number in range(1, 15))
"""Occupancies to choose the threshold from."""
BETAS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Key similarities to choose beta from, beside the one that the network was trained with."""
UNUSUAL = 0.02
"""Share of the validation pictures that lie below what is called usual."""
_BATCH = 32


@dataclass(frozen=True)
class Chosen:
    """What was chosen."""

    threshold: float
    """Occupancy above which a voxel counts as occupied."""
    beta: float
    """Key similarity a slot must exceed."""
    iou: float
    """Mean IoU over the validation views with both."""
    usual_similarity: float
    """The key similarity of its most similar slot that all but ``UNUSUAL`` of the views reach."""
    usual_strength: float
    """The length of the feature F that all but ``UNUSUAL`` of them reach."""


def choose_settings(
    model: Mem3D, dataset: ShapeDataset, samples: Sequence[Sample], *, use_memory: bool = True, seed: int = 0
) -> Chosen:
    """The pair with the best mean IoU; of equal ones that of the beta it was trained with, then the lower values.

    A network that was trained with a beta of 1 has never read a shape, and is not made to now. Every picture is encoded
    once, and decoded once for every beta.

    Args:
        model: in evaluation mode.
        dataset: where the samples come from.
        samples: at least one.
        use_memory: False leaves beta as it is.
        seed: of the backgrounds.
    """
    trained = model.config.beta
    betas = [trained, *(beta for beta in BETAS if beta != trained)] if use_memory and trained < 1.0 else [trained]
    totals = np.zeros((len(betas), len(THRESHOLDS)))
    similar, strong = [], []
    device = next(model.parameters()).device
    for first in range(0, len(samples), _BATCH):
        part = samples[first : first + _BATCH]
        truth = np.stack([dataset.voxels(index) for index, _ in part])
        with torch.inference_mode():
            features = model.image_encoder(network_pictures(model, dataset, part, seed=seed).to(device))
            if model.memory.occupied_slots:
                similar += model.memory.similarities(features)[:, model.memory.occupied].amax(dim=1).tolist()
            strong += features.norm(dim=1).tolist()
            for row, beta in enumerate(betas):
                read = model.memory.read(features, beta, max_priors=model.config.max_priors) if use_memory else None
                logits = model.decode(features, model.prior(features, read), read)
                totals[row] += _iou_sums(logits.sigmoid().cpu().numpy(), truth)
    row, column = divmod(int(totals.argmax()), len(THRESHOLDS))
    usual = [float(np.quantile(figures or [0.0], UNUSUAL)) for figures in (similar, strong)]
    return Chosen(THRESHOLDS[column], betas[row], float(totals[row, column]) / len(samples), *usual)


def choose_for_best(
    folder: RunFolder, config: Mem3DConfig, dataset: ShapeDataset, step: int, device: torch.device
) -> list[SettingsChosen]:
    """Choose both for a run's best checkpoint, and store them in it, where there is one and there are validation views.

    Args:
        folder: the run.
        config: its configuration.
        dataset: its data set.
        step: the last step done.
        device: where to compute.

    Raises:
        OutputError: if the checkpoint cannot be written.
    """
    training = config.training
    samples = evaluation_samples(dataset, "val", limit=training.evaluate_samples, seed=training.seed)
    if not samples or not folder.best.is_file():
        return []
    best = load_checkpoint(folder.best)
    model = best.build().to(device)
    chosen = choose_settings(model, dataset, samples, use_memory=training.use_memory, seed=training.seed)
    save_checkpoint(
        folder.best,
        model,
        replace(config, model=replace(config.model, threshold=chosen.threshold, beta=chosen.beta)),
        step=best.step,
        metrics={
            **best.metrics,
            "threshold": chosen.threshold,
            "beta": chosen.beta,
            "iou_with_both": chosen.iou,
            "usual_similarity": chosen.usual_similarity,
            "usual_strength": chosen.usual_strength,
        },
        mean_shape=best.mean_shape,
        half_keys=True,
        half_weights=True,
    )
    return [SettingsChosen(step, chosen.threshold, chosen.beta, chosen.iou, str(folder.best))]


def _iou_sums(occupancy: NDArray[np.float32], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(T,) sum over the batch of the IoU at every threshold."""
    return np.array([voxel_iou(occupancy > threshold, truth).sum() for threshold in THRESHOLDS])
