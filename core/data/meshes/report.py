"""What a build of a mesh library made: the health of every mesh, near-duplicates, splits; as a table, JSON and CSV."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from core.data.dataset import SPLITS, Split
from core.data.meshes.examining import NOTABLE_HOLE, MeshReport
from core.files import replace_text

_MOST_LISTED = 200
"""Files whose assumptions are printed; all are in the report's files."""


@dataclass(frozen=True)
class MeshHealth:
    """The figures of a ``MeshReport``, without mesh and grid."""

    triangles: int
    """Triangles after the repairs."""
    parts: int
    """Connected components."""
    watertight: bool
    """Every edge has exactly two triangles."""
    solid: bool
    """No inside is left empty, as far as can be told."""
    occupied: float
    """Share of the grid that is occupied."""
    size: tuple[float, float, float]
    """Bounding box along x, y, z in the file's unit."""
    longest_axis: str
    """x, y or z."""
    merged_vertices: int
    """Vertices at the place of another one."""
    degenerate_faces: int
    """Triangles without an area, removed."""
    duplicate_faces: int
    """Triangles that were there twice, removed."""
    flipped_faces: int
    """Triangles that were turned over."""
    closed_voxels: int
    """Voxels that a hole in the surface would leave empty."""
    textures: int
    """Pictures on the mesh."""
    missing: tuple[str, ...]
    """Textures and materials that were not found."""
    features: tuple[str, ...]
    """What the file has beside plain triangles, and what was made of it."""
    polygons: int
    """Faces of more than three corners that were cut into triangles."""
    concave: int
    """Those of them that are concave."""
    colours: str
    """Where the colours come from."""
    notes: tuple[str, ...]
    """The same in words."""

    @classmethod
    def of(cls, report: MeshReport) -> "MeshHealth":
        """The figures of a report."""
        both = {name: getattr(report, name) for name in (field.name for field in fields(cls)) if hasattr(report, name)}
        return cls(**both, **asdict(report.repairs), **asdict(report.assumed))

    @classmethod
    def from_dict(cls, figures: dict[str, Any]) -> "MeshHealth":
        """The figures as JSON keeps them."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in figures.items()
        }
        return cls(**values)


@dataclass(frozen=True)
class LibraryObject:
    """One object of a library that was built."""

    category: str
    """Category name."""
    name: str
    """Name within the category."""
    file: str
    """The mesh file."""
    split: Split
    """The split it is in."""
    health: MeshHealth
    """What was found in its mesh."""
    near_duplicate: str | None
    """Category and name of the object most like it at a voxel IoU of 0.85 or more."""
    near_duplicate_iou: float | None
    """The voxel IoU with it."""


@dataclass(frozen=True)
class LibraryReport:
    """What a build of a mesh library made."""

    out: Path
    """The folder of the data set; open it as ``shapenet:OUT``."""
    objects: tuple[LibraryObject, ...]
    """Every object that is there."""
    skipped: Mapping[str, str]
    """Mesh files that could not be used, with the reason."""
    warnings: tuple[str, ...]
    """What the user should know about the set as a whole."""
    made: int
    """Objects made by this build; the others were there and up to date."""
    complete: bool
    """Whether every mesh was treated; not if the build was stopped."""
    seconds: float
    """Wall-clock time of the build."""

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON can have it."""
        return {**asdict(self), "out": str(self.out), "skipped": dict(self.skipped)}

    def save(self, folder: Path) -> None:
        """Write ``report.json`` and ``report.csv``; the latter can be given to the next build as its CSV file.

        Raises:
            OutputError: if they cannot be written.
        """
        text = io.StringIO()
        health = [field.name for field in fields(MeshHealth)]
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["category", "name", "file", "split", "near_duplicate", "near_duplicate_iou", *health])
        for one in self.objects:
            row = asdict(one)
            figures = row.pop("health")
            cells = [*row.values(), *(figures[name] for name in health)]
            table.writerow([" | ".join(map(str, cell)) if isinstance(cell, tuple) else cell for cell in cells])
        replace_text(folder / "report.json", json.dumps(self.as_dict(), indent=1))
        replace_text(folder / "report.csv", text.getvalue())

    def __str__(self) -> str:
        """Tables for people: one line a category, totals, warnings, every mesh that was skipped, what was assumed."""
        width = max([12, *(len(one.category) + 2 for one in self.objects)])
        lines = [
            f"{'category':<{width}}{'train':>6}{'val':>6}{'test':>6}{'watertight':>12}{'holes':>8}{'near-dupl.':>12}"
        ]
        for category in sorted({one.category for one in self.objects}):
            lines.append(self._line(category, [one for one in self.objects if one.category == category], width))
        lines.append(self._line("all", list(self.objects), width))
        lines += [f"warning: {warning}" for warning in self.warnings]
        lines += [f"skipped: {reason}" for reason in self.skipped.values()]
        lines.append(
            f"{len(self.objects)} objects in {self.out}: {self.made} made in {self.seconds:.0f} s, "
            f"{len(self.objects) - self.made} up to date, {len(self.skipped)} meshes skipped"
        )
        if not self.complete:
            lines.append("stopped before the end: the same command goes on from here")
        return "\n".join([*lines, *self._assumed()])

    def _assumed(self) -> list[str]:
        """A table with a line for each file: what was cut, where its colours are from, and what else was met."""
        if not self.objects:
            return []
        rows = [("assumed of", "faces cut", "concave", "colours from", "met in the file")]
        for one in self.objects[:_MOST_LISTED]:
            health = one.health
            met = [*health.features, *([f"not found: {', '.join(health.missing)}"] if health.missing else [])]
            title = f"{one.category}/{one.name}"
            rows.append((title, str(health.polygons), str(health.concave), health.colours, "; ".join(met) or "-"))
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = []
        for title, cut, concave, colours, met_there in rows:
            figures = f"{title:<{widths[0]}}  {cut:>{widths[1]}}  {concave:>{widths[2]}}"
            lines.append(f"{figures}  {colours:<{widths[3]}}  {met_there}")
        more = len(self.objects) - _MOST_LISTED
        return lines + [f"… and {more} more in {self.out / 'report.csv'}"] * (more > 0)

    @staticmethod
    def _line(title: str, objects: list[LibraryObject], width: int) -> str:
        counts = Counter(one.split for one in objects)
        watertight = sum(one.health.watertight for one in objects)
        holes = sum(one.health.closed_voxels >= NOTABLE_HOLE for one in objects)
        near = sum(one.near_duplicate is not None for one in objects)
        numbers = "".join(f"{counts[split]:>6}" for split in SPLITS)
        return f"{title:<{width}}{numbers}{watertight:>12}{holes:>8}{near:>12}"
