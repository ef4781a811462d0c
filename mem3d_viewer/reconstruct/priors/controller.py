"""Keeps the panels about the memory in step with the session, and takes what the user does with priors."""

from dataclasses import replace

from PySide6.QtCore import QObject

from core.prior_edits import NO_EDITS, PriorEdits
from core.reconstruction_result import Reconstruction
from mem3d_viewer.actions import Actions
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.priors.influence import InfluenceController
from mem3d_viewer.reconstruct.priors.panel import PriorsPanel, SimilarityPanel
from mem3d_viewer.reconstruct.session import Session


class PriorsController(QObject):
    """Shows what the memory gave; what the user changes about it goes through the history, and is decoded again."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        history: EditHistory,
        influence: InfluenceController,
        actions: Actions,
        similarity: SimilarityPanel,
        panel: PriorsPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._reconstruction, self._history = session, reconstruction, history
        self._influence, self._actions = influence, actions
        self._similarity, self._panel = similarity, panel
        self._connect()
        self._show_answer()
        self._show_request()

    def _connect(self) -> None:
        session, reconstruction, rows = self._session, self._reconstruction, self._panel.list
        self._actions["use_memory"].triggered.connect(reconstruction.set_use_memory)
        self._similarity.beta.changed.connect(reconstruction.set_beta)
        self._similarity.plot.beta_dragged.connect(reconstruction.set_beta)
        self._similarity.limit.valueChanged.connect(
            lambda limit: self._edit(replace(self._edits, limit=limit), "limit")
        )
        self._panel.order.activated.connect(self._set_order)
        self._panel.beside.toggled.connect(lambda on: self._mark(rows.current.slot) if on and rows.current else None)
        self._panel.restore.clicked.connect(lambda: self._edit(NO_EDITS))
        rows.chosen.connect(session.select)
        rows.marked.connect(self._mark)
        rows.muted.connect(lambda slot, on: self._edit(self._edits.mute([slot], on)))
        rows.pinned.connect(lambda slot, on: self._edit(self._edits.pin([slot], on)))
        rows.moved.connect(self._move)
        session.answer_changed.connect(self._show_answer)
        session.selection_changed.connect(self._show_selection)
        session.request_changed.connect(self._show_request)
        self._history.changed.connect(lambda: reconstruction.set_edits(self._history.state.priors))
        self._influence.changed.connect(self._show_influence)

    # -- what the user does

    @property
    def _edits(self) -> PriorEdits:
        return self._session.request.edits

    def _edit(self, edits: PriorEdits, kind: str = "") -> None:
        self._history.edit_priors(edits, kind)

    def _set_order(self, order: int) -> None:
        self._edit(replace(self._edits, order=(), least_first=order == 1))

    def _move(self, slot: int, row: int) -> None:
        """Read ``slot`` in the place of ``row``: from now on the order down to there is the user's own."""
        listed = [prior.slot for prior in self._panel.list.model.priors]
        own = max([row, listed.index(slot), *(listed.index(other) for other in self._edits.order if other in listed)])
        listed.remove(slot)
        listed.insert(row, slot)
        self._edit(replace(self._edits, order=tuple(listed[: own + 1])))

    def _mark(self, slot: int) -> None:
        """The keyboard came to a row: it is shown beside only where the user wants that."""
        if self._panel.beside.isChecked():
            self._session.select(slot)

    # -- what is shown

    def _show_answer(self) -> None:
        answer = self._session.answer
        if answer is None or answer.reconstruction is None:
            self._panel.list.show_message("Open a picture to see which remembered shapes it calls up.")
            self._panel.summary.clear()
            self._similarity.plot.clear()
            self._similarity.of.clear()
        else:
            result = answer.reconstruction
            self._show_priors(result, answer.model.occupied_slots)
            read = [prior.similarity for prior in result.read]
            self._similarity.plot.show_similarities(result.similarities, answer.beta, read)
            above = int((result.similarities > answer.beta).sum())
            self._similarity.show_limit(result.max_priors, above)
        self._show_request()
        self._show_influence()

    def _show_priors(self, result: Reconstruction, slots: int) -> None:
        selected = self._session.selected
        if result.priors:
            read = len(result.read)
            words = f"{read} of {result.above_beta:,} above β {'is' if read == 1 else 'are'} read"
            below = sum(not prior.above_beta for prior in result.read)
            words += f", {below} of them pinned from below" if below else ""
            self._panel.summary.setText(f"{words} · {slots:,} slots in all")
            self._panel.list.show_priors(result.priors, None if selected is None else selected.slot)
        elif not result.memory_used:
            self._panel.summary.setText("The memory is switched off")
            self._panel.list.show_message(
                "The memory is switched off: this shape was decoded from the picture alone.\n\n"
                "Model > Use Memory switches it on."
            )
        elif slots == 0:
            self._panel.summary.setText("The memory is empty")
            self._panel.list.show_message("The memory of this checkpoint is empty: there is no shape to call up.")
        else:
            best = float(result.similarities.max())
            self._panel.summary.setText(f"0 of {slots:,} slots above β")
            self._panel.list.show_message(
                f"No prior above beta ({result.beta:.2f}).\n\nThis shape was decoded from the picture alone. "
                f"The most similar slot has {best:.3f}: lower beta to call it up."
            )

    def _show_request(self) -> None:
        """What is wanted shows at once: beta, the order, and whether the memory is used."""
        session = self._session
        request, known = session.request, session.answer is not None
        self._actions.check("use_memory", request.use_memory)
        self._similarity.set_enabled(known, request.use_memory)
        self._panel.set_enabled(request.use_memory)
        order = 2 if request.edits.order else int(request.edits.least_first)
        self._panel.show_order(order, request.edits != NO_EDITS)
        if session.beta is not None:
            self._similarity.beta.set_value(session.beta)
            self._similarity.plot.set_beta(session.beta)

    def _show_influence(self) -> None:
        answer = self._session.answer
        result = None if answer is None else answer.reconstruction
        of_all = self._influence.voxels_of_all
        self._panel.list.model.set_influence(self._influence.voxels)
        if result is None or not result.read:
            nothing_read = result is not None and bool(result.priors)
            self._panel.effect.setText("No prior is read: this shape was decoded from the picture alone.")
            self._panel.effect.setVisible(nothing_read)
            return
        self._panel.effect.setVisible(True)
        if of_all is None:
            self._panel.effect.setText("…")
        elif of_all == 0:
            self._panel.effect.setText("Reading them changes nothing here: without the memory the shape is the same.")
        else:
            voxels = "1 voxel differs" if of_all == 1 else f"{of_all:,} voxels differ"
            self._panel.effect.setText(f"Without any of them {voxels}.")

    def _show_selection(self) -> None:
        prior = self._session.selected
        self._panel.list.select(None if prior is None else prior.slot)
