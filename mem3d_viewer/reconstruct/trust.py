"""The line under the 3D view that says how far its shape is to be trusted."""

from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.trust import MARGIN, doubts, undecided_share
from mem3d_viewer.reconstruct.session import Session


class TrustLine(QWidget):
    """How much of the shape is undecided, and what should make one doubt; follows the session by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.undecided, self.doubts = QLabel(), QLabel()
        self.undecided.setProperty("kind", "muted")
        self.undecided.setAccessibleName("Undecided share of the shape")
        self.undecided.setToolTip(
            f"Of the voxels in the shape or within {MARGIN:g} below the threshold, the share whose occupancy is within "
            f"{MARGIN:g} of it: a slightly different threshold would decide them otherwise. 0 % is a firm answer."
        )
        self.doubts.setProperty("kind", "note")
        self.doubts.setAccessibleName("Reasons to doubt the result")
        for label in (self.undecided, self.doubts):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.undecided)
        layout.addWidget(self.doubts)
        session.answer_changed.connect(self._show)
        session.display_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        answer, threshold = self._session.answer, self._session.display.threshold
        result = None if answer is None else answer.reconstruction
        found: tuple[str, ...] = ()
        if result is None:
            self.undecided.clear()
        else:
            share = undecided_share(result.occupancy, threshold)
            self.undecided.setText(f"Undecided: {share:.0%} of the shape is within {MARGIN:g} of the threshold")
            found = doubts(result, threshold)
        self.doubts.setText("\n".join(found))
        self.doubts.setVisible(bool(found))
