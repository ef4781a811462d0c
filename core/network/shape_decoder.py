"""Shape decoders: image feature and prior vector to channels of 32^3, the occupancy logits first (section 3.4)."""

import math

import torch
from torch import Tensor, nn

_MKLDNN = bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]  # torch leaves it untyped


class ShapeDecoder(nn.Module):
    """Feature F and prior p, joined and reshaped to channels of 2^3, through transposed convolutions and an output.

    Args:
        inputs: n_k + hidden, divisible by 8; 8 x 1824 in the paper.
        widths: channels after each doubling by a transposed convolution, batch norm and ReLU.
        output: makes ``channels`` channels of 32^3 of the last of them.
        channels: the logits, and what is wanted beside them; the others are 1/2 everywhere at first.
    """

    def __init__(
        self, inputs: int, widths: tuple[int, ...], output: nn.Conv3d | nn.ConvTranspose3d, channels: int
    ) -> None:
        super().__init__()
        width_in = inputs // 8
        layers: list[nn.Module] = [nn.Unflatten(1, (width_in, 2, 2, 2))]
        for width in widths:
            layers += [
                # No bias: the batch norm that follows would take it away again.
                nn.ConvTranspose3d(width_in, width, kernel_size=4, stride=2, padding=1, bias=False),
                nn.BatchNorm3d(width),
                nn.ReLU(inplace=True),
            ]
            width_in = width
        # channels-last is 1.2 to 1.5 times as fast on a CPU
        self.layers = nn.Sequential(*layers).to(memory_format=torch.channels_last_3d)
        self.output = output.to(memory_format=torch.channels_last_3d)
        assert output.bias is not None
        self._logits = len(output.bias) // channels
        weight = output.weight.transpose(0, 1) if output.transposed else output.weight
        with torch.no_grad():
            weight[self._logits :] = 0.0
            output.bias[self._logits :] = 0.5

    def start_at(self, mean_occupancy: float) -> None:
        """Set the bias of the logits to the log-odds of the mean occupancy (0 … 1, exclusive).

        From zero, the first hundreds of steps would only learn that space is mostly empty.
        """
        assert self.output.bias is not None
        with torch.no_grad():
            self.output.bias[: self._logits] = math.log(mean_occupancy / (1.0 - mean_occupancy))

    def forward(self, features: Tensor, priors: Tensor) -> Tensor:
        """(B, channels, 32, 32, 32), the logits first, from features (B, n_k) and prior vectors (B, hidden)."""
        outputs: Tensor = self.output(self.layers(torch.cat([features, priors], dim=1)))
        return outputs


def published_output(width: int, channels: int) -> nn.ConvTranspose3d:
    """The published fifth transposed convolution, kernel 1, at 32^3."""
    return nn.ConvTranspose3d(width, channels, kernel_size=1)


class DepthToSpace(nn.Conv3d):
    """A convolution at half the side, eight of whose channels are the 2 x 2 x 2 voxels of one output channel.

    Nothing is computed at full resolution, where batch norm and activation of a few channels cost a CPU more than all
    the rest of the decoder ("sub-pixel convolution", Shi et al., CVPR 2016).

    Args:
        width: channels that come in.
        channels: channels that go out, at twice the side.
    """

    def __init__(self, width: int, channels: int) -> None:
        super().__init__(width, 8 * channels, kernel_size=3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, width, s, s, s) to (B, channels, 2 s, 2 s, 2 s)."""
        plain = maps.dtype == self.weight.dtype == torch.float32  # not under autocast
        if _MKLDNN and plain and len(maps) == 1 and maps.device.type == "cpu":
            # torch leaves a single sample to its own loops, which take six times as long.
            ones = [1, 1, 1]
            coarse = torch.mkldnn_convolution(maps, self.weight, self.bias, ones, ones, ones, 1)
        else:
            coarse = super().forward(maps)
        batch, channels, side = len(coarse), coarse.shape[1] // 8, coarse.shape[2]
        fine = coarse.view(batch, channels, 2, 2, 2, side, side, side).permute(0, 1, 5, 2, 6, 3, 7, 4)
        return fine.reshape(batch, channels, 2 * side, 2 * side, 2 * side)
