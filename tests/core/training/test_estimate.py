"""The estimate: real steps, real memory, advice that helps, and nothing disturbed."""

import dataclasses
import math
import time
from types import SimpleNamespace

import psutil
import pytest
import torch

from core.config import preset
from core.errors import DatasetError
from core.heap import keep_freed_memory
from core.network.building import build_network
from core.training.estimate import estimate, less_memory
from core.training.stepping import TrainingStep


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


def with_free_memory(monkeypatch, free):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))


def test_a_few_steps_tell_what_the_training_needs(tiny_config, boxes):
    found = estimate(change(tiny_config, epochs=7), boxes, "cpu", steps=2)
    assert found.device == "cpu"
    assert found.parameters == sum(p.numel() for p in build_network(tiny_config.model).parameters())
    assert found.total_steps == 7 * 9
    assert found.seconds_per_step > 0
    assert found.total_seconds == found.total_steps * found.seconds_per_step
    assert found.images_per_second == pytest.approx(4 / found.seconds_per_step)
    assert found.peak_bytes >= 16 * found.parameters
    assert found.available_bytes > 0
    assert found.fits
    assert found.advice == "it fits"


def test_memory_taken_during_the_steps_is_seen(tiny_config, boxes, monkeypatch):
    keep_freed_memory()  # as a training from the command line does: this process has more than it uses from here on
    torch.ones(100_000_000)
    step = TrainingStep.__call__

    def hungry(self, batch, number):
        held = torch.ones(60_000_000)  # 240 MB, touched, given back soon
        time.sleep(0.3)  # many looks at the memory, on a busy machine, too
        result = step(self, batch, number)
        return result if held is not None else None

    small = estimate(tiny_config, boxes, "cpu", steps=1).peak_bytes
    monkeypatch.setattr(TrainingStep, "__call__", hungry)
    assert estimate(tiny_config, boxes, "cpu", steps=1).peak_bytes - small > 150_000_000


def test_every_sample_of_the_measured_steps_retrieves_as_much_as_it_may(tiny_config, boxes, monkeypatch):
    step, above = TrainingStep.__call__, []

    def watched(self, batch, number):
        result = step(self, batch, number)
        above.append(float(result.above_beta))
        return result

    monkeypatch.setattr(TrainingStep, "__call__", watched)
    estimate(tiny_config, boxes, "cpu", steps=2)
    assert len(above) == 3  # one to warm up
    assert min(above) >= tiny_config.model.max_priors


def test_random_numbers_and_the_given_configuration_stay_as_they_were(tiny_config, boxes):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    estimate(tiny_config, boxes, "cpu", steps=1)
    assert torch.equal(torch.rand(4), expected)


def test_it_stops_when_told(tiny_config, boxes):
    asked = []
    found = estimate(tiny_config, boxes, "cpu", steps=50, stop=lambda: len(asked) >= 3 or asked.append(1))
    assert len(asked) == 3
    assert found.seconds_per_step > 0
    assert math.isnan(estimate(tiny_config, boxes, "cpu", stop=lambda: True).seconds_per_step)


def test_a_network_that_cannot_fit_is_not_tried(tiny_config, boxes, monkeypatch):
    with_free_memory(monkeypatch, 100_000)
    monkeypatch.setattr(TrainingStep, "__call__", lambda *_: pytest.fail("a step was tried"))
    found = estimate(tiny_config, boxes, "cpu")
    assert not found.fits
    assert found.peak_bytes > 100_000
    assert math.isnan(found.total_seconds)
    assert found.advice.startswith("too large for cpu whatever the batch")


def test_a_batch_that_does_not_fit_is_advised_to_be_split(tiny_config, boxes, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(TrainingStep, "__call__", full)
    found = estimate(change(tiny_config, batch_size=8), boxes, "cpu")
    assert not found.fits
    assert found.advice.startswith("set accumulation to 2, or ")


def test_the_mildest_remedy_comes_first():
    paper, gpu = preset("paper"), torch.device("cuda:0")
    assert less_memory(paper, gpu).split(", or ") == [
        "set accumulation to 2", "a smaller batch_size", "a smaller image_size", "the preset compact", "the device cpu"
    ]  # fmt: skip
    assert less_memory(paper, gpu, parts=3).startswith("set accumulation to 4,")  # 3 does not divide 32
    assert less_memory(change(paper, accumulation=16), gpu).startswith("choose a smaller batch_size, or")
    assert "cpu" not in less_memory(paper, torch.device("cpu"))


def test_too_few_views_are_refused_as_in_training(tiny_config, boxes):
    with pytest.raises(DatasetError, match="too few"):
        estimate(change(tiny_config, batch_size=64), boxes, "cpu")
