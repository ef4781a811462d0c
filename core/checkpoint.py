"""Checkpoints: safetensors for the tensors and readable metadata, so that loading executes nothing from the file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core import __version__
from core.config import Mem3DConfig, StartWith
from core.errors import CheckpointError, ConfigError
from core.files import replacing
from core.json_files import is_whole, parse_json
from core.network.building import build_network
from core.network.mem3d import Mem3D
from core.network.shape_memory import ShapeSource
from core.reading import open_file

FORMAT = "mem3d-checkpoint"
FORMAT_VERSION = 1
_NETWORK = "network."
_KEYS = "network.memory.keys"
_MEAN_SHAPE = "mean_shape"


@dataclass(frozen=True)
class Checkpoint:
    """A trained network with its memory, as read from a file."""

    path: Path
    """The file it was read from."""
    config: Mem3DConfig
    """The configuration it was trained with."""
    step: int
    """Training steps behind it."""
    metrics: Mapping[str, Any]
    """Figures recorded when it was saved, such as ``validation_iou``."""
    mean_shape: NDArray[np.float32]
    """(32, 32, 32) float32: mean of the training shapes, the baseline that any reconstruction must beat."""
    tensors: Mapping[str, Tensor]
    """State of the network, by name."""
    sources: tuple[ShapeSource | None, ...]
    """Where the shape in each memory slot came from."""

    @property
    def half_keys(self) -> bool:
        """Whether the memory's keys are stored in half the bits."""
        return self.tensors["memory.keys"].dtype == torch.float16

    @property
    def half_weights(self) -> bool:
        """Whether the weights of its layers are stored in half the bits."""
        kinds = {tensor.dtype for name, tensor in self.tensors.items() if _is_layer(name, tensor)}
        return kinds == {torch.float16}

    def build(self) -> Mem3D:
        """The network with these weights and this memory, on the CPU, in evaluation mode.

        Raises:
            CheckpointError: if the tensors do not fit the configuration, or the configuration not this machine.
        """
        keys = self.tensors.get("memory.keys")
        if keys is None or keys.shape[:1] != (self.config.model.memory_slots,):
            raise self._damaged("the memory has another number of slots")
        try:
            # Without storage for a single weight: a small file may claim any size, and nobody needs random numbers.
            with torch.device("meta"):
                model = build_network(self.config.model)
            wanted = model.state_dict()
            self._require_fit(model, self.tensors)
            own = {
                name: torch.empty_like(wanted[name], device="cpu").copy_(value) for name, value in self.tensors.items()
            }
        except (RuntimeError, TypeError, MemoryError, OverflowError) as error:
            raise CheckpointError(
                f"{self.path}: a network of the sizes stored in it cannot be made here; the file is damaged, or for a "
                "larger machine: use another checkpoint"
            ) from error
        model.load_state_dict(own, assign=True)
        self._load_sources(model)
        return model.eval()

    def load_into(self, model: Mem3D, what: StartWith = "both") -> None:
        """Copy weights and memory, or one of them, into a network of the same configuration.

        Raises:
            CheckpointError: if they do not fit.
        """
        kept_by_network = {"both": (), "weights": ("memory.",), "memory": ("",)}[what]
        kept = {name: value for name, value in model.state_dict().items() if name.startswith(kept_by_network)}
        taken = {
            name: value
            for name, value in self.tensors.items()
            if what == "both" or name.startswith("memory.") == (what == "memory")
        }
        self._require_fit(model, {**kept, **taken})
        model.load_state_dict({**kept, **taken})
        if what != "weights":
            self._load_sources(model)

    def _load_sources(self, model: Mem3D) -> None:
        try:
            model.memory.set_sources(self.sources)
        except ConfigError as error:
            raise self._damaged(str(error)) from error

    def _require_fit(self, model: Mem3D, tensors: Mapping[str, Tensor]) -> None:
        """Refuse tensors that are not the network's, or hold what is no number.

        Raises:
            CheckpointError: naming the first.
        """
        wanted = model.state_dict()
        if different := sorted(wanted.keys() ^ tensors.keys()):
            raise self._damaged(f"{different[0]} is {'missing' if different[0] in wanted else 'too many'}")
        for name, value in tensors.items():
            real = value.is_floating_point() and wanted[name].is_floating_point()  # of half the bits, perhaps
            if value.shape != wanted[name].shape or not (real or value.dtype == wanted[name].dtype):
                has, needs = (f"{tuple(one.shape)} {one.dtype}" for one in (value, wanted[name]))
                raise self._damaged(f"{name} is {has} instead of {needs}")
            if real and not value.isfinite().all():
                raise self._damaged(f"{name} holds what is no number")

    def _damaged(self, reason: str) -> CheckpointError:
        return CheckpointError(
            f"{self.path}: the tensors do not fit the configuration stored with them ({reason}); "
            "the file is damaged: use another checkpoint"
        )


