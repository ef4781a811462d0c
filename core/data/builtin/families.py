"""The 13 families, and the one way from an identity (seed, category, index) to a mesh."""

import hashlib
from collections.abc import Mapping

import numpy as np
import trimesh
from numpy.typing import NDArray

from core.data.builtin.aircraft import AIRPLANES
from core.data.builtin.assembly import Assembly
from core.data.builtin.benches import BENCHES
from core.data.builtin.boats import WATERCRAFT
from core.data.builtin.cabinets import CABINETS
from core.data.builtin.cars import CARS
from core.data.builtin.chairs import CHAIRS
from core.data.builtin.dice import Dice
from core.data.builtin.displays import DISPLAYS
from core.data.builtin.family import Family
from core.data.builtin.lamps import LAMPS
from core.data.builtin.rifles import RIFLES
from core.data.builtin.sofas import SOFAS
from core.data.builtin.speakers import SPEAKERS
from core.data.builtin.tables import TABLES
from core.data.builtin.telephones import TELEPHONES
from core.data.categories import CATEGORIES
from core.data.dataset import Split
from core.data.rendering import Camera, random_cameras

FAMILIES: Mapping[str, Family] = {
    "airplane": AIRPLANES,
    "bench": BENCHES,
    "cabinet": CABINETS,
    "car": CARS,
    "chair": CHAIRS,
    "display": DISPLAYS,
    "lamp": LAMPS,
    "speaker": SPEAKERS,
    "rifle": RIFLES,
    "sofa": SOFAS,
    "table": TABLES,
    "telephone": TELEPHONES,
    "watercraft": WATERCRAFT,
}
"""Category to its kinds."""

SHAPES_VERSION = 4
"""Raised whenever the object of an identity changes; part of the cached data set's folder name."""

_SHAPE, _CAMERAS = 0, 1


def shape(seed: int, category: str, index: int) -> trimesh.Trimesh:
    """The mesh of object ``index`` of a category: y up, front to +x, a colour for each face."""
    dice, parts = Dice(_generator(seed, category, index, _SHAPE)), Assembly()
    dice.choose(FAMILIES[category])(dice, parts)
    return parts.mesh()


def cameras(seed: int, category: str, index: int, views: int) -> tuple[Camera, ...]:
    """The cameras of an object's renderings, drawn from R2N2's ranges."""
    return random_cameras(_generator(seed, category, index, _CAMERAS), views)


def split_of(packed: NDArray[np.uint8]) -> Split:
    """The split of an object: 70 % train, 10 % val, 20 % test, by a hash of its bit-packed voxel grid.

    The grid follows from the identity (seed, category, index), so the split does too, whatever size of set is asked
    for; and two objects with equal grids are always in the same split, so no held-out grid equals a training grid.
    """
    digest = hashlib.blake2b(np.ascontiguousarray(packed).tobytes(), digest_size=8).digest()
    draw = int.from_bytes(digest, "big") % 100
    return "train" if draw < 70 else "val" if draw < 80 else "test"


def _generator(seed: int, category: str, index: int, purpose: int) -> np.random.Generator:
    """The random numbers of one object for one purpose; the same on every machine."""
    entropy = (seed, CATEGORIES.index(category), index, purpose)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
