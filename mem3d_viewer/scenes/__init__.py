"""States of the real window that are worth a picture, each driven to by the commands that a user gives."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mem3d_viewer.scenes.player import Scene

_MODULES = {
    "reconstructing": (
        "reconstruct", "beta", "prior", "threshold", "muted", "compare", "difference", "slicing", "cut-out", "cover",
        "sweep", "export",
    ),
    "remembering": ("memory", "key", "value", "age", "memory-add", "lesson"),
    "working": ("train", "data", "evaluate"),
}  # fmt: skip
SCENES = tuple(name for names in _MODULES.values() for name in names)
"""Their names; a function of that name, with ``_`` for ``-``, is in one of the modules."""


def scene(name: str) -> "Scene":
    """The scene called ``name``, one of ``SCENES``; imports Qt and torch."""
    module = next(module for module, names in _MODULES.items() if name in names)
    found: Scene = getattr(import_module(f"{__name__}.{module}"), name.replace("-", "_"))
    return found
