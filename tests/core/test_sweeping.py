"""Sweeps against the results of the reconstructor, one value at a time."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_training import MODEL

from core.checkpoint import save_checkpoint
from core.config import Mem3DConfig
from core.data.images import picture_from_pixels
from core.errors import ImageError
from core.metrics import voxel_iou
from core.network.building import build_network
from core.network.shape_memory import ShapeSource
from core.prior_edits import NO_EDITS
from core.reconstruction import Reconstructor
from core.sweeping import Question, save_sweep, sweep

TRUTH = np.zeros((32, 32, 32), bool)
TRUTH[8:24, 8:24, 8:24] = True


@pytest.fixture(scope="module")
def reconstructor(tmp_path_factory):
    torch.manual_seed(0)
    model = build_network(MODEL)
    model.memory.write(
        torch.rand(8, MODEL.key_size), torch.rand(8, 32, 32, 32) > 0.8, [ShapeSource("boxes", "a", 0, "box")] * 8
    )
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    save_checkpoint(path, model, Mem3DConfig(model=MODEL))
    return Reconstructor(path, "cpu")


@pytest.fixture(scope="module")
def picture():
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[10:30, 5:35] = (200, 90, 30, 255)
    return picture_from_pixels(pixels)


@pytest.fixture(scope="module")
def encoded(reconstructor, picture):
    return reconstructor.encode(picture)


@pytest.fixture(scope="module")
def question(reconstructor, encoded):
    middle = float(np.median(reconstructor.decode(encoded).occupancy))
    return Question(beta=0.2, threshold=middle, edits=NO_EDITS)


def expected(result, shown, threshold, question):
    grid, reference = result.voxels(threshold), shown.voxels(question.threshold)
    changed = int((grid != reference).sum())
    return result.above_beta, len(result.read), int(grid.sum()), changed, float(voxel_iou(grid, TRUTH))


def found(point):
    return point.above_beta, point.read, point.voxels, point.changed, point.iou


def test_beta(reconstructor, picture, encoded, question):
    shown = reconstructor.decode(encoded, beta=0.2)
    points = sweep(reconstructor, picture, encoded, "beta", question, TRUTH)
    assert [point.value for point in points] == pytest.approx(np.linspace(0, 1, 51))
    for point in points[::10]:
        result = reconstructor.decode(encoded, beta=point.value)
        assert found(point) == pytest.approx(expected(result, shown, question.threshold, question))
    assert points[10].changed == 0
    assert points[-1].read == 0


def test_threshold(reconstructor, picture, encoded, question, monkeypatch):
    shown = reconstructor.decode(encoded, beta=0.2)
    points = sweep(reconstructor, picture, encoded, "threshold", question, TRUTH)
    for point in points[::7]:
        assert found(point) == pytest.approx(expected(shown, shown, point.value, question))
    assert [point.voxels for point in points] == sorted((point.voxels for point in points), reverse=True)


def test_number_of_priors(reconstructor, picture, encoded, question):
    shown = reconstructor.decode(encoded, beta=0.2)
    points = sweep(reconstructor, picture, encoded, "priors", question)
    assert [point.value for point in points] == list(range(shown.above_beta + 1))
    assert [point.read for point in points] == [point.value for point in points]
    assert {point.iou for point in points} == {None}
    result = reconstructor.decode(encoded, beta=0.2, edits=replace(NO_EDITS, limit=2))
    assert points[2].voxels == result.voxels(question.threshold).sum()


def test_occluders_cover_more_and_more_of_the_object(reconstructor, picture, encoded, question):
    told = []
    points = sweep(
        reconstructor, picture, encoded, "occluder", question, TRUTH, lambda done, total: told.append((done, total))
    )
    assert [point.value for point in points] == pytest.approx(np.linspace(0, 0.8, 9))
    assert points[0].changed == 0
    assert points[-1].changed > 0
    assert told == [(done, 9) for done in range(1, 10)]


def test_an_occluder_needs_alpha(reconstructor, encoded, question):
    opaque = picture_from_pixels(np.full((40, 40, 3), 90, np.uint8))
    with pytest.raises(ImageError, match="cut it out first"):
        sweep(reconstructor, opaque, encoded, "occluder", question)


def test_the_table_reads_back(reconstructor, picture, encoded, question, tmp_path):
    points = sweep(reconstructor, picture, encoded, "threshold", question, TRUTH)
    save_sweep(tmp_path / "a.csv", "threshold", points)
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["threshold", "slots_above_beta", "priors_read", "voxels", "changed_voxels", "iou"]
    assert [float(row["threshold"]) for row in rows] == pytest.approx([point.value for point in points])
    assert [float(row["iou"]) for row in rows] == pytest.approx([point.iou for point in points], abs=1e-5)
