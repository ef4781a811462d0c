"""The command ``mem3d-viewer`` in whose window a tiny training is begun by itself; run as a script.

It prints ``ready`` once the step ``STEP`` is done, or, asked for the window alone, once the event loop runs.
"""

import sys
from pathlib import Path

import tiny_training
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from mem3d_viewer.app import main
from mem3d_viewer.main_window import MainWindow

STEP = 3
_NEVER = 1_000_000


def begin(what: str, folder: Path) -> None:
    window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
    if what == "window":
        say()
        return
    dataset = f"packed:{tiny_training.make_packed(folder / 'boxes')}"
    config = tiny_training.tiny_config(dataset, epochs=100_000, evaluate_every=_NEVER, checkpoint_every=_NEVER)
    training, timer = window.train.training, QTimer(window)
    training.start(config, folder / "run", device="cpu", steps=None)

    def look() -> None:
        if training.step >= STEP:
            timer.stop()
            if what == "question":
                QTimer.singleShot(0, say)
                QMessageBox.question(window, "Question", "That nobody answers")
            else:
                say()

    timer.timeout.connect(look)
    timer.start(10)


def say() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    QTimer.singleShot(0, lambda: begin(sys.argv[1], Path(sys.argv[2])))
    sys.exit(main(sys.argv[3:]))
