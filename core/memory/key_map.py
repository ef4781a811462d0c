"""A map of the keys in two dimensions: by principal components at once, by t-SNE in a process of its own.

A map bends distances. ``KeyMap.kept`` says how far it is to be trusted; neighbours are asked of ``MemorySlots``, which
knows the full space.
"""

import hashlib
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from core.data.cache import cache_folder
from core.errors import ConfigError, Mem3DError
from core.files import replacing
from core.memory.slots import MemorySlots

Method = Literal["pca", "tsne"]
NEIGHBOURS = 10
"""Nearest neighbours of a slot that are compared, in the full space and on the map."""
_FORMAT = 1
_COMPONENTS = 50
"""Principal components that t-SNE starts from, as is usual."""
_PLACED_BY = 5


class MapGivenUp(Mem3DError):
    """A map that was no longer wanted before it was made."""


@dataclass(frozen=True, eq=False)
class KeyMap:
    """Where every occupied slot lies on the map."""

    method: Method
    """How it was made."""
    slots: NDArray[np.int64]
    """(N,) the occupied slots."""
    points: NDArray[np.float32]
    """(N, 2) where they lie; the longer side spans -1 … 1."""
    kept: float
    """Share of each slot's ``NEIGHBOURS`` nearest neighbours by key similarity that are among as many nearest on the
    map, as mean over the slots: 0 … 1, 1 where there are too few slots to compare."""

    def place(self, similarities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where a feature belongs: amid its nearest slots, (2,).

        Neither method can place a new point that is far from all others, so it is put at the mean of the five slots
        that are most similar to it, weighted by similarity.

        Args:
            similarities: (m,) of the feature to every slot.
        """
        own = np.maximum(similarities[self.slots], 0)
        best = np.argsort(-own, kind="stable")[:_PLACED_BY]
        weights = own[best] + 1e-9
        return np.asarray(weights @ self.points[best] / weights.sum(), np.float32)


def pca_map(slots: MemorySlots) -> KeyMap:
    """The map by the two principal components of the keys; the larger extents lie along positive sums, always alike."""
    return _made("pca", slots, _components(slots.keys[slots.used], 2))


def stored_map(slots: MemorySlots, method: Method) -> KeyMap | None:
    """The map as it was made earlier, from the user's cache; None where it was not, or cannot be read."""
    used = slots.used
    try:
        with (cache_folder() / "maps" / _name(slots, method)).open("rb") as stream, np.load(stream) as file:
            points, kept = file["points"], float(file["kept"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return KeyMap(method, used, points, kept) if points.shape == (len(used), 2) else None


def tsne_map(slots: MemorySlots, unwanted: Callable[[], bool] = lambda: False) -> KeyMap:
    """The map by t-SNE (van der Maaten and Hinton, JMLR 2008), begun from the principal components; kept in the cache.

    It is made in a process of its own, which neither holds up this one nor outlives its use.

    Args:
        slots: the memory.
        unwanted: asked now and then; True ends the process.

    Raises:
        MapGivenUp: if the map was unwanted before it was there.
        Mem3DError: if the process died.
    """
    known = stored_map(slots, "tsne")
    if known is not None:
        return known
    keys = slots.keys[slots.used]
    if len(keys) <= 4:  # nothing that t-SNE could spread
        return _made("tsne", slots, _components(keys, 2))
    points = _in_process(_components(keys, _COMPONENTS), unwanted)
    found = _made("tsne", slots, points)
    path = cache_folder() / "maps" / _name(slots, "tsne")
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, points=found.points, kept=found.kept)
    return found


def neighbours_kept(keys: NDArray[np.float32], points: NDArray[np.float32], count: int = NEIGHBOURS) -> float:
    """Share of the ``count`` nearest neighbours by key similarity that are among as many nearest on the map.

    Args:
        keys: (N, n_k), unit length.
        points: (N, 2).
        count: neighbours of each.

    Raises:
        ConfigError: if there are not as many keys as points.
    """
    if len(keys) != len(points):
        raise ConfigError(f"{len(points)} points are no map of {len(keys)} keys")
    if len(keys) <= count + 1:
        return 1.0
    on_map = scipy.spatial.cKDTree(points).query(points, count + 1)[1]
    itself = on_map == np.arange(len(keys))[:, None]
    itself[~itself.any(axis=1), -1] = True  # among points at one place the query may give any, and leave this one out
    kept = 0
    for start in range(0, len(keys), 512):
        rows = np.arange(start, min(start + 512, len(keys)))
        similar = keys[rows] @ keys.T
        similar[np.arange(len(rows)), rows] = -np.inf
        near = np.zeros(similar.shape, bool)
        np.put_along_axis(near, np.argpartition(-similar, count, axis=1)[:, :count], True, axis=1)
        kept += int((np.take_along_axis(near, on_map[rows], axis=1) & ~itself[rows]).sum())
    return kept / (len(keys) * count)


def _made(method: Method, slots: MemorySlots, points: NDArray[np.float32]) -> KeyMap:
    if len(points):
        points = points - (points.min(0) + points.max(0)) / 2
        points = (points / (np.abs(points).max() or 1.0)).astype(np.float32)
    return KeyMap(method, slots.used, points, neighbours_kept(slots.keys[slots.used], points))


def _components(keys: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The first principal components of keys (N, n_k), at most N - 1: (N, count), the strongest first, zeros beyond."""
    components = np.zeros((len(keys), count), np.float32)
    rank = min(count, len(keys) - 1, keys.shape[1])
    if rank >= 1:
        centred = (keys - keys.mean(axis=0)).astype(np.float64)
        u, lengths = _decomposed(centred, rank)
        signs = np.sign(u[np.abs(u).argmax(axis=0), np.arange(rank)])  # free, and fixed here by the largest entry
        components[:, :rank] = u * signs * lengths
    return components


def _decomposed(centred: NDArray[np.float64], rank: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The left singular vectors (N, rank) and the singular values (rank,), the largest first."""
    if min(centred.shape) <= 4 * rank:
        u, lengths, _ = np.linalg.svd(centred, full_matrices=False)
        return u[:, :rank], lengths[:rank]
    start = np.random.default_rng(0).standard_normal(min(centred.shape))  # a fixed one: the same answer every time
    u, lengths, _ = scipy.sparse.linalg.svds(centred, k=rank, v0=start)
    return u[:, ::-1], lengths[::-1]


def _in_process(components: NDArray[np.float32], unwanted: Callable[[], bool]) -> NDArray[np.float32]:
    """What ``tsne.py`` makes of points (N, D): (N, 2)."""
    with tempfile.TemporaryDirectory() as folder:
        source, target, words = (Path(folder) / name for name in ("in.npy", "out.npy", "words.txt"))
        np.save(source, components)
        command = [sys.executable, str(Path(__file__).with_name("tsne.py")), str(source), str(target)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        with words.open("wb") as log, Popen(command, env=environment, stdout=log, stderr=log) as process:
            try:
                while process.poll() is None:
                    if unwanted():
                        raise MapGivenUp("the map is no longer wanted")
                    time.sleep(0.05)
            finally:
                process.kill()
        if process.returncode:
            said = words.read_text(errors="replace").strip().splitlines()
            why = said[-1] if said else process.returncode
            raise Mem3DError(f"the map by t-SNE cannot be made ({why}); use the one by principal components")
        return np.asarray(np.load(target), np.float32)


def _name(slots: MemorySlots, method: Method) -> str:
    digest = hashlib.blake2b(slots.keys.tobytes() + slots.occupied.tobytes(), digest_size=12).hexdigest()
    return f"{digest}-{method}-format{_FORMAT}.npz"
