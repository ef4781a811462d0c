"""t-SNE as a program of its own, started by ``core.memory.key_map``: it can be ended at any moment.

    python tsne.py IN OUT

IN is a NumPy file of (N, D) float32 whose first two columns are where the points start; OUT gets (N, 2) float32.
"""

import os
import sys

import numpy as np

PERPLEXITY = 30.0
"""About how many neighbours each point tries to keep."""


def main(source: str, target: str) -> None:
    """Read, compute, write."""
    from sklearn.manifold import TSNE

    points = np.load(source)
    start = points[:, :2] / (points[:, 0].std() or 1.0) * 1e-4
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    np.save(target, TSNE(init=start, perplexity=perplexity, random_state=0).fit_transform(points).astype(np.float32))


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # the window shall stay quick meanwhile
    main(*sys.argv[1:])