def save_checkpoint(
    path: Path,
    model: Mem3D,
    config: Mem3DConfig,
    *,
    step: int = 0,
    metrics: Mapping[str, Any] | None = None,
    mean_shape: NDArray[np.float32] | None = None,
    half_keys: bool = False,
    half_weights: bool = False,
) -> None:
    """Write a checkpoint atomically: the file is whole, or it is what it was before.

    Args:
        path: where to; its folder must exist.
        model: the network, its memory included.
        config: the configuration it was built from.
        step: training steps behind it.
        metrics: figures to keep with it, as JSON can hold them.
        mean_shape: (32, 32, 32) float32, the mean of the training shapes; None where unknown (zeros are stored).
        half_keys: store the memory's keys in half the bits, which changes key similarities by less than 0.001; a
            training cannot go on from such a file exactly.
        half_weights: the same for the weights of layers; biases and the figures of batch norm stay as they are.

    Raises:
        OutputError: if it cannot be written, for example on a full disk.
    """
    tensors = {_NETWORK + name: value for name, value in model.state_dict().items()}
    if half_keys:
        tensors[_KEYS] = tensors[_KEYS].half()
    if half_weights:
        tensors |= {
            name: value.half() for name, value in tensors.items() if _is_layer(name.removeprefix(_NETWORK), value)
        }
    tensors[_MEAN_SHAPE] = torch.zeros(32, 32, 32) if mean_shape is None else torch.from_numpy(mean_shape.copy())
    metadata = {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        "written_by": f"mem3d-viewer {__version__}",
        "preset": config.preset,
        "step": str(step),
        "config": config.to_json(),
        "metrics": json.dumps(dict(metrics or {})),
        "sources": json.dumps([None if source is None else list(source) for source in model.memory.sources]),
    }
    save_tensors(path, tensors, metadata)


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a safetensors file atomically and durably.

    Raises:
        OutputError: if it cannot be written.
    """
    flat = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    with replacing(path) as temporary:
        try:
            save_file(flat, temporary, metadata=dict(metadata))
        except SafetensorError as error:
            reason = str(error).removeprefix("Error while serializing: ").removeprefix("I/O error: ")
            number = re.search(r" \(os error (\d+)\)$", reason)
            if number is None:
                raise OSError(reason) from error
            raise OSError(int(number[1]), reason[: number.start()]) from error


def load_tensors(path: Path, expected_format: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read a safetensors file of ours: its tensors on the CPU, and its metadata.

    Raises:
        CheckpointError: if it is missing, truncated, foreign, or of a newer format.
    """
    path = Path(path)
    try:
        open_file(path).close()
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        reason = "is a folder, not a file" if isinstance(error, IsADirectoryError) else reason
        raise CheckpointError(f"{path}: {reason}; choose a .safetensors checkpoint") from error
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != expected_format:
                raise CheckpointError(
                    f"{path}: not a checkpoint of this program; open one that `mem3d train` has written"
                )
            version = metadata.get("format_version", "")
            if not version.isdecimal() or len(version) > 9:
                raise CheckpointError(f"{path}: the format version {version!r} is damaged; use another checkpoint")
            if int(version) > FORMAT_VERSION:
                raise CheckpointError(
                    f"{path}: written in format {version} by a newer version ({metadata.get('written_by', '?')}); "
                    "update mem3d-viewer to open it"
                )
            return {name: file.get_tensor(name) for name in file.keys()}, metadata  # noqa: SIM118
    # Beside its own error, what torch says of a type or a shape that it does not have.
    except (SafetensorError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: not a checkpoint, or a truncated one ({error}); use another copy of the file"
        ) from error
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror or error})") from error


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint; nothing in the file is executed.

    Raises:
        CheckpointError: if it is missing, truncated, foreign, damaged, or of a newer format.
    """
    tensors, metadata = load_tensors(path, FORMAT)
    try:
        config = Mem3DConfig.from_dict(parse_json(metadata["config"]), origin=str(path), recorded=True)
        metrics = dict(parse_json(metadata["metrics"]))
        sources = tuple(_source(entry) for entry in parse_json(metadata["sources"]))
        step = int(metadata["step"])
        mean_shape = tensors.pop(_MEAN_SHAPE).float().numpy().reshape(32, 32, 32)
        if step < 0 or not np.isfinite(mean_shape).all():
            raise ValueError("its step or its mean shape cannot be")
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(f"{path}: its metadata is damaged ({error}); use another checkpoint") from error
    network = {name.removeprefix(_NETWORK): value for name, value in tensors.items() if name.startswith(_NETWORK)}
    return Checkpoint(Path(path), config, step, metrics, mean_shape, network, sources)


def _is_layer(name: str, tensor: Tensor) -> bool:
    """Whether a tensor is the weights of a convolution, of the LSTM or of another layer: nearly all there is."""
    return tensor.is_floating_point() and tensor.dim() > 1 and not name.startswith("memory.")


def _source(entry: Any) -> ShapeSource | None:
    """Where a remembered shape came from, as ``save_checkpoint`` writes it."""
    if entry is None:
        return None
    dataset, object_id, view, category = entry
    if not is_whole(view) or not all(isinstance(text, str) for text in (dataset, object_id, category)):
        raise ValueError("a source of another form")
    return ShapeSource(dataset, object_id, view, category)
