"""The two panels about the memory: beta with its histogram, and the list of shape priors with what it is read by."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from mem3d_viewer.reconstruct.priors.list import PriorList
from mem3d_viewer.reconstruct.priors.plot import SimilarityPlot
from mem3d_viewer.widgets.number_slider import NumberSlider

ORDERS = ("Most similar", "Least similar", "By hand")
"""In which order shapes are read; the last one cannot be chosen, it comes about by moving rows."""
_MOST = 100_000


class SimilarityPanel(QWidget):
    """Beta, the histogram of key similarities, and how many shapes are read."""

    def __init__(self) -> None:
        super().__init__()
        # Features come out of a ReLU, so that no key similarity is negative.
        self.beta = NumberSlider(
            "&β", "Beta", 0.0, 1.0, "Key similarity a memory slot must exceed to be called up as a shape prior"
        )
        self.plot = SimilarityPlot()
        self._legend = QLabel()
        self._legend.setProperty("kind", "muted")
        self._legend.setWordWrap(True)
        self.limit = QSpinBox()
        self.limit.setRange(0, _MOST)
        self.limit.setKeyboardTracking(False)
        self.limit.setAccessibleName("Most priors to read")
        self.limit.setToolTip("At most this many shape priors are read by the LSTM, pinned ones in any case")
        label = QLabel("Read at mo&st")
        label.setBuddy(self.limit)
        self.of = QLabel()
        self.of.setProperty("kind", "muted")
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.limit)
        row.addWidget(self.of, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addWidget(self.beta)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._legend)
        layout.addLayout(row)

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in order."""
        return [*self.beta.controls, self.limit]

    def set_colours(self, background: str, text: str, below: str, read: str, line: str) -> None:
        """Use these colours, as ``#rrggbb``."""
        self.plot.set_colours(background, text, below, read, line)
        words = ("read by the LSTM", "above β, not read", "below β")
        marks = zip(self.plot.colours, words, strict=True)
        self._legend.setText(
            " &nbsp;".join(
                f"<span style='color:{colour}'>■</span>&nbsp;{word.replace(' ', '&nbsp;')}" for colour, word in marks
            )
        )

    def show_limit(self, limit: int, above_beta: int) -> None:
        """Show how many are read at most, of how many."""
        with QSignalBlocker(self.limit):
            self.limit.setValue(limit)
        self.of.setText(f"of {above_beta:,} above β")

    def set_enabled(self, beta: bool, memory: bool) -> None:
        """Grey out what has no effect: all of it without a model, or where the memory is switched off."""
        for control in self.beta.controls:
            control.setEnabled(beta and memory)
        self.beta.setEnabled(beta and memory)
        for widget in (self.plot, self.limit, self.of, self._legend):
            widget.setEnabled(memory)
        self.plot.set_active(memory)


class PriorsPanel(QWidget):
    """The list, in words what it comes to, and in which order it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.summary, self.effect = QLabel(), QLabel()
        for label, name in ((self.summary, "How many priors are read"), (self.effect, "What reading them changes")):
            label.setProperty("kind", "muted")
            label.setWordWrap(True)
            label.setAccessibleName(name)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.order = QComboBox()
        self.order.addItems(ORDERS)
        self.order.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.order.setMinimumWidth(70)
        self.order.model().item(2).setEnabled(False)  # type: ignore[attr-defined]  # a QStandardItemModel
        self.order.setAccessibleName("Order of the priors")
        self.order.setToolTip(
            "In which order the LSTM reads the priors; drag rows, or Alt+Up and Alt+Down, for your own"
        )
        self.beside = QPushButton("Beside")
        self.beside.setCheckable(True)
        self.beside.setToolTip("Show each prior that the keyboard comes to beside the result; off: on Enter or a click")
        self.restore = QPushButton("Restore")
        self.restore.setToolTip("Read the priors as the memory gave them: nothing muted, pinned, moved or limited")
        for button in (self.beside, self.restore):
            # Narrower than the style's, so that in a narrow panel the order can be read.
            button.setFixedWidth(button.fontMetrics().horizontalAdvance(button.text()) + 16)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.order, 1)
        row.addWidget(self.beside)
        row.addWidget(self.restore)
        self.list = PriorList()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addWidget(self.summary)
        layout.addWidget(self.effect)
        layout.addLayout(row)
        layout.addWidget(self.list, 1)

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in order."""
        return [self.order, self.beside, self.restore, self.list.view]

    def show_order(self, order: int, edited: bool) -> None:
        """Show which of ``ORDERS`` is in force, and whether there is anything to restore."""
        with QSignalBlocker(self.order):
            self.order.setCurrentIndex(order)
        self.restore.setEnabled(edited)

    def set_enabled(self, on: bool) -> None:
        """Grey out the order where nothing is read."""
        self.order.setEnabled(on)
        self.beside.setEnabled(on)
