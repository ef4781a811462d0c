"""The tables of a result: categories, thresholds, occlusions, retrieval; published figures beside ours where wanted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.categories import CATEGORIES
from core.evaluation.published import FAIR, MEANS, METHODS, UNFAIR, PublishedMethod, is_comparable
from core.evaluation.result import Condition, EvaluationResult, Measure

Kind = Literal["entry", "average"]
_MEAN, _MACRO, _PRINTED = "mean over views", "mean over categories", "mean as printed"
_MEASURES: tuple[tuple[Measure, str], ...] = (("iou", "IoU"), ("f_score", "F@1%"))


@dataclass(frozen=True)
class Column:
    """One column of figures."""

    title: str
    """Its heading."""
    source: str
    """Where its figures come from, in words."""
    published: bool = False
    """Whether they were published, and not measured here."""
    digits: int = 3
    """Digits after the point."""


@dataclass(frozen=True)
class Row:
    """One row: a category, a threshold, an occlusion, or an average."""

    name: str
    """What it is."""
    count: int | None
    """Samples behind it, where that differs from row to row."""
    values: tuple[float | None, ...]
    """One figure a column; None where there is none."""
    kind: Kind = "entry"
    """Whether it sums others up."""


@dataclass(frozen=True)
class Table:
    """Figures with headings, in whatever format they are shown."""

    title: str
    """What it shows."""
    corner: str
    """Heading of the rows' names."""
    columns: tuple[Column, ...]
    """The columns."""
    rows: tuple[Row, ...]
    """The rows, averages last."""
    notes: tuple[str, ...] = ()
    """What has to be said beside it."""


def tables(result: EvaluationResult, *, published: bool = False) -> tuple[Table, ...]:
    """Every table that says something for this result.

    Args:
        result: what was measured.
        published: put published figures beside ours, where one of R2N2's categories was measured.
    """
    found = [category_table(result, published=published)]
    if len(result.settings.thresholds) > 1 or result.validation_iou:
        found.append(threshold_table(result))
    if len(result.settings.occlusions) > 1:
        found.append(occlusion_table(result))
    found.append(retrieval_table(result))
    if published and set(result.counts) & set(CATEGORIES):
        found.append(published_means(result))
    return tuple(found)


def description(result: EvaluationResult) -> str:
    """What was measured on what, in one line."""
    settings, objects = result.settings, sum(result.objects.values())
    options = "".join(f", {name} {value}" for name, value in result.data_options.items())
    protocol = "" if settings.protocol == "own" else f", protocol {settings.protocol}"
    return (
        f"{Path(result.checkpoint).name} (step {result.step}); {result.dataset}{options}, split {settings.split}"
        f"{protocol}; {len(result.samples)} views of {objects} objects"
    )


def category_table(
    result: EvaluationResult,
    *,
    occlusion: float | None = None,
    threshold: float | None = None,
    published: bool = False,
) -> Table:
    """Categories by measure, with and without memory side by side.

    Args:
        result: what was measured.
        occlusion: one of the settings'; None: the first.
        threshold: one of the settings'; None: the first.
        published: add a column of IoU for every published method, where one of R2N2's categories was measured; their
            averages where exactly those 13 were.
    """
    occlusion = result.settings.occlusions[0] if occlusion is None else occlusion
    threshold = result.settings.thresholds[0] if threshold is None else threshold
    columns, averages = [], []
    for memory in result.settings.memory_uses:
        for measure, name in _MEASURES:
            for level, heading in ((threshold, name), (None, f"{name} best t")):
                means = result.means(measure, Condition(memory, occlusion), level)
                if means is not None:
                    columns.append(_measured(result, heading, memory))
                    averages.append(means)
    methods = METHODS if published and set(result.counts) & set(CATEGORIES) else ()
    whole = set(result.counts) == set(CATEGORIES)  # averages over other categories are not what was published
    columns += [Column(method.name, f"published: {method.source}", published=True) for method in methods]
    rows = [
        Row(
            name,
            count,
            (*(each.categories[name] for each in averages), *(method.iou.get(name) for method in methods)),
        )
        for name, count in result.counts.items()
    ]
    averaged: list[tuple[str, Callable[[PublishedMethod], float], tuple[float | None, ...]]] = [
        (_MEAN, lambda method: method.weighted, tuple(each.mean for each in averages)),
        (_MACRO, lambda method: method.macro, tuple(each.macro for each in averages)),
    ]
    if methods and whole:
        averaged.append((_PRINTED, lambda method: method.printed, (None,) * len(averages)))
    for name, of, ours in averaged:
        count = None if name == _PRINTED else len(result.samples)
        rows.append(Row(name, count, (*ours, *(of(method) if whole else None for method in methods)), "average"))
    title = f"Categories, t = {threshold:g}" + (f", {occlusion:.0%} occluded" if occlusion else "")
    return Table(title, "category", tuple(columns), tuple(rows), _notes(result, occlusion, bool(methods)))


