"""The moving average of the weights, by hand, and over an interruption."""

import dataclasses

import torch

from core.checkpoint import load_checkpoint
from core.network.building import build_network
from core.training.trainer import Trainer
from core.training.weight_average import WeightAverage


def test_it_is_the_exponential_moving_average_and_only_within_the_networks(tiny_config):
    model = build_network(tiny_config.model)
    bias = model.shape_decoder.output.bias
    average = WeightAverage(model, 0.4)
    expected = bias.detach().clone()
    for step in range(4):
        with torch.no_grad():
            bias.fill_(step)
        average.update()
        share = min(0.4, (1 + step) / (10 + step))
        expected = share * expected + (1 - share) * step
    with average.in_place():
        torch.testing.assert_close(bias.detach(), expected)
    assert bias.item() == 3.0


def test_memory_and_what_is_frozen_are_left_out_and_without_decay_all_is(tiny_config):
    model = build_network(tiny_config.model)
    model.image_encoder.freeze(1)
    average = WeightAverage(model, 0.9)
    names = set(average.live())
    assert not any(name.startswith("memory.") for name in names)
    assert "image_encoder.backbone.0.weight" not in names
    assert {"image_encoder.backbone.4.0.conv1.weight", "image_encoder.backbone.4.0.bn1.running_mean"} <= names
    assert not WeightAverage(model, 0.0).live()


def test_an_interrupted_run_ends_with_the_same_average_and_weights(tmp_path, boxes, tiny_config):
    config = dataclasses.replace(tiny_config, training=dataclasses.replace(tiny_config.training, average_decay=0.9))
    whole = Trainer.start(config, boxes, tmp_path / "whole", device="cpu", steps=8)
    list(whole.run())
    list(Trainer.start(config, boxes, tmp_path / "parts", device="cpu", steps=4).run())
    resumed = Trainer.resume(tmp_path / "parts", boxes, device="cpu", steps=4)
    list(resumed.run())
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other)
    one, other = (
        load_checkpoint(tmp_path / name / "checkpoints" / "step_00000008.safetensors") for name in ("whole", "parts")
    )
    weights = "shape_decoder.output.weight"
    assert torch.equal(one.tensors[weights], other.tensors[weights])
    assert not torch.equal(one.tensors[weights], whole.model.state_dict()[weights])
