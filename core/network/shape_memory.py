"""The shape memory: slots of (key, value, age) with Mem3D's write and read rules (section 3.2 of the paper).

Keys are unit-length image features, values are binary voxel grids kept bit-packed (4 KiB for 32^3), and the age of
a slot counts the writes since it was last used.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import COPY, DEFAULT_DELTA, ValueSimilarity
from core.errors import ConfigError
from core.network.products import products

EMPTY = -1
"""Slot index that pads rows of a read with fewer retrieved shapes than others."""

_BLOCK = 64
"""Grids that are compared with all others while they are in the processor's cache."""

_OLDEST = torch.iinfo(torch.int64).max
"""The age of an empty slot in the search for the oldest, so that empty ones are taken first."""


class ShapeSource(NamedTuple):
    """Where a remembered shape came from."""

    dataset: str
    """Short name of the data set, such as ``builtin``."""
    object_id: str
    """The object's name there, such as ``chair/00012``."""
    view: int
    """The view whose feature made the key."""
    category: str
    """The object's category."""


@dataclass(frozen=True)
class MemoryRead:
    """What a read found for a batch of B features; rows are padded to the longest, K shapes."""

    slots: Tensor
    """(B, K) int64 slot indices, most similar first, padded with ``EMPTY``."""
    similarities: Tensor
    """(B, K) float32 key similarities S_k, padded with 0."""
    above_beta: Tensor
    """(B,) int64: how many slots were more similar than beta, whether given out or not."""
    packed: Tensor
    """(B, K, r^3 / 8) uint8: the retrieved values, bit-packed, padded with 0."""

    @property
    def counts(self) -> Tensor:
        """(B,) int64: how many shapes are given out, at most the limit asked for."""
        return (self.slots != EMPTY).sum(dim=1)

    @property
    def values(self) -> Tensor:
        """(B, K, r, r, r) bool: the retrieved voxel grids, axes x, y, z, padded with empty grids."""
        return unpack_voxels(self.packed)


@dataclass(frozen=True)
class MemoryWrite:
    """What a write did, one entry a sample in batch order."""

    slots: tuple[int, ...]
    """The slot each sample went to; ``EMPTY`` where the feature was zero and nothing was written."""
    new: tuple[bool, ...]
    """True where the shape was new to the memory, False where a known one was updated (or nothing written)."""


def pack_voxels(voxels: Tensor) -> Tensor:
    """Pack binary grids (..., r, r, r) into (..., r^3 / 8) uint8, in the bit order of ``numpy.packbits``."""
    bits = voxels > 0.5 if voxels.is_floating_point() else voxels.bool()
    octets = bits.reshape(*voxels.shape[:-3], -1, 8).to(torch.uint8)
    shifts = torch.arange(7, -1, -1, dtype=torch.uint8, device=voxels.device)
    return (octets << shifts).sum(dim=-1, dtype=torch.uint8)


def unpack_voxels(packed: Tensor) -> Tensor:
    """Unpack (..., r^3 / 8) uint8 into binary grids (..., r, r, r) bool."""
    if packed.device.type == "cpu":  # eight times as fast there
        flags = torch.from_numpy(np.unpackbits(packed.numpy(), axis=-1)).view(torch.bool)
        side = round(flags.shape[-1] ** (1 / 3))
        return flags.reshape(*packed.shape[:-1], side, side, side)
    shifts = torch.arange(7, -1, -1, dtype=torch.uint8, device=packed.device)
    bits: Tensor = (packed.unsqueeze(-1) >> shifts) & 1
    side = round((packed.shape[-1] * 8) ** (1 / 3))
    return bits.bool().reshape(*packed.shape[:-1], side, side, side)


