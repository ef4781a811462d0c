"""Meshes found, examined and built in the background."""

import pytest
import trimesh
import viewer_support

from core.data.meshes.examining import Orientation
from core.errors import Mem3DError
from mem3d_viewer.data.meshes import controller as module
from mem3d_viewer.data.meshes.controller import ImportController

pytestmark = pytest.mark.gui


@pytest.fixture
def library(tmp_path):
    for name in ("a", "b"):
        path = tmp_path / "library" / "crate" / f"{name}.ply"
        path.parent.mkdir(parents=True, exist_ok=True)
        trimesh.creation.box((1, 2, 1)).export(path)
    (tmp_path / "library" / "crate" / "c.ply").write_bytes(b"no mesh")
    return tmp_path / "library"


@pytest.fixture
def meshes(qapp):
    controller = ImportController()
    yield controller
    controller.stop()
    viewer_support.dispose(controller)


def found(meshes, library, qtbot):
    with qtbot.waitSignal(meshes.found) as told:
        meshes.find(library, None)
    return told.args[0]


def test_meshes_are_found_and_surveyed(meshes, library, qtbot):
    files = found(meshes, library, qtbot)
    assert [(file.category, file.name) for file in files] == [("crate", "a"), ("crate", "b"), ("crate", "c")]
    reports = {}
    meshes.surveyed.connect(reports.__setitem__)
    meshes.survey(files)
    qtbot.waitUntil(lambda: len(reports) == 3, timeout=20_000)
    assert reports[0].watertight
    assert isinstance(reports[2], Mem3DError)


def test_of_meshes_to_preview_only_the_last_one_counts(meshes, library, qtbot):
    files, shown = found(meshes, library, qtbot), []
    meshes.examined.connect(shown.append)
    for file in (files[0], files[1], files[0], files[1]):
        meshes.examine(file.path, Orientation())
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=20_000)
    assert [report.path for report in shown] == [files[0].path, files[1].path]


def test_a_build_is_stopped_and_tells_its_state(meshes, library, qtbot, monkeypatch, tmp_path):
    states = []

    def build(files, out, *, progress, stop, **settings):
        progress(1, len(files), "crate")
        while not stop():
            pass
        return "report"

    monkeypatch.setattr(module, "build_library", build)
    meshes.state_changed.connect(lambda: states.append((meshes.building, meshes.stopping)))
    with qtbot.waitSignal(meshes.progress) as told:
        meshes.build(found(meshes, library, qtbot), tmp_path / "set", Orientation(), 1, 0)
    assert told.args == [1, 3, "crate"]
    with qtbot.waitSignal(meshes.built) as told:
        meshes.stop_build()
    assert told.args == ["report"]
    qtbot.waitUntil(lambda: not meshes.building)
    assert states == [(True, False), (True, True), (False, False)]
