"""Which devices there are to compute on."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch

from core.errors import ConfigError, Mem3DError, one_line

_FAILED = ("CUDA error: ", "HIP error: ", "CUDNN_STATUS_", "CUBLAS_STATUS_")
"""Words of errors of a GPU that no longer answers, or whose driver does not."""


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, best first, such as ``("cuda:0", "cpu")``."""
    # Apple's MPS lacks the float64 that value similarities are counted in.
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return (*(f"cuda:{index}" for index in range(count)), "cpu")


def resolve_device(name: str) -> str:
    """The device called ``name``; ``auto`` is the best there is and ``cuda`` the first GPU.

    Raises:
        ConfigError: if this machine does not have it.
    """
    devices = available_devices()
    if name == "auto":
        return devices[0]
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in devices:
        raise ConfigError(f"no device {name!r} on this machine; choose one of auto, {', '.join(devices)}")
    return wanted


def memory_in_use(device: torch.device) -> int:
    """Bytes: the most that tensors have taken on a GPU so far; on a CPU, what this process takes now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return int(psutil.Process().memory_info().rss)


@contextmanager
def told_when_out_of_memory(device: str, remedy: str = "") -> Iterator[None]:
    """Turn running out of memory, and a GPU that fails, into one clear error.

    Args:
        device: which device's.
        remedy: what to do about it, beside closing what else uses it and, of a GPU, taking the CPU instead.

    Raises:
        Mem3DError: in place of torch's error; it names the remedy.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            if not any(words in str(error) for words in _FAILED):
                raise
            reason = one_line(str(error).split("\n", 1)[0], 80)
            raise Mem3DError(
                f"{device} has failed ({reason}); start the program again, or choose the device cpu"
            ) from error
        remedy = remedy or ("" if device == "cpu" else "choose the device cpu")
        raise Mem3DError(
            f"{device} is out of memory; close what else uses it{', or ' if remedy else ''}{remedy}"
        ) from error


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out; torch has an exception of its own for a GPU's only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        words in str(error)
        for words in ("can't allocate memory", "not enough memory", "STATUS_ALLOC_FAILED", "error: out of memory")
    )
