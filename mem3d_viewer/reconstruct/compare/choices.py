"""What can be compared: the choices of the bar, and the shape that one of them comes to."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.reconstruction_result import Reconstruction, RetrievedShape
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.scene.voxel_scene import Material


class Choice(Enum):
    """One entry of the bar."""

    AUTOMATIC = "automatic"
    RESULT = "result"
    WITHOUT_MEMORY = "without memory"
    TRUTH = "truth"
    PRIOR = "prior"
    BETA = "beta"
    CHECKPOINT = "checkpoint"
    DIFFERENCE = "difference"


CHOICES = {
    Choice.AUTOMATIC: "Prior or truth",
    Choice.RESULT: "Result",
    Choice.WITHOUT_MEMORY: "Without memory",
    Choice.TRUTH: "Ground truth",
    Choice.PRIOR: "Shape prior",
    Choice.BETA: "Another beta…",
    Choice.CHECKPOINT: "Another checkpoint…",
    Choice.DIFFERENCE: "Difference",
}
"""Words of each. Automatic is the selected shape prior, else the ground truth where it is known, else nothing. The
difference is that of what stands on the other side and what stood on this one."""


@dataclass(frozen=True)
class Comparison:
    """What is compared, as it is chosen."""

    left: Choice = Choice.RESULT
    right: Choice = Choice.AUTOMATIC
    difference: int | None = None
    """On which side (0 left, 1 right) the difference of the two stands in place of one."""
    beta: float = 0.0
    """What another beta is."""
    checkpoint: Path | None = None
    """What another checkpoint is."""


COMPUTED = (Choice.WITHOUT_MEMORY, Choice.BETA, Choice.CHECKPOINT)
"""Those that the network has to answer."""


@dataclass(frozen=True, eq=False)
class Compared:
    """One side of the comparison."""

    name: str
    """In plain words."""
    occupancy: NDArray[np.float32]
    """(32, 32, 32) float32, axes x, y, z, y up."""
    threshold: float
    """Voxels above it make the shape."""
    material: Material
    """What it is drawn of."""
    detail: str = ""
    """More about it."""
    is_result: bool = False
    """Whether it is the result that the page is about."""

    @property
    def voxels(self) -> NDArray[np.bool_]:
        """(32, 32, 32) bool."""
        return self.occupancy > self.threshold

    @property
    def words(self) -> str:
        """The line above it, as rich text."""
        return f"<b>{self.name}</b>" + (f" · {self.detail}" if self.detail else "")


def compared(
    choice: Choice,
    answer: Answer,
    selected: RetrievedShape | None,
    threshold: float,
    computed: tuple[Reconstruction, str] | None,
) -> Compared | None:
    """The shape that ``choice`` comes to; None where there is none, or where it is still being computed.

    Args:
        choice: what stands there.
        answer: what the window shows.
        selected: the selected shape prior.
        threshold: of reconstructions.
        computed: the network's answer to a choice that needs one, and more about it.
    """
    result = answer.reconstruction
    if result is None:
        return None
    if choice is Choice.AUTOMATIC:
        choice = Choice.PRIOR if selected is not None else Choice.TRUTH
    if choice is Choice.RESULT:
        return Compared("Reconstruction", result.occupancy, threshold, "reconstruction", is_result=True)
    if choice is Choice.TRUTH:
        if answer.truth is None:
            return None
        voxels = f"{int(answer.truth.sum()):,} voxels"
        return Compared("Ground truth", answer.truth.astype(np.float32), 0.5, "truth", voxels)
    if choice is Choice.PRIOR:
        prior = selected or next(iter(result.priors), None)
        if prior is None:
            return None
        about = f"{prior.category} · {prior.similarity:.3f}"
        return Compared("Shape prior", prior.voxels.astype(np.float32), 0.5, "prior", about)
    if computed is None:
        return None
    other, about = computed
    name = {Choice.WITHOUT_MEMORY: "Without memory", Choice.BETA: "Another beta"}.get(choice, "Another checkpoint")
    return Compared(name, other.occupancy, threshold, "reconstruction", about)
