"""The command line as a script would use it: output, files, exit codes, one line for bad input."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from core.checkpoint import load_checkpoint
from core.cli import main
from core.data.binvox import load_binvox
from core.locks import FileLock


@pytest.fixture(scope="module")
def r2n2(tmp_path_factory, write_r2n2):
    """The boxes in R2N2's own folder layout."""
    root = tmp_path_factory.mktemp("r2n2")
    write_r2n2(root)
    return root


@pytest.fixture(scope="module")
def config_file(tmp_path_factory):
    """A network small enough to train while one waits."""
    path = tmp_path_factory.mktemp("config") / "tiny.json"
    model = {
        "image_size": 32, "backbone": "resnet18", "backbone_width": 8, "encoder_channels": [8, 8, 16],
        "memory_slots": 8, "lstm_hidden": 16, "shape_encoder_resolution": 8,
        "decoder_channels": [8, 4, 4, 4, 1], "max_priors": 3, "beta": 0.5,
    }  # fmt: skip
    training = {"batch_size": 4, "log_every": 2, "evaluate_every": 4, "checkpoint_every": 4, "evaluate_samples": 8}
    path.write_text(json.dumps({"preset": "compact", "model": model, "training": training}))
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory, r2n2, config_file):
    """A short training, through the command line."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    arguments = ["train", "--config", str(config_file), "--dataset", f"shapenet:{r2n2}", "--out", str(folder)]
    assert main([*arguments, "--steps", "4", "--seed", "3", "--device", "cpu"]) == 0
    return folder


@pytest.fixture(scope="module")
def checkpoint(run):
    return str(run / "checkpoints" / "step_00000004.safetensors")


@pytest.fixture
def picture(tmp_path, box_dataset):
    path = tmp_path / "box.png"
    Image.fromarray(box_dataset().image(17, 0)).save(path)
    return str(path)


def refused(capsys, *arguments):
    """The one line that bad input gets."""
    assert main([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert len(err) <= 320
    return err


def test_train_leaves_a_whole_run_folder(run):
    names = {path.name for path in run.iterdir()}
    assert names == {
        "config.json", "dataset.json", "environment.json", "events.jsonl", "tensorboard", "probes", "checkpoints",
        "run.lock",
    }  # fmt: skip
    assert json.loads((run / "config.json").read_text())["training"]["seed"] == 3
    assert load_checkpoint(run / "checkpoints" / "step_00000000.safetensors").step == 0


def test_single_fields_are_set_on_the_command_line(tmp_path, r2n2, config_file, capsys):
    arguments = ["train", "--config", str(config_file), "--dataset", f"shapenet:{r2n2}", "--out", str(tmp_path / "r")]
    assert main([*arguments, "--steps", "1", "--set", "accumulation=2", "--set", "precision=bfloat16"]) == 0
    training = json.loads((tmp_path / "r" / "config.json").read_text())["training"]
    assert (training["accumulation"], training["precision"], training["batch_size"]) == (2, "bfloat16", 4)
    capsys.readouterr()
    assert "accumulation" in refused(capsys, "train", "--out", tmp_path / "new", "--set", "accumulation=5")
    assert "unknown entry 'speed'" in refused(capsys, "train", "--out", tmp_path / "new", "--set", "speed=5")
    assert "FIELD=VALUE" in refused(capsys, "train", "--out", tmp_path / "new", "--set", "speed")
    assert "--set is fixed" in refused(capsys, "train", "--resume", tmp_path / "r", "--set", "accumulation=1")
    assert not (tmp_path / "new").exists()


def test_an_estimate_is_printed_and_nothing_written(tmp_path, r2n2, config_file, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = [
        "train",
        "--config",
        str(config_file),
        "--dataset",
        f"shapenet:{r2n2}",
        "--estimate",
        "--device",
        "cpu",
    ]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["fits"]
    assert found["advice"] == "it fits"
    assert found["total_steps"] == 4 * 9
    assert found["total_seconds"] == pytest.approx(36 * found["seconds_per_step"])
    assert main(arguments) == 0
    assert "36 steps of 4 epochs" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.safetensors"))
    assert "leave --out" in refused(capsys, *arguments, "--out", tmp_path / "run")
    assert "--estimate" in refused(capsys, "train", "--json", "--out", tmp_path / "run")


def test_resume_does_so_many_more_steps(tmp_path, r2n2, config_file, capsys):
    arguments = ["train", "--config", str(config_file), "--dataset", f"shapenet:{r2n2}", "--out", str(tmp_path / "r")]
    assert main([*arguments, "--steps", "2", "--no-memory"]) == 0
    assert main(["train", "--resume", str(tmp_path / "r"), "--steps", "3"]) == 0
    assert "finished at step 5" in capsys.readouterr().out
    assert not json.loads((tmp_path / "r" / "config.json").read_text())["training"]["use_memory"]
    assert load_checkpoint(tmp_path / "r" / "checkpoints" / "step_00000005.safetensors").step == 5


def test_a_training_says_what_it_records_and_how_long_it_takes(tmp_path, r2n2, config_file, capsys):
    arguments = ["train", "--config", str(config_file), "--dataset", f"shapenet:{r2n2}", "--out", str(tmp_path / "r")]
    assert main([*arguments, "--steps", "4"]) == 0
    err = capsys.readouterr().err
    assert f"tensorboard --logdir {tmp_path / 'r'}" in err
    assert re.search(r"step 4 of 4: validation IoU 0\.\d{4}, 0:00:00 left", err)
    assert "8 of 8 memory slots in use, " in err


def test_runs_are_listed(run, tmp_path, capsys):
    assert main(["runs", str(run.parent), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed.keys() == {
        "path", "name", "preset", "dataset", "step", "best_iou", "status", "modified", "size", "reason",
    }  # fmt: skip
    assert (listed["path"], listed["name"], listed["step"], listed["status"]) == (str(run), "run", 4, "finished")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    assert main(["runs", str(tmp_path)]) == 0
    assert "damaged" in capsys.readouterr().out
    assert main(["runs", str(tmp_path / "nowhere")]) == 0
    assert "no run here" in capsys.readouterr().out


def test_other_data_are_accepted_on_request_only(tmp_path, run, write_r2n2, capsys):
    shutil.copytree(run, tmp_path / "run")
    write_r2n2(tmp_path / "r2n2")
    shutil.rmtree(next((tmp_path / "r2n2" / "ShapeNetRendering" / "04379243").iterdir()))
    config = json.loads((run / "config.json").read_text())
    config["data"]["dataset"] = f"shapenet:{tmp_path / 'r2n2'}"
    (tmp_path / "run" / "config.json").write_text(json.dumps(config))
    arguments = ["train", "--resume", str(tmp_path / "run"), "--steps", "1"]
    assert "20 then, 19 now" in refused(capsys, *arguments)
    assert main([*arguments, "--accept-data"]) == 0


def test_reconstruct_json_has_the_fields_scripts_rely_on(checkpoint, picture, tmp_path, capsys):
    outputs = [tmp_path / f"box.{ending}" for ending in ("binvox", "npz", "obj", "stl", "ply", "glb")]
    options = [option for path in outputs for option in ("--output", str(path))]
    arguments = ["reconstruct", picture, "--checkpoint", checkpoint, "--beta", "-1", "--threshold", "0.05"]
    assert main([*arguments, "--device", "cpu", "--json", *options]) == 0
    out, _ = capsys.readouterr()
    (entry,) = json.loads(out)
    assert {
        "image", "checkpoint", "device", "beta", "threshold", "occupied_voxels", "above_beta", "priors", "seconds",
        "outputs",
    } <= set(entry)  # fmt: skip
    assert (entry["image"], entry["checkpoint"], entry["device"]) == (picture, checkpoint, "cpu")
    assert (entry["beta"], entry["threshold"], entry["outputs"]) == (-1, 0.05, [str(path) for path in outputs])
    assert entry["above_beta"] == 8
    assert len(entry["priors"]) == 3
    similarities = [prior["similarity"] for prior in entry["priors"]]
    assert similarities == sorted(similarities, reverse=True)
    assert set(entry["priors"][0]) == {"slot", "similarity", "category", "source", "age"}
    assert set(entry["priors"][0]["source"]) == {"dataset", "object", "view"}
    assert entry["priors"][0]["category"] in ("lamp", "table")
    assert {"encode", "read", "shape_encoder", "decode", "total"} <= set(entry["seconds"])
    with np.load(outputs[1]) as file:
        assert file["occupancy"].dtype == np.float32
        np.testing.assert_array_equal(file["voxels"], file["occupancy"] > 0.05)
        voxels = file["voxels"]
    assert voxels.sum() == entry["occupied_voxels"] > 0
    np.testing.assert_array_equal(load_binvox(outputs[0]), voxels)
    for path in outputs[2:]:
        mesh = trimesh.load(path, force="mesh")
        assert mesh.is_watertight
        unit = (
            mesh.extents.max() / (1 + max(np.ptp(axis) for axis in np.nonzero(voxels)))
            if path.suffix == ".stl"
            else 1 / 32
        )
        assert mesh.volume == pytest.approx(voxels.sum() * unit**3, rel=1e-2)  # STL is in millimetres


def test_a_picture_is_exported_as_mesh_and_contact_sheet(checkpoint, picture, tmp_path, capsys):
    words = ["export", picture, "--checkpoint", checkpoint, "--device", "cpu", "--beta", "-1", "--threshold", "0.05"]
    assert main([*words, "--output", str(tmp_path / "a.glb"), "--sheet", str(tmp_path / "sheet.pdf")]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "a.glb"), str(tmp_path / "sheet.pdf")]
    assert trimesh.load(tmp_path / "a.glb", force="mesh").volume > 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")


def test_several_images_need_a_folder(checkpoint, picture, tmp_path, capsys):
    other = tmp_path / "other.png"
    shutil.copy(picture, other)
    arguments = ["reconstruct", picture, str(other), "--checkpoint", checkpoint]
    assert main([*arguments, "--json", "--output", str(tmp_path / "out")]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["outputs"] for entry in entries] == [[str(tmp_path / "out" / f"{n}.npz")] for n in ("box", "other")]
    assert all((tmp_path / "out" / f"{name}.npz").is_file() for name in ("box", "other"))
    assert "folder" in refused(capsys, *arguments, "--output", tmp_path / "both.obj")


def test_a_damaged_picture_of_several_is_listed_and_the_others_are_written(checkpoint, picture, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(Path(picture).read_bytes()[:-40])
    other = tmp_path / "other.png"
    shutil.copy(picture, other)
    arguments = ["reconstruct", picture, str(bad), str(other), "--checkpoint", checkpoint]
    assert main([*arguments, "--json", "--output", str(tmp_path / "out")]) == 1
    out, err = capsys.readouterr()
    assert [entry["image"] for entry in json.loads(out)] == [picture, str(bad), str(other)]
    assert "cut short or damaged" in json.loads(out)[1]["error"]
    first, last = err.splitlines()
    assert first.startswith(f"mem3d: {bad}: ")
    assert last == "mem3d: 1 of 3 pictures could not be used"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["box.npz", "other.npz"]


def test_a_folder_stands_for_the_pictures_in_it(checkpoint, picture, tmp_path, capsys):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("b.png", "a.PNG", ".hidden.png", "notes.txt"):
        shutil.copy(picture, folder / name)
    arguments = ["reconstruct", str(folder), "--checkpoint", checkpoint]
    assert main([*arguments, "--json", "--output", str(tmp_path / "out")]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [Path(entry["image"]).name for entry in entries] == ["a.PNG", "b.png"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.npz", "b.npz"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no picture" in refused(capsys, "reconstruct", empty, "--checkpoint", checkpoint)


def test_names_of_any_kind_are_answered_in_one_line(checkpoint, picture, tmp_path, capsys):
    broken = tmp_path / "two\nlines\x1b[31m.png"
    shutil.copy(picture, broken)
    assert main(["reconstruct", str(broken), "--checkpoint", checkpoint]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    for name in ("no\nsuch.png", "x" * 5000, "x" * 5000 + "/a.png", "\x1b"):
        for arguments in (
            ("reconstruct", name),
            ("reconstruct", picture, "--checkpoint", name),
            ("reconstruct", picture, "--output", f"{name}/a.npz"),
            ("train", "--config", name, "--out", tmp_path / "r"),
            ("train", "--resume", name),
            ("dataset", "check", name),
            ("dataset", "check", f"pix3d:{name}"),
            ("dataset", "build", name, tmp_path / "o"),
            ("evaluate", "--dataset", f"packed:{name}"),
            (name,),
        ):
            assert "\x1b" not in refused(capsys, *arguments), arguments


def test_images_of_one_name_do_not_overwrite_each_other(checkpoint, picture, tmp_path, capsys):
    images = [picture]
    for name in ("a/box.png", "b/box.png", "box.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.open(picture).save(tmp_path / name)
        images.append(str(tmp_path / name))
    out = tmp_path / "out"
    assert main(["reconstruct", *images, "--checkpoint", checkpoint, "--json", "--output", str(out)]) == 0
    entries = json.loads(capsys.readouterr().out)
    names = ["box.png.npz", "box.png-2.npz", "box.png-3.npz", "box.webp.npz"]
    assert [entry["outputs"] for entry in entries] == [[str(out / name)] for name in names]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)


def test_one_image_may_go_to_a_folder(checkpoint, picture, tmp_path, capsys):
    assert main(["reconstruct", picture, "--checkpoint", checkpoint, "--output", str(tmp_path)]) == 0
    assert (tmp_path / "box.npz").is_file()


def test_reconstruct_without_memory(checkpoint, picture, capsys):
    assert main(["reconstruct", picture, "--checkpoint", checkpoint, "--no-memory", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["memory"], entry["above_beta"], entry["priors"]) == (False, 0, [])
    assert main(["reconstruct", picture, "--checkpoint", checkpoint]) == 0
    assert "voxels" in capsys.readouterr().out


@pytest.fixture
def photo(tmp_path):
    """A red block before white, without alpha, and its mask."""
    pixels = np.full((60, 80, 3), 245, np.uint8)
    pixels[10:50, 30:60] = (180, 40, 30)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    Image.fromarray(255 * (pixels[..., 1] == 40).astype(np.uint8)).save(tmp_path / "mask.png")
    return tmp_path / "photo.png"


def occupancy(checkpoint, photo, *options):
    out = photo.with_suffix(".npz")
    arguments = ["reconstruct", str(photo), "--checkpoint", str(checkpoint), "--device", "cpu", "--output", str(out)]
    assert main([*arguments, *options]) == 0
    with np.load(out) as stored:
        return stored["occupancy"]


def test_reconstruct_cuts_out_or_takes_a_mask_and_puts_it_on_a_background(checkpoint, photo):
    uncut = occupancy(checkpoint, photo)
    masked = occupancy(checkpoint, photo, "--mask", str(photo.with_name("mask.png")))
    cut_out = occupancy(checkpoint, photo, "--cut-out")
    assert not np.array_equal(masked, uncut)
    # A block of one colour before another: what is cut out is the mask but for its soft edge.
    assert np.abs(cut_out - masked).max() < 0.25 * np.abs(masked - uncut).max()
    black = occupancy(checkpoint, photo, "--cut-out", "--background", "black")
    assert not np.array_equal(black, cut_out)
    assert np.array_equal(black, occupancy(checkpoint, photo, "--cut-out", "--background", "#000000"))


def test_a_mask_is_for_one_picture(checkpoint, photo, capsys):
    mask = photo.with_name("mask.png")
    arguments = ["reconstruct", str(photo), str(mask), "--mask", str(mask), "--checkpoint", str(checkpoint)]
    assert main(arguments) == 2
    assert "one picture" in capsys.readouterr().err


def test_evaluate_json_has_the_fields_scripts_rely_on(checkpoint, r2n2, capsys):
    arguments = ["evaluate", "--checkpoint", checkpoint, "--dataset", f"shapenet:{r2n2}", "--json"]
    assert main([*arguments, "--limit", "5", "--occlude", "0.3", "--no-memory"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {
        "n", "threshold", "mean_iou", "macro_iou", "best_threshold", "mean_f_score", "per_category", "mean_above_beta",
        "baselines",
    } <= set(figures)  # fmt: skip
    assert figures["n"] == 5
    assert set(figures["baselines"]) == {"top_slot", "mean_shape"}
    assert set(figures["per_category"]) == {"lamp", "table"}
    assert (figures["memory"], figures["occlude"]) == (False, 0.3)


def test_evaluate_compares_and_writes_files(checkpoint, r2n2, tmp_path, capsys):
    outputs = [tmp_path / name for name in ("r.json", "r.csv", "r.samples.csv", "r.tex", "r.md")]
    arguments = ["evaluate", "--checkpoint", checkpoint, "--dataset", f"shapenet:{r2n2}", "--split", "all"]
    arguments += ["--views", "1", "--threshold", "0.2,0.4", "--occlude", "0,0.5", "--no-f-score", "--published"]
    assert main([*arguments, *(word for path in outputs for word in ("--output", str(path)))]) == 0
    text = capsys.readouterr().out
    assert "IoU without" in text
    assert "Mem3D" in text
    assert "F@1%" not in text.split("Published one-view")[0]
    document = json.loads(outputs[0].read_text())
    assert document["conditions"] == [
        {"memory": memory, "occlusion": occlusion} for occlusion in (0.0, 0.5) for memory in (True, False)
    ]
    assert document["checkpoint"] == checkpoint
    assert len(document["samples"]["object_id"]) == 20
    assert all(path.stat().st_size > 100 for path in outputs)


def test_what_was_measured_is_told_although_the_disk_is_full(checkpoint, r2n2, tmp_path, capsys, monkeypatch):
    (tmp_path / "r.csv").write_text("as it was")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    arguments = ["evaluate", "--checkpoint", checkpoint, "--dataset", f"shapenet:{r2n2}", "--limit", "2"]
    assert main([*arguments, "--no-f-score", "--output", str(tmp_path / "r.csv")]) == 2
    out, err = capsys.readouterr()
    assert "IoU" in out
    assert err == f"mem3d: {tmp_path / 'r.csv'}: cannot be written (No space left on device); " + (
        "free some space or choose another folder\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]
    assert (tmp_path / "r.csv").read_text() == "as it was"


def test_dataset_build_and_the_packed_set_it_makes(tmp_path, capsys):
    assert main(["dataset", "build", "builtin", str(tmp_path / "set"), "--per-category", "1"]) == 0
    assert "airplane" in capsys.readouterr().out
    assert "exists" in refused(capsys, "dataset", "build", "builtin", tmp_path / "set", "--per-category", "1")


def test_dataset_build_of_your_own_meshes(tmp_path, capsys):
    folder, out = tmp_path / "meshes", tmp_path / "out"
    for name, extents in (("chair/a.ply", (1, 2, 1)), ("chair/b.stl", (1, 1, 3)), ("left.obj", (1, 1, 1))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        trimesh.creation.box(extents=extents).export(folder / name)
    (folder / "chair" / "c.glb").write_bytes(b"x")
    (tmp_path / "list.csv").write_text("file,category,split\nchair/a.ply,chair,val\nchair/b.stl,stool,test\n")
    build = ["dataset", "build", str(folder), str(out), "--views", "1", "--processes", "1"]
    assert main([*build, "--categories", str(tmp_path / "list.csv"), "--up=-z", "--front", "+x", "--json"]) == 0
    text, err = capsys.readouterr()
    assert err == "mem3d: 2 meshes are not listed in " + str(tmp_path / "list.csv") + ": left out\n"
    report = json.loads(text)
    assert [(one["category"], one["name"], one["split"]) for one in report["objects"]] == [
        ("chair", "a", "val"),
        ("stool", "b", "test"),
    ]
    assert report["objects"][1]["health"]["longest_axis"] == "y"
    assert main(build) == 1  # c.glb is skipped
    text, _ = capsys.readouterr()
    assert "c.glb" in text
    assert "3 objects" in text


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "COMMAND"),
        (["paint"], "paint"),
        (["reconstruct"], "IMAGE"),
        (["reconstruct", "{picture}", "--beta", "7"], "does not lie in"),
        (["reconstruct", "{picture}", "--threshold", "much"], "not a number"),
        (["reconstruct", "{picture}", "--background", "pinkish"], "pinkish"),
        (["reconstruct", "{picture}", "--checkpoint", "nowhere.safetensors"], "nowhere.safetensors"),
        (["reconstruct", "{picture}", "--checkpoint", "{checkpoint}", "--device", "cuda:9"], "cuda:9"),
        (["reconstruct", "{picture}", "--checkpoint", "n" * 300], "too long"),
        (["reconstruct", "{picture}", "--checkpoint", "{checkpoint}", "--output", "n" * 300 + "/x.obj"], "too long"),
        (["reconstruct", "missing.png", "--checkpoint", "{checkpoint}"], "missing.png"),
        (["reconstruct", "{picture}", "--checkpoint", "{picture}"], "box.png"),
        (["reconstruct", "{picture}", "--checkpoint", "{checkpoint}", "--output", "x.dae"], "x.dae"),
        (["reconstruct", "{picture}", "--checkpoint", "{checkpoint}", "--output", "nowhere/x.obj"], "nowhere"),
        (["evaluate", "--dataset", "imagenet", "--checkpoint", "{checkpoint}"], "imagenet"),
        (["evaluate", "--dataset", "shapenet:nowhere", "--checkpoint", "{checkpoint}"], "nowhere"),
        (["evaluate", "--limit", "0"], "less than 1"),
        (["evaluate", "--threshold", "0.2,much"], "not a number"),
        (["evaluate", "--occlude", "0,2"], "does not lie in"),
        (["evaluate", "--threshold", "0.3,0.3"], "different"),
        (["evaluate", "--output", "x.doc"], "x.doc"),
        (["evaluate", "--output", "nowhere/x.csv"], "nowhere"),
        (["dataset", "build", "nowhere", "out"], "nowhere: no such folder"),
        (["dataset", "build", "builtin", "out", "--up", "+z"], "--up is not for the data set builtin"),
        (["dataset", "build", "builtin", "out", "--keep-holes"], "--keep-holes is not for the data set builtin"),
        (["dataset", "build", "embedded", "out", "--seed", "1"], "--seed is not for the data set embedded"),
        (["dataset", "build", "embedded", "out", "--up", "+z"], "give their folder with --meshes"),
        (["dataset", "build", "meshes", "out", "--per-category", "3"], "--per-category is not for a folder of meshes"),
        (["dataset", "build", "{r2n2}", "out", "--up", "+z", "--front=-z"], "one line"),
        (["dataset", "build", "{r2n2}", "out", "--up", "z"], "invalid choice"),
        (["dataset", "build", "{r2n2}", "out"], "no mesh"),
        (["train"], "--out"),
        (["train", "--out", "a", "--resume", "b"], "either"),
        (["train", "--resume", "nowhere"], "nowhere"),
        (["train", "--resume", "{run}", "--seed", "0"], "--seed"),
        (["train", "--out", "a", "--accept-data"], "belongs to --resume"),
        (["runs", "{picture}"], "choose another folder"),
        (["train", "--resume", "{run}", "--no-memory"], "--no-memory"),
        (["evaluate", "--no-memory", "--memory", "with"], "--no-memory and --memory with exclude each other"),
        (["evaluate", "--protocol", "best"], "--protocol"),
        (["train", "--out", "a", "--config", "nowhere.json"], "nowhere.json"),
        (["train", "--out", "a", "--config", "c", "--preset", "paper"], "exclude"),
        (["train", "--out", "a", "--from", "{checkpoint}", "--set", "lstm_hidden=8"], "lstm_hidden is fixed by"),
        (["train", "--out", "a", "--steps", "-3"], "less than 1"),
        (["train", "--out", "a", "--seed", str(2**63)], "too large"),
        (["train", "--out", "{run}", "--dataset", "shapenet:{r2n2}", "--steps", "1"], "holds a run already"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments, reason, checkpoint, picture, run, r2n2, capsys):
    names = {"picture": picture, "checkpoint": checkpoint, "run": run, "r2n2": r2n2}
    assert reason in refused(capsys, *(argument.format(**names) for argument in arguments))


def test_the_module_is_the_command(tmp_path):
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    done = subprocess.run(
        [sys.executable, "-m", "core", "reconstruct", text], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_left_is_no_error(checkpoint, picture):
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "core", "reconstruct", picture, "--checkpoint", checkpoint]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert done.stderr == ""


def test_a_result_is_written_although_its_reader_has_left(checkpoint, r2n2, tmp_path):
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "core", "evaluate", "--checkpoint", checkpoint, "--dataset", f"shapenet:{r2n2}"]
    command += ["--limit", "2", "--no-f-score", "--output", str(tmp_path / "r.json")]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, "")
    assert json.loads((tmp_path / "r.json").read_text())["checkpoint"] == checkpoint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_under_the_output_is_one_line(checkpoint):
    command = [sys.executable, "-m", "core", "memory", "list", checkpoint, "--json"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "mem3d: output: No space left on device; check the name and the disk\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["export", "{box}", "--checkpoint", "{checkpoint}", "--output", "{box}"], "is what is read"),
        (["export", "{box}", "--checkpoint", "{checkpoint}", "--sheet", "{box}"], "is what is read"),
        (["memory", "add", "{checkpoint}", "{meshes}/a.obj", "--out", "{checkpoint}"], "exists already"),
        (["memory", "remove", "{checkpoint}", "--slots", "0", "--out", "{checkpoint}"], "exists already"),
        (["dataset", "build", "{meshes}", "{meshes}"], "holds something else than a mesh library; choose another"),
        (["dataset", "build", "{meshes}", "{box}"], "holds something else than a mesh library; choose another"),
        (["dataset", "pack", "shapenet:{r2n2}", "{r2n2}"], "already exists; choose another folder"),
        (["train", "--out", "{box}", "--dataset", "shapenet:{r2n2}", "--steps", "1"], "cannot be written"),
        (["report", "{box}", "--checkpoint", "{checkpoint}"], "cannot be written"),
    ],
)
def test_what_is_read_is_not_written_over(arguments, reason, checkpoint, picture, r2n2, tmp_path, capsys):
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    trimesh.creation.box(extents=(1, 2, 3)).export(meshes / "a.obj")
    read = [Path(checkpoint), Path(picture), *sorted(meshes.iterdir())]
    before = [path.read_bytes() for path in read]
    names = {"box": picture, "checkpoint": checkpoint, "meshes": meshes, "r2n2": r2n2}
    assert reason in refused(capsys, *(argument.format(**names) for argument in arguments))
    assert [path.read_bytes() for path in read] == before
    assert len(list(meshes.iterdir())) == len(read) - 2


def test_a_run_is_trained_once_at_a_time(tmp_path, run, r2n2, capsys):
    shutil.copytree(run, tmp_path / "run")
    lock = FileLock(tmp_path / "run" / "run.lock")
    before = sorted(path.name for path in (tmp_path / "run").rglob("*"))
    assert "is being trained by another process" in refused(capsys, "train", "--resume", tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").rglob("*")) == before
    lock.release()
    assert main(["train", "--resume", str(tmp_path / "run"), "--steps", "1", "--device", "cpu"]) == 0


def test_help_answers_without_loading_torch():
    code = "import sys, core.cli; core.cli.main(['--help'])"
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "reconstruct" in done.stdout
    assert "| torch" not in done.stderr.replace(" ", " ")
