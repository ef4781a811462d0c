"""Which pixels show the object: a head on the stages of the image encoder's backbone (a choice; not in the paper)."""

from torch import Tensor, nn
from torch.nn import functional

MASK_SIDE = 192
"""Longest side in pixels of what the head is shown, in training and of a photo."""
_WIDTH = 32
"""Channels of the maps on the way up."""
_STAGES = 4
"""Stages that are used, the last ones: to 1/4 of the side with a backbone of timm."""


class MaskHead(nn.Module):
    """Maps of a backbone's stages to logits of "belongs to the object", at the side of the largest map used.

    From the last stage up, each map is narrowed and added to what came from below, enlarged ("feature pyramid", Lin et
    al., CVPR 2017): the coarse stages know what an object is, the fine ones where it ends.

    Args:
        widths: channels of each stage's map.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.narrow = nn.ModuleList(nn.Conv2d(width, _WIDTH, 1) for width in widths[-_STAGES:])
        self.mend = nn.ModuleList(
            nn.Sequential(nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.ReLU(inplace=True)) for _ in self.narrow
        )
        self.output = nn.Conv2d(_WIDTH, 1, 3, padding=1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        """Logits (B, h, w) from the maps of the stages, the largest first."""
        narrowed = [narrow(level) for narrow, level in zip(self.narrow, levels[-_STAGES:], strict=True)]
        merged = self.mend[-1](narrowed[-1])
        for mend, finer in zip(reversed(list(self.mend)[:-1]), reversed(narrowed[:-1]), strict=True):
            enlarged = functional.interpolate(merged, size=finer.shape[2:], mode="bilinear", align_corners=False)
            merged = mend(finer + enlarged)
        logits: Tensor = self.output(merged)
        return logits[:, 0]
