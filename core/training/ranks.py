"""The processes that train one network together, as ``torchrun`` starts them; a process on its own is the first of one.

Process 0 leads: it alone writes files, validates and decides when to stop. The others follow it step by step.
"""

import hashlib
import os
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim import Optimizer

from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.devices import resolve_device
from core.errors import ConfigError, DatasetError, TrainingError
from core.network.mem3d import Mem3D

_PATIENCE = timedelta(hours=24)
"""How long the others wait for the first, which also validates; a process that dies is noticed at once without it."""


class TrainingEnded(Exception):
    """Raised where the other processes expected one more step: the first has ended the training."""


class Ranks:
    """The processes of one training, seen from this one.

    Attributes:
        rank: which of them this is, from 0.
        count: how many there are.
        local_rank: which of those on this machine this is.
    """

    def __init__(self, rank: int = 0, count: int = 1, local_rank: int = 0) -> None:
        self.rank, self.count, self.local_rank = rank, count, local_rank
        self._told = False
        self._lost = False

    @property
    def leading(self) -> bool:
        """Whether this process writes, validates and decides."""
        return self.rank == 0

    def device(self, name: str) -> str:
        """The device of this process for ``--device name``: with several on a machine, each takes its own GPU.

        Raises:
            ConfigError: if this machine does not have it.
        """
        if self.count == 1:
            return resolve_device(name)
        if name == "auto":
            name = "cuda" if resolve_device("auto") != "cpu" else "cpu"
        if name not in ("cpu", "cuda"):
            raise ConfigError(
                f"--device {name} is one device, but {self.count} processes train; give auto, cuda or cpu"
            )
        return resolve_device(f"cuda:{self.local_rank}" if name == "cuda" else name)

    def require_shares(self, config: Mem3DConfig) -> None:
        """Refuse a batch that cannot be shared equally.

        Raises:
            ConfigError: if its parts would differ, or hold less than two samples.
        """
        size, shares = config.training.batch_size, self.count * config.training.accumulation
        if size % shares or size < 2 * shares:
            raise ConfigError(
                f"batch_size {size} cannot be shared by {self.count} processes with accumulation "
                f"{config.training.accumulation}: choose a multiple of {shares}, at least {2 * shares}"
            )

    @contextmanager
    def led(self, config: Mem3DConfig, step: int) -> Iterator[None]:
        """In the first process, around its training: the others are told what it is, and when it is over."""
        if self.count == 1:
            yield
            return
        self._told = True
        with self._together():
            dist.broadcast_object_list([config, step])
            dist.barrier()  # as in ``listen``
        try:
            yield
        finally:
            if not self._lost:
                self._meet(end=True)

    def listen(self, open_dataset: Callable[[Mem3DConfig], ShapeDataset]) -> tuple[Mem3DConfig, int, ShapeDataset]:
        """In the others: what the first one tells, and the data set it names, opened here by ``open_dataset(config)``.

        Raises:
            TrainingError: if the first one has ended before it began.
        """
        told: list[Any] = [None, None]
        with self._together():
            dist.broadcast_object_list(told)
        config, step = told
        if config is None:
            raise TrainingError("the first process could not begin the training; its own message says why")
        if self.local_rank == 0:  # one process a machine builds what has to be built, then the others find it there
            dataset = open_dataset(config)
        with self._together():
            dist.barrier()
        if self.local_rank > 0:
            dataset = open_dataset(config)
        return config, step, dataset

    def wrapped(self, model: Mem3D, optimizer: Optimizer, dataset: ShapeDataset) -> nn.Module:
        """The network to call in a step, after weights, memory and optimiser have become the first process's.

        Raises:
            DatasetError: if the processes have different data.
        """
        if self.count == 1:
            return model
        with self._together():
            _require_same_data(dataset)
            for buffer in model.buffers():
                dist.broadcast(buffer, 0)
            sources: list[Any] = [model.memory.sources]
            dist.broadcast_object_list(sources)
            model.memory.set_sources(sources[0])
            _share_moments(optimizer)
            if next(model.parameters()).is_cuda:
                nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]  # torch leaves it untyped
            # The LSTM has no gradient where no sample of any process found a prior, and Adam must then leave it alone.
            # The memory stays the same everywhere by itself; to send its 200 MB again in each step would be dear.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # the option's new name is unknown to older versions
                return DistributedDataParallel(model, broadcast_buffers=False, find_unused_parameters=True)

    def gathered(self, own: Tensor) -> Tensor:
        """This process's share (b, …) to the whole batch (B, …) in the order of a process on its own."""
        if self.count == 1:
            return own
        octets = own.contiguous().view(torch.uint8) if own.dtype == torch.bool else own.contiguous()
        shares = [torch.empty_like(octets) for _ in range(self.count)]
        dist.all_gather(shares, octets)
        return torch.stack(shares, dim=1).flatten(0, 1).view(own.dtype)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Around a step: all processes do it, or none.

        Raises:
            TrainingEnded: if the first process has ended the training instead.
            TrainingError: if another process has failed.
        """
        if self.count == 1:
            yield
            return
        self._meet()
        with self._together():
            yield

    def fail(self) -> None:
        """From another process: it cannot do the next step."""
        if not self._lost:
            self._meet(failed=True)

    def _meet(self, *, end: bool = False, failed: bool = False) -> None:
        words = torch.tensor([end, failed], dtype=torch.int64)
        with self._together():
            dist.all_reduce(words)
        ended, failures = words.tolist()
        self._lost = failures > 0
        if failures and not failed:
            raise TrainingError("another process has failed; its own message says why. What was saved last is kept")
        if ended and not end:
            raise TrainingEnded

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Around what all processes do at once: whoever fails in it cannot tell; the others lose the connection."""
        try:
            yield
        except BaseException as error:
            self._lost = True
            if isinstance(error, RuntimeError) and _is_lost_connection(error):
                raise TrainingError(
                    "another process has ended in the middle of the training; its own message says why. "
                    "What was saved last is kept: go on with --resume"
                ) from error
            raise


