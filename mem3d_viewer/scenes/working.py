"""Scenes of the pages Train, Data and Evaluate, with a small set of built-in shapes that is made for them."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from time import monotonic

from core.assets import DEFAULT_CHECKPOINT, asset
from core.checkpoint import load_checkpoint
from core.config import preset
from core.data.builtin.building import build
from core.evaluation.result import EvaluationSettings
from mem3d_viewer.base.background import Lane
from mem3d_viewer.evaluate.controller import EvaluationRequest
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.scenes.player import Steps, Until

_PER_CATEGORY = 8
_STEPS = 60


def data(window: MainWindow, folder: Path) -> Steps:
    """A data set, one of its objects with its pictures and its grid."""
    yield from _built(window, folder)
    window.actions_["page_data"].trigger()
    page = window.data
    page.choice.set_spec(f"packed:{folder / 'shapes'}")
    page.open()
    yield lambda: page.objects.count > 0 and not page.controller.working
    page.objects.select(page.objects.keys[0])
    yield _seconds(2)
    return None


def train(window: MainWindow, folder: Path) -> Steps:
    """A training from the embedded model, on a few shapes."""
    yield from _built(window, folder)
    window.actions_["page_train"].trigger()
    page = window.train
    start = folder / DEFAULT_CHECKPOINT  # a copy: the picture shows no folder of this machine
    copyfile(asset(DEFAULT_CHECKPOINT), start)
    config = load_checkpoint(start).config
    training = replace(
        preset("compact").training, batch_size=8, epochs=4, log_every=1, evaluate_every=20, evaluate_samples=24,
        probes=3, checkpoint_every=20, learning_rate=3e-4, warmup_steps=5, imagenet_weights=False,
        start_from=str(start),
    )  # fmt: skip
    shapes = replace(config.data, dataset=f"packed:{folder / 'shapes'}", backgrounds="")
    page.setup.form.set_config(replace(config, training=training, data=shapes))
    page.setup.set_folder(folder / "runs")
    page.setup.set_device("cpu")
    page.setup.set_steps(_STEPS)
    page.start()
    yield lambda: page.training.active
    yield lambda: page.training.step >= _STEPS - 3 or not page.training.active
    page.training.pause()
    yield lambda: page.training.state == "paused" or not page.training.active
    return None


def evaluate(window: MainWindow, folder: Path) -> Steps:
    """What the embedded model reaches on a few shapes, category by category, with and without memory."""
    yield from _built(window, folder)
    window.actions_["page_evaluate"].trigger()
    page = window.evaluate
    settings = EvaluationSettings(split="test", views=3, thresholds=(0.2, 0.3, 0.4), occlusions=(0.0, 0.3))
    spec = f"packed:{folder / 'shapes'}"
    page.setup.show_request(EvaluationRequest(asset(DEFAULT_CHECKPOINT), spec, settings, {}, "cpu"))
    page.start()
    yield lambda: page.report.result is not None and not page.controller.running
    yield _seconds(4)
    return None


def _built(window: MainWindow, folder: Path) -> Generator[Until, None, None]:
    """Make a few built-in shapes."""
    lane = Lane("mem3d-scene", window)
    job = lane.submit(lambda _: build(folder / "shapes", per_category=_PER_CATEGORY, views=12))
    ended: list[bool] = []
    job.finished.connect(lambda: ended.append(True))
    yield lambda: bool(ended)
    lane.close()


def _seconds(count: float) -> Until:
    """Whether so much time has passed, where nothing tells of an end."""
    until = monotonic() + count
    return lambda: monotonic() > until
