"""What the project requires, from pyproject.toml on: its own requirements, and the installed packages they lead to."""

import tomllib
from collections import deque
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def requirements(*extras: str, project: Path = PROJECT) -> list[Requirement]:
    """Those of a project, and of its named extras, that hold on this Python and system."""
    table = tomllib.loads(project.read_text())["project"]
    texts = [*table["dependencies"], *(text for extra in extras for text in table["optional-dependencies"][extra])]
    return _holding(texts)


def installed(wanted: Iterable[Requirement]) -> list[metadata.Distribution]:
    """The packages that satisfy requirements and what these require in turn, by name.

    Raises:
        metadata.PackageNotFoundError: one is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    # A package may be required again, with other extras.
    waiting, seen = deque(wanted), set()
    while waiting:
        requirement = waiting.popleft()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) not in seen:
            seen.add((name, extras))
            found[name] = metadata.distribution(requirement.name)
            waiting.extend(_holding(found[name].requires or (), extras))
    return [found[name] for name in sorted(found)]


def _holding(texts: Iterable[str], extras: Iterable[str] = ()) -> list[Requirement]:
    every = [Requirement(text) for text in texts]
    return [
        requirement
        for requirement in every
        if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]