def value_similarity(a: Tensor, b: Tensor, kind: ValueSimilarity) -> Tensor:
    """Value similarity S_v of every grid in ``a`` to every grid in ``b``.

    Args:
        a: (A, r^3 / 8) uint8, bit-packed grids.
        b: (B, r^3 / 8) uint8, bit-packed grids.
        kind: ``paper`` for 1 - (1/r^3) sum_j (a_j - b_j)^2, ``iou`` for intersection over union (two empty grids: 1).

    Returns:
        (A, B) float64, 0 … 1. Counts are whole numbers, so both devices give the same result.
    """
    common = _intersections(a, b).double()
    size_a = _occupied_voxels(a).double()[:, None]
    size_b = _occupied_voxels(b).double()[None, :]
    union = size_a + size_b - common
    if kind == "paper":
        return 1.0 - (union - common) / (a.shape[1] * 8)
    return torch.where(union > 0, common / union.clamp(min=1), torch.ones_like(union))


def _occupied_voxels(packed: Tensor) -> Tensor:
    """(A,) int64: how many voxels are occupied."""
    if packed.device.type == "cpu":
        words = packed.contiguous().numpy().view(np.uint64)
        return torch.from_numpy(np.bitwise_count(words).sum(axis=1, dtype=np.int64))
    return unpack_voxels(packed).flatten(1).sum(dim=1)


def _intersections(a: Tensor, b: Tensor) -> Tensor:
    """(A, B) int64: how many voxels are occupied in both."""
    # Counting the bits of 64 voxels at once is several times faster on a CPU, where torch cannot; a GPU multiplies.
    return _counted_bits(a, b) if a.device.type == "cpu" else _matrix_product(a, b)


def _counted_bits(a: Tensor, b: Tensor) -> Tensor:
    words_a, words_b = a.contiguous().numpy().view(np.uint64), b.contiguous().numpy().view(np.uint64)
    counts = np.empty((len(words_a), len(words_b)), dtype=np.int64)
    for first in range(0, len(words_b), _BLOCK):  # what fits into the processor's cache, for all rows at once
        block = words_b[first : first + _BLOCK]
        shared, bits = np.empty_like(block), np.empty(block.shape, np.uint8)
        for row, words in enumerate(words_a):
            np.bitwise_and(block, words, out=shared)
            np.bitwise_count(shared, out=bits)
            counts[row, first : first + _BLOCK] = bits.sum(axis=1, dtype=np.int32)
    return torch.from_numpy(counts)


def _matrix_product(a: Tensor, b: Tensor) -> Tensor:
    # Whole numbers up to 2^24 are exact in float32, however the product is split.
    grids = unpack_voxels(a).flatten(1).float()
    parts = [grids @ unpack_voxels(part).flatten(1).float().T for part in torch.split(b, 1024)]
    return torch.cat(parts, dim=1).round().long()


