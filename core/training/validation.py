"""What is looked at every so often in a training: IoU on validation views, the probes, the memory."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

import numpy as np

from core.answering import evaluation_samples, run_network
from core.config import DEFAULT_THRESHOLD, Mem3DConfig
from core.data.dataset import ShapeDataset
from core.errors import TrainingError
from core.network.mem3d import Mem3D
from core.network.shape_memory import ShapeSource
from core.training.events import MemoryReported, ProbesReconstructed, Validated
from core.training.memory_watch import MemoryWatch
from core.training.probes import create_probes, read_probes
from core.training.run_folder import RunFolder


class Validation:
    """Looks at a network in training; changes nothing in it.

    Args:
        config: how much to look at.
        dataset: its validation views; a fixed choice of them.
        model: the network in training.
        folder: the run, whose probes are read, or made where there are none yet.
        overwritten: what memory slots held at the last report, where they hold another shape now.

    Raises:
        OutputError: if the probes cannot be written.
        DatasetError: if they cannot be read from the data set.
    """

    def __init__(
        self,
        config: Mem3DConfig,
        dataset: ShapeDataset,
        model: Mem3D,
        folder: RunFolder,
        overwritten: Mapping[int, ShapeSource | None],
    ) -> None:
        self._training, self._dataset, self._model = config.training, dataset, model
        self._samples = evaluation_samples(
            dataset, "val", limit=config.training.evaluate_samples, seed=config.training.seed
        )
        self._watch = MemoryWatch(model.memory, overwritten)
        self._probes = None
        if config.training.probes:
            with suppress(TrainingError):  # none yet, or damaged: the seed chooses the same ones again
                self._probes = read_probes(folder.path)
            if self._probes is None or self._probes.images.shape[1] != config.model.image_size:
                self._probes = create_probes(
                    folder.path,
                    dataset,
                    count=config.training.probes,
                    image_size=config.model.image_size,
                    seed=config.training.seed,
                )

    @property
    def overwritten(self) -> dict[int, ShapeSource | None]:
        """What memory slots held at the last report, where they hold another shape now."""
        return self._watch.changed

    def measure(self, step: int) -> Validated | None:
        """Mean IoU over the validation views; None where the data set has none."""
        if not self._samples:
            return None
        iou, above = [], []
        for result in run_network(
            self._model.eval(),
            self._dataset,
            self._samples,
            use_memory=self._training.use_memory,
            seed=self._training.seed,
        ):
            iou += result.iou(DEFAULT_THRESHOLD).tolist()
            above += result.above_beta.tolist()
        return Validated(step, float(np.mean(iou)), float(np.mean(above)))

    def look(self, step: int, *, at_stop: bool = False) -> Iterator[ProbesReconstructed | MemoryReported]:
        """Reconstruct the probes and report on the memory, where there are any.

        Args:
            step: steps behind the run.
            at_stop: whether that is an extra look, because the run stops here.

        Raises:
            OutputError: if the probes cannot be written.
        """
        if self._probes is not None:
            path = self._probes.reconstruct(self._model.eval(), step, use_memory=self._training.use_memory)
            yield ProbesReconstructed(step, str(path), at_stop)
        if self._training.use_memory:
            yield self._watch.report(step, at_stop=at_stop)

    def forget_after(self, step: int) -> None:
        """Remove reconstructions of the probes after a later step."""
        if self._probes is not None:
            self._probes.forget_after(step)
