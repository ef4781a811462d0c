"""How long an F-score takes, alone and against a true surface that is kept, as in an evaluation.

python tests/benchmarks/f_score.py [GRIDS]
"""

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.data.opening import open_dataset
from core.metrics import Surface, f_score


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    dataset = open_dataset("builtin")
    rng = np.random.default_rng(0)
    truths = [dataset.voxels(i) for i in rng.choice(len(dataset.objects), count, replace=False)]
    predictions = [truth & (rng.random(truth.shape) > 0.05) for truth in truths]
    surfaces = [Surface(truth) for truth in truths]
    began = time.perf_counter()
    for predicted, truth in zip(predictions, truths, strict=True):
        f_score(predicted, truth)
    alone = time.perf_counter()
    for predicted, surface in zip(predictions, surfaces, strict=True):
        Surface(predicted, 1).f_score(surface)
    kept = time.perf_counter()
    print(f"alone {(alone - began) / count * 1e3:.1f} ms, true surface kept {(kept - alone) / count * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
