"""Tables of a result made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.categories import CATEGORIES
from core.evaluation.published import FAIR, UNFAIR
from core.evaluation.tables import (
    category_table,
    occlusion_table,
    published_means,
    retrieval_table,
    tables,
    threshold_table,
)


def figures(table):
    return {row.name: dict(zip((c.title for c in table.columns), row.values, strict=True)) for row in table.rows}


def test_categories_with_and_without_memory_side_by_side(by_hand):
    rows = figures(category_table(by_hand))
    assert list(rows) == ["chair", "lamp", "mean over views", "mean over categories"]
    assert rows["chair"] == pytest.approx(
        {
            "IoU": 0.6, "IoU best t": 0.61, "F@1%": 0.3,
            "IoU without": 0.4, "IoU best t without": 0.41, "F@1% without": 0.2,
        }
    )  # fmt: skip
    assert rows["mean over views"]["IoU"] == pytest.approx(0.5)
    assert rows["mean over categories"]["IoU"] == pytest.approx(0.45)


def test_another_threshold_and_occlusion(by_hand):
    assert figures(category_table(by_hand, threshold=0.5))["lamp"]["IoU"] == pytest.approx(0.2)
    assert figures(category_table(by_hand, occlusion=0.4))["chair"]["IoU without"] == pytest.approx(0.15)


def test_thresholds_and_the_best_one(by_hand):
    rows = figures(threshold_table(by_hand))
    assert list(rows) == ["0.3", "0.5", "best on val: 0.25 / 0.30"]
    assert rows["0.5"]["IoU"] == pytest.approx(0.4)
    assert rows["best on val: 0.25 / 0.30"]["IoU"] == pytest.approx(0.51)
    assert rows["best on val: 0.25 / 0.30"]["F@1%"] is None


def test_occlusions(by_hand):
    rows = figures(occlusion_table(by_hand))
    assert rows["0%"]["IoU"] == pytest.approx(0.5)
    assert rows["40%"]["IoU"] == pytest.approx(0.8 / 3)
    assert rows["40%"]["IoU without"] == pytest.approx(0.1)


def test_retrieval(by_hand):
    rows = figures(retrieval_table(by_hand))
    assert rows["0%"] == pytest.approx(
        {"top slot IoU": 0.2, "right category": 2 / 3, "slots above β": 3, "without prior": 1 / 3}
    )
    assert rows["40%"]["without prior"] == pytest.approx(2 / 3)


def test_published_columns_are_told_apart_and_only_where_categories_match(by_hand):
    table = category_table(by_hand, published=True)
    rows = figures(table)
    assert rows["chair"]["Mem3D"] == 0.712
    assert rows["lamp"]["3D-R2N2"] == 0.381
    # Two categories are not thirteen: no published average beside ours.
    assert rows["mean over views"]["Mem3D"] is None
    assert "mean as printed" not in rows
    assert [c.published for c in table.columns] == [False] * 6 + [True] * 6
    assert all(("published" in c.source) == c.published for c in table.columns)
    assert UNFAIR in table.notes
    assert UNFAIR in published_means(by_hand).notes
    others = replace(by_hand, samples=tuple(sample._replace(category="spoon") for sample in by_hand.samples))
    assert not any(c.published for table in tables(others, published=True) for c in table.columns)


def test_published_averages_where_all_categories_were_measured(by_hand):
    samples = tuple(by_hand.samples[0]._replace(category=name) for name in CATEGORIES)
    wide = {
        name: np.repeat(getattr(by_hand, name)[..., :1], 13, axis=-1)
        for name in ("iou", "iou_at_best", "f_score", "top_slot_iou", "top_slot_category", "above_beta")
    }
    rows = figures(category_table(replace(by_hand, samples=samples, **wide), published=True))
    assert list(rows)[:13] == list(CATEGORIES)
    assert rows["mean over views"]["Mem3D"] == pytest.approx(0.739, abs=0.0005)
    assert rows["mean over categories"]["Pix2Vox++"] == pytest.approx(0.663, abs=0.0005)
    assert rows["mean as printed"]["CPG3D"] == 0.743
    assert rows["mean as printed"]["IoU"] is None


def test_only_what_was_measured_as_published_is_called_fair(published_like):
    assert FAIR in published_means(published_like()).notes
    assert UNFAIR in published_means(published_like(protocol="own")).notes
    assert UNFAIR in published_means(published_like(occlusions=(0.4, 0.0))).notes


def test_only_tables_that_say_something(by_hand):
    plain = replace(
        by_hand,
        settings=replace(by_hand.settings, thresholds=(0.3,), occlusions=(0.0,), memory="with"),
        validation_iou={}, iou=by_hand.iou[:1, :1], iou_at_best=None, f_score=None,
        top_slot_iou=by_hand.top_slot_iou[:1], top_slot_category=by_hand.top_slot_category[:1],
        above_beta=by_hand.above_beta[:1],
    )  # fmt: skip
    assert [table.corner for table in tables(plain)] == ["category", "occluded"]
    assert [column.title for column in tables(plain)[0].columns] == ["IoU"]
    assert [table.corner for table in tables(by_hand, published=True)] == [
        "category", "t", "occluded", "occluded", "method",
    ]  # fmt: skip
