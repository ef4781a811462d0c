"""One training step, and what is added up between two step events."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from core.config import Mem3DConfig
from core.network.losses import dice_loss, reconstruction_loss, triplet_loss
from core.network.mem3d import Mem3D, Mem3DOutput
from core.network.pixels import network_images
from core.network.shape_memory import EMPTY, MemoryWrite, ShapeSource
from core.training.batches import Batch, TrainingBatches
from core.training.ranks import Ranks, synchronised_last


@dataclass(frozen=True)
class StepResult:
    """What one step did; tensors stay on the device, as every look at one waits for it."""

    images: int
    """Training views in the batch."""
    losses: Tensor
    """(3,) float32: total, reconstruction and unweighted triplet loss."""
    above_beta: Tensor
    """() float32: slots above beta, mean over the batch; 0 without memory."""
    written: MemoryWrite | None
    """What the write did; None where nothing is written."""


def adam(model: Mem3D, config: Mem3DConfig) -> torch.optim.Adam:
    """The optimiser of a training, over those parameters of its network that learn: the backbone's, then the others."""
    training = config.training
    backbone = {id(parameter) for parameter in model.image_encoder.backbone.parameters()}
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {
            "params": [parameter for parameter in learning if id(parameter) in backbone],
            "relative": training.backbone_rate,
        },
        {"params": [parameter for parameter in learning if id(parameter) not in backbone], "relative": 1.0},
    ]
    return torch.optim.Adam(groups, lr=training.learning_rate, betas=training.adam_betas)


class TrainingStep:
    """One step: forward and read, both losses, all against the memory before this batch; backward; optimiser; write.

    The batch is computed in ``accumulation`` parts, shared between the processes; its detached features are written to
    every process's memory last, sample by sample, in the order of the whole batch.

    Args:
        config: learning rate, losses and memory rules.
        model: on ``device``.
        optimizer: over the model's parameters.
        device: where to compute.
        batches: what the batches come from.
        ranks: the processes that train together.
    """

    def __init__(
        self,
        config: Mem3DConfig,
        model: Mem3D,
        optimizer: Optimizer,
        device: torch.device,
        batches: TrainingBatches,
        ranks: Ranks | None = None,
    ) -> None:
        self.training = config.training
        self.model, self.optimizer, self.device = model, optimizer, device
        self.batches = batches
        self.ranks = Ranks() if ranks is None else ranks
        self._network: nn.Module | None = None

    def __call__(self, batch: Batch, step: int) -> StepResult:
        """Do the step after ``step`` steps.

        Raises:
            TrainingError: if another process cannot do it.
        """
        with self.ranks.step():
            return self._step(batch, step)

    def _step(self, batch: Batch, step: int) -> StepResult:
        if self._network is None:
            self._network = self.ranks.wrapped(self.model, self.optimizer, self.batches.dataset)
        self._network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = group["relative"] * self.learning_rate(step)
        self.optimizer.zero_grad(set_to_none=True)
        parts = batch.parts(self.training.accumulation)
        left_out = self._left_out(batch, step)
        done = []
        for number, part in enumerate(parts, start=1):
            exclude = left_out[(number - 1) * len(part.sources) : number * len(part.sources)]
            with synchronised_last(self._network, number == len(parts)):
                done.append(self._part(self._network, part, exclude, step))
        self.optimizer.step()
        figures = self.ranks.gathered(torch.stack([part.figures for part in done])).mean(dim=0)
        written = self._write(done, batch) if self._writes else None
        return StepResult(len(batch.all_sources), figures[:3], figures[3], written)

    @property
    def _writes(self) -> bool:
        return self.training.use_memory and self.training.write_memory

    def _left_out(self, batch: Batch, step: int) -> list[ShapeSource | None]:
        """Whose slots the read of each sample ignores; None: nobody's."""
        training, sources = self.training, batch.all_sources
        share = training.own_object_share if training.leave_out_own_object else 1.0
        # Of the whole batch, so that it is the same however many processes share it.
        sees_own = np.random.default_rng([training.seed, 3, step]).random(len(sources)) < share
        left_out = [None if own else source for source, own in zip(sources, sees_own.tolist(), strict=True)]
        return left_out[self.ranks.rank :: self.ranks.count]

    def _part(self, network: nn.Module, part: Batch, exclude: Sequence[ShapeSource | None], step: int) -> "_Part":
        """Forward and backward of one part; the means over equal parts are the means over the batch."""
        training, memory = self.training, self.model.memory
        images = network_images(part.images.to(self.device, non_blocking=True))
        volumes = part.volumes.to(self.device, non_blocking=True)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=training.precision == "bfloat16"):
            output: Mem3DOutput = network(
                images,
                use_memory=training.use_memory,
                exclude=exclude,
            )
        reconstruction = reconstruction_loss(output.logits, volumes)
        triplet = torch.zeros_like(reconstruction)
        triplets = training.use_memory and training.triplet_weight > 0
        values = memory.value_similarities(volumes) if triplets or self._writes else None
        if triplets and output.similarities is not None and values is not None:
            triplet = triplet_loss(output.similarities, values, memory.occupied, memory.delta, training.alpha)
        loss = reconstruction + self.triplet_weight(step) * triplet
        if training.dice_weight:
            loss = loss + training.dice_weight * dice_loss(output.logits, volumes)
        (loss / training.accumulation).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        above = torch.zeros_like(loss) if output.read is None else output.read.above_beta.to(loss).mean()
        return _Part(
            figures=torch.stack([loss, reconstruction, triplet, above]).detach(),
            features=output.features.detach(),
            volumes=volumes,
            similarities=None if output.similarities is None else output.similarities.detach(),
            values=values,
        )

    def _write(self, parts: list["_Part"], batch: Batch) -> MemoryWrite:
        features, volumes, similarities, values = (
            self.ranks.gathered(torch.cat([getattr(part, name) for part in parts]))
            for name in ("features", "volumes", "similarities", "values")
        )
        # The keys are still those of the read, so its similarities, and the triplet loss's, serve the write too.
        return self.model.memory.write(
            features, volumes, batch.all_sources, similarities=similarities, value_similarities=values
        )

    def learning_rate(self, step: int) -> float:
        """The learning rate of the step after ``step`` steps."""
        rate = self.training.learning_rate
        if step < self.training.warmup_steps:
            rate *= (step + 1) / self.training.warmup_steps
        epoch = step / self.batches.steps_per_epoch
        if self.training.schedule == "cosine":
            return rate * 0.5 * (1.0 + math.cos(math.pi * min(1.0, epoch / self.training.epochs)))
        return rate * 0.5 ** sum(epoch >= limit for limit in self.training.halve_after_epochs)

    def triplet_weight(self, step: int) -> float:
        """The triplet loss's weight in the step after ``step`` steps."""
        if step < self.training.triplet_warmup_steps:
            return self.training.triplet_weight * step / self.training.triplet_warmup_steps
        return self.training.triplet_weight


