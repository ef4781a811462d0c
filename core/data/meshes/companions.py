"""Textures, materials and buffers beside a mesh file; nothing outside its folder is touched."""

import os
import unicodedata
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from core.data.meshes.parts import shown
from core.reading import read_file

MAX_BYTES = 256 << 20
"""Largest file that is read."""


class Companions:
    """Finds the files that a mesh file refers to, and remembers which it found.

    Args:
        path: the mesh file.
    """

    def __init__(self, path: Path) -> None:
        self.found: dict[Path, None] = {}
        self._folder = path.parent
        self._inside = path.parent.resolve()
        self._listed: dict[Path, dict[str, str]] = {}

    def read(self, name: str) -> bytes:
        """The content of the file of that name, however another system or program may have spelled it.

        Raises:
            FileNotFoundError: if it is not there, not a regular file, too large, or outside the folder.
        """
        for spelled in dict.fromkeys((name, unquote(name))):
            # Names written on another machine: backslashes, or a folder that exists only there.
            for candidate in dict.fromkeys(
                (spelled, PureWindowsPath(spelled).as_posix(), PureWindowsPath(spelled).name)
            ):
                try:
                    file = self._path(candidate)
                    content = read_file(file, MAX_BYTES)
                except (OSError, ValueError):
                    continue
                self.found.setdefault(file)
                return content
        raise FileNotFoundError(f"{shown(name)} is missing beside the mesh")

    def _path(self, name: str) -> Path:
        """The file of that name, in capitals or composed letters of another system too."""
        within = Path(os.path.normpath(name))
        if within.is_absolute() or ".." in within.parts:
            raise OSError(None, "outside the folder of the mesh")
        here = self._folder
        for part in within.parts:
            here = here / part if (here / part).exists() else here / self._names(here).get(_alike(part), part)
        if not here.resolve().is_relative_to(self._inside):
            raise OSError(None, "outside the folder of the mesh")
        return here

    def _names(self, folder: Path) -> dict[str, str]:
        if folder not in self._listed:
            self._listed[folder] = {_alike(name): name for name in sorted(os.listdir(folder))}
        return self._listed[folder]


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
