"""One write to a small memory, step by step, as ``ShapeMemory`` does it: for learning how the memory learns.

Nothing here repeats the rules: the real memory is written and read, and a step tells what was before and after.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import ValueSimilarity
from core.network.shape_memory import EMPTY, ShapeMemory, ShapeSource


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture with its shape, as training would write it."""

    name: str
    """What the picture is called."""
    picture: NDArray[np.uint8]
    """What the network sees, (S, S, 3) uint8 RGB."""
    feature: NDArray[np.float32]
    """F, (n_k,)."""
    voxels: NDArray[np.bool_]
    """V, (32, 32, 32) bool."""
    is_truth: bool = False
    """Whether V is the true shape; else it is the reconstruction of the picture."""


@dataclass(frozen=True, eq=False)
class SlotState:
    """One slot as it is at some moment."""

    voxels: NDArray[np.bool_] | None
    """The value, (32, 32, 32) bool; None where the slot is empty."""
    age: int
    """Writes since it was last used."""
    name: str
    """Name of the sample whose shape it holds; empty where the slot is."""
    similarity: float
    """Key similarity S_k of the sample's feature to its key; 0 where it is empty."""


@dataclass(frozen=True, eq=False)
class WriteStep:
    """What one write did and why."""

    sample: Sample
    """What was written."""
    before: tuple[SlotState, ...]
    """Every slot before the write; similarities are those of the sample."""
    after: tuple[SlotState, ...]
    """Every slot after it."""
    nearest: int | None
    """n1, the occupied slot with the most similar key; None in an empty memory."""
    value_similarity: float
    """S_v of the sample's shape to that slot's value; 0 in an empty memory."""
    slot: int | None
    """The slot that was written; None where the feature was zero and nothing was."""
    new: bool
    """Whether the shape was new to the memory (rule 2); else the slot's key moved (rule 1)."""
    turned: float
    """Degrees by which the written slot's key turned; 0 where it was empty before or nothing was written."""
    read: tuple[tuple[int, float], ...]
    """The slots that a read with the same feature calls up afterwards, most similar first, with their similarities."""


class Lesson:
    """A small memory and the samples that are written to it, one after another, back and forth.

    Args:
        slots: how many slots the memory has.
        key_size: n_k, the length of a feature.
        beta: key similarity that the read after a write exceeds.
        value_similarity: the S_v of the write rule.
        delta: S_v from which a shape counts as known.
    """

    def __init__(
        self, slots: int, key_size: int, *, beta: float, value_similarity: ValueSimilarity, delta: float
    ) -> None:
        self.beta = beta
        self.delta = delta
        self.kind: ValueSimilarity = value_similarity
        self._memories = [ShapeMemory(slots, key_size, value_similarity=value_similarity, delta=delta)]
        self.steps: list[WriteStep] = []

    @property
    def slots(self) -> int:
        """How many slots the memory has."""
        return self._memories[0].slots

    def write(self, sample: Sample) -> WriteStep:
        """Write a sample, and read with its feature."""
        memory = deepcopy(self._memories[-1])
        feature, volume = torch.from_numpy(sample.feature)[None].float(), torch.from_numpy(sample.voxels.copy())[None]
        before = _states(memory, feature)
        nearest = None if not memory.occupied_slots else _nearest(memory, feature)
        values = memory.value_similarities(volume)[0]
        similar_value = 0.0 if nearest is None else float(values[nearest])
        keys = memory.keys.clone()
        # The owner stands for the sample's name, which a slot keeps with its shape.
        written = memory.write(feature, volume, [ShapeSource("lesson", sample.name, len(self.steps), "")])
        slot = None if written.slots[0] == EMPTY else written.slots[0]
        found = memory.read(feature, self.beta)
        step = WriteStep(
            sample=sample,
            before=before,
            after=_states(memory, feature),
            nearest=nearest,
            value_similarity=similar_value,
            slot=slot,
            new=written.new[0],
            turned=0.0 if slot is None else _angle(keys[slot], memory.keys[slot]),
            read=tuple(zip(found.slots[0].tolist(), found.similarities[0].tolist(), strict=True)),
        )
        self._memories.append(memory)
        self.steps.append(step)
        return step

    def back(self) -> None:
        """Take the last write back."""
        if self.steps:
            self.steps.pop()
            self._memories.pop()


def lesson_of(
    samples: Sequence[Sample], slots: int, *, beta: float, value_similarity: ValueSimilarity, delta: float
) -> Lesson:
    """A lesson in which all of these were written; it needs one sample at least."""
    key_size = len(samples[0].feature)
    lesson = Lesson(slots, key_size, beta=beta, value_similarity=value_similarity, delta=delta)
    for sample in samples:
        lesson.write(sample)
    return lesson


def _nearest(memory: ShapeMemory, feature: torch.Tensor) -> int:
    return int(memory.similarities(feature)[0].masked_fill(~memory.occupied, -torch.inf).argmax())


def _states(memory: ShapeMemory, feature: torch.Tensor) -> tuple[SlotState, ...]:
    similar = memory.similarities(feature)[0].tolist()
    grids = np.unpackbits(memory.packed.numpy(), axis=1).reshape(-1, 32, 32, 32).astype(bool)
    return tuple(
        SlotState(
            voxels=grids[slot] if occupied else None,
            age=int(memory.ages[slot]),
            name="" if (source := memory.sources[slot]) is None else source.object_id,
            similarity=similar[slot] if occupied else 0.0,
        )
        for slot, occupied in enumerate(memory.occupied.tolist())
    )


def _angle(one: torch.Tensor, other: torch.Tensor) -> float:
    """Degrees between two unit vectors; 0 where one of them is zero."""
    if not one.any() or not other.any():
        return 0.0
    # Exact for small angles, unlike the arc cosine.
    return float(np.degrees(2 * np.arctan2(float((one - other).norm()), float((one + other).norm()))))
