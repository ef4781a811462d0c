"""Products of few vectors with a large matrix: where a single picture spends its time beside the convolutions."""

import torch
from torch import Tensor

_GROUPS = 4
_LARGE = 1 << 18
"""Numbers in a matrix from which dividing it pays."""


def products(vectors: Tensor, matrix: Tensor) -> Tensor:
    """Scalar products of (B, n) with the rows of (m, n): (B, m), differentiable in both.

    On a CPU the product with a single vector runs on one core, at a quarter of what the memory gives; products of
    groups of rows run on all of them.
    """
    whole = len(matrix) - len(matrix) % _GROUPS
    if len(vectors) > 1 or vectors.device.type != "cpu" or matrix.numel() < _LARGE or whole == 0:
        return vectors @ matrix.T
    groups = matrix[:whole].reshape(_GROUPS, -1, matrix.shape[1])
    parts = torch.bmm(groups, vectors.T.expand(_GROUPS, -1, -1)).view(1, whole)
    return torch.cat([parts, vectors @ matrix[whole:].T], dim=1) if whole < len(matrix) else parts
