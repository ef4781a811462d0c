"""One training step, and what is added up between two step events."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import Optimizer

from core.config import Mem3DConfig
from core.network.losses import reconstruction_loss, triplet_loss
from core.network.mem3d import Mem3D
from core.network.shape_memory import EMPTY, MemoryWrite
from core.training.batches import Batch, network_images


@dataclass(frozen=True)
class StepResult:
    """What one step did; tensors stay on the device, as every look at one waits for it."""

    images: int
    """Training views in the batch."""
    losses: Tensor
    """(3,) float32: total, reconstruction and unweighted triplet loss."""
    above_beta: Tensor | None
    """() float32: slots above beta, mean over the batch; None without memory."""
    written: MemoryWrite | None
    """What the write did; None without memory."""


class TrainingStep:
    """One step: forward and read, both losses, all against the memory before this batch; backward; optimiser; write.

    The batch's detached features are written to the memory last, sample by sample.

    Args:
        config: learning rate, losses and memory rules.
        model: on ``device``.
        optimizer: over the model's parameters.
        device: where to compute.
        steps_per_epoch: steps that show every training view once.
    """

    def __init__(
        self, config: Mem3DConfig, model: Mem3D, optimizer: Optimizer, device: torch.device, steps_per_epoch: int
    ) -> None:
        self.training = config.training
        self.model, self.optimizer, self.device = model, optimizer, device
        self.steps_per_epoch = steps_per_epoch

    def __call__(self, batch: Batch, step: int) -> StepResult:
        """Do the step after ``step`` steps."""
        training, model = self.training, self.model.train()
        images = network_images(batch.images.to(self.device, non_blocking=True))
        volumes = batch.volumes.to(self.device, non_blocking=True)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(step)
        output = model(
            images,
            use_memory=training.use_memory,
            exclude=batch.sources if training.leave_out_own_object else None,
        )
        reconstruction = reconstruction_loss(output.logits, volumes)
        triplet = torch.zeros_like(reconstruction)
        if training.use_memory and training.triplet_weight > 0:
            memory = model.memory
            triplet = triplet_loss(
                memory.similarities(output.features),
                memory.value_similarities(volumes),
                memory.occupied,
                memory.delta,
                training.alpha,
            )
        loss = reconstruction + self.triplet_weight(step) * triplet
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        above = written = None
        if output.read is not None:
            above = output.read.above_beta.float().mean()
            written = model.memory.write(output.features, volumes, batch.sources)
        return StepResult(len(images), torch.stack([loss, reconstruction, triplet]).detach(), above, written)

    def learning_rate(self, step: int) -> float:
        """The learning rate of the step after ``step`` steps."""
        rate = self.training.learning_rate
        if step < self.training.warmup_steps:
            rate *= (step + 1) / self.training.warmup_steps
        epoch = step / self.steps_per_epoch
        return rate * 0.5 ** sum(epoch >= limit for limit in self.training.halve_after_epochs)

    def triplet_weight(self, step: int) -> float:
        """The triplet loss's weight in the step after ``step`` steps."""
        if step < self.training.triplet_warmup_steps:
            return self.training.triplet_weight * step / self.training.triplet_warmup_steps
        return self.training.triplet_weight


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
        if result.above_beta is not None:
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
        return float(torch.stack(self.above_beta).mean()) if self.above_beta else 0.0
