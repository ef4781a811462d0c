"""How much faster a packed copy is read than the folder it was made from: prints times and their ratios.

    python tests/benchmarks/packed_reading.py [--objects N] [--folder R2N2]

Without ``--folder`` it makes N objects with 24 renderings of 137 x 137 pixels each in R2N2's layout, in a temporary
folder. Every figure of a table comes from one run on one machine; read the ratios, not the times. "From memory": the
files are in the system's cache; "from the disk": it was asked to forget their content first (Linux only), though not
where on the disk they lie.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.data import shapenet
from core.data.binvox import save_binvox
from core.data.cache import CACHE_VARIABLE, copy_place, make_copy, read_copy
from core.data.shapenet import ShapeNetDataset

SYNSET = "03001627"


def make_tree(folder, objects, rng):
    """Objects with pictures that compress about as R2N2's do."""
    for number in range(objects):
        pictures = folder / "ShapeNetRendering" / SYNSET / f"m{number}" / "rendering"
        pictures.mkdir(parents=True)
        for view in range(24):
            picture = Image.new("RGBA", (137, 137))
            draw = ImageDraw.Draw(picture)
            for _ in range(40):
                x, y = rng.integers(20, 100, 2).tolist()
                draw.ellipse((x, y, x + 20, y + 14), fill=(*rng.integers(256, size=3).tolist(), 255))
            picture.save(pictures / f"{view:02d}.png")
        voxels = folder / "ShapeNetVox32" / SYNSET / f"m{number}"
        voxels.mkdir(parents=True)
        save_binvox(voxels / "model.binvox", rng.random((32, 32, 32)) < 0.1)


def timed(action, *arguments):
    """The action's answer and its seconds."""
    began = time.perf_counter()
    answer = action(*arguments)
    return answer, time.perf_counter() - began


def read(dataset, order):
    """Views in random order with their grids, as training reads them."""
    for index, view in order:
        dataset.image(index, view)
        dataset.voxels(index)


def forget(folder):
    """Let the system drop the content of a folder's files from its memory."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file)
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=400)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ[CACHE_VARIABLE] = f"{temporary}/cache"
        rng = np.random.default_rng(0)
        folder = options.folder or Path(temporary) / "r2n2"
        if options.folder is None:
            make_tree(folder, options.objects, rng)
        whole, listing = timed(ShapeNetDataset, folder)
        place, state = timed(copy_place, folder, shapenet.SOURCES, "benchmark")
        _, making = timed(make_copy, place, whole, "benchmark")
        copy, opening = timed(lambda: read_copy(place.path).dataset)
        views = [(index, view) for index, record in enumerate(whole.objects) for view in range(record.views)]
        order = [views[i] for i in rng.permutation(len(views))]
        # In turn, so that whatever else the machine does meets both.
        rounds = [(timed(read, whole, order)[1], timed(read, copy, order)[1]) for _ in range(5)]
        direct, packed = map(min, zip(*rounds, strict=True))
        forget(folder)
        cold_direct = timed(read, whole, order)[1]
        del copy  # a mapped file is not forgotten
        forget(place.path)
        copy = read_copy(place.path).dataset
        cold_packed = timed(read, copy, order)[1]
        grids = range(len(whole.objects))
        direct_grids = timed(lambda: [whole.voxels(index) for index in grids])[1]
        packed_grids = timed(lambda: [copy.voxels(index) for index in grids])[1]
        opening += state  # a copy is used only if the folder has not changed
        print(f"{len(whole.objects)} objects, {len(views)} pictures")
        print(f"{'':<38}{'folder':>10}{'packed':>10}{'ratio':>8}")
        for what, first, second in (
            ("open, s", listing, opening),
            ("a view and its grid, ms, from memory", 1e3 * direct / len(views), 1e3 * packed / len(views)),
            ("the same from the disk", 1e3 * cold_direct / len(views), 1e3 * cold_packed / len(views)),
            ("a grid, ms, from memory", 1e3 * direct_grids / len(grids), 1e3 * packed_grids / len(grids)),
        ):
            print(f"{what:<38}{first:>10.3f}{second:>10.3f}{first / second:>8.2f}")
        print(f"making the copy: {making:.1f} s, {1e3 * making / len(views):.2f} ms a picture")


if __name__ == "__main__":
    main()
