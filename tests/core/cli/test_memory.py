"""``mem3d memory`` as a script would use it."""

import json

import numpy as np
import pytest
import torch

from core.checkpoint import load_checkpoint, save_checkpoint
from core.cli import main
from core.data.binvox import save_binvox
from core.memory.slots import slots_of
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture
def checkpoint(tmp_path, tiny_config):
    torch.manual_seed(1)
    model = build_network(tiny_config.model).eval()
    sources = [ShapeSource("boxes", f"{kind}/{i}", i, kind) for i, kind in enumerate(("lamp", "lamp", "chair"))]
    model.memory.write(torch.eye(16)[:3], torch.rand(3, 32, 32, 32) < 0.3, sources)
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, model, tiny_config)
    return path


@pytest.fixture
def grid(tmp_path):
    path = tmp_path / "own.binvox"
    voxels = np.zeros((32, 32, 32), bool)
    voxels[4:20, 4:12, 4:28] = True
    save_binvox(path, voxels)
    return path


def test_add_list_and_remove(tmp_path, capsys, checkpoint, grid):
    before = checkpoint.read_bytes()
    out, fewer = tmp_path / "new.safetensors", tmp_path / "fewer.safetensors"
    arguments = ["memory", "add", str(checkpoint), str(grid), "--out", str(out), "--views", "7", "--category", "toy"]
    assert main([*arguments, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["slots"] == [3, 4, 5, 6, 7, 8, 9]
    assert (facts["shapes"], facts["memory_slots"], facts["grown_by"]) == (1, 10, 2)
    assert checkpoint.read_bytes() == before
    assert main(["memory", "list", str(out), "--category", "toy"]) == 0
    text = capsys.readouterr().out
    assert text.count("voxels: own.binvox, view") == 7
    assert "7 listed of 10 shapes in 10 slots" in text
    assert "toy 7" in text
    assert "not one slot of: airplane" in text
    assert main(["memory", "remove", str(out), "--source", "voxels:own*", "--out", str(fewer)]) == 0
    assert "7 slots emptied, 3 shapes left" in capsys.readouterr().out
    assert slots_of(load_checkpoint(fewer)).used.tolist() == [0, 1, 2]
    assert main(["memory", "list", str(fewer), "--slots", "1-5", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["listed"]
    assert [entry["slot"] for entry in listed] == [1, 2]
    assert listed[1]["source"] == {"dataset": "boxes", "object_id": "chair/2", "view": 2, "category": "chair"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "{c}", "{g}", "--out", "{c}"], "exists already"),
        (["remove", "{c}", "--slots", "0", "--out", "{c}"], "exists already"),
        (["add", "{c}", "missing.obj", "--out", "{n}"], "no such file"),
        (["add", "{c}", "{g}", "--out", "{n}", "--up", "+x"], "one line"),
        (["remove", "{c}", "--out", "{n}"], "say which slots"),
        (["remove", "{c}", "--category", "hat", "--out", "{n}"], "no slot is like that"),
        (["list", "{g}"], "not a checkpoint"),
        (["list", "{c}", "--slots", "3-x"], "no slot or range"),
        (["add", "{c}", "{g}", "--out", "nowhere/n.safetensors"], "there is no folder"),
    ],
)
def test_bad_input_is_one_line(tmp_path, capsys, checkpoint, grid, arguments, reason):
    new = tmp_path / "n.safetensors"
    code = main(["memory", *(text.format(c=checkpoint, g=grid, n=new) for text in arguments)])
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert reason in err
    assert not new.exists()


def test_near_duplicates_beside_the_first_are_removed(tmp_path, capsys, checkpoint, grid):
    out, fewer = tmp_path / "new.safetensors", tmp_path / "fewer.safetensors"
    twin = grid.with_name("twin.binvox")
    twin.write_bytes(grid.read_bytes())
    assert main(["memory", "add", str(checkpoint), str(grid), str(twin), "--out", str(out), "--views", "1"]) == 0
    assert main(["memory", "remove", str(out), "--duplicates", "--out", str(fewer), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["removed"] == [4]
