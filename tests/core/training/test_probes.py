"""Probes: chosen fairly, written whole, and what they say is what the network answers."""

import tracemalloc
import zipfile

import numpy as np
import pytest
import torch

from core.data.augmentation import evaluation_picture
from core.data.bit_packing import unpack
from core.errors import DatasetError, TrainingError
from core.metrics import voxel_iou
from core.network.building import build_network
from core.network.pixels import network_images
from core.network.shape_memory import ShapeSource
from core.training.probes import create_probes, read_probes


@pytest.fixture
def model(tiny_config):
    torch.manual_seed(0)
    return build_network(tiny_config.model).eval()


def test_probes_are_validation_views_of_different_categories(tmp_path, box_dataset):
    boxes = box_dataset(per_split=(4, 8, 4))
    probes = create_probes(tmp_path, boxes, count=2, image_size=32, seed=1)
    objects = {record.object_id: index for index, record in enumerate(boxes.objects)}
    categories, ids, views = zip(*(name.split(" ") for name in probes.names), strict=True)
    assert set(categories) == {"lamp", "table"}
    for place, (name, view) in enumerate(zip(ids, views, strict=True)):
        index = objects[name]
        assert boxes.objects[index].split == "val"
        assert 0 <= int(view) < 3
        np.testing.assert_array_equal(unpack(probes.truth[place]), boxes.voxels(index))
    read = read_probes(tmp_path)
    assert read.names == probes.names
    np.testing.assert_array_equal(read.images, probes.images)
    np.testing.assert_array_equal(read.truth, probes.truth)
    assert probes.images.shape == (2, 32, 32, 3)


def test_the_seed_chooses_and_there_are_never_more_than_there_are(tmp_path, box_dataset):
    boxes = box_dataset(per_split=(4, 8, 4))
    chosen = []
    for number, seed in enumerate((1, 1, 2, 3)):
        (tmp_path / str(number)).mkdir()
        chosen.append(create_probes(tmp_path / str(number), boxes, count=20, image_size=32, seed=seed).names)
    assert chosen[0] == chosen[1]
    assert len(set(chosen)) == 3
    assert len({name.split(" ")[1] for name in chosen[0]}) == len(chosen[0]) == 8
    assert create_probes(tmp_path, box_dataset(per_split=(4, 0, 4)), count=4, image_size=32, seed=0) is None


def test_a_probe_is_prepared_as_for_an_evaluation(tmp_path, boxes):
    probes = create_probes(tmp_path, boxes, count=1, image_size=32, seed=0)
    _, name, view = probes.names[0].split(" ")
    index = [record.object_id for record in boxes.objects].index(name)
    picture = evaluation_picture(boxes.image(index, int(view)), 32, np.random.default_rng(0))
    changed = (probes.images[0] != picture).any(axis=2)  # other background, same object
    assert changed.any()
    assert not changed.all()


def test_what_is_read_is_what_the_network_answers(tmp_path, boxes, model):
    probes = create_probes(tmp_path, boxes, count=3, image_size=32, seed=0)
    grids = torch.from_numpy(np.stack([boxes.voxels(index) for index in range(5)]))
    keys = torch.randn(5, model.config.key_size, generator=torch.Generator().manual_seed(0)).abs()
    model.memory.write(keys, grids, [ShapeSource("boxes", f"o{number}", 0, "lamp") for number in range(5)])
    path = probes.reconstruct(model, 12, use_memory=True)
    assert path == tmp_path / "probes" / "step_00000012.npz"
    assert probes.steps() == [12]
    step = probes.at(12)
    with torch.no_grad():
        output = model(network_images(torch.from_numpy(probes.images)))
        occupancy = output.logits.sigmoid().numpy()
        cosine = torch.nn.functional.cosine_similarity(output.features[:, None], model.memory.keys[None, :5], dim=2)
    np.testing.assert_allclose(step.occupancy, occupancy, atol=1e-3)
    assert step.occupancy.dtype == np.float16
    np.testing.assert_array_equal(step.top_slot, cosine.argmax(dim=1))
    np.testing.assert_allclose(step.top_similarity, cosine.max(dim=1).values, atol=1e-5)
    np.testing.assert_array_equal(step.above_beta, (cosine > model.config.beta).sum(dim=1))
    for place in range(3):
        held = model.memory.packed[step.top_slot[place]].numpy()
        np.testing.assert_array_equal(step.top_value[place], held)
        assert step.iou[place] == pytest.approx(float(voxel_iou(occupancy[place] > 0.3, unpack(probes.truth[place]))))


def test_an_empty_memory_has_no_top_slot(tmp_path, boxes, model):
    probes = create_probes(tmp_path, boxes, count=2, image_size=32, seed=0)
    probes.reconstruct(model, 0, use_memory=True)
    step = probes.at(0)
    assert step.top_slot.tolist() == [-1, -1]
    assert not step.top_similarity.any()
    assert not step.top_value.any()
    assert not step.above_beta.any()


def test_later_steps_can_be_forgotten_and_damaged_files_are_named(tmp_path, boxes, model):
    probes = create_probes(tmp_path, boxes, count=2, image_size=32, seed=0)
    for number in (0, 4, 8):
        probes.reconstruct(model, number, use_memory=False)
    probes.forget_after(4)
    assert probes.steps() == [0, 4]
    (tmp_path / "probes" / "step_00000004.npz").write_bytes(b"PK\3\4 half a file")
    with pytest.raises(TrainingError, match=r"step_00000004\.npz: damaged"):
        probes.at(4)
    (tmp_path / "probes" / "inputs.npz").unlink()
    with pytest.raises(TrainingError, match=r"inputs\.npz: no such file"):
        read_probes(tmp_path)


def test_a_view_that_cannot_be_used_is_named(tmp_path, boxes):
    boxes.image = lambda index, view: np.zeros((64, 64, 4), np.uint8)  # nothing but transparent
    with pytest.raises(DatasetError, match="boxes: view"):
        create_probes(tmp_path, boxes, count=2, image_size=32, seed=0)


def test_a_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path, boxes, monkeypatch):
    """1 GB of zeros that takes 1 MB: neither what its header claims nor what it holds is made room for."""
    create_probes(tmp_path, boxes, count=2, image_size=32, seed=0)
    file = tmp_path / "probes" / "step_00000004.npz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("occupancy.npy", "w") as member:
        header = b"{'descr': '<f2', 'fortran_order': False, 'shape': (16384, 32, 32, 32), }\n"
        member.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        for _ in range(1024):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(TrainingError, match=r"step_00000004\.npz: damaged .*16384"):
        read_probes(tmp_path).at(4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "change",
    [
        {"names": np.array(["one"])},
        {"truth": np.zeros((2, 4096))},
        {"images": np.zeros((2, 32, 16, 3), np.uint8)},
        {"images": np.array([{"an": "object"}], object)},
    ],
)
def test_inputs_that_are_not_probes_are_refused(tmp_path, boxes, change):
    create_probes(tmp_path, boxes, count=2, image_size=32, seed=0)
    file = tmp_path / "probes" / "inputs.npz"
    with np.load(file) as whole:
        arrays = dict(whole)
    np.savez(file, **(arrays | change))
    with pytest.raises(TrainingError, match=r"inputs\.npz: damaged"):
        read_probes(tmp_path)
