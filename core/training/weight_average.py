"""The moving average of the weights over the last steps, which answers better than any one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

from core.network.mem3d import Mem3D


class WeightAverage:
    """Exponential moving average of what learns in a network: weights, and statistics of batch norm; never the memory.

    Args:
        model: the network in training, on its device.
        decay: share of the average that stays after a step; 0 keeps none, and nothing is done.

    Attributes:
        steps: steps averaged so far. The first ones count more, as the very first weights are random.
    """

    def __init__(self, model: Mem3D, decay: float) -> None:
        self.decay, self.steps = decay, 0
        frozen = {id(parameter) for parameter in model.parameters() if not parameter.requires_grad}
        self._live = {
            name: value
            for name, value in model.state_dict(keep_vars=True).items()
            if decay and value.is_floating_point() and id(value) not in frozen and not name.startswith("memory.")
        }
        self._average = {name: value.detach().clone() for name, value in self._live.items()}

    @torch.no_grad()
    def update(self) -> None:
        """Count the weights after one more step in."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        if self._live:  # all at once: one by one they are hundreds of small kernels
            average = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]  # torch leaves it untyped
            average(list(self._average.values()), list(self._live.values()), self.steps)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within, the network has the averaged weights."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def live(self) -> dict[str, Tensor]:
        """The weights themselves by name, while the network has the average: what going on needs."""
        return dict(self._average)

    def go_on(self, live: dict[str, Tensor], steps: int) -> None:
        """Put both back, after a checkpoint's averaged weights were loaded into the network.

        Raises:
            KeyError: if ``live`` lacks some.
            ValueError: if some are of another shape.
        """
        if not all(live[name].shape == value.shape for name, value in self._average.items()) or steps < 0:
            raise ValueError("averaged weights of other shapes")
        self.steps = steps
        for name in self._average:
            self._average[name].copy_(live[name])
        self._exchange()
        # The network now has its own weights, and the average what the checkpoint had.

    @torch.no_grad()
    def _exchange(self) -> None:
        for name, value in self._live.items():
            average = self._average[name]
            kept = value.detach().clone()
            value.copy_(average)  # in place: what the network keeps from its weights notices
            average.copy_(kept)
