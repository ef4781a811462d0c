"""From a picture to a voxel grid and the shapes behind it: the one door between NumPy and torch."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.checkpoint import load_checkpoint
from core.config import Mem3DConfig
from core.data.foreground import Finder
from core.data.images import Picture, preprocess
from core.devices import available_devices, resolve_device, told_when_out_of_memory
from core.network.mask_head import MASK_SIDE
from core.network.pixels import network_images
from core.network.shape_memory import ShapeSource
from core.reconstruction_result import Reconstruction, RetrievedShape

__all__ = ["EncodedPicture", "Reconstructor", "available_devices"]


@dataclass(frozen=True)
class EncodedPicture:
    """A picture after preprocessing and the image encoder: all that beta and memory on/off need to start from."""

    network_input: NDArray[np.uint8]
    """Exactly what the network saw: (image_size, image_size, 3) uint8 RGB, read-only."""
    features: Tensor
    """F, (1, n_k) float32, on the reconstructor's device."""
    seconds: float
    """Wall-clock seconds of preprocessing and encoding."""


class Reconstructor:
    """A loaded checkpoint that turns pictures into voxel grids. Not for several threads at once.

    Args:
        checkpoint_path: a ``.safetensors`` checkpoint.
        device: ``auto``, ``cpu``, ``cuda`` or one of ``available_devices()``.

    Attributes:
        path: the checkpoint's file.
        config: the configuration it was trained with.
        step: training steps behind it.
        device: the device in use.
        occupied_slots: memory slots in use.

    Raises:
        CheckpointError: if the file is missing, truncated, foreign or newer.
        ConfigError: if there is no such device.
    """

    def __init__(self, checkpoint_path: Path, device: str = "auto") -> None:
        self.device = resolve_device(device)
        checkpoint = load_checkpoint(Path(checkpoint_path))
        self.path = checkpoint.path
        self.config: Mem3DConfig = checkpoint.config
        self.step = checkpoint.step
        with told_when_out_of_memory(self.device):
            self._model = checkpoint.build().to(self.device)
            self._model.stored_projections()  # now, so that the first picture is as quick as the others
        self.occupied_slots = self._model.memory.occupied_slots

    def encode(self, picture: Picture) -> EncodedPicture:
        """Preprocess a picture and run the image encoder over it (the slow part).

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        began = time.perf_counter()
        network_input = _read_only(preprocess(picture.pixels, self.config.model.image_size, picture.background))
        with told_when_out_of_memory(self.device), torch.inference_mode():
            pixels = torch.from_numpy(network_input.copy()).to(self.device)
            features = self._model.image_encoder(network_images(pixels[None]))
            self._wait()
        return EncodedPicture(network_input, features, time.perf_counter() - began)

    @property
    def object_finder(self) -> Finder | None:
        """What tells the object of a photo from its background; None where the network has not learned to."""
        return None if self._model.mask_head is None else self._object_probability

    def _object_probability(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How likely each pixel shows the object of a photo; may be called from any thread.

        Args:
            pixels: (H, W, 3) uint8 RGB.

        Returns:
            (H, W) float32, 0 … 1.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        head = self._model.mask_head
        assert head is not None
        height, width = pixels.shape[:2]
        with told_when_out_of_memory(self.device), torch.inference_mode():
            whole = (
                torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device).permute(2, 0, 1)[None].float() / 255.0
            )
            # As large as in training, so that an object has the size the network knows; multiples of 32 for its maps.
            factor = MASK_SIDE / max(height, width)
            size = [max(32, 32 * round(side * factor / 32)) for side in (height, width)]
            small = functional.interpolate(whole, size=size, mode="bilinear", antialias=True)
            logits = head(self._model.image_encoder.backbone.levels(small))
            fine = functional.interpolate(logits[:, None], size=(height, width), mode="bilinear")
            return fine[0, 0].sigmoid().cpu().numpy()

    def decode(self, encoded: EncodedPicture, *, beta: float | None = None, use_memory: bool = True) -> Reconstruction:
        """Read the memory, encode the retrieved shapes and decode (the fast part).

        Args:
            encoded: from ``encode`` of this reconstructor.
            beta: key similarity to exceed, -1 … 1; None takes the checkpoint's.
            use_memory: False gives the decoder the zero prior.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        model, config = self._model, self.config.model
        beta = config.beta if beta is None else beta
        seconds = {"encode": encoded.seconds}
        with told_when_out_of_memory(self.device), torch.inference_mode():
            clock = _stopwatch(self._wait)
            similar = model.memory.similarities(encoded.features)[0, model.memory.occupied]
            found = model.memory.read(encoded.features, beta) if use_memory else None
            seconds["read"] = clock()
            given = None
            if found is not None:
                given = replace(
                    found,
                    slots=found.slots[:, : config.max_priors],
                    similarities=found.similarities[:, : config.max_priors],
                    packed=found.packed[:, : config.max_priors],
                )
            prior = model.prior(encoded.features, given)
            seconds["shape_encoder"] = clock()
            occupancy = model.decode(encoded.features, prior, given)[0].sigmoid().cpu().numpy()
            seconds["decode"] = clock()
        priors: tuple[RetrievedShape, ...] = ()
        if found is not None:
            ranked = zip(
                found.slots[0].tolist(), found.similarities[0].tolist(), found.packed[0].cpu().numpy(), strict=True
            )
            priors = tuple(
                self._retrieved(slot, similarity, packed, rank < config.max_priors)
                for rank, (slot, similarity, packed) in enumerate(ranked)
            )
        return Reconstruction(
            occupancy=_read_only(occupancy),
            network_input=encoded.network_input,
            beta=beta,
            memory_used=use_memory,
            priors=priors,
            above_beta=len(priors),
            similarities=_read_only(similar.cpu().numpy()),
            device=self.device,
            seconds=seconds,
        )

    def reconstruct(self, picture: Picture, *, beta: float | None = None, use_memory: bool = True) -> Reconstruction:
        """``encode`` and ``decode`` in one."""
        return self.decode(self.encode(picture), beta=beta, use_memory=use_memory)

    def _retrieved(
        self, slot: int, similarity: float, packed: NDArray[np.uint8], given_to_lstm: bool
    ) -> RetrievedShape:
        memory = self._model.memory
        source = memory.sources[slot] or ShapeSource("unknown", "unknown", 0, "unknown")
        return RetrievedShape(
            slot=slot,
            similarity=similarity,
            category=source.category,
            dataset=source.dataset,
            object_id=source.object_id,
            view=source.view,
            age=int(memory.ages[slot]),
            given_to_lstm=given_to_lstm,
            packed=_read_only(packed),
        )

    def _wait(self) -> None:
        """Let the device finish, so that a stage's seconds are its own."""
        if self.device.startswith("cuda"):
            torch.cuda.synchronize(self.device)


def _stopwatch(wait: Callable[[], None]) -> Callable[[], float]:
    """A function that tells the seconds since it was last called (first: since now)."""
    began = time.perf_counter()

    def lap() -> float:
        nonlocal began
        wait()
        now = time.perf_counter()
        seconds, began = now - began, now
        return seconds

    return lap


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
