"""What memory, losses and optimiser add to a training step's bare forward and backward pass."""

from dataclasses import replace

import torch
from torch.nn import functional

from core.benchmark.timing import Row, compared
from core.config import Mem3DConfig
from core.network.building import build_network
from core.network.pixels import network_images
from core.network.shape_memory import ShapeSource
from core.training.batches import Batch
from core.training.stepping import TrainingStep, adam


class RepeatedBatch:
    """Stands for ``TrainingBatches``: one batch of random pictures again and again, so that loading is not measured."""

    steps_per_epoch = 1000
    dataset = None

    def __init__(self, config: Mem3DConfig) -> None:
        size, side, grid = config.training.batch_size, config.model.image_size, config.model.voxel_resolution
        generator = torch.Generator().manual_seed(0)
        images = torch.randint(0, 256, (size, side, side, 3), dtype=torch.uint8, generator=generator)
        volumes = torch.rand(size, grid, grid, grid, generator=generator) < 0.1
        sources = tuple(ShapeSource("random", str(number), 0, "chair") for number in range(size))
        self.batch = Batch(images, volumes, sources, sources)


def step_cost(config: Mem3DConfig, device: str, rounds: int) -> list[Row]:
    """A step of a training whose memory is full, beside the encoder and the decoder alone, forward and backward.

    Args:
        config: sizes and batch.
        device: one of ``available_devices``.
        rounds: how often each is timed.
    """
    torch.manual_seed(0)
    where = torch.device(device)
    model = build_network(config.model).to(where)
    memory = model.memory
    memory.keys.copy_(functional.normalize(torch.randn_like(memory.keys)))
    memory.packed.random_(0, 256)
    memory.occupied.fill_(True)
    batches = RepeatedBatch(config)
    step = TrainingStep(config, model, adam(model, config), where, batches)  # type: ignore[arg-type]  # stands for it
    without = replace(config, training=replace(config.training, use_memory=False))
    alone = TrainingStep(without, model, adam(model, without), where, batches)  # type: ignore[arg-type]  # the same
    images = network_images(batches.batch.images.to(where))
    volumes = batches.batch.volumes.to(where).float()
    none = images.new_zeros(len(images), config.model.lstm_hidden)

    def bare() -> None:
        logits = model.shape_decoder(model.image_encoder(images), none)[:, 0]
        functional.binary_cross_entropy_with_logits(logits, volumes).backward()  # type: ignore[no-untyped-call]  # torch

    model.train()
    model.image_encoder.freeze(config.training.freeze_until)
    rows = compared(
        {
            "encoder and decoder, forward and backward": bare,
            "a step without memory": lambda: alone(batches.batch, 0),
            "a step": lambda: step(batches.batch, 0),
        },
        {},
        rounds,
        lambda: torch.cuda.synchronize(where) if where.type == "cuda" else None,
    )
    size = len(images)
    return [Row(f"{row.name}, a picture of {size}", row.milliseconds / size, row.ratio, row.of) for row in rows]
