"""EfficientNet-Lite0 down to 1/32 of the side, with the names and numbers of timm's ``tf_efficientnet_lite0``.

A module of its own because it is the backbone of the embedded model: timm brings 200 MB of other libraries, torch's
compiler among them, and takes two seconds to import. Other networks of timm still come from there.

Source: Tan and Le, EfficientNet, ICML 2019; the Lite variants leave out squeeze-and-excitation and use ReLU6.
"""

import math

from torch import Tensor, nn
from torch.nn import functional

NAME = "tf_efficientnet_lite0"
"""timm's name of it."""
_STAGES = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
           (6, 3, 1, 320, 1))  # fmt: skip
"""Of each stage: expansion, kernel, stride of its first block, channels, blocks."""
_STEM = 32
_GIVEN = (0, 1, 2, 4, 6)
"""The stages whose maps are given: the last ones of 1/2, 1/4, … 1/32 of the side."""
WIDTHS = tuple(_STAGES[stage][3] for stage in _GIVEN)
"""Channels of those maps."""


class EfficientNetLite0(nn.Module):
    """Normalised image (B, 3, S, S) float32 to five maps, the i-th (B, WIDTHS[i], S / 2^(i + 1), S / 2^(i + 1))."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem = _SameConv(3, _STEM, 3, stride=2)
        self.bn1 = _norm(_STEM)
        stages, before = [], _STEM
        for expansion, kernel, stride, channels, count in _STAGES:
            blocks = []
            for number in range(count):
                blocks.append(_Block(before, channels, expansion, kernel, stride if number == 0 else 1))
                before = channels
            stages.append(nn.Sequential(*blocks))
        self.blocks = nn.Sequential(*stages)
        for module in self.modules():
            # As timm and the published code initialise them; normal numbers for nothing would load torch's compiler.
            if isinstance(module, nn.Conv2d) and not module.weight.is_meta:
                fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels // module.groups
                nn.init.normal_(module.weight, 0.0, math.sqrt(2 / fan_out))

    def forward(self, images: Tensor) -> list[Tensor]:
        """The maps, the largest first."""
        maps = [_relu6(self.bn1(self.conv_stem(images)))]
        for stage in self.blocks:
            maps.append(stage(maps[-1]))
        return [maps[stage + 1] for stage in _GIVEN]


class _SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow does: the output has 1 / stride of the side, rounded up."""

    def __init__(self, before: int, after: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        padding = 0 if stride > 1 else kernel // 2
        super().__init__(before, after, kernel, stride=stride, padding=padding, groups=groups, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        stride, kernel = self.stride[0], self.kernel_size[0]
        if stride > 1:
            height, width = (
                max((math.ceil(side / stride) - 1) * stride + kernel - side, 0) for side in images.shape[-2:]
            )
            images = functional.pad(images, (width // 2, width - width // 2, height // 2, height - height // 2))
        return super().forward(images)


class _Block(nn.Module):
    """Expansion, convolution of every channel by itself, and projection; added to its input where the sizes agree."""

    def __init__(self, before: int, after: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.adds, self.expands = stride == 1 and before == after, expansion > 1
        inside = before * expansion
        depthwise = _SameConv(inside, inside, kernel, stride=stride, groups=inside)
        project = nn.Conv2d(inside, after, 1, bias=False)
        if self.expands:
            self.conv_pw, self.bn1 = nn.Conv2d(before, inside, 1, bias=False), _norm(inside)
            self.conv_dw, self.bn2 = depthwise, _norm(inside)
            self.conv_pwl, self.bn3 = project, _norm(after)
        else:  # timm's names are others where there is nothing to expand
            self.conv_dw, self.bn1 = depthwise, _norm(inside)
            self.conv_pw, self.bn2 = project, _norm(after)

    def forward(self, maps: Tensor) -> Tensor:
        if self.expands:
            inside = _relu6(self.bn1(self.conv_pw(maps)))
            inside = _relu6(self.bn2(self.conv_dw(inside)))
            after: Tensor = self.bn3(self.conv_pwl(inside))
        else:
            after = self.bn2(self.conv_pw(_relu6(self.bn1(self.conv_dw(maps)))))
        return after + maps if self.adds else after


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _relu6(maps: Tensor) -> Tensor:
    return functional.relu6(maps, inplace=True)
