"""How long the window's event loop is held up, with and without a training in the same process.

    python tests/benchmarks/event_loop.py [--seconds 20] [--page train] [--threads N]

Needs a display (``xvfb-run -a`` gives one). A 5 ms timer ticks in the real window; how much later than that each tick
comes is its delay. Then preset compact is trained on the built-in shapes on the CPU, and the same is measured again.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import torch
from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.assets import DEFAULT_CHECKPOINT, asset, sample_images
from core.config import preset
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Request

_TICK_MS = 5


class Delays:
    """Collects by how many milliseconds each tick is late."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def measure(self, seconds: float) -> np.ndarray:
        """Run the event loop for ``seconds``; delays in ms, (N,) float64."""
        self.begin()
        _run_event_loop(round(seconds * 1000))
        return self.end()

    def begin(self) -> None:
        """Collect from now on."""
        self.late = []
        self._clock.start()
        self._timer.start()

    def end(self) -> np.ndarray:
        """Collect no more; delays in ms, (N,) float64."""
        self._timer.stop()
        return np.array(self.late)

    def _tick(self) -> None:
        self.late.append(max(self._clock.nsecsElapsed() / 1e6 - _TICK_MS, 0.0))
        self._clock.start()


def _run_event_loop(milliseconds: int) -> None:
    """Run the event loop as the program does; QTest.qWait keeps Python's lock, which would starve the training."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each measurement takes (default: 20)")
    parser.add_argument("--page", choices=("train", "reconstruct"), default="train", help="the page that is shown")
    parser.add_argument("--batch", type=int, default=32, help="batch size (default: 32)")
    options = parser.parse_args()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEM3D_RUNS"] = str(Path(folder) / "runs")
        request = Request(ModelSource(asset(DEFAULT_CHECKPOINT), "cpu"), PictureSource(sample_images()[0]))
        window = MainWindow(Settings(Path(folder) / "settings.ini"), request, theme="light")
        window.show()
        window.reconstruct.start()
        _wait(lambda: not window.reconstruct.controller.working)
        window.show_page(options.page)
        _run_event_loop(1000)
        delays = Delays()
        alone = delays.measure(options.seconds)
        training = window.train.training
        config = preset("compact")
        config = replace(config, training=replace(config.training, log_every=1, batch_size=options.batch))
        training.start(config, Path(folder) / "runs" / "benchmark", device="cpu", steps=None)
        _wait(lambda: training.step > 0 or not training.active)
        first = training.step
        beside = delays.measure(options.seconds)
        steps = training.step - first
        training.stop()
        _wait(lambda: not training.active)
        window.close()
        app.processEvents()
    print(
        f"page {options.page}, {torch.get_num_threads()} threads, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{steps} steps of {options.batch} in {options.seconds:.0f} s of training")
    print("event-loop delay in ms     p50     p99     max   ticks")
    rows = {"without a training": alone, "beside a training": beside}
    for name, late in rows.items():
        p50, p99 = np.percentile(late, [50, 99])
        print(f"{name:22} {p50:7.2f} {p99:7.2f} {late.max():7.1f} {len(late):7d}")
    ratios = [np.percentile(beside, q) / max(np.percentile(alone, q), 1e-3) for q in (50, 99, 100)]
    print(f"{'ratio':22} {ratios[0]:7.1f} {ratios[1]:7.1f} {ratios[2]:7.1f}")


def _wait(reached: object) -> None:
    while not reached():  # type: ignore[operator]
        _run_event_loop(20)


if __name__ == "__main__":
    main()
