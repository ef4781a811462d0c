"""Intervals by hand and against a plain bootstrap; scores of a data set of boxes."""

import numpy as np
import pytest
import torch
from tiny_training import MODEL

from core.errors import DatasetError
from core.network.building import build_network
from core.report.measuring import Scores, bootstrap_interval, measure
from core.report.variants import Variant


def test_equal_values_have_no_width():
    assert bootstrap_interval(np.full(10, 0.25), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]) == (0.25, 0.25)


def test_one_object_says_nothing_of_others():
    low, high = bootstrap_interval(np.array([0.0, 1.0]), [7, 7])
    assert low == high == 0.5


def test_the_interval_is_that_of_a_plain_bootstrap_over_objects():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), rng.integers(1, 5, 40))
    values = rng.normal(groups % 2, 0.1)
    means = []
    for _ in range(4000):
        drawn = rng.integers(0, 40, 40)
        means.append(np.concatenate([values[groups == group] for group in drawn]).mean())
    assert bootstrap_interval(values, groups.tolist()) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.02)


def test_a_difference_is_paired():
    better = {("a", 0.0): np.array([0.1, 0.5, 0.9]), ("b", 0.0): np.array([0.0, 0.4, 0.8])}
    samples = [type("S", (), {"item": item})() for item in range(3)]
    scores = Scores("x", samples, better)
    assert scores.interval("a", minus="b") == pytest.approx((0.1, 0.1))
    assert scores.mean("a") == pytest.approx(0.5)


def test_variants_are_measured_at_their_occlusions(box_dataset):
    torch.manual_seed(0)
    model = build_network(MODEL).eval()
    told = []
    variants = {"on": (Variant(), (0.0, 0.3)), "off": (Variant(memory=False), (0.3,))}
    scores = measure(model, box_dataset(), "boxes", "test", variants, progress=lambda *now: told.append(now))
    assert set(scores.iou) == {("on", 0.0), ("on", 0.3), ("off", 0.3)}
    assert {len(values) for values in scores.iou.values()} == {len(scores.samples)} == {12}
    np.testing.assert_array_equal(scores.iou["on", 0.3], scores.iou["off", 0.3])  # nothing is in the memory
    assert told[-1] == (24, 24)


def test_an_empty_split_is_named(box_dataset):
    model = build_network(MODEL).eval()
    with pytest.raises(DatasetError, match="boxes: no object"):
        measure(model, box_dataset((2, 0, 0)), "boxes", "test", {"on": (Variant(), (0.0,))})
