"""What is in a data set, and everything that is wrong with it, at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from core.data.dataset import SPLITS, Problem, ShapeDataset, Split
from core.data.folder_dataset import Examination, FolderDataset, Progress, examine_all
from core.data.opening import builtin_folder, open_dataset, open_folder, parse_spec
from core.data.packed import INDEX, PackedDataset
from core.errors import DatasetError

__all__ = ["CheckReport", "Problem", "check"]


@dataclass(frozen=True)
class CheckReport:
    """What a check found."""

    spec: str
    """What was checked."""
    name: str
    """The data set's own name."""
    counts: Mapping[str, Mapping[Split, int]]
    """Objects by category and split; of what is there, whether it can be used or not."""
    pictures: Mapping[str, int]
    """Pictures by category."""
    problems: tuple[Problem, ...]
    """What cannot be used: training refuses the data set, or skips it."""
    notes: tuple[Problem, ...]
    """What is unusual, but can be used."""

    def __str__(self) -> str:
        """A table for people, then every problem and note on a line of its own."""
        width = max([len("category"), *map(len, self.counts)])
        lines = [f"{'category':<{width}}{''.join(f'{split:>8}' for split in SPLITS)}{'pictures':>10}"]
        for category, counts in self.counts.items():
            numbers = "".join(f"{counts[split]:>8}" for split in SPLITS)
            lines.append(f"{category:<{width}}{numbers}{self.pictures[category]:>10}")
        totals = "".join(f"{sum(counts[split] for counts in self.counts.values()):>8}" for split in SPLITS)
        lines.append(f"{'all':<{width}}{totals}{sum(self.pictures.values()):>10}")
        for title, found in (("problem", self.problems), ("note", self.notes)):
            plural, colon = "" if len(found) == 1 else "s", ":" if found else ""
            lines += [f"{len(found)} {title}{plural}{colon}", *(f"  {problem}" for problem in found)]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "dataset": self.spec,
            "name": self.name,
            "counts": {category: dict(counts) for category, counts in self.counts.items()},
            "pictures": dict(self.pictures),
            "problems": [{"path": str(problem.path), "what": problem.what} for problem in self.problems],
            "notes": [{"path": str(note.path), "what": note.what} for note in self.notes],
        }


def check(spec: str | Path, progress: Progress | None = None) -> CheckReport:
    """Read every file of a data set and say what is there and what is wrong.

    Args:
        spec: as ``open_dataset`` takes it, or a folder.
        progress: called with objects done, objects in all and what is being done.

    Raises:
        DatasetError: if there is no data set to check.
    """
    spec = str(spec)
    kind, folder = parse_spec(spec)
    if kind == "builtin":
        open_dataset("builtin", progress)
        folder = builtin_folder()
    if kind in ("builtin", "packed"):
        packed = PackedDataset(folder)
        return _report(spec, packed, _packed_problems(packed, progress), ())
    dataset = open_folder(kind, folder)
    problems, forms = list(dataset.problems), []
    for found, form in examine_all(dataset, _seen, "checking", progress):
        problems += found
        forms.append(form)
    # Photographs differ in size by nature; renderings of one set should not.
    odd = _odd_pictures(dataset, forms) if kind == "shapenet" else []
    return _report(spec, dataset, problems, (*dataset.notes, *odd))


class _Form(NamedTuple):
    width: int
    height: int
    has_alpha: bool

    def __str__(self) -> str:
        return f"{self.width} x {self.height} {'with' if self.has_alpha else 'without'} alpha"


def _seen(index: int, found: Examination) -> tuple[list[Problem], dict[int, _Form]]:
    """What is kept of an object that was read: its problems, and the form of each picture."""
    forms = {
        view: _Form(pixels.shape[1], pixels.shape[0], pixels.shape[2] == 4 and pixels[..., 3].min() < 255)
        for view, pixels in found.pictures.items()
    }
    return found.problems, forms


def _odd_pictures(dataset: FolderDataset, forms: list[dict[int, _Form]]) -> list[Problem]:
    """One note an object whose pictures differ from most of the set's, and one if most have no alpha."""
    most = Counter(form for views in forms for form in views.values()).most_common(1)
    if not most:
        return []
    usual = most[0][0]
    notes = []
    if not usual.has_alpha:
        notes.append(Problem(dataset.folder, "the pictures have no alpha: their background is left in"))
    for index, views in enumerate(forms):
        odd = {view: form for view, form in views.items() if form != usual}
        if odd:
            first = next(iter(odd))
            path = dataset.picture_path(index, first)
            more = f", and {len(odd) - 1} more of this object's" if len(odd) > 1 else ""
            notes.append(Problem(path, f"{odd[first]}{more}; most pictures are {usual}"))
    return notes


def _packed_problems(dataset: PackedDataset, progress: Progress | None) -> list[Problem]:
    problems = []
    try:
        dataset.verify()
    except DatasetError as error:
        path, _, what = str(error.args[0]).partition(": ")
        problems.append(Problem(Path(path), what))
    twice = [name for name, count in Counter(record.object_id for record in dataset.objects).items() if count > 1]
    problems += [Problem(dataset.folder / INDEX, f"{name} is there twice; build the data set again") for name in twice]
    for index, record in enumerate(dataset.objects):
        if not dataset.voxels(index).any():
            problems.append(Problem(dataset.folder, f"the voxel grid of {record.object_id} is empty"))
        for view in range(record.views):
            try:
                dataset.image(index, view)
            except DatasetError as error:
                problems.append(Problem(dataset.folder, str(error.args[0]).partition(": ")[2]))
        if progress:
            progress(index + 1, len(dataset.objects), "checking")
    return problems


def _report(spec: str, dataset: ShapeDataset, problems: list[Problem], notes: tuple[Problem, ...]) -> CheckReport:
    counts: dict[str, dict[Split, int]] = {}
    pictures: Counter[str] = Counter()
    for record in dataset.objects:
        counts.setdefault(record.category, dict.fromkeys(SPLITS, 0))[record.split] += 1
        pictures[record.category] += record.views
    return CheckReport(spec, dataset.name, dict(sorted(counts.items())), pictures, tuple(problems), notes)
