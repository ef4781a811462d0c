"""Keeps the widgets in step with the session: pictures, surfaces, priors, histogram."""

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from core.metrics import voxel_iou
from core.reconstruction_result import Reconstruction, RetrievedShape
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.reconstruct.prior_list import PriorList
from mem3d_viewer.reconstruct.session import Session
from mem3d_viewer.reconstruct.similarity_plot import SimilarityPlot
from mem3d_viewer.scene.voxel_mesh import block_surface, error_surface, smooth_surface
from mem3d_viewer.widgets.image_panel import ImagePanel
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.voxel_view import VoxelView

_NO_ALPHA = "The picture has no transparency: its background is left in, and the network sees it too."


class DisplayController(QObject):
    """Session to widgets; what the user does goes the other way, see ``main_window``."""

    def __init__(
        self,
        session: Session,
        images: ImagePanel,
        view: VoxelView,
        priors: PriorList,
        plot: SimilarityPlot,
        beta: NumberSlider,
        summary: QLabel,
        count: QLabel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._images, self._view, self._priors, self._plot = images, view, priors, plot
        self._beta, self._summary, self._count = beta, summary, count
        self._shown: Answer | None = None
        session.answer_changed.connect(self._show_answer)
        session.selection_changed.connect(self._show_selection)
        session.display_changed.connect(self._show_display)
        session.request_changed.connect(self._show_beta)
        self._show_answer()

    def _show_answer(self) -> None:
        answer = self._session.answer
        before, self._shown = self._shown, answer
        reconstruction = None if answer is None else answer.reconstruction
        if answer is None or reconstruction is None or answer.picture is None:
            self._images.clear()
            self._priors.show_message("Open a picture to see which remembered shapes it calls up.")
            self._plot.clear()
            self._summary.clear()
            self._show_beta()
            self._show_display()
            return
        if before is None or before.picture is not answer.picture or before.model is not answer.model:
            self._show_picture(answer, reconstruction)
        self._show_priors(reconstruction, answer.model.occupied_slots)
        self._plot.show_similarities(reconstruction.similarities, self._session.beta or 0.0)
        self._show_beta()
        self._show_display()
        if before is None or before.reconstruction is None:
            self._view.scene.view_isometric()
            self._view.render()

    def _show_picture(self, answer: Answer, reconstruction: Reconstruction) -> None:
        picture, source = answer.picture, answer.request.picture
        if picture is None or source is None:
            return
        height, width = picture.pixels.shape[:2]
        notes = picture.notes if picture.has_alpha or source.sample is not None else (_NO_ALPHA, *picture.notes)
        about = f"{source.name} · {width} × {height} pixels"
        self._images.show_picture(picture.pixels, reconstruction.network_input, about, notes)

    def _show_priors(self, reconstruction: Reconstruction, slots: int) -> None:
        given = sum(prior.given_to_lstm for prior in reconstruction.priors)
        selected = self._session.selected
        if reconstruction.priors:
            go = "goes" if given == 1 else "go"
            self._summary.setText(f"{reconstruction.above_beta} of {slots} slots above β · {given} {go} to the LSTM")
            self._priors.show_priors(reconstruction.priors, None if selected is None else selected.slot)
        elif not reconstruction.memory_used:
            self._summary.setText("The memory is switched off")
            self._priors.show_message(
                "The memory is switched off: this shape was decoded from the picture alone.\n\n"
                "Model > Use Memory switches it on."
            )
        elif slots == 0:
            self._summary.setText("The memory is empty")
            self._priors.show_message("The memory of this checkpoint is empty: there is no shape to call up.")
        else:
            best = float(reconstruction.similarities.max())
            self._summary.setText(f"0 of {slots} slots above β")
            self._priors.show_message(
                f"No prior above beta ({reconstruction.beta:.2f}).\n\nThis shape was decoded from the picture alone. "
                f"The most similar slot has {best:.3f}: lower beta to call it up."
            )

    def _show_beta(self) -> None:
        beta = self._session.beta
        answer = self._session.answer
        self._beta.setEnabled(answer is not None)
        if beta is not None:
            self._beta.set_value(beta)
            self._plot.set_beta(beta)

    def _show_display(self) -> None:
        display, answer = self._session.display, self._session.answer
        truth = None if answer is None else answer.truth
        colouring = "plain" if display.colouring == "errors" and truth is None else display.colouring
        self._view.scene.set_style(colouring=colouring, edges=display.edges, axes=display.axes)
        self._view.explain(colouring)
        reconstruction = None if answer is None else answer.reconstruction
        if reconstruction is not None:
            voxels = reconstruction.voxels(display.threshold)
            count = int(voxels.sum())
            self._count.setText(f"{count:,} voxels")
            words = "<b>Reconstruction</b>"
            if truth is not None:
                words += f" · IoU {float(voxel_iou(voxels, truth)):.3f}"
            if count == 0:
                words += f" · no voxel above {display.threshold:.2f}: lower the threshold"
            if colouring == "errors" and truth is not None:
                surface = error_surface(voxels, truth)
            else:
                surface = self._surface(reconstruction.occupancy, display.threshold)
            self._view.show_reconstruction(surface, words)
        self._show_selection()

    def _show_selection(self) -> None:
        """Beside the reconstruction: the selected shape prior, else the ground truth where it is known."""
        prior, answer = self._session.selected, self._session.answer
        self._priors.select(None if prior is None else prior.slot)
        if prior is not None:
            self._view.show_beside(self._surface(prior.voxels.astype("float32"), 0.5), _describe(prior), "prior")
        elif answer is not None and answer.truth is not None:
            truth = answer.truth
            words = f"<b>Ground truth</b> · {int(truth.sum()):,} voxels"
            self._view.show_beside(self._surface(truth.astype("float32"), 0.5), words, "truth")
        else:
            self._view.show_beside(None)
        self._view.render()

    def _surface(self, occupancy: NDArray[np.float32], threshold: float) -> pv.PolyData:
        make = block_surface if self._session.display.surface == "blocks" else smooth_surface
        return make(occupancy, threshold)


def _describe(prior: RetrievedShape) -> str:
    return f"<b>Shape prior</b> · {prior.category} · {prior.similarity:.3f}"
