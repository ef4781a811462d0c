"""The memory over the course of a run: how full it was, with what, and which slots were overwritten."""

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.categories import CATEGORIES
from core.training.events import MemoryReported
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.train.step_plot import StepPlot
from mem3d_viewer.widgets.step_bar import StepBar

_NOTHING = "Nothing is known of the memory yet.\n\nWhat it holds is recorded at every validation of a training."
_HUE_STEP = 0.61803398875
"""The golden ratio keeps hues of neighbours far apart, for any number of them."""


class MemoryReport(QWidget):
    """Draws what was told about the memory: slots in use by category over the steps, details as tables."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reports: dict[int, MemoryReported] = {}
        self._categories: list[str] = []
        self._dark = False
        self.message = _words("muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setText(_NOTHING)
        self.summary = _words("heading")
        self.plot = StepPlot("slots in use", "Plot of memory slots in use by category")
        self.bar = StepBar("the memory")
        self.categories = _table(
            "Categories in the memory",
            {
                "": "Colour in the plot",
                "Category": "Category of the objects that the slots were written from",
                "Slots": "Slots that hold such an object",
                "Share": "Share of the slots in use",
            },
        )
        for column, width in ((0, 22), (2, 54), (3, 58)):
            self.categories.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.categories.setColumnWidth(column, width)
        self.overwritten = _table(
            "Overwritten slots",
            {
                "Slot": "The slot that was overwritten, the oldest one then",
                "Old object": "What it held",
                "New object": "What it holds now",
            },
        )
        self.overwritten_words = _words("muted")
        self._lay_out()
        self.bar.chosen.connect(lambda _: self._show_step())
        self.plot.chosen.connect(self.bar.set_step)

    def _lay_out(self) -> None:
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.overwritten_words)
        column.addWidget(self.overwritten, 1)
        upper = QSplitter()
        upper.addWidget(self.plot)
        upper.addWidget(self.categories)
        upper.setStretchFactor(0, 1)
        upper.setSizes([600, 260])
        upper.setChildrenCollapsible(False)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(upper)
        both.addWidget(details)
        both.setSizes([330, 210])
        both.setChildrenCollapsible(False)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.summary)
        layout.addWidget(both, 1)
        layout.addWidget(self.bar)
        self._content = content
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.message)
        self._stack.addWidget(content)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        return self.categories, self.overwritten, *self.bar.controls

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._dark = QColor(theme.base).lightness() < 128
        self.plot.set_colours(theme.base, theme.muted, theme.border, theme.accent, theme.text)
        self.bar.set_colours(theme.text, theme.border)
        if self._reports:
            self._draw()

    def set_reports(self, reports: Sequence[MemoryReported]) -> None:
        """Show the reports of one run, in order of steps.

        The newest one is shown, unless an earlier one was chosen. None: another run is to come.
        """
        self._reports = {report.step: report for report in reports}
        if not self._reports:
            self.bar.clear()
            self.plot.clear()
            self._stack.setCurrentWidget(self.message)
            return
        self.bar.set_steps(tuple(self._reports))
        self._categories = _ordered({name for report in self._reports.values() for name in report.categories})
        self._draw()
        self._stack.setCurrentWidget(self._content)

    def _draw(self) -> None:
        reports = self._reports.values()
        amounts = np.array([[report.categories.get(name, 0) for name in self._categories] for report in reports])
        colours = [self._colour(number) for number in range(len(self._categories))]
        slots = max(report.slots for report in reports)
        self.plot.show_stack(tuple(self._reports), amounts, colours, slots)
        self._show_step()

    def _show_step(self) -> None:
        step = self.bar.step
        if step is None:
            return
        self.plot.mark(step)
        report = self._reports[step]
        occupied, slots, lost = report.occupied, report.slots, report.overwritten_total
        kinds = sum(count > 0 for count in report.categories.values())
        share = occupied / slots if slots else 0.0
        self.summary.setText(
            f"Step {step:,}: {occupied:,} of {slots:,} slots in use ({share:.0%}) · "
            f"{kinds} {'category' if kinds == 1 else 'categories'}"
        )
        self._show_categories(report.categories, occupied)
        self._show_overwritten(report.overwritten, lost)

    def _show_categories(self, counts: Mapping[str, int], occupied: int) -> None:
        # The order of the areas from top to bottom, so that the table is their legend.
        names = [(number, name) for number, name in enumerate(self._categories)][::-1]
        self.categories.setRowCount(len(names))
        for row, (number, name) in enumerate(names):
            count = counts.get(name, 0)
            square = QTableWidgetItem()
            square.setBackground(QColor(self._colour(number)))
            _fill(self.categories, row, square, name, f"{count:,}", f"{count / max(occupied, 1):.1%}")

    def _show_overwritten(self, overwritten: Sequence[tuple[int, str, str]], lost: int) -> None:
        if lost == 0:
            words = "No slot was overwritten since the report before."
        else:
            words = f"{lost:,} {'slot holds' if lost == 1 else 'slots hold'} another shape than at the report before"
            words += f"; {len(overwritten):,} of them:" if len(overwritten) < lost else ":"
        self.overwritten_words.setText(words)
        self.overwritten.setVisible(bool(overwritten))
        self.overwritten.setRowCount(len(overwritten))
        for row, (slot, old, new) in enumerate(overwritten):
            _fill(self.overwritten, row, f"{slot}", old, new)

    def _colour(self, number: int) -> str:
        lightness = (0.42, 0.56) if self._dark else (0.52, 0.68)
        return QColor.fromHslF((0.6 + number * _HUE_STEP) % 1.0, 0.5, lightness[number % 2]).name()


def _ordered(names: set[str]) -> list[str]:
    """R2N2's categories in R2N2's order, then the others by name."""
    known = [name for name in CATEGORIES if name in names]
    return known + sorted(names - set(known))


def _words(kind: str) -> QLabel:
    label = QLabel()
    label.setProperty("kind", kind)
    label.setWordWrap(True)
    return label


def _table(name: str, columns: Mapping[str, str]) -> QTableWidget:
    """A table of that name; headings and their tips."""
    table = QTableWidget(0, len(columns))
    table.setAccessibleName(name)
    table.setToolTip(name)
    table.setHorizontalHeaderLabels(list(columns))
    for column, tip in enumerate(columns.values()):
        table.model().setHeaderData(column, Qt.Orientation.Horizontal, tip, Qt.ItemDataRole.ToolTipRole)
    table.verticalHeader().hide()
    for header, what in ((table.horizontalHeader(), "columns"), (table.verticalHeader(), "rows")):
        header.setAccessibleName(f"{name}: {what}")
    table.verticalHeader().setDefaultSectionSize(22)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setHighlightSections(False)
    return table


def _fill(table: QTableWidget, row: int, *cells: QTableWidgetItem | str) -> None:
    for column, cell in enumerate(cells):
        table.setItem(row, column, QTableWidgetItem(cell) if isinstance(cell, str) else cell)
