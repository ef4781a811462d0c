"""Measuring a checkpoint through the real window: start, cancel, tables, samples, files."""

import json
from dataclasses import replace

import numpy as np
import pytest
import viewer_support
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.checkpoint import load_checkpoint, save_checkpoint
from core.evaluation.document import load_result, to_json
from mem3d_viewer.evaluate.page import EXPORTS

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return viewer_support.make_packed(tmp_path_factory.mktemp("sets") / "blocks")


@pytest.fixture
def page(window, packed):
    window.show_page("evaluate")
    form = window.evaluate.setup
    form.checkpoint.clear()
    form.dataset.set_spec(f"packed:{packed}")
    form.split.setCurrentText("test")
    form.limit.setValue(0)
    form.thresholds.setText("0.3")
    form.occlusions.setText("0")
    form.f_scores.setChecked(False)
    yield window.evaluate
    window.evaluate.report.tabs.setCurrentIndex(0)
    window.show_page("reconstruct")


def measure(page, qtbot):
    before = page.report.result
    page.start()
    assert page.controller.running
    qtbot.waitUntil(lambda: not page.controller.running, timeout=60_000)
    assert page.report.result is not before


def words(table, section):
    model = table.figures
    return [model.index(row, section).data() for row in range(model.rowCount())]


def test_the_threshold_of_the_checkpoint_in_use_is_offered_until_the_user_names_another(
    open_window, picture, checkpoint, tmp_path, wait_idle
):
    window = open_window(picture)
    wait_idle(window)
    form = window.evaluate.setup

    def use(threshold):
        kept = load_checkpoint(checkpoint)
        config = replace(kept.config, model=replace(kept.config.model, threshold=threshold))
        save_checkpoint(tmp_path / f"{threshold}.safetensors", kept.build(), config, mean_shape=kept.mean_shape)
        window.reconstruct.controller.open_checkpoint(tmp_path / f"{threshold}.safetensors")
        wait_idle(window)

    use(0.45)
    assert form.thresholds.text() == "0.45"
    assert form.request.settings.thresholds == (0.45,)
    use(0.25)
    assert form.thresholds.text() == "0.25"
    form.thresholds.setText("0.1, 0.2")
    use(0.55)
    assert form.thresholds.text() == "0.1, 0.2"


def test_the_checkpoint_in_use_is_measured_with_and_without_memory(window, page, qtbot):
    page.setup.occlusions.setText("0, 0.4")
    page.setup.thresholds.setText("0.3, 0.5")
    page.setup.f_scores.setChecked(True)
    measure(page, qtbot)
    result = page.report.result
    assert result.checkpoint == str(window.reconstruct.session.request.model.checkpoint)
    assert (len(result.samples), result.settings.occlusions) == (6, (0.0, 0.4))
    assert words(page.report.categories, 0) == ["chair", "table", "mean over views", "mean over categories"]
    assert words(page.report.occlusions, 0) == ["0%", "40%"]
    assert page.report.threshold.count() == 2
    shown = float(words(page.report.categories, 2)[2])
    assert shown == pytest.approx(result.summary()["mean_iou"], abs=0.0006)
    page.report.threshold.setCurrentIndex(1)
    assert "t = 0.5" in page.report.categories.accessibleDescription()
    page.report.threshold.setCurrentIndex(0)
    assert window.errors.dialog is None or not window.errors.dialog.isVisible()


def test_published_figures_come_on_demand(page, qtbot):
    measure(page, qtbot)
    before = page.report.categories.figures.columnCount()
    page.report.published.setChecked(True)
    assert page.report.categories.figures.columnCount() == before + 6
    assert "8770" in page.report.notes.text()
    page.report.published.setChecked(False)
    assert page.report.categories.figures.columnCount() == before


def test_samples_are_reconstructed_and_open_in_the_viewer(window, page, qtbot, wait_idle):
    measure(page, qtbot)
    report = page.report
    report.tabs.setCurrentIndex(report.tabs.count() - 1)
    qtbot.waitUntil(lambda: report.gallery.view.count() == 6, timeout=30_000)
    worst = [card.title for card in report.gallery.cards]
    assert worst == sorted(worst)
    report.category.setCurrentIndex(1)
    qtbot.waitUntil(lambda: report.gallery.view.count() == 3, timeout=30_000)
    example = report.examples[2]
    report.gallery.view.itemActivated.emit(report.gallery.view.item(2))
    wait_idle(window)
    assert window.page == "reconstruct"
    sample = window.reconstruct.session.request.picture.sample
    assert (sample.index, sample.view) == (example.sample.item, example.sample.view)
    report.category.setCurrentIndex(0)