def synchronised_last(network: nn.Module, last: bool) -> AbstractContextManager[None]:
    """Around one part of a batch: gradients are shared between the processes with the last part only."""
    if isinstance(network, DistributedDataParallel) and not last:
        return network.no_sync()
    return nullcontext()


@contextmanager
def joined() -> Generator[Ranks, None, None]:
    """The processes that ``torchrun`` has started, or this one alone.

    Raises:
        ConfigError: if they cannot reach each other.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Ranks()
        return
    ranks = Ranks(int(os.environ["RANK"]), count, int(os.environ.get("LOCAL_RANK", "0")))
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        if torch.cuda.is_available():
            torch.cuda.set_device(ranks.local_rank % torch.cuda.device_count())
        dist.init_process_group(backend, timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise ConfigError(
            f"the processes do not reach each other ({error}); check torchrun's --rdzv-endpoint"
        ) from error
    try:
        yield ranks
    finally:
        if ranks.leading and not ranks._told and not ranks._lost:
            dist.broadcast_object_list([None, None])
        if not ranks._lost:
            dist.destroy_process_group()


def _is_lost_connection(error: RuntimeError) -> bool:
    text = str(error)
    return isinstance(error, dist.DistError) or any(word in text for word in ("gloo", "Connection", "NCCL"))


def _require_same_data(dataset: ShapeDataset) -> None:
    digest = hashlib.sha256(repr((dataset.name, list(dataset.objects))).encode()).hexdigest()
    digests: list[str | None] = [None] * dist.get_world_size()
    dist.all_gather_object(digests, digest)
    if len(set(digests)) > 1:
        other = next(rank for rank, theirs in enumerate(digests) if theirs != digests[0])
        raise DatasetError(f"{dataset.name}: process {other} has other data than the first; give all machines the same")


def _share_moments(optimizer: Optimizer) -> None:
    """Give all processes the first one's optimiser state, in the memory layout of the parameters."""
    state = optimizer.state_dict()
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    layout: list[Any] = [
        [
            (index, name, moment.shape, moment.dtype)
            for index, of in state["state"].items()
            for name, moment in of.items()
        ]
    ]
    dist.broadcast_object_list(layout)
    shared: dict[int, dict[str, Tensor]] = {}
    for index, name, shape, dtype in layout[0]:
        parameter = parameters[index]
        moment = torch.empty_like(parameter) if shape == parameter.shape else torch.empty(shape, dtype=dtype)
        sent = torch.empty(shape, dtype=dtype, device=moment.device)
        if dist.get_rank() == 0:
            sent.copy_(state["state"][index][name])
        dist.broadcast(sent, 0)
        with torch.no_grad():
            shared.setdefault(index, {})[name] = moment.copy_(sent)
    optimizer.load_state_dict({**state, "state": shared})
