"""The two losses: voxel-wise cross entropy and the voxel triplet loss (section 3.5)."""

import torch
from torch import Tensor
from torch.nn import functional


def reconstruction_loss(logits: Tensor, volumes: Tensor) -> Tensor:
    """Binary cross entropy, mean over voxels and batch, of logits (B, r, r, r) against grids of 0 and 1."""
    return functional.binary_cross_entropy_with_logits(logits, volumes.to(logits.dtype))


def dice_loss(logits: Tensor, volumes: Tensor) -> Tensor:
    """1 - 2 |A and B| / (|A| + |B|) of occupancy probability and grid, (B, r, r, r) each; mean over the batch.

    As a ratio for each sample it counts the voxels of a thin shape as much as those of a thick one (V-Net, 3DV 2016).
    """
    made, truth = logits.sigmoid().flatten(1), volumes.to(logits.dtype).flatten(1)
    common = (made * truth).sum(dim=1)
    return (1.0 - 2.0 * common / (made.sum(dim=1) + truth.sum(dim=1)).clamp(min=1e-6)).mean()


def triplet_loss(
    key_similarities: Tensor, value_similarities: Tensor, occupied: Tensor, delta: float, alpha: float
) -> Tensor:
    """Voxel triplet loss L_t = max(S_k(F, K_nb) - S_k(F, K_np) + alpha, 0), mean over the whole batch.

    n_p is the most similar key whose value is similar (S_v >= delta), n_b the most similar key whose value is not. A
    sample that lacks either adds nothing, but counts in the mean.

    Args:
        key_similarities: (B, m) float, S_k, through which the gradient flows.
        value_similarities: (B, m) float, S_v.
        occupied: (m,) bool; empty slots are neither.
        delta: value similarity from which shapes count as the same.
        alpha: margin.
    """
    similar = occupied & (value_similarities >= delta)
    different = occupied & ~similar
    positive = key_similarities.masked_fill(~similar, -torch.inf).amax(dim=1)
    negative = key_similarities.masked_fill(~different, -torch.inf).amax(dim=1)
    complete = similar.any(dim=1) & different.any(dim=1)
    # Infinities are replaced before the subtraction: masked afterwards they would still turn gradients into NaN.
    positive = torch.where(complete, positive, torch.zeros_like(positive))
    negative = torch.where(complete, negative, torch.zeros_like(negative))
    losses = torch.where(complete, (negative - positive + alpha).clamp(min=0), torch.zeros_like(positive))
    return losses.mean()
