"""Shapes into a memory without training: their pictures become keys by the checkpoint's own image encoder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.checkpoint import Checkpoint
from core.data.bit_packing import pack
from core.data.images import COLOURS, preprocess
from core.memory.editing import NewSlots, add
from core.memory.shape_files import Shape
from core.memory.slots import MemorySlots
from core.network.mem3d import Mem3D
from core.network.pixels import network_images
from core.network.shape_memory import ShapeSource

Told = Callable[[int], None]


class PictureEncoder:
    """The image encoder of a checkpoint: pictures to keys. Not for several threads at once.

    Args:
        checkpoint: the one whose memory is added to.
        device: a device of ``core.devices.available_devices``.
    """

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu") -> None:
        self._model: Mem3D = checkpoint.build().to(device)
        self._size = checkpoint.config.model.image_size
        self._device = device

    def keys(self, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """One key a picture: (N, n_k), unit length.

        A picture with alpha is put on white, grey and black in turn; its key is the mean of the three features, brought
        to unit length, as the write rule does with several views of a shape (K <- (F + K) / |F + K|).

        Args:
            pictures: (H, W, 4) RGBA or (H, W, 3) RGB, uint8.
        """
        return np.concatenate([self._key(pixels) for pixels in pictures])

    def _key(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        backgrounds = list(COLOURS.values()) if pixels.shape[2] == 4 else [COLOURS["white"]]
        inputs = np.stack([preprocess(pixels, self._size, colour) for colour in backgrounds])
        with torch.inference_mode():
            features = self._model.image_encoder(network_images(torch.from_numpy(inputs).to(self._device)))
            features = torch.nn.functional.normalize(features.float(), dim=1)
            key = torch.nn.functional.normalize(features.sum(dim=0, keepdim=True), dim=1)
        return np.asarray(key.cpu().numpy(), np.float32)


@dataclass(frozen=True, eq=False)
class Added:
    """What adding shapes did."""

    slots: MemorySlots
    """The memory afterwards."""
    places: NDArray[np.int64]
    """The slots that were filled."""
    shapes: int
    """How many shapes they hold."""
    skipped: tuple[str, ...]
    """Names of shapes that the memory held already."""
    grown: int
    """How many slots the memory has grown by."""


def add_shapes(
    slots: MemorySlots, encoder: PictureEncoder, shapes: Iterable[Shape], told: Told = lambda _: None
) -> Added:
    """Put every picture of every shape into a slot of its own.

    A shape that the memory holds already under the same name is left out; another shape of that name gets a number.

    Args:
        slots: the memory.
        encoder: of the checkpoint that the memory belongs to.
        shapes: what to add.
        told: called with the number of shapes that are done; what it raises ends the work.
    """
    held = {
        (source.dataset, source.object_id): slots.packed[slot].tobytes()
        for slot, source in enumerate(slots.sources)
        if source is not None
    }
    keys, packed, sources, skipped, count = [], [], [], [], 0
    for done, shape in enumerate(shapes, start=1):
        grid = pack(shape.voxels)
        name = _free_name(shape, grid, held)
        if name is None:
            skipped.append(shape.object_id)
        else:
            held[shape.dataset, name] = grid.tobytes()
            keys.append(encoder.keys(shape.pictures))
            packed += [grid] * len(shape.pictures)
            sources += [ShapeSource(shape.dataset, name, view, shape.category) for view in range(len(shape.pictures))]
            count += 1
        told(done)
    if not sources:
        return Added(slots, np.zeros(0, np.int64), 0, tuple(skipped), 0)
    after, places = add(slots, NewSlots(np.concatenate(keys), np.stack(packed), tuple(sources)))
    return Added(after, places, count, tuple(skipped), len(after) - len(slots))


def _free_name(shape: Shape, grid: NDArray[np.uint8], held: dict[tuple[str, str], bytes]) -> str | None:
    """The name under which a shape is remembered; None where it is already."""
    name, number = shape.object_id, 1
    while (there := held.get((shape.dataset, name))) is not None:
        if there == grid.tobytes():
            return None
        number += 1
        name = f"{shape.object_id} ({number})"
    return name
