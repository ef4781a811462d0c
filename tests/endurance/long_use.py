"""Uses the real window for long: what it takes must not grow.

    xvfb-run -a -s '-screen 0 1920x1200x24' python tests/endurance/long_use.py --pictures 500

A training, an evaluation, many checkpoints, many pictures, and moves of beta and of the threshold, one after the other,
with a line of figures at intervals: memory that is allocated, the process's own memory, what is resident of all,
threads, open files, and objects of Python, of Qt, of VTK and in VTK's scenes. The second half of a part may add nothing
but a little memory: results of other pictures are of other sizes.
"""

import argparse
import ctypes
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import ClassVar

os.environ.setdefault("QT_API", "pyside6")
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import numpy as np
import psutil
import tiny_training
import torch  # noqa: F401  (before Qt, as the command has it)
from PIL import Image
from PySide6.QtCore import QCoreApplication, QObject, QPropertyAnimation
from PySide6.QtWidgets import QApplication
from vtkmodules.vtkCommonCore import vtkObjectBase

from core.assets import DEFAULT_CHECKPOINT, asset
from core.heap import give_freed_memory_back
from mem3d_viewer.base.background import prompt_switching
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.pipeline import ModelSource, Request
from mem3d_viewer.widgets.voxel_view import VoxelView

_MB = 2**20
_SECONDS = 300.0
_LOOKS = 5
"""How often a part is looked at."""
JUDGED = ("checkpoints", "pictures", "beta", "threshold")
"""Parts whose uses are all alike."""
MOST = {
    "allocated_mb": 20.0,
    "python_objects": 5000,
    "threads": 0,
    "files": 0,
    "qobjects": 5,
    "vtk_objects": 0,
    "actors": 0,
}
"""What may be there more at the end of a part than ever was in its first half."""


@dataclass(frozen=True)
class Figures:
    """What the process takes at a moment."""

    part: str
    uses: int
    allocated_mb: float
    own_mb: float
    resident_mb: float
    threads: int
    files: int
    python_objects: int
    qobjects: int
    vtk_objects: int
    actors: int


_COLUMNS = tuple(field.name for field in fields(Figures))[1:]


