"""What tests of the training step share: frozen batch norm, and trainings in several real processes."""

import multiprocessing
import os
import socket

import torch
from torch.nn.modules.batchnorm import _BatchNorm

from core.errors import DatasetError, Mem3DError
from core.training.follower import Follower
from core.training.ranks import joined
from core.training.trainer import Trainer


def freeze_batch_norm(model):
    """Make every batch norm use its running statistics in training too, so that a batch may be split at will."""
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.eval()
            module.train = lambda mode=True, module=module: module


def train_in_processes(dataset, config, run, *, steps, count=2, **mishaps):
    """Train with batch norm frozen in ``count`` real processes; returns what each ended with, an error or None.

    ``stop``: the step after which the first process is told to stop; ``unreadable``: the step whose data the second
    cannot read; ``dies``: the step in which the second is gone. Without ``config`` the run is resumed.
    """
    context = multiprocessing.get_context("forkserver")  # torch is imported once, and no thread is forked
    context.set_forkserver_preload(["core.training.trainer", "core.training.follower"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ended = context.Queue()
    processes = [
        context.Process(target=_process, args=(ended, rank, count, port, dataset, config, run, steps, mishaps))
        for rank in range(count)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    told = dict(ended.get(timeout=5) for process in processes if process.exitcode == 0)
    ended.close()
    ended.join_thread()
    return [told.get(rank, f"exit code {process.exitcode}") for rank, process in enumerate(processes)]


def _process(ended, rank, count, port, dataset, config, run, steps, mishaps):
    os.environ.update(
        RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(count), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port)
    )
    torch.set_num_threads(1)
    problem = None
    try:
        with joined() as ranks:
            if ranks.leading:
                _lead(ranks, dataset, config, run, steps, mishaps)
            else:
                _accompany(ranks, dataset, run, mishaps)
    except Mem3DError as error:
        problem = f"{type(error).__name__}: {error}"
    ended.put((rank, problem))


def _lead(ranks, dataset, config, run, steps, mishaps):
    common = {"device": "cpu", "steps": steps, "ranks": ranks}
    if config is None:
        trainer = Trainer.resume(run, dataset, **common)
    else:
        trainer = Trainer.start(config, dataset, run, **common)
    freeze_batch_norm(trainer.model)
    list(trainer.run(lambda: trainer.step == mishaps.get("stop")))


def _accompany(ranks, dataset, run, mishaps):
    follower = Follower(ranks, lambda config: dataset, "cpu")
    freeze_batch_norm(follower.model)
    sample, size = follower.batches._sample, follower.batches.batch_size

    def sample_or_fail(epoch, place, index, view):
        if place // size == mishaps.get("unreadable"):
            raise DatasetError("boxes: cannot be read")
        return sample(epoch, place, index, view)

    def die(*_):
        if follower.step == mishaps.get("dies"):
            os._exit(9)

    follower.batches._sample = sample_or_fail
    follower.model.shape_decoder.register_forward_pre_hook(die)
    follower.run()
    torch.save(follower.model.state_dict(), run / f"process{ranks.rank}.pt")
