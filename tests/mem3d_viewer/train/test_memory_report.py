import pytest

from core.training.events import MemoryReported
from mem3d_viewer.base.theme import DARK, LIGHT
from mem3d_viewer.train.memory_report import MemoryReport

pytestmark = pytest.mark.gui


def report(step, categories, overwritten=(), total=None, slots=100):
    lost = len(overwritten) if total is None else total
    return MemoryReported(step, slots, sum(categories.values()), categories, list(overwritten), lost)


REPORTS = [
    report(0, {}),
    report(50, {"stool": 4, "table": 6, "chair": 15}),
    report(100, {"table": 30, "chair": 10}, [(3, "chair chair/7", "table table/9")]),
    report(150, {"table": 99, "chair": 1}, [(8, "chair c/1", "table t/2"), (9, "chair c/3", "table t/4")], total=500),
]


@pytest.fixture
def memory(qtbot):
    widget = MemoryReport()
    qtbot.addWidget(widget)
    widget.resize(800, 600)
    widget.set_theme(LIGHT)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def rows(table):
    def text(row, column):
        return table.item(row, column).text()

    return [[text(row, column) for column in range(table.columnCount())] for row in range(table.rowCount())]


def test_without_a_report_words_say_so(memory):
    assert memory.message.isVisible()
    memory.set_reports([])
    assert memory.message.isVisible()
    assert "validation" in memory.message.text()


def test_the_newest_step_is_shown(memory):
    memory.set_reports(REPORTS)
    assert not memory.message.isVisible()
    assert memory.summary.text() == "Step 150: 100 of 100 slots in use (100%) · 2 categories"
    assert rows(memory.overwritten) == [["8", "chair c/1", "table t/2"], ["9", "chair c/3", "table t/4"]]
    assert memory.overwritten_words.text() == "500 slots hold another shape than at the report before; 2 of them:"


def test_another_step_is_chosen(memory):
    memory.set_reports(REPORTS)
    memory.bar.set_step(50)
    assert memory.summary.text() == "Step 50: 25 of 100 slots in use (25%) · 3 categories"
    assert memory.plot.marked == 50
    assert rows(memory.categories) == [
        ["", "stool", "4", "16.0%"],
        ["", "table", "6", "24.0%"],
        ["", "chair", "15", "60.0%"],
    ]
    assert memory.overwritten_words.text() == "No slot was overwritten since the report before."
    assert not memory.overwritten.isVisible()
    memory.plot.chosen.emit(100)
    assert memory.bar.step == 100
    assert memory.overwritten_words.text() == "1 slot holds another shape than at the report before:"


def test_an_empty_memory_has_no_shares(memory):
    memory.set_reports(REPORTS[:1])
    assert memory.summary.text() == "Step 0: 0 of 100 slots in use (0%) · 0 categories"
    assert rows(memory.categories) == []


def test_new_reports_keep_the_chosen_step(memory):
    memory.set_reports(REPORTS[:-1])
    memory.bar.set_step(50)
    memory.set_reports(REPORTS)
    assert memory.bar.step == 50
    memory.bar.follow.click()
    assert memory.summary.text().startswith("Step 150:")


def test_a_run_that_went_on_from_a_checkpoint_shows_what_it_is_now(memory):
    memory.set_reports([*REPORTS[:-1], report(150, {"lamp": 7})])
    assert memory.summary.text() == "Step 150: 7 of 100 slots in use (7%) · 1 category"
    memory.set_reports(REPORTS[:-1])
    assert memory.summary.text().startswith("Step 100:")


def test_the_table_is_the_legend_in_both_themes(memory):
    memory.set_reports(REPORTS)
    for theme in (LIGHT, DARK):
        memory.set_theme(theme)
        legend = [memory.categories.item(row, 0).background().color().name() for row in range(3)]
        drawn = [item.opts["fillBrush"] for item in memory.plot.drawn]
        assert legend == drawn
        assert len(set(legend)) == 3


def test_another_run_is_shown_from_its_newest_step(memory):
    memory.set_reports(REPORTS)
    memory.bar.set_step(0)
    memory.set_reports([])
    assert memory.message.isVisible()
    memory.set_reports(REPORTS[:2])
    assert memory.bar.step == 50
