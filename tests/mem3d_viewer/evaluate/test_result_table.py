import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.evaluation.tables import Column, Row, Table
from mem3d_viewer.evaluate.result_table import ResultTable

pytestmark = pytest.mark.gui

TABLE = Table(
    "Categories", "category",
    (Column("IoU", "measured here: x"), Column("Mem3D", "published: paper", published=True)),
    (
        Row("lamp", 4, (0.25, 0.5)),
        Row("chair", 2, (0.75, None)),
        Row("boat", 3, (0.5, 0.7)),
        Row("mean", 9, (0.5, 0.6), "average"),
    ),
)  # fmt: skip


@pytest.fixture
def table(qtbot):
    widget = ResultTable("Figures")
    qtbot.addWidget(widget)
    widget.figures.set_colours("#777777", "#eeeeee", "#dddddd")
    widget.show_table(TABLE)
    return widget


def column(table, section):
    model = table.figures
    return [model.index(row, section).data() for row in range(model.rowCount())]


def test_cells_and_headings(table):
    assert column(table, 0) == ["lamp", "chair", "boat", "mean"]
    assert column(table, 1) == ["4", "2", "3", "9"]
    assert column(table, 2) == ["0.250", "0.750", "0.500", "0.500"]
    assert column(table, 3) == ["0.500", "", "0.700", "0.600"]
    heads = [table.figures.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert heads == ["category", "n", "IoU\nmeasured", "Mem3D\npublished"]


def test_published_figures_look_different_and_name_their_source(table):
    measured, published = table.figures.index(0, 2), table.figures.index(0, 3)
    assert published.data(Qt.ItemDataRole.FontRole).italic()
    assert not measured.data(Qt.ItemDataRole.FontRole).italic()
    assert published.data(Qt.ItemDataRole.BackgroundRole).color().name() == "#eeeeee"
    assert measured.data(Qt.ItemDataRole.BackgroundRole) is None
    assert published.data(Qt.ItemDataRole.ToolTipRole) == "published: paper"
    assert measured.data(Qt.ItemDataRole.ToolTipRole) == "measured here: x"


def test_sorting_keeps_averages_below_and_gaps_at_the_end(table):
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert column(table, 0) == ["chair", "boat", "lamp", "mean"]
    table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert column(table, 0) == ["boat", "lamp", "chair", "mean"]
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["lamp", "boat", "chair", "mean"]
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["boat", "chair", "lamp", "mean"]
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert column(table, 0) == ["lamp", "chair", "boat", "mean"]


def test_the_order_stays_with_another_table(table):
    table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    table.show_table(TABLE)
    assert column(table, 0) == ["lamp", "boat", "chair", "mean"]


def test_copying_takes_everything(table, qtbot):
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "category\tn\tIoU measured\tMem3D published"
    assert lines[2] == "chair\t2\t0.750\t"
    assert len(lines) == 5


def test_without_counts_or_published_figures(table):
    table.show_table(Table("t", "t", (Column("IoU", "here"),), (Row("0.3", None, (0.5,)),)))
    assert table.figures.columnCount() == 2
    assert table.figures.headerData(1, Qt.Orientation.Horizontal) == "IoU"
