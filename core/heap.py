"""What the C library does with memory that was freed; on anything but Linux with glibc nothing is changed."""

import ctypes
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h."""


def keep_freed_memory() -> None:
    """Let the C library keep what is freed, for the rest of this process.

    A training step frees and allocates the same hundreds of MB; giving them back to the system each time costs a fifth
    of the speed on a CPU.
    """
    libc = _libc()
    if hasattr(libc, "mallopt"):
        libc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        libc.mallopt(_MMAP_MAX, 0)


def give_freed_memory_back() -> None:
    """Give what is kept back to the system: what this process takes is then what is in use."""
    libc = _libc()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> Any:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
