import numpy as np
import pytest

from core.errors import ConfigError
from core.memory.key_map import MapGivenUp, neighbours_kept, pca_map, stored_map, tsne_map


@pytest.fixture(scope="module")
def two_heaps(make_slots, cube):
    """40 keys around one direction and 40 around another, an empty slot between."""
    rng = np.random.default_rng(0)
    noise = 0.05 * rng.normal(size=(80, 8))
    noise[:40, 0] += 1
    noise[40:, 1] += 1
    entries = [(key, cube(4), "chair") for key in noise]
    return make_slots(*entries[:40], None, *entries[40:])


def heaps_apart(points):
    """Distance of the heaps' middles in units of their spread."""
    one, two = points[:40], points[40:]
    return np.linalg.norm(one.mean(0) - two.mean(0)) / max(one.std(), two.std())


def test_principal_components_are_those_of_a_full_decomposition(two_heaps):
    found = pca_map(two_heaps)
    assert 40 not in found.slots
    keys = two_heaps.keys[found.slots]
    u, lengths, _ = np.linalg.svd(keys - keys.mean(0), full_matrices=False)
    expected = u[:, :2] * lengths[:2]
    expected -= (expected.min(0) + expected.max(0)) / 2
    expected /= np.abs(expected).max()
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-4)
    assert heaps_apart(found.points) > 3
    np.testing.assert_array_equal(pca_map(two_heaps).points, found.points)


def test_neighbours_kept_by_hand():
    angles = np.radians(np.arange(0, 80, 10))
    keys = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    line = np.stack([angles, 0 * angles], 1).astype(np.float32)
    assert neighbours_kept(keys, line, 2) == pytest.approx(1.0)
    order = [4, 0, 5, 1, 6, 2, 7, 3]  # angle i lies at place order[i]: neighbours are dealt apart
    places = np.stack([np.array(order), np.zeros(8)], 1).astype(np.float32)
    full = [set(sorted((j for j in range(8) if j != i), key=lambda j: (abs(j - i), j))[:2]) for i in range(8)]
    near = [set(sorted((j for j in range(8) if j != i), key=lambda j: abs(order[j] - order[i]))[:2]) for i in range(8)]
    ends = [i for i in range(8) if order[i] in (0, 7)]
    by_hand = sum(len(a & b) for a, b in zip(full, near, strict=True)) / 16
    assert not ends or by_hand < 0.5
    assert neighbours_kept(keys, places, 2) == pytest.approx(by_hand, abs=2 / 16)  # ties may go either way
    with pytest.raises(ConfigError, match="no map"):
        neighbours_kept(keys, line[:3])


def test_points_at_one_place_do_not_count_themselves():
    keys = np.tile(np.array([[1, 0]], np.float32), (20, 1))
    assert 0 < neighbours_kept(keys, np.zeros((20, 2), np.float32), 10) < 1


def test_tsne_is_made_once_and_kept(two_heaps, monkeypatch):
    assert stored_map(two_heaps, "tsne") is None
    found = tsne_map(two_heaps)
    assert heaps_apart(found.points) > 3
    assert np.abs(found.points).max() == pytest.approx(1)
    assert found.kept > 0.4
    monkeypatch.setattr("core.memory.key_map.Popen", None)  # nothing is computed again
    again = tsne_map(two_heaps)
    np.testing.assert_array_equal(again.points, found.points)
    assert again.kept == found.kept


def test_a_damaged_stored_map_is_none(two_heaps, tmp_path, monkeypatch):
    monkeypatch.setattr("core.memory.key_map._in_process", lambda *_: np.zeros((80, 2), np.float32))
    tsne_map(two_heaps)
    (stored,) = (tmp_path / "user_cache" / "maps").iterdir()
    stored.write_bytes(stored.read_bytes()[:100])
    assert stored_map(two_heaps, "tsne") is None


def test_a_map_that_is_no_longer_wanted_ends_its_process(two_heaps):
    with pytest.raises(MapGivenUp):
        tsne_map(two_heaps, lambda: True)
    assert stored_map(two_heaps, "tsne") is None


def test_a_feature_lies_amid_its_nearest_slots(two_heaps):
    found = pca_map(two_heaps)
    place = found.place(two_heaps.similarities(two_heaps.keys[3]))
    assert np.linalg.norm(place - found.points[:40].mean(0)) < np.linalg.norm(place - found.points[40:].mean(0))
    alone = np.zeros(81, np.float32)
    alone[7] = 1
    np.testing.assert_allclose(found.place(alone), found.points[7], atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_memories_have_a_map_too(make_slots, cube, count):
    slots = make_slots(*[(np.eye(4)[i], cube(4), "chair") for i in range(count)])
    for found in (pca_map(slots), tsne_map(slots)):
        assert found.points.shape == (count, 2)
        assert np.isfinite(found.points).all()
        assert found.kept == 1