class ShapeMemory(nn.Module):
    """m slots of (key, value, age), written by the trainer and read by the network.

    Args:
        slots: m, how many slots there are.
        key_size: n_k, the length of a feature.
        value_similarity: the S_v of the write rule and of the triplet loss.
        delta: S_v from which a shape counts as known; None takes the similarity's own default.
        resolution: r, the side of a voxel grid.

    Attributes:
        keys: (m, n_k) float32, unit length where occupied, else 0.
        packed: (m, r^3 / 8) uint8, the values.
        ages: (m,) int64; 0 where empty.
        occupied: (m,) bool; slots fill from index 0 on.
        sources: where the shape in each slot came from; None where it is empty, or unknown.
    """

    keys: Tensor
    packed: Tensor
    ages: Tensor
    occupied: Tensor
    owners: Tensor

    def __init__(
        self,
        slots: int,
        key_size: int,
        *,
        value_similarity: ValueSimilarity = "paper",
        delta: float | None = None,
        resolution: int = 32,
    ) -> None:
        super().__init__()
        if slots < 1 or key_size < 1:
            raise ConfigError(f"a memory needs at least one slot and one feature, not {slots} x {key_size}")
        self.kind: ValueSimilarity = value_similarity
        self.delta = DEFAULT_DELTA[value_similarity] if delta is None else delta
        self.resolution = resolution
        self.register_buffer("keys", torch.zeros(slots, key_size))
        self.register_buffer("packed", torch.zeros(slots, resolution**3 // 8, dtype=torch.uint8))
        self.register_buffer("ages", torch.zeros(slots, dtype=torch.int64))
        self.register_buffer("occupied", torch.zeros(slots, dtype=torch.bool))
        # The sources live in a Python list; this number per object lets a read leave out a whole object at once.
        # On the CPU even where the others have no storage yet: no checkpoint holds it.
        self.register_buffer("owners", torch.full((slots,), EMPTY, dtype=torch.int64, device="cpu"), persistent=False)
        self._owner_numbers: dict[tuple[str, str], int] = {}
        self.sources: list[ShapeSource | None] = [None] * slots

    @property
    def slots(self) -> int:
        """m, how many slots there are."""
        return self.keys.shape[0]

    @property
    def occupied_slots(self) -> int:
        """How many slots hold a shape."""
        return int(self.occupied.sum())

    def similarities(self, features: Tensor) -> Tensor:
        """Key similarity S_k = F.K / (|F||K|) to every slot: (B, n_k) -> (B, m), differentiable in the features.

        A zero feature, and an empty slot, are similar to nothing (0). The precision is the keys', under autocast too.
        """
        with torch.autocast(features.device.type, enabled=False):
            return products(_unit_length(features.to(self.keys.dtype)), self.keys)

    @torch.no_grad()
    def value_similarities(self, volumes: Tensor) -> Tensor:
        """Value similarity S_v of (B, r, r, r) binary grids to every slot: (B, m) float64."""
        return value_similarity(pack_voxels(volumes), self.packed, self.kind)

    @torch.no_grad()
    def read(
        self,
        features: Tensor,
        beta: float,
        *,
        max_priors: int | None = None,
        exclude: Sequence[ShapeSource | None] | None = None,
        similarities: Tensor | None = None,
    ) -> MemoryRead:
        """Retrieve every occupied slot with S_k(F, K) > beta, most similar first, ties to the lowest index.

        Args:
            features: (B, n_k) float32.
            beta: key similarity to exceed, -1 … 1.
            max_priors: give out at most this many a sample; None gives out all above beta.
            exclude: one source a sample; slots of that source's object, any view and changed copy of it, are left out.
            similarities: what ``similarities`` says of the features, where it is known already.

        Returns:
            What was found; ``above_beta`` counts what passed before ``max_priors`` cut it.
        """
        similar = (self.similarities(features) if similarities is None else similarities).detach()
        eligible = self.occupied[None, :].expand_as(similar)
        if exclude is not None:
            owners = map(_owner, exclude)
            numbers = [EMPTY - 1 if one is None else self._owner_numbers.get(one, EMPTY - 1) for one in owners]
            own = torch.tensor(numbers, device=similar.device)[:, None] == self.owners[None, :]
            eligible = eligible & ~own
        passed = eligible & (similar > beta)
        above = passed.sum(dim=1)
        limit = self.slots if max_priors is None else max_priors
        longest = min(int(above.max()) if len(above) else 0, limit)
        ranked, order = _highest(similar.masked_fill(~passed, -torch.inf), longest)
        valid = ranked > -torch.inf
        return MemoryRead(
            slots=order.masked_fill(~valid, EMPTY),
            similarities=ranked.masked_fill(~valid, 0.0),
            above_beta=above,
            packed=self.packed[order].masked_fill(~valid[..., None], 0),
        )

    @torch.no_grad()
    def slots_above(self, similarities: Tensor, beta: float) -> list[int]:
        """Every occupied slot more similar than beta, as ``read`` orders them, without a copy of their grids.

        Args:
            similarities: (m,), what ``similarities`` says of one feature.
            beta: key similarity to exceed, -1 … 1.
        """
        found = (self.occupied & (similarities > beta)).nonzero()[:, 0]
        slots: list[int] = found[torch.argsort(similarities[found], descending=True, stable=True)].tolist()
        return slots

    @torch.no_grad()
    def write(
        self,
        features: Tensor,
        volumes: Tensor,
        sources: Sequence[ShapeSource | None] | None = None,
        *,
        similarities: Tensor | None = None,
        value_similarities: Tensor | None = None,
    ) -> MemoryWrite:
        """Write samples one at a time in batch order, by the paper's two rules.

        With n1 = argmax S_k(F, K): if S_v(V, V_n1) >= delta the shape is known, K_n1 becomes (F + K_n1) / |F + K_n1|
        and its age 0; otherwise the shape is new and takes the oldest slot (an empty one first). Every other occupied
        slot ages by one. F is brought to unit length first; a zero F, or one that is not
        finite, is never written; ties go to the lowest index.

        Args:
            features: (B, n_k) float.
            volumes: (B, r, r, r), binary (bool, or > 0.5).
            sources: where each sample came from, kept with a new shape; None for unknown.
            similarities: what ``similarities`` says of the features, where it is known already.
            value_similarities: what ``value_similarities`` says of the volumes, where it is known already.
        """
        features = features.detach().to(self.keys)
        norms = torch.linalg.vector_norm(features, dim=1)
        features = _unit_length(features)
        packed = pack_voxels(volumes.to(self.packed.device))
        similar = (features @ self.keys.T) if similarities is None else similarities.detach().to(self.keys)
        values = value_similarity(packed, self.packed, self.kind) if value_similarities is None else value_similarities
        # The rules need only numbers between samples and slots, which the host has at once: a GPU would be given some
        # twenty small kernels a sample, and a processor would go over all keys for each.
        touched = _by_the_rules(
            np.flatnonzero(_on_host((norms > 0) & torch.isfinite(norms))),
            similar=_on_host(similar.masked_fill(~self.occupied, -torch.inf)),
            same=_on_host((values >= self.delta) & self.occupied),
            similar_in_batch=_on_host(features @ features.T),
            same_in_batch=_on_host(value_similarity(packed, packed, self.kind) >= self.delta),
            ages=_on_host(self.ages.masked_fill(~self.occupied, _OLDEST)),
        )
        self._touch(touched, features, packed, sources)
        slots, new = [EMPTY] * len(features), [False] * len(features)
        for sample, slot, known in touched:
            slots[sample], new[sample] = slot, not known
        return MemoryWrite(tuple(slots), tuple(new))

    def _touch(
        self,
        touched: Sequence["_Touch"],
        features: Tensor,
        packed: Tensor,
        sources: Sequence[ShapeSource | None] | None,
    ) -> None:
        """Give the slots their keys, values, sources and ages."""
        index = self.ages.new_tensor
        rest = list(touched)
        while rest:  # slots that are touched twice are changed in a second round, and so on
            now = {touch.slot: touch for touch in reversed(rest)}  # the first touch of each
            slots = index(list(now))
            before, given = self.keys[slots], features[index([touch.sample for touch in now.values()])]
            total = given + before
            length = torch.linalg.vector_norm(total, dim=1, keepdim=True)
            moved = torch.where(length > 0, total / length, before)  # opposite vectors cancel; the key then stays
            known = self.occupied.new_tensor([touch.known for touch in now.values()])
            self.keys[slots] = torch.where(known[:, None], moved, given)
            rest = [touch for touch in rest if now[touch.slot] is not touch]
        taken = {touch.slot: touch.sample for touch in touched if not touch.known}  # the last one stays
        self._set_sources({slot: None if sources is None else sources[sample] for slot, sample in taken.items()})
        self.packed[index(list(taken))] = packed[index(list(taken.values()))]
        self.occupied[index(list(taken))] = True
        self.ages += self.occupied * len(touched)
        last = {touch.slot: len(touched) - at for at, touch in enumerate(touched, start=1)}
        self.ages[index(list(last))] = index(list(last.values()))

    def set_sources(self, sources: Sequence[ShapeSource | None]) -> None:
        """Put back the sources of all slots, as after loading a checkpoint."""
        if len(sources) != self.slots:
            raise ConfigError(f"{len(sources)} sources do not fit {self.slots} slots")
        self._set_sources(dict(enumerate(sources)))

    def _set_sources(self, sources: Mapping[int, ShapeSource | None]) -> None:
        numbers = []
        for slot, source in sources.items():
            self.sources[slot] = source
            owner = _owner(source)
            number = EMPTY if owner is None else self._owner_numbers.setdefault(owner, len(self._owner_numbers))
            numbers.append(number)
        self.owners[self.owners.new_tensor(list(sources))] = self.owners.new_tensor(numbers)


class _Touch(NamedTuple):
    """One sample written."""

    sample: int
    slot: int
    known: bool
    """The slot's shape was known, and moves its key; else the sample's shape and key take the slot."""


def _by_the_rules(
    samples: NDArray[np.int64],
    *,
    similar: NDArray[np.float32],
    same: NDArray[np.bool_],
    similar_in_batch: NDArray[np.float32],
    same_in_batch: NDArray[np.bool_],
    ages: NDArray[np.int64],
) -> list[_Touch]:
    """The two write rules on numbers alone, for B samples and m slots; ``similar`` and ``same`` are used up.

    Args:
        samples: which of the B are written, in this order.
        similar: (B, m), S_k of the samples to the keys; -inf where a slot is empty.
        same: (B, m), whether S_v >= delta; False where a slot is empty.
        similar_in_batch: (B, B), S_k of the samples to each other.
        same_in_batch: (B, B), whether their S_v >= delta.
        ages: (m,), ``_OLDEST`` where a slot is empty.
    """
    touched = []
    used = -ages  # when a slot was last used; the first of the smallest is the oldest
    for time, sample in enumerate(samples.tolist(), start=1):
        nearest = int(similar[sample].argmax())
        known = bool(same[sample, nearest])
        slot = nearest if known else int(used.argmin())
        used[slot] = time
        touched.append(_Touch(sample, slot, known))
        later = slice(sample + 1, None)
        if known:
            # S_k(G, (F + K) / |F + K|) = (G.F + G.K) / |F + K|, and |F + K|^2 = 2 + 2 F.K, as F and K have unit length
            length = math.sqrt(max(2.0 + 2.0 * float(similar[sample, slot]), 0.0))
            if length > 0:
                similar[later, slot] += similar_in_batch[later, sample]
                similar[later, slot] /= length
        else:
            similar[later, slot] = similar_in_batch[later, sample]
            same[later, slot] = same_in_batch[later, sample]
    return touched


def _on_host(tensor: Tensor) -> NDArray[Any]:
    """A tensor that nobody else holds as a NumPy array."""
    array: NDArray[Any] = tensor.cpu().numpy()
    return array


def _highest(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The ``count`` highest of each row, the highest first, and where they are; of equal ones the first comes first."""
    if count < values.shape[1]:
        # Equal ones come in any order here, and the last of them may not be the first of the row: then all are sorted.
        ranked, order = torch.topk(values, count + 1, dim=1)
        equal = (ranked[:, 1:] == ranked[:, :-1]) & (ranked[:, 1:] > -torch.inf)
        if not bool(equal.any()):
            return ranked[:, :count], order[:, :count]
    ranked, order = torch.sort(values, dim=1, descending=True, stable=True)
    return ranked[:, :count], order[:, :count]


def _unit_length(features: Tensor) -> Tensor:
    """Features brought to unit length; a zero feature stays zero."""
    norms = torch.linalg.vector_norm(features, dim=1, keepdim=True)
    return features / torch.where(norms > 0, norms, torch.ones_like(norms))


def _owner(source: ShapeSource | None) -> tuple[str, str] | None:
    """What two sources of the same object, or of copies of it, have in common."""
    return None if source is None else (source.dataset, source.object_id.partition(COPY)[0])
