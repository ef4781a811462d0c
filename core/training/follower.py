"""What the processes beside the first one do: they follow its training, step by step."""

from collections.abc import Callable
from contextlib import closing

import torch

from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.devices import told_when_out_of_memory
from core.errors import Mem3DError
from core.network.building import build_network
from core.training.batches import TrainingBatches, preparing_processes
from core.training.estimate import less_memory
from core.training.ranks import Ranks, TrainingEnded
from core.training.stepping import TrainingStep, adam


class Follower:
    """Does this process's share of every step of a training that the first process leads; it writes nothing.

    Configuration, weights, memory and the optimiser's state come from the first process, so that only that one needs
    the run folder. The data set is read by every process.

    Args:
        ranks: the processes that train together.
        open_dataset: opens the data set that a configuration names.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        TrainingError: if the first process could not begin.
        DatasetError: if the data set cannot be opened here.
        ConfigError: if the device does not exist.
    """

    def __init__(self, ranks: Ranks, open_dataset: Callable[[Mem3DConfig], ShapeDataset], device: str = "auto") -> None:
        self.ranks = ranks
        self.device = torch.device(ranks.device(device))
        config, self.step, dataset = ranks.listen(open_dataset)
        self.batches = TrainingBatches.of(dataset, config, ranks)
        self._remedy = less_memory(config, self.device)
        with told_when_out_of_memory(str(self.device), self._remedy):
            self.model = build_network(config.model).to(self.device)
            self.model.image_encoder.freeze(config.training.freeze_until)
        self.train_step = TrainingStep(config, self.model, adam(self.model, config), self.device, self.batches, ranks)

    def run(self) -> None:
        """Follow until the first process ends the training.

        Raises:
            TrainingError: if another process fails.
            Mem3DError: if this one cannot go on; the others are told.
        """
        processes = preparing_processes(self.device, self.ranks.count)
        with (
            told_when_out_of_memory(str(self.device), self._remedy),
            closing(self.batches.from_step(self.step, processes=processes)) as batches,
        ):
            while True:
                try:
                    batch = next(batches)
                except Mem3DError:
                    self.ranks.fail()
                    raise
                try:
                    self.train_step(batch, self.step)
                except TrainingEnded:
                    return
                self.step += 1
