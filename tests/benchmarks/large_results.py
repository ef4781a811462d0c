"""How long the window is held up by results and runs of the size of R2N2: it should never be more than 50 ms.

    python tests/benchmarks/large_results.py [--samples 210480] [--events 200000]

Needs a display (``xvfb-run -a`` gives one). A 5 ms timer ticks in the real window; how much later than that each tick
comes is its delay. Meanwhile a result of the page Evaluate (2 thresholds, 4 occlusions, with and without memory) is
shown, its boxes are changed, it is saved as JSON and loaded again, the curves of a long run are read, a long run gets
ready to be resumed, and a data set of 43 783 objects is shown and searched.
"""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import torch  # noqa: F401  (before Qt: on Windows the other order fails)
from event_loop import Delays
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from core.assets import DEFAULT_CHECKPOINT, asset
from core.data.categories import CATEGORIES
from core.data.dataset import SPLITS, ObjectRecord, ShapeDataset
from core.evaluation.result import THRESHOLDS, EvaluationResult, EvaluationSettings, SampleName
from core.training.events import StepDone, TrainingStarted, event_to_json
from core.training.recording import forget_events_after
from mem3d_viewer.base.background import Lane, prompt_switching
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.pipeline import ModelSource, Request

_MOST_MS = 50.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=210_480, help="samples of the result (default: 210480)")
    parser.add_argument("--events", type=int, default=200_000, help="events of the run (default: 200000)")
    options = parser.parse_args()
    QApplication.instance() or QApplication(sys.argv[:1])
    gc.freeze()  # as the program does with what it imports
    with tempfile.TemporaryDirectory() as name, prompt_switching():
        folder = Path(name)
        os.environ["MEM3D_RUNS"] = str(folder / "runs")
        result = make_result(options.samples)
        result.average_everything()
        run = make_run(folder / "runs" / "long", options.events)
        request = Request(ModelSource(asset(DEFAULT_CHECKPOINT), "cpu"), None)
        window = MainWindow(Settings(folder / "settings.ini"), request, theme="light")
        window.show()
        window.show_page("evaluate")
        run_event_loop(1000)
        for what, work in steps(window, result, run, folder):
            print(row(what, work))
        window.close()


def steps(
    window: MainWindow, result: EvaluationResult, run: Path, folder: Path
) -> list[tuple[str, Callable[[], Callable[[], bool]]]]:
    """What is done, and by which function, which gives the question whether it is over."""
    page, report, data = window.evaluate, window.evaluate.report, window.data
    lane, arrived, objects = Lane("benchmark", window), [], make_dataset()
    page.controller.measured.connect(arrived.append)
    window.train.runs.curves_read.connect(lambda: arrived.append("curves"))

    def at_once(action: Callable[[], object]) -> Callable[[], Callable[[], bool]]:
        return lambda: (action(), lambda: True)[1]

    def later(action: Callable[[], object], over: Callable[[], bool]) -> Callable[[], Callable[[], bool]]:
        return lambda: (arrived.clear(), action(), over)[2]

    def resume() -> None:
        lane.submit(lambda _: forget_events_after(run / "events.jsonl", 10**9))

    return [
        ("show a result", at_once(lambda: page.show_result(result))),
        ("another threshold", at_once(lambda: report.threshold.setCurrentIndex(1))),
        ("another occlusion", at_once(lambda: report.occlusion.setCurrentIndex(3))),
        ("published figures", at_once(lambda: report.published.setChecked(True))),
        ("another category's samples", at_once(lambda: report.category.setCurrentIndex(2))),
        (
            "save as JSON",
            later(
                lambda: page.controller.save(folder / "r.json", result, published=False),
                lambda: not page.controller.writing,
            ),
        ),
        ("load it", later(lambda: page.load_result(folder / "r.json"), lambda: bool(arrived))),
        ("read the curves of a run", later(lambda: window.train.runs.read([run]), lambda: bool(arrived))),
        ("get a run ready to resume", later(resume, lambda: not lane.busy)),
        ("show a data set", at_once(lambda: data.controller.opened.emit(objects, "R2N2"))),
        ("find an object in it", at_once(lambda: data.filters.search.setText("a"))),
    ]


def row(what: str, work: Callable[[], Callable[[], bool]]) -> str:
    """Do it, and say how long it took and held the window up."""
    delays, over = Delays(), []
    delays.begin()
    QTimer.singleShot(200, lambda: over.append(work()))
    waited = 0
    while not over or not over[0]():
        run_event_loop(50)
        waited += 50
    run_event_loop(600)
    late = delays.end()
    verdict = "" if late.max() <= _MOST_MS else "   too long"
    return f"{what:28} {waited / 1000:6.1f} s, longest delay {late.max():7.1f} ms{verdict}"


def make_result(count: int) -> EvaluationResult:
    """A result of random scores, with 24 views of each object."""
    rng = np.random.default_rng(0)
    settings = EvaluationSettings(thresholds=(0.3, 0.4), occlusions=(0.0, 0.2, 0.4, 0.6))
    samples = tuple(
        SampleName(n // 24, n % 24, f"{CATEGORIES[n // 24 % 13]}/{n // 24:032x}", CATEGORIES[n // 24 % 13])
        for n in range(count)
    )

    def scores(*shape: int) -> np.ndarray:
        return rng.random((*shape, count), np.float32)

    return EvaluationResult(
        checkpoint="checkpoint.safetensors", step=1, dataset="builtin", data_options={}, fingerprint="", date="",
        settings=settings, samples=samples,
        validation_iou={memory: rng.random(len(THRESHOLDS)) for memory in (True, False)},
        iou=scores(8, 2), iou_at_best=scores(8), f_score=scores(8, 2), top_slot_iou=scores(4),
        top_slot_category=scores(4) > 0.5, above_beta=rng.integers(0, 9, (4, count)), mean_shape_iou=scores(),
    )  # fmt: skip


def make_dataset(objects: int = 43_783) -> ShapeDataset:
    """As many objects as R2N2 has; none can be read."""

    class Objects:
        name = "R2N2"
        objects: Sequence[ObjectRecord] = ()

    dataset = Objects()
    dataset.objects = [
        ObjectRecord(f"{CATEGORIES[n % 13]}/{n:032x}", CATEGORIES[n % 13], SPLITS[n % len(SPLITS)], 0)
        for n in range(objects)
    ]
    return cast(ShapeDataset, dataset)


def make_run(folder: Path, count: int) -> Path:
    """A run of so many steps, as far as its events tell."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    step = StepDone(1, 0.1, 0.5, 0.4, 0.1, 1e-3, 100.0, 10, 1, 1, 2.0, 10**9, 1.0)
    with (folder / "events.jsonl").open("w") as file:
        file.write(event_to_json(TrainingStarted(str(folder), 0, count, 100, "cpu", "random weights")) + "\n")
        for number in range(1, count + 1):
            file.write(event_to_json(replace(step, step=number, seconds=number / 10)) + "\n")
    return folder


def run_event_loop(milliseconds: int) -> None:
    """Run the event loop as the program does."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
