"""How far a reconstruction is to be trusted: a number for what is undecided, and what should make one doubt."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from core.parts import connected_parts
from core.reconstruction_result import Reconstruction

MARGIN = 0.1
"""Occupancies this close to the threshold could as well lie on its other side."""


def undecided_share(occupancy: NDArray[np.floating], threshold: float) -> float:
    """The share of the shape that a slightly different threshold would decide otherwise.

    That is u = |{v : |o_v - t| <= 0.1}| / |{v : o_v >= t - 0.1}|: of the voxels that are in the shape or nearly so,
    those whose occupancy o_v lies within ``MARGIN`` of the threshold t. Empty space counts in neither.

    Args:
        occupancy: any shape, 0 … 1.
        threshold: t, 0 … 1.

    Returns:
        0 where every voxel is decided, 1 where none is; 0 where no occupancy comes near t.
    """
    above = occupancy.astype(np.float64) - threshold
    slack = MARGIN + 1e-6  # float32 occupancies on the very edge belong to it
    near = int((np.abs(above) <= slack).sum())
    counted = int((above >= -slack).sum())
    return near / counted if counted else 0.0


def doubts(result: Reconstruction, threshold: float) -> tuple[str, ...]:
    """Reasons not to trust a result, each a plain sentence; none where nothing speaks against it.

    Args:
        result: the reconstruction.
        threshold: voxels above it make the shape.
    """
    found = (
        _unlike_the_memory(result),
        _unlike_the_training(result),
        _in_pieces(result.voxels(threshold)),
        _of_no_category(result),
    )
    return tuple(words for words in found if words)


def _unlike_the_memory(result: Reconstruction) -> str:
    """Whether not a single slot is more similar than beta."""
    if not result.memory_used or not len(result.similarities) or result.above_beta:
        return ""
    best = float(result.similarities.max())
    return f"Nothing like this picture is in memory: the most similar slot has {best:.2f}, below β = {result.beta:.2f}."


def _unlike_the_training(result: Reconstruction) -> str:
    """Whether the picture is unlike nearly every one that the model was validated on."""
    known = result.likeness
    if known is None or known.usual:
        return ""
    if known.strength < known.usual_strength:
        why = f"the network finds little in it (feature {known.strength:.1f}, usually over {known.usual_strength:.1f})"
    else:
        why = f"its most similar slot has {known.similarity:.2f}, usually over {known.usual_similarity:.2f}"
    return f"This picture is unlike those of the training: {why}. Show one whole object, cut out of its background."


def _in_pieces(voxels: NDArray[np.bool_]) -> str:
    """Whether the shape has more than one connected part."""
    sizes = connected_parts(voxels)[1]
    if len(sizes) < 2:
        return ""
    outside = int(sizes[1:].sum())
    return (
        f"The result falls apart into {len(sizes)} pieces: "
        f"{outside:,} of {int(sizes.sum()):,} voxels lie outside the largest (View > Colours > By Part shows them)."
    )


def _of_no_category(result: Reconstruction) -> str:
    """Whether no category holds more than half of the shapes that were read."""
    read = result.read
    counts = Counter(prior.category for prior in read).most_common()
    if not counts or counts[0][1] * 2 > len(read):
        return ""
    named = ", ".join(f"{count} {category}" for category, count in counts[:3])
    return f"The priors disagree about the category: {named}{', …' if len(counts) > 3 else ''}."
