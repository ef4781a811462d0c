"""A second way from the retrieved shapes to the voxels, beside the LSTM's narrow one (a choice; not in the paper)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.network.shape_memory import MemoryRead, unpack_voxels

_POOLED = 4
"""Side of the cubes over which shapes are averaged before they are compared with what the decoder made."""


class PriorBlend(nn.Module):
    """Adds the retrieved shapes themselves to the decoder's logits: logits + gate (2 q - 1).

    q is the mean of the shapes, weighted by the softmax of a x S_k + b x agreement. S_k is the key similarity; the
    agreement is the soft IoU of a shape with what the decoder made of the picture, both averaged to 8^3, so that of the
    shapes that look alike to the encoder those count that fit. a, b and, through S_k, the feature are learned; the gate
    is a channel of the decoder, one number a voxel. Where nothing was retrieved nothing is added.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log_scales = nn.Parameter(torch.tensor([math.log(20.0), math.log(10.0)]))

    def forward(self, logits: Tensor, gate: Tensor, read: MemoryRead, packed: Tensor, similarities: Tensor) -> Tensor:
        """Logits with the shapes added: (B, r, r, r).

        Args:
            logits: (B, r, r, r), the decoder's.
            gate: (B, r, r, r).
            read: what was retrieved, K shapes.
            packed: (m, r^3 / 8) uint8, the memory's values.
            similarities: (B, K), S_k of what was retrieved, through which the gradient flows to the feature.
        """
        found = read.slots >= 0
        # Many samples retrieve the same slots: unpack each one once.
        used, places = torch.unique(read.slots.clamp(min=0), return_inverse=True)
        grids = unpack_voxels(packed[used]).to(logits.dtype)
        scale, trust = self.log_scales.exp()
        scores = scale * similarities + trust * _agreement(logits.detach(), grids).gather(1, places)
        # A finite minimum: the softmax of a row of nothing but -inf is not a number, and neither is its gradient.
        weights = scores.masked_fill(~found, torch.finfo(scores.dtype).min).softmax(dim=1)
        mixture = torch.zeros(len(logits), len(used), dtype=logits.dtype, device=logits.device)
        mean = (mixture.scatter_add(1, places, weights) @ grids.flatten(1)).view_as(logits)
        any_found = found.any(dim=1).view(-1, 1, 1, 1)
        return logits + gate * torch.where(any_found, 2.0 * mean - 1.0, torch.zeros_like(mean))


def _agreement(logits: Tensor, grids: Tensor) -> Tensor:
    """Soft IoU of what (B, r, r, r) logits say with each of (N, r, r, r) grids: (B, N), 0 … 1."""
    made = functional.avg_pool3d(logits.sigmoid()[:, None], _POOLED).flatten(1)
    shapes = functional.avg_pool3d(grids[:, None], _POOLED).flatten(1)
    common = made @ shapes.T
    # Tanimoto's generalisation of IoU to numbers between 0 and 1.
    union = made.square().sum(dim=1)[:, None] + shapes.square().sum(dim=1)[None] - common
    return common / union.clamp(min=1e-6)
