"""Beta, the list of shape priors, the histogram and the memory switch."""

import json
import shlex

import numpy as np
import pytest
import viewer_support
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from viewer_support import ABOVE_BETA, BETA, MAX_PRIORS, SIMILARITIES, SLOTS

from core.cli import main
from core.prior_edits import NO_EDITS, PriorEdits

pytestmark = pytest.mark.gui

SHIFT = Qt.KeyboardModifier.ShiftModifier


def rows(window):
    model = window.reconstruct.priors.list.model
    return [model.index(row).data(Qt.ItemDataRole.UserRole) for row in range(model.rowCount())]


def test_every_slot_above_beta_is_listed_most_similar_first(window):
    shown = rows(window)
    assert len(shown) == ABOVE_BETA
    np.testing.assert_allclose([prior.similarity for prior in shown], SIMILARITIES[:ABOVE_BETA], atol=1e-5)
    assert [prior.given_to_lstm for prior in shown] == [True] * MAX_PRIORS + [False] * (ABOVE_BETA - MAX_PRIORS)
    words = window.reconstruct.priors.summary.text()
    assert words == f"{MAX_PRIORS} of {ABOVE_BETA} above β are read · {SLOTS} slots in all"


def test_a_row_tells_similarity_category_age_source_and_whether_the_lstm_reads_it(window):
    prior = rows(window)[0]
    words = window.reconstruct.priors.list.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    for part in (f"{prior.similarity:.3f}", prior.category, f"age {prior.age}", prior.object_id, "given to the LSTM"):
        assert part in words
    assert "not given" in window.reconstruct.priors.list.model.index(MAX_PRIORS).data(
        Qt.ItemDataRole.AccessibleTextRole
    )


def test_beta_reads_and_decodes_again_without_encoding(window, wait_idle, monkeypatch):
    encoded = []
    monkeypatch.setattr(type(window.reconstruct.session.answer.model), "encode", lambda *args: encoded.append(args))
    before = window.reconstruct.session.answer
    window.reconstruct.similarity.beta.changed.emit(0.8)
    wait_idle(window)
    after = window.reconstruct.session.answer
    assert encoded == []
    assert after.encoded is before.encoded
    assert len(rows(window)) == int((SIMILARITIES > 0.8).sum())
    assert window.reconstruct.similarity.beta.value == pytest.approx(0.8)
    assert window.reconstruct.similarity.plot.beta == pytest.approx(0.8)
    assert "0.80" in window.status.beta.text()


def test_a_dragged_beta_ends_at_the_last_value(window, wait_idle):
    for value in np.linspace(0.3, 0.9, 25):
        window.reconstruct.similarity.beta.changed.emit(round(float(value), 2))
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.9)
    assert len(rows(window)) == int((SIMILARITIES > 0.9).sum())


def test_of_many_betas_in_a_row_only_the_latest_waits(window, wait_idle):
    answers = []
    window.reconstruct.session.answer_changed.connect(lambda: answers.append(window.reconstruct.session.answer.beta))
    for value in range(40, 90):
        window.reconstruct.similarity.beta.changed.emit(value / 100)
    wait_idle(window)
    assert len(answers) <= 3
    assert answers[-1] == pytest.approx(0.89)


def test_no_prior_above_beta_is_said_plainly(window, wait_idle):
    window.reconstruct.similarity.beta.changed.emit(1.0)
    wait_idle(window)
    assert window.reconstruct.priors.list.message.isVisible()
    assert "No prior above beta (1.00)" in window.reconstruct.priors.list.message.text()
    assert "0.970" in window.reconstruct.priors.list.message.text()
    assert window.reconstruct.session.answer.reconstruction.above_beta == 0


def test_the_beta_line_of_the_histogram_can_be_dragged(window, wait_idle):
    window.reconstruct.similarity.plot.beta_line.setValue(0.7)  # what dragging it does
    wait_idle(window)
    assert window.reconstruct.similarity.beta.value == pytest.approx(0.7)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.7)


def test_the_histogram_counts_every_occupied_slot(window):
    bars = window.reconstruct.similarity.plot.bars.opts
    low, high = np.asarray(bars["y0"]), np.asarray(bars["y0"]) + np.asarray(bars["height"])
    assert round(float(np.sum(10**high - 10**low))) == SLOTS


