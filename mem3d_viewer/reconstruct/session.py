"""The one state of the window: what is shown and how. Controllers write it, widgets follow its signals."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from core.config import DEFAULT_THRESHOLD
from core.reconstruction_result import RetrievedShape
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.reconstruct.pipeline import Answer, Request
from mem3d_viewer.scene.voxel_scene import COLOURINGS, Colouring

Surface = Literal["blocks", "smooth"]
SURFACES: tuple[Surface, ...] = ("blocks", "smooth")
SliceAxis = Literal["", "x", "y", "z"]
SLICE_AXES: tuple[SliceAxis, ...] = ("", "x", "y", "z")
"""Across which axis a slicing plane lies; none for the empty one."""


@dataclass(frozen=True)
class Display:
    """How a reconstruction is drawn; nothing here reruns the network."""

    threshold: float = DEFAULT_THRESHOLD
    """Voxels whose occupancy exceeds it are drawn."""
    surface: Surface = "blocks"
    """Blocks, or the smooth surface at the threshold."""
    colouring: Colouring = "plain"
    """What the reconstruction's colours mean."""
    edges: bool = True
    """Whether the edges of blocks are drawn."""
    axes: bool = True
    """Whether axes and floor are drawn."""
    xray: bool = False
    """Whether voxels below the threshold shine through."""
    slice_axis: SliceAxis = ""
    """Across which axis the shapes are cut."""
    slice_layers: int = 16
    """How many layers of voxels are left of them, from the low end of the axis."""


def remembered_display(settings: Settings) -> Display:
    """The display as it was last time, kept as ``display/FIELD``."""
    return Display(
        threshold=settings.number("display/threshold", DEFAULT_THRESHOLD, 0.0, 1.0),
        surface=settings.text("display/surface", "blocks", SURFACES),  # type: ignore[arg-type]  # one of these
        colouring=settings.text("display/colouring", "plain", COLOURINGS),  # type: ignore[arg-type]  # one of these
        edges=settings.flag("display/edges", True),
        axes=settings.flag("display/axes", True),
    )


class Session(QObject):
    """What is wanted (``request``), what is shown (``answer``), and how it is drawn (``display``)."""

    request_changed = Signal()
    """Something else is wanted."""
    answer_changed = Signal()
    """Another model, picture or reconstruction."""
    selection_changed = Signal()
    """Another shape prior is selected, or none."""
    display_changed = Signal()
    """Drawn differently."""
    busy_changed = Signal()
    """Work began or ended, or reached another stage."""

    def __init__(self, request: Request, display: Display, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._display = display
        self._answer: Answer | None = None
        self._selected_slot: int | None = None
        self._busy = ""

    @property
    def request(self) -> Request:
        """What is wanted; once everything is done it is ``answer.request``."""
        return self._request

    @property
    def beta(self) -> float | None:
        """The beta that is wanted; None before a model says what its own is."""
        if self._request.beta is not None or self._answer is None:
            return self._request.beta
        return self._answer.beta

    @property
    def answer(self) -> Answer | None:
        """The model, and where a picture is open the picture and its reconstruction; None before a model is loaded."""
        return self._answer

    @property
    def display(self) -> Display:
        """How it is drawn."""
        return self._display

    @property
    def busy(self) -> str:
        """What is being done, in words; empty when nothing is."""
        return self._busy

    @property
    def selected(self) -> RetrievedShape | None:
        """The selected shape prior."""
        if self._answer is None or self._answer.reconstruction is None:
            return None
        priors = self._answer.reconstruction.priors
        return next((prior for prior in priors if prior.slot == self._selected_slot), None)

    def set_request(self, request: Request) -> None:
        """Want ``request``."""
        if request != self._request:
            self._request = request
            self.request_changed.emit()

    def set_answer(self, answer: Answer) -> None:
        """Show ``answer``; the selected slot stays selected where the same picture's priors still hold it.

        Another model brings its own threshold along; the first one only where no other was chosen last time.
        """
        before, selected = self._answer, self.selected
        another = before is not None and before.model is not answer.model
        if another or (before is None and self._display.threshold == DEFAULT_THRESHOLD):
            self.set_display(threshold=answer.model.config.model.threshold)
        if before is None or not answer.shows_the_picture_of(before) or before.model is not answer.model:
            self._selected_slot = None
        self._answer = answer
        self.answer_changed.emit()
        if (selected is None) != (self.selected is None):
            self.selection_changed.emit()

    def select(self, slot: int | None) -> None:
        """Select the shape prior in ``slot``, or none."""
        if slot != self._selected_slot:
            self._selected_slot = slot
            self.selection_changed.emit()

    def set_display(self, **changes: Any) -> None:
        """Change fields of ``display``."""
        display = replace(self._display, **changes)
        if display != self._display:
            self._display = display
            self.display_changed.emit()

    def set_busy(self, text: str) -> None:
        """Say what is being done; empty when nothing is."""
        if text != self._busy:
            self._busy = text
            self.busy_changed.emit()
