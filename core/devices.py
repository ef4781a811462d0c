"""Which devices there are to compute on."""

import torch

from core.errors import ConfigError


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, best first, such as ``("cuda:0", "cpu")``."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def resolve_device(name: str) -> str:
    """The device called ``name``; ``auto`` is the best there is and ``cuda`` the first GPU.

    Raises:
        ConfigError: if this machine does not have it.
    """
    devices = available_devices()
    if name == "auto":
        return devices[0]
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in devices:
        raise ConfigError(f"no device {name!r} on this machine; choose one of auto, {', '.join(devices)}")
    return wanted
