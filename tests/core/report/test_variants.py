"""Variants against what the network's own parts give for them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_training import MODEL

from core.network.building import build_network
from core.network.shape_memory import MemoryRead, ShapeSource, unpack_voxels
from core.report.variants import Variant, occupancy

SLOTS = MODEL.memory_slots


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = build_network(MODEL).eval()
    grids = torch.rand(SLOTS, 32, 32, 32) > 0.7
    sources = [ShapeSource("boxes", f"box/{slot}", 0, "box") for slot in range(SLOTS)]
    model.memory.write(torch.randn(SLOTS, MODEL.key_size), grids, sources)
    return model


@pytest.fixture
def seen(model):
    features = model.memory.keys[:3] + 0.1 * torch.randn(3, MODEL.key_size)
    return features, model.memory.similarities(features)


def answer(model, seen, truth=None, **how):
    nothing = torch.zeros(3, 32, 32, 32, dtype=torch.bool)
    return occupancy(model, *seen, Variant(**how), truth=nothing if truth is None else truth)


def expected(model, features, limit, *, memory=True):
    with torch.inference_mode():
        read = model.memory.read(features, model.config.beta, max_priors=limit) if memory else None
        return model.decode(features, model.prior(features, read), read).sigmoid()


def test_the_plain_variant_is_the_network(model, seen):
    torch.testing.assert_close(answer(model, seen), expected(model, seen[0], MODEL.max_priors))


def test_without_memory_it_is_the_zero_prior(model, seen):
    torch.testing.assert_close(answer(model, seen, memory=False), expected(model, seen[0], 0, memory=False))
    torch.testing.assert_close(answer(model, seen, lstm=False, blend=False), answer(model, seen, memory=False))


def test_the_number_of_priors_is_limited(model, seen):
    torch.testing.assert_close(answer(model, seen, priors=1), expected(model, seen[0], 1))
    torch.testing.assert_close(answer(model, seen, priors=1, reverse=True), answer(model, seen, priors=1))


def test_the_best_slots_are_those_most_like_the_truth_and_are_read_in_that_order(model, seen):
    grids = unpack_voxels(model.memory.packed) > 0.5
    truth = grids[[4, 5, 6]].clone()
    truth[:, :4] = False  # alike, not equal
    torch.testing.assert_close(answer(model, seen, truth, answer="best slot"), grids[[4, 5, 6]].float())
    common = (truth[:, None] & grids[None]).flatten(2).sum(dim=2)
    iou = common / (truth[:, None] | grids[None]).flatten(2).sum(dim=2)
    slots = iou.argsort(dim=1, descending=True)[:, :2]
    features, similarities = seen
    packed = model.memory.packed[slots]
    read = MemoryRead(slots, similarities.gather(1, slots), torch.full((3,), 2), packed)
    with torch.inference_mode():
        wanted = model.decode(features, model.prior(features, read), read).sigmoid()
    torch.testing.assert_close(answer(model, seen, truth, ideal=True, priors=2), wanted)
    assert not torch.equal(wanted, answer(model, seen, priors=2))


def test_the_top_prior_is_the_nearest_keys_shape(model, seen):
    torch.testing.assert_close(answer(model, seen, answer="top prior"), unpack_voxels(model.memory.packed[:3]).float())


def test_a_share_of_the_slots_hides_the_others(model, seen):
    torch.testing.assert_close(answer(model, seen, share=1.0), answer(model, seen))
    torch.testing.assert_close(answer(model, seen, share=0.0), answer(model, seen, memory=False))


def test_the_order_is_turned_within_what_was_read(model, seen):
    features, similarities = seen
    beta = float(similarities[0].sort(descending=True).values[2]) - 1e-4
    model.config = replace(MODEL, beta=beta)
    read = model.memory.read(features, beta, max_priors=MODEL.max_priors)
    assert len(set(read.counts.tolist())) > 1  # rows of different length, so that the padding matters
    turned = []
    for row, count in enumerate(read.counts.tolist()):
        one = model.memory.read(features[row : row + 1], beta, max_priors=count)
        slots = one.slots.flip(1)
        projected = model.shape_encoder.project(model.memory.packed[slots[0]])[None]
        turned.append(model.shape_encoder(projected, one.counts) if count else torch.zeros(1, MODEL.lstm_hidden))
    with torch.inference_mode():
        hoped = model.decode(features, torch.cat(turned).detach(), None).sigmoid()
    torch.testing.assert_close(answer(model, seen, reverse=True, blend=False), hoped)


def test_the_mean_of_the_priors_weighs_by_similarity(model, seen):
    features, _ = seen
    read = model.memory.read(features, model.config.beta, max_priors=MODEL.max_priors)
    found = answer(model, seen, answer="mean of priors")
    for row, count in enumerate(read.counts.tolist()):
        weights = np.exp(20 * read.similarities[row, :count].numpy().astype(np.float64))
        grids = read.values[row, :count].numpy().astype(np.float64)
        mean = np.tensordot(weights / weights.sum(), grids, 1) if count else np.zeros((32, 32, 32))
        np.testing.assert_allclose(found[row].numpy(), mean, atol=1e-5)