def threshold_table(result: EvaluationResult) -> Table:
    """Thresholds by measure, at the first occlusion; last the best one found on validation."""
    occlusion = result.settings.occlusions[0]
    levels: list[tuple[str, float | None]] = [(f"{level:g}", level) for level in result.settings.thresholds]
    if result.validation_iou:
        found = " / ".join(f"{result.best_threshold(memory):.2f}" for memory in result.settings.memory_uses)
        levels.append((f"best on val: {found}", None))
    return _means_table(
        result,
        "Thresholds" + (f", {occlusion:.0%} occluded" if occlusion else ""),
        "t",
        [(name, {memory: (Condition(memory, occlusion), level) for memory in (True, False)}) for name, level in levels],
    )


def occlusion_table(result: EvaluationResult) -> Table:
    """Occlusions by measure, at the first threshold."""
    threshold = result.settings.thresholds[0]
    return _means_table(
        result,
        f"Occlusion, t = {threshold:g}",
        "occluded",
        [
            (f"{occlusion:.0%}", {memory: (Condition(memory, occlusion), threshold) for memory in (True, False)})
            for occlusion in result.settings.occlusions
        ],
    )


def retrieval_table(result: EvaluationResult) -> Table:
    """What the memory finds, per occlusion."""
    headings = (("top slot IoU", 3), ("right category", 3), ("slots above β", 1), ("without prior", 3))
    rows = []
    for level, occlusion in enumerate(result.settings.occlusions):
        above = result.above_beta[level]
        found: tuple[NDArray[np.generic], ...] = (
            result.top_slot_iou[level], result.top_slot_category[level], above, above == 0,
        )  # fmt: skip
        rows.append(Row(f"{occlusion:.0%}", None, tuple(float(np.mean(values.astype(np.float64))) for values in found)))
    columns = tuple(Column(title, _source(result), digits=digits) for title, digits in headings)
    mean_shape = float(np.mean(result.mean_shape_iou))
    threshold = result.settings.thresholds[0]
    note = f"mean training shape at {threshold:g} as the answer for every view: IoU {mean_shape:.3f}"
    return Table("Retrieval", "occluded", columns, tuple(rows), (note,))


def published_means(result: EvaluationResult) -> Table:
    """One-view averages as published, and whether this result may be compared with them."""
    return Table(
        "Published one-view means, R2N2 test split",
        "method",
        tuple(Column(title, f"published: {MEANS[0].source}", published=True) for title in ("IoU", "F@1%")),
        tuple(Row(entry.name, None, (entry.iou, entry.f_score)) for entry in MEANS),
        (f"source: {MEANS[0].source}", _fairness(result, result.settings.occlusions[0])),
    )


def _means_table(
    result: EvaluationResult,
    title: str,
    corner: str,
    rows: list[tuple[str, dict[bool, tuple[Condition, float | None]]]],
) -> Table:
    columns, keys = [], []
    for memory in result.settings.memory_uses:
        for measure, name in _MEASURES:
            if measure == "iou" or result.f_score is not None:
                keys.append((memory, measure))
                columns.append(_measured(result, name, memory))
    made = []
    for name, places in rows:
        means = [result.means(measure, *places[memory]) for memory, measure in keys]
        made.append(Row(name, None, tuple(None if each is None else each.mean for each in means)))
    return Table(title, corner, tuple(columns), tuple(made))


def _measured(result: EvaluationResult, title: str, memory: bool) -> Column:
    without = not memory and result.settings.memory == "both"
    return Column(f"{title} without" if without else title, _source(result))


def _source(result: EvaluationResult) -> str:
    return f"measured here: {description(result)}"


def _fairness(result: EvaluationResult, occlusion: float) -> str:
    return FAIR if is_comparable(result, occlusion) else UNFAIR


def _notes(result: EvaluationResult, occlusion: float, published: bool) -> tuple[str, ...]:
    notes = [_source(result)]
    if result.settings.memory == "both":
        notes.append("without: without memory, the same network and features with the zero prior")
    elif result.settings.memory == "without":
        notes.append("measured without memory: the decoder was given the zero prior")
    best = [f"{result.best_threshold(memory):.2f}" for memory in result.settings.memory_uses if result.validation_iou]
    if best:
        notes.append(f"best t: {' and, without, '.join(best)}, chosen by mean IoU on the validation split")
    if published:
        sources: dict[str, list[str]] = {}
        for method in METHODS:
            sources.setdefault(method.source, []).append(method.name)
        listed = "; ".join(f"{', '.join(names)}: {source}" for source, names in sources.items())
        notes.append(f"published, R2N2 test split, means over its objects and categories computed here: {listed}")
        notes.append(_fairness(result, occlusion))
    return tuple(notes)
