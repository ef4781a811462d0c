"""``mem3d dataset check``, ``pack`` and ``cache``, and damaged data sets on the command line."""

import json

import pytest
from dataset_folders import CHAIR, Pix3DTree, block, r2n2_tree

import core.data.opening
from core.cli import main


@pytest.fixture
def folder(tmp_path):
    return r2n2_tree(tmp_path / "r2n2")


@pytest.fixture
def damaged(folder):
    """The same folder without one voxel grid."""
    (folder / "ShapeNetVox32" / CHAIR / "m1" / "model.binvox").unlink()
    return folder


def test_check_of_a_sound_folder(folder, capsys):
    assert main(["dataset", "check", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-3].split()[0::4] == ["all", "12"]
    assert out.splitlines()[-2:] == ["0 problems", "0 notes"]
    assert err == ""


def test_check_of_a_damaged_folder_lists_it_and_exits_with_2(damaged, capsys):
    assert main(["dataset", "check", f"shapenet:{damaged}"]) == 2
    out = capsys.readouterr().out
    assert "1 problem:" in out
    assert "m1/model.binvox: missing" in out.replace("\\", "/")


def test_check_as_json(damaged, capsys):
    assert main(["dataset", "check", str(damaged), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["name"] == "shapenet"
    assert sum(report["counts"]["car"].values()) == 3
    assert report["pictures"] == {"car": 6, "chair": 6}
    assert [list(problem) for problem in report["problems"]] == [["path", "what"]]
    assert report["notes"] == []


def test_check_of_nothing(tmp_path, capsys):
    assert main(["dataset", "check", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "no data set here" in err


def test_pack_then_check_the_packed(folder, tmp_path, capsys):
    assert main(["dataset", "pack", str(folder), str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.startswith("6 objects with 12 pictures in ")
    assert main(["dataset", "check", f"packed:{tmp_path / 'out'}"]) == 0


def test_pack_of_a_damaged_folder(damaged, tmp_path, capsys):
    assert main(["dataset", "pack", str(damaged), str(tmp_path / "out")]) == 2
    assert "--damaged skip" in capsys.readouterr().err
    assert main(["dataset", "pack", str(damaged), str(tmp_path / "out"), "--damaged", "skip"]) == 0
    assert "some files were left out, the first: " in capsys.readouterr().out


def test_pack_of_a_subset(tmp_path, capsys):
    tree = Pix3DTree(tmp_path / "pix3d")
    tree.add_model("chair", "A", block((0, 128), (0, 64), (0, 32)))
    for number, flags in enumerate([(), ("occluded",), ("truncated",)]):
        tree.add_picture("chair", number, "A", flags)
    assert main(["dataset", "pack", str(tree.write()), str(tmp_path / "out"), "--subset", "occluded"]) == 0
    assert capsys.readouterr().out.startswith("1 objects with 2 pictures")


def test_the_cache_is_listed_and_cleared(folder, capsys, monkeypatch):
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 0)
    core.data.opening.open_dataset(str(folder))
    assert main(["dataset", "cache"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert f"shapenet:{folder}" in listed[0]
    assert listed[1].startswith("1 packed copies, ")
    assert main(["dataset", "cache", "--clear"]) == 0
    assert "removed 1 packed copies" in capsys.readouterr().out
    assert main(["dataset", "cache"]) == 0
    assert capsys.readouterr().out.startswith("0 packed copies, 0.0 MB")


def test_training_refuses_or_skips_damaged_files(damaged, tmp_path, capsys):
    (damaged / "ShapeNet.json").write_text(
        json.dumps([{"taxonomy_id": id_, "train": ["m0", "m1", "m2"]} for id_ in (CHAIR, "02958343")])
    )
    config = tmp_path / "config.json"
    model = {
        "image_size": 32, "backbone": "resnet18", "backbone_width": 8, "encoder_channels": [8, 8, 16],
        "memory_slots": 8, "lstm_hidden": 16, "shape_encoder_resolution": 8,
        "decoder_channels": [8, 4, 4, 4, 1], "max_priors": 3,
    }  # fmt: skip
    config.write_text(json.dumps({"preset": "compact", "model": model, "training": {"batch_size": 4}}))
    common = ["train", "--config", str(config), "--dataset", str(damaged), "--steps", "1", "--device", "cpu"]
    assert main([*common, "--out", str(tmp_path / "first")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "model.binvox: missing" in err
    assert "--damaged skip" in err
    assert not (tmp_path / "first").exists()
    assert main([*common, "--out", str(tmp_path / "second"), "--damaged", "skip"]) == 0
    recorded = json.loads((tmp_path / "second" / "config.json").read_text())
    assert recorded["data"]["damaged"] == "skip"
    assert main(["train", "--resume", str(tmp_path / "second"), "--steps", "1", "--device", "cpu"]) == 0
