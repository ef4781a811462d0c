"""The one JSON document of an evaluation: where it comes from, its averages for scripts, and every sample's scores."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, DatasetError
from core.evaluation.result import THRESHOLDS, EvaluationResult, EvaluationSettings, SampleName, SampleNames
from core.json_files import is_whole, parse_json
from core.reading import read_file

FORMAT = "mem3d-evaluation"
FORMAT_VERSION = 1

_DIGITS = 5
_NUMBERS_AT_ONCE = 4096
_LARGEST = 1_000_000_000
"""Bytes of a file that is read: 210 480 views under eight conditions take some 150 MB."""
_USE = {True: "with_memory", False: "without_memory"}
_PROVENANCE: dict[str, Any] = {"checkpoint": str, "step": int, "dataset": str, "fingerprint": str, "date": str}
_ARRAYS: dict[str, Any] = {
    "iou": np.float32,
    "iou_at_best": np.float32,
    "f_score": np.float32,
    "top_slot_iou": np.float32,
    "top_slot_category": np.bool_,
    "above_beta": np.int64,
    "mean_shape_iou": np.float32,
}
_OPTIONAL = ("f_score", "iou_at_best")


def to_json(result: EvaluationResult) -> str:
    """One JSON document: where the result comes from, the ``summary``, and under ``samples`` every score."""
    return "".join(json_pieces(result))


def json_pieces(result: EvaluationResult) -> Iterator[str]:
    """The document of ``to_json``, piece by piece: none is so large that making it would hold up other threads."""
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **{name: getattr(result, name) for name in _PROVENANCE},
        "data_options": dict(result.data_options),
        **result.summary(),
        "settings": dataclasses.asdict(result.settings),
        "validation": {
            "thresholds": THRESHOLDS,
            **{_USE[memory]: _plain(curve) for memory, curve in result.validation_iou.items()},
        },
        "conditions": [condition._asdict() for condition in result.settings.conditions],
    }
    yield json.dumps(document, indent=1).removesuffix("\n}") + ',\n "samples": {'
    columns = [[sample[field] for sample in result.samples] for field in range(len(SampleName._fields))]
    arrays = [getattr(result, name) for name in _ARRAYS]
    for name, values in zip((*SampleName._fields, *_ARRAYS), (*columns, *arrays), strict=True):
        yield f'\n  "{name}": ' if name == SampleName._fields[0] else f',\n  "{name}": '
        yield from _array_pieces(values)
    yield "\n }\n}"


def from_json(text: str | bytes, origin: str = "result") -> EvaluationResult:
    """Read what ``to_json`` wrote.

    Args:
        text: the document.
        origin: file name used in error messages.

    Raises:
        DatasetError: if it is no result of an evaluation, damaged, or written by a newer version.
    """
    try:
        document = parse_json(text)
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']!r}")
        if document["format_version"] > FORMAT_VERSION:
            raise DatasetError(f"{origin}: written by a newer version; update mem3d-viewer to open it")
        stored, settings = document["samples"], document["settings"]
        for name in ("thresholds", "occlusions"):
            settings[name] = tuple(map(float, settings[name]))
        columns = [stored[name] for name in SampleName._fields]
        shared: dict[str, str] = {}  # views of one object share its name: half of what goes between processes
        with np.errstate(over="raise"):
            arrays: dict[str, Any] = {
                name: None if stored[name] is None else np.asarray(stored[name], kind) for name, kind in _ARRAYS.items()
            }
        result = EvaluationResult(
            **{name: kind(document[name]) for name, kind in _PROVENANCE.items()},
            data_options={str(name): str(value) for name, value in document["data_options"].items()},
            settings=EvaluationSettings(**settings),
            samples=SampleNames(_sample(shared, *row) for row in zip(*columns, strict=True)),
            validation_iou={
                memory: np.asarray(document["validation"][name], np.float64)
                for memory, name in _USE.items()
                if name in document["validation"]
            },
            **arrays,
        )
        _require_shapes(result)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, ConfigError) as error:
        raise DatasetError(
            f"{origin}: not a result of `mem3d evaluate`, or a damaged one ({error}); measure again with "
            "--output FILE.json"
        ) from error
    return result


def load_result(path: Path) -> EvaluationResult:
    """Read a result from a file.

    Raises:
        DatasetError: if it cannot be read or is none.
    """
    try:
        content = read_file(path, _LARGEST)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); choose a .json of mem3d evaluate") from error
    return from_json(content, str(path))


def _require_shapes(result: EvaluationResult) -> None:
    n, uses = len(result.samples), len(result.settings.conditions)
    levels, occlusions = len(result.settings.thresholds), len(result.settings.occlusions)
    shapes = {
        "iou": (uses, levels, n),
        "f_score": (uses, levels, n),
        "iou_at_best": (uses, n),
        "mean_shape_iou": (n,),
        **dict.fromkeys(("top_slot_iou", "top_slot_category", "above_beta"), (occlusions, n)),
    }
    for name, shape in shapes.items():
        values = getattr(result, name)
        if n < 1 or (values is None and name not in _OPTIONAL) or (values is not None and values.shape != shape):
            raise ValueError(f"{name} does not fit the {n} samples")
    if any(curve.shape != (len(THRESHOLDS),) for curve in result.validation_iou.values()):
        raise ValueError("the validation curve does not fit the thresholds")
    if not all(((curve >= 0) & (curve <= 1)).all() for curve in result.validation_iou.values()):
        raise ValueError("the validation curve is no IoU")


def _sample(shared: dict[str, str], item: Any, view: Any, object_id: Any, category: Any) -> tuple[int, int, str, str]:
    if not (is_whole(item) and is_whole(view) and isinstance(object_id, str) and isinstance(category, str)):
        raise ValueError("a sample without its numbers or names")
    return item, view, shared.setdefault(object_id, object_id), shared.setdefault(category, category)


def _array_pieces(values: NDArray[Any] | Sequence[Any] | None) -> Iterator[str]:
    """An array as JSON, some numbers a line."""
    if values is None:
        yield "null"
    elif isinstance(values, np.ndarray) and values.ndim > 1:
        for number, row in enumerate(values):
            yield ", " if number else "["
            yield from _array_pieces(row)
        yield "]"
    else:
        for first in range(0, len(values), _NUMBERS_AT_ONCE):
            part = values[first : first + _NUMBERS_AT_ONCE]
            yield ",\n   " if first else "[\n   "
            yield json.dumps(_plain(part) if isinstance(part, np.ndarray) else part)[1:-1]
        yield "]"


def _plain(values: NDArray[Any] | None) -> Any:
    """Numbers as JSON has them: five digits after the point are finer than any measurement here."""
    if values is None:
        return None
    return values.astype(np.float64).round(_DIGITS).tolist() if values.dtype.kind == "f" else values.tolist()
