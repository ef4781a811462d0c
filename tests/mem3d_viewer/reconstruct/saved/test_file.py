"""A session's file gives back what was saved; anything else is refused in one line."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.data.binvox import load_binvox
from core.data.foreground import Edits, Stroke
from core.data.images import load_picture, picture_from_pixels
from core.prior_edits import PriorEdits
from mem3d_viewer.reconstruct.compare.choices import Choice, Comparison
from mem3d_viewer.reconstruct.saved.file import BUILT_IN, SavedSession, SessionFileError, open_session, save_session

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 4), np.uint8)
SAVED = SavedSession(
    picture="my chair.jpg",
    checkpoint=BUILT_IN,
    foreground=Edits(((1, 2, 30, 28), Stroke("cover", ((3.5, 4.25), (9.0, 9.0)), 5.0, (1, 2, 3))), (9, 8, 7), False),
    edited=True,
    priors=PriorEdits(frozenset({4, 1}), frozenset({7}), (7, 3), True, 5),
    beta=0.625,
    use_memory=False,
    threshold=0.4,
    surface="smooth",
    colouring="height",
    xray=True,
    slice_axis="z",
    slice_layers=9,
    comparison=Comparison(Choice.CHECKPOINT, Choice.BETA, 1, 0.25, Path("/models/other.safetensors")),
    selected=7,
    camera=(1.0, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
)


@pytest.fixture
def file(tmp_path):
    truth = np.zeros((32, 32, 32), bool)
    truth[3:9, 4:7, 5:20] = True
    save_session(tmp_path / "a.mem3d", SAVED, picture_from_pixels(PIXELS), truth)
    return tmp_path / "a.mem3d"


def test_everything_comes_back(file, tmp_path):
    saved, background, picture, truth = open_session(file, tmp_path / "out")
    assert saved == SAVED
    assert background == (255, 255, 255)
    assert picture.name == "my chair.png"
    np.testing.assert_array_equal(load_picture(picture).pixels, PIXELS)
    assert load_binvox(truth).sum() == 6 * 3 * 15


def test_nothing_is_left_beside_it(file, tmp_path):
    assert [path.name for path in tmp_path.iterdir()] == ["a.mem3d"]


def test_a_file_of_an_older_version_opens(file, tmp_path):
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["session.json"])
    for name in ("comparison", "xray", "slice_axis", "slice_layers"):
        del document[name]
    members["session.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    saved, *_ = open_session(file, tmp_path / "out")
    assert (saved.comparison, saved.xray, saved.selected) == (Comparison(), False, 7)


def test_no_truth_and_the_defaults(tmp_path):
    plain = SavedSession("x", "some/where.safetensors")
    save_session(tmp_path / "b.mem3d", plain, picture_from_pixels(PIXELS[..., :3]), None)
    saved, _, _, truth = open_session(tmp_path / "b.mem3d", tmp_path / "out")
    assert (saved, truth) == (plain, None)


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/passwd", "..", "", "a" * 5000, "new\nline"])
def test_a_picture_never_leaves_the_folder(tmp_path, name):
    save_session(tmp_path / "b.mem3d", SavedSession(name, BUILT_IN), picture_from_pixels(PIXELS), None)
    _, _, picture, _ = open_session(tmp_path / "b.mem3d", tmp_path / "out")
    assert picture.parent == tmp_path / "out"
    assert picture.is_file()


def changed(file, **values):
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["session.json"]) | values
    members["session.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    "values",
    [
        {"format": "other"}, {"version": 99}, {"camera": [1, 2]}, {"camera": ["x"] * 9}, {"threshold": 2},
        {"beta": "high"},
        {"priors": {"muted": [1], "pinned": [1], "order": [], "least_first": False, "limit": None}},
        {"priors": None}, {"foreground": {"steps": [{"stroke": {"tool": "axe"}}]}}, {"selected": 1.5},
        {"comparison": {"left": "result"}}, {"slice_layers": "all"}, {"xray": 1},
        {"comparison": {"left": "nobody", "right": "truth", "difference": None, "beta": 0, "checkpoint": None}},
        {"comparison": {"left": "result", "right": "truth", "difference": 2, "beta": 0, "checkpoint": None}},
        {"use_memory": "yes"}, {"checkpoint": 3}, {"background": [1, 2]}, {"foreground": []},
    ],
)  # fmt: skip
def test_damaged_values_are_refused(file, tmp_path, values):
    changed(file, **values)
    with pytest.raises(SessionFileError, match=r"a\.mem3d") as caught:
        open_session(file, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"garbage" * 100])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "a.mem3d").write_bytes(content)
    with pytest.raises(SessionFileError, match="is no session"):
        open_session(tmp_path / "a.mem3d", tmp_path / "out")


def test_an_archive_that_swells_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.mem3d", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", b" " * 20_000_000)
    with pytest.raises(SessionFileError):
        open_session(tmp_path / "a.mem3d", tmp_path / "out")


def test_every_cut_is_refused(file, tmp_path):
    content = file.read_bytes()
    for length in range(0, len(content), 97):
        file.write_bytes(content[:length])
        with pytest.raises(SessionFileError):
            open_session(file, tmp_path / "out")
