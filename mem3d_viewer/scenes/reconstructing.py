"""Scenes of the page Reconstruct."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from core.assets import sample_images
from core.data.foreground import Stroke
from core.data.images import load_picture
from mem3d_viewer.main_window import MainWindow
from mem3d_viewer.reconstruct.compare.choices import Choice
from mem3d_viewer.reconstruct.export_dialog import ExportDialog
from mem3d_viewer.scenes.player import Steps, Until, at_work

_HIGH, _LOW = 0.6, 0.15
"""A threshold that leaves much of a shape out, and one that takes much in."""


def at_rest(window: MainWindow) -> Until:
    """Whether the page Reconstruct shows all that was asked of it."""
    return lambda: not at_work(window)


def reconstruct(window: MainWindow, folder: Path) -> Steps:
    """A picture, what came of it, and the shape priors behind it; the most similar one stands beside."""
    _show_prior(window, 0)
    yield at_rest(window)
    return None


def beta(window: MainWindow, folder: Path) -> Steps:
    """The panel with beta: three colours of slots."""
    yield at_rest(window)
    return window.reconstruct.similarity


def prior(window: MainWindow, folder: Path) -> Steps:
    """The list of shape priors, with what each of them does."""
    yield at_rest(window)
    return window.reconstruct.priors


def threshold(window: MainWindow, folder: Path) -> Steps:
    """Where a high threshold leaves voxels out: they shine through."""
    window.reconstruct.session.set_display(threshold=_HIGH)
    window.actions_["xray"].trigger()
    yield at_rest(window)
    return window.reconstruct.view.parentWidget()


def muted(window: MainWindow, folder: Path) -> Steps:
    """The strongest priors are muted; what came and went is coloured and counted."""
    rows = window.reconstruct.priors.list
    for _ in range(3):
        slot = strongest(window)
        rows.view.setCurrentIndex(rows.model.index(rows.model.row_of(slot) or 0))
        rows.row_actions["mute"].trigger()
        yield at_rest(window)
    rows.view.scrollToTop()
    return None


def compare(window: MainWindow, folder: Path) -> Steps:
    """With and without memory, side by side."""
    window.reconstruct.compare.choose(Choice.RESULT, Choice.WITHOUT_MEMORY)
    yield at_rest(window)
    return None


def difference(window: MainWindow, folder: Path) -> Steps:
    """What is only in one of two shapes."""
    window.reconstruct.compare.choose(Choice.RESULT, Choice.WITHOUT_MEMORY)
    yield at_rest(window)
    window.actions_["difference"].trigger()
    yield at_rest(window)
    return window.reconstruct.view.parentWidget()


def slicing(window: MainWindow, folder: Path) -> Steps:
    """A shape cut open, its voxels in the colours of their occupancy."""
    window.actions_["occupancy"].trigger()
    window.actions_["slice_z"].trigger()
    yield at_rest(window)
    return window.reconstruct.view.parentWidget()


def cut_out(window: MainWindow, folder: Path) -> Steps:
    """A photo without a mask in the editor, where its object is proposed; one of ours if the picture has a mask."""
    answer = window.reconstruct.session.answer
    if answer is None or answer.picture is None or answer.picture.has_alpha:
        window.reconstruct.controller.open_picture(_photo(folder / "photo.png"))
        yield at_rest(window)
    window.actions_["edit_foreground"].trigger()
    yield at_rest(window)
    return None


def cover(window: MainWindow, folder: Path) -> Steps:
    """The left half of the object is covered, and the memory fills it."""
    window.actions_["edit_foreground"].trigger()
    yield at_rest(window)
    answer = window.reconstruct.session.answer
    if answer is not None and answer.picture is not None:
        editor = window.reconstruct.editor
        editor.set_tool("cover")
        editor.canvas.drawn.emit(half_covered(answer.picture.pixels))
        yield at_rest(window)
    return None


def sweep(window: MainWindow, folder: Path) -> Steps:
    """Beta from one end to the other."""
    window.actions_["sweep"].trigger()
    yield at_rest(window)
    return window.reconstruct.sweep.dialog


def export(window: MainWindow, folder: Path) -> Steps:
    """The dialog that exports."""
    found: list[ExportDialog] = []
    QTimer.singleShot(0, window, window.reconstruct.export.ask_export)  # it waits for its answer
    yield lambda: bool(found) or _find(window, found)
    found[0].choose("shape", ".glb")
    return found[0]


def strongest(window: MainWindow) -> int:
    """The slot without which most voxels change, of those that are read."""
    voxels = window.reconstruct.influence.voxels
    return max(voxels, key=lambda slot: voxels[slot])


def half_covered(pixels: NDArray[np.uint8]) -> Stroke:
    """A stroke of Cover over the left half of the object in (H, W, 4) pixels, from top to bottom."""
    rows, columns = np.nonzero(pixels[..., 3] > 0)
    left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
    radius = max(1.0, (right - left) / 4)
    x = float(left + radius)
    return Stroke("cover", ((x, float(top - radius)), (x, float(bottom + radius))), radius)


def _find(window: MainWindow, found: list[ExportDialog]) -> bool:
    found += [one for one in window.findChildren(QDialog) if isinstance(one, ExportDialog) and one.isVisible()]
    return bool(found)


def _show_prior(window: MainWindow, row: int) -> None:
    answer = window.reconstruct.session.answer
    if answer is not None and answer.reconstruction is not None and answer.reconstruction.priors:
        window.reconstruct.session.select(answer.reconstruction.priors[row].slot)


def _photo(file: Path) -> Path:
    """A picture with a background: a sample before a wall and a floor."""
    sofa = next((path for path in sample_images() if path.stem.startswith("sofa")), sample_images()[0])
    pixels = load_picture(sofa).pixels
    height, width = pixels.shape[:2]
    across = np.linspace(0, 1, width)[None, :, None]
    room = np.where(np.arange(height)[:, None, None] < 0.62 * height, (226, 219, 203), (160, 132, 104)) - 26 * across
    alpha = pixels[..., 3:] / 255
    mixed = alpha * pixels[..., :3] + (1 - alpha) * room
    Image.fromarray(mixed.round().astype(np.uint8)).resize((4 * width, 4 * height), Image.Resampling.BICUBIC).save(file)
    return file
