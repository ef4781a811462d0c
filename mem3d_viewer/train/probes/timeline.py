"""The probe images of a run over its steps: reconstruction beside ground truth, IoU, and what the memory gave."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from core.config import DEFAULT_THRESHOLD
from core.data.bit_packing import unpack
from core.metrics import voxel_iou
from mem3d_viewer.base.theme import LIGHT, Theme
from mem3d_viewer.scene.voxel_mesh import block_surface
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail
from mem3d_viewer.train.probes.controller import ProbesController
from mem3d_viewer.train.probes.list import ProbeList
from mem3d_viewer.train.step_plot import StepPlot
from mem3d_viewer.widgets.image_panel import PixelView
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.step_bar import StepBar
from mem3d_viewer.widgets.voxel_view import VoxelView

_NO_RUN = "Start a training, or choose a run: its probe images are shown here."
_READING = "Reading the probe images…"
_NO_PROBES = (
    "This run has no probe images yet.\n\n"
    "A few validation views are reconstructed when a training starts and at every validation."
)
_SIDE = 172


class ProbeTimeline(QWidget):
    """Scrubs through what became of a few fixed images as a run went on.

    The 3D view is made when it is first seen, and takes its place in the tab order then.

    Args:
        multi_samples: samples a pixel of the 3D view; 1 is much faster where OpenGL runs in software.
    """

    def __init__(self, multi_samples: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._multi_samples = multi_samples
        self._theme = LIGHT
        self._released = False
        self.view: VoxelView | None = None
        self.probes = ProbesController(self)
        self.message = QLabel(_NO_RUN)
        self.message.setProperty("kind", "muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.list = ProbeList()
        self.bar = StepBar("the probe images")
        self.curve = StepPlot(f"IoU, t = {DEFAULT_THRESHOLD:g}", "Plot of the probe's IoU over the steps")
        self.curve.setFixedHeight(124)
        self.threshold = NumberSlider(
            "T&hreshold", "Probe threshold", 0.0, 1.0, "Voxels whose occupancy exceeds it are drawn and compared"
        )
        self.threshold.set_value(DEFAULT_THRESHOLD)
        self.measures = QLabel()
        self.measures.setTextFormat(Qt.TextFormat.RichText)
        self.measures.setWordWrap(True)
        self.measures.setAccessibleName("The chosen step in numbers")
        self.top_slot = PixelView("Shape of the most similar memory slot")
        self.top_words = QLabel()
        self.top_words.setProperty("kind", "muted")
        self.top_words.setWordWrap(True)
        self._lay_out()
        self.list.chosen.connect(lambda _: self._show_probe())
        self.bar.chosen.connect(lambda _: self._show_step())
        self.curve.chosen.connect(self.bar.set_step)
        self.threshold.changed.connect(lambda _: self._show_step())
        self.probes.changed.connect(self._show_run)
        self.probes.frame_read.connect(lambda step: self._show_step() if step == self.bar.step else None)

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        numbers = QVBoxLayout(side)
        numbers.setContentsMargins(0, 6, 0, 0)
        for widget in (self.measures, self.top_slot, self.top_words):
            numbers.addWidget(widget)
        numbers.addStretch(1)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(8)
        self._middle.addWidget(self.list)
        self._middle.addWidget(side)
        bottom = QHBoxLayout()
        bottom.setSpacing(20)
        bottom.addWidget(self.bar, 3)
        bottom.addWidget(self.threshold, 2)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.curve)
        layout.addLayout(bottom)
        self._content = content
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.message)
        self._stack.addWidget(content)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        view = () if self.view is None else self.view.controls
        return self.list.view, *view, *self.bar.controls, *self.threshold.controls

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        self.curve.set_colours(theme.base, theme.muted, theme.border, theme.accent, theme.text)
        self.bar.set_colours(theme.text, theme.border)
        if self.view is not None:
            self.view.scene.set_colours(theme.scene)
            self.view.redraw()
        self._show_curve()
        self._show_step()

    def set_run(self, run: Path | None) -> None:
        """Show the probe images of another run, from its newest step on."""
        self.bar.clear()
        self.probes.set_run(run)

    def refresh(self) -> None:
        """Look for new steps."""
        self.probes.refresh()

    def release(self) -> None:
        """End the thread and give the graphics back."""
        self._released = True
        self.bar.stop()
        self.probes.close()
        if self.view is not None:
            self.view.release()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the 3D view, which needs a window to be in."""
        super().showEvent(event)
        if self.view is None and not self._released:
            self.view = VoxelView(self._multi_samples)
            self.view.scene.set_colours(self._theme.scene)
            self._middle.insertWidget(1, self.view, 1)
            QWidget.setTabOrder(self.list.view, self.view.controls[0])
            QWidget.setTabOrder(self.view.controls[-1], self.bar.play)
            self._show_probe()

    # -- what is shown

    def _show_run(self) -> None:
        """There are other probe images, or other steps of them."""
        probes = self.probes
        if probes.inputs is None or not probes.iou:
            waiting = _NO_RUN if probes.run is None else _READING
            self.message.setText(probes.problem or (_NO_PROBES if probes.read else waiting))
            self._stack.setCurrentWidget(self.message)
            self.bar.clear()
            return
        self._stack.setCurrentWidget(self._content)
        new = self.bar.step is None
        before = self.bar.step
        self.bar.set_steps(tuple(probes.iou))
        if new:
            names = [_caption(name) for name in probes.inputs.names]
            self.list.show_probes(probes.inputs.images, names)
            self._show_probe()
        else:
            self._show_curve()
            if self.bar.step != before:
                self._show_step()

    def _show_probe(self) -> None:
        """Another image: its truth, its curve, and the chosen step of it."""
        inputs = self.probes.inputs
        if self.view is not None and inputs is not None and self.list.current >= 0:
            truth = self._truth().astype(np.float32)
            self.view.show_beside(block_surface(truth, 0.5), "<b>Ground truth</b>", "truth")
        self._show_curve()
        self._show_step()

    def _show_curve(self) -> None:
        iou, probe = self.probes.iou, self.list.current
        if probe >= 0 and iou:
            self.curve.show_line(tuple(iou), [float(of_step[probe]) for of_step in iou.values()])
            if self.bar.step is not None:
                self.curve.mark(self.bar.step)

    def _show_step(self) -> None:
        """The chosen step of the chosen image; the camera stays."""
        step, probe = self.bar.step, self.list.current
        if step is None or probe < 0 or self.view is None:
            return
        self.curve.mark(step)
        frame = self.probes.frame(step)
        if frame is None:
            gone = step in self.probes.damaged
            self.measures.setText(f"Step {step:,} cannot be read any more." if gone else f"Reading step {step:,}…")
            return
        occupancy, threshold = frame.occupancy[probe].astype(np.float32), self.threshold.value
        voxels = occupancy > threshold
        words = f"<b>Reconstruction</b> at step {step:,}"
        if not voxels.any():
            words += f" · no voxel above {threshold:.2f}"
        self.view.show_reconstruction(block_surface(occupancy, threshold), words)
        self.view.redraw()
        iou, above = float(voxel_iou(voxels, self._truth())), int(frame.above_beta[probe])
        self.measures.setText(
            f"<b style='font-size:15pt'>IoU {iou:.3f}</b><br>at the threshold {threshold:.2f}<br><br>"
            f"<b>{above:,}</b> {'slot' if above == 1 else 'slots'} above β"
        )
        self._show_top_slot(int(frame.top_slot[probe]), float(frame.top_similarity[probe]), frame.top_value[probe])

    def _show_top_slot(self, slot: int, similarity: float, packed: NDArray[np.uint8]) -> None:
        self.top_slot.setVisible(slot >= 0)
        if slot < 0:
            self.top_words.setText("The memory was still empty.")
            return
        colour, back = QColor(self._theme.prior), QColor(self._theme.base)
        picture = voxel_thumbnail(unpack(packed), (colour.red(), colour.green(), colour.blue()))
        height, width = picture.shape[:2]
        square = np.full((max(height, width) + 24,) * 2 + (3,), (back.red(), back.green(), back.blue()), np.uint8)
        top, left = (square.shape[0] - height) // 2, (square.shape[0] - width) // 2
        part = square[top : top + height, left : left + width]
        part[:] = np.where(picture[..., 3:] > 0, picture[..., :3], part)
        self.top_slot.set_pixels(square)
        self.top_words.setText(f"Most similar: slot {slot}, key similarity {similarity:.3f}")

    def _truth(self) -> NDArray[np.bool_]:
        assert self.probes.inputs is not None
        return unpack(self.probes.inputs.truth[self.list.current])


def _caption(name: str) -> str:
    """Category, object and view of a probe for people; the category once where the object's name begins with it."""
    object_name, _, view = name.rpartition(" ")
    category, _, object_id = object_name.partition(" ")
    return f"{object_id if object_id.startswith(f'{category}/') else object_name} view {view}"
