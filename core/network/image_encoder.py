"""The image encoder: a residual network cut after its second stage, and three convolutions (section 3.1)."""

import socket

import torch
import torchvision
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, ResNet18_Weights, ResNet50_Weights

from core.config import ModelConfig

_SECONDS_TO_ANSWER = 20.0
"""How long the server of the ImageNet weights may be silent."""


class ImageEncoder(nn.Module):
    """Image (B, 3, S, S) float32, 0 … 1, to feature F (B, n_k).

    torchvision's ``conv1 … layer2`` gives 1/8 of the side; then three times convolution 3 x 3, batch norm and ReLU,
    with 2 x 2 max pooling after the second and third. F is that map, flattened: 256 x 7 x 7 in the paper.

    Args:
        config: sizes; any ``image_size`` that is a multiple of 32.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone, channels = _backbone(config)
        layers: list[nn.Module] = []
        for number, width in enumerate(config.encoder_channels):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            if number > 0:
                layers.append(nn.MaxPool2d(2))
            channels = width
        self.head = nn.Sequential(*layers)
        # Weights in the layout of the activations: gradients come in it, and the optimiser and the exchange between
        # processes are fastest where weights and gradients are laid out alike.
        self.to(memory_format=torch.channels_last)
        # ImageNet's statistics: what pretrained weights expect, and a sensible scale without them.
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1), persistent=False)

    mean: Tensor
    std: Tensor

    def forward(self, images: Tensor) -> Tensor:
        """Feature F of each image: (B, 3, S, S) float32, 0 … 1, to (B, n_k) float32, not normalised."""
        normalised = ((images - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
        features: Tensor = self.head(self.backbone(normalised))
        return features.flatten(1)

    def load_imagenet_weights(self) -> str | None:
        """Load torchvision's ImageNet weights into the backbone, from its cache or the network.

        Returns:
            None where they were loaded, else the reason why they were not, in one line.
        """
        if self.config.backbone_width != 64:
            return f"there are none for a backbone of width {self.config.backbone_width}"
        weights = ResNet50_Weights if self.config.backbone == "resnet50" else ResNet18_Weights
        patience = socket.getdefaulttimeout()
        socket.setdefaulttimeout(_SECONDS_TO_ANSWER)  # torch.hub waits for ever where a firewall swallows packets
        try:
            state = weights.DEFAULT.get_state_dict(progress=False, check_hash=True, weights_only=True)
        except Exception as error:  # urllib, OSError, a broken cache file: all mean "not to be had"
            return f"they could not be loaded ({str(error) or type(error).__name__})".replace("\n", " ")
        finally:
            socket.setdefaulttimeout(patience)
        names = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2")
        wanted = {
            f"{names.index(name.split('.')[0])}.{name.split('.', 1)[1]}": value
            for name, value in state.items()
            if name.split(".")[0] in names
        }
        self.backbone.load_state_dict(wanted)
        return None


def _backbone(config: ModelConfig) -> tuple[nn.Sequential, int]:
    """The stem and first two residual stages, and how many channels they end with."""
    width = config.backbone_width
    if width == 64:
        build = torchvision.models.resnet50 if config.backbone == "resnet50" else torchvision.models.resnet18
        net = build(weights=None)
        cut = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2)
        return cut, 512 if config.backbone == "resnet50" else 128
    # torchvision fixes the width of its stem, so a narrower network is put together from its blocks.
    shortcut = nn.Sequential(nn.Conv2d(width, 2 * width, 1, 2, bias=False), nn.BatchNorm2d(2 * width))
    cut = nn.Sequential(
        nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Sequential(BasicBlock(width, width), BasicBlock(width, width)),
        nn.Sequential(BasicBlock(width, 2 * width, 2, shortcut), BasicBlock(2 * width, 2 * width)),
    )
    for module in cut.modules():
        if isinstance(module, nn.Conv2d):  # as torchvision initialises its own
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return cut, 2 * width
