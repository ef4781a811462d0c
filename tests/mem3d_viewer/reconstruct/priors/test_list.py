import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.reconstruction_result import RetrievedShape
from mem3d_viewer.reconstruct.priors import list as prior_list
from mem3d_viewer.reconstruct.priors.list import PriorList

pytestmark = pytest.mark.gui


def make(count, given=20):
    rng = np.random.default_rng(0)
    return tuple(
        RetrievedShape(
            slot, 1 - slot / count, "chair", "boxes", f"chair/{slot}", 0, slot, slot < given,
            rng.integers(0, 256, 4096, dtype=np.uint8),
        )
        for slot in range(count)
    )  # fmt: skip


@pytest.fixture
def priors(qtbot):
    widget = PriorList()
    qtbot.addWidget(widget)
    widget.resize(320, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_thumbnails_are_made_for_visible_rows_only(priors, qtbot, monkeypatch):
    drawn = []
    original = prior_list.voxel_thumbnail
    monkeypatch.setattr(prior_list, "voxel_thumbnail", lambda *args: drawn.append(1) or original(*args))
    priors.show_priors(make(4000), None)
    qtbot.waitUntil(lambda: len(drawn) >= 6)
    priors.view.viewport().repaint()
    rows = priors.view.viewport().height() // priors.view.sizeHintForRow(0) + 2
    assert len(drawn) <= rows
    before = len(drawn)
    priors.view.viewport().repaint()
    assert len(drawn) == before


def test_rows_given_to_the_lstm_stand_out(priors, qtbot):
    priors.show_priors(make(10, given=1), None)
    priors.set_prior_colour("#ff0000")
    qtbot.wait(50)
    picture = priors.view.viewport().grab().toImage()
    height = priors.view.sizeHintForRow(0)
    bar = [picture.pixelColor(2, row * height + height // 2).name() for row in range(3)]
    assert bar[0] == "#ff0000"
    assert "#ff0000" not in bar[1:]


def test_the_user_selects_and_the_program_selects_silently(priors):
    seen = []
    priors.selected.connect(seen.append)
    priors.show_priors(make(10), 3)
    priors.select(5)
    assert seen == []
    assert priors.view.currentIndex().row() == 5
    priors.view.setCurrentIndex(priors.model.index(7))
    assert seen == [7]
    priors.select(None)
    assert not priors.view.currentIndex().isValid()
    assert seen == [7]


def test_new_rows_keep_the_scroll_position(priors, qtbot):
    priors.show_priors(make(200), None)
    priors.view.verticalScrollBar().setValue(700)
    priors.show_priors(make(180), None)
    assert priors.view.verticalScrollBar().value() == 700


def test_a_message_in_place_of_rows(priors):
    priors.show_priors(make(5), 2)
    priors.show_message("No prior above beta")
    assert priors.message.isVisible()
    assert priors.model.rowCount() == 0
    priors.show_priors(make(2), None)
    assert not priors.message.isVisible()
    words = priors.model.index(0).data(Qt.ItemDataRole.DisplayRole)
    assert "chair" in words
