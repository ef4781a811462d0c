"""One slot in full: its shape in 3D, what is known of it, the picture it was written from, its nearest neighbours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mem3d_viewer.base.theme import Theme
from mem3d_viewer.memory.session import MemorySession
from mem3d_viewer.memory.slot_table_model import source_words
from mem3d_viewer.scene.voxel_mesh import block_surface
from mem3d_viewer.widgets.image_panel import PixelView
from mem3d_viewer.widgets.voxel_view import VoxelView

_NEIGHBOURS = 6


class SlotDetails(QWidget):
    """Shows the session's current slot.

    Args:
        session: whose current slot it is.
        multi_samples: samples a pixel of the 3D view.
    """

    picture_wanted = Signal(int)
    """A slot whose picture is to be found; answer with ``show_picture``."""

    def __init__(self, session: MemorySession, multi_samples: int) -> None:
        super().__init__()
        self._session = session
        self.view = VoxelView(multi_samples)
        self.view.setMinimumHeight(120)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.words.setAccessibleName("The chosen slot")
        self.words.linkActivated.connect(lambda slot: session.select(frozenset((int(slot),)), int(slot)))
        self.picture = PixelView("Picture that the slot was written from")
        self.picture.setFixedSize(84, 84)
        below = QHBoxLayout()
        below.setContentsMargins(8, 2, 8, 4)
        below.setSpacing(10)
        below.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        session.selection_changed.connect(self.show_current)
        session.slots_changed.connect(self.show_current)
        session.picture_changed.connect(self._show_words)
        self.show_current()

    def show_current(self) -> None:
        """Show the current slot, or what to do to see one."""
        slots, slot = self._session.slots, self._session.current
        empty = np.zeros((32, 32, 32), np.float32)
        grid = empty if slots is None or slot is None else slots.voxels(slot).astype(np.float32)
        title = "" if slots is None or slot is None else f"slot {slot} · {slots.category(slot)}"
        self.view.show_reconstruction(block_surface(grid, 0.5), title)
        self.view.redraw()
        self.show_picture(-1, None)
        self.picture.hide()
        self._show_words()
        if slots is not None and slot is not None:
            self.picture_wanted.emit(slot)

    def show_picture(self, slot: int, pixels: NDArray[np.uint8] | None) -> None:
        """Show the picture of ``slot`` if it is still the current one; None: it is not at hand."""
        if slot == self._session.current:
            self.picture.setVisible(pixels is not None)
            self.picture.set_pixels(pixels)

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self.view.scene.set_colours(theme.scene)
        self.view.redraw()
        self._show_words()  # links keep the colour they were written in

    def _show_words(self) -> None:
        slots, slot = self._session.slots, self._session.current
        if slots is None or slot is None:
            chosen = len(self._session.selected)
            self.words.setText(f"{chosen} slots are selected." if chosen else "Choose a slot to see its shape.")
            return
        similar = self._session.similarities()
        facts = [f"age {slots.ages[slot]:,}", f"retrieved {self._session.retrieved(slot)}×"]
        if similar is not None:
            facts.append(f"similarity {similar[slot]:.3f}")
        facts.append(f"{int(np.bitwise_count(slots.packed[slot]).sum()):,} voxels")
        near = ", ".join(
            f"<a href='{other}'>{other}</a>&nbsp;{slots.category(other)}&nbsp;{value:.2f}"
            for other, value in slots.nearest(slot, _NEIGHBOURS)
        )
        chosen = len(self._session.selected)
        more = f" · {chosen} selected" if chosen > 1 else ""
        self.words.setText(
            f"<b>{slots.category(slot)}</b>, slot {slot}{more}<br>{' · '.join(facts)}<br>"
            f"{source_words(slots, slot)}<br>nearest keys: {near or 'none'}"
        )
