"""What a training tells on the command line while it goes on, and how it is stopped there."""

import signal
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any

from core.training.events import (
    CheckpointSaved,
    MemoryReported,
    SettingsChosen,
    StepDone,
    TrainingFinished,
    TrainingStarted,
    Validated,
)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Ctrl+C, and what clusters send before they kill."""


def follow(trainer: Any) -> int:
    """Run a trainer with a progress bar; Ctrl+C or SIGTERM ends it after the step, with a last checkpoint.

    A reader of standard error that goes away, such as ``head``, does not end it.

    Returns:
        The exit code.
    """
    from tqdm import tqdm

    first, before = trainer.step, trainer.state.seconds
    left = ""
    validated: Validated | None = None
    with (
        _Stopping() as stopping,
        tqdm(total=trainer.last_step, initial=first, unit="step", file=sys.stderr, disable=None) as bar,
    ):
        for event in trainer.run(lambda: stopping.asked):
            if isinstance(event, TrainingStarted):
                _say(f"{event.device}, {event.initial_weights}")
                if event.note:
                    _say(f"note: {event.note}")
                _say(
                    f"recorded in {event.run}: events.jsonl, checkpoints/, probes/, and tensorboard/ for "
                    f"tensorboard --logdir {event.run}"
                )
            elif isinstance(event, StepDone):
                bar.update(event.step - bar.n)
                bar.set_postfix_str(
                    f"loss {event.loss:.4f}, {event.images_per_second:.0f} images/s, "
                    f"{event.mean_above_beta:.1f} above beta"
                )
                a_step = (event.seconds - before) / (event.step - first)
                left = f"{timedelta(seconds=round((trainer.last_step - event.step) * a_step))} left"
            elif isinstance(event, Validated):
                validated = event
                _say(f"step {event.step} of {trainer.last_step}: validation IoU {event.validation_iou:.4f}, {left}")
            elif isinstance(event, MemoryReported) and validated is not None:
                _say(
                    f"step {event.step}: {event.occupied} of {event.slots} memory slots in use, "
                    f"{event.overwritten_total} overwritten since the last validation"
                )
            elif isinstance(event, CheckpointSaved) and event.best:
                _say(f"step {event.step}: best so far, {event.path}")
            elif isinstance(event, SettingsChosen):
                _say(
                    f"{event.path}: validation IoU {event.validation_iou:.4f} with the threshold "
                    f"{event.threshold:g} and beta {event.beta:g}, which it now has"
                )
            elif isinstance(event, TrainingFinished):
                bar.update(event.step - bar.n)
                finished = event
    word = "stopped" if finished.stopped else "finished"
    print(f"{word} at step {finished.step}: {finished.checkpoint}")
    return 0


class _Stopping:
    """While it is entered, the first signal asks for a stop after the step; a second one of Ctrl+C breaks off."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> "_Stopping":
        self._before = {number: signal.signal(number, self._ask) for number in STOP_SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, _: object) -> None:
        if self.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.asked = True
        _say("stopping after this step …")


def _say(text: str) -> None:
    """Write a line above the bar."""
    from tqdm import tqdm

    with suppress(BrokenPipeError):
        tqdm.write(text, file=sys.stderr)
