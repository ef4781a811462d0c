"""One network answering in several ways: with all of its memory, with less of it, and with one part at a time."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from core.network.mem3d import Mem3D
from core.network.shape_memory import EMPTY, MemoryRead, pack_voxels, unpack_voxels, value_similarity

Answer = Literal["network", "top prior", "mean of priors", "best slot"]


@dataclass(frozen=True)
class Variant:
    """A way to answer a picture. The defaults are the network as it is."""

    memory: bool = True
    """Read the memory; False gives the zero prior."""
    priors: int | None = None
    """Read at most this many shapes; None: as configured."""
    reverse: bool = False
    """Give the shapes to the LSTM with the least similar first."""
    lstm: bool = True
    """False gives the decoder the zero prior vector, whatever was read."""
    blend: bool = True
    """False leaves out the way from the retrieved shapes to the voxels beside the LSTM."""
    share: float = 1.0
    """Share of the occupied slots that may be read, the same slots for every picture, 0 … 1."""
    answer: Answer = "network"
    """What answers: the network, the most similar slot's own shape, the mean of the shapes that were read, or the shape
    in the memory that is most like the truth."""
    ideal: bool = False
    """Read those slots whose shapes are most like the truth, in place of those whose keys are most like the feature."""


@torch.inference_mode()
def occupancy(
    model: Mem3D, features: Tensor, similarities: Tensor, variant: Variant, *, truth: Tensor, seed: int = 0
) -> Tensor:
    """What a variant of the network answers.

    Args:
        model: in evaluation mode.
        features: (B, n_k), of the image encoder.
        similarities: (B, m), ``model.memory.similarities(features)``.
        variant: the way to answer.
        truth: (B, r, r, r) bool, which only ``ideal`` and the best slot look at.
        seed: of the slots that a ``share`` leaves.

    Returns:
        (B, r, r, r) float32 occupancy, 0 … 1; of a shape alone 0 or 1, and the most similar slot's whether it is above
        beta or not.
    """
    memory = model.memory
    similarities = similarities.masked_fill(~_kept(model, variant.share, seed), -1.0)
    if variant.answer == "top prior":
        top = similarities.masked_fill(~memory.occupied, -2.0).argmax(dim=1)
        return unpack_voxels(memory.packed[top]).float()
    limit = model.config.max_priors if variant.priors is None else variant.priors
    if variant.answer == "best slot" or variant.ideal:
        read = _most_alike(model, similarities, truth, 1 if variant.answer == "best slot" else limit)
    else:
        read = memory.read(features, model.config.beta, max_priors=limit, similarities=similarities)
    if variant.answer == "best slot":
        return read.values[:, 0].float() if read.slots.shape[1] else torch.zeros_like(truth, dtype=torch.float32)
    if variant.answer == "mean of priors":
        weights = (20.0 * read.similarities).masked_fill(read.slots == EMPTY, -torch.inf).softmax(dim=1).nan_to_num()
        return torch.einsum("bk,bkxyz->bxyz", weights, read.values.float())
    ordered = _reversed(read) if variant.reverse else read
    prior = model.prior(features, ordered if variant.memory and variant.lstm else None)
    return model.decode(features, prior, read if variant.memory and variant.blend else None).sigmoid()


def _most_alike(model: Mem3D, similarities: Tensor, truth: Tensor, count: int) -> MemoryRead:
    """The occupied slots with the highest IoU with the truth, best first, as if they had been retrieved."""
    memory = model.memory
    alike = value_similarity(pack_voxels(truth), memory.packed, "iou").masked_fill(~memory.occupied, -1.0)
    slots = alike.topk(min(count, int(memory.occupied.sum())), dim=1).indices
    return MemoryRead(
        slots=slots,
        similarities=similarities.gather(1, slots),
        above_beta=torch.full((len(slots),), slots.shape[1], device=slots.device),
        packed=memory.packed[slots],
    )


def _kept(model: Mem3D, share: float, seed: int) -> Tensor:
    """(m,) bool: a random share of the slots; a smaller share is part of every larger one."""
    order = torch.randperm(model.memory.slots, generator=torch.Generator().manual_seed(seed))
    kept = order < round(share * model.memory.slots)
    return kept.to(model.memory.keys.device)


def _reversed(read: MemoryRead) -> MemoryRead:
    """The same read, least similar first; what pads the rows stays at their ends."""
    width = read.slots.shape[1]
    places = (read.counts[:, None] - 1 - torch.arange(width, device=read.slots.device)[None]) % max(width, 1)
    return replace(
        read,
        slots=read.slots.gather(1, places),
        similarities=read.similarities.gather(1, places),
        packed=read.packed.gather(1, places[..., None].expand_as(read.packed)),
    )
