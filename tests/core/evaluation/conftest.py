"""A network, as a checkpoint, whose memory holds the boxes' first four objects; and a result made by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from evaluation_support import result_by_hand

from core.checkpoint import Checkpoint
from core.evaluation.published import TEST_OBJECTS
from core.evaluation.result import SampleName
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture
def make_checkpoint(tiny_config, boxes, tmp_path):
    """The function that makes it; with a probability the decoder answers just that, everywhere."""

    def make(probability=None):
        torch.manual_seed(0)
        model = build_network(tiny_config.model).eval()
        with torch.no_grad():
            features = model.image_encoder(torch.rand(4, 3, 32, 32))
            if probability is not None:
                model.shape_decoder.output.weight.zero_()
                model.shape_decoder.start_at(probability)
        volumes = torch.from_numpy(np.stack([boxes.voxels(i) for i in range(4)]))
        model.memory.write(features, volumes, [ShapeSource("boxes", str(i), 0, "lamp") for i in range(4)])
        mean = np.zeros((32, 32, 32), np.float32)
        mean[:, :16] = 0.5
        path = tmp_path / "c.safetensors"
        return Checkpoint(path, tiny_config, 7, {}, mean, model.state_dict(), tuple(model.memory.sources))

    return make


@pytest.fixture
def by_hand():
    return result_by_hand()


@pytest.fixture
def published_like(by_hand):
    """The function that makes a result on R2N2's test split measured as Pix2Vox does, or otherwise; without scores."""

    def make(objects=TEST_OBJECTS, views=(0,), **settings):
        samples = tuple(
            SampleName(0, view, f"{name}/{number}", name)
            for name, count in objects.items()
            for number in range(count)
            for view in views
        )
        return replace(
            by_hand, samples=samples, settings=replace(by_hand.settings, **{"protocol": "pix2vox", **settings})
        )

    return make
