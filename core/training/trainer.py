"""The trainer: one generator of plain events, which the command line prints and the window draws."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.checkpoint import load_checkpoint, save_checkpoint
from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.devices import resolve_device, told_when_out_of_memory
from core.errors import CheckpointError, TrainingError
from core.network.mem3d import Mem3D
from core.training.batches import TrainingBatches
from core.training.evaluation import evaluation_samples, run_network
from core.training.events import (
    CheckpointSaved,
    StepDone,
    TrainingEvent,
    TrainingFinished,
    TrainingStarted,
    Validated,
)
from core.training.run_folder import RunFolder
from core.training.stepping import StepTotals, TrainingStep

VALIDATION_THRESHOLD = 0.3
"""Occupancy above which a voxel counts as occupied in validations."""


class Trainer:
    """Trains Mem3D; made by ``start`` or ``resume``, it runs until its last step or until told to stop."""

    def __init__(
        self, config: Mem3DConfig, dataset: ShapeDataset, folder: RunFolder, device: str, step: int, steps: int | None
    ) -> None:
        self.config, self.dataset, self.folder = config, dataset, folder
        self.device = torch.device(resolve_device(device))
        self.batches = TrainingBatches(
            dataset,
            config.data,
            image_size=config.model.image_size,
            batch_size=config.training.batch_size,
            seed=config.training.seed,
        )
        self.step = step
        self.last_step = config.training.epochs * self.batches.steps_per_epoch if steps is None else step + steps
        self.best_iou = -1.0
        self.initial_weights = ""
        self.mean_shape = _mean_training_shape(dataset)
        torch.manual_seed(config.training.seed)
        self.model = Mem3D(config.model)
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=config.training.learning_rate, betas=config.training.adam_betas
        )
        self.train_step = TrainingStep(config, self.model, self.optimizer, self.device, self.batches.steps_per_epoch)

    @classmethod
    def start(
        cls,
        config: Mem3DConfig,
        dataset: ShapeDataset,
        run: Path,
        *,
        device: str = "auto",
        steps: int | None = None,
    ) -> "Trainer":
        """A new training in an empty or missing folder.

        Args:
            config: everything about it.
            dataset: what ``config.data.dataset`` names, opened.
            run: the run folder.
            device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
            steps: steps to do; None does the configured epochs.

        Raises:
            TrainingError: if there is a run in the folder already.
            DatasetError: if the data set has too few training views.
            ConfigError: if the device does not exist.
            OutputError: if the folder cannot be written.
        """
        trainer = cls(config, dataset, RunFolder(run), device, 0, steps)
        trainer.model.shape_decoder.start_at(float(np.clip(trainer.mean_shape.mean(), 1e-4, 1 - 1e-4)))
        trainer.initial_weights = "random weights (ImageNet weights switched off)"
        if config.training.imagenet_weights:
            problem = trainer.model.image_encoder.load_imagenet_weights()
            trainer.initial_weights = (
                "ImageNet weights" if problem is None else f"random weights: no ImageNet weights, {problem}"
            )
        trainer.folder.create(config)
        trainer.model.to(trainer.device)
        return trainer

    @classmethod
    def resume(cls, run: Path, dataset: ShapeDataset, *, device: str = "auto", steps: int | None = None) -> "Trainer":
        """Go on with a run from its newest checkpoint.

        Args:
            run: the run folder.
            dataset: what its configuration names, opened.
            device: as in ``start``.
            steps: how many more steps; None goes on to the end of the configured epochs.

        Raises:
            TrainingError: if there is no run, or nothing to resume from.
            CheckpointError: if the checkpoint is damaged.
            OutputError: if the folder cannot be written.
        """
        folder = RunFolder(run)
        config, step = folder.config(), folder.newest_step()
        trainer = cls(config, dataset, folder, device, step, steps)
        checkpoint = load_checkpoint(folder.checkpoint(step))
        try:
            checkpoint.load_into(trainer.model)
        except CheckpointError as error:
            if checkpoint.config.model == config.model:
                raise
            raise TrainingError(
                f"{folder.config_file}: its network has other sizes than {checkpoint.path.name}; put the sizes back"
            ) from error
        trainer.model.to(trainer.device)
        trainer.best_iou, trainer.initial_weights = folder.load_state(step, trainer.optimizer)
        folder.forget_events_after(step)
        return trainer

    def run(self, stop: Callable[[], bool] = lambda: False) -> Iterator[TrainingEvent]:
        """Train; every event is also appended to the run folder's ``events.jsonl``.

        Args:
            stop: asked after every step; once it says True a last checkpoint is saved and the run ends.

        Raises:
            TrainingError: if a loss is no longer a number.
            OutputError: if a checkpoint cannot be written; those before it are kept.
            Mem3DError: if memory runs out.
        """
        with closing(self._events(stop)) as events, told_when_out_of_memory(str(self.device)):
            for event in events:
                self.folder.record(event)
                yield event

    def _events(self, stop: Callable[[], bool]) -> Generator[TrainingEvent, None, None]:
        training = self.config.training
        yield TrainingStarted(
            run=str(self.folder.path),
            step=self.step,
            last_step=self.last_step,
            steps_per_epoch=self.batches.steps_per_epoch,
            device=str(self.device),
            initial_weights=self.initial_weights,
        )
        saved = self.step
        if self.step == 0:
            yield self._save({}, best=False)
        stopped = False
        totals, began = StepTotals(), time.perf_counter()
        with closing(self.batches.from_step(self.step)) as batches:
            while self.step < self.last_step and not (stopped := stop()):
                totals.add(self.train_step(next(batches), self.step))
                self.step += 1
                if self.step % training.log_every == 0 or self.step == self.last_step:
                    yield self._step_done(totals, time.perf_counter() - began)
                    totals, began = StepTotals(), time.perf_counter()
                paused = time.perf_counter()
                metrics: dict[str, float] = {}
                best = False
                if self.step % training.evaluate_every == 0 or self.step == self.last_step:
                    self._require_numbers(totals)
                    validated = self._validate()
                    if validated is not None:
                        yield validated
                        metrics = {"validation_iou": validated.validation_iou}
                        best = validated.validation_iou > self.best_iou
                        self.best_iou = max(self.best_iou, validated.validation_iou)
                if best or self.step % training.checkpoint_every == 0 or self.step == self.last_step:
                    self._require_numbers(totals)
                    yield self._save(metrics, best)
                    saved = self.step
                began += time.perf_counter() - paused  # neither counts as slow training
        if saved != self.step:
            self._require_numbers(totals)
            yield self._save({}, best=False)
        yield TrainingFinished(self.step, stopped, str(self.folder.checkpoint(self.step)))

    def _step_done(self, totals: StepTotals, seconds: float) -> StepDone:
        self._require_numbers(totals)
        total, reconstruction, triplet = totals.mean_losses()
        return StepDone(
            step=self.step,
            epoch=self.step / self.batches.steps_per_epoch,
            loss=total,
            reconstruction_loss=reconstruction,
            triplet_loss=triplet,
            learning_rate=self.optimizer.param_groups[0]["lr"],
            images_per_second=totals.images / seconds,
            occupied_slots=self.model.memory.occupied_slots,
            new_writes=totals.new_writes,
            updated_writes=totals.updated_writes,
            mean_above_beta=totals.mean_above_beta(),
        )

    def _require_numbers(self, totals: StepTotals) -> None:
        """Refuse to go on with losses that are no longer numbers, before anything of them is reported or saved."""
        # Asked only where something is due, as every look at a loss waits for the device.
        if not totals.finite:
            raise TrainingError(
                f"the loss is no longer a number at step {self.step}; resume {self.folder.path} from its last "
                "checkpoint with a lower learning_rate in config.json"
            )

    def _validate(self) -> Validated | None:
        """Mean IoU over a fixed choice of validation views; None where the data set has none."""
        samples = evaluation_samples(
            self.dataset, "val", limit=self.config.training.evaluate_samples, seed=self.config.training.seed
        )
        if not samples:
            return None
        iou, above = [], []
        for result in run_network(
            self.model.eval(),
            self.dataset,
            samples,
            use_memory=self.config.training.use_memory,
            seed=self.config.training.seed,
        ):
            iou += result.iou(VALIDATION_THRESHOLD).tolist()
            above += result.above_beta.tolist()
        return Validated(self.step, float(np.mean(iou)), float(np.mean(above)))

    def _save(self, metrics: dict[str, float], best: bool) -> CheckpointSaved:
        path = self.folder.checkpoint(self.step)
        self.folder.save_state(self.step, self.optimizer, self.best_iou, self.initial_weights)
        save_checkpoint(path, self.model, self.config, step=self.step, metrics=metrics, mean_shape=self.mean_shape)
        if best:
            self.folder.mark_best(self.step)
        self.folder.remove_old(self.config.training.keep_checkpoints)
        return CheckpointSaved(self.step, str(path), best)


def _mean_training_shape(dataset: ShapeDataset) -> NDArray[np.float32]:
    """Mean of the training objects' grids, (32, 32, 32) float32, 0 … 1."""
    total = np.zeros((32, 32, 32))
    indices = [index for index, record in enumerate(dataset.objects) if record.split == "train"]
    for index in indices:
        total += dataset.voxels(index)
    return (total / max(len(indices), 1)).astype(np.float32)
