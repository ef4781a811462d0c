"""From a picture to a voxel grid and the shapes behind it: the one door between NumPy and torch."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
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
from core.network.folding import without_batch_norms
from core.network.mask_head import MASK_SIDE
from core.network.pixels import network_images
from core.network.shape_memory import EMPTY, MemoryRead, ShapeSource
from core.prior_edits import NO_EDITS, Arranged, PriorEdits
from core.reconstruction_result import Influence, Likeness, Reconstruction, RetrievedShape

__all__ = ["EncodedPicture", "Reconstructor", "available_devices"]

_BATCH = 64
"""Results decoded at once for the influence of shapes."""


@dataclass(frozen=True)
class EncodedPicture:
    """A picture after preprocessing and the image encoder: all that beta and memory on/off need to start from."""

    network_input: NDArray[np.uint8]
    """Exactly what the network saw: (image_size, image_size, 3) uint8 RGB, read-only."""
    features: Tensor
    """F, (1, n_k) float32, on the reconstructor's device."""
    similarities: Tensor
    """Key similarity to every slot, (1, m) float32, on the reconstructor's device."""
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
            self._model = without_batch_norms(checkpoint.build()).to(self.device)
        self.occupied_slots = self._model.memory.occupied_slots
        self._usual = _usual(checkpoint.metrics)

    def encode(self, picture: Picture) -> EncodedPicture:
        """Preprocess a picture and run the image encoder over it (the slow part).

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        began = time.perf_counter()
        (encoded,) = self.encode_all([self.network_input(picture)])
        return replace(encoded, seconds=time.perf_counter() - began)

    def network_input(self, picture: Picture) -> NDArray[np.uint8]:
        """What the network sees of a picture, (image_size, image_size, 3) uint8 RGB; may be called from any thread."""
        return _read_only(preprocess(picture.pixels, self.config.model.image_size, picture.background))

    def encode_all(self, inputs: Sequence[NDArray[np.uint8]]) -> list[EncodedPicture]:
        """Run the image encoder over several pictures, at least one, in one pass; the seconds of each are its share.

        Args:
            inputs: ``network_input`` of each.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        began = time.perf_counter()
        with told_when_out_of_memory(self.device), torch.inference_mode():
            features = self._model.image_encoder(network_images(torch.from_numpy(np.stack(inputs)).to(self.device)))
            similarities = self._model.memory.similarities(features)
            self._wait()
        seconds = (time.perf_counter() - began) / len(inputs)
        return [
            EncodedPicture(network_input, features[place, None], similarities[place, None], seconds)
            for place, network_input in enumerate(inputs)
        ]

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

    def decode(
        self,
        encoded: EncodedPicture,
        *,
        beta: float | None = None,
        use_memory: bool = True,
        edits: PriorEdits = NO_EDITS,
    ) -> Reconstruction:
        """Read the memory, encode the retrieved shapes and decode (the fast part).

        Args:
            encoded: from ``encode`` of this reconstructor.
            beta: key similarity to exceed, -1 … 1; None takes the checkpoint's.
            use_memory: False gives the decoder the zero prior.
            edits: what is changed about the shapes that the memory gives; slots that are not occupied are ignored.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        return self.decode_all([encoded], beta=beta, use_memory=use_memory, edits=edits)[0]

    def decode_all(
        self,
        encoded: Sequence[EncodedPicture],
        *,
        beta: float | None = None,
        use_memory: bool = True,
        edits: PriorEdits = NO_EDITS,
    ) -> list[Reconstruction]:
        """``decode`` of several pictures, at least one, in one pass; the seconds of each are its share.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        model, config = self._model, self.config.model
        beta = config.beta if beta is None else beta
        seconds = {}
        with told_when_out_of_memory(self.device), torch.inference_mode():
            clock = _stopwatch(self._wait)
            nothing = Arranged((), ())
            found = [self._arranged(one, beta, edits) if use_memory else nothing for one in encoded]
            features = torch.cat([one.features for one in encoded])
            similarities = torch.cat([one.similarities for one in encoded])
            given = self._read_of(similarities, [arranged.read for arranged in found])
            seconds["read"] = clock()
            prior = model.prior(features, given)
            seconds["shape_encoder"] = clock()
            occupancy = model.decode(features, prior, given).sigmoid().cpu().numpy()
            seconds["decode"] = clock()
        share = {stage: taken / len(found) for stage, taken in seconds.items()}
        results = []
        for one, arranged, probability in zip(encoded, found, occupancy, strict=True):
            priors = self._retrieved(one, arranged, beta, edits)
            results.append(
                Reconstruction(
                    occupancy=_read_only(probability),
                    network_input=one.network_input,
                    beta=beta,
                    memory_used=use_memory,
                    priors=priors,
                    above_beta=sum(prior.above_beta for prior in priors),
                    max_priors=config.max_priors if edits.limit is None else edits.limit,
                    similarities=_read_only(one.similarities[0, model.memory.occupied].cpu().numpy()),
                    device=self.device,
                    seconds={"encode": one.seconds, **share},
                    likeness=self._likeness(one),
                )
            )
        return results

    def _likeness(self, encoded: EncodedPicture) -> Likeness | None:
        occupied = self._model.memory.occupied
        if self._usual is None or not bool(occupied.any()):
            return None
        similarity = float(encoded.similarities[0, occupied].max())
        return Likeness(similarity, float(encoded.features[0].norm()), *self._usual)

    def influence(
        self, encoded: EncodedPicture, *, beta: float | None = None, edits: PriorEdits = NO_EDITS
    ) -> Influence:
        """Decode again with each of the shapes that are read muted, and without any: what each of them does.

        Where more shapes are above beta than are read, the next one is read in place of the muted one.

        Args:
            encoded: from ``encode`` of this reconstructor.
            beta: as of ``decode``.
            edits: as of ``decode``.

        Raises:
            Mem3DError: if the device runs out of memory.
        """
        model = self._model
        with told_when_out_of_memory(self.device), torch.inference_mode():
            retrieved, below = self._candidates(encoded, model.config.beta if beta is None else beta, edits)
            limit = self.config.model.max_priors
            read = edits.arrange(retrieved, below, limit).read
            cases = [*(edits.mute([slot]).arrange(retrieved, below, limit).read for slot in read), ()]
            parts = []
            for start in range(0, len(cases), _BATCH):
                given = self._read_of(encoded.similarities, cases[start : start + _BATCH])
                features = encoded.features.expand(len(given.slots), -1)
                logits = model.decode(features, model.prior(features, given), given)
                parts.append(logits.sigmoid().cpu().numpy())
        occupancies = _read_only(np.concatenate(parts))
        return Influence(read, occupancies[:-1], occupancies[-1])

    def reconstruct(
        self,
        picture: Picture,
        *,
        beta: float | None = None,
        use_memory: bool = True,
        edits: PriorEdits = NO_EDITS,
    ) -> Reconstruction:
        """``encode`` and ``decode`` in one."""
        return self.decode(self.encode(picture), beta=beta, use_memory=use_memory, edits=edits)

    def _arranged(self, encoded: EncodedPicture, beta: float, edits: PriorEdits) -> Arranged:
        """Slots above beta, and pinned ones, as the edits have them."""
        return edits.arrange(*self._candidates(encoded, beta, edits), self.config.model.max_priors)

    def _candidates(self, encoded: EncodedPicture, beta: float, edits: PriorEdits) -> tuple[list[int], list[int]]:
        """Slots above beta, and pinned ones that are not, each most similar first."""
        memory, similar = self._model.memory, encoded.similarities
        retrieved = memory.slots_above(similar[0], beta)
        occupied: list[bool] = memory.occupied.tolist() if edits.pinned else []
        below = [slot for slot in edits.pinned - set(retrieved) if slot < len(occupied) and occupied[slot]]
        below.sort(key=lambda slot: (-float(similar[0, slot]), slot))
        return retrieved, below

    def _read_of(self, similarities: Tensor, cases: Sequence[Sequence[int]]) -> MemoryRead:
        """The memory's answer as it would be had it given each case's slots, in this order.

        Args:
            similarities: (B, m) key similarities, of one picture for all cases or of one for each.
            cases: slots.
        """
        memory = self._model.memory
        longest = max(map(len, cases))
        rows = [[*case, *[EMPTY] * (longest - len(case))] for case in cases]
        slots = torch.tensor(rows, dtype=torch.int64, device=similarities.device).reshape(len(cases), longest)
        places, padding = slots.clamp(min=0), slots == EMPTY
        return MemoryRead(
            slots=slots,
            similarities=similarities.expand(len(cases), -1).gather(1, places).masked_fill(padding, 0.0),
            above_beta=(~padding).sum(dim=1),
            packed=memory.packed[places].masked_fill(padding[..., None], 0),
        )

    def _retrieved(
        self, encoded: EncodedPicture, found: Arranged, beta: float, edits: PriorEdits
    ) -> tuple[RetrievedShape, ...]:
        memory = self._model.memory
        slots = torch.tensor(found.listed, dtype=torch.int64, device=encoded.features.device)
        packed = memory.packed[slots].cpu().numpy()
        similarities, ages = encoded.similarities[0, slots].tolist(), memory.ages[slots].tolist()
        read = set(found.read)
        shapes = []
        for place, slot in enumerate(found.listed):
            source = memory.sources[slot] or ShapeSource("unknown", "unknown", 0, "unknown")
            shapes.append(
                RetrievedShape(
                    slot=slot,
                    similarity=similarities[place],
                    category=source.category,
                    dataset=source.dataset,
                    object_id=source.object_id,
                    view=source.view,
                    age=ages[place],
                    given_to_lstm=slot in read,
                    packed=_read_only(packed[place]),
                    above_beta=similarities[place] > beta,
                    muted=slot in edits.muted,
                    pinned=slot in edits.pinned,
                )
            )
        return tuple(shapes)

    def _wait(self) -> None:
        """Let the device finish, so that a stage's seconds are its own."""
        if self.device.startswith("cuda"):
            torch.cuda.synchronize(self.device)


def _usual(metrics: Mapping[str, Any]) -> tuple[float, float] | None:
    """The usual similarity and strength, where a checkpoint has them."""
    similarity, strength = (metrics.get(name) for name in ("usual_similarity", "usual_strength"))
    if not isinstance(similarity, float) or not isinstance(strength, float):
        return None
    return (similarity, strength) if math.isfinite(similarity) and math.isfinite(strength) else None


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
