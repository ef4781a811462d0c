"""The shape decoder: image feature and prior vector to occupancy (section 3.4)."""

import math

import torch
from torch import Tensor, nn

from core.config import ModelConfig


class ShapeDecoder(nn.Module):
    """Feature F and prior p, joined and reshaped to channels of 2^3, through five transposed convolutions to 32^3.

    Args:
        config: sizes; (n_k + hidden) / 8 channels go in, 1824 in the paper.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = (config.key_size + config.lstm_hidden) // 8
        layers: list[nn.Module] = [nn.Unflatten(1, (channels, 2, 2, 2))]
        for width in config.decoder_channels[:-1]:
            layers += [
                # No bias: the batch norm that follows would take it away again.
                nn.ConvTranspose3d(channels, width, kernel_size=4, stride=2, padding=1, bias=False),
                nn.BatchNorm3d(width),
                nn.ReLU(inplace=True),
            ]
            channels = width
        # channels-last is 1.2 to 1.5 times as fast on a CPU
        self.layers = nn.Sequential(*layers).to(memory_format=torch.channels_last_3d)
        self.output = nn.ConvTranspose3d(channels, 1, kernel_size=1)

    def start_at(self, mean_occupancy: float) -> None:
        """Set the output's bias to the log-odds of the mean occupancy (0 … 1, exclusive).

        From zero, the first hundreds of steps would only learn that space is mostly empty.
        """
        bias = self.output.bias
        assert bias is not None
        nn.init.constant_(bias, math.log(mean_occupancy / (1.0 - mean_occupancy)))

    def forward(self, features: Tensor, priors: Tensor) -> Tensor:
        """Occupancy logits (B, 32, 32, 32) from features (B, n_k) and prior vectors (B, hidden)."""
        logits: Tensor = self.output(self.layers(torch.cat([features, priors], dim=1)))
        return logits[:, 0]