class LongUse:
    """The window and what is done with it."""

    def __init__(self, folder: Path, checkpoint: Path, sample: Path, *, tell: bool) -> None:
        self.tell = tell
        self.folder, self.checkpoint, self.sample = folder, checkpoint, sample
        self.figures: list[Figures] = []
        self.window = MainWindow(
            Settings(folder / "settings.ini"), Request(ModelSource(checkpoint, "cpu")), theme="light"
        )
        self.window.resize(1280, 800)
        self.window.show()
        self.window.reconstruct.start()
        self.controller = self.window.reconstruct.controller
        self.wait_idle()

    # -- what is done

    def pictures(self, count: int) -> None:
        """Open pictures, each another one."""
        pixels = np.array(Image.open(self.sample).convert("RGBA"))
        files = []
        for number in range(min(count, 50)):
            shade = pixels.copy()
            shade[..., :3] = np.clip(pixels[..., :3].astype(int) + (number - 25) * 2, 0, 255)
            files.append(self.folder / f"picture{number:02d}.png")
            Image.fromarray(shade).save(files[-1])
        for number in self.looking("pictures", count):
            self.controller.open_picture(files[number % len(files)])
            self.wait_idle()

    def checkpoints(self, count: int) -> None:
        """Open checkpoints, each a file of its own."""
        for number in self.looking("checkpoints", count):
            path = self.folder / f"model{number % 5}.safetensors"
            if not path.exists():
                path.write_bytes(self.checkpoint.read_bytes())
            self.controller.open_checkpoint(path)
            self.wait_idle()
            self.wait(lambda: not self.window.memory.controller.working and not self.window.memory.controller.mapping)

    def betas(self, count: int) -> None:
        """Move beta."""
        for number in self.looking("beta", count):
            self.controller.set_beta(0.3 + 0.6 * (number % 40) / 40)
            self.wait_idle()

    def thresholds(self, count: int) -> None:
        """Move the threshold."""
        for number in self.looking("threshold", count):
            self.window.reconstruct.session.set_display(threshold=0.1 + 0.8 * (number % 40) / 40)
            self.settle(0.01)

    def training(self, steps: int) -> None:
        """Train a tiny network, on the page that does."""
        page = self.window.train
        self.window.show_page("train")
        page.runs.root = self.folder / "runs"
        page.setup.set_folder(page.runs.root)
        page.setup.form.set_config(tiny_training.tiny_config(self.packed, epochs=100_000))
        for _ in self.looking("training", 1):
            page.setup.set_steps(steps)
            page.start()
            self.wait(lambda: not page.training.active)
        self.window.show_page("reconstruct")

    def evaluation(self) -> None:
        """Evaluate the checkpoint, on the page that does."""
        page = self.window.evaluate
        self.window.show_page("evaluate")
        page.setup.dataset.set_spec(self.packed)
        page.setup.device.setCurrentText("cpu")
        for _ in self.looking("evaluation", 1):
            page.start()
            self.wait(lambda: not page.controller.running)
        self.window.show_page("reconstruct")

    @property
    def packed(self) -> str:
        folder = self.folder / "boxes"
        if not folder.exists():
            tiny_training.make_packed(folder)
        return f"packed:{folder}"

    # -- how it is looked at

    def looking(self, part: str, count: int) -> Iterator[int]:
        """The numbers of the uses; figures are taken before, between and after them."""
        self.look(part, 0)
        every = max(1, count // _LOOKS)
        for number in range(count):
            yield number
            if (number + 1) % every == 0 or number + 1 == count:
                self.look(part, number + 1)

    def look(self, part: str, uses: int) -> None:
        self.settle(0.3)
        gc.collect()
        allocated = allocated_mb()
        give_freed_memory_back()
        process = psutil.Process()
        views = self.window.findChildren(VoxelView)
        renderers = [renderer for view in views for renderer in view.scene._plotter.renderers]
        objects = gc.get_objects()
        # Qt before 6.11 keeps two animations of the main window's layout for ever each time that it is laid out.
        own = [thing for thing in self.window.findChildren(QObject) if not isinstance(thing, QPropertyAnimation)]
        self.figures.append(
            Figures(
                part, uses, allocated, own_mb(), round(process.memory_info().rss / _MB, 1), process.num_threads(),
                process.num_fds(), len(objects), len(own),
                sum(issubclass(type(thing), vtkObjectBase) for thing in objects),
                sum(renderer.GetViewProps().GetNumberOfItems() for renderer in renderers),
            )
        )  # fmt: skip
        if self.tell:
            if len(self.figures) == 1:
                print(f"{'part':<12}" + "".join(f"{name.replace('_', ' '):>15}" for name in _COLUMNS))
            print(f"{part:<12}" + "".join(f"{getattr(self.figures[-1], name):>15}" for name in _COLUMNS), flush=True)

    def wait_idle(self) -> None:
        reconstruct, errors = self.window.reconstruct, self.window.errors
        self.wait(lambda: reconstruct.session.answer is not None and not reconstruct.controller.working)
        if errors.dialog is not None and errors.dialog.isVisible():
            raise RuntimeError(errors.dialog.message.text())

    def settle(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > until)

    def wait(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not reached():
            if time.monotonic() > deadline:
                raise TimeoutError("the window does not come to rest")
            QCoreApplication.processEvents()
            time.sleep(0.001)


def own_mb() -> float:
    """MB that the process has written to: of its private memory what is not a file as it is on the disk."""
    try:
        rollup = Path("/proc/self/smaps_rollup").read_text()
    except OSError:  # not Linux
        return round(psutil.Process().memory_full_info().uss / _MB, 1)
    return round(int(rollup.split("Private_Dirty:")[1].split()[0]) / 1024, 1)


class _Mallinfo(ctypes.Structure):
    """``mallinfo2`` of malloc.h."""

    _fields_: ClassVar = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keep",
        )
    ]


def allocated_mb() -> float:
    """MB that are allocated and not freed, but for Python's small objects; 0 where the C library does not tell."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallinfo2"):
        return 0.0
    library.mallinfo2.restype = _Mallinfo
    told = library.mallinfo2()
    return round((told.uordblks + told.hblkhd) / _MB, 1)


def growth(figures: list[Figures]) -> dict[str, list[str]]:
    """What grew in the second half of each part, in words; nothing for a part where nothing did."""
    found: dict[str, list[str]] = {}
    for part in JUDGED:
        looks = [one for one in figures if one.part == part]
        first_half, end = looks[: len(looks) // 2 + 1], looks[-1]
        for name, most in MOST.items():  # Qt ends two of its threads when they rest, and starts them again
            more = getattr(end, name) - max(getattr(one, name) for one in first_half)
            if more > most:
                found.setdefault(part, []).append(f"{more:g} more {name.replace('_', ' ')}")
    return found


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--checkpoints", type=int, default=50)
    parser.add_argument("--moves", type=int, default=200, help="of beta, and as many of the threshold")
    parser.add_argument("--steps", type=int, default=200, help="of the training")
    parser.add_argument("--checkpoint", type=Path, default=asset(DEFAULT_CHECKPOINT))
    parser.add_argument("--picture", type=Path, default=asset("samples/chair-00024.png"))
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder, prompt_switching():
        use = LongUse(Path(folder), options.checkpoint, options.picture, tell=not options.json)
        use.training(options.steps)
        use.evaluation()
        use.checkpoints(options.checkpoints)
        use.controller.open_picture(options.picture)
        use.wait_idle()
        use.betas(options.moves)
        use.thresholds(options.moves)
        use.pictures(options.pictures)
        use.window.close()
    grown = growth(use.figures)
    if options.json:
        print(json.dumps({"figures": [asdict(one) for one in use.figures], "grown": grown}))
    else:
        for part, words in grown.items():
            print(f"{part}: {', '.join(words)}")
        print("flat" if not grown else "grows")
    del app
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(_main())
