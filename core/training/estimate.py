"""What a training will need: memory and time, measured over a few real steps."""

import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import psutil
import torch

from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.devices import is_out_of_memory, resolve_device
from core.heap import give_freed_memory_back
from core.network.building import build_network
from core.training.batches import TrainingBatches, preparing_processes
from core.training.ranks import Ranks
from core.training.stepping import TrainingStep, adam

_MARGIN = 0.9
"""A training fits into this part of what is free: evaluation, checkpoints and fragmentation want some too."""

_SAMPLING_SECONDS = 0.01
"""Between two looks at the memory of a CPU's process."""


@dataclass(frozen=True)
class Estimate:
    """What a training needs on a device, measured; before they could be, seconds and rate are not a number (NaN)."""

    device: str
    """The device measured on."""
    parameters: int
    """Trainable numbers of the network."""
    seconds_per_step: float
    """Median over the measured steps, data loading included."""
    images_per_second: float
    """Training views a second at that pace."""
    peak_bytes: int
    """The most memory in use during the steps; where they did not fit, what the tensors between steps take alone."""
    available_bytes: int
    """What was free on the device before."""
    total_steps: int
    """Steps of the configured epochs."""
    total_seconds: float
    """Those at that pace, without validations."""
    fits: bool
    """Whether the memory suffices."""
    advice: str
    """What to do, in one line."""


def estimate(
    config: Mem3DConfig,
    dataset: ShapeDataset,
    device: str = "auto",
    *,
    steps: int = 3,
    stop: Callable[[], bool] = lambda: False,
) -> Estimate:
    """Do a few real steps and tell what the whole training needs; nothing is written.

    Every sample retrieves as many shapes as it may, so a step is as dear as it can become. On a CPU memory is the
    growth of this process, so what else it does meanwhile counts too.

    Args:
        config: of the training.
        dataset: what ``config.data.dataset`` names, opened.
        device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
        steps: how many to measure, after a first one to warm up.
        stop: asked before every step; True ends the measurement early, with what was measured so far.

    Raises:
        DatasetError: if the data set has too few training views, or cannot be read.
        ConfigError: if the device does not exist.
    """
    where = torch.device(resolve_device(device))
    batches = TrainingBatches.of(dataset, config, Ranks())
    available = _available(where)
    with torch.device("meta"):
        sizes = build_network(config.model)
    parameters = sum(parameter.numel() for parameter in sizes.parameters())
    # Adam keeps two moments beside each weight and its gradient.
    lasting = 16 * parameters + sum(buffer.nbytes for buffer in sizes.buffers())
    peak, seconds, fits = lasting, [], lasting < _MARGIN * available
    if fits:
        try:
            with _peak_memory(where) as measured:
                seconds = _measured_steps(config, batches, where, steps, stop)
            peak = max(lasting, measured())
            fits = peak <= _MARGIN * available
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            fits = False
    if where.type == "cuda":
        torch.cuda.empty_cache()
    pace = statistics.median(seconds) if seconds else math.nan
    total = config.training.epochs * batches.steps_per_epoch
    return Estimate(
        device=str(where),
        parameters=parameters,
        seconds_per_step=pace,
        images_per_second=config.training.batch_size / pace,
        peak_bytes=peak,
        available_bytes=available,
        total_steps=total,
        total_seconds=total * pace,
        fits=fits,
        advice=_advice(config, where, fits, peak, lasting, available),
    )


def less_memory(config: Mem3DConfig, device: torch.device, parts: int = 2) -> str:
    """What to change so that a training needs less memory, the mildest first.

    Args:
        config: of the training.
        device: where it does not fit.
        parts: into at least how many times as many parts the batch should be split.
    """
    size, now = config.training.batch_size, config.training.accumulation
    finer = [count for count in range(now * parts, size // 2 + 1) if size % count == 0]
    remedies = [f"set accumulation to {finer[0]}"] if finer else []
    remedies += ["a smaller batch_size", "a smaller image_size", "the preset compact"]
    if device.type == "cuda":
        remedies.append("the device cpu")
    if config.preset == "compact":
        remedies.remove("the preset compact")
    return ", or ".join([remedies[0] if finer else f"choose {remedies[0]}", *remedies[1:]])


def _advice(config: Mem3DConfig, device: torch.device, fits: bool, peak: int, lasting: int, available: int) -> str:
    if fits:
        return "it fits"
    room = _MARGIN * available - lasting
    if room <= 0:
        smaller = "" if config.preset == "compact" else " or take the preset compact"
        return f"too large for {device} whatever the batch: choose fewer memory_slots or a smaller lstm_hidden{smaller}"
    parts = max(2, math.ceil((peak - lasting) / room))
    return less_memory(config, device, parts)


def _measured_steps(
    config: Mem3DConfig, batches: TrainingBatches, device: torch.device, steps: int, stop: Callable[[], bool]
) -> list[float]:
    """Seconds of each step after the first."""
    everything = replace(config.model, beta=-1.0)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        model = build_network(everything).to(device)
        model.image_encoder.freeze(config.training.freeze_until)
        slots = min(everything.memory_slots, everything.max_priors)
        model.memory.write(torch.randn(slots, everything.key_size), torch.rand(slots, 32, 32, 32) < 0.5)
    step = TrainingStep(config, model, adam(model, config), device, batches)
    seconds: list[float] = []
    with closing(batches.from_step(0, processes=preparing_processes(device))) as source:
        for number in range(steps + 1):
            if stop():
                break
            began = time.perf_counter()
            step(next(source), number)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if number > 0:
                seconds.append(time.perf_counter() - began)
    return seconds


def _available(device: torch.device) -> int:
    """Bytes free for tensors, those included that torch holds in reserve."""
    if device.type == "cuda":
        reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + reserve
    return int(psutil.virtual_memory().available)


@contextmanager
def _peak_memory(device: torch.device) -> Iterator[Callable[[], int]]:
    """Gives a function that tells the most bytes in use so far within, less what was in use before."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        yield lambda: torch.cuda.max_memory_allocated(device) - before
        return
    give_freed_memory_back()  # or the steps would take it again without the process growing
    process = psutil.Process()
    before = most = process.memory_info().rss
    done = threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(_SAMPLING_SECONDS):
            most = max(most, process.memory_info().rss)

    watcher = threading.Thread(target=look, name="memory")
    watcher.start()
    try:
        yield lambda: most - before
    finally:
        done.set()
        watcher.join()
