"""The trainer: one generator of plain events, which the command line prints and the window draws."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.checkpoint import load_checkpoint, save_checkpoint
from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.devices import memory_in_use, told_when_out_of_memory
from core.errors import CheckpointError, OutputError, TrainingError
from core.network.building import build_network
from core.training.batches import TrainingBatches, preparing_processes
from core.training.choosing import choose_for_best
from core.training.curves import RunCurves
from core.training.estimate import less_memory
from core.training.events import (
    CheckpointSaved,
    StepDone,
    TrainingEvent,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
)
from core.training.provenance import record_data, record_environment, require_same_data
from core.training.ranks import Ranks
from core.training.recording import Recording, forget_events_after
from core.training.run_folder import RunFolder
from core.training.starting import load_first_weights, settled
from core.training.state import TrainingState, load_state, save_state
from core.training.stepping import StepTotals, TrainingStep, adam
from core.training.validation import Validation
from core.training.weight_average import WeightAverage


class Trainer:
    """Trains Mem3D; made by ``start`` or ``resume``, it runs once, until its last step or until told to stop.

    Until its run has ended no other training can be made in the same folder.

    Attributes:
        last_step: the step it will end with.
        history: what the run recorded up to the step that it goes on from.
    """

    def __init__(
        self,
        config: Mem3DConfig,
        dataset: ShapeDataset,
        folder: RunFolder,
        device: str,
        step: int,
        steps: int | None,
        ranks: Ranks | None,
    ) -> None:
        self.config, self.dataset, self.folder = config, dataset, folder
        self.ranks = Ranks() if ranks is None else ranks
        self.device = torch.device(self.ranks.device(device))
        self.batches = TrainingBatches.of(dataset, config, self.ranks)
        self.step = step
        self.last_step = config.training.epochs * self.batches.steps_per_epoch if steps is None else step + steps
        self.history = RunCurves()
        self.state = TrainingState()
        self._note = ""
        self.mean_shape = _mean_training_shape(dataset)
        torch.manual_seed(config.training.seed)
        self.model = build_network(config.model)

    @classmethod
    def start(
        cls,
        config: Mem3DConfig,
        dataset: ShapeDataset,
        run: Path,
        *,
        device: str = "auto",
        steps: int | None = None,
        ranks: Ranks | None = None,
    ) -> "Trainer":
        """A new training in an empty or missing folder.

        Args:
            config: everything about it; a relative folder of a data set is recorded as an absolute one.
            dataset: what ``config.data.dataset`` names, opened.
            run: the run folder.
            device: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
            steps: steps to do; None does the configured epochs.
            ranks: the processes that train together, of which this is the first; None: this one alone.

        Raises:
            TrainingError: if there is a run in the folder already.
            DatasetError: if the data set has too few training views.
            ConfigError: if the device does not exist.
            OutputError: if the folder cannot be written.
        """
        config = settled(config)
        folder = RunFolder(run)
        trainer = cls(config, dataset, folder, device, 0, steps, ranks)
        trainer._begin()
        folder.create()
        with folder.released_on_error():
            record_data(folder.path, dataset)
            record_environment(folder.path, 0, trainer.device)
            folder.save_config(trainer.config)  # last: with it the folder is a run
        return trainer

    @classmethod
    def resume(
        cls,
        run: Path,
        dataset: ShapeDataset,
        *,
        device: str = "auto",
        steps: int | None = None,
        accept_data: bool = False,
        ranks: Ranks | None = None,
        config: Mem3DConfig | None = None,
    ) -> "Trainer":
        """Go on with a run from its newest whole checkpoint; one that was ended before its first begins again.

        Newer ones, which are damaged, are set aside, and the first event says so.

        Args:
            run: the run folder.
            dataset: what its configuration names, opened.
            device: as in ``start``.
            steps: how many more steps; None goes on to the end of the configured epochs.
            accept_data: go on although the data set has changed since.
            ranks: as in ``start``; their number may be another than before.
            config: what the run's ``config.json`` says; None reads it.

        Raises:
            TrainingError: if there is no run, nothing to resume from, another training in the folder, or other data.
            CheckpointError: if no checkpoint is whole.
            OutputError: if the folder cannot be written.
        """
        folder = RunFolder(run)
        config = folder.config() if config is None else config  # before anything is written: is it a run at all?
        folder.lock()
        with folder.released_on_error():
            resumable = folder.resumable_steps()
            if accept_data:
                record_data(folder.path, dataset)
            else:
                require_same_data(folder.path, dataset)
            damaged: list[CheckpointError] = []
            for step in resumable or (0,):
                trainer = cls(config, dataset, folder, device, step, steps, ranks)
                try:
                    trainer._go_on() if resumable else trainer._begin()
                    break
                except CheckpointError as error:
                    if isinstance(error.__cause__, OSError):  # it may be whole, and another time be read
                        raise
                    damaged.append(error)
            else:
                raise damaged[0]
            if damaged:
                trainer._note = f"going on from step {trainer.step}, the newest whole checkpoint: {damaged[0]}"
                trainer._set_later_ones_aside()
            if accept_data:
                trainer.state.best_iou = -1.0  # measured on other views
            record_environment(folder.path, trainer.step, trainer.device)
            trainer.history = forget_events_after(folder.events_file, trainer.step if resumable else -1)
        return trainer

    def _begin(self) -> None:
        """The state before the first step."""
        self.model.shape_decoder.start_at(float(np.clip(self.mean_shape.mean(), 1e-4, 1 - 1e-4)))
        self.state.initial_weights, random = load_first_weights(self.model, self.config.training)
        if random:  # they must learn, whatever was to be frozen
            self.config = replace(self.config, training=replace(self.config.training, freeze_until=0))
        self._make_step()

    def _make_step(self) -> None:
        """What a step needs, once the network has its weights."""
        self.model.image_encoder.freeze(self.config.training.freeze_until)
        self.model.to(self.device)
        self.optimizer = adam(self.model, self.config)
        self.train_step = TrainingStep(self.config, self.model, self.optimizer, self.device, self.batches, self.ranks)
        self.average = WeightAverage(self.model, self.config.training.average_decay)

    def _go_on(self) -> None:
        """The state after ``step`` steps, from its checkpoint."""
        checkpoint = load_checkpoint(self.folder.checkpoint(self.step))
        try:
            checkpoint.load_into(self.model)
        except CheckpointError as error:
            if checkpoint.config.model == self.config.model:
                raise
            raise TrainingError(
                f"{self.folder.config_file}: its network has other sizes than {checkpoint.path.name}; "
                "put the sizes back"
            ) from error
        self._make_step()
        self.state = load_state(self.folder.state(self.step), self.optimizer, self.average, self.device)
        if self.state.best_step == self.step:
            self.folder.mark_best(self.step)  # a kill may have come between the two

    def _set_later_ones_aside(self) -> None:
        """Checkpoints after the present step are damaged: out of the way, and the best one too if it is of them."""
        folder, best = self.folder, self.state.best_step
        for step in folder.steps():
            if step > self.step:
                folder.set_aside([folder.checkpoint(step), folder.state(step)])
        if folder.checkpoint(best).exists():
            folder.mark_best(best)
        else:
            try:
                load_checkpoint(folder.best)
            except CheckpointError:
                folder.set_aside([folder.best])

    def run(self, stop: Callable[[], bool] = lambda: False) -> Iterator[TrainingEvent]:
        """Train; every event is also recorded in the run folder.

        Args:
            stop: asked before the first and after every step; once it says True a last checkpoint is saved and the run
                ends. It may wait as long as it likes, and it may set ``last_step``.

        Raises:
            TrainingError: if a loss is no longer a number.
            DatasetError: if the data set can no longer be read.
            OutputError: if a checkpoint or an event cannot be written; those before it are kept.
            Mem3DError: if memory runs out; what was saved last is kept.
        """
        try:
            kept = self.step if self.folder.steps() else -1
            with closing(Recording(self.folder.path, kept)) as recording:
                try:
                    with (
                        self.ranks.led(self.config, self.step),
                        told_when_out_of_memory(str(self.device), self._remedy()),
                        closing(self._events(stop)) as events,
                    ):
                        for event in events:
                            recording.record(event)
                            if isinstance(event, TrainingFinished):
                                self.folder.release()
                            yield event
                except Exception as error:  # whatever it is, the run tells it
                    with suppress(OutputError):
                        recording.record(TrainingFailed(self.step, " ".join(str(error).split()) or repr(error)))
                    raise
        finally:
            self.folder.release()

    def _remedy(self) -> str:
        """What to do when memory runs out."""
        return f"{less_memory(self.config, self.device)}; what was saved last is kept, resume {self.folder.path}"

    def _events(self, stop: Callable[[], bool]) -> Generator[TrainingEvent, None, None]:
        training = self.config.training
        yield TrainingStarted(
            run=str(self.folder.path),
            step=self.step,
            last_step=self.last_step,
            steps_per_epoch=self.batches.steps_per_epoch,
            device=str(self.device),
            initial_weights=self.state.initial_weights,
            note=self._note,
        )
        validation = Validation(self.config, self.dataset, self.model, self.folder, self.state.overwritten)
        validation.forget_after(self.step)
        saved = self.step
        processes = preparing_processes(self.device, self.ranks.count)
        if not self.folder.steps():
            yield from self._look(validation)
            yield self._save(validation, {}, best=False)
        with closing(self.batches.from_step(self.step, processes=processes)) as batches:
            while not stop() and self.step < self.last_step:
                with self._timed(step=True):
                    self.state.totals.add(self.train_step(next(batches), self.step))
                    self.average.update()
                    self.step += 1
                if self._due(training.log_every):
                    yield self._step_done()
                metrics: dict[str, float] = {}
                best = False
                if self._due(training.evaluate_every):
                    self._require_numbers()
                    with self._timed(), self.average.in_place():
                        validated = validation.measure(self.step)
                    if validated is not None:
                        yield validated
                        metrics = {"validation_iou": validated.validation_iou}
                        best = validated.validation_iou > self.state.best_iou
                        if best:
                            self.state.best_iou, self.state.best_step = validated.validation_iou, self.step
                    yield from self._look(validation)
                if best or self._due(training.checkpoint_every):
                    yield self._save(validation, metrics, best)
                    saved = self.step
        if self.step < self.last_step and not self._due(training.evaluate_every):
            self._require_numbers()
            yield from self._look(validation, at_stop=True)
        if saved != self.step:
            yield self._save(validation, {}, best=False)
        if self.step == self.last_step:
            with self._timed():
                chosen = choose_for_best(self.folder, self.config, self.dataset, self.step, self.device)
            yield from chosen
        yield TrainingFinished(self.step, self.step < self.last_step, str(self.folder.checkpoint(self.step)))

    def _due(self, every: int) -> bool:
        return self.step % every == 0 or self.step == self.last_step

    @contextmanager
    def _timed(self, *, step: bool = False) -> Iterator[None]:
        """Count what is done within as training; only a ``step`` counts for the images a second."""
        began = time.perf_counter()
        yield
        taken = time.perf_counter() - began
        self.state.seconds += taken
        if step:
            self.state.totals.seconds += taken

    def _step_done(self) -> StepDone:
        self._require_numbers()
        totals, self.state.totals = self.state.totals, StepTotals()
        total, reconstruction, triplet = totals.mean_losses()
        return StepDone(
            step=self.step,
            epoch=self.step / self.batches.steps_per_epoch,
            loss=total,
            reconstruction_loss=reconstruction,
            triplet_loss=triplet,
            learning_rate=self.optimizer.param_groups[-1]["lr"],
            images_per_second=totals.images / max(totals.seconds, 1e-9),
            occupied_slots=self.model.memory.occupied_slots,
            new_writes=totals.new_writes,
            updated_writes=totals.updated_writes,
            mean_above_beta=totals.mean_above_beta(),
            device_memory=memory_in_use(self.device),
            seconds=self.state.seconds,
        )

    def _require_numbers(self) -> None:
        """Refuse to go on with losses that are no longer numbers, before anything of them is reported or saved."""
        # Asked only where something is due, as every look at a loss waits for the device: for the steps, that is.
        with self._timed(step=True):
            finite = self.state.totals.finite
        if not finite:
            raise TrainingError(
                f"the loss is no longer a number at step {self.step}; resume {self.folder.path} from its last "
                "checkpoint with a lower learning_rate in config.json"
            )

    def _look(self, validation: Validation, *, at_stop: bool = False) -> Iterator[TrainingEvent]:
        with self._timed(), self.average.in_place():
            seen = list(validation.look(self.step, at_stop=at_stop))
        yield from seen

    def _save(self, validation: Validation, metrics: dict[str, float], best: bool) -> CheckpointSaved:
        self._require_numbers()
        path = self.folder.checkpoint(self.step)
        with self._timed(), self.average.in_place():
            self.state.overwritten = validation.overwritten
            save_state(self.folder.state(self.step), self.step, self.optimizer, self.average, self.state)
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
