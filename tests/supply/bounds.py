"""The oldest versions that pyproject.toml allows, as a constraints file for pip.

    python tests/supply/bounds.py > constraints.txt

Each bound must be a release: pip says which is not.
"""

import sys
from collections.abc import Iterable

from packages import requirements
from packaging.requirements import Requirement


def oldest(wanted: Iterable[Requirement]) -> dict[str, str]:
    """The lower bound of every requirement, by name.

    Raises:
        ValueError: one has none.
    """
    bounds = {}
    for requirement in wanted:
        lower = [part.version for part in requirement.specifier if part.operator == ">="]
        if len(lower) != 1:
            raise ValueError(f"{requirement} has no lower bound: write {requirement.name}>=VERSION")
        bounds[requirement.name] = lower[0]
    return bounds


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}=={version}\n" for name, version in oldest(requirements("test")).items())
