"""Small data sets in the original layouts of R2N2 and Pix3D."""

import json

import numpy as np
from PIL import Image
from scipy.io import savemat

from core.data.binvox import save_binvox

CHAIR, CAR = "03001627", "02958343"


def add_r2n2_object(folder, synset, model, views=2, size=(20, 16)):
    """An object whose grid and pictures follow from its name, and no other has."""
    rng = np.random.default_rng(list(f"{synset}{model}".encode()))
    pictures = folder / "ShapeNetRendering" / synset / model / "rendering"
    pictures.mkdir(parents=True)
    for view in range(views):
        pixels = rng.integers(256, size=(size[1], size[0], 4), dtype=np.uint8)
        pixels[..., 3] = 0
        pixels[2:-2, 3:-3, 3] = 255
        Image.fromarray(pixels).save(pictures / f"{view:02d}.png")
    (pictures / "rendering_metadata.txt").write_text("0 27 0 0.8 25\n" * views)
    (pictures / "renderings.txt").write_text("".join(f"{view:02d}.png\n" for view in range(views)))
    voxels = folder / "ShapeNetVox32" / synset / model
    voxels.mkdir(parents=True)
    save_binvox(voxels / "model.binvox", rng.random((32, 32, 32)) < 0.2)


def r2n2_tree(folder, per_category=3, views=2):
    """Chairs and cars; returns the folder."""
    for synset in (CHAIR, CAR):
        for number in range(per_category):
            add_r2n2_object(folder, synset, f"m{number}", views)
    return folder


class Pix3DTree:
    """A folder in Pix3D's layout, to which pictures are added one by one."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = []

    def add_model(self, category, name, grid=None, obj=None):
        """A model with its 128^3 grid in Pix3D's axes (x left, y towards the viewer, z up), its OBJ, or both."""
        place = self.folder / "model" / category / name
        place.mkdir(parents=True)
        if grid is not None:
            savemat(place / "voxel.mat", {"voxel": grid.astype(np.uint8)}, do_compression=True)
        if obj is not None:
            obj.export(place / "model.obj")

    def add_picture(self, category, number, model, flags=(), size=(40, 30), box=(10, 5, 30, 25)):
        """A picture that is red inside its box and blue outside, with a mask that fills the box."""
        left, top, right, bottom = box
        pixels = np.zeros((size[1], size[0], 3), np.uint8)
        pixels[..., 2] = 200
        pixels[top:bottom, left:right] = (200, 0, 0)
        mask = np.zeros((size[1], size[0]), np.uint8)
        mask[top:bottom, left:right] = 255
        entry = {
            "img": f"img/{category}/{number:04d}.png",
            "mask": f"mask/{category}/{number:04d}.png",
            "category": category,
            "img_size": list(size),
            "bbox": list(box),
            "model": f"model/{category}/{model}/model.obj",
            "voxel": f"model/{category}/{model}/voxel.mat",
            **{flag: flag in flags for flag in ("truncated", "occluded", "slightly_occluded")},
        }
        for key, content in (("img", pixels), ("mask", mask)):
            path = self.folder / entry[key]
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(content).save(path)
        self.entries.append(entry)
        return entry

    def write(self, train=None, test=None):
        """Write ``pix3d.json`` and the lists; returns the folder."""
        (self.folder / "pix3d.json").write_text(json.dumps(self.entries))
        for name, positions in (("train", train), ("test", test)):
            if positions is not None:
                np.save(self.folder / f"pix3d_{name}.npy", np.array(positions))
        return self.folder


def block(x, y, z):
    """A 128^3 grid that is occupied in the given (low, high) ranges of its axes."""
    grid = np.zeros((128, 128, 128), bool)
    grid[slice(*x), slice(*y), slice(*z)] = True
    return grid
