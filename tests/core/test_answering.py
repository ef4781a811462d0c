"""Which samples are measured, and what the network answers for them."""

import numpy as np
import pytest
import torch

from core.answering import Sample, evaluation_samples, run_batch, run_network
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture
def model(tiny_config, boxes):
    torch.manual_seed(0)
    model = build_network(tiny_config.model).eval()
    with torch.no_grad():
        features = model.image_encoder(torch.rand(4, 3, 32, 32))
    volumes = torch.from_numpy(np.stack([boxes.voxels(i) for i in range(4)]))
    model.memory.write(features, volumes, [ShapeSource("boxes", str(i), 0, "lamp") for i in range(4)])
    return model


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
    both = run_batch(model, boxes, sample, compare=True)
    assert plain.above_beta.tolist() == without.above_beta.tolist()
    assert not np.array_equal(plain.occupancy, covered.occupancy)
    assert plain.without_memory is None
    np.testing.assert_array_equal(both.occupancy, plain.occupancy)
    np.testing.assert_array_equal(both.without_memory, without.occupancy)
    assert not np.array_equal(plain.occupancy, without.occupancy)


def test_the_top_slot_is_the_most_similar_key(model, boxes):
    result = run_batch(model, boxes, [Sample(0, 0), Sample(5, 1)])
    assert (result.top_slot < 4).all()  # the others are empty
    for slot, value in zip(result.top_slot, result.top_value, strict=True):
        np.testing.assert_array_equal(value, boxes.voxels(slot))


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
