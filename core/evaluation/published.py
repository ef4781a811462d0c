"""Published single-view figures on ShapeNet R2N2, each with its source; none of them was measured by this project."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data.categories import CATEGORIES
from core.evaluation.result import EvaluationResult

TEST_OBJECTS: dict[str, int] = dict(
    zip(CATEGORIES, (810, 364, 315, 1501, 1357, 220, 465, 325, 475, 635, 1703, 211, 389), strict=True)
)
"""Objects per category in R2N2's test split, 8770 in all."""

FAIR = (
    "a fair comparison: R2N2's full test split, one view an object, tested as Pix2Vox and its successors do; published "
    "averages differ in how they were taken"
)
"""What is said of a result that ``is_comparable``."""
UNFAIR = (
    f"not a fair comparison: that is R2N2's full test split ({sum(TEST_OBJECTS.values())} objects) without occluders, "
    "tested as Pix2Vox and its successors do, with --protocol pix2vox"
)
"""What is said of any other."""

_CPG3D = "table of CPG3D (IEEE TMM 2023)"
_PIX2VOX_REPORT = "Pix2Vox-ResNet report"
_PIX2VOX_BASELINE = "baseline field of Pix2Vox's ShapeNet.json"
_READMES = "READMEs of UMIFormer and LRGT"


@dataclass(frozen=True)
class PublishedMethod:
    """A method's IoU per category, as its source prints it."""

    name: str
    """The method."""
    source: str
    """Where the figures stand."""
    printed: float
    """The average that the source prints."""
    iou: Mapping[str, float]
    """Category to IoU."""

    @property
    def macro(self) -> float:
        """Unweighted mean of the categories (our arithmetic)."""
        return float(np.mean(list(self.iou.values())))

    @property
    def weighted(self) -> float:
        """Mean over the test split's objects (our arithmetic)."""
        return sum(self.iou[name] * count for name, count in TEST_OBJECTS.items()) / sum(TEST_OBJECTS.values())


@dataclass(frozen=True)
class PublishedMean:
    """A method's one-view averages over the test split."""

    name: str
    """The method."""
    source: str
    """Where the figures stand."""
    iou: float
    """Mean IoU."""
    f_score: float | None
    """F-score@1 %; None where the source has none."""


def _method(name: str, source: str, printed: float, *iou: float) -> PublishedMethod:
    return PublishedMethod(name, source, printed, dict(zip(CATEGORIES, iou, strict=True)))


METHODS: tuple[PublishedMethod, ...] = (
    _method(
        "Mem3D", _CPG3D, 0.729,
        0.767, 0.651, 0.840, 0.877, 0.712, 0.631, 0.535, 0.778, 0.746, 0.753, 0.685, 0.823, 0.684,
    ),
    _method(
        "CPG3D", _CPG3D, 0.743,
        0.772, 0.659, 0.875, 0.894, 0.724, 0.648, 0.544, 0.791, 0.758, 0.770, 0.692, 0.836, 0.695,
    ),
    _method(
        "Pix2Vox++", _CPG3D, 0.670,
        0.674, 0.608, 0.799, 0.858, 0.581, 0.548, 0.457, 0.721, 0.617, 0.725, 0.620, 0.809, 0.603,
    ),
    _method(
        "Pix2Vox-A", _PIX2VOX_REPORT, 0.661,
        0.684, 0.616, 0.792, 0.854, 0.567, 0.537, 0.443, 0.714, 0.615, 0.709, 0.601, 0.776, 0.594,
    ),
    _method(
        "Pix2Vox-F", _PIX2VOX_REPORT, 0.634,
        0.600, 0.538, 0.765, 0.837, 0.535, 0.511, 0.435, 0.707, 0.598, 0.687, 0.587, 0.770, 0.582,
    ),
    _method(
        "3D-R2N2", _PIX2VOX_BASELINE, 0.560,
        0.513, 0.421, 0.716, 0.798, 0.466, 0.468, 0.381, 0.662, 0.544, 0.628, 0.513, 0.661, 0.513,
    ),
)  # fmt: skip
"""IoU per category on R2N2's test split."""

MEANS: tuple[PublishedMean, ...] = tuple(
    PublishedMean(name, _READMES, iou, f_score)
    for name, iou, f_score in (
        ("3D-R2N2", 0.560, 0.351),
        ("AttSets", 0.642, 0.395),
        ("Pix2Vox++", 0.670, 0.436),
        ("GARNet", 0.673, 0.418),
        ("3D-C2FT", 0.629, 0.371),
        ("3D-RETR", 0.680, None),
        ("UMIFormer", 0.680, 0.428),
        ("LRGT", 0.696, 0.446),
    )
)
"""One-view IoU and F-score@1 % on R2N2's test split."""


def is_comparable(result: EvaluationResult, occlusion: float = 0.0) -> bool:
    """Whether a result was measured as the published figures were: on what, and how.

    Args:
        result: what was measured.
        occlusion: at which of its occlusions.
    """
    settings = result.settings
    return (
        (settings.split, settings.protocol, occlusion) == ("test", "pix2vox", 0.0)
        and dict(result.objects) == TEST_OBJECTS
        and all(sample.view == 0 for sample in result.samples)
    )
