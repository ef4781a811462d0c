"""The LSTM shape encoder: retrieved shapes to one prior vector (section 3.3)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.config import ModelConfig
from core.network.products import products
from core.network.shape_memory import unpack_voxels


class ShapeEncoder(nn.Module):
    """A one-layer LSTM over the retrieved shapes, most similar first; its last hidden state is the prior vector p.

    The input matrix W_ih is by far the largest part of the network, but its inputs are few: the products with all
    shapes of a batch are one matrix product, and at inference they can be kept per slot (``project``).

    Args:
        config: sizes; with ``shape_encoder_resolution`` below 32 the grids are average-pooled first.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.pooling = config.voxel_resolution // config.shape_encoder_resolution
        self.hidden = config.lstm_hidden
        self.lstm = nn.LSTM(config.shape_encoder_resolution**3, config.lstm_hidden)

    @property
    def weights(self) -> list[nn.Parameter]:
        """W_ih (4 hidden, inputs), W_hh (4 hidden, hidden), b_ih and b_hh (4 hidden)."""
        return self.lstm.all_weights[0]

    def project(self, packed: Tensor) -> Tensor:
        """W_ih V + b_ih + b_hh for bit-packed grids: (N, r^3 / 8) uint8 to (N, 4 hidden) float32."""
        weight_ih, _, bias_ih, bias_hh = self.weights
        grids = unpack_voxels(packed).to(weight_ih.dtype)
        if self.pooling > 1:
            grids = functional.avg_pool3d(grids[:, None], self.pooling)[:, 0]
        return functional.linear(grids.flatten(1), weight_ih, bias_ih + bias_hh)

    def forward(self, projected: Tensor, counts: Tensor) -> Tensor:
        """Run the recurrence over projected shapes.

        Args:
            projected: (B, K, 4 hidden) from ``project``, most similar first; rows beyond a sample's count are ignored.
            counts: (B,) int64, how many shapes each sample has; K, the longest, is the count of one of them.

        Returns:
            (B, hidden): the prior vectors; zero for a sample without shapes.
        """
        weight_hh = self.weights[1]
        states = [projected.new_zeros(len(projected), self.hidden)]
        cell = states[0]
        for step in range(projected.shape[1]):
            gates = projected[:, step] + products(states[-1], weight_hh)
            enter, forget, candidate, leave = gates.chunk(4, dim=1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
            states.append(leave.sigmoid() * cell.tanh())
        # Of each sample the state after its own last shape; what follows was computed on padding.
        return torch.stack(states)[counts, torch.arange(len(projected), device=counts.device)]
