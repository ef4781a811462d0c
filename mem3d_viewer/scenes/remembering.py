"""Scenes of the page Memory, and of the lesson."""

from collections.abc import Generator
from itertools import product
from pathlib import Path

from core.data.meshes.examining import Orientation
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.memory.teach.dialog import TeachDialog
from mem3d_viewer.scenes.player import Steps, Until

_FACES = ((1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4))
"""Of a box, seen from outside; its corners are numbered with z running fastest."""
_STAGES = 11
"""Stages of the lesson that are gone through: two writes, and of the third one the rule that fires."""


def memory(window: MainWindow, folder: Path) -> Steps:
    """Every slot of the memory, the map of its keys, and the most similar slot in 3D."""
    yield from _shown(window)
    page = window.memory
    page.browser.sorting.setCurrentText("Similarity")
    if page.session.picture is not None and page.session.picture.retrieved:
        page.browser.views.grid.setCurrentIndex(page.browser.model.index(0, 0))
    yield _known(window)
    return None


def key(window: MainWindow, folder: Path) -> Steps:
    """The map of the keys, with lines from the picture to what it called up."""
    yield from _shown(window)
    return window.memory.map


def value(window: MainWindow, folder: Path) -> Steps:
    """What one slot holds."""
    yield from memory(window, folder)
    return window.memory.details


def age(window: MainWindow, folder: Path) -> Steps:
    """The slots as a table, the ones that were not used for longest at the top."""
    yield from _shown(window)
    browser = window.memory.browser
    window.actions_["memory_table"].trigger()
    browser.sorting.setCurrentText("Oldest")
    yield _known(window)
    return browser


def memory_add(window: MainWindow, folder: Path) -> Steps:
    """A mesh of one's own was added, seen from all around."""
    yield from _shown(window)
    page = window.memory
    page.controller.add([str(own_mesh(folder / "stool.obj"))], category="chair", orientation=Orientation(), views=12)
    yield lambda: not page.controller.working
    page.browser.among.setCurrentText("Added here")
    yield _known(window)
    return None


def lesson(window: MainWindow, folder: Path) -> Steps:
    """A write to a small memory, at the stage where a rule fires."""
    window.actions_["teach"].trigger()
    dialog = next(one for one in window.findChildren(TeachDialog) if one.isVisible())
    yield lambda: dialog.lesson is not None
    dialog.samples.click()
    yield lambda: not dialog.working and bool(dialog.queue)
    for _ in range(_STAGES):
        dialog.forward.click()
    yield lambda: True
    return dialog


def own_mesh(file: Path) -> Path:
    """Write a mesh as nobody's memory has it, as OBJ: a stool with a back of rungs."""
    boxes = [((0.5, 0.06, 0.5), (0.0, 0.45, 0.0))]
    boxes += [((0.06, 0.45, 0.06), (x, 0.22, z)) for x in (-0.2, 0.2) for z in (-0.2, 0.2)]
    boxes += [((0.05, 0.5, 0.05), (-0.22, 0.7, z)) for z in (-0.2, 0.2)]
    boxes += [((0.05, 0.05, 0.45), (-0.22, y, 0.0)) for y in (0.62, 0.77, 0.92)]
    lines: list[str] = []
    for number, (size, at) in enumerate(boxes):
        corners = product(*((middle - side / 2, middle + side / 2) for side, middle in zip(size, at, strict=True)))
        lines += [f"v {x:g} {y:g} {z:g}" for x, y, z in corners]
        lines += ["f " + " ".join(str(8 * number + corner) for corner in face) for face in _FACES]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _shown(window: MainWindow) -> Generator[Until, None, None]:
    """Turn to the page Memory."""
    window.actions_["page_memory"].trigger()
    yield _known(window)


def _known(window: MainWindow) -> Until:
    """Whether the page shows its slots, its map and its shapes."""
    page = window.memory

    def known() -> bool:
        there = page.session.slots is not None and page.map.view.map is not None
        return there and not (page.controller.working or page.controller.mapping or page.thumbnails.working)

    return known
