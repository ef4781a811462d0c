"""A training that starts from a checkpoint: its network, its weights, its memory, or one of the two."""

import dataclasses

import pytest
import torch

from core.checkpoint import load_checkpoint
from core.errors import CheckpointError
from core.training.events import TrainingStarted
from core.training.trainer import Trainer


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


@pytest.fixture
def first(tmp_path, boxes, tiny_config):
    """The last checkpoint of a short run."""
    list(Trainer.start(tiny_config, boxes, tmp_path / "first", device="cpu", steps=4).run())
    return tmp_path / "first" / "checkpoints" / "step_00000004.safetensors"


@pytest.mark.parametrize("take", ["both", "weights", "memory"])
def test_it_starts_with_what_it_takes(tmp_path, box_dataset, tiny_config, first, monkeypatch, take):
    monkeypatch.chdir(tmp_path)
    other = dataclasses.replace(tiny_config, model=dataclasses.replace(tiny_config.model, lstm_hidden=32))
    config = change(other, start_from="first/checkpoints/step_00000004.safetensors", start_with=take, seed=9)
    trainer = Trainer.start(config, box_dataset(seed=1), tmp_path / "second", device="cpu", steps=1)
    assert trainer.config.model == tiny_config.model  # the checkpoint's, whatever was asked for
    assert trainer.config.training.start_from == str(first)
    old = load_checkpoint(first).tensors
    same = torch.equal(trainer.model.shape_decoder.output.weight, old["shape_decoder.output.weight"])
    assert same == (take != "memory")
    assert (trainer.model.memory.occupied_slots > 0) == (take != "weights")
    started = next(iter(trainer.run(lambda: True)))
    assert isinstance(started, TrainingStarted)
    assert str(first) in started.initial_weights


def test_rules_that_were_changed_hold_on(tmp_path, boxes, tiny_config, first):
    asked = dataclasses.replace(tiny_config.model, beta=0.123, value_similarity="paper", delta=None)
    config = change(dataclasses.replace(tiny_config, model=asked), start_from=str(first))
    trainer = Trainer.start(config, boxes, tmp_path / "second", device="cpu", steps=1)
    assert trainer.config.model == asked
    assert trainer.model.config.beta == 0.123
    assert trainer.model.memory.kind == "paper"


def test_a_checkpoint_that_is_not_there_is_refused_before_anything_is_written(tmp_path, boxes, tiny_config):
    config = change(tiny_config, start_from=str(tmp_path / "none.safetensors"))
    with pytest.raises(CheckpointError, match="no such file"):
        Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=1)
    assert not (tmp_path / "run").exists()


def test_what_is_frozen_learns_all_the_same_where_there_are_no_weights_to_keep(tmp_path, boxes, tiny_config):
    config = change(tiny_config, freeze_until=2)
    trainer = Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=1)
    assert trainer.config.training.freeze_until == 0
    assert all(parameter.requires_grad for parameter in trainer.model.parameters())
