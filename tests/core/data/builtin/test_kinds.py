"""Every kind of every family: it can be drawn, is whole and solid, and stands as its family does."""

from collections import Counter

import numpy as np
import pytest
from scipy import ndimage

from core.data.builtin.aircraft import AIRPLANES
from core.data.builtin.assembly import Assembly
from core.data.builtin.benches import BENCHES
from core.data.builtin.boats import WATERCRAFT
from core.data.builtin.cars import CARS
from core.data.builtin.chairs import CHAIRS
from core.data.builtin.dice import Dice
from core.data.builtin.displays import DISPLAYS
from core.data.builtin.families import FAMILIES
from core.data.builtin.rifles import RIFLES
from core.data.builtin.sofas import SOFAS
from core.data.builtin.stools import STOOLS
from core.data.builtin.tables import TABLES
from core.data.voxelising import voxelise

KINDS = [(category, kind) for category, family in FAMILIES.items() for kind in family]
OBJECTS = 5
SEVERAL_BODIES = {"lounge", "nesting", "set", "bar"}
"""With a footstool, a table or a loudspeaker beside the other."""

BACKED = {"park", "settle", "pew", "row"}
"""Kinds of benches that have a back."""


@pytest.fixture(scope="module")
def meshes():
    """OBJECTS meshes of each kind."""
    made = {}
    for category, kind in KINDS:
        for seed in range(OBJECTS):
            parts = Assembly()
            FAMILIES[category][kind][1](Dice(np.random.default_rng(seed)), parts)
            made.setdefault((category, kind), []).append(parts.mesh())
    return made


@pytest.fixture(scope="module")
def grids(meshes):
    """(OBJECTS, 32, 32, 32) bool of each kind."""
    return {key: np.stack([voxelise(mesh) for mesh in own]) for key, own in meshes.items()}


@pytest.mark.parametrize("category", FAMILIES)
def test_kinds_are_drawn_by_their_weights(category):
    family, dice = FAMILIES[category], Dice(np.random.default_rng(0))
    drawn = Counter(dice.choose({kind: (weight, kind) for kind, (weight, _) in family.items()}) for _ in range(20_000))
    total = sum(weight for weight, _ in family.values())
    for kind, (weight, _) in family.items():
        assert drawn[kind] / 20_000 == pytest.approx(weight / total, abs=0.01)
        assert drawn[kind] > 0


@pytest.mark.parametrize(("category", "kind"), KINDS)
def test_a_kind_is_whole_and_varied(grids, meshes, category, kind):
    own = grids[category, kind]
    assert len({grid.tobytes() for grid in own}) > 1
    for mesh, grid in zip(meshes[category, kind], own, strict=True):
        assert np.isfinite(mesh.vertices).all()
        assert 60 < grid.sum() < 30_000
        pieces, _ = ndimage.label(grid, np.ones((3, 3, 3)))
        assert np.bincount(pieces.ravel())[1:].max() > 0.97 * grid.sum() or kind in SEVERAL_BODIES


@pytest.mark.parametrize(("category", "kind"), KINDS)
def test_parts_are_closed(meshes, category, kind):
    """All but shades, which are open below, so that their inside is empty as it should be."""
    for mesh in meshes[category, kind]:
        edges = np.sort(mesh.edges, axis=1)
        _, shared = np.unique(edges, axis=0, return_counts=True)
        if category == "lamp":
            assert set(shared) <= {1, 2}
        else:
            assert set(shared) == {2}


@pytest.mark.parametrize("kind", [kind for kind in CHAIRS if kind not in {*STOOLS, "bag"} or kind == "bar chair"])
def test_chairs_have_their_back_at_low_x(grids, kind):
    """The highest fifth of every chair lies, on the whole, behind its middle."""
    upper = sum(grid[:, np.flatnonzero(grid.any(axis=(0, 2))).max() - 5 :].sum((1, 2)) for grid in grids["chair", kind])
    assert upper[:16].sum() > 1.5 * upper[16:].sum()


@pytest.mark.parametrize("kind", AIRPLANES)
def test_airplanes_have_their_nose_at_high_x(grids, kind):
    tips = grids["airplane", kind].any(axis=2).sum(2).mean(0)
    assert tips[28:].mean() <= tips[:16].max()
    left, right = grids["airplane", kind][..., :16], grids["airplane", kind][..., 16:][..., ::-1]
    assert (left != right).mean() < 0.01  # both wings


@pytest.mark.parametrize("kind", WATERCRAFT)
def test_boats_are_narrower_at_the_bow(grids, kind):
    widths = grids["watercraft", kind].any(axis=2).sum(2)
    for own in widths:
        long = np.flatnonzero(own)
        quarter = max(2, len(long) // 6)
        assert own[long[-quarter:]].mean() <= own[long[:quarter]].mean() + 1


@pytest.mark.parametrize("kind", TABLES)
def test_tables_are_at_least_as_long_as_deep(grids, kind):
    sides = np.array([np.ptp(np.argwhere(grid), axis=0) + 1 for grid in grids["table", kind]]).mean(0)
    assert sides[2] >= 0.95 * sides[0] or kind == "nesting"


@pytest.mark.parametrize(
    ("category", "kind"),
    [("sofa", kind) for kind in SOFAS if kind != "daybed"] + [("bench", kind) for kind in BENCHES if kind in BACKED],
)
def test_sofas_and_benches_have_their_back_at_low_x(grids, category, kind):
    upper = sum(
        grid[:, np.flatnonzero(grid.any(axis=(0, 2))).max() - 2 :].sum((1, 2)) for grid in grids[category, kind]
    )
    assert upper[:16].sum() > 1.5 * upper[16:].sum()


@pytest.mark.parametrize("kind", CARS)
def test_cars_are_longer_than_wide_and_stand_on_wheels(grids, kind):
    sides = np.array([np.ptp(np.argwhere(grid), axis=0) + 1 for grid in grids["car", kind]])
    assert (sides[:, 0] > 1.2 * sides[:, 2]).all()
    for grid in grids["car", kind]:
        ground = grid[:, np.flatnonzero(grid.any(axis=(0, 2))).min()]
        _, contacts = ndimage.label(ground, np.ones((3, 3)))
        assert contacts >= 2


@pytest.mark.parametrize("kind", RIFLES)
def test_rifles_have_a_slim_muzzle_at_high_x(grids, kind):
    along = grids["rifle", kind].sum((2, 3)).mean(0)
    assert along[28:].mean() < 0.75 * along[4:20].mean()


@pytest.mark.parametrize("kind", DISPLAYS)
def test_displays_are_flat_but_for_tubes(grids, kind):
    sides = np.array([np.ptp(np.argwhere(grid), axis=0) + 1 for grid in grids["display", kind]]).mean(0)
    assert sides[0] < max(sides[1], sides[2])
