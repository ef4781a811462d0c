"""A result of an evaluation whose averages are easily made by hand."""

import numpy as np

from core.evaluation.result import EvaluationResult, EvaluationSettings, SampleName


def result_by_hand():
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
