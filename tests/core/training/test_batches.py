from itertools import islice

import pytest
import torch

from core.data.packed import PackedDataset, PackedWriter, encode_picture
from core.errors import DatasetError
from core.training import batches as module
from core.training.batches import TrainingBatches, preparing_processes


def test_every_epoch_shows_every_view_once_in_another_order(boxes, tiny_config):
    batches = TrainingBatches(boxes, tiny_config.data, image_size=32, batch_size=4, seed=5)
    iterator = batches.from_step(0)
    epochs = [[source[1:3] for _ in range(9) for source in next(iterator).sources] for _ in range(2)]
    iterator.close()
    everything = {(record.object_id, view) for record in boxes.objects if record.split == "train" for view in range(3)}
    assert set(epochs[0]) == set(epochs[1]) == everything
    assert epochs[0] != epochs[1]


def test_a_batch_depends_on_seed_and_step_alone(boxes, tiny_config):
    def batch(seed, start, skip, processes):
        batches = TrainingBatches(boxes, tiny_config.data, image_size=32, batch_size=4, seed=seed)
        iterator = batches.from_step(start, processes=processes)
        for _ in range(skip):
            next(iterator)
        found = next(iterator)
        iterator.close()
        return found

    a, b, other = batch(1, 0, 11, 0), batch(1, 11, 0, 2), batch(2, 11, 0, 0)
    assert torch.equal(a.images, b.images)
    assert torch.equal(a.volumes, b.volumes)
    assert a.sources == b.sources
    assert not torch.equal(a.images, other.images)


@pytest.mark.parametrize("processes", [0, 2])
def test_a_picture_that_cannot_be_used_is_named(tmp_path, boxes, tiny_config, processes):
    with PackedWriter(tmp_path, "broken", 0) as writer:
        for index, record in enumerate(boxes.objects):
            pictures = [encode_picture(boxes.image(index, view)) for view in range(record.views)]
            writer.add(record, boxes.voxels(index), [pictures[0][:60], *pictures[1:]])
        writer.finish()
    batches = TrainingBatches(PackedDataset(tmp_path), tiny_config.data, image_size=32, batch_size=4, seed=0)
    iterator = batches.from_step(0, processes=processes)
    with pytest.raises(DatasetError, match=r"images\.bin: picture 0 of .* is damaged"):
        list(islice(iterator, batches.steps_per_epoch))


def test_processes_prepare_pictures_where_a_gpu_waits_for_them(monkeypatch):
    monkeypatch.setattr(module, "cores", lambda: 16)
    assert preparing_processes(torch.device("cpu")) == 0
    assert preparing_processes(torch.device("cuda")) == 12
    assert preparing_processes(torch.device("cuda"), ranks=4) == 3
    monkeypatch.setattr(module, "cores", lambda: 4)
    assert preparing_processes(torch.device("cuda")) == 0
