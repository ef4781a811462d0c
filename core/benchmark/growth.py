"""What a read and a write cost as the memory grows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from core.benchmark.timing import Work, in_turn
from core.network.shape_memory import ShapeMemory

SIZES = (4_000, 40_000, 400_000)
"""Numbers of slots."""
_RESOLUTION = 32
_PRIORS = 20


@dataclass(frozen=True)
class Growth:
    """A memory of one size."""

    slots: int
    """m."""
    key_size: int
    """n_k."""
    gigabytes: float
    """Of keys and values."""
    read: float | None
    """Milliseconds of one read; None where the memory does not fit into this machine's."""
    write: float | None
    """Milliseconds of writing one sample."""
    largest: float | None
    """Bytes of the largest tensor that a read or a write makes, as a share of the memory's."""
    faiss: float | None = None
    """Milliseconds of the same search by faiss, exact and with as many threads; None where it is not installed."""


def growth(key_size: int, sizes: Sequence[int], device: str, rounds: int) -> Iterator[Growth]:
    """Measure memories of random unit keys and random grids.

    Args:
        key_size: n_k.
        sizes: numbers of slots.
        device: one of ``available_devices``.
        rounds: how often each is timed.
    """
    for slots in sizes:
        size = slots * (4 * key_size + _RESOLUTION**3 // 8)
        gigabytes = size / 1e9
        if size > 0.5 * _free(device):  # NumPy and torch want some of it, too
            yield Growth(slots, key_size, gigabytes, None, None, None)
            continue
        memory = _full_memory(slots, key_size, device)
        feature = torch.randn(1, key_size, device=device)
        volume = torch.rand(1, _RESOLUTION, _RESOLUTION, _RESOLUTION, device=device) < 0.1
        beta = float(memory.similarities(feature)[0].topk(_PRIORS + 1).values[-1])

        def read(memory: ShapeMemory = memory, feature: Tensor = feature, beta: float = beta) -> object:
            return memory.read(feature, beta, max_priors=_PRIORS)

        def write(memory: ShapeMemory = memory, feature: Tensor = feature, volume: Tensor = volume) -> object:
            return memory.write(feature, volume)

        works: dict[str, Work] = {"read": read, "write": write}
        with _Largest() as largest:
            read()
            write()
        if device == "cpu" and (search := _faiss(memory.keys, feature)) is not None:
            works["library"] = search
        found = in_turn(works, rounds, lambda: torch.cuda.synchronize(device) if device.startswith("cuda") else None)
        yield Growth(
            slots, key_size, gigabytes, found["read"], found["write"], largest.bytes / size, found.get("library")
        )


class _Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """Keeps the size of the largest tensor that is made within."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the same
        self.bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        inputs = {tensor.untyped_storage().data_ptr() for tensor in args if isinstance(tensor, Tensor)}
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, Tensor) and tensor.untyped_storage().data_ptr() not in inputs:
                self.bytes = max(self.bytes, tensor.untyped_storage().nbytes())
        return result


def _full_memory(slots: int, key_size: int, device: str) -> ShapeMemory:
    memory = ShapeMemory(slots, key_size, value_similarity="iou").to(device)
    memory.keys.normal_()
    memory.keys /= torch.linalg.vector_norm(memory.keys, dim=1, keepdim=True)
    memory.packed.random_(0, 256)
    memory.occupied.fill_(True)
    memory.ages.random_(0, slots)
    return memory


def _faiss(keys: Tensor, feature: Tensor) -> Any:
    """The exact search of the library, or None without it."""
    try:
        import faiss  # type: ignore[import-not-found, unused-ignore]  # not a dependency: only to compare with
    except ImportError:
        return None
    index = faiss.IndexFlatIP(keys.shape[1])
    index.add(keys.numpy())
    unit = (feature / feature.norm()).numpy()
    return lambda: index.search(unit, _PRIORS)


def _free(device: str) -> int:
    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)
