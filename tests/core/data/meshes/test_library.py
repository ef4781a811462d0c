"""Small libraries, really rendered: what is written, what is kept, and what a stop, a kill or a full disk leaves."""

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import trimesh

from core.data.meshes import library
from core.data.meshes.examining import Orientation
from core.data.meshes.library import MeshFile, build_library, find_meshes
from core.data.rendering import Camera, Renderer
from core.data.shapenet import ShapeNetDataset
from core.data.voxelising import voxelise
from core.data.workers import WorkerDied
from core.errors import DatasetError


def write(path, mesh):
    path.parent.mkdir(parents=True, exist_ok=True)
    mesh.export(path)
    return path


def write_meshes(folder):
    """Two equal chairs of different formats, a mug of a category of its own, and a file that is no mesh."""
    box = trimesh.creation.box(extents=(1, 3, 0.7))
    write(folder / "chair" / "one.ply", box)
    write(folder / "chair" / "two.obj", box.copy().apply_scale(7))
    write(folder / "mug" / "round.stl", trimesh.creation.cylinder(radius=1, height=2))
    (folder / "mug" / "broken.glb").write_bytes(b"glTF, but not really")
    return folder


@pytest.fixture
def meshes(tmp_path):
    return write_meshes(tmp_path / "meshes")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A library that was really rendered: its meshes, its folder, the report, what progress was told."""
    folder = tmp_path_factory.mktemp("library")
    told = []
    report = build(
        write_meshes(folder / "meshes"), folder / "out", processes=1, progress=lambda *facts: told.append(facts)
    )
    return folder / "meshes", folder / "out", report, told


@pytest.fixture
def quick(monkeypatch):
    """Objects are made in this process, with pictures that only differ by camera."""

    class Window:
        def views(self, mesh, cameras):
            return np.array([np.full((2, 2, 4), int(one.azimuth) % 256) for one in cameras], np.uint8)

    def in_turn(function, items, processes=None):
        yield from map(function, items)

    monkeypatch.setattr(library, "in_processes", in_turn)
    monkeypatch.setattr(library, "renderer", Window)


def build(folder, out, **options):
    return build_library(find_meshes(folder), out, views=2, **options)


def snapshot(out):
    """Every file of the objects, with the time it was written."""
    return {
        path.relative_to(out): path.stat().st_mtime_ns
        for root in ("ShapeNetRendering", "ShapeNetVox32")
        for path in (out / root).rglob("*")
        if path.is_file()
    }


def test_a_library_is_written_in_the_layout_of_r2n2(built):
    meshes, out, report, told = built
    assert sorted(path.name for path in out.iterdir()) == [
        "ShapeNetRendering", "ShapeNetVox32", "library.json", "report.csv", "report.json", "splits",
    ]  # fmt: skip
    dataset = ShapeNetDataset(out)
    assert [(one.object_id, one.category, one.views) for one in dataset.objects] == [
        ("chair/one", "chair", 2),
        ("chair/two", "chair", 2),
        ("mug/round", "mug", 2),
    ]
    expected = voxelise(trimesh.load_mesh(meshes / "chair" / "one.ply"))
    np.testing.assert_array_equal(dataset.voxels(0), expected)
    assert dataset.image(2, 1).shape == (137, 137, 4)

    (entry, own) = json.loads((out / "splits" / "ShapeNet.json").read_text())
    assert (entry["taxonomy_id"], entry["taxonomy_name"]) == ("03001627", "chair")
    assert (own["taxonomy_id"], own["taxonomy_name"]) == ("mug", "mug")
    assert sorted(entry["train"] + entry["val"] + entry["test"]) == ["one", "two"]
    splits = {one.object_id: one.split for one in dataset.objects}
    assert splits["chair/one"] == splits["chair/two"]
    assert splits == {f"{one.category}/{one.name}": one.split for one in report.objects}

    assert [told[0], told[-1]] == [(0, 4, "starting"), (4, 4, "mug")]
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4]
    assert (report.made, report.complete) == (3, True)


def test_pictures_are_taken_from_where_the_metadata_says(built):
    meshes, out, _, _ = built
    folder = out / "ShapeNetRendering" / "03001627" / "two" / "rendering"
    assert (folder / "renderings.txt").read_text() == "00.png\n01.png\n"
    lines = np.loadtxt(folder / "rendering_metadata.txt")
    assert lines.shape == (2, 5)
    np.testing.assert_array_equal(lines[:, [2, 4]], [[0, 25], [0, 25]])
    mesh = trimesh.load_mesh(meshes / "chair" / "two.obj")
    with Renderer() as renderer:
        pictures = renderer.views(mesh, [Camera(line[0], line[1], line[3]) for line in lines])
    dataset = ShapeNetDataset(out)
    for view in range(2):
        np.testing.assert_array_equal(dataset.image(1, view)[..., 3], pictures[view][..., 3])
    other = np.loadtxt(folder.parent.parent / "one" / "rendering" / "rendering_metadata.txt")
    assert not np.isclose(lines[:, 0], other[:, 0]).any()


def test_the_report_says_what_was_found(built):
    _, out, report, _ = built
    (reason,) = report.skipped.values()
    assert "broken.glb: damaged" in reason
    by_name = {one.name: one for one in report.objects}
    assert by_name["one"].near_duplicate == "chair/two"
    assert by_name["one"].near_duplicate_iou == 1.0
    assert by_name["round"].near_duplicate is None
    assert by_name["one"].health.watertight
    assert by_name["one"].health.longest_axis == "y"
    assert by_name["two"].health.size == pytest.approx((7, 21, 4.9))
    assert json.loads((out / "report.json").read_text())["objects"][1]["name"] == "two"
    text = str(report)
    assert reason in text
    assert "3 objects in" in text
    with (out / "report.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [row["category"] for row in rows] == ["chair", "chair", "mug"]


def test_the_reports_csv_fixes_the_splits_of_a_later_build(built):
    meshes, out, report, _ = built
    files = find_meshes(meshes, out / "report.csv")
    assert [(file.category, file.name, file.split) for file in files] == [
        (one.category, one.name, one.split) for one in report.objects
    ]


def test_given_splits_are_kept_and_parted_near_duplicates_are_told(quick, meshes, tmp_path):
    files = [
        MeshFile(meshes / "chair" / "one.ply", "chair", "one", "train"),
        MeshFile(meshes / "chair" / "two.obj", "chair", "two", "test"),
    ]
    report = build_library(files, tmp_path / "out", views=1)
    assert [one.split for one in report.objects] == ["train", "test"]
    warning, without = report.warnings
    assert "no object is in val" in without
    assert "chair/one (train) and chair/two (test) are near-duplicates (IoU 1.00)" in warning
    assert warning in str(report)


def test_a_second_build_makes_only_what_changed(quick, meshes, tmp_path):
    out = tmp_path / "out"
    build(meshes, out)
    before = snapshot(out)
    again = build(meshes, out)
    assert (again.made, len(again.objects)) == (0, 3)
    assert snapshot(out) == before
    os.utime(meshes / "chair" / "two.obj")  # touched, but the same
    write(meshes / "chair" / "one.ply", trimesh.creation.icosphere())
    changed = build(meshes, out)
    assert changed.made == 1
    after = snapshot(out)
    assert {path.parts[2] for path in after if after[path] != before[path]} == {"one"}
    assert {one.near_duplicate for one in changed.objects} == {None}


def test_what_was_damaged_is_made_again(quick, meshes, tmp_path):
    out = tmp_path / "out"
    build(meshes, out)
    (out / "ShapeNetVox32" / "03001627" / "one" / "model.binvox").write_bytes(b"x")
    (out / "ShapeNetRendering" / "03001627" / "two" / "rendering" / "01.png").unlink()
    assert build(meshes, out).made == 2
    assert len(ShapeNetDataset(out).objects) == 3


def test_other_settings_make_every_object_again(quick, meshes, tmp_path):
    out = tmp_path / "out"
    build(meshes, out)
    turned = build(meshes, out, orientation=Orientation(up="+z", front="+x"))
    assert turned.made == 3
    assert np.ptp(np.flatnonzero(ShapeNetDataset(out).voxels(0).any(axis=(0, 1)))) == 31  # its y is z now
    assert build(meshes, out, orientation=Orientation(up="+z", front="+x"), seed=1).made == 3


def test_a_changed_texture_is_a_changed_mesh(quick, tmp_path):
    folder = tmp_path / "meshes"
    folder.mkdir()
    (folder / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n")
    (folder / "a.mtl").write_text("newmtl m\nKd 1 0 0\n")
    assert build(folder, tmp_path / "out").made == 1
    assert build(folder, tmp_path / "out").made == 0
    (folder / "a.mtl").write_text("newmtl m\nKd 0 1 0\n")
    assert build(folder, tmp_path / "out").made == 1


def test_objects_whose_mesh_is_gone_are_removed(quick, meshes, tmp_path):
    out = tmp_path / "out"
    build(meshes, out)
    (meshes / "chair" / "two.obj").unlink()
    report = build(meshes, out)
    assert [one.name for one in report.objects] == ["one", "round"]
    assert [one.object_id for one in ShapeNetDataset(out).objects] == ["chair/one", "mug/round"]
    assert not (out / "ShapeNetVox32" / "03001627" / "two").exists()


def test_a_folder_of_something_else_is_refused_and_left_alone(quick, meshes, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.txt").write_text("mine")
    with pytest.raises(DatasetError, match="other: holds something else"):
        build(meshes, other)
    assert [path.name for path in other.iterdir()] == ["diary.txt"]
    with pytest.raises(DatasetError, match="holds something else"):
        build(meshes, other / "diary.txt")
    write(tmp_path / "more" / "chair" / "one.ply", trimesh.creation.box())
    out = tmp_path / "out"
    build(tmp_path / "more", out)
    before = snapshot(out)
    with pytest.raises(DatasetError, match="out: belongs to other meshes"):
        build(meshes, out)
    assert snapshot(out) == before


def test_stopping_leaves_a_data_set_that_can_be_read_and_completed(meshes, tmp_path):
    out, asked = tmp_path / "out", []

    def stop():
        asked.append(True)
        return len(asked) == 1

    report = build(meshes, out, stop=stop, processes=1)
    assert not report.complete
    assert "goes on" in str(report)
    assert {one.object_id for one in ShapeNetDataset(out).objects} == {
        f"{one.category}/{one.name}" for one in report.objects
    }
    assert not (out / ".partial").exists()
    made = report.made
    rest = build(meshes, out, processes=1)
    assert rest.complete
    assert rest.made == 3 - made
    assert len(ShapeNetDataset(out).objects) == 3


def test_a_killed_build_goes_on_where_it_was(tmp_path):
    folder, out = tmp_path / "meshes", tmp_path / "out"
    rng = np.random.default_rng(0)
    for number in range(14):
        write(folder / "blob" / f"b{number:02d}.ply", trimesh.creation.box(extents=rng.uniform(0.2, 1, 3)))
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from core.data.meshes.library import build_library, find_meshes\n"
        "build_library(find_meshes(Path(sys.argv[1])), Path(sys.argv[2]), processes=1)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen([sys.executable, "-c", script, str(folder), str(out)], env=environment)
    try:
        deadline = time.monotonic() + 60
        while len(list(out.glob("ShapeNetRendering/blob/*"))) < 3:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = snapshot(out)
    finished = {path.parts[2] for path in there if path.name == "source.json"}
    assert 3 <= len(finished) < 14
    for name in finished:  # whole, or not there at all
        pictures = out / "ShapeNetRendering" / "blob" / name / "rendering"
        assert len(list(pictures.glob("*.png"))) == 24
        assert (out / "ShapeNetVox32" / "blob" / name / "model.binvox").is_file()
    time.sleep(0.5)  # the worker leaves with its parent; it may finish the object at hand
    kept = snapshot(out)
    report = build_library(find_meshes(folder), out, processes=1)
    assert len(report.objects) == 14
    assert 14 - report.made == len({path.parts[2] for path in kept if path.name == "source.json"})
    after = snapshot(out)
    assert all(after[path] == written for path, written in there.items() if path.parts[2] in finished)
    assert not (out / ".partial").exists()
    dataset = ShapeNetDataset(out)
    assert [record.views for record in dataset.objects] == [24] * 14


def test_a_full_disk_is_told_and_what_is_there_stays_valid(quick, meshes, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_picture = Path.write_bytes

    def full(self, content):
        if self.suffix == ".png" and list(out.glob("ShapeNetRendering/*/one")):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_picture(self, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(DatasetError, match="out: cannot be written: the disk is full; finished objects are kept"):
            build(meshes, out)
    assert [path.name for path in (out / "ShapeNetRendering" / "03001627").iterdir()] == ["one"]
    assert not (out / ".partial").exists()
    assert [one.object_id for one in ShapeNetDataset(out).objects] == ["chair/one"]
    report = build(meshes, out)
    assert (report.made, len(report.objects)) == (2, 3)


def test_a_mesh_that_kills_its_process_costs_only_itself(quick, meshes, tmp_path, monkeypatch):
    def dying(function, items, processes=None):
        for item in items:
            if item is not None and item.file.name == "two":
                raise WorkerDied("a process died")
            yield function(item)

    monkeypatch.setattr(library, "in_processes", dying)
    told = []
    report = build(meshes, tmp_path / "out", progress=lambda *facts: told.append(facts))
    assert [one.name for one in report.objects] == ["one", "round"]
    assert "two.obj: ends the process that reads it" in report.skipped[str(meshes / "chair" / "two.obj")]
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4]


def test_a_machine_that_cannot_render_is_told_so(meshes, tmp_path, monkeypatch):
    # VTK ends the process when the only window it may open needs a display that is not there.
    monkeypatch.setenv("VTK_DEFAULT_OPENGL_WINDOW", "vtkXOpenGLRenderWindow")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(DatasetError, match="off-screen rendering"):
        build(meshes, tmp_path / "out", processes=1)


def test_a_place_that_cannot_be_written_is_named(quick, meshes, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError, match="file/out: cannot be written"):
        build(meshes, tmp_path / "file" / "out")


@pytest.mark.parametrize("views", [0, 101])
def test_impossible_numbers_of_views(quick, meshes, tmp_path, views):
    with pytest.raises(DatasetError, match="views are possible"):
        build_library(find_meshes(meshes), tmp_path / "out", views=views)


def test_the_same_objects_follow_from_the_same_seed(quick, meshes, tmp_path):
    for name in ("a", "b"):
        build(meshes, tmp_path / name, seed=3)
    first, second = ShapeNetDataset(tmp_path / "a"), ShapeNetDataset(tmp_path / "b")
    assert first.objects == second.objects
    for view in range(2):
        np.testing.assert_array_equal(first.image(2, view), second.image(2, view))
