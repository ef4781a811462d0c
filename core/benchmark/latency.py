"""One picture, one step of beta, many pictures: against the bare network, and against the paper done plainly."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from core.benchmark.timing import Row, compared
from core.checkpoint import load_checkpoint
from core.data.images import load_picture
from core.network.folding import without_batch_norms
from core.network.mem3d import Mem3D
from core.network.pixels import network_images
from core.network.shape_memory import MemoryRead
from core.prior_edits import PriorEdits
from core.reconstruction import Reconstructor

_BATCH = 16
_PICTURE, _BETA, _BARE = "picture to shape", "a step of beta", "bare encoder and decoder"


class PlainMem3D:
    """The paper's inference as it reads, to be compared with: nothing kept, grids as float numbers into the LSTM.

    Args:
        model: a network, which is left as it is; the answers are its own.
    """

    def __init__(self, model: Mem3D) -> None:
        self._model, self._lstm = model, model.shape_encoder.lstm
        packed = model.memory.packed
        nothing = torch.empty(0, device=packed.device)
        self._grids = MemoryRead(nothing, nothing, nothing, packed).values.float()

    @torch.inference_mode()
    def __call__(self, images: Tensor, beta: float) -> Tensor:
        """Occupancy (1, r, r, r) of one image (1, 3, S, S)."""
        model, memory = self._model, self._model.memory
        features = model.image_encoder(images)
        similarities = nn.functional.cosine_similarity(features, memory.keys, dim=1)
        order = similarities.argsort(descending=True)
        slots = order[(similarities[order] > beta) & memory.occupied[order]][: model.config.max_priors]
        pooled = nn.functional.avg_pool3d(self._grids[slots][:, None], model.shape_encoder.pooling)
        _, (hidden, _) = self._lstm(pooled.flatten(1)[:, None])
        count = slots.new_tensor([len(slots)])
        read = MemoryRead(slots[None], similarities[slots][None], count, memory.packed[slots][None])
        return model.decode(features, hidden[0], read).sigmoid()


class Latency:
    """What answers of one checkpoint cost.

    Args:
        path: the checkpoint.
        picture: any picture.
        device: one of ``available_devices``.
        rounds: how often each is timed.
    """

    def __init__(self, path: Path, picture: Path, device: str, rounds: int) -> None:
        self._path, self._device, self._rounds = path, device, rounds
        self._reconstructor = Reconstructor(path, device)
        self._bare = without_batch_norms(load_checkpoint(path).build()).to(device)
        self._picture = load_picture(picture)
        self._encoded = self._reconstructor.encode(self._picture)
        self._beta = _beta_for(self._encoded.similarities[0, self._bare.memory.occupied], self._bare.config.max_priors)
        self.slots = self._bare.memory.occupied_slots
        """Occupied slots of its memory."""
        self.priors = len(self._bare.memory.slots_above(self._encoded.similarities[0], self._beta))
        """Shapes that the LSTM reads."""
        self.config = self._reconstructor.config
        """What the checkpoint was trained with."""

    def one_picture(self) -> list[Row]:
        """One picture, and what one does with it afterwards."""
        reconstructor, encoded, beta = self._reconstructor, self._encoded, self._beta
        plain = PlainMem3D(load_checkpoint(self._path).build().to(self._device))
        images = network_images(torch.from_numpy(encoded.network_input.copy())[None].to(self._device))
        muted = PriorEdits().mute([self._bare.memory.slots_above(encoded.similarities[0], beta)[0]])
        return compared(
            {
                _BARE: self._floor(images),
                _PICTURE: lambda: reconstructor.reconstruct(self._picture, beta=beta),
                "the paper done plainly": lambda: plain(images, beta),
                _BETA: lambda: reconstructor.decode(encoded, beta=beta),
                "a prior muted": lambda: reconstructor.decode(encoded, beta=beta, edits=muted),
                "every slot above beta": lambda: reconstructor.decode(encoded, beta=-1.0),
                "influence of every prior": lambda: reconstructor.influence(encoded, beta=beta),
            },
            {
                "the paper done plainly": _PICTURE, _BETA: _PICTURE, "a prior muted": _PICTURE,
                "every slot above beta": _BETA, "influence of every prior": _PICTURE,
            },
            self._rounds,
            self._wait,
        )  # fmt: skip

    def many_pictures(self) -> list[Row]:
        """Sixteen at once, a picture."""
        reconstructor, inputs = self._reconstructor, [self._encoded.network_input] * _BATCH
        images = network_images(torch.from_numpy(np.stack(inputs)).to(self._device))
        rows = compared(
            {
                f"{_BARE}, {_BATCH} at once": self._floor(images),
                f"with memory, {_BATCH} at once": lambda: reconstructor.decode_all(
                    reconstructor.encode_all(inputs), beta=self._beta
                ),
            },
            {},
            max(1, self._rounds // 3),
            self._wait,
        )
        return [Row(row.name, row.milliseconds / _BATCH, row.ratio, row.of) for row in rows]

    def loading(self) -> list[Row]:
        """Opening the checkpoint."""
        works = {
            "reading the file's bytes": self._path.read_bytes,
            "opening it": lambda: Reconstructor(self._path, "cpu"),
        }
        return compared(works, {}, max(1, self._rounds // 5))

    def _floor(self, images: Tensor) -> Callable[[], Tensor]:
        none = images.new_zeros(len(images), self._bare.config.lstm_hidden)

        def work() -> Tensor:
            with torch.inference_mode():
                occupancy: Tensor = self._bare.shape_decoder(self._bare.image_encoder(images), none)
                return occupancy

        return work

    def _wait(self) -> None:
        if self._device.startswith("cuda"):
            torch.cuda.synchronize(self._device)


def _beta_for(similarities: Tensor, count: int) -> float:
    """A beta that this many slots exceed, or all where there are fewer."""
    ranked = similarities.sort(descending=True).values
    return -1.0 if len(ranked) <= count else float(ranked[count - 1 : count + 1].mean())
