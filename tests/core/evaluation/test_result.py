"""Averages by hand; the JSON document and how damaged ones are refused."""

import json

import numpy as np
import pytest

from core.errors import ConfigError, DatasetError
from core.evaluation.result import Condition, EvaluationResult, EvaluationSettings


def test_averages_over_samples_and_over_categories(by_hand):
    averages = by_hand.averages(by_hand.scores("iou", Condition(True, 0.0), 0.3))
    assert averages.mean == pytest.approx(0.5)
    assert averages.categories == pytest.approx({"chair": 0.6, "lamp": 0.3})
    assert averages.macro == pytest.approx(0.45)
    assert by_hand.counts == {"chair": 2, "lamp": 1}
    assert by_hand.objects == {"chair": 1, "lamp": 1}


def test_the_best_threshold_is_the_peak_of_the_validation_curve(by_hand):
    assert by_hand.best_threshold(True) == 0.25
    assert by_hand.best_threshold(False) == 0.30


def test_the_document_keeps_everything(by_hand):
    read = EvaluationResult.from_json(by_hand.to_json())
    assert read.settings == by_hand.settings
    assert tuple(read.samples) == by_hand.samples
    assert [read.samples[-1], *read.samples[:2]] == [by_hand.samples[-1], *by_hand.samples[:2]]
    assert read.to_json() == by_hand.to_json()
    for name in ("iou", "iou_at_best", "f_score", "top_slot_iou", "top_slot_category", "above_beta", "mean_shape_iou"):
        np.testing.assert_allclose(getattr(read, name), getattr(by_hand, name), atol=1e-5)
    for memory in (True, False):
        np.testing.assert_allclose(read.validation_iou[memory], by_hand.validation_iou[memory], atol=1e-5)


def test_the_document_starts_with_figures_for_scripts(by_hand):
    document = json.loads(by_hand.to_json())
    assert document["mean_iou"] == pytest.approx(0.5)
    assert document["macro_iou"] == pytest.approx(0.45)
    assert document["mean_f_score"] == pytest.approx(0.25)
    assert document["per_category"]["chair"] == pytest.approx({"n": 2, "iou": 0.6, "f_score": 0.3})
    assert document["mean_above_beta"] == 3
    assert document["without_prior"] == pytest.approx(1 / 3)
    assert document["top_slot_category"] == pytest.approx(2 / 3)
    assert document["baselines"] == pytest.approx({"top_slot": 0.2, "mean_shape": 0.2})
    assert (document["memory"], document["occlude"], document["threshold"]) == (True, 0, 0.3)


def damaged(document, change):
    values = json.loads(document)
    change(values)
    return json.dumps(values)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(format="other"), "not a result"),
        (lambda d: d.pop("checkpoint"), "not a result"),
        (lambda d: d.update(format_version=99), "newer"),
        (lambda d: d["samples"]["iou"].pop(), "iou does not fit"),
        (lambda d: d["samples"]["view"].pop(), "damaged"),
        (lambda d: d["samples"].update(above_beta=None), "above_beta"),
        (lambda d: d["settings"].update(split="some"), "split"),
        (lambda d: d["validation"]["with_memory"].pop(), "validation"),
        (lambda d: d["validation"].update(with_memory=[1e300] * 19), "no IoU"),
        (lambda d: d["samples"].update(mean_shape_iou=[1e300, 0.5, 0.5]), "overflow"),
        (lambda d: d["samples"].update(category=["chair", "chair", True]), "a sample without"),
        (lambda d: d["samples"].update(item=[4, 4, -9]), "a sample without"),
    ],
)
def test_a_damaged_document_is_refused_in_one_line(by_hand, tmp_path, change, reason):
    path = tmp_path / "result.json"
    path.write_text(damaged(by_hand.to_json(), change))
    with pytest.raises(DatasetError, match=reason) as caught:
        EvaluationResult.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_document_is_refused(tmp_path):
    for content in (b"", b"[1]", b"\xff\xfe", b"not json"):
        (tmp_path / "x.json").write_bytes(content)
        with pytest.raises(DatasetError, match=r"x\.json"):
            EvaluationResult.load(tmp_path / "x.json")
    with pytest.raises(DatasetError, match="nowhere"):
        EvaluationResult.load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"thresholds": ()}, {"thresholds": (0.3, 0.3)}, {"thresholds": (1.5,)}, {"occlusions": (-0.1,)},
        {"memory": "perhaps"}, {"limit": 0}, {"views": 0}, {"split": "half"},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_measured(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        EvaluationSettings(**wrong)
