"""Evaluation figures against an answer whose IoU is known."""

import numpy as np
import pytest
import torch

from core.errors import DatasetError
from core.metrics import voxel_iou
from core.network.mem3d import Mem3D
from core.network.shape_memory import ShapeSource
from core.training.evaluation import Sample, evaluate, evaluation_samples, run_network


@pytest.fixture
def model(tiny_config, boxes):
    torch.manual_seed(0)
    model = Mem3D(tiny_config.model).eval()
    with torch.no_grad():
        features = model.image_encoder(torch.rand(4, 3, 32, 32))
    volumes = torch.from_numpy(np.stack([boxes.voxels(i) for i in range(4)]))
    model.memory.write(features, volumes, [ShapeSource("boxes", str(i), 0, "lamp") for i in range(4)])
    return model


def always(model, probability):
    """Make the decoder answer the same probability everywhere."""
    with torch.no_grad():
        model.shape_decoder.output.weight.zero_()
    model.shape_decoder.start_at(probability)


def test_figures_of_a_constant_answer(model, boxes):
    always(model, 0.4)
    mean = np.zeros((32, 32, 32), np.float32)
    mean[:, :16] = 0.5
    figures = evaluate(model, boxes, mean, split="test", views=2)
    test = [i for i, record in enumerate(boxes.objects) if record.split == "test"]
    share = {i: boxes.voxels(i).mean() for i in test}  # IoU of the full grid with the truth
    assert figures["n"] == 8
    assert figures["mean_iou"] == pytest.approx(np.mean(list(share.values())))
    by_category = {c: np.mean([share[i] for i in test if boxes.objects[i].category == c]) for c in ("lamp", "table")}
    assert figures["macro_iou"] == pytest.approx(np.mean(list(by_category.values())))
    assert {name: values["iou"] for name, values in figures["per_category"].items()} == pytest.approx(by_category)
    assert {name: values["n"] for name, values in figures["per_category"].items()} == {"lamp": 4, "table": 4}
    assert figures["best_threshold"] == 0.05  # all below 0.4 are equally good: the first
    assert figures["baselines"]["mean_shape"] == pytest.approx(
        np.mean([voxel_iou(mean > 0.3, boxes.voxels(i)) for i in test])
    )
    assert 0 < figures["baselines"]["top_slot"] < 1
    assert 0 <= figures["mean_f_score"] <= 1
    assert figures["threshold"] == 0.3


def test_an_answer_below_the_threshold_is_empty(model, boxes):
    always(model, 0.2)
    figures = evaluate(model, boxes, np.zeros((32, 32, 32), np.float32), split="test", views=1)
    assert figures["mean_iou"] == figures["mean_f_score"] == 0
    assert figures["mean_iou_at_best_threshold"] > 0


def test_a_sample_is_seen_the_same_however_many_others_there_are(model, boxes):
    alone = next(run_network(model, boxes, [Sample(17, 1)], occlude=0.3, seed=3)).occupancy[0]
    among = next(run_network(model, boxes, [Sample(3, 0), Sample(17, 1), Sample(4, 2)], occlude=0.3, seed=3)).occupancy[
        1
    ]
    np.testing.assert_allclose(alone, among, atol=1e-6)
    other = next(run_network(model, boxes, [Sample(17, 1)], occlude=0.3, seed=4)).occupancy[0]
    assert np.abs(alone - other).max() > 100 * np.abs(alone - among).max()


def test_memory_and_occluder_matter(model, boxes):
    sample = [Sample(17, 1)]
    plain = next(run_network(model, boxes, sample))
    without = next(run_network(model, boxes, sample, use_memory=False))
    covered = next(run_network(model, boxes, sample, occlude=0.5))
    assert plain.above_beta.tolist() == without.above_beta.tolist()
    assert not np.array_equal(plain.occupancy, covered.occupancy)


def test_the_limit_is_spread_over_categories_and_seeded(boxes):
    samples = evaluation_samples(boxes, "train", limit=7, seed=1)
    categories = [boxes.objects[sample.item].category for sample in samples]
    assert sorted(categories.count(name) for name in ("lamp", "table")) == [3, 4]
    assert samples == evaluation_samples(boxes, "train", limit=7, seed=1)
    assert samples != evaluation_samples(boxes, "train", limit=7, seed=2)


def test_splits_and_views(boxes):
    assert len(evaluation_samples(boxes, "all")) == 60
    assert len(evaluation_samples(boxes, "val")) == 12
    assert len(evaluation_samples(boxes, "test", views=1)) == 4
    assert len(evaluation_samples(boxes, "test", views=99)) == 12


def test_an_empty_split_is_named(model, boxes):
    boxes.objects = [record for record in boxes.objects if record.split == "train"]
    with pytest.raises(DatasetError, match="'test'"):
        evaluate(model, boxes, np.zeros((32, 32, 32), np.float32), split="test")


def test_progress_counts_to_the_end(model, boxes):
    told = []
    evaluate(
        model, boxes, np.zeros((32, 32, 32), np.float32), split="val", views=1, progress=lambda *done: told.append(done)
    )
    assert told[-1] == (8, 8)
