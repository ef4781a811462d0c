"""What a run records of the machine and the data it comes from."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from core.errors import TrainingError
from core.training.run_folder import RunFolder
from core.training.trainer import Trainer


@pytest.fixture
def run(tmp_path, boxes, tiny_config):
    list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=2).run())
    return tmp_path / "run"


def test_every_part_of_a_run_records_its_environment(run, boxes):
    Trainer.resume(run, boxes, device="cpu", steps=1)
    first, second = json.loads((run / "environment.json").read_text())
    assert (first["step"], second["step"]) == (0, 2)
    assert first["torch"] == torch.__version__
    assert first["numpy"] == np.__version__
    assert first["threads"] == torch.get_num_threads()
    assert (first["device"], first["cuda"]) == ("cpu", None)
    assert first["device_name"]
    (run / "environment.json").write_text("{ damaged")
    Trainer.resume(run, boxes, device="cpu", steps=1)
    assert [entry["step"] for entry in json.loads((run / "environment.json").read_text())] == [2]


def test_the_data_are_recorded_and_others_refused(run, boxes, box_dataset):
    recorded = json.loads((run / "dataset.json").read_text())
    assert {name: recorded[name] for name in ("name", "objects", "train", "val", "test")} == {
        "name": "boxes", "objects": 20, "train": 12, "val": 4, "test": 4,
    }  # fmt: skip
    with pytest.raises(TrainingError, match=r"objects 20 then, 19 now; val 4 then, 3 now\); put it back"):
        Trainer.resume(run, box_dataset(per_split=(12, 3, 4)), device="cpu", steps=1)
    renamed = box_dataset()
    renamed.objects[0] = dataclasses.replace(renamed.objects[0], object_id="table/other")
    with pytest.raises(TrainingError, match=r"dataset\.json: .*as many objects, but others"):
        Trainer.resume(run, renamed, device="cpu", steps=1)
    list(Trainer.resume(run, boxes, device="cpu", steps=1).run())  # a refusal keeps nobody out
    list(Trainer.resume(run, renamed, device="cpu", steps=1, accept_data=True).run())
    list(Trainer.resume(run, renamed, device="cpu", steps=1).run())
    assert RunFolder(run).newest_step() == 5


def test_a_run_that_has_not_recorded_its_data_does_so_now(run, boxes):
    recorded = (run / "dataset.json").read_bytes()
    (run / "dataset.json").unlink()
    Trainer.resume(run, boxes, device="cpu", steps=1)
    assert (run / "dataset.json").read_bytes() == recorded


@pytest.mark.parametrize("text", ["", '{"name": "box', "[]", "[1]", "{}", "null"])
def test_a_damaged_record_of_the_data_is_said_and_kept(run, boxes, text):
    (run / "dataset.json").write_text(text)
    with pytest.raises(TrainingError, match=r"dataset\.json: damaged .*--accept-data"):
        Trainer.resume(run, boxes, device="cpu", steps=1)
    assert (run / "dataset.json").read_text() == text
    Trainer.resume(run, boxes, device="cpu", steps=1, accept_data=True)
    assert json.loads((run / "dataset.json").read_text())["objects"] == 20


def test_a_relative_folder_of_data_is_recorded_as_an_absolute_one(tmp_path, boxes, tiny_config, monkeypatch):
    (tmp_path / "shapes").mkdir()
    monkeypatch.chdir(tmp_path)
    config = dataclasses.replace(tiny_config, data=dataclasses.replace(tiny_config.data, dataset="packed:shapes"))
    trainer = Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=1)
    assert trainer.config.data.dataset == f"packed:{tmp_path / 'shapes'}"
    assert RunFolder(tmp_path / "run").config() == trainer.config
