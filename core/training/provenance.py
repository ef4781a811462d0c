"""On what machine and from what data a run came: ``environment.json`` and ``dataset.json`` in its folder."""

import json
import platform
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core import __version__
from core.data.dataset import SPLITS, ShapeDataset
from core.data.fingerprint import dataset_fingerprint
from core.errors import TrainingError
from core.files import replace_text
from core.json_files import read_json


def record_environment(run: Path, step: int, device: torch.device) -> None:
    """Add an entry to ``environment.json``, one for the start and one each time the run goes on.

    Args:
        run: the run folder.
        step: steps behind it.
        device: what it is trained on.

    Raises:
        OutputError: if it cannot be written.
    """
    path = Path(run) / "environment.json"
    entries: list[Any] = []
    with suppress(OSError, ValueError, TypeError):  # none yet, or damaged: it only informs
        entries = list(read_json(path))
    on_gpu = device.type == "cuda"
    entries.append(
        {
            "step": step,
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "mem3d_viewer": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
            "cuda": torch.version.cuda if on_gpu else None,
            "platform": platform.platform(),
            "device": str(device),
            "device_name": torch.cuda.get_device_name(device) if on_gpu else _processor(),
            "threads": torch.get_num_threads(),
        }
    )
    _write(path, entries)


def record_data(run: Path, dataset: ShapeDataset) -> None:
    """Write ``dataset.json``: name, objects in all and by split, and a fingerprint that changes when the data does.

    Raises:
        OutputError: if it cannot be written.
    """
    _write(Path(run) / "dataset.json", _facts(dataset))


def require_same_data(run: Path, dataset: ShapeDataset) -> None:
    """Refuse to go on with other data; a run that recorded none, of an earlier version, records it now.

    Raises:
        TrainingError: if the data set is not the one in ``dataset.json``; it says what differs. Or if that file is
            damaged.
        OutputError: if the file cannot be written.
    """
    path = Path(run) / "dataset.json"
    try:
        recorded = dict(read_json(path))
        fingerprint = str(recorded["fingerprint"])
    except FileNotFoundError:
        record_data(run, dataset)
        return
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(
            f"{path}: damaged ({type(error).__name__}): nothing tells whether the data set is still the same; put the "
            "file back, or go on with the data as it is now, with --accept-data"
        ) from error
    present = _facts(dataset)
    if fingerprint == present["fingerprint"]:
        return
    told = [
        f"{name} {recorded.get(name)} then, {value} now"
        for name, value in present.items()
        if name != "fingerprint" and recorded.get(name) != value
    ]
    what = "; ".join(told) or "as many objects, but others, or other files"
    raise TrainingError(
        f"{path}: the data set has changed since ({what}); put it back, or go on all the same with --accept-data"
    )


def _processor() -> str:
    """The processor's name; Linux tells it only there."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _facts(dataset: ShapeDataset) -> dict[str, Any]:
    counts = Counter(record.split for record in dataset.objects)
    return {
        "name": dataset.name,
        "objects": len(dataset.objects),
        **{split: counts[split] for split in SPLITS},
        "fingerprint": dataset_fingerprint(dataset),
    }


def _write(path: Path, values: Any) -> None:
    replace_text(path, json.dumps(values, indent=2) + "\n")
