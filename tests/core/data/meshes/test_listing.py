"""Meshes found in folders or listed in a CSV file: categories, names, splits, and rows that are wrong."""

import pytest

from core.data.meshes.listing import MeshFile, find_meshes, mesh_paths
from core.errors import DatasetError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def found(folder, csv_file=None):
    return [(file.category, file.name, file.split) for file in find_meshes(folder, csv_file)]


def test_categories_are_folders(tmp_path):
    touch(
        tmp_path, "chair/a.obj", "chair/deep/er/b.GLB", "03001627/c.stl", "Sofa/d.ply", "mugs/e.off", "mugs/e.png",
        ".git/f.obj", "mugs/.g.obj", "mugs/scene.mtl", "mugs/h.gltf",
    )  # fmt: skip
    assert found(tmp_path) == [
        ("chair", "a", None),
        ("chair", "b", None),
        ("chair", "c", None),
        ("mugs", "e", None),
        ("mugs", "h", None),
        ("sofa", "d", None),
    ]
    assert len(mesh_paths(tmp_path)) == 6


def test_loose_meshes_belong_to_the_folder_itself(tmp_path):
    touch(tmp_path / "my mugs", "a.obj", "b.obj")
    assert found(tmp_path / "my mugs") == [("my_mugs", "a", None), ("my_mugs", "b", None)]


def test_equal_names_are_told_apart(tmp_path):
    touch(tmp_path, "chair/x/model.obj", "chair/y/model.obj", "chair/model.glb", "chair/MODEL.obj", "table/model.obj")
    names = {name for category, name, _ in found(tmp_path) if category == "chair"}
    assert names == {"x_model.obj", "y_model.obj", "model.glb", "MODEL.obj"}
    assert ("table", "model", None) in found(tmp_path)
    assert len({name.lower() for name in names}) == 4


def test_names_that_still_collide_are_numbered(tmp_path):
    touch(tmp_path, "chair/a b/m.obj", "chair/a_b/m.obj", "chair/a_b_m.obj")
    assert sorted(name for _, name, _ in found(tmp_path)) == ["a_b_m", "a_b_m.obj", "a_b_m.obj-2"]


def test_names_are_fit_for_a_folder(tmp_path):
    touch(tmp_path, "odd; chair/a:b*c (1).obj", "stühle/sitz.obj", f"long/{'n' * 200}.obj")
    assert [(c, n) for c, n, _ in found(tmp_path)] == [
        ("long", "n" * 100),
        ("odd_chair", "a_b_c_1_"),
        ("stühle", "sitz"),
    ]
    for file in find_meshes(tmp_path):
        assert not set(file.category + file.name) & set('/\\:*?"<>| ')
        assert not file.name.startswith(".")
        assert len(file.name) <= 100


def test_a_csv_file_decides(tmp_path):
    touch(tmp_path, "a.obj", "deep/b.obj", "c.obj", "left.obj")
    (tmp_path / "list.csv").write_text(
        "\ufeffName,Path,category,licence,split\nfirst,a.obj,chair,CC0,train\n,deep/b.obj,Mug,CC0,\nthird,c.obj,mug,,TEST\n",
        encoding="utf-8",
    )
    assert found(tmp_path, tmp_path / "list.csv") == [
        ("Mug", "b", None),
        ("chair", "first", "train"),
        ("mug", "third", "test"),
    ]


def test_semicolons_and_absolute_paths_and_missing_meshes(tmp_path):
    touch(tmp_path, "meshes/a.obj")
    path = tmp_path / "list.csv"
    path.write_text(f"file;category\n{tmp_path / 'meshes' / 'a.obj'};chair\ngone.obj;chair\n")
    files = find_meshes(tmp_path / "meshes", path)
    assert files == [
        MeshFile(tmp_path / "meshes" / "a.obj", "chair", "a"),
        MeshFile(tmp_path / "meshes" / "gone.obj", "chair", "gone"),  # the builder reports it
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,kind\na.obj,chair\n", "must name the columns file and category"),
        ("a.obj,chair\nb.obj,chair\n", "must name the columns"),
        ("file,category\na.obj,\n", "row 2 lacks"),
        ("file,category\n,chair\n", "row 2 lacks"),
        ("file,category,split\na.obj,chair,train\nb.obj,chair,dev\n", "row 3: the split is train, val, test"),
        ("file,category\na.obj,chair\na.obj,sofa\n", "listed twice"),
        ("file,category\n", "no mesh"),
        ("", "no mesh"),
        ("file,category\n\xff\xfe", "UTF-8"),
    ],
)
def test_wrong_csv_files_are_named(tmp_path, text, message):
    touch(tmp_path, "a.obj", "b.obj")
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DatasetError, match=message):
        find_meshes(tmp_path, path)


def test_nothing_to_find(tmp_path):
    with pytest.raises(DatasetError, match="no mesh"):
        find_meshes(tmp_path)
    with pytest.raises(DatasetError, match="nowhere: no such folder"):
        find_meshes(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"list\.csv: cannot be read"):
        find_meshes(tmp_path, tmp_path / "list.csv")


def test_the_manifest_of_the_shared_meshes_works_as_it_is(shared_data):
    files = find_meshes(shared_data / "meshes", shared_data / "meshes" / "manifest.csv")
    assert len(files) == 501
    assert all(file.path.is_file() for file in files)
    assert [sum(file.split == split for file in files) for split in ("train", "test")] == [454, 47]


def test_a_device_is_not_read_as_a_list(tmp_path):
    (tmp_path / "list.csv").symlink_to("/dev/zero")
    with pytest.raises(DatasetError, match="not an ordinary file"):
        find_meshes(tmp_path, tmp_path / "list.csv")