@dataclass(frozen=True)
class _Part:
    """What is left of one part of a batch once its graph is gone."""

    figures: Tensor
    """(4,): total, reconstruction and triplet loss, slots above beta; means over the part."""
    features: Tensor
    """(b, n_k) float32."""
    volumes: Tensor
    """(b, 32, 32, 32) bool."""
    similarities: Tensor | None
    """(b, m) float32, S_k; None without memory."""
    values: Tensor | None
    """(b, m) float64, S_v; None where neither the write nor the triplet loss asks for it."""


class StepTotals:
    """Sums and means over the steps since the last step event."""

    def __init__(self) -> None:
        self.images = 0
        self.new_writes = 0
        self.updated_writes = 0
        self.seconds = 0.0  # added by whoever times the steps
        self.losses: list[Tensor] = []
        self.above_beta: list[Tensor] = []

    def add(self, result: StepResult) -> None:
        """Count one more step."""
        self.images += result.images
        self.losses.append(result.losses)
        self.above_beta.append(result.above_beta)
        if result.written is not None:
            new = sum(result.written.new)
            self.new_writes += new
            self.updated_writes += sum(slot != EMPTY for slot in result.written.slots) - new

    @property
    def finite(self) -> bool:
        """Whether every loss was a number; asking waits for the device."""
        return not self.losses or bool(torch.stack(self.losses).isfinite().all())

    def mean_losses(self) -> tuple[float, float, float]:
        """Mean total, reconstruction and triplet loss."""
        total, reconstruction, triplet = torch.stack(self.losses).mean(dim=0).tolist()
        return total, reconstruction, triplet

    def mean_above_beta(self) -> float:
        """Slots above beta a sample; 0 without memory."""
        return float(torch.stack(self.above_beta).mean())
