"""Averages by hand."""

import pytest

from core.errors import ConfigError
from core.evaluation.result import Condition, EvaluationSettings


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
