"""How long the window takes for what one drags: threshold, camera, beta, and a prior muted, each until it is drawn.

    python tests/benchmarks/interaction.py [--steps 40] [--size 1280x800]

Needs a display (``xvfb-run -a`` gives one, with a software renderer). Wall-clock milliseconds of each step, drawing
included, and those that the window's own thread computed. 33 ms are 30 steps a second.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import torch  # noqa: F401  (before Qt: on Windows the other order fails)
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from core.assets import DEFAULT_CHECKPOINT, asset
from core.prior_edits import PriorEdits
from mem3d_viewer.base.background import prompt_switching
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Request


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=40, help="of each kind (default: 40)")
    parser.add_argument("--size", default="1280x800", help="of the window (default: 1280x800)")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    gc.freeze()  # as the program does with what it imports
    with tempfile.TemporaryDirectory() as folder, prompt_switching():
        os.environ["MEM3D_RUNS"] = str(Path(folder) / "runs")
        picture = PictureSource(asset("samples/chair-00024.png"))
        request = Request(ModelSource(asset(DEFAULT_CHECKPOINT), "cpu"), picture)
        window = MainWindow(Settings(Path(folder) / "settings.ini"), request, theme="light")
        window.resize(*map(int, options.size.split("x")))
        window.show()
        window.reconstruct.start()
        session, controller = window.reconstruct.session, window.reconstruct.controller
        while session.answer is None or session.answer.reconstruction is None or controller.working:
            _run_event_loop(50)
        _run_event_loop(2000)  # the influence of the priors
        answer = session.answer
        slots = [prior.slot for prior in answer.reconstruction.priors[:5]]
        view, history = window.reconstruct.view, window.reconstruct.history

        def answered(action: Callable[[], object]) -> None:
            action()
            while controller.working:
                app.processEvents()

        def threshold(step: int) -> None:
            session.set_display(threshold=0.2 + 0.01 * (step % 40))

        def turn(_: int) -> None:
            view.scene.rotate(5, 0)
            view.redraw()

        def row(what: str, action: Callable[[int], object]) -> None:
            wall, own = [], []
            for step in range(options.steps):
                began, used = time.perf_counter(), time.thread_time()
                action(step)
                app.processEvents()
                wall.append(1000 * (time.perf_counter() - began))
                own.append(1000 * (time.thread_time() - used))
            median, high, cost = np.median(wall), np.percentile(wall, 95), np.median(own)
            print(f"{what:<28} {median:6.1f} ms, 95 % within {high:6.1f} ms; {cost:5.1f} ms of its own", flush=True)

        row("threshold", threshold)
        row("camera", turn)
        session.select(answer.reconstruction.priors[0].slot)
        _run_event_loop(500)
        row("threshold, prior beside", threshold)
        row("camera, prior beside", turn)
        row("beta", lambda step: answered(lambda: controller.set_beta(0.5 + 0.01 * (step % 30))))
        row(
            "a prior muted",
            lambda step: answered(lambda: history.edit_priors(PriorEdits().mute([slots[step % len(slots)]]))),
        )
        window.close()


def _run_event_loop(milliseconds: int) -> None:
    """Run the event loop as the program does."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
