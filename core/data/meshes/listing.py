"""Which meshes a library is made of: files of a folder, with the category, name and split of each."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from core.data.categories import CATEGORIES, category_name
from core.data.dataset import SPLITS, Split
from core.data.meshes.files import MESH_ENDINGS
from core.errors import DatasetError
from core.reading import read_file

_LARGEST_LIST = 64_000_000
"""Bytes of the largest CSV file: a line for each of some hundred thousand meshes."""
_FILE_COLUMNS = ("file", "path")


@dataclass(frozen=True)
class MeshFile:
    """One mesh of a library."""

    path: Path
    """The mesh file."""
    category: str
    """Category name, such as ``chair``, or one of your own."""
    name: str
    """Unique within the category; the object's folder has this name."""
    split: Split | None = None
    """The split it must be in; None leaves that to the builder."""


def find_meshes(folder: Path, csv_file: Path | None = None) -> list[MeshFile]:
    """The meshes below ``folder``, by category and name.

    Without a CSV file a mesh's category is the folder below ``folder`` that it lies in, at any depth, or ``folder``
    itself; synset ids of R2N2 count as their category. With one, exactly its rows are taken: a column ``file`` (or
    ``path``, relative to ``folder`` or absolute), ``category``, and if there are such columns ``name`` and ``split``;
    other columns are passed over.

    Raises:
        DatasetError: if the folder or the CSV file cannot be read, a row is wrong, or there is no mesh.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; give the folder that holds the meshes")
    files = _listed(folder, Path(csv_file)) if csv_file is not None else _found(folder)
    if not files:
        raise DatasetError(f"{csv_file or folder}: no mesh ({', '.join(MESH_ENDINGS)}) is there")
    return sorted(_named_apart(folder, files), key=lambda file: (file.category, file.name))


def mesh_paths(folder: Path) -> list[Path]:
    """Every file below ``folder`` with a mesh's ending, sorted; hidden files and folders are passed over."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(where, name) for name in names if name.lower().endswith(MESH_ENDINGS) and not name.startswith(".")
        ]
    return sorted(found)


def _found(folder: Path) -> list[MeshFile]:
    files = []
    for path in mesh_paths(folder):
        inside = path.relative_to(folder).parts
        category = inside[0] if len(inside) > 1 else folder.resolve().name
        files.append(MeshFile(path, _category(category), _plain(path.stem)))
    return files


def _listed(folder: Path, csv_file: Path) -> list[MeshFile]:
    try:
        text = read_file(csv_file, _LARGEST_LIST).decode("utf-8-sig")
        header = text.partition("\n")[0]
        delimiter = ";" if header.count(";") > header.count(",") else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except OSError as error:
        raise DatasetError(f"{csv_file}: cannot be read ({error.strerror or error})") from error
    except (ValueError, csv.Error) as error:
        raise DatasetError(f"{csv_file}: not a CSV file in UTF-8; save it as one") from error
    columns = {str(column).strip().lower() for row in rows for column in row if column}
    if rows and not ("category" in columns and columns.intersection(_FILE_COLUMNS)):
        raise DatasetError(f"{csv_file}: its first line must name the columns file and category")
    return [_row(folder, csv_file, number, row) for number, row in enumerate(rows, start=2)]


def _row(folder: Path, csv_file: Path, number: int, row: dict[str, str | None]) -> MeshFile:
    cells = {
        str(column).strip().lower(): (cell or "").strip()
        for column, cell in row.items()
        if column is not None and not isinstance(cell, list)
    }
    file = next((cells[column] for column in _FILE_COLUMNS if cells.get(column)), "")
    category, split = cells.get("category", ""), cells.get("split", "").lower()
    if not file or not category:
        raise DatasetError(f"{csv_file}: row {number} lacks its file or its category; fill it in")
    if split and split not in SPLITS:
        raise DatasetError(f"{csv_file}: row {number}: the split is {', '.join(SPLITS)} or empty, not {split!r}")
    path = folder / file
    name = _plain(cells.get("name") or path.stem)
    return MeshFile(path, _category(category), name, split or None)


def _named_apart(folder: Path, files: list[MeshFile]) -> list[MeshFile]:
    """The same meshes under names that are unique within their category, on every file system."""
    if repeated := _repeated(files, lambda file: (str(file.path),)):
        raise DatasetError(f"{repeated.pop()[0]}: listed twice; remove one of the rows")
    shared = _repeated(files, _place)
    files = [replace(file, name=_long_name(folder, file.path)) if _place(file) in shared else file for file in files]
    taken: Counter[tuple[str, ...]] = Counter()
    apart = []
    for file in sorted(files, key=lambda one: str(one.path)):
        taken[_place(file)] += 1
        while (repeat := taken[_place(file)]) > 1:
            file = replace(file, name=f"{file.name}-{repeat}")
            taken[_place(file)] += 1
        apart.append(file)
    return apart


def _place(file: MeshFile) -> tuple[str, ...]:
    return file.category.lower(), file.name.lower()


def _repeated(files: Iterable[MeshFile], key: Callable[[MeshFile], tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {value for value, count in Counter(map(key, files)).items() if count > 1}


def _long_name(folder: Path, path: Path) -> str:
    """A name made of the folders below the category, the file's name and its ending."""
    inside = path.relative_to(folder).parts[1:] if path.is_relative_to(folder) else ()
    return _plain("_".join(inside) or path.name)


def _category(name: str) -> str:
    """R2N2's own name of a category where it is one of R2N2's, otherwise the name as a folder can have it."""
    known = category_name(name)
    return known.lower() if known.lower() in CATEGORIES else _plain(name)


def _plain(name: str) -> str:
    """A name that every file system takes and R2N2's readers do not pass over: letters, digits, ``_ . -``."""
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".")[:100] or "mesh"
