"""A data set's fingerprint: the same for the same data, another for any other."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.dataset import ObjectRecord
from core.data.fingerprint import dataset_fingerprint
from core.data.packed import PackedDataset, PackedWriter, encode_picture


def packed(folder, *, value=9, version=""):
    folder.mkdir()
    with PackedWriter(folder, "mine", seed=0, version=version) as writer:
        picture = encode_picture(np.full((8, 8, 4), value, np.uint8))
        writer.add(ObjectRecord("car/0", "car", "test", 1), np.ones((32, 32, 32), bool), [picture])
        writer.finish()
    return PackedDataset(folder)


def test_equal_data_equal_fingerprint(box_dataset):
    first = dataset_fingerprint(box_dataset())
    assert first == dataset_fingerprint(box_dataset())
    assert len(first) == 32
    int(first, 16)


@pytest.mark.parametrize(
    "change",
    [{"object_id": "table/x"}, {"category": "lamp"}, {"split": "test"}, {"views": 2}],
    ids=lambda c: next(iter(c)),
)
def test_every_field_of_a_record_counts(box_dataset, change):
    boxes = box_dataset()
    before = dataset_fingerprint(boxes)
    boxes.objects[0] = replace(boxes.objects[0], **change)
    assert dataset_fingerprint(boxes) != before


def test_the_name_and_the_order_count(box_dataset):
    boxes = box_dataset()
    before = dataset_fingerprint(boxes)
    boxes.objects[:2] = boxes.objects[1::-1]
    assert dataset_fingerprint(boxes) != before
    renamed = box_dataset()
    renamed.name = "crates"
    assert dataset_fingerprint(renamed) != before


def test_a_packed_set_is_told_by_its_content_not_its_place(tmp_path):
    first = dataset_fingerprint(packed(tmp_path / "a"))
    assert first == dataset_fingerprint(packed(tmp_path / "b"))
    assert first != dataset_fingerprint(packed(tmp_path / "c", value=10))


def test_a_copy_is_told_by_the_version_of_what_it_was_copied_from(tmp_path):
    first = packed(tmp_path / "a", version="v1")
    assert first.version == "v1"
    assert dataset_fingerprint(first) == dataset_fingerprint(packed(tmp_path / "b", value=10, version="v1"))
    assert dataset_fingerprint(first) != dataset_fingerprint(packed(tmp_path / "c", version="v2"))
