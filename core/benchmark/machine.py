"""The machine that was measured on, and what others took of it meanwhile."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch


@dataclass(frozen=True)
class Machine:
    """What the figures depend on."""

    processor: str
    """Its name."""
    cores: int
    """Logical processors that this process may use."""
    memory: int
    """Bytes of main memory."""
    device: str
    """What was computed on, by name."""
    threads: int
    """Threads that torch computes with."""
    torch: str
    """Its version."""
    system: str
    """Operating system and Python."""


def describe(device: str) -> Machine:
    """This machine, with a device of ``available_devices``."""
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else device
    return Machine(
        _processor(),
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        psutil.virtual_memory().total,
        name,
        torch.get_num_threads(),
        torch.__version__,
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    )


class Others:
    """Measures the share of all processors that other programs take from when it is made on."""

    def __init__(self) -> None:
        self._before = self._now()

    def share(self) -> float:
        """0 … 1; what is above a tenth makes the figures doubtful, though hardly the ratios."""
        (busy, total, own), (busy_now, total_now, own_now) = self._before, self._now()
        passed = total_now - total
        return min(1.0, max(0.0, (busy_now - busy - (own_now - own)) / passed)) if passed > 0 else 0.0

    @staticmethod
    def _now() -> tuple[float, float, float]:
        times, own = psutil.cpu_times(), psutil.Process().cpu_times()
        total = float(sum(times[:8]))  # guests are counted among the users
        idle = times.idle + getattr(times, "iowait", 0.0)
        return total - idle, total, own.user + own.system


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
