"""Several data sets as one: whose object is whose, how often it is shown, how it is written down."""

import pytest
from tiny_training import make_packed

from core.config import DataConfig
from core.data.fingerprint import dataset_fingerprint
from core.data.joined import JoinedDataset
from core.data.opening import absolute_spec, open_dataset
from core.errors import DatasetError
from core.training.batches import TrainingBatches


def test_every_object_is_its_own_sets(box_dataset):
    one, other = box_dataset(seed=0), box_dataset(per_split=(3, 1, 1), seed=1)
    joined = JoinedDataset([one, other], [1, 1])
    assert joined.name == "boxes 1 + boxes 2"
    assert len({record.object_id for record in joined.objects}) == len(one.objects) + len(other.objects)
    place = len(one.objects) + 2
    assert joined.objects[place].object_id == f"boxes 2/{other.objects[2].object_id}"
    assert joined.objects[place].dataset == "boxes 2"
    assert (joined.voxels(place) == other.voxels(2)).all()
    assert (joined.image(place, 1) == other.image(2, 1)).all()


def test_objects_of_equal_names_are_different_ones_to_the_memory(box_dataset):
    joined = JoinedDataset([box_dataset(), box_dataset()], [1, 1])
    batches = TrainingBatches(joined, DataConfig(), image_size=32, batch_size=8, seed=0)
    one, other = (batches._source(index, 0) for index in (0, 20))
    assert (one.dataset, other.dataset) == ("boxes 1", "boxes 2")
    assert one.object_id == other.object_id == joined.objects[0].object_id.removeprefix("boxes 1/")


def test_a_weight_shows_each_picture_that_many_times_an_epoch(box_dataset):
    joined = JoinedDataset([box_dataset(per_split=(2, 0, 0)), box_dataset(per_split=(2, 0, 0))], [1, 3])
    batches = TrainingBatches(joined, DataConfig(), image_size=32, batch_size=2, seed=0)
    assert batches.steps_per_epoch == (2 * 3 + 2 * 3 * 3) // 2
    shown = [tuple(view) for view in batches.views]
    assert [shown.count((index, 0)) for index in range(4)] == [1, 1, 3, 3]


def test_a_spec_names_several_with_weights(tmp_path, monkeypatch):
    make_packed(tmp_path / "one")
    make_packed(tmp_path / "other", (2, 1, 1))
    monkeypatch.chdir(tmp_path)
    spec = absolute_spec("packed:one + 2 * packed:other")
    assert spec == f"packed:{tmp_path / 'one'} + 2 * packed:{tmp_path / 'other'}"
    joined = open_dataset(spec)
    assert len(joined.objects) == 14
    assert [record.weight for record in joined.objects] == [1] * 10 + [2] * 4
    assert [record.weight for record in open_dataset("3*packed:one").objects] == [3] * 10
    with pytest.raises(DatasetError, match="missing"):
        open_dataset("packed:one + packed:missing")


def test_the_fingerprint_changes_with_any_of_them(box_dataset):
    one, other, third = (box_dataset(seed=seed, per_split=(3, 1, seed)) for seed in (0, 1, 2))
    prints = [dataset_fingerprint(JoinedDataset(parts, [1, 1])) for parts in ([one, other], [one, third], [one, other])]
    assert prints[0] == prints[2] != prints[1]
