"""``mem3d report``: the document says what was measured, and what was not."""

import re

import numpy as np
import pytest
import torch
from tiny_training import MODEL

from core.checkpoint import load_checkpoint, save_checkpoint
from core.cli import main
from core.config import Mem3DConfig, TrainingConfig
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture(scope="module")
def report(tmp_path_factory, box_dataset, write_r2n2):
    folder = tmp_path_factory.mktemp("report")
    write_r2n2(folder / "boxes")
    torch.manual_seed(0)
    model = build_network(MODEL)
    boxes = box_dataset()
    grids = torch.from_numpy(np.stack([boxes.voxels(index) for index in range(8)]))
    model.memory.write(torch.rand(8, MODEL.key_size), grids, [ShapeSource("boxes", "a", 0, "lamp")] * 8)
    checkpoint = folder / "tiny.safetensors"
    save_checkpoint(checkpoint, model, Mem3DConfig(model=MODEL))
    words = ["report", str(folder / "out"), "--set", f"boxes=shapenet:{folder / 'boxes'}", "--device", "cpu"]
    words += ["--checkpoint", str(checkpoint), "--limit", "4", "--twin", f"read without triplet loss={checkpoint}"]
    assert main(words) == 0
    return folder / "out"


def test_every_place_of_the_template_is_filled(report):
    text = (report / "README.md").read_text()
    assert "<!--" not in text
    assert re.findall(r"Table (\d)", text) == ["1", "2", "3", "4", "5", "6", "7"]
    assert sorted(path.name for path in report.iterdir()) == ["README.md", "occlusion.png", "priors.png", "slots.png"]
    for picture in re.findall(r"\]\(([a-z]+\.png)\)", text):
        assert (report / picture).read_bytes().startswith(b"\x89PNG")


def test_what_was_not_trained_is_said(report):
    text = (report / "README.md").read_text()
    assert "| trained without memory | not measured" in text
    assert re.search(
        r"\| read without triplet loss \| preset `\w+`, \d+ pictures \(\d+ steps of \d+\) \| boxes \| ", text
    )
    conclusion = text.split("## 6.")[1]
    assert "trained without memory" in conclusion
    assert "read without triplet loss" not in conclusion


def test_a_twin_against_itself_has_equal_scores(report):
    row = next(line for line in (report / "README.md").read_text().splitlines() if "| read without triplet" in line)
    _, _, _, _, its, ours, plain, covered, _ = row.split("|")
    assert its == ours
    assert plain == covered == " +0.000 (+0.000 … +0.000) "


def test_with_a_control_the_others_are_compared_with_it(report, tmp_path):
    checkpoint, boxes = report.parent / "tiny.safetensors", report.parent / "boxes"
    model = load_checkpoint(checkpoint).build()
    with torch.no_grad():
        for weight in model.shape_decoder.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    save_checkpoint(tmp_path / "other.safetensors", model, Mem3DConfig(model=MODEL))
    words = ["report", str(tmp_path / "out"), "--set", f"boxes=shapenet:{boxes}", "--device", "cpu", "--limit", "4"]
    words += ["--checkpoint", str(checkpoint), "--twin", f"read without triplet loss={tmp_path / 'other.safetensors'}"]
    assert main([*words, "--twin", f"nothing changed={tmp_path / 'other.safetensors'}"]) == 0
    rows = [line.split("|") for line in (tmp_path / "out" / "README.md").read_text().splitlines()]
    (control,) = [row for row in rows if row[1:2] == [" nothing changed "]]
    (twin,) = [row for row in rows if row[1:2] == [" read without triplet loss "]]
    assert control[5:8] == ["  "] * 3  # it began anew: against the checkpoint it tells nothing
    assert twin[4] == twin[5] == control[4]  # against the control
    assert twin[6] == " +0.000 (+0.000 … +0.000) "
    started = Mem3DConfig(model=MODEL, training=TrainingConfig(start_from="tiny.safetensors", use_memory=False))
    save_checkpoint(tmp_path / "on.safetensors", model, started)
    twins = [f"{name}={tmp_path / 'on.safetensors'}" for name in ("nothing changed", "trained without memory")]
    assert main([*words[:-2], "--twin", twins[0], "--twin", twins[1]]) == 0
    text = (tmp_path / "out" / "README.md").read_text()
    (control,) = [line.split("|") for line in text.splitlines() if "| nothing changed |" in line]
    assert control[2].endswith(" on from `tiny.safetensors` ")
    assert control[4] != control[5]  # against the checkpoint
    assert "*training* with a memory adds " in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--no-memory"], "leave --no-memory out"),
        (["--twin", "x=y"], "the report knows"),
        (["--set", "boxes"], "NAME=VALUE"),
    ],
)
def test_impossible_wishes_are_one_line(tmp_path, capsys, words, message):
    assert main(["report", str(tmp_path / "out"), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told_before_the_work(tmp_path, capsys):
    (tmp_path / "file").write_text("as it was")
    assert main(["report", str(tmp_path / "file")]) == 2
    assert re.fullmatch(
        r"mem3d: .*file: cannot be written \(File exists\); choose another folder\n", capsys.readouterr().err
    )
    assert (tmp_path / "file").read_text() == "as it was"
