"""Everything that is measured, as one result and as tables."""

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from core.benchmark.growth import Growth, growth
from core.benchmark.latency import Latency
from core.benchmark.machine import Machine, Others, describe
from core.benchmark.step import step_cost
from core.benchmark.timing import Row
from core.checkpoint import save_checkpoint
from core.config import Mem3DConfig, preset
from core.network.building import build_network

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Benchmark:
    """What was measured in one run."""

    machine: Machine
    """Where."""
    others: float
    """Share of the processors that other programs took meanwhile, 0 … 1."""
    network: str
    """What was measured, in words."""
    slots: int
    """Occupied slots of its memory."""
    priors: int
    """Shapes that the LSTM reads."""
    picture: tuple[Row, ...]
    """One picture."""
    pictures: tuple[Row, ...]
    """Many at once, a picture."""
    loading: tuple[Row, ...]
    """Opening the checkpoint."""
    training: tuple[Row, ...]
    """A step, a picture."""
    memory: tuple[Growth, ...]
    """Memories of several sizes."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        """Markdown."""
        machine = self.machine
        parts = [
            f"{self.network}, {self.slots} slots, {self.priors} priors read; {machine.device}, {machine.processor}, "
            f"{machine.cores} cores, {machine.threads} threads, torch {machine.torch}; "
            f"other programs took {self.others:.0%} of the processors.",
            _table(self.picture), _table(self.pictures), _table(self.loading), _table(self.training),
            _growth_table(self.memory),
        ]  # fmt: skip
        return "\n\n".join(part for part in parts if part)


def run(
    picture: Path,
    device: str,
    *,
    checkpoint: Path | None = None,
    preset_name: str | None = None,
    sizes: Sequence[int] = (),
    rounds: int = 15,
    progress: Progress = lambda done, total, what: None,
) -> Benchmark:
    """Measure a checkpoint, or a preset with random weights and a full memory.

    Args:
        picture: any picture.
        device: one of ``available_devices``.
        checkpoint: what is measured; None: the preset.
        preset_name: a preset; with a checkpoint it is not looked at.
        sizes: numbers of slots of the memories that are measured by themselves.
        rounds: how often each thing is timed.
        progress: told what is being done.

    Raises:
        Mem3DError: if the checkpoint or the picture cannot be read.
    """
    others = Others()
    with tempfile.TemporaryDirectory(prefix="mem3d-") as folder:
        words = "preset " + str(preset_name) if checkpoint is None else checkpoint.name
        path = checkpoint or _random_checkpoint(Path(folder) / "random.safetensors", preset(preset_name or "compact"))
        progress(0, 5, "opening")
        latency = Latency(path, picture, device, rounds)
        progress(1, 5, "one picture")
        one = latency.one_picture()
        progress(2, 5, "many pictures")
        many, loading = latency.many_pictures(), latency.loading()
        config = latency.config
        slots, priors = latency.slots, latency.priors
        del latency
    progress(3, 5, "training step")
    training = step_cost(config, device, max(1, rounds // 3))
    progress(4, 5, "memories")
    found = tuple(growth(config.model.key_size, sizes, device, max(1, rounds // 3)))
    progress(5, 5, "memories")
    return Benchmark(
        describe(device), others.share(), words, slots, priors, tuple(one), tuple(many), tuple(loading),
        tuple(training), found,
    )  # fmt: skip


def _random_checkpoint(path: Path, config: Mem3DConfig) -> Path:
    torch.manual_seed(0)
    model = build_network(config.model).eval()
    model.memory.keys.copy_(functional.normalize(torch.randn_like(model.memory.keys)))
    model.memory.packed.random_(0, 256)
    model.memory.occupied.fill_(True)
    save_checkpoint(path, model, config)
    return path


def _table(rows: Sequence[Row]) -> str:
    lines = ["| | ms | ratio |", "|---|---|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} x {row.of}"
        lines.append(f"| {row.name} | {row.milliseconds:.1f} | {ratio} |")
    return "\n".join(lines)


def _growth_table(rows: Sequence[Growth]) -> str:
    if not rows:
        return ""
    lines = ["| slots | key | keys and values | read | write | largest temporary | faiss, exact |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = ["does not fit here", "", "", ""]
        if row.read is not None and row.write is not None and row.largest is not None:
            exact = "" if row.faiss is None else f"{row.faiss:.1f} ms"
            cells = [f"{row.read:.1f} ms", f"{row.write:.1f} ms", f"{row.largest:.2%} of the memory", exact]
        lines.append(f"| {row.slots:,} | {row.key_size:,} | {row.gigabytes:.2f} GB | {' | '.join(cells)} |")
    return "\n".join(lines)
