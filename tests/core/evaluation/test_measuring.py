"""What is measured, against answers whose IoU is known and against the same done by hand."""

import numpy as np
import pytest

from core.answering import evaluation_samples, run_batch, run_network
from core.data.pix2vox import pix2vox_picture
from core.errors import ConfigError, DatasetError
from core.evaluation.measuring import evaluate
from core.evaluation.result import Condition, EvaluationSettings
from core.metrics import f_score, voxel_iou


def measure(checkpoint, dataset, progress=lambda done, total: None, **settings):
    return evaluate(checkpoint, dataset, EvaluationSettings(**settings), spec="boxes", progress=progress)


def test_figures_of_a_constant_answer(make_checkpoint, boxes):
    checkpoint = make_checkpoint(0.4)
    result = measure(checkpoint, boxes, views=2, thresholds=(0.3, 0.5))
    test = [i for i, record in enumerate(boxes.objects) if record.split == "test"]
    share = {i: boxes.voxels(i).mean() for i in test}  # IoU of the full grid with the truth
    by_category = {c: np.mean([share[i] for i in test if boxes.objects[i].category == c]) for c in ("lamp", "table")}
    for memory in (True, False):
        averages = result.averages(result.scores("iou", Condition(memory, 0.0), 0.3))
        assert averages.mean == pytest.approx(np.mean(list(share.values())))
        assert averages.macro == pytest.approx(np.mean(list(by_category.values())))
        assert averages.categories == pytest.approx(by_category)
        assert result.best_threshold(memory) == 0.05  # all below 0.4 are equally good: the first
        assert result.averages(result.scores("iou", Condition(memory, 0.0))).mean == pytest.approx(averages.mean)
        assert not result.scores("iou", Condition(memory, 0.0), 0.5).any()
    assert result.counts == {"lamp": 4, "table": 4}
    assert result.objects == {"lamp": 2, "table": 2}
    mean = np.mean([voxel_iou(checkpoint.mean_shape > 0.3, boxes.voxels(i)) for i in test])
    assert np.mean(result.mean_shape_iou) == pytest.approx(mean)
    # Every slot says that it holds a lamp.
    assert result.top_slot_category[0].tolist() == [sample.category == "lamp" for sample in result.samples]


@pytest.mark.parametrize("memory", ["both", "with", "without"])
def test_one_run_measures_what_single_ones_do(make_checkpoint, boxes, memory):
    checkpoint = make_checkpoint()
    settings = {"thresholds": (0.4, 0.5), "occlusions": (0.0, 0.5), "views": 1, "seed": 3}
    result = measure(checkpoint, boxes, memory=memory, **settings)
    model, samples = checkpoint.build(), evaluation_samples(boxes, "test", views=1)
    assert [(sample.item, sample.view) for sample in result.samples] == samples
    for condition in result.settings.conditions:
        (batch,) = run_network(
            model, boxes, samples, use_memory=condition.memory, occlude=condition.occlusion, seed=3, batch_size=99
        )
        for threshold in (0.4, 0.5):
            np.testing.assert_allclose(result.scores("iou", condition, threshold), batch.iou(threshold), atol=1e-3)
            by_hand = [f_score(o > threshold, t, seed=3) for o, t in zip(batch.occupancy, batch.truth, strict=True)]
            np.testing.assert_allclose(result.scores("f_score", condition, threshold), by_hand, atol=0.02)
        level = result.settings.occlusions.index(condition.occlusion)
        np.testing.assert_allclose(result.top_slot_iou[level], voxel_iou(batch.top_value, batch.truth), atol=1e-6)
        assert result.above_beta[level].tolist() == batch.above_beta.tolist()
    assert {condition.memory for condition in result.settings.conditions} == {
        "both": {True, False}, "with": {True}, "without": {False},
    }[memory]  # fmt: skip


def test_without_a_validation_split_there_is_no_best_threshold(make_checkpoint, box_dataset):
    result = measure(make_checkpoint(), box_dataset(per_split=(4, 0, 4)), limit=3, f_scores=False)
    assert result.best_threshold(True) is None
    assert result.scores("iou", Condition(True, 0.0)) is None
    assert result.scores("f_score", Condition(True, 0.0), 0.3) is None
    assert len(result.samples) == 3


def test_an_empty_split_is_named(make_checkpoint, boxes):
    boxes.objects = [record for record in boxes.objects if record.split == "train"]
    with pytest.raises(DatasetError, match="'test'"):
        measure(make_checkpoint(), boxes)


def test_progress_counts_pictures_to_the_end(make_checkpoint, boxes):
    told = []
    measure(make_checkpoint(), boxes, lambda *done: told.append(done), occlusions=(0.0, 0.2), f_scores=False)
    assert told[-1] == (12 + 2 * 12, 36)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_an_exception_of_progress_ends_it(make_checkpoint, boxes):
    class Enough(Exception):
        pass

    def stop(done, total):
        raise Enough

    with pytest.raises(Enough):
        measure(make_checkpoint(), boxes, stop)


def test_the_protocol_of_pix2vox_shows_its_pictures_of_first_views_and_counts_the_threshold_in(make_checkpoint, boxes):
    result = measure(make_checkpoint(), boxes, protocol="pix2vox", f_scores=False)
    assert {sample.view for sample in result.samples} == {0}
    assert result.counts == result.objects == {"lamp": 2, "table": 2}
    model, samples = make_checkpoint().build(), evaluation_samples(boxes, "test", views=1)
    batch = run_batch(model, boxes, samples, protocol="pix2vox")
    for (item, view), picture in zip(samples, batch.pictures, strict=True):
        np.testing.assert_array_equal(picture, pix2vox_picture(boxes.image(item, view), model.config.image_size))
    iou = voxel_iou(batch.occupancy >= 0.3, batch.truth)
    np.testing.assert_allclose(result.scores("iou", Condition(True, 0.0), 0.3), iou, atol=1e-6)
    level = np.array([0.2, 0.3, 0.4], np.float32)
    assert result.settings.occupied(level, float(level[1])).tolist() == [False, True, True]
    assert EvaluationSettings().occupied(level, float(level[1])).tolist() == [False, False, True]


def test_the_protocol_of_pix2vox_is_not_for_pix3d(make_checkpoint, boxes):
    boxes.name = "pix3d"
    with pytest.raises(ConfigError, match="--crop-by box"):
        measure(make_checkpoint(), boxes, protocol="pix2vox")
