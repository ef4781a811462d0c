"""Runs evaluations off the GUI thread, and reconstructs single samples of one for its gallery."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import closing
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
from core.data.workers import in_processes
from core.devices import resolve_device, told_when_out_of_memory
from core.errors import DatasetError
from core.evaluation.document import load_result
from core.evaluation.export import save_result
from core.evaluation.measuring import evaluate
from core.evaluation.result import Condition, EvaluationResult, EvaluationSettings, SampleName
from core.network.folding import without_batch_norms
from core.network.mem3d import Mem3D
from mem3d_viewer.base.background import Job, Lane, reporting

_LARGE = 8_000_000
"""Bytes of a file from which on it is read in another process, which takes a second to start."""


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
    saved = Signal(object)
    """Path of a file that was written."""
    failed = Signal(object)
    """The exception that something ended with."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane("mem3d-evaluation", self)
        self._files = Lane("mem3d-results", self)
        self._network = _Network()
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
        self._job = job = self._lane.submit(lambda job: _measure(job, request, self._network))
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
        job = self._files.submit(lambda _: _load(path))
        job.succeeded.connect(self.measured)
        job.failed.connect(self.failed)

    @property
    def writing(self) -> bool:
        """Whether a file is being written, or read."""
        return self._files.busy

    def save(self, path: Path, result: EvaluationResult, *, published: bool) -> None:
        """Write a result; the ending decides how."""
        job = self._files.submit(lambda _: save_result(path, result, published=published))
        job.succeeded.connect(lambda _: self.saved.emit(path))
        job.failed.connect(self.failed)
        job.finished.connect(self.changed)
        self.changed.emit()

    def show_examples(
        self,
        result: EvaluationResult,
        samples: Sequence[SampleName],
        condition: Condition,
        threshold: float,
        device: str = "auto",
    ) -> None:
        """Reconstruct these samples of a result again; what was asked for before is dropped."""
        self._drop_examples()
        known, network = self.dataset, self._network

        def work(job: Job) -> tuple[ShapeDataset, tuple[Example, ...]]:
            return _examples(job, result, samples, condition, threshold, known, network, device)

        job = self._lane.submit(work)
        self._examples = job
        job.succeeded.connect(self._take_examples)
        job.failed.connect(self.failed)

    def release(self) -> None:
        """End the threads; called once."""
        self._files.close()
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


def _measure(job: Job, request: EvaluationRequest, network: "_Network") -> EvaluationResult:
    network.forget()  # two of them may be more than there is room for
    checkpoint = load_checkpoint(request.checkpoint)
    device = resolve_device(request.device)
    told = reporting(job)
    dataset = open_dataset(request.dataset, told, **request.data_options)  # type: ignore[arg-type]  # checked there
    with told_when_out_of_memory(device):
        result = evaluate(
            checkpoint,
            dataset,
            request.settings,
            spec=request.dataset,
            data_options=request.data_options,
            device=device,
            progress=lambda done, total: told(done, total, "pictures"),
        )
    result.average_everything()  # here, not where it is shown: of a large set this takes long
    return result


def _load(path: Path) -> EvaluationResult:
    """Read a result.

    A large file is read in another process: Python's JSON parser lets no other thread go on meanwhile, the window's
    neither.
    """
    if not path.is_file() or path.stat().st_size < _LARGE:
        result = load_result(path)
    else:
        with closing(in_processes(load_result, [path], 1)) as results:
            result = next(results)
    result.average_everything()
    return result


class _Network:
    """The network of the samples shown last, kept for the next ones."""

    def __init__(self) -> None:
        self._known: tuple[tuple[Path, float, str], Mem3D] | None = None

    def get(self, checkpoint: Path, device: str) -> Mem3D:
        """The network of a checkpoint on a device, read where it is another one or was written anew."""
        key = checkpoint, checkpoint.stat().st_mtime if checkpoint.exists() else 0.0, device
        if self._known is None or self._known[0] != key:
            self.forget()
            self._known = key, without_batch_norms(load_checkpoint(checkpoint).build()).to(device)
        return self._known[1]

    def forget(self) -> None:
        """Give its memory back."""
        self._known = None


def _examples(
    job: Job,
    result: EvaluationResult,
    samples: Sequence[SampleName],
    condition: Condition,
    threshold: float,
    known: ShapeDataset | None,
    network: _Network,
    device: str,
) -> tuple[ShapeDataset, tuple[Example, ...]]:
    if known is None or dataset_fingerprint(known) != result.fingerprint:
        known = open_dataset(result.dataset, reporting(job), **result.data_options)  # type: ignore[arg-type]  # checked there
        if dataset_fingerprint(known) != result.fingerprint:
            raise DatasetError(f"{result.dataset}: has changed since it was measured; measure again to see its samples")
    if not samples:
        return known, ()
    device = resolve_device(device)
    with told_when_out_of_memory(device):
        batch = run_batch(
            network.get(Path(result.checkpoint), device),
            known,
            [Sample(sample.item, sample.view) for sample in samples],
            use_memory=condition.memory,
            occlude=condition.occlusion,
            seed=result.settings.seed,
            protocol=result.settings.protocol,
        )
    made = zip(samples, batch.pictures, result.settings.occupied(batch.occupancy, threshold), batch.truth, strict=True)
    return known, tuple(Example(*parts) for parts in made)
