"""The JSON document of an evaluation, and how damaged ones are refused."""

import json

import numpy as np
import pytest

from core.errors import DatasetError
from core.evaluation.document import from_json, load_result, to_json


def test_the_document_keeps_everything(by_hand):
    read = from_json(to_json(by_hand))
    assert read.settings == by_hand.settings
    assert tuple(read.samples) == by_hand.samples
    assert [read.samples[-1], *read.samples[:2]] == [by_hand.samples[-1], *by_hand.samples[:2]]
    assert to_json(read) == to_json(by_hand)
    for name in ("iou", "iou_at_best", "f_score", "top_slot_iou", "top_slot_category", "above_beta", "mean_shape_iou"):
        np.testing.assert_allclose(getattr(read, name), getattr(by_hand, name), atol=1e-5)
    for memory in (True, False):
        np.testing.assert_allclose(read.validation_iou[memory], by_hand.validation_iou[memory], atol=1e-5)


def test_the_document_starts_with_figures_for_scripts(by_hand):
    document = json.loads(to_json(by_hand))
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
    path.write_text(damaged(to_json(by_hand), change))
    with pytest.raises(DatasetError, match=reason) as caught:
        load_result(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_document_is_refused(tmp_path):
    for content in (b"", b"[1]", b"\xff\xfe", b"not json"):
        (tmp_path / "x.json").write_bytes(content)
        with pytest.raises(DatasetError, match=r"x\.json"):
            load_result(tmp_path / "x.json")
    with pytest.raises(DatasetError, match="nowhere"):
        load_result(tmp_path / "nowhere.json")
