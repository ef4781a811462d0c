"""What the choices in a training step cost or save on this machine: ratios, both sides measured in turn in one run.

python tests/benchmarks/training_step.py [--device cuda] [--threads N]
"""

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.config import preset
from core.network.building import build_image_encoder, build_network
from core.network.losses import triplet_loss
from core.network.shape_memory import ShapeMemory, ShapeSource
from core.training.batches import Batch
from core.training.stepping import TrainingStep, adam


class Repeated:
    """As ``TrainingBatches``, but one batch of random pictures again and again: loading is not measured."""

    dataset = None
    steps_per_epoch = 1000

    def __init__(self, config):
        size, side = config.training.batch_size, config.model.image_size
        generator = torch.Generator().manual_seed(0)
        images = torch.randint(0, 256, (size, side, side, 3), dtype=torch.uint8, generator=generator)
        volumes = torch.rand(size, 32, 32, 32, generator=generator) < 0.1
        sources = tuple(ShapeSource("random", str(number), 0, "chair") for number in range(size))
        self.batch = Batch(images, volumes, sources, sources)


def ratio(what, before, after, device, rounds=7):
    """Print how many times as long ``before`` takes as ``after``, both done in turn, medians without the first."""
    taken = {before: [], after: []}
    for _ in range(rounds + 1):
        for work, seconds in taken.items():
            began = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    one, other = (statistics.median(seconds[1:]) for seconds in taken.values())
    print(f"{what:<68} {1000 * one:9.1f} ms {1000 * other:9.1f} ms  x {one / other:.2f}", flush=True)


def memory_products(name, batch, device):
    """Read, triplet loss and write of a full memory: each with a product of its own, or with a common one."""
    config = preset(name).model
    memory = ShapeMemory(config.memory_slots, config.key_size, value_similarity=config.value_similarity).to(device)
    memory.keys.copy_(torch.nn.functional.normalize(torch.randn_like(memory.keys)))
    memory.packed.random_(0, 256)
    memory.occupied.fill_(True)
    memory.ages.random_(0, 100)
    features = torch.randn(batch, config.key_size, device=device, requires_grad=True)
    volumes = torch.rand(batch, 32, 32, 32, device=device) < 0.1

    def each_its_own():
        memory.read(features, config.beta, max_priors=config.max_priors)
        triplet_loss(
            memory.similarities(features), memory.value_similarities(volumes), memory.occupied, memory.delta, 0.1
        )
        memory.write(features, volumes)

    def one_for_all():
        similarities, values = memory.similarities(features), memory.value_similarities(volumes)
        memory.read(features, config.beta, max_priors=config.max_priors, similarities=similarities)
        triplet_loss(similarities, values, memory.occupied, memory.delta, 0.1)
        memory.write(features, volumes, similarities=similarities, value_similarities=values)

    ratio(f"{name}: memory of a step, batch {batch}, products apart / shared", each_its_own, one_for_all, device)


def layout_of_weights(name, batch, device):
    """Encoder forward and backward with contiguous and with channels-last weights; activations are channels-last."""
    config = preset(name).model
    encoders = [
        build_image_encoder(config).to(device).to(memory_format=torch.contiguous_format),
        build_image_encoder(config).to(device),
    ]
    images = torch.rand(batch, 3, config.image_size, config.image_size, device=device)

    def through(encoder):
        return lambda: encoder(images).square().mean().backward()

    ratio(f"{name}: encoder, batch {batch}, weights contiguous / channels-last", *map(through, encoders), device)


def steps(name, batch, device, what, *settings):
    """A whole step with two settings."""
    made = []
    for setting in settings:
        config = preset(name)
        config = replace(config, training=replace(config.training, batch_size=batch, **setting))
        torch.manual_seed(0)
        model = build_network(config.model).to(device)
        made.append(TrainingStep(config, model, adam(model, config), device, Repeated(config)))

    def doing(step):
        return lambda: step(step.batches.batch, 0)

    ratio(f"{name}: step, batch {batch}, {what}", *map(doing, made), device)


def main():
    """Measure everything."""
    parser = argparse.ArgumentParser(description="What the choices in a training step cost or save on this machine.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, help="CPU threads (default: torch's)")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    print(f"torch {torch.__version__}, {device}, {torch.get_num_threads()} threads")
    memory_products("compact", 32, device)
    memory_products("paper", 32, device)
    layout_of_weights("compact", 16, device)
    layout_of_weights("paper", 2, device)
    steps("compact", 16, device, "float32 / bfloat16", {}, {"precision": "bfloat16"})
    steps("compact", 16, device, "accumulation 1 / 4", {}, {"accumulation": 4})


if __name__ == "__main__":
    main()
