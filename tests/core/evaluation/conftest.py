"""A network, as a checkpoint, whose memory holds the boxes' first four objects; and a result made by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.checkpoint import Checkpoint
from core.evaluation.published import TEST_OBJECTS
from core.evaluation.result import EvaluationResult, EvaluationSettings, SampleName
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
    """Three views of two chairs and a lamp; two thresholds, two occlusions, both memory uses."""
    settings = EvaluationSettings(thresholds=(0.3, 0.5), occlusions=(0.0, 0.4))
    names = [(4, 0, "chair/a", "chair"), (4, 1, "chair/a", "chair"), (9, 0, "lamp/b", "lamp")]
    iou = np.zeros((4, 2, 3), np.float32)
    iou[0, 0], iou[0, 1] = (0.5, 0.7, 0.3), (0.4, 0.6, 0.2)
    iou[1, 0] = (0.4, 0.4, 0.2)
    iou[2, 0], iou[3, 0] = (0.3, 0.4, 0.1), (0.1, 0.2, 0.0)
    curve = np.linspace(0.1, 0.2, 19)
    curve[4] = 0.9
    return EvaluationResult(
        checkpoint="runs/a_b/best.safetensors",
        step=12,
        dataset="shapenet:data",
        data_options={"damaged": "skip"},
        fingerprint="f" * 32,
        date="2026-01-02T03:04:05+00:00",
        settings=settings,
        samples=tuple(SampleName(*name) for name in names),
        validation_iou={True: curve, False: np.roll(curve, 1)},
        iou=iou,
        iou_at_best=iou[:, 0] + np.float32(0.01),
        f_score=iou / 2,
        top_slot_iou=np.array([[0.2, 0.4, 0.0], [0.1, 0.1, 0.1]], np.float32),
        top_slot_category=np.array([[True, True, False], [False, False, True]]),
        above_beta=np.array([[3, 0, 6], [0, 0, 3]]),
        mean_shape_iou=np.array([0.1, 0.2, 0.3], np.float32),
    )


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
