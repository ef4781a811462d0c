"""What a run records while it goes on: ``events.jsonl``, and the same numbers as TensorBoard files."""

import math
import os
import time
from contextlib import suppress
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from core.files import replacing, told_when_not_written
from core.json_files import is_whole, parse_json
from core.reading import BUFFER, open_file
from core.training.curves import RunCurves
from core.training.events import (
    LONGEST_LINE,
    CheckpointSaved,
    MemoryReported,
    ProbesReconstructed,
    StepDone,
    TrainingEvent,
    Validated,
    event_from_json,
    event_to_json,
)

_TAGS: dict[type, dict[str, str]] = {
    StepDone: {
        "losses/total": "loss",
        "losses/reconstruction": "reconstruction_loss",
        "losses/triplet": "triplet_loss",
        "learning_rate": "learning_rate",
        "images_per_second": "images_per_second",
        "device_memory": "device_memory",
        "memory/occupied": "occupied_slots",
        "memory/new_writes": "new_writes",
        "memory/updated_writes": "updated_writes",
        "memory/above_beta": "mean_above_beta",
    },
    Validated: {"validation/iou": "validation_iou", "validation/above_beta": "mean_above_beta"},
    MemoryReported: {"memory/overwritten": "overwritten_total"},
}
"""TensorBoard's name of each number, by event and field."""


class Recording:
    """Appends events to a run's files; each is on its way to the disk before ``record`` returns.

    Args:
        run: the run folder.
        kept: TensorBoard shall forget what came after this step; -1: everything.

    Raises:
        OutputError: if the files cannot be written.
    """

    def __init__(self, run: Path, kept: int) -> None:
        self._events = Path(run) / "events.jsonl"
        folder = Path(run) / "tensorboard"
        # Written here, not by torch's SummaryWriter: that one writes in a thread, where a full disk goes unnoticed.
        # TensorBoard reads the files of a folder in the order of their names.
        self._scalars = folder / f"events.out.tfevents.{time.time_ns()}"
        with told_when_not_written(folder):
            folder.mkdir(exist_ok=True)
            self._file = open(self._scalars, "wb")  # noqa: SIM115
        self._writer = RecordWriter(self._file)
        try:
            self._add(Event(file_version="brain.Event:2"))
            self._add(Event(step=kept + 1, session_log=SessionLog(status=SessionLog.START)))
        except BaseException:
            self.close()
            raise

    def record(self, event: TrainingEvent) -> None:
        """Append an event.

        Raises:
            OutputError: if it cannot be written.
        """
        line = event_to_json(event) + "\n"
        with told_when_not_written(self._events):
            before = self._events.stat().st_size if self._events.exists() else 0
            try:
                with open(self._events, "ab") as file:
                    file.write(line.encode())
                    if isinstance(event, CheckpointSaved):  # a power cut must not leave it without its curve
                        file.flush()
                        os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    os.truncate(self._events, before)  # half a line would spoil the next one, too
                raise
        tags = _TAGS.get(type(event))
        if tags and not getattr(event, "at_stop", False):
            values = [Summary.Value(tag=tag, simple_value=getattr(event, field)) for tag, field in tags.items()]
            self._add(Event(step=event.step, summary=Summary(value=values)))

    def close(self) -> None:
        """Close the files."""
        with suppress(OSError):  # a full disk, which has been told already
            self._file.close()

    def _add(self, event: Event) -> None:
        event.wall_time = time.time()
        with told_when_not_written(self._scalars):
            self._writer.write(event.SerializeToString())
            self._file.flush()


def forget_events_after(path: Path, step: int) -> RunCurves:
    """Drop from an ``events.jsonl`` what came after ``step``, so that a resumed run goes on in one clean curve.

    What was looked at only because the run stopped there is dropped as well, with its probe images.

    Returns:
        What stays, as curves: kept as events, those of a long run are 200 000 objects that every thread waits for
        whenever Python collects garbage.

    Raises:
        OutputError: if the file cannot be read or written.
    """
    history = RunCurves()
    if not path.exists():
        return history
    with replacing(path) as part, open_file(path) as file, open(part, "wb", BUFFER) as kept:
        for line in iter(lambda: file.readline(LONGEST_LINE), b""):
            event = event_from_json(line)
            if isinstance(event, ProbesReconstructed | MemoryReported) and event.at_stop:
                if isinstance(event, ProbesReconstructed):  # the run may have been renamed since
                    (path.parent / "probes" / Path(event.path).name).unlink(missing_ok=True)
                continue
            if (event.step if event is not None else _step(line)) <= step:
                kept.write(line.rstrip(b"\r\n") + b"\n")
                if event is not None:
                    history.add([event])
    return history


def _step(line: bytes) -> float:
    """The step of an event that another version wrote; infinite where the line is damaged."""
    with suppress(ValueError, TypeError, KeyError):
        step = parse_json(line)["step"]
        return step if is_whole(step) else math.inf
    return math.inf
