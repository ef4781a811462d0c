"""What the window remembers between sessions, in one INI file."""

from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_log_path
from PySide6.QtCore import QByteArray, QSettings

RECENT_LIMIT = 10


def default_settings_file() -> Path:
    """The settings file of this user."""
    return user_config_path("mem3d-viewer") / "settings.ini"


def default_log_file() -> Path:
    """The log file of this user."""
    return user_log_path("mem3d-viewer") / "mem3d-viewer.log"


class Settings:
    """Typed access to the settings file; values that cannot be understood count as absent.

    Args:
        file: the INI file; made on the first write.
    """

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def folder(self) -> Path:
        """The folder of the settings file, where other files of this user's may be kept."""
        return Path(self._store.fileName()).parent

    def text(self, key: str, default: str, choices: tuple[str, ...] | None = None) -> str:
        """The text kept as ``key``; ``default`` if there is none or it is not one of ``choices``."""
        value = self._store.value(key)
        return value if isinstance(value, str) and (choices is None or value in choices) else default

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """The number kept as ``key``; ``default`` if there is none within ``low`` … ``high``."""
        try:
            value = float(self._store.value(key))
        except (TypeError, ValueError):
            return default
        return value if low <= value <= high else default

    def flag(self, key: str, default: bool) -> bool:
        """The switch kept as ``key``."""
        return {"true": True, "false": False}.get(str(self._store.value(key)).lower(), default)

    def texts(self, key: str) -> list[str]:
        """The list of texts kept as ``key``."""
        value = self._store.value(key) or []
        return [value] if isinstance(value, str) else [text for text in value if isinstance(text, str)]

    def data(self, key: str) -> QByteArray | None:
        """The bytes kept as ``key``, such as a window's layout."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else None

    def set(self, key: str, value: Any) -> None:
        """Keep ``value`` as ``key``."""
        self._store.setValue(key, value)

    def recent_pictures(self) -> list[Path]:
        """Pictures opened last, newest first."""
        return [Path(name) for name in self.texts("recent_pictures")][:RECENT_LIMIT]

    def add_recent_picture(self, path: Path) -> None:
        """Put ``path`` at the head of the recent pictures."""
        others = [recent for recent in self.recent_pictures() if recent != path]
        self._set_recent([path, *others])

    def remove_recent_picture(self, path: Path) -> None:
        """Forget one recent picture, such as one that is gone."""
        self._set_recent([recent for recent in self.recent_pictures() if recent != path])

    def clear_recent_pictures(self) -> None:
        """Forget the recent pictures."""
        self._set_recent([])

    def recent_datasets(self) -> list[str]:
        """The data sets opened or trained on last, newest first, as ``--dataset`` takes them."""
        return self.texts("recent_datasets")[:RECENT_LIMIT]

    def add_recent_dataset(self, spec: str) -> None:
        """Put ``spec`` at the head of the recent data sets."""
        others = [recent for recent in self.recent_datasets() if recent != spec]
        self._store.setValue("recent_datasets", [spec, *others][:RECENT_LIMIT])

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _set_recent(self, paths: list[Path]) -> None:
        self._store.setValue("recent_pictures", [str(path) for path in paths[:RECENT_LIMIT]])
