"""Sweeps: one setting from one end to the other, everything else as it is, and what the result becomes."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.data.augmentation import occlude
from core.data.images import Picture
from core.errors import ImageError
from core.files import replace_text
from core.metrics import voxel_iou
from core.prior_edits import PriorEdits
from core.reconstruction import EncodedPicture, Reconstructor
from core.reconstruction_result import Reconstruction

Setting = Literal["beta", "threshold", "priors", "occluder"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)

_BETAS = np.round(np.linspace(0.0, 1.0, 51), 2)
_THRESHOLDS = np.round(np.linspace(0.02, 0.98, 49), 2)
_OCCLUDERS = np.round(np.linspace(0.0, 0.8, 9), 2)
_MOST_PRIORS = 60
_OCCLUDER_PLACES = 3
"""Occluders of one size whose results are averaged: their place and shape are random."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """What stays as it is while one setting is swept."""

    beta: float
    """Key similarity a slot must exceed."""
    threshold: float
    """t."""
    edits: PriorEdits
    """What is changed about the retrieved shapes."""
    use_memory: bool = True
    """Whether the memory is read."""


@dataclass(frozen=True)
class SweepPoint:
    """The result at one value of the setting; of occluders the mean over several places."""

    value: float
    """The setting's value."""
    above_beta: float
    """Slots above beta."""
    read: float
    """Shapes that the network reads."""
    voxels: float
    """Voxels above the threshold."""
    changed: float
    """Voxels that differ from the result as it is shown."""
    iou: float | None
    """IoU with the truth; None where that is not known."""


def sweep(
    reconstructor: Reconstructor,
    picture: Picture,
    encoded: EncodedPicture,
    setting: Setting,
    question: Question,
    truth: NDArray[np.bool_] | None = None,
    progress: Progress = lambda done, total: None,
) -> list[SweepPoint]:
    """What becomes of a picture's result while one setting goes from one end to the other.

    Args:
        reconstructor: the network.
        picture: the picture.
        encoded: its feature, from ``reconstructor.encode``.
        setting: ``beta``, ``threshold``, ``priors`` (how many are read at most) or ``occluder`` (area of what covers
            the object, as a fraction of its box; of a picture with alpha).
        question: everything else.
        truth: (32, 32, 32) bool, the true grid where it is known.
        progress: told (values done, of how many); an exception it raises ends the sweep.

    Raises:
        ImageError: for an occluder on a picture without alpha: nobody knows where the object is.
        Mem3DError: if the device runs out of memory.
    """
    shown = _decoded(reconstructor, encoded, question)
    reference = shown.voxels(question.threshold)
    if setting == "occluder":
        answers = _under_occluders(reconstructor, picture, question)
        total = len(_OCCLUDERS)
    elif setting == "threshold":
        answers = ((float(value), float(value), [shown]) for value in _THRESHOLDS)
        total = len(_THRESHOLDS)
    else:
        values = _BETAS if setting == "beta" else np.arange(min(shown.above_beta, _MOST_PRIORS) + 1)
        answers = _decoded_at(reconstructor, encoded, setting, values, question)
        total = len(values)
    points = []
    for value, threshold, results in answers:
        grids = [result.voxels(threshold) for result in results]
        points.append(
            SweepPoint(
                value=value,
                above_beta=_mean(result.above_beta for result in results),
                read=_mean(len(result.read) for result in results),
                voxels=_mean(int(grid.sum()) for grid in grids),
                changed=_mean(int((grid != reference).sum()) for grid in grids),
                iou=None if truth is None else _mean(float(voxel_iou(grid, truth)) for grid in grids),
            )
        )
        progress(len(points), total)
    return points


def save_sweep(path: Path, setting: Setting, points: list[SweepPoint]) -> None:
    """Write a sweep as CSV: one row a value.

    Raises:
        OutputError: if the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([setting, "slots_above_beta", "priors_read", "voxels", "changed_voxels", "iou"])
    for point in points:
        iou = "" if point.iou is None else f"{point.iou:.5f}"
        numbers = (point.value, point.above_beta, point.read, point.voxels, point.changed)
        writer.writerow([*(f"{number:.6g}" for number in numbers), iou])
    replace_text(path, text.getvalue())


def _decoded(reconstructor: Reconstructor, encoded: EncodedPicture, question: Question) -> Reconstruction:
    return reconstructor.decode(encoded, beta=question.beta, use_memory=question.use_memory, edits=question.edits)


def _decoded_at(
    reconstructor: Reconstructor,
    encoded: EncodedPicture,
    setting: Setting,
    values: NDArray[np.floating] | NDArray[np.integer],
    question: Question,
) -> Iterator[tuple[float, float, list[Reconstruction]]]:
    """The results at every beta or number of priors."""
    for value in values:
        if setting == "beta":
            asked = replace(question, beta=float(value))
        else:
            asked = replace(question, edits=replace(question.edits, limit=int(value)))
        yield float(value), question.threshold, [_decoded(reconstructor, encoded, asked)]


def _under_occluders(
    reconstructor: Reconstructor, picture: Picture, question: Question
) -> Iterator[tuple[float, float, list[Reconstruction]]]:
    """The results with more and more of the object covered."""
    if not picture.has_alpha:
        raise ImageError("an occluder needs to know where the object is: cut it out first (Edit > Edit Foreground)")
    for area in _OCCLUDERS:
        results = []
        for place in range(_OCCLUDER_PLACES if area else 1):
            # The same generator for every size: the rectangles grow about the same places.
            pixels = occlude(picture.pixels, float(area), np.random.default_rng(place))
            encoded = reconstructor.encode(replace(picture, pixels=pixels))
            results.append(_decoded(reconstructor, encoded, question))
        yield float(area), question.threshold, results


def _mean(values: Iterator[float]) -> float:
    return float(np.mean(list(values)))
