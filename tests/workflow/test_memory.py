"""The page Memory in the real window: browse, map, edit, save, and the lesson."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from viewer_support import BETA, MAX_PRIORS, SIMILARITIES, SLOTS, make_packed

from core.checkpoint import load_checkpoint
from core.data.opening import open_dataset
from core.memory.slots import slots_of
from mem3d_viewer.base.qt_pixels import pixels_of
from mem3d_viewer.memory.add_dialog import AddDialog
from mem3d_viewer.memory.edit_commands import counted
from mem3d_viewer.memory.slot_table_model import CATEGORY, SIMILARITY, SLOT_ROLE
from mem3d_viewer.memory.teach.dialog import TeachDialog

pytestmark = pytest.mark.gui


@pytest.fixture
def shown(window, qtbot):
    """The shared window with its page Memory as it is at first, the map drawn by principal components."""
    memory = window.memory
    while memory.session.undo_words:
        memory.session.undo()
    memory.map.method.setCurrentText("PCA")
    window.show_page("memory")
    rest(window, qtbot)
    memory.browser.search.clear()
    for box in (memory.browser.category, memory.browser.among, memory.browser.sorting):
        box.setCurrentIndex(0)
    memory.browser.table_button.setChecked(False)
    memory.session.select(frozenset(), None)
    return window


def rest(window, qtbot):
    memory = window.memory
    qtbot.waitUntil(lambda: memory.session.slots is not None, timeout=30_000)
    wanted = window.reconstruct.session.answer.model.path
    qtbot.waitUntil(lambda: memory.session.path == wanted or memory.session.edited, timeout=60_000)
    qtbot.waitUntil(
        lambda: not memory.controller.working and not memory.controller.mapping and memory.map.view.map is not None,
        timeout=60_000,
    )


def rows(window):
    model = window.memory.browser.model
    return [model.index(row, 0).data(SLOT_ROLE) for row in range(model.rowCount())]


@pytest.fixture
def blocks(tmp_path):
    """The folder of a small data set, as a user would drop it."""
    return make_packed(tmp_path / "blocks")


def drop(window, qtbot, path, monkeypatch):
    """Drop a file on the window and take two views of each shape."""
    monkeypatch.setattr(AddDialog, "open", lambda dialog: (dialog.views.setValue(2), dialog.accept()))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, mime, button, none))
    rest(window, qtbot)


def test_every_slot_is_shown_with_what_is_known_of_it(shown, checkpoint, qtbot):
    memory = shown.memory
    slots = slots_of(load_checkpoint(checkpoint))
    assert rows(shown) == slots.used.tolist()
    assert len(rows(shown)) == SLOTS
    slot = memory.session.picture.retrieved[0]
    words = memory.browser.model.describe(slot)
    for part in (f"slot {slot}", slots.category(slot), f"age {slots.ages[slot]}", "retrieved 1 times", "boxes:"):
        assert part in words
    assert f"similarity {SIMILARITIES[0]:.3f}" in words
    assert f"{SLOTS} of {SLOTS + 8} slots hold a shape" in memory.words.text()


def test_filter_search_and_sort(shown):
    memory = shown.memory
    memory.browser.sorting.setCurrentText("Similarity")
    similar = memory.session.similarities()
    np.testing.assert_allclose(similar[rows(shown)], SIMILARITIES, atol=1e-5)
    memory.browser.category.setCurrentIndex(memory.browser.category.findData("lamp"))
    assert {memory.session.slots.category(slot) for slot in rows(shown)} == {"lamp"}
    assert len(rows(shown)) == SLOTS // 4
    QTest.keyClicks(memory.browser.search, "lamp/002 boxes")
    assert [memory.session.slots.sources[slot].object_id for slot in rows(shown)] == ["lamp/002"]
    memory.browser.search.clear()
    memory.browser.category.setCurrentIndex(0)
    memory.browser.among.setCurrentText("Read for this picture")
    assert rows(shown) == list(memory.session.picture.retrieved)
    assert len(rows(shown)) == MAX_PRIORS
    memory.browser.among.setCurrentText("All slots")


def test_the_tables_header_sorts_and_the_selection_is_the_grids(shown):
    memory = shown.memory
    memory.browser.views.grid.setCurrentIndex(memory.browser.model.index(3, 0))
    chosen = rows(shown)[3]
    assert memory.session.current == chosen
    memory.browser.table_button.click()
    assert memory.browser.views.table.currentIndex().row() == 3
    head = memory.browser.views.table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(CATEGORY) + 20, 8)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    names = [memory.session.slots.category(slot) for slot in rows(shown)]
    assert names == sorted(names) or names == sorted(names, reverse=True)
    assert memory.session.current == chosen
    assert rows(shown)[memory.browser.views.table.currentIndex().row()] == chosen


def test_the_chosen_slot_is_shown_in_3d_with_its_nearest_keys(shown, focus):
    memory = shown.memory
    focus(memory.browser.views.grid)
    QTest.keyClick(memory.browser.views.grid, Qt.Key.Key_Home)
    QTest.keyClick(memory.browser.views.grid, Qt.Key.Key_Right)
    slot = rows(shown)[1]
    assert memory.session.current == slot
    assert f"slot {slot}" in memory.details.words.text()
    expected = memory.session.slots.nearest(slot, 6)[0]
    assert f"<a href='{expected[0]}'>" in memory.details.words.text()
    assert memory.details.view.scene.surfaces["reconstruction"].n_points > 0
    memory.details.words.linkActivated.emit(str(expected[0]))
    assert memory.session.current == expected[0]


def test_a_lasso_selects_what_lies_inside(shown, qtbot):
    memory = shown.memory
    view = memory.map.view
    points, slots = view.map.points, view.map.slots
    inside = {int(slot) for slot, (x, _) in zip(slots, points, strict=True) if x < 0}
    assert 0 < len(inside) < SLOTS
    corners = [(-1.04, -1.04), (0.0, -1.04), (0.0, 1.04), (-1.04, 1.04)]
    box = view.plot.getPlotItem().getViewBox()
    pixels = [view.plot.mapFromScene(box.mapViewToScene(QPointF(*corner))) for corner in corners]
    target = view.plot.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=pixels[0])
    for pixel in pixels[1:]:
        QTest.mouseMove(target, pixel)
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=pixels[-1])
    near_border = {int(slot) for slot, (x, _) in zip(slots, points, strict=True) if abs(x) < 0.02}
    assert memory.session.selected - near_border == inside - near_border
    chosen = {index.data(SLOT_ROLE) for index in memory.browser.views.grid.selectionModel().selectedIndexes()}
    assert chosen == memory.session.selected


def test_the_map_shows_the_picture_and_what_it_retrieved(shown):
    view = shown.memory.map.view
    xs, _ = view.lines.getData()
    assert len(xs) == 2 * MAX_PRIORS
    picture = view._picture.getData()
    assert (picture[0][0], picture[1][0]) == (pytest.approx(xs[0]), pytest.approx(view.lines.getData()[1][0]))
    assert shown.memory.map.trust.text() == f"trust {100 * view.map.kept:.0f} %"
    assert "nearest neighbours by key similarity" in shown.memory.map.trust.toolTip()
    for colouring in ("age", "similarity", "category"):
        shown.memory.map.colouring.setCurrentText(colouring)
        assert view.legend.text()


def test_hovering_shows_the_shape_and_its_neighbours_in_the_full_space(shown):
    memory = shown.memory
    slot = int(memory.map.view.map.slots[5])
    memory.map.view._hover(memory.map.view.pixel_of(slot))
    found = memory.map.view.hovered_slot
    assert memory.map.shape.isVisible()
    near = memory.map.view._near.getData()
    expected = memory.map.view.places(tuple(other for other, _ in memory.session.slots.nearest(found, 10)))
    np.testing.assert_allclose(np.stack(near, 1), expected)


def test_a_dropped_data_set_is_added_saved_and_used(open_window, picture, blocks, qtbot, tmp_path, monkeypatch):
    window = open_window(picture)
    memory, spec = window.memory, f"packed:{blocks}"
    memory.map.method.setCurrentText("PCA")
    window.show_page("memory")
    rest(window, qtbot)
    opened, dataset = memory.session.path, open_dataset(spec)
    before = opened.read_bytes()
    drop(window, qtbot, blocks, monkeypatch)
    added = memory.session.selected
    assert len(added) == 2 * len(dataset.objects)
    assert len(memory.session.slots) == SLOTS + len(added)  # 8 slots were empty
    memory.browser.among.setCurrentText("Added here")
    assert set(rows(window)) == added
    target = tmp_path / "with blocks.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.actions_["memory_save"].trigger()
    qtbot.waitUntil(lambda: memory.session.path == target, timeout=60_000)
    qtbot.waitUntil(lambda: not window.reconstruct.controller.working, timeout=60_000)
    assert (window.page, memory.session.edited) == ("memory", False)
    assert window.reconstruct.session.answer.model.path == target
    assert slots_of(load_checkpoint(target)).used.size == SLOTS + len(added)
    assert opened.read_bytes() == before
    # The data set is at hand, so the pictures that its slots were written from are.
    # It is found as a part of a joined one, too, whose built-in part is not made for that.
    monkeypatch.setattr("core.data.builtin.build", lambda *_, **__: pytest.fail("the built-in set is being built"))
    memory.controller.set_dataset_specs(lambda: [f"2 * builtin + {spec}"])
    slot = max(added)
    source = memory.session.slots.sources[slot]
    memory.session.select(frozenset({slot}), slot)
    qtbot.waitUntil(lambda: memory.details.picture.isVisible(), timeout=60_000)
    index = next(i for i, record in enumerate(dataset.objects) if record.object_id == source.object_id)
    pixels = pixels_of(memory.details.picture.image)
    np.testing.assert_array_equal(pixels[..., :3], dataset.image(index, source.view)[..., :3])
    old = int(memory.session.slots.used[0])
    memory.session.select(frozenset({old}), old)
    assert not memory.details.picture.isVisible()  # its data set is not at hand


def test_removing_is_undone_and_done_again(shown, qtbot):
    memory, actions = shown.memory, shown.actions_
    memory.browser.views.grid.setCurrentIndex(memory.browser.model.index(4, 0))
    slot = memory.session.current
    actions["memory_remove"].trigger()
    rest(shown, qtbot)
    assert slot not in rows(shown)
    assert len(rows(shown)) == SLOTS - 1
    assert "removing 1 slot" in actions["memory_undo"].text()
    actions["memory_undo"].trigger()
    rest(shown, qtbot)
    assert slot in rows(shown)
    assert not memory.session.edited
    actions["memory_redo"].trigger()
    rest(shown, qtbot)
    assert slot not in rows(shown)


def test_unsaved_edits_are_asked_about_and_kept_when_the_model_changes(
    open_window, picture, qtbot, checkpoint, tmp_path, monkeypatch
):
    shown = open_window(picture)
    memory = shown.memory
    edit(shown, qtbot)
    asked = []
    answer = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "question", lambda *_: asked.append(1) or answer)
    shown.close()
    assert shown.isVisible()
    assert asked
    other = tmp_path / "other.safetensors"
    other.write_bytes(checkpoint.read_bytes())
    shown.reconstruct.controller.open_checkpoint(other)
    qtbot.waitUntil(lambda: not shown.reconstruct.controller.working, timeout=60_000)
    shown.show_page("memory")
    assert memory.session.path == checkpoint
    assert memory.note.isVisible()
    answer = QMessageBox.StandardButton.Discard
    memory.follow.click()
    qtbot.waitUntil(lambda: memory.session.path == other, timeout=60_000)
    assert not memory.session.edited
    assert not memory.note.isVisible()


@pytest.mark.parametrize("wanted", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_edits_of_a_crashed_program_are_offered_once(open_window, picture, qtbot, monkeypatch, wanted):
    window = open_window(picture)
    edit(window, qtbot)
    kept = window.memory.kept
    kept.keep()
    qtbot.waitUntil(kept.file.is_file, timeout=30_000)
    kept.file.rename(kept.file.with_name("memory-999999999.safetensors"))  # of a process that is no more
    window.actions_["memory_undo"].trigger()
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *args: asked.append(args[2]) or wanted)
    kept.offer()
    kept.offer()
    assert len(asked) == 1
    restored = kept.file.with_name("restored-memory.safetensors")
    if wanted == QMessageBox.StandardButton.Yes:
        qtbot.waitUntil(lambda: window.memory.session.path == restored, timeout=60_000)
        assert len(window.memory.session.slots.used) == SLOTS - 1
        assert window.page == "memory"
    assert restored.exists() == (wanted == QMessageBox.StandardButton.Yes)


def test_edits_that_were_undone_saved_or_given_up_are_not_kept(open_window, picture, qtbot, tmp_path, monkeypatch):
    window = open_window(picture)
    kept, memory = window.memory.kept, window.memory

    def written():
        kept.keep()
        qtbot.waitUntil(kept.file.is_file, timeout=30_000)

    edit(window, qtbot)
    written()
    window.actions_["memory_undo"].trigger()
    qtbot.waitUntil(lambda: not kept.file.exists(), timeout=30_000)
    window.actions_["memory_redo"].trigger()
    written()
    saved = tmp_path / "saved.safetensors"
    memory.controller.save(saved)
    qtbot.waitUntil(lambda: not kept.file.exists(), timeout=30_000)
    qtbot.waitUntil(lambda: window.reconstruct.session.answer.model.path == saved, timeout=60_000)
    edit(window, qtbot)
    written()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    window.close()
    assert not kept.file.exists()


def edit(window, qtbot):
    """Remove a slot, on the page Memory."""
    window.memory.map.method.setCurrentText("PCA")
    window.show_page("memory")
    rest(window, qtbot)
    window.memory.browser.views.grid.setCurrentIndex(window.memory.browser.model.index(0, 0))
    window.actions_["memory_remove"].trigger()
    assert window.memory.session.edited


def test_a_slot_counts_as_retrieved_once_a_picture(shown, wait_idle):
    session = shown.memory.session
    slot = session.picture.retrieved[0]
    assert session.retrieved(slot) == 1
    shown.reconstruct.similarity.beta.changed.emit(0.8)
    wait_idle(shown)
    shown.reconstruct.similarity.beta.changed.emit(BETA)
    wait_idle(shown)
    assert session.retrieved(slot) == 1


@pytest.mark.parametrize(("count", "words"), [(0, "0 slots"), (1, "1 slot"), (2, "2 slots"), (12_345, "12,345 slots")])
def test_one_is_said_in_the_singular(count, words):
    assert counted(count, "slot") == words


def test_near_duplicates_are_found(shown, qtbot):
    memory = shown.memory
    shown.actions_["memory_twice"].trigger()
    qtbot.waitUntil(lambda: memory.browser.duplicates is not None, timeout=60_000)
    assert set(rows(shown)) == {slot for group in memory.browser.duplicates for slot in group}


def test_a_file_that_cannot_be_added_is_one_clear_problem(shown, qtbot, tmp_path, problem, monkeypatch):
    drop(shown, qtbot, tmp_path / "gone.binvox", monkeypatch)
    assert "gone.binvox: no such file" in problem(shown)
    assert not shown.memory.session.edited


def test_the_lesson_steps_forward_back_and_anew(shown, qtbot, picture, tmp_path, focus):
    shown.actions_["teach"].trigger()
    dialog = next(child for child in shown.findChildren(TeachDialog) if child.isVisible())
    qtbot.waitUntil(lambda: dialog.lesson is not None, timeout=60_000)
    dialog.add_pictures([picture, picture])
    qtbot.waitUntil(lambda: len(dialog.queue) == 2 and not dialog.working, timeout=60_000)
    assert "empty memory" in dialog.board.words
    QTest.mouseClick(dialog.forward, Qt.MouseButton.LeftButton)
    assert "memory is empty" in dialog.board.words
    focus(dialog.forward)
    for _ in range(3):
        QTest.keyClick(dialog.forward, Qt.Key.Key_Right)
    assert dialog.stage == 3
    QTest.keyClick(dialog.forward, Qt.Key.Key_Right)
    step = dialog.lesson.steps[-1]
    assert (step.nearest, step.new) == (0, False)  # the same picture again is known
    assert step.before[0].similarity == pytest.approx(1, abs=1e-4)
    QTest.keyClick(dialog.forward, Qt.Key.Key_Right)
    assert "rule 1 fires" in dialog.board.words
    target = tmp_path / "lesson.png"
    dialog.save(target)
    assert target.stat().st_size > 2000
    QTest.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    assert len(dialog.lesson.steps) == 1
    QTest.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert dialog.lesson.steps == []
    assert len(dialog.queue) == 2
    dialog.close()
    assert not [child for child in shown.findChildren(TeachDialog) if child.isVisible()]


def test_sorting_by_similarity_follows_the_picture(shown):
    memory = shown.memory
    memory.browser.table_button.click()
    memory.browser.model.sort(SIMILARITY, Qt.SortOrder.DescendingOrder)
    assert memory.browser.model.index(0, SIMILARITY).data() == f"{SIMILARITIES[0]:.3f}"
