"""Keeps list, histogram and beta in step with the session, and takes what the user wants of them."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from core.reconstruction_result import Reconstruction
from mem3d_viewer.actions import Actions
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.priors.list import PriorList
from mem3d_viewer.reconstruct.priors.plot import SimilarityPlot
from mem3d_viewer.reconstruct.session import Session
from mem3d_viewer.widgets.number_slider import NumberSlider


class PriorsController(QObject):
    """Shows what the memory gave; a new beta, or the memory switched off, asks for another reconstruction."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        actions: Actions,
        priors: PriorList,
        plot: SimilarityPlot,
        beta: NumberSlider,
        summary: QLabel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._priors, self._plot, self._beta, self._summary = priors, plot, beta, summary
        actions["use_memory"].triggered.connect(reconstruction.set_use_memory)
        priors.selected.connect(session.select)
        beta.changed.connect(reconstruction.set_beta)
        plot.beta_dragged.connect(reconstruction.set_beta)
        session.answer_changed.connect(self._show_answer)
        session.selection_changed.connect(self._show_selection)
        session.request_changed.connect(self._show_request)
        self._show_answer()
        self._show_request()

    def _show_answer(self) -> None:
        answer = self._session.answer
        if answer is None or answer.reconstruction is None:
            self._priors.show_message("Open a picture to see which remembered shapes it calls up.")
            self._plot.clear()
            self._summary.clear()
        else:
            self._show_priors(answer.reconstruction, answer.model.occupied_slots)
            self._plot.show_similarities(answer.reconstruction.similarities, self._session.beta or 0.0)
        self._show_request()

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

    def _show_request(self) -> None:
        """What is wanted shows at once: beta, and whether the memory is used."""
        session = self._session
        self._actions.check("use_memory", session.request.use_memory)
        self._beta.setEnabled(session.answer is not None)
        if session.beta is not None:
            self._beta.set_value(session.beta)
            self._plot.set_beta(session.beta)

    def _show_selection(self) -> None:
        prior = self._session.selected
        self._priors.select(None if prior is None else prior.slot)