def test_memory_off_and_on(window, wait_idle):
    camera = window.reconstruct.view.scene.camera.position
    window.reconstruct.session.select(rows(window)[0].slot)
    occupancy = window.reconstruct.session.answer.reconstruction.occupancy
    window.actions_["use_memory"].trigger()
    wait_idle(window)
    off = window.reconstruct.session.answer.reconstruction
    assert not off.memory_used
    assert not np.array_equal(off.occupancy, occupancy)
    assert "switched off" in window.reconstruct.priors.list.message.text()
    assert window.reconstruct.session.selected is None
    assert window.status.beta.text() == "memory off"
    assert window.reconstruct.view.scene.camera.position == camera
    window.actions_["use_memory"].trigger()
    wait_idle(window)
    np.testing.assert_array_equal(window.reconstruct.session.answer.reconstruction.occupancy, occupancy)
    assert len(rows(window)) == ABOVE_BETA


def test_selecting_a_prior_shows_it_beside_the_reconstruction_under_one_camera(window):
    scene = window.reconstruct.view.scene
    first, second = window.reconstruct.view.canvas.renderers
    assert not second.GetDraw()
    QTest.mouseClick(
        window.reconstruct.priors.list.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=window.reconstruct.priors.list.view.visualRect(window.reconstruct.priors.list.model.index(1)).center(),
    )
    assert window.reconstruct.session.selected is rows(window)[1]
    assert second.GetDraw()
    assert first.GetViewport() == (0, 0, 0.5, 1)
    assert second.GetViewport() == (0.5, 0, 1, 1)
    assert first.GetActiveCamera() is second.GetActiveCamera() is scene.camera
    assert rows(window)[1].category in window.reconstruct.view.beside_label.text()


def test_by_keyboard(window, focus):
    view = window.reconstruct.priors.list.view
    focus(view)
    view.setCurrentIndex(view.model().index(0))
    assert window.reconstruct.session.selected is None  # going through the list shows nothing yet
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert window.reconstruct.session.selected is None
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert window.reconstruct.session.selected is rows(window)[1]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert window.reconstruct.session.selected is None
    assert not window.reconstruct.view.canvas.renderers[1].GetDraw()


def test_mute_with_the_space_bar_and_take_it_back(window, focus, wait_idle):
    page = window.reconstruct
    before = page.session.answer.reconstruction
    focus(page.priors.list.view)
    page.priors.list.view.setCurrentIndex(page.priors.list.model.index(0))
    QTest.keyClick(page.priors.list.view, Qt.Key.Key_Space)
    wait_idle(window)
    assert rows(window)[0].muted
    assert not rows(window)[0].given_to_lstm
    assert rows(window)[MAX_PRIORS].given_to_lstm
    assert page.view.kinds.isVisible()  # what came and went
    assert "voxel" in page.view.reconstruction_label.text()
    QTest.keyClick(page.priors.list.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_idle(window)
    np.testing.assert_array_equal(page.session.answer.reconstruction.occupancy, before.occupancy)
    assert not rows(window)[0].muted
    QTest.keyClick(page.priors.list.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | SHIFT)
    wait_idle(window)
    assert rows(window)[0].muted


def test_another_picture_starts_without_edits(window, wait_idle, picture, tmp_path):
    window.reconstruct.priors.list.muted.emit(rows(window)[0].slot, True)
    wait_idle(window)
    window.reconstruct.controller.open_picture(viewer_support.make_picture(tmp_path / "other.png"))
    wait_idle(window)
    assert window.reconstruct.session.request.edits == NO_EDITS
    assert not window.actions_["undo"].isEnabled()


def test_the_copied_command_gives_the_same_priors(window, wait_idle, capsys):
    shown = rows(window)
    window.reconstruct.history.edit_priors(
        PriorEdits(muted=frozenset({shown[1].slot}), pinned=frozenset({shown[-1].slot}), limit=3)
    )
    wait_idle(window)
    words = shlex.split(window.reconstruct.export.command())
    assert main([*words[1 : words.index("--output")], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)[0]
    expected = [prior.slot for prior in window.reconstruct.session.answer.reconstruction.read]
    assert [prior["slot"] for prior in told["priors"]] == expected == [shown[0].slot, shown[2].slot, shown[-1].slot]


def test_the_selected_slot_stays_selected_while_it_is_above_beta(window, wait_idle):
    slot = rows(window)[2].slot
    window.reconstruct.session.select(slot)
    window.reconstruct.similarity.beta.changed.emit(0.8)
    wait_idle(window)
    assert window.reconstruct.session.selected.slot == slot
    assert window.reconstruct.priors.list.view.currentIndex().row() == 2
    window.reconstruct.similarity.beta.changed.emit(0.96)
    wait_idle(window)
    assert window.reconstruct.session.selected is None


def test_the_model_decides_where_beta_starts(window):
    assert window.reconstruct.session.request.beta is None
    assert window.reconstruct.similarity.beta.value == pytest.approx(BETA)
