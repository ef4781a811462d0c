"""What an evaluation measured: every sample's scores, and the averages made of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any, Literal, NamedTuple, get_args, overload

import numpy as np
from numpy.typing import NDArray

from core.config import DEFAULT_THRESHOLD, EvaluationProtocol
from core.data.categories import CATEGORIES
from core.errors import ConfigError

THRESHOLDS: tuple[float, ...] = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Thresholds tried on the validation split for the best one: 0.05 … 0.95."""

MemoryUse = Literal["both", "with", "without"]
Measure = Literal["iou", "f_score"]


class Condition(NamedTuple):
    """Under which the network answered."""

    memory: bool
    """Whether it read the memory; False gave the decoder the zero prior."""
    occlusion: float
    """Area of the occluder as a fraction of the object's box."""


@dataclass(frozen=True)
class EvaluationSettings:
    """What is measured."""

    split: str = "test"
    """``train``, ``val``, ``test`` or ``all``."""
    thresholds: tuple[float, ...] = (DEFAULT_THRESHOLD,)
    """The occupancy thresholds t; the first one is the one that tables show."""
    memory: MemoryUse = "both"
    """With the memory, without it, or both on the same features."""
    occlusions: tuple[float, ...] = (0.0,)
    """Areas of a random occluder as fractions of the object's box; the first one is the one that tables show."""
    views: int | None = None
    """At most this many views of an object, its first ones; None takes every view."""
    limit: int | None = None
    """At most this many views, spread over the categories; None takes all."""
    seed: int = 0
    """Of the choice of views, backgrounds, occluders and surface points."""
    f_scores: bool = True
    """Whether the F-score is measured, too, by far the slowest part."""
    protocol: EvaluationProtocol = "own"
    """``own``: the object's box before a random background, occupancy > t. ``pix2vox``: as Pix2Vox and its successors
    test, which their published figures belong to: ``core.data.pix2vox``, occupancy >= t, and with ``views`` None the
    first view of every object."""

    def __post_init__(self) -> None:
        """Refuse what cannot be measured.

        Raises:
            ConfigError: naming it.
        """
        if self.split not in ("train", "val", "test", "all"):
            raise ConfigError(f"split must be train, val, test or all, not {self.split!r}")
        if self.memory not in get_args(MemoryUse):
            raise ConfigError(f"memory must be both, with or without, not {self.memory!r}")
        for name in ("thresholds", "occlusions"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values) or not all(0.0 <= value <= 1.0 for value in values):
                raise ConfigError(f"{name} must be different numbers in 0 … 1, not {values}")
        if self.protocol not in get_args(EvaluationProtocol):
            raise ConfigError(f"protocol must be own or pix2vox, not {self.protocol!r}")
        for name in ("views", "limit"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ConfigError(f"{name} must be positive, not {getattr(self, name)}")

    @property
    def views_an_object(self) -> int | None:
        """At most this many views of an object are measured; None: all."""
        return 1 if self.views is None and self.protocol == "pix2vox" else self.views

    def occupied(self, occupancy: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
        """Which voxels count as occupied: bool, of the occupancy's shape."""
        return occupancy >= threshold if self.protocol == "pix2vox" else occupancy > threshold

    @property
    def memory_uses(self) -> tuple[bool, ...]:
        """With the memory (True), without it (False), in the order of the tables."""
        return {"both": (True, False), "with": (True,), "without": (False,)}[self.memory]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything the network is asked under: per occlusion with the memory, then without."""
        return tuple(Condition(memory, occlusion) for occlusion in self.occlusions for memory in self.memory_uses)


class SampleName(NamedTuple):
    """A measured view of an object."""

    item: int
    """The object's place in the data set."""
    view: int
    """Which of its renderings."""
    object_id: str
    """The object's name in the data set."""
    category: str
    """The object's category."""


class SampleNames(Sequence[SampleName]):
    """The views of a large result, each made a ``SampleName`` when it is asked for.

    Kept as plain tuples, which the garbage collector leaves alone: it would hold every thread for 0.07 s whenever it
    looks through 200 000 others.
    """

    def __init__(self, rows: Iterable[tuple[int, int, str, str]]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[SampleName]:
        return starmap(SampleName, self._rows)

    @overload
    def __getitem__(self, place: int) -> SampleName: ...
    @overload
    def __getitem__(self, place: slice) -> "SampleNames": ...
    def __getitem__(self, place: int | slice) -> "SampleName | SampleNames":
        if isinstance(place, slice):
            return SampleNames(self._rows[place])
        return SampleName(*self._rows[place])


@dataclass(frozen=True)
class Averages:
    """One measure, averaged in the two ways of the field."""

    mean: float
    """Over samples."""
    macro: float
    """Over categories: the mean of ``categories``."""
    categories: Mapping[str, float]
    """Over the samples of each category."""


@dataclass(frozen=True, eq=False)
class EvaluationResult:
    """Everything measured by one evaluation of N samples: T thresholds, O occlusions, C conditions."""

    checkpoint: str
    """The checkpoint's file."""
    step: int
    """Training steps behind it."""
    dataset: str
    """What the data set was opened with, such as ``builtin`` or ``shapenet:DIR``."""
    data_options: Mapping[str, str]
    """With which options of ``core.data.opening.open_dataset``, such as ``subset``; empty for its defaults."""
    fingerprint: str
    """Of the data set: ``core.data.fingerprint``."""
    date: str
    """When it was measured, UTC, ISO 8601."""
    settings: EvaluationSettings
    """What was measured."""
    samples: Sequence[SampleName]
    """Which views, N."""
    validation_iou: Mapping[bool, NDArray[np.float64]]
    """Memory use to mean IoU at each of ``THRESHOLDS`` on unoccluded validation views; empty without a split val."""
    iou: NDArray[np.float32]
    """(C, T, N)."""
    iou_at_best: NDArray[np.float32] | None
    """(C, N), each at its memory use's own best threshold; None where none could be found."""
    f_score: NDArray[np.float32] | None
    """(C, T, N) F-score@1 %; None where it was not measured."""
    top_slot_iou: NDArray[np.float32]
    """(O, N) IoU of the slot with the most similar key."""
    top_slot_category: NDArray[np.bool_]
    """(O, N) whether that slot holds an object of the sample's category."""
    above_beta: NDArray[np.int64]
    """(O, N) slots above beta, counted whether the memory is used or not."""
    mean_shape_iou: NDArray[np.float32]
    """(N,) IoU of answering with the mean training shape at the first threshold."""

    @cached_property
    def counts(self) -> dict[str, int]:
        """Samples per category, in R2N2's order, then the others by name."""
        counted = Counter(sample.category for sample in self.samples)
        known = [name for name in CATEGORIES if name in counted]
        return {name: counted[name] for name in [*known, *sorted(set(counted) - set(known))]}

    @cached_property
    def objects(self) -> dict[str, int]:
        """Measured objects per category, in the order of ``counts``."""
        counted = Counter(category for category, _ in {(sample.category, sample.object_id) for sample in self.samples})
        return {name: counted[name] for name in self.counts}

    def places(self, category: str = "") -> NDArray[np.intp]:
        """Where in ``samples`` those of a category are, in order; empty: of all categories."""
        return self._places[category] if category else np.arange(len(self.samples))

    @cached_property
    def _places(self) -> dict[str, NDArray[np.intp]]:
        """The samples of each category."""
        categories = np.array([sample.category for sample in self.samples])
        return {name: np.flatnonzero(categories == name) for name in self.counts}

    @cached_property
    def _means(self) -> dict[tuple[Measure, Condition, float | None], Averages | None]:
        """What ``means`` has averaged already."""
        return {}

    def best_threshold(self, memory: bool) -> float | None:
        """The threshold with the best mean IoU on the validation split; the lowest of equals."""
        curve = self.validation_iou.get(memory)
        return None if curve is None else THRESHOLDS[int(curve.argmax())]

    def scores(
        self, measure: Measure, condition: Condition, threshold: float | None = None
    ) -> NDArray[np.float32] | None:
        """(N,) scores of every sample; None where they were not measured.

        Args:
            measure: ``iou`` or ``f_score``.
            condition: one of ``settings.conditions``.
            threshold: one of ``settings.thresholds``; None: the best one, for which there is the IoU alone.
        """
        at = self.settings.conditions.index(condition)
        if threshold is None:
            return self.iou_at_best[at] if measure == "iou" and self.iou_at_best is not None else None
        values = self.iou if measure == "iou" else self.f_score
        return None if values is None else values[at, self.settings.thresholds.index(threshold)]

    def averages(self, values: NDArray[Any]) -> Averages:
        """Average (N,) values of the samples."""
        each = {name: float(np.mean(values[places], dtype=np.float64)) for name, places in self._places.items()}
        return Averages(float(np.mean(values, dtype=np.float64)), float(np.mean(list(each.values()))), each)

    def means(self, measure: Measure, condition: Condition, threshold: float | None = None) -> Averages | None:
        """The averages of ``scores``, kept for whoever asks again: the arrays must be filled by then."""
        key = measure, condition, threshold
        if key not in self._means:
            values = self.scores(measure, condition, threshold)
            self._means[key] = None if values is None else self.averages(values)
        return self._means[key]

    def average_everything(self) -> None:
        """Count and average now what ``means``, ``counts`` and ``objects`` tell, so that nobody waits for it later."""
        assert sum(self.objects.values()) > 0
        for measure in get_args(Measure):
            for condition in self.settings.conditions:
                for threshold in (*self.settings.thresholds, None):
                    self.means(measure, condition, threshold)

    def summary(self) -> dict[str, Any]:
        """The averages of the first condition and threshold by name, as scripts read them."""
        condition, threshold = self.settings.conditions[0], self.settings.thresholds[0]
        iou, f_score = (self.scores(measure, condition, threshold) for measure in get_args(Measure))
        at_best = self.scores("iou", condition)
        assert iou is not None
        means = self.averages(iou)
        f_means = None if f_score is None else self.averages(f_score)
        return {
            "split": self.settings.split,
            "protocol": self.settings.protocol,
            "memory": condition.memory,
            "occlude": condition.occlusion,
            "n": len(self.samples),
            "threshold": threshold,
            "mean_iou": means.mean,
            "macro_iou": means.macro,
            "best_threshold": self.best_threshold(condition.memory),
            "mean_iou_at_best_threshold": None if at_best is None else self.averages(at_best).mean,
            "mean_f_score": None if f_means is None else f_means.mean,
            "macro_f_score": None if f_means is None else f_means.macro,
            "per_category": {
                name: {
                    "n": count,
                    "iou": means.categories[name],
                    "f_score": None if f_means is None else f_means.categories[name],
                }
                for name, count in self.counts.items()
            },
            "mean_above_beta": float(np.mean(self.above_beta[0])),
            "without_prior": float(np.mean(self.above_beta[0] == 0)),
            "top_slot_category": float(np.mean(self.top_slot_category[0])),
            "baselines": {
                "top_slot": float(np.mean(self.top_slot_iou[0])),
                "mean_shape": float(np.mean(self.mean_shape_iou)),
            },
        }
