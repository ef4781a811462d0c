"""Frame times while the memory's slots are scrolled, as grid and as table, with 10 000 slots.

    python tests/benchmarks/memory_scrolling.py [--slots 10000] [--frames 300]

Needs a display (``xvfb-run -a`` gives one). Every frame scrolls on, is painted, and lets everything run that waits
to be done; what that took is the frame's time. Beside it stands what the GUI thread computed meanwhile, which
others that keep the machine busy hardly change. The map is timed as well, with another slot under the mouse each frame.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_API", "pyside6")

import numpy as np
import torch  # noqa: F401  (before Qt: on Windows the other order fails)
from PySide6.QtCore import QElapsedTimer, QPointF
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from core.assets import DEFAULT_CHECKPOINT, asset
from core.checkpoint import load_checkpoint
from core.memory.key_map import pca_map
from core.memory.slots import MemorySlots, slots_of
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import LIGHT, apply_theme
from mem3d_viewer.memory.page import MemoryPage


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slots", type=int, default=10_000, help="slots of the memory (default: 10000)")
    parser.add_argument("--frames", type=int, default=300, help="frames of each measurement (default: 300)")
    options = parser.parse_args()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        host = QWidget()
        page = MemoryPage(Settings(Path(folder) / "s.ini"), ErrorReporter(host, None), Actions(host), 1)
        apply_theme(app, LIGHT)
        page.set_theme(LIGHT)
        page.map.method.setCurrentText("PCA")
        page.resize(1280, 800)
        page.show()
        checkpoint = load_checkpoint(asset(DEFAULT_CHECKPOINT))
        slots = _many(slots_of(checkpoint), options.slots)
        clock = QElapsedTimer()
        clock.start()
        page.session.open(checkpoint, slots)
        app.processEvents()
        shown = clock.nsecsElapsed() / 1e6
        while page.controller.mapping:
            app.processEvents()
            time.sleep(0.01)
        print(f"{len(slots)} slots, shown after {shown:.0f} ms; load {os.getloadavg()[0]:.1f}")
        print(f"{'ms a frame':27}{'p50':>7} {'p99':>7} {'max':>7}   computed: {'p50':>5} {'p99':>7}")
        for name, table in (("grid", False), ("table", True)):
            page.browser.views.show_table(table)
            app.processEvents()
            view = page.browser.views.table if table else page.browser.views.grid
            bar = view.verticalScrollBar()
            for words, step in (("a row a frame", 104), ("a page a frame", view.viewport().height())):
                bar.setValue(0)
                app.processEvents()

                def scroll(_: int, bar: QScrollBar = bar, step: int = step) -> None:
                    bar.setValue((bar.value() + step) % max(bar.maximum(), 1))
                    app.processEvents()

                _measure(f"{name}, {words}", scroll, options.frames)
        page.map.view.show_map(pca_map(slots))
        page.map._colour()
        app.processEvents()
        some = slots.used[:: max(1, len(slots) // options.frames)].tolist()

        def hover(frame: int) -> None:
            page.map.view._hover(page.map.view.pixel_of(some[frame % len(some)]) or QPointF())
            app.processEvents()

        _measure("map, another slot a frame", hover, options.frames)
        page.release()
        page.close()
        app.processEvents()


def _many(slots: MemorySlots, count: int) -> MemorySlots:
    """The memory's slots over and over again, each time with a voxel more, so that every shape is drawn anew."""
    rows = np.arange(count) % len(slots)
    packed = slots.packed[rows].copy()
    packed[np.arange(count), np.arange(count) // len(slots)] ^= 1
    rng = np.random.default_rng(0)
    keys = slots.keys[rows] + 0.02 * rng.standard_normal((count, slots.keys.shape[1]), dtype=np.float32)
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    sources = tuple(slots.sources[row] for row in rows.tolist())
    return MemorySlots(keys, packed, slots.ages[rows].copy(), np.ones(count, bool), sources)


def _measure(name: str, frame: Callable[[int], None], count: int) -> None:
    passed, computed = np.empty(count), np.empty(count)
    for number in range(count):
        began, own = time.perf_counter(), time.thread_time()
        frame(number)
        passed[number], computed[number] = time.perf_counter() - began, time.thread_time() - own
    p50, p99 = 1e3 * np.percentile(passed, [50, 99])
    own50, own99 = 1e3 * np.percentile(computed, [50, 99])
    print(f"{name:27}{p50:7.1f} {p99:7.1f} {1e3 * passed.max():7.1f}   {own50:15.1f} {own99:7.1f}", flush=True)


if __name__ == "__main__":
    main()
