"""What an evaluation measured, as tables, plots and samples."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from core.data.categories import CATEGORIES
from core.evaluation.published import METHODS
from core.evaluation.result import THRESHOLDS, Averages, Condition, EvaluationResult, SampleName
from core.evaluation.tables import (
    category_table,
    description,
    occlusion_table,
    published_means,
    retrieval_table,
    threshold_table,
)
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.evaluate.controller import Example
from mem3d_viewer.evaluate.result_table import ResultTable
from mem3d_viewer.evaluate.sample_gallery import Card, SampleGallery
from mem3d_viewer.evaluate.score_plot import ScorePlot, Series

_SHOWN = 24
_ORDERS = ("Worst", "Best", "Memory helps most", "Memory harms most")
_USE = {True: "with memory", False: "without memory"}
_PUBLISHED = METHODS[0]


class EvaluationReport(QWidget):
    """Tabs over one result, with the threshold and the occlusion they show."""

    examples_wanted = Signal(object, object, float)
    """Samples (a tuple of ``SampleName``), the condition and the threshold to reconstruct them under."""
    opened = Signal(object)
    """The ``Example`` to be opened in the viewer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: EvaluationResult | None = None
        self._theme: Theme | None = None
        self.examples: tuple[Example, ...] = ()
        """The samples shown, reconstructed again."""
        self._places: dict[SampleName, int] = {}
        self._wanted: tuple[tuple[SampleName, ...], Condition, float] | None = None
        self.heading = QLabel()
        self.heading.setProperty("kind", "heading")
        self.heading.setWordWrap(True)
        self.threshold, self.occlusion = QComboBox(), QComboBox()
        self.threshold.setToolTip("Occupancy from which on a voxel counts, of those that were measured")
        self.occlusion.setToolTip("How much of the object's box was covered, of what was measured")
        self.published = QCheckBox("&Published figures")
        self.published.setToolTip("Show published figures of R2N2's categories beside the measured ones")
        self.categories, self.category_plot = ResultTable("Figures per category"), ScorePlot("IoU per category")
        self.occlusions, self.occlusion_plot = ResultTable("Figures per occlusion"), ScorePlot("IoU against occlusion")
        self.thresholds, self.threshold_plot = (
            ResultTable("Figures per threshold"), ScorePlot("IoU against threshold", "IoU on validation"),
        )  # fmt: skip
        self.retrieval, self.means = ResultTable("Retrieval"), ResultTable("Published means")
        self.order, self.memory, self.category = QComboBox(), QComboBox(), QComboBox()
        self.order.setToolTip("Which samples are shown: by their IoU, or by what the memory changes")
        self.memory.setToolTip("Whether the samples are those with or without the memory")
        self.category.setToolTip("Samples of which category")
        self.gallery = SampleGallery()
        self.notes = QLabel()
        self.notes.setProperty("kind", "muted")
        self.notes.setWordWrap(True)
        self._lay_out()
        for box in (self.threshold, self.occlusion, self.order, self.memory, self.category):
            box.currentIndexChanged.connect(self._show)
        self.published.toggled.connect(self._show)
        self.tabs.currentChanged.connect(self._show_tab)
        self._undrawn: dict[ScorePlot, Callable[[], None]] = {}
        self.gallery.opened.connect(lambda number: self.opened.emit(self.examples[number]))

    def _lay_out(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.addTab(_split(self.categories, self.category_plot), "Categories")
        self.tabs.addTab(_split(self.occlusion_plot, self.occlusions), "Occlusion")
        self.tabs.addTab(_split(self.threshold_plot, self.thresholds), "Thresholds")
        self.tabs.addTab(_split(self.retrieval, self.means), "Retrieval and Published")
        self._samples = QWidget()
        chooser = QHBoxLayout()
        for words, box in (("&Show", self.order), ("&Reconstructed", self.memory), ("&Of", self.category)):
            label = QLabel(words)
            label.setBuddy(box)
            chooser.addWidget(label)
            chooser.addWidget(box)
        chooser.addStretch(1)
        legend = QLabel("picture · reconstruction · ground truth")
        legend.setProperty("kind", "muted")
        chooser.addWidget(legend)
        column = QVBoxLayout(self._samples)
        column.setContentsMargins(6, 6, 6, 6)
        column.addLayout(chooser)
        column.addWidget(self.gallery, 1)
        self.tabs.addTab(self._samples, "Samples")
        row = QHBoxLayout()
        for words, box in (("t&hreshold", self.threshold), ("o&ccluded", self.occlusion)):
            label = QLabel(words)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        row.addWidget(self.published)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.heading)
        layout.addLayout(row)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.notes)

    @property
    def result(self) -> EvaluationResult | None:
        """What is shown."""
        return self._result

    def show_result(self, result: EvaluationResult) -> None:
        """Show another result."""
        self._result, settings = result, result.settings
        self._wanted, self.examples = None, ()
        self.gallery.show_message("")
        date = result.date[:16].replace("T", " ")
        self.heading.setText(f"{description(result)} · measured {date} UTC")
        _fill(self.threshold, [(f"{t:g}", t) for t in settings.thresholds])
        _fill(self.occlusion, [(f"{fraction:.0%}", fraction) for fraction in settings.occlusions])
        _fill(self.order, [(name, name) for name in _ORDERS[: 4 if settings.memory == "both" else 2]])
        _fill(self.memory, [(_USE[memory], memory) for memory in settings.memory_uses])
        _fill(self.category, [("all categories", ""), *((name, name) for name in result.counts)])
        self.published.setEnabled(bool(set(result.counts) & set(CATEGORIES)))
        self.occlusions.show_table(occlusion_table(result))
        self.thresholds.show_table(threshold_table(result))
        self.retrieval.show_table(retrieval_table(result))
        self.means.show_table(published_means(result))
        self._show()

    def show_examples(self, examples: Sequence[Example]) -> None:
        """Show reconstructed samples, which were asked for by ``examples_wanted``."""
        self.examples = tuple(examples)
        self.gallery.show_cards([self._card(example) for example in examples])

    def examples_failed(self) -> None:
        """They could not be reconstructed; they are asked for again when the choice changes."""
        self._wanted = None
        self.gallery.show_message("These samples cannot be shown.")

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        self._theme = theme
        for table in (self.categories, self.occlusions, self.thresholds, self.retrieval, self.means):
            table.figures.set_colours(theme.muted, theme.raised, theme.window)
        for plot in (self.category_plot, self.occlusion_plot, self.threshold_plot):
            plot.set_colours(theme.base, theme.muted, theme.scene.grid)
        self.gallery.set_colours(theme.scene.reconstruction, theme.scene.truth)
        self._show()

    def picture(self) -> QImage:
        """The plot of the tab that is shown; the one of the categories where it has none."""
        plot = self._current_plot() or self.category_plot
        self._draw(plot)
        return plot.picture()

    def _show(self) -> None:
        result, theme = self._result, self._theme
        if result is None or theme is None:
            return
        published = self.published.isChecked() and self.published.isEnabled()
        table = category_table(
            result, occlusion=self.occlusion.currentData(), threshold=self.threshold.currentData(), published=published
        )
        self.categories.show_table(table)
        self.notes.setText(" · ".join(table.notes[1:]))
        self.means.setVisible(published)
        self._undrawn = {
            self.category_plot: lambda: self._draw_categories(result, theme, published),
            self.occlusion_plot: lambda: self._draw_occlusions(result, theme),
            self.threshold_plot: lambda: self._draw_thresholds(result, theme),
        }
        self._show_tab()

    def _show_tab(self) -> None:
        """Draw and ask for what only the tab that is looked at needs."""
        if (plot := self._current_plot()) is not None:
            self._draw(plot)
        self._show_gallery()

    def _current_plot(self) -> ScorePlot | None:
        plots = {0: self.category_plot, 1: self.occlusion_plot, 2: self.threshold_plot}
        return plots.get(self.tabs.currentIndex())

    def _draw(self, plot: ScorePlot) -> None:
        """Draw a plot, unless it is as it should be."""
        if (draw := self._undrawn.pop(plot, None)) is not None:
            draw()

    def _draw_categories(self, result: EvaluationResult, theme: Theme, published: bool) -> None:
        threshold, occlusion = self.threshold.currentData(), self.occlusion.currentData()
        names, bars = list(result.counts), []
        for memory in result.settings.memory_uses:
            means = _mean_iou(result, Condition(memory, occlusion), threshold)
            bars.append(Series(_USE[memory], list(means.categories.values()), _colour(theme, memory)))
        if published and set(names) <= set(CATEGORIES):
            marks = [_PUBLISHED.iou[name] for name in names]
            bars.append(Series(f"{_PUBLISHED.name}, published", marks, theme.muted, published=True))
        self.category_plot.show_bars(names, bars)

    def _draw_occlusions(self, result: EvaluationResult, theme: Theme) -> None:
        fractions, threshold = sorted(result.settings.occlusions), self.threshold.currentData()
        curves = {
            memory: [_mean_iou(result, Condition(memory, fraction), threshold).mean for fraction in fractions]
            for memory in result.settings.memory_uses
        }
        self.occlusion_plot.show_lines(
            fractions,
            [Series(_USE[memory], curve, _colour(theme, memory)) for memory, curve in curves.items()],
            "part of the object's box that is covered",
            percent=True,
        )

    def _draw_thresholds(self, result: EvaluationResult, theme: Theme) -> None:
        curves = [
            Series(
                _USE[memory], result.validation_iou[memory].tolist(), _colour(theme, memory),
                mark=result.best_threshold(memory),
            )
            for memory in result.settings.memory_uses
            if memory in result.validation_iou
        ]  # fmt: skip
        self.threshold_plot.show_lines(THRESHOLDS, curves, "threshold t")

    def _show_gallery(self) -> None:
        """Ask for the samples, once they are looked at."""
        result = self._result
        if result is None or self.tabs.currentWidget() is not self._samples:
            return
        wanted = self._ranked(result)
        condition = Condition(self.memory.currentData(), self.occlusion.currentData())
        key = (wanted, condition, self.threshold.currentData())
        if key != self._wanted:
            self._wanted = key
            self.gallery.show_message("Reconstructing…")
            self.examples_wanted.emit(wanted, condition, self.threshold.currentData())

    def _ranked(self, result: EvaluationResult) -> tuple[SampleName, ...]:
        threshold, occlusion = self.threshold.currentData(), self.occlusion.currentData()
        name = self.order.currentText()
        if name in _ORDERS[:2]:
            values = _iou(result, Condition(self.memory.currentData(), occlusion), threshold)
        else:
            with_memory, without = (_iou(result, Condition(memory, occlusion), threshold) for memory in (True, False))
            values = with_memory - without
        values = values if name in ("Worst", "Memory harms most") else -values
        places = _lowest(values, result.places(self.category.currentData()), _SHOWN)
        self._places = {result.samples[place]: place for place in places}
        return tuple(self._places)

    def _card(self, example: Example) -> Card:
        result = self._result
        assert result is not None
        at = self._places[example.sample]
        threshold, occlusion = self.threshold.currentData(), self.occlusion.currentData()
        scores = [
            f"{_iou(result, Condition(memory, occlusion), threshold)[at]:.3f} {_USE[memory]}"
            for memory in result.settings.memory_uses
        ]
        return Card(
            example.picture, example.predicted, example.truth, "IoU " + ", ".join(scores),
            f"{example.sample.object_id} · view {example.sample.view}",
        )  # fmt: skip


