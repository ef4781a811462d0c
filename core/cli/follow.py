"""What a training tells on the command line while it goes on."""

import signal
import sys
from datetime import timedelta
from typing import Any


def follow(trainer: Any) -> int:
    """Run a trainer with a progress bar; Ctrl+C ends it after the step with a last checkpoint.

    Returns:
        The exit code.
    """
    from tqdm import tqdm

    from core.training.events import (
        CheckpointSaved,
        MemoryReported,
        SettingsChosen,
        StepDone,
        TrainingFinished,
        TrainingStarted,
        Validated,
    )

    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        if interrupted:
            raise KeyboardInterrupt
        interrupted = True
        tqdm.write("stopping after this step …", file=sys.stderr)

    first, before = trainer.step, trainer.state.seconds
    left = ""
    validated: Validated | None = None
    handler = signal.signal(signal.SIGINT, interrupt)
    try:
        with tqdm(total=trainer.last_step, initial=first, unit="step", file=sys.stderr, disable=None) as bar:
            for event in trainer.run(lambda: interrupted):
                if isinstance(event, TrainingStarted):
                    tqdm.write(f"{event.device}, {event.initial_weights}", file=sys.stderr)
                    tqdm.write(
                        f"recorded in {event.run}: events.jsonl, checkpoints/, probes/, and tensorboard/ for "
                        f"tensorboard --logdir {event.run}",
                        file=sys.stderr,
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
                    tqdm.write(
                        f"step {event.step} of {trainer.last_step}: validation IoU {event.validation_iou:.4f}, {left}",
                        file=sys.stderr,
                    )
                elif isinstance(event, MemoryReported) and validated is not None:
                    tqdm.write(
                        f"step {event.step}: {event.occupied} of {event.slots} memory slots in use, "
                        f"{event.overwritten_total} overwritten since the last validation",
                        file=sys.stderr,
                    )
                elif isinstance(event, CheckpointSaved) and event.best:
                    tqdm.write(f"step {event.step}: best so far, {event.path}", file=sys.stderr)
                elif isinstance(event, SettingsChosen):
                    tqdm.write(
                        f"{event.path}: validation IoU {event.validation_iou:.4f} with the threshold "
                        f"{event.threshold:g} and beta {event.beta:g}, which it now has",
                        file=sys.stderr,
                    )
                elif isinstance(event, TrainingFinished):
                    bar.update(event.step - bar.n)
                    finished = event
    finally:
        signal.signal(signal.SIGINT, handler)
    word = "stopped" if finished.stopped else "finished"
    print(f"{word} at step {finished.step}: {finished.checkpoint}")
    return 0