def test_an_evaluation_can_be_given_up(window, page, qtbot):
    measure(page, qtbot)
    before = page.report.result
    page.setup.occlusions.setText("0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6")
    page.setup.f_scores.setChecked(True)
    page.start()
    assert not page.setup.button.isEnabled()
    window.actions_["cancel"].trigger()
    assert page.stage.text() == "Cancelling…"
    qtbot.waitUntil(lambda: not page.controller.running, timeout=30_000)
    assert page.report.result is before
    assert page.setup.button.isEnabled()


def test_closing_asks_while_one_is_going_on(page, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *words: asked.append(words) or QMessageBox.StandardButton.No
    )  # fmt: skip
    assert page.may_close()
    page.setup.f_scores.setChecked(True)
    page.start()
    assert not page.may_close()
    assert len(asked) == 1
    page.cancel()
    qtbot.waitUntil(lambda: not page.controller.running, timeout=30_000)


def test_every_kind_of_file_and_loading_one_again(window, page, qtbot, tmp_path, monkeypatch):
    measure(page, qtbot)
    result = page.report.result
    for name, ending in EXPORTS.items():
        path = tmp_path / f"r{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        window.actions_[name].trigger()
        qtbot.waitUntil(path.exists, timeout=30_000)
        assert path.stat().st_size > 100
    saved = load_result(tmp_path / "r.json")
    assert (tuple(saved.samples), saved.settings) == (tuple(result.samples), result.settings)
    np.testing.assert_allclose(saved.iou, result.iou, atol=1e-5)
    page.setup.dataset.set_spec("builtin")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "r.json"), ""))
    window.actions_["evaluate_load"].trigger()
    qtbot.waitUntil(lambda: page.report.result is not result)
    assert to_json(page.report.result) == to_json(saved)
    assert page.setup.request.dataset == result.dataset


def test_a_damaged_result_is_a_problem_in_words(window, page, qtbot, tmp_path, problem):
    (tmp_path / "x.json").write_text(json.dumps({"format": "other"}))
    page.load_result(tmp_path / "x.json")
    qtbot.waitUntil(lambda: window.errors.dialog is not None and window.errors.dialog.isVisible())
    assert "x.json" in problem(window)


def test_a_data_set_that_is_not_there_is_a_problem_in_words(window, page, qtbot, problem):
    page.setup.dataset.set_spec("shapenet:nowhere")
    page.start()
    qtbot.waitUntil(lambda: not page.controller.running, timeout=30_000)
    assert "nowhere" in problem(window)


def test_what_cannot_be_measured_cannot_be_started(window, page):
    for edit, wrong, right in (
        (page.setup.thresholds, "0.3, much", "0.3"),
        (page.setup.thresholds, "", "0.3"),
        (page.setup.occlusions, "2", "0"),
    ):
        edit.setText(wrong)
        assert not page.setup.button.isEnabled()
        assert not window.actions_["evaluate_start"].isEnabled()
        assert page.setup.note.text()
        edit.setText(right)
        assert window.actions_["evaluate_start"].isEnabled()


def test_options_of_a_data_set_are_asked_for_where_it_has_them(page):
    options = page.setup.options
    options["subset"].setCurrentText("chairs")
    for spec, asked in (("builtin", set()), ("shapenet:x", {"damaged"}), ("pix3d:x", {"subset", "crop_by", "damaged"})):
        page.setup.dataset.set_spec(spec)
        assert {name for name, box in options.items() if not box.isHidden()} == asked
        assert page.setup.request.data_options == ({"subset": "chairs"} if "subset" in asked else {})
    options["subset"].setCurrentText("all")


def test_the_command_line_is_copied(window, page):
    window.actions_["evaluate_copy"].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("mem3d evaluate --checkpoint")
    assert "--dataset packed:" in text
