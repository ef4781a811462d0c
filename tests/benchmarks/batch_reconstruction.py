"""How near ``mem3d reconstruct FOLDER`` comes to the bare network's batched rate: both in turn, medians and ratio.

python tests/benchmarks/batch_reconstruction.py [--pictures 200] [--rounds 3]
"""

import argparse
import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.assets import DEFAULT_CHECKPOINT, asset
from core.checkpoint import load_checkpoint
from core.cli import main as mem3d
from core.cli.reconstruct import _BATCH
from core.network.pixels import network_images


def bare(model, pictures):
    """The network alone over as many random pictures."""
    size = model.config.image_size
    batch = torch.randint(0, 256, (_BATCH, size, size, 3), dtype=torch.uint8)
    with torch.inference_mode():
        for first in range(0, pictures, _BATCH):
            model(network_images(batch[: min(_BATCH, pictures - first)]))


def seconds(work):
    """Wall-clock and processor seconds of a call."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    model = load_checkpoint(asset(DEFAULT_CHECKPOINT)).build()
    sample = Image.open(asset("samples/chair-00024.png"))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.pictures):
            sample.rotate(number % 7).save(Path(folder) / f"{number:04d}.png")

        def whole():
            with contextlib.redirect_stdout(io.StringIO()):
                assert mem3d(["reconstruct", folder, "--device", "cpu"]) == 0

        taken = {whole: [], lambda: bare(model, options.pictures): []}
        for _ in range(options.rounds + 1):
            for work, found in taken.items():
                found.append(seconds(work))
    folder_cost, bare_cost = (1000 * np.median(found[1:], axis=0) / options.pictures for found in taken.values())
    print(f"{options.pictures} pictures, batches of {_BATCH}, {torch.get_num_threads()} threads; loading included")
    for what, (wall, used) in (("mem3d reconstruct FOLDER", folder_cost), ("the bare network", bare_cost)):
        print(f"{what:<25} {wall:7.1f} ms a picture, {used:7.1f} ms of processor time")
    ratio, used_ratio = folder_cost / bare_cost
    print(f"ratio {ratio:.2f}, of processor time {used_ratio:.2f}")


if __name__ == "__main__":
    main()
