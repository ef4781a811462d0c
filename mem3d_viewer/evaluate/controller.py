"""Runs evaluations off the GUI thread, and reconstructs single samples of one for its gallery."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.answering import Sample, run_batch
from core.checkpoint import load_checkpoint
from core.data.dataset import ShapeDataset
from core.data.fingerprint import dataset_fingerprint
from core.data.opening import open_dataset
from core.devices import resolve_device, told_when_out_of_memory
from core.errors import DatasetError
from core.evaluation.measuring import evaluate
from core.evaluation.result import Condition, EvaluationResult, EvaluationSettings, SampleName
from mem3d_viewer.base.background import Job, Lane, reporting


@dataclass(frozen=True)
class EvaluationRequest:
    """One evaluation that is wanted."""

    checkpoint: Path
    """The checkpoint file."""
    dataset: str
    """What ``--dataset`` takes."""
    settings: EvaluationSettings
    """What is measured."""
    data_options: Mapping[str, str] = field(default_factory=dict)
    """Options of ``open_dataset``."""
    device: str = "auto"
    """Where to compute."""


@dataclass(frozen=True, eq=False)
class Example:
    """One sample of a result, reconstructed again."""

    sample: SampleName
    """Which."""
    picture: NDArray[np.uint8]
    """(S, S, 3) RGB: exactly what the network saw."""
    predicted: NDArray[np.bool_]
    """(32, 32, 32) its answer above the threshold."""
    truth: NDArray[np.bool_]
    """(32, 32, 32) the true grid."""


class EvaluationController(QObject):
    """One evaluation at a time, on a lane of its own."""

    changed = Signal()
    """An evaluation began or ended."""
    progressed = Signal(int, int, str)
    """So many done, of how many, of what."""
    measured = Signal(object)
    """The ``EvaluationResult`` of an evaluation that was carried through, or of a file."""
    examples_ready = Signal(object)
    """A tuple of ``Example``, as asked for last."""
    failed = Signal(object)
    """The exception that something ended with."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane("mem3d-evaluation", self)
        self._job: Job | None = None
        self._examples: Job | None = None
        self.dataset: ShapeDataset | None = None
        """The data set that the examples came from."""

    @property
    def running(self) -> bool:
        """Whether an evaluation goes on."""
        return self._job is not None

    def start(self, request: EvaluationRequest) -> None:
        """Measure; a running evaluation must have ended."""
        if self.running:
            return
        self._drop_examples()
        self._job = job = self._lane.submit(lambda job: _measure(job, request))
        job.told.connect(lambda progress: self.progressed.emit(*progress))
        job.succeeded.connect(self.measured)
        job.failed.connect(self.failed)
        job.finished.connect(self._ended)
        self.changed.emit()

    def cancel(self) -> None:
        """Give the running evaluation up; what is shown stays."""
        if self._job is not None:
            self._job.cancel()

    def load(self, path: Path) -> None:
        """Read a result from a file."""
        job = self._lane.submit(lambda _: EvaluationResult.load(path))
        job.succeeded.connect(self.measured)
        job.failed.connect(self.failed)

    def show_examples(
        self, result: EvaluationResult, samples: Sequence[SampleName], condition: Condition, threshold: float
    ) -> None:
        """Reconstruct these samples of a result again; what was asked for before is dropped."""
        self._drop_examples()
        known = self.dataset
        job = self._lane.submit(lambda job: _examples(job, result, samples, condition, threshold, known))
        self._examples = job
        job.succeeded.connect(self._take_examples)
        job.failed.connect(self.failed)

    def release(self) -> None:
        """End the thread; called once."""
        self._lane.close()

    def _drop_examples(self) -> None:
        if self._examples is not None:
            self._examples.cancel()
            self._examples = None

    def _take_examples(self, made: tuple[ShapeDataset, tuple[Example, ...]]) -> None:
        self._examples = None
        self.dataset, examples = made
        self.examples_ready.emit(examples)

    def _ended(self) -> None:
        self._job = None
        self.changed.emit()


def evaluate_command(request: EvaluationRequest, outputs: Sequence[str] = ()) -> str:
    """The ``mem3d evaluate`` command that measures the same."""
    settings = request.settings
    words = ["mem3d", "evaluate", "--checkpoint", str(request.checkpoint), "--dataset", request.dataset]
    for name, value in request.data_options.items():
        words += [f"--{name.replace('_', '-')}", value]
    words += ["--split", settings.split, "--threshold", ",".join(f"{t:g}" for t in settings.thresholds)]
    words += ["--occlude", ",".join(f"{fraction:g}" for fraction in settings.occlusions), "--memory", settings.memory]
    for name in ("views", "limit"):
        value = getattr(settings, name)
        words += [] if value is None else [f"--{name}", str(value)]
    words += [] if settings.protocol == "own" else ["--protocol", settings.protocol]
    words += ["--seed", str(settings.seed)] + ([] if settings.f_scores else ["--no-f-score"])
    words += [] if request.device == "auto" else ["--device", request.device]
    return shlex.join([*words, *(word for output in outputs for word in ("--output", output))])


def _measure(job: Job, request: EvaluationRequest) -> EvaluationResult:
    checkpoint = load_checkpoint(request.checkpoint)
    device = resolve_device(request.device)
    told = reporting(job)
    dataset = open_dataset(request.dataset, told, **request.data_options)  # type: ignore[arg-type]
    with told_when_out_of_memory(device):
        return evaluate(
            checkpoint,
            dataset,
            request.settings,
            spec=request.dataset,
            data_options=request.data_options,
            device=device,
            progress=lambda done, total: told(done, total, "pictures"),
        )


def _examples(
    job: Job,
    result: EvaluationResult,
    samples: Sequence[SampleName],
    condition: Condition,
    threshold: float,
    known: ShapeDataset | None,
) -> tuple[ShapeDataset, tuple[Example, ...]]:
    if known is None or dataset_fingerprint(known) != result.fingerprint:
        known = open_dataset(result.dataset, reporting(job), **result.data_options)  # type: ignore[arg-type]
        if dataset_fingerprint(known) != result.fingerprint:
            raise DatasetError(f"{result.dataset}: has changed since it was measured; measure again to see its samples")
    if not samples:
        return known, ()
    batch = run_batch(
        load_checkpoint(Path(result.checkpoint)).build(),
        known,
        [Sample(sample.item, sample.view) for sample in samples],
        use_memory=condition.memory,
        occlude=condition.occlusion,
        seed=result.settings.seed,
        protocol=result.settings.protocol,
    )
    made = zip(samples, batch.pictures, result.settings.occupied(batch.occupancy, threshold), batch.truth, strict=True)
    return known, tuple(Example(*parts) for parts in made)
