"""The command ``mem3d-viewer`` in whose window something goes on by itself; run as a script.

    python window_at_work.py WHAT FOLDER [arguments of mem3d-viewer]

It prints ``ready`` when the event loop runs, with a training once the step ``STEP`` is done, with a question once that
waits for its answer, and with edits of the memory once there are some. A line on standard input closes the window as
its user does.
"""

import itertools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import tiny_training
from PySide6.QtCore import QMetaObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from mem3d_viewer.app import main
from mem3d_viewer.main_window import MainWindow

STEP = 3
_NEVER = 1_000_000
_EVERY_MS = 60


def begin(what: str, folder: Path) -> None:
    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:  # the splash screen lets Qt do what waits while it is painted
        QTimer.singleShot(0, lambda: begin(what, folder))
        return
    (window,) = windows
    threading.Thread(target=close_when_told, args=(window,), daemon=True).start()
    if what in ("training", "question"):
        train(window, folder, ask=what == "question")
        return
    if what == "evaluation":
        window.show_page("evaluate")
        window.evaluate.setup.dataset.set_spec(packed(folder))
        window.evaluate.start()
    elif what == "edits":
        edit_memory(window)
        return
    elif what != "window":
        step = again_and_again(window, what)
        timer = QTimer(window)
        timer.timeout.connect(lambda: next(step))
        timer.start(_EVERY_MS)
    say()


def again_and_again(window: MainWindow, what: str) -> Iterator[None]:
    """Does the next of a kind each time it is asked."""
    controller, session = window.reconstruct.controller, window.reconstruct.session
    request = session.request
    for number in itertools.count():
        do: dict[str, Callable[[], object]] = {
            "pictures": lambda: controller.open_picture(request.picture.path),
            "checkpoints": lambda: controller.open_checkpoint(request.model.checkpoint),
            "pages": lambda number=number: window.show_page(list(window.pages)[number % len(window.pages)]),
            "moves": lambda number=number: (
                controller.set_beta(0.2 + number % 7 / 10), session.set_display(threshold=0.2 + number % 6 / 10)
            ),
        }  # fmt: skip
        do[what]()
        yield


def train(window: MainWindow, folder: Path, *, ask: bool) -> None:
    config = tiny_training.tiny_config(
        packed(folder), epochs=100_000, evaluate_every=_NEVER, checkpoint_every=_NEVER
    )  # fmt: skip
    training, timer = window.train.training, QTimer(window)
    training.start(config, folder / "run", device="cpu", steps=None)

    def look() -> None:
        if training.step >= STEP:
            timer.stop()
            if ask:
                QTimer.singleShot(0, say)
                QMessageBox.question(window, "Question", "That nobody answers")
            else:
                say()

    timer.timeout.connect(look)
    timer.start(10)


def edit_memory(window: MainWindow) -> None:
    session, timer = window.memory.session, QTimer(window)
    window.show_page("memory")

    def look() -> None:
        if session.slots is not None:
            timer.stop()
            window.memory.controller.remove(frozenset(session.slots.used[:1].tolist()))
            say()

    timer.timeout.connect(look)
    timer.start(10)


def packed(folder: Path) -> str:
    return f"packed:{tiny_training.make_packed(folder / 'boxes')}"


def close_when_told(window: MainWindow) -> None:
    if sys.stdin.readline():
        QMetaObject.invokeMethod(window, "close", Qt.ConnectionType.QueuedConnection)


def say() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A shell starts what it runs in the background with SIGINT ignored, tests too, and an ignored one stays so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app = QApplication(sys.argv[:1])
    QTimer.singleShot(0, lambda: begin(sys.argv[1], Path(sys.argv[2])))
    sys.exit(main(sys.argv[3:]))
