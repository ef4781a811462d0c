"""Training the mask head: the encoder stays as it is, the renderings' own alpha is the truth."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.config import DataConfig
from core.data.augmentation import composite
from core.data.backgrounds import Photographs
from core.data.dataset import ShapeDataset, naming_the_sample
from core.errors import DatasetError
from core.network.mask_head import MASK_SIDE
from core.network.mem3d import Mem3D

_BATCH = 16
_RATE = 2e-3


def train_mask_head(
    model: Mem3D,
    config: DataConfig,
    dataset: ShapeDataset,
    steps: int,
    *,
    seed: int = 0,
    progress: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Train the head of ``model`` on training views before backgrounds; nothing else in it changes.

    Args:
        model: with a mask head, on its device.
        config: how colours are varied, and where photographs for backgrounds are.
        dataset: its training views with alpha are used.
        steps: of 16 composites each.
        seed: of the head's first weights, of order and variation.
        progress: told after every step how many are done, and the loss.

    Raises:
        DatasetError: if no training view has alpha, or one cannot be read.
    """
    head = model.mask_head
    assert head is not None
    device = next(model.parameters()).device
    photographs = Photographs(Path(config.backgrounds)) if config.backgrounds else None
    views = [
        (i, view) for i, record in enumerate(dataset.objects) if record.split == "train" for view in range(record.views)
    ]
    rng = np.random.default_rng([seed, 5])
    model.eval()
    optimizer = torch.optim.Adam(head.parameters(), lr=_RATE)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * 0.5 * (1.0 + np.cos(np.pi * step / steps))
        pictures, masks = _batch(dataset, views, config, rng, photographs)
        with torch.no_grad():
            levels = model.image_encoder.backbone.levels(pictures.to(device))
        loss = mask_loss(head(levels), masks.to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimizer.step()
        progress(step + 1, float(loss.detach()))


def mask_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross entropy and Dice loss of logits (B, h, w) against alpha (B, H, W) of 0 … 1, averaged down to h x w."""
    height, width = logits.shape[1:]
    truth = functional.adaptive_avg_pool2d(masks[:, None], (height, width))[:, 0]
    made = logits.sigmoid()
    common, sums = (made * truth).sum(dim=(1, 2)), (made + truth).sum(dim=(1, 2))
    dice = (1.0 - 2.0 * common / sums.clamp(min=1e-6)).mean()
    return functional.binary_cross_entropy_with_logits(logits, truth) + dice


def _batch(
    dataset: ShapeDataset,
    views: list[tuple[int, int]],
    config: DataConfig,
    rng: np.random.Generator,
    photographs: Photographs | None,
) -> tuple[Tensor, Tensor]:
    """(B, 3, S, S) float32 pictures and (B, S, S) float32 alpha."""
    pictures, masks = [], []
    for _ in range(100 * _BATCH):
        index, view = views[rng.integers(len(views))]
        with naming_the_sample(dataset, index, view):
            pixels = dataset.image(index, view)
            if pixels.shape[2] == 4:
                picture, mask = composite(pixels, MASK_SIDE, config, rng, photographs)
                pictures.append(picture)
                masks.append(mask)
        if len(pictures) == _BATCH:
            stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255.0
            return stacked, torch.from_numpy(np.stack(masks)).float() / 255.0
    raise DatasetError(
        f"{dataset.name}: its views have no alpha, from which a mask head could learn; use another data set"
    )
