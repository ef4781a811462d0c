"""How long the program takes to be there: the window, its first reconstruction, and the help of the command line.

    python tests/benchmarks/starting.py [--rounds 5]

Needs a display (``xvfb-run -a`` gives one). Every round starts ``mem3d-viewer`` on a sample, ``mem3d --help`` and, to
compare with, Python with nothing but torch; medians of the seconds since the process was started. Of the window also
the memory that only it holds (USS) when the first reconstruction is shown.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from statistics import median

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

_SPLASH, _WINDOW, _SHOWN, _MEMORY = "splash screen", "window", "first reconstruction", "MB of its own"
_CHILD = "--as-child"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="starts of each (default: 5)")
    options = parser.parse_args()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as home:  # nobody's settings are changed, and nobody's slow the start down
        started(home)  # fonts and shaders are made ready at the very first start
        for _ in range(options.rounds):
            measure(home, found)
    middle = {name: median(values) for name, values in found.items()}
    of_torch = middle["import torch"]
    print(f"medians of {options.rounds} starts; load {os.getloadavg()[0]:.1f}")
    for name in ("import torch", "mem3d --help", _SPLASH, _WINDOW, _SHOWN):
        print(f"{name:24}{middle[name]:8.2f} s   {middle[name] / of_torch:5.2f} x import torch")
    print(f"{'after the window':24}{middle[_SHOWN] - middle[_WINDOW]:8.2f} s")
    print(f"{_MEMORY:24}{middle[_MEMORY]:8.0f}")


def measure(home: str, found: dict[str, list[float]]) -> None:
    """Start everything once, and add the seconds to what was found."""
    for name, value in started(home).items():
        found.setdefault(name, []).append(value)
    for name, words in {"mem3d --help": ["-m", "core", "--help"], "import torch": ["-c", "import torch"]}.items():
        began = time.time()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        found.setdefault(name, []).append(time.time() - began)


def started(home: str) -> dict[str, float]:
    """Start the window in a process of its own: seconds until it is painted and shows a result, and its USS.

    Args:
        home: folder of its settings and caches; a start that finds those of an earlier one is a warm one.
    """
    own = {f"XDG_{name}_HOME": home for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    command = [sys.executable, __file__, _CHILD]
    began = time.time()
    child = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | own)
    lines = (line.rsplit(" ", 1) for line in child.stdout.splitlines())
    return {name: float(value) - (0.0 if name == _MEMORY else began) for name, value in lines}


def run_child() -> int:
    """Be ``mem3d-viewer``, tell what happens, and close the window."""
    from core.assets import asset
    from mem3d_viewer.app import main as viewer

    QApplication(sys.argv[:1])
    QTimer.singleShot(0, _look)
    return viewer([str(asset("samples/chair-00024.png"))])


def _look() -> None:
    """Called by the event loop: for a moment while the splash screen is painted, and again once there is a window."""
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    if any(widget.objectName() == "splash" for widget in shown):
        print(_SPLASH, time.time(), flush=True)
    windows = [widget for widget in shown if isinstance(widget, QMainWindow)]
    # What the window's first round paints, a second timer waits for.
    QTimer.singleShot(0, partial(_painted, windows[0]) if windows else _look)


def _painted(window: QMainWindow) -> None:
    print(_WINDOW, time.time(), flush=True)
    session = window.reconstruct.session

    def shown() -> None:
        import psutil

        print(_SHOWN, time.time(), flush=True)
        print(_MEMORY, psutil.Process().memory_full_info().uss / 1e6, flush=True)
        window.close()

    if session.answer is None:
        session.answer_changed.connect(lambda: QTimer.singleShot(0, shown))
    else:
        shown()


if __name__ == "__main__":
    sys.exit(run_child() if sys.argv[1:] == [_CHILD] else main())
