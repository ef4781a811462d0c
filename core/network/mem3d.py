"""The whole network: encoder -> memory read -> LSTM shape encoder -> decoder -> occupancy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.config import ModelConfig
from core.network.image_encoder import ImageEncoder
from core.network.mask_head import MaskHead
from core.network.prior_blend import PriorBlend
from core.network.shape_decoder import ShapeDecoder
from core.network.shape_encoder import ShapeEncoder
from core.network.shape_memory import MemoryRead, ShapeMemory, ShapeSource


@dataclass(frozen=True)
class Mem3DOutput:
    """What one forward pass gives for a batch of B images."""

    features: Tensor
    """F, (B, n_k) float32."""
    logits: Tensor
    """Occupancy logits, (B, r, r, r) float32; their sigmoid is the occupancy probability."""
    read: MemoryRead | None
    """What the memory gave; None where it was switched off."""
    similarities: Tensor | None
    """Key similarity S_k to every slot, (B, m) float32, differentiable in F; None where it was switched off."""


class Mem3D(nn.Module):
    """Mem3D. ``forward`` changes nothing: only a trainer calls ``memory.write``.

    Its parts are handed to it; ``core.network.building`` makes those that a configuration names.

    Args:
        config: beta, and how many shapes are read.
        image_encoder: picture to feature F (B, n_k).
        memory: slots of n_k.
        shape_encoder: retrieved shapes to prior vector p (B, hidden).
        shape_decoder: F and p to channels of 32^3: logits, and with a ``prior_blend`` its gate.
        prior_blend: adds the retrieved shapes to the logits; None leaves them to the shape encoder alone.
        mask_head: tells the object from the background of a photo; None where it cannot.
    """

    def __init__(
        self,
        config: ModelConfig,
        image_encoder: ImageEncoder,
        memory: ShapeMemory,
        shape_encoder: ShapeEncoder,
        shape_decoder: ShapeDecoder,
        prior_blend: PriorBlend | None = None,
        mask_head: MaskHead | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = image_encoder
        self.memory = memory
        self.shape_encoder = shape_encoder
        self.shape_decoder = shape_decoder
        self.prior_blend = prior_blend
        self.mask_head = mask_head
        self._projections: Tensor | None = None
        self._projected = torch.empty(0, dtype=torch.bool)
        self._projections_of: tuple[Any, ...] = ()

    def forward(
        self,
        images: Tensor,
        *,
        beta: float | None = None,
        use_memory: bool = True,
        exclude: Sequence[ShapeSource | None] | None = None,
    ) -> Mem3DOutput:
        """Reconstruct a batch.

        Args:
            images: (B, 3, S, S) float32, 0 … 1.
            beta: key similarity to exceed; None takes the configured one.
            use_memory: False gives every sample the zero prior.
            exclude: one source a sample, whose object the read leaves out.
        """
        precision = self.memory.keys.dtype  # under autocast the encoders and the decoder answer in another
        features = self.image_encoder(images).to(precision)
        read = similarities = None
        if use_memory:
            similarities = self.memory.similarities(features)
            read = self.memory.read(
                features,
                self.config.beta if beta is None else beta,
                max_priors=self.config.max_priors,
                exclude=exclude,
                similarities=similarities,
            )
        logits = self.decode(features, self.prior(features, read), read, similarities)
        return Mem3DOutput(features, logits, read, similarities)

    def decode(
        self, features: Tensor, prior: Tensor, read: MemoryRead | None, similarities: Tensor | None = None
    ) -> Tensor:
        """Occupancy logits (B, r, r, r), in the features' precision.

        Args:
            features: (B, n_k).
            prior: (B, hidden), ``prior`` of what was read.
            read: what was read; None without memory.
            similarities: (B, m), S_k to every slot, where the gradient is to flow through it to the features.
        """
        outputs: Tensor = self.shape_decoder(features, prior).to(features.dtype)
        logits: Tensor = outputs[:, 0]
        if self.prior_blend is None or read is None or read.slots.shape[1] == 0:
            return logits
        of_read = read.similarities
        if similarities is not None:
            of_read = similarities.gather(1, read.slots.clamp(min=0))
        blended: Tensor = self.prior_blend(logits, outputs[:, 1], read, self.memory.packed, of_read)
        return blended

    def prior(self, features: Tensor, read: MemoryRead | None) -> Tensor:
        """Prior vectors (B, hidden) of what was read; zero without a read or where nothing was above beta."""
        if read is None or read.slots.shape[1] == 0:
            return features.new_zeros(len(features), self.config.lstm_hidden)
        slots = read.slots.clamp(min=0)  # padding points at slot 0; the counts keep it out of the recurrence
        if torch.is_grad_enabled():
            # Many samples retrieve the same slots: project each one once.
            used, places = torch.unique(slots, return_inverse=True)
            projected = self.shape_encoder.project(self.memory.packed[used])[places]
        else:
            projected = self._stored_projections(slots)
        prior: Tensor = self.shape_encoder(projected, read.counts)
        return prior

    @torch.no_grad()
    def _stored_projections(self, slots: Tensor) -> Tensor:
        """W_ih V_i + b of slots, (..., 4 hidden): made when a slot is first asked for, kept until something changes.

        All of them would be 2 TFLOP at the paper's sizes, and few slots are ever read.
        """
        weight_ih, _, bias_ih, bias_hh = self.shape_encoder.weights
        packed = self.memory.packed
        inputs = (weight_ih, bias_ih, bias_hh, packed)
        # torch counts every in-place change of a tensor; with its place in memory that tells whether it is the same.
        state = tuple((tensor.data_ptr(), tensor._version, tensor.device) for tensor in inputs)
        if self._projections is None or state != self._projections_of:
            with torch.inference_mode(False):  # else they could only be filled within such a mode
                self._projections = weight_ih.new_empty(len(packed), len(weight_ih))
                self._projected = torch.zeros(len(packed), dtype=torch.bool, device=packed.device)
            self._projections_of = state
        used = torch.unique(slots)
        missing = used[~self._projected[used]]
        for start in range(0, len(missing), 256):
            part = missing[start : start + 256]
            self._projections[part] = self.shape_encoder.project(packed[part])
            self._projected[part] = True
        return self._projections[slots]
