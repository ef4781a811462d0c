"""Where the files that come with the program are: the embedded checkpoint, sample images, icons."""

from pathlib import Path

from core.errors import Mem3DError

DEFAULT_CHECKPOINT = "mem3d-medium.safetensors"
"""Asset that is used where no checkpoint is named."""


def asset(name: str) -> Path:
    """Path of an asset file or folder: inside ``core`` when installed, beside it in a checkout.

    Args:
        name: path below the assets folder, with forward slashes, such as ``samples``.

    Raises:
        Mem3DError: if it is missing.
    """
    path = _folder() / name
    if not path.exists():
        raise Mem3DError(f"{path}: this part of the program is missing: install it again")
    return path


def is_asset(path: Path) -> bool:
    """Whether a file is one of the program's own, beside which nothing of the user's is to be saved."""
    return path.resolve().is_relative_to(_folder().resolve())


def sample_images() -> list[Path]:
    """The sample images, by name.

    Raises:
        Mem3DError: if they are missing.
    """
    return sorted(asset("samples").glob("*.png"))


def _folder() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "assets"  # a wheel keeps them inside the package: see pyproject.toml
    return installed if installed.is_dir() else package.parent / "assets"
