"""Faults of disk and device while the window works: one message, what existed stays, the window goes on."""

import errno
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
import trimesh
import viewer_support
from evaluation_support import result_by_hand
from PySide6.QtTest import QTest

from core.evaluation.export import ENDINGS
from core.evaluation.result import EvaluationSettings
from core.export.drawing import DrawingOptions
from core.export.shape_files import ShapeOptions
from core.network.mem3d import Mem3D
from mem3d_viewer.evaluate.controller import EvaluationRequest
from mem3d_viewer.reconstruct.export_dialog import ExportChoice

pytestmark = pytest.mark.gui

SMALL = DrawingOptions(width=64, height=64)


def export(kind, ending):
    choice = ExportChoice(kind, ending, ShapeOptions(), SMALL, 2, 0.2)
    return lambda window, path: window.reconstruct.export.write_export(path, choice)


def evaluation(window, path):
    window.evaluate.report.show_result(result_by_hand())
    window.evaluate.save(path)


def curves(ending):
    def save(window, path):
        panel = window.train.tabs.curves
        panel._told(lambda: {".csv": panel.save_csv, ".png": panel.save_picture}[ending](path))

    return save


SAVES = {
    "shape.npz": lambda window, path: window.reconstruct.export.write_voxels(path),
    "shape.glb": lambda window, path: window.reconstruct.export.write_voxels(path),
    "view.png": lambda window, path: window.reconstruct.export.write_picture(path),
    "cut-out.png": lambda window, path: window.reconstruct.export.write_cut_out(path),
    "drawing.png": export("drawing", ".png"),
    "turntable.gif": export("turntable", ".gif"),
    "sheet.png": export("sheet", ".png"),
    "session.mem3d": lambda window, path: window.reconstruct.sessions.save(path),
    "memory.safetensors": lambda window, path: window.memory.controller.save(path),
    "sweep.csv": lambda window, path: window.reconstruct.sweep.save(path),
    "curves.csv": curves(".csv"),
    "curves.png": curves(".png"),
    **{f"result{ending}": evaluation for ending in (*ENDINGS, ".png")},
}
"""What writes a file, by the name of the file."""


@pytest.fixture
def window(window, qtbot):
    window.reconstruct.session.set_display(threshold=0.01)
    window.show_page("memory")
    qtbot.waitUntil(lambda: window.memory.session.slots is not None, timeout=60_000)
    qtbot.waitUntil(
        lambda: not window.memory.controller.working and not window.memory.controller.mapping, timeout=60_000
    )
    yield window
    window.show_page("reconstruct")


