"""Editing a memory without training: put slots in, take slots out, save the result as a new checkpoint.

An edit leaves every other slot as it is, at the same number, with its key, age and source.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.checkpoint import Checkpoint, save_checkpoint
from core.errors import ConfigError, OutputError
from core.memory.slots import MemorySlots
from core.network.shape_memory import ShapeSource


@dataclass(frozen=True, eq=False)
class NewSlots:
    """Shapes to put into a memory, one key each."""

    keys: NDArray[np.float32]
    """(N, n_k), unit length."""
    packed: NDArray[np.uint8]
    """(N, 4096), the voxel grids, bit-packed."""
    sources: tuple[ShapeSource, ...]
    """Where each came from."""

    def __len__(self) -> int:
        return len(self.sources)


def add(slots: MemorySlots, new: NewSlots) -> tuple[MemorySlots, NDArray[np.int64]]:
    """Put shapes into the empty slots, the lowest first, then into slots that the memory grows by.

    No write rule is applied: nothing is overwritten, no key moves, no age changes. The new slots have age 0.

    Returns:
        The memory afterwards, and the slot of each shape (N,).

    Raises:
        ConfigError: if the keys are not of the memory's length.
    """
    if new.keys.shape != (len(new), slots.keys.shape[1]) or new.packed.shape != (len(new), slots.packed.shape[1]):
        raise ConfigError(f"keys of {new.keys.shape[-1]} numbers do not fit a memory of {slots.keys.shape[1]}")
    empty = np.flatnonzero(~slots.occupied)
    more = max(0, len(new) - len(empty))
    places = np.concatenate([empty, np.arange(len(slots), len(slots) + more)])[: len(new)]
    sources = [*slots.sources, *[None] * more]
    for place, source in zip(places.tolist(), new.sources, strict=True):
        sources[place] = source
    return (
        MemorySlots(
            keys=_replaced(slots.keys, places, new.keys, more),
            packed=_replaced(slots.packed, places, new.packed, more),
            ages=_replaced(slots.ages, places, 0, more),
            occupied=_replaced(slots.occupied, places, True, more),
            sources=tuple(sources),
        ),
        places,
    )


def remove(slots: MemorySlots, which: Iterable[int]) -> MemorySlots:
    """Empty some slots; the others keep their numbers.

    Raises:
        ConfigError: if one of them is empty or not there.
    """
    places = np.unique(np.fromiter(which, np.int64))
    for place in places.tolist():
        if not 0 <= place < len(slots) or not slots.occupied[place]:
            raise ConfigError(f"slot {place} holds no shape; the memory has slots 0 … {len(slots) - 1}")
    gone = set(places.tolist())
    return MemorySlots(
        keys=_replaced(slots.keys, places, 0),
        packed=_replaced(slots.packed, places, 0),
        ages=_replaced(slots.ages, places, 0),
        occupied=_replaced(slots.occupied, places, False),
        sources=tuple(None if place in gone else source for place, source in enumerate(slots.sources)),
    )


def save_memory(checkpoint: Checkpoint, slots: MemorySlots, out: Path) -> None:
    """Write a checkpoint with other slots; everything else, training step and figures included, stays.

    The number of slots in its configuration follows the memory. A figure such as ``validation_iou`` was measured with
    the memory as it was.

    Raises:
        OutputError: if ``out`` is the checkpoint that is edited, or cannot be written.
        CheckpointError: if the checkpoint is damaged.
    """
    if out.exists() and checkpoint.path.exists() and out.samefile(checkpoint.path):
        raise OutputError(f"{out}: is the checkpoint that is edited; give the new one another name")
    model = replace(checkpoint.config.model, memory_slots=len(slots))
    parts = {"keys": slots.keys, "packed": slots.packed, "ages": slots.ages, "occupied": slots.occupied}
    edited = replace(
        checkpoint,
        config=replace(checkpoint.config, model=model),
        tensors={**checkpoint.tensors, **{f"memory.{name}": torch.tensor(part) for name, part in parts.items()}},
        sources=slots.sources,
    )
    save_checkpoint(
        out,
        edited.build(),
        edited.config,
        step=edited.step,
        metrics=edited.metrics,
        mean_shape=edited.mean_shape,
        half_keys=checkpoint.half_keys,
        half_weights=checkpoint.half_weights,
    )


def _replaced(array: NDArray, places: NDArray[np.int64], values: object, more: int = 0) -> NDArray:  # type: ignore[type-arg]  # any kind
    """A copy with ``more`` rows of zeros at its end, in which the rows at ``places`` are ``values``."""
    longer = np.concatenate([array, np.zeros((more, *array.shape[1:]), array.dtype)])
    longer[places] = values
    return longer