def _colour(theme: Theme, memory: bool) -> str:
    """Orange is the memory, here as on every page."""
    return theme.prior if memory else theme.muted


def _mean_iou(result: EvaluationResult, condition: Condition, threshold: float) -> Averages:
    means = result.means("iou", condition, threshold)
    assert means is not None
    return means


def _iou(result: EvaluationResult, condition: Condition, threshold: float) -> NDArray[np.float32]:
    values = result.scores("iou", condition, threshold)
    assert values is not None
    return values


def _lowest(values: NDArray[np.float32], places: NDArray[np.intp], count: int) -> list[int]:
    """The ``count`` of ``places`` with the lowest values, the lowest first; of equal ones the first."""
    if len(places) > count:
        bound = np.partition(values[places], count - 1)[count - 1]
        places = places[values[places] <= bound]
    lowest: list[int] = places[np.argsort(values[places], kind="stable")][:count].tolist()
    return lowest


def _split(above: QWidget, below: QWidget) -> QSplitter:
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.addWidget(above)
    splitter.addWidget(below)
    splitter.setChildrenCollapsible(False)
    splitter.setSizes([420, 200])
    return splitter


def _fill(box: QComboBox, entries: list[tuple[str, object]]) -> None:
    """Offer these; what was chosen stays chosen where it is offered again."""
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for words, value in entries:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, next((i for i, (_, value) in enumerate(entries) if value == chosen), 0)))