@contextmanager
def nothing_can_be_written(monkeypatch, number):
    """As on a disk that is full, or read-only: found when a file is brought to the disk."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        yield


def goes_on(window, wait_idle):
    """Whether a move of beta is answered."""
    before = window.reconstruct.session.answer
    window.reconstruct.controller.set_beta(0.11 if before.beta != 0.11 else 0.12)
    wait_idle(window)
    return window.reconstruct.session.answer is not before


@pytest.mark.parametrize("name", [name for name in SAVES if name not in ("drawing.png", "turntable.gif", "sheet.png")])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_what_cannot_be_written_keeps_what_was_there(window, tmp_path, problem, wait_idle, monkeypatch, name, number):
    (tmp_path / name).write_bytes(b"as it was")
    with nothing_can_be_written(monkeypatch, number):
        SAVES[name](window, tmp_path / name)
        text = problem(window)
    assert text.startswith(f"{tmp_path / name}: cannot be written ({os.strerror(number)}); ")
    assert text.endswith("choose another folder")
    assert ("free some space" in text) == (number == errno.ENOSPC)
    assert (tmp_path / name).read_bytes() == b"as it was"
    assert not list(tmp_path.glob(".*"))
    assert goes_on(window, wait_idle)


@pytest.mark.parametrize("name", SAVES)
def test_a_folder_that_was_removed_is_named(window, tmp_path, problem, wait_idle, name):
    gone = tmp_path / "gone"
    SAVES[name](window, gone / name)
    text = problem(window)
    assert text.startswith(f"{gone / name}: cannot be written")
    assert text.endswith(f"make the folder {gone} first")
    assert not gone.exists()
    assert goes_on(window, wait_idle)


@pytest.mark.parametrize(
    "name", ["view.png", "cut-out.png", "drawing.png", "turntable.gif", "sheet.png", "session.mem3d"]
)
def test_the_picture_that_is_shown_is_not_written_over(window, tmp_path, problem, wait_idle, name):
    shown = viewer_support.make_picture(tmp_path / "shown.png").rename(tmp_path / name)
    if not name.endswith(".png"):  # of another ending, but still a picture
        (tmp_path / "link.png").symlink_to(shown)
    content = shown.read_bytes()
    window.reconstruct.controller.open_picture(tmp_path / (name if name.endswith(".png") else "link.png"))
    wait_idle(window)
    SAVES[name](window, shown)
    assert "is what is read: choose another name for what is written" in problem(window)
    assert shown.read_bytes() == content
    assert goes_on(window, wait_idle)


def test_the_checkpoint_that_comes_with_the_program_is_not_written_over(window, problem, monkeypatch, tmp_path):
    monkeypatch.setattr("mem3d_viewer.memory.controller.is_asset", lambda path: path.parent == tmp_path)
    (tmp_path / "own.safetensors").write_bytes(b"as it was")
    window.memory.controller.save(tmp_path / "own.safetensors")
    assert "is part of this program: choose another name" in problem(window)
    assert (tmp_path / "own.safetensors").read_bytes() == b"as it was"


def test_a_session_that_cannot_be_kept_disturbs_nobody(window, tmp_path, wait_idle, monkeypatch):
    sessions = window.reconstruct.sessions
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(sessions, "_folder", tmp_path / "file" / "below")
    sessions.keep()
    sessions.offer_last()
    assert goes_on(window, wait_idle)
    sessions.forget_last()
    assert window.errors.dialog is None or not window.errors.dialog.isVisible()


def test_a_session_is_opened_only_where_its_picture_can_be_put(window, tmp_path, problem, qtbot, monkeypatch):
    sessions = window.reconstruct.sessions
    with qtbot.waitSignal(sessions.saved, timeout=30_000):
        sessions.save(tmp_path / "a.mem3d")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(sessions, "_folder", tmp_path / "file")
    before = window.reconstruct.session.answer
    sessions.open(tmp_path / "a.mem3d")
    assert "a-" in (text := problem(window))
    assert "cannot be written" in text
    assert window.reconstruct.session.answer is before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("CUDA error: unspecified launch failure\nmore of it", "has failed"),
        ("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate", "is out of memory"),
    ],
)
def test_a_device_that_fails_keeps_the_last_answer(window, problem, wait_idle, qtbot, monkeypatch, error, told):
    def fail(*_, **__):
        raise RuntimeError(error)

    qtbot.waitUntil(lambda: not window.reconstruct.lane.busy, timeout=30_000)  # what each shape did is found out after
    before = window.reconstruct.session.answer
    with monkeypatch.context() as patch:
        patch.setattr(Mem3D, "decode", fail)
        window.reconstruct.controller.set_beta(0.21)
        assert told in (text := problem(window))
        assert "\n" not in text
    assert window.reconstruct.session.answer is before
    assert goes_on(window, wait_idle)


@pytest.fixture
def measured(window, tmp_path, qtbot):
    """An evaluation's result, and its data set's folder."""
    folder = viewer_support.make_packed(tmp_path / "blocks")
    settings = EvaluationSettings(split="test", thresholds=(0.3,), f_scores=False)
    checkpoint = window.reconstruct.session.request.model.checkpoint
    request = EvaluationRequest(checkpoint, f"packed:{folder}", settings, device="cpu")
    with qtbot.waitSignal(window.evaluate.controller.measured, timeout=60_000) as told:
        window.evaluate.controller.start(request)
    qtbot.waitUntil(lambda: not window.evaluate.controller.running, timeout=60_000)
    return told.args[0], request, folder


def test_a_result_that_cannot_be_written_stays(window, measured, tmp_path, problem, monkeypatch):
    result, _, _ = measured
    (tmp_path / "r.json").write_text("as it was")
    with nothing_can_be_written(monkeypatch, errno.ENOSPC):
        window.evaluate.controller.save(tmp_path / "r.json", result, published=False)
        assert "r.json: cannot be written (No space left on device); free some space" in problem(window)
    assert (tmp_path / "r.json").read_text() == "as it was"
    window.evaluate.controller.save(tmp_path / "gone" / "r.json", result, published=False)
    assert f"make the folder {tmp_path / 'gone'} first" in problem(window)
    assert window.evaluate.report.result is result


def test_a_data_set_that_vanishes_is_named_and_the_result_stays(window, measured, problem, qtbot):
    result, request, folder = measured
    shutil.rmtree(folder)
    window.evaluate.controller.start(request)
    assert str(folder) in (text := problem(window))
    assert "\n" not in text
    qtbot.waitUntil(lambda: not window.evaluate.controller.running, timeout=60_000)
    assert window.evaluate.report.result is result


def meshes(folder: Path) -> Path:
    (folder / "box").mkdir(parents=True)
    trimesh.creation.box(extents=(1, 2, 3)).export(folder / "box" / "a.ply")
    return folder


def test_meshes_are_built_neither_into_their_own_folder_nor_where_nothing_can_be_written(open_window, tmp_path, qtbot):
    window = open_window()
    folder = meshes(tmp_path / "meshes")
    before = (folder / "box" / "a.ply").read_bytes()
    window.show_page("data")
    window.actions_["import_meshes"].trigger()
    dialog = window.data.import_dialog
    dialog.set_folder(folder)
    qtbot.waitUntil(lambda: len(dialog.table.files) == 1, timeout=30_000)
    (tmp_path / "file").write_text("as it was")
    for out in (folder, tmp_path / "file", tmp_path / "file" / "below"):
        dialog.form.out.edit.setText(str(out))
        dialog.build_button.click()
        _wait_for_problem(window)
        text = window.errors.dialog.message.text()
        window.errors.dialog.close()
        assert str(out) in text
        assert "\n" not in text
        qtbot.waitUntil(lambda: not dialog.controller.building, timeout=30_000)
    assert (folder / "box" / "a.ply").read_bytes() == before
    assert [path.name for path in folder.rglob("*")] == ["box", "a.ply"]
    assert (tmp_path / "file").read_text() == "as it was"
    dialog.close()


def _wait_for_problem(window):
    for _ in range(1000):
        if window.errors.dialog is not None and window.errors.dialog.isVisible():
            return
        QTest.qWait(10)
    raise AssertionError("no problem was told")
