"""The panels about the memory and a real network: what is done to rows is read, decoded, and can be undone."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtTest import QTest
from viewer_support import ABOVE_BETA, MAX_PRIORS, SLOTS

from core.prior_edits import NO_EDITS, PriorEdits
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.priors.controller import PriorsController
from mem3d_viewer.reconstruct.priors.influence import InfluenceController
from mem3d_viewer.reconstruct.priors.panel import PriorsPanel, SimilarityPanel


@pytest.fixture
def page(session, controller, lane, actions, host, qtbot):
    """The two panels under their controllers."""
    page = SimpleNamespace(session=session, similarity=SimilarityPanel(), panel=PriorsPanel())
    for widget in (page.similarity, page.panel):
        qtbot.addWidget(widget)
    page.history = EditHistory(session, actions, host)
    page.influence = InfluenceController(session, controller, lane, host)
    page.controller = PriorsController(
        session, controller, page.history, page.influence, actions, page.similarity, page.panel, host
    )

    def rest(influence=False):
        while controller.working or (influence and page.influence.working):
            QTest.qWait(5)

    page.rest, page.rows = rest, page.panel.list
    session.answer_changed.emit()
    yield page
    page.influence.stop()


def slots(page):
    return [prior.slot for prior in page.rows.model.priors]


def read(page):
    return [prior.slot for prior in page.session.answer.reconstruction.read]


def test_mute_pin_and_undo(page, session, monkeypatch):
    monkeypatch.setattr(type(session.answer.model), "encode", lambda *_: pytest.fail("encoded again"))
    before, ranked = session.answer.reconstruction.occupancy, slots(page)
    page.rows.muted.emit(ranked[0], True)
    page.rest()
    assert read(page) == ranked[1 : MAX_PRIORS + 1]
    assert slots(page) == ranked  # it stays in its place
    page.rows.pinned.emit(ranked[-1], True)
    page.rest()
    assert read(page) == [*ranked[1:MAX_PRIORS], ranked[-1]]
    page.history.undo()
    page.history.undo()
    page.rest()
    assert session.request.edits == NO_EDITS
    np.testing.assert_array_equal(session.answer.reconstruction.occupancy, before)
    page.history.redo()
    page.rest()
    assert read(page) == ranked[1 : MAX_PRIORS + 1]


def test_a_moved_row_is_read_there_and_a_choice_of_order_ends_that(page):
    ranked = slots(page)
    page.rows.moved.emit(ranked[MAX_PRIORS + 2], 1)
    page.rest()
    moved = ranked[MAX_PRIORS + 2]
    expected = [ranked[0], moved, *(slot for slot in ranked[1:] if slot != moved)]
    assert slots(page) == expected
    assert read(page) == expected[:MAX_PRIORS]
    assert page.panel.order.currentText() == "By hand"
    page.rows.moved.emit(moved, 0)
    page.rest()
    assert slots(page)[:2] == [moved, ranked[0]]
    page.panel.order.activated.emit(1)
    page.rest()
    assert read(page) == ranked[:MAX_PRIORS][::-1]
    assert page.panel.order.currentText() == "Least similar"
    page.panel.order.activated.emit(0)
    page.rest()
    assert read(page) == ranked[:MAX_PRIORS]
    assert not page.panel.restore.isEnabled()


def test_the_limit(page):
    ranked = slots(page)
    assert page.similarity.limit.value() == MAX_PRIORS
    assert page.similarity.of.text() == f"of {ABOVE_BETA} above β"
    page.similarity.limit.setValue(2)
    page.rest()
    assert read(page) == ranked[:2]
    assert f"2 of {ABOVE_BETA} above β are read" in page.panel.summary.text()
    assert f"{SLOTS} slots in all" in page.panel.summary.text()
    page.similarity.limit.setValue(0)
    page.rest()
    assert read(page) == []
    assert "No prior is read" in page.panel.effect.text()
    page.panel.restore.click()
    page.rest()
    assert page.similarity.limit.value() == MAX_PRIORS
    assert read(page) == ranked[:MAX_PRIORS]


def test_beside_only_on_choice_or_where_it_is_pinned_to_the_keyboard(page, session):
    ranked = slots(page)
    page.rows.view.setCurrentIndex(page.rows.model.index(1))
    assert session.selected is None
    page.rows.chosen.emit(ranked[1])
    assert session.selected.slot == ranked[1]
    page.panel.beside.setChecked(True)
    page.rows.view.setCurrentIndex(page.rows.model.index(3))
    assert session.selected.slot == ranked[3]


def test_memory_off_greys_what_has_no_effect(page, actions):
    actions["use_memory"].trigger()
    page.rest()
    assert not page.similarity.beta.isEnabled()
    assert not page.similarity.limit.isEnabled()
    assert not page.panel.order.isEnabled()
    assert not page.similarity.plot.beta_line.movable
    assert "switched off" in page.rows.message.text()
    actions["use_memory"].trigger()
    page.rest()
    assert page.similarity.beta.isEnabled()
    assert page.similarity.plot.beta_line.movable


def test_influence_is_the_voxels_that_change_when_a_prior_is_muted(page, session):
    page.rest(influence=True)
    answer = session.answer
    session.set_display(threshold=float(np.median(answer.reconstruction.occupancy)))
    first = read(page)[0]
    without = answer.model.decode(answer.encoded, edits=PriorEdits(muted=frozenset({first})))
    assert [prior.slot for prior in without.read][: MAX_PRIORS - 1] == read(page)[1:]
    assert len(without.read) == MAX_PRIORS  # the next one is read in its place
    threshold = session.display.threshold
    expected = int(((without.occupancy > threshold) != (answer.reconstruction.occupancy > threshold)).sum())
    assert page.influence.voxels[first] == expected
    assert set(page.influence.voxels) == set(read(page))
    alone = answer.model.decode(answer.encoded, use_memory=False)
    expected = int(((alone.occupancy > threshold) != (answer.reconstruction.occupancy > threshold)).sum())
    assert page.influence.voxels_of_all == expected
    words = page.rows.model.index(0).data()
    assert ("no influence" in words) == (page.influence.voxels[first] == 0)


def test_where_reading_changes_nothing_that_is_said(page, session):
    page.rest(influence=True)
    session.set_display(threshold=1.0)  # no voxel with them, and none without
    assert "Reading them changes nothing" in page.panel.effect.text()
    assert set(page.influence.voxels.values()) == {0}


def test_influence_of_an_older_answer_is_not_shown(page, session, controller):
    page.rest(influence=True)
    assert page.influence.voxels
    controller.set_beta(0.9)
    page.rest()
    assert page.influence.voxels == {}
    page.rest(influence=True)
    assert set(page.influence.voxels) == set(read(page))
