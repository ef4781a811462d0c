"""A real small build, and what happens when one cannot be finished."""

import errno
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from core.data import workers
from core.data.bit_packing import pack
from core.data.builtin import building
from core.data.builtin.building import BuildReport, build
from core.data.builtin.families import shape, split_of
from core.data.categories import CATEGORIES
from core.data.dataset import SPLITS, ObjectRecord
from core.data.packed import PackedDataset, encode_picture
from core.data.voxelising import voxelise
from core.errors import DatasetError
from core.metrics import voxel_iou


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two objects of each category with two views: dataset, report, what progress was told."""
    told = []
    folder = tmp_path_factory.mktemp("built") / "set"
    report = build(folder, per_category=2, views=2, progress=lambda *facts: told.append(facts))
    return PackedDataset(folder), report, told


def test_objects_are_named_and_ordered(built):
    dataset, _, _ = built
    assert dataset.name == "builtin"
    expected = [f"{category}/{index:05d}" for category in CATEGORIES for index in range(2)]
    assert [record.object_id for record in dataset.objects] == expected
    assert all(record.views == 2 for record in dataset.objects)
    dataset.verify()


def test_grids_and_splits_follow_from_the_identity(built):
    dataset, _, _ = built
    for number in range(0, len(dataset.objects), 5):
        record = dataset.objects[number]
        grid = voxelise(shape(0, record.category, int(record.object_id.split("/")[1])))
        np.testing.assert_array_equal(dataset.voxels(number), grid)
        assert record.split == split_of(pack(grid))


def test_pictures_show_the_object(built):
    dataset, _, _ = built
    for number in range(len(dataset.objects)):
        pictures = [dataset.image(number, view) for view in range(2)]
        assert all(picture.shape == (137, 137, 4) for picture in pictures)
        assert all(200 < (picture[..., 3] > 127).sum() < 137 * 137 * 0.7 for picture in pictures)
        assert not np.array_equal(*pictures)


def test_the_report_counts_and_compares(built):
    dataset, report, _ = built
    assert report.out == dataset.folder
    assert report.seconds > 0
    for category in CATEGORIES:
        own = [n for n, record in enumerate(dataset.objects) if record.category == category]
        for split in SPLITS:
            assert report.counts[category][split] == sum(dataset.objects[n].split == split for n in own)
        grids = {
            s: [dataset.voxels(n) for n in own if (dataset.objects[n].split == "train") == s] for s in (True, False)
        }
        best = [max(voxel_iou(held, known) for known in grids[True]) for held in grids[False] if grids[True]]
        expected = np.mean(best) if best else np.nan
        assert report.nearest_training_iou[category] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_the_report_is_printed_as_a_table(tmp_path):
    counts = {"chair": {"train": 7, "val": 1, "test": 2}, "car": {"train": 3, "val": 0, "test": 0}}
    report = BuildReport(tmp_path, 4, counts, {"chair": 0.51234, "car": float("nan")}, 12.3)
    lines = str(report).splitlines()
    assert [line.split() for line in lines[1:4]] == [
        ["chair", "7", "1", "2", "0.512"],
        ["car", "3", "0", "0", "-"],
        ["all", "10", "1", "2"],
    ]
    assert lines[4] == f"13 objects in {tmp_path}, built in 12 s from seed 4"


def test_progress_counts_up_to_the_end(built):
    _, _, told = built
    assert [done for done, _, _ in told] == list(range(27))
    assert {total for _, total, _ in told} == {26}
    assert told[-1][2] == "watercraft"


def test_nothing_else_is_left_beside_the_set(built):
    dataset, _, _ = built
    assert [path.name for path in dataset.folder.parent.iterdir()] == ["set"]
    assert sorted(path.name for path in dataset.folder.iterdir()) == [
        "dataset.json",
        "images.bin",
        "offsets.npy",
        "voxels.npy",
    ]


def test_no_held_out_grid_equals_a_training_grid_whatever_the_size():
    """Telephones are boxes to a coarse grid: many are equal, and equal ones share a split."""
    splits = {}
    equal = 0
    for index in range(120):
        packed = pack(voxelise(shape(0, "telephone", index)))
        equal += packed.tobytes() in splits
        assert splits.setdefault(packed.tobytes(), split_of(packed)) == split_of(packed)
    assert equal > 0


def made(identities):
    """What the worker processes would make, without them."""
    for _seed, category, index, views in identities:
        grid = np.zeros((32, 32, 32), bool)
        grid[:, : index + 1] = True
        picture = encode_picture(np.full((3, 3, 4), index, np.uint8))
        record = ObjectRecord(f"{category}/{index:05d}", category, split_of(pack(grid)), views)
        yield record, pack(grid), [picture] * views


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(building, "in_processes", lambda function, identities: made(identities))


def test_a_larger_set_contains_the_smaller_one(quick, tmp_path):
    build(tmp_path / "small", per_category=2, views=1)
    build(tmp_path / "large", per_category=5, views=1)
    small, large = PackedDataset(tmp_path / "small"), PackedDataset(tmp_path / "large")
    assert set(small.objects) < set(large.objects)


def test_an_empty_folder_is_filled_and_a_used_one_refused(quick, tmp_path):
    (tmp_path / "set").mkdir()
    assert isinstance(build(tmp_path / "set", per_category=1, views=1), BuildReport)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match="already exists"):
        build(tmp_path / "set", per_category=1, views=1)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError, match="already exists"):
        build(tmp_path / "file", per_category=1, views=1)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "file"])


@pytest.mark.parametrize("wrong", [{"per_category": 0}, {"views": 0}, {"seed": -1}])
def test_impossible_sizes_are_refused(tmp_path, wrong):
    with pytest.raises(DatasetError, match="at least 1"):
        build(tmp_path / "set", **wrong)


def test_a_full_disk_leaves_nothing_behind(quick, tmp_path, monkeypatch):
    def full(self, record, voxels, pictures):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(building.PackedWriter, "add", full)
    with pytest.raises(DatasetError, match="set: the data set cannot be written: the disk is full"):
        build(tmp_path / "set", per_category=1)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(quick, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError, match="cannot be written"):
        build(tmp_path / "file" / "set", per_category=1)


def test_an_interrupted_build_is_gone_on_with(quick, tmp_path, monkeypatch):
    def interrupt(done, total, what):
        if done == 3:
            raise KeyboardInterrupt

    build(tmp_path / "whole", per_category=1, views=1)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "set", per_category=1, views=1, progress=interrupt)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".set.begun", "whole"]
    begun = sorted((tmp_path / ".set.begun").iterdir())
    assert len(begun) == 3
    begun[0].write_bytes(begun[0].read_bytes()[:-40])  # damaged: made again
    asked = []
    monkeypatch.setattr(building, "in_processes", lambda _, items: (asked.append(item) or item for item in made(items)))
    build(tmp_path / "set", per_category=1, views=1)
    assert len(asked) == len(CATEGORIES) - 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "whole"]
    for name in ("dataset.json", "images.bin", "offsets.npy", "voxels.npy"):
        assert (tmp_path / "set" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_what_other_settings_have_begun_is_of_no_use(quick, tmp_path):
    def interrupt(done, total, what):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "set", per_category=1, views=1, progress=interrupt)
    build(tmp_path / "set", per_category=1, views=2, seed=1)
    dataset = PackedDataset(tmp_path / "set")
    assert [record.views for record in dataset.objects] == [2] * len(CATEGORIES)
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        "dataset.json", "images.bin", "offsets.npy", "voxels.npy",
    ]  # fmt: skip


def test_what_a_killed_build_left_is_removed_by_a_later_one(quick, tmp_path):
    for name in (".set.old.partial", ".set.new.partial", ".other.old.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "images.bin").write_bytes(b"x")
    hours_ago = time.time() - 7200
    for name in (".set.old.partial", ".other.old.partial"):
        os.utime(tmp_path / name / "images.bin", (hours_ago, hours_ago))
        os.utime(tmp_path / name, (hours_ago, hours_ago))
    build(tmp_path / "set", per_category=1, views=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other.old.partial", ".set.new.partial", "set"]


def test_a_machine_that_cannot_render_is_told_so(tmp_path, monkeypatch):
    # VTK ends the process when the only window it may open needs a display that is not there.
    monkeypatch.setenv("VTK_DEFAULT_OPENGL_WINDOW", "vtkXOpenGLRenderWindow")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(workers, "cores", lambda: 1)
    with pytest.raises(DatasetError, match="off-screen rendering"):
        build(tmp_path / "set", per_category=1, views=1)
    assert list(tmp_path.iterdir()) == []


def test_a_script_without_a_main_guard_can_build(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom core.data.builtin import building\n"
        "print('once')\n"
        "identities = [(0, 'table', index, 1) for index in range(1)]\n"
        "print([record.object_id for record, _, _ in building._made(identities, Path(sys.argv[1]))])\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [sys.executable, str(script), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.stdout.splitlines() == ["once", "['table/00000']"], done.stderr
