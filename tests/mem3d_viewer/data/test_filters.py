import pytest

from core.data.dataset import ObjectRecord
from mem3d_viewer.data.filters import ObjectFilters

RECORDS = [
    ObjectRecord("chair/Windsor", "chair", "train", 24),
    ObjectRecord("chair/Panton", "chair", "test", 24),
    ObjectRecord("table/windy", "table", "train", 24),
]


@pytest.fixture
def filters(qtbot):
    filters = ObjectFilters()
    qtbot.addWidget(filters)
    qtbot.addWidget(filters.categories)
    filters.show_categories(RECORDS)
    return filters


def passing(filters):
    return [place for place, record in filters.passing(RECORDS) if record is RECORDS[place]]


def test_all_pass_at_first_and_the_categories_are_counted(filters):
    rows = range(filters.categories.count())
    assert [filters.categories.item(row).text() for row in rows] == ["All categories  (3)", "chair  (2)", "table  (1)"]
    assert passing(filters) == [0, 1, 2]


def test_every_filter_says_that_it_changed_and_all_hold_together(filters):
    changes = []
    filters.changed.connect(lambda: changes.append(passing(filters)))
    filters.search.setText(" WIND ")
    filters.split.setCurrentText("train")
    filters.categories.setCurrentRow(2)
    filters.search.clear()
    filters.split.setCurrentText("test")
    assert changes == [[0, 2], [0, 2], [2], [2], []]


def test_other_categories_are_offered_without_a_word(filters):
    changes = []
    filters.changed.connect(lambda: changes.append(1))
    filters.categories.setCurrentRow(1)
    filters.show_categories(RECORDS[2:])
    assert changes == [1]
    assert filters.categories.currentRow() == 0
