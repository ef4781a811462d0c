"""The image encoder: a backbone, and convolutions that bring its map to the feature's size (section 3.1)."""

from typing import Self

import torch
from torch import Tensor, nn

from core.network.backbones import Backbone


class ImageEncoder(nn.Module):
    """Image (B, 3, S, S) float32, 0 … 1, to feature F (B, n_k): the last map, flattened; 256 x 7 x 7 in the paper.

    Args:
        backbone: gives the map that the head starts from.
        head: from there to F's map.
    """

    def __init__(self, backbone: Backbone, head: nn.Sequential) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head
        self._frozen: list[nn.Module] = []
        # Weights in the layout of the activations: gradients come in it, and the optimiser and the exchange between
        # processes are fastest where weights and gradients are laid out alike.
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Feature F of each image: (B, 3, S, S) float32, 0 … 1, to (B, n_k) float32, not normalised."""
        features: Tensor = self.head(self.backbone(images))
        return features.flatten(1)

    def freeze(self, stages: int) -> None:
        """Keep the first ``stages`` stages of the backbone as they are, statistics of batch norm included.

        One more than it has keeps the head, too: features, and with them the keys of a memory, stay what they are.

        Raises:
            ConfigError: if it has fewer.
        """
        whole = stages == len(self.backbone.widths) + 1
        self._frozen = self.backbone.freeze(stages - whole)
        self.head.requires_grad_(not whole)
        if whole:
            self._frozen.append(self.head)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Training or evaluation mode; what is frozen is always in the latter."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self


def published_head(channels: int, widths: tuple[int, ...]) -> nn.Sequential:
    """Three times convolution 3 x 3, batch norm and ReLU, 2 x 2 max pooling after the second and third: 1/8 to 1/32.

    Args:
        channels: of the backbone's map.
        widths: of the convolutions.
    """
    layers: list[nn.Module] = []
    for number, width in enumerate(widths):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        if number > 0:
            layers.append(nn.MaxPool2d(2))
        channels = width
    return nn.Sequential(*layers)


def narrowing_head(channels: int, widths: tuple[int, ...]) -> nn.Sequential:
    """Convolutions 1 x 1, each with batch norm and ReLU, on a map that has F's side already.

    Args:
        channels: of the backbone's map.
        widths: of the convolutions.
    """
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        channels = width
    return nn.Sequential(*layers)
