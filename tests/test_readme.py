"""The README's section Layout holds: what it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def layout():
    return re.search(r"^## Layout\n(.*?)^## ", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)[1]


def test_every_path_and_name_of_the_table_is_there(layout):
    rows = [line for line in layout.splitlines() if line.startswith("| ") and not line.startswith("| To change")]
    assert len(rows) >= 12
    for row in rows:
        paths = re.findall(r"`((?:core|mem3d_viewer)/[^`]*)`", row)
        assert paths, row
        assert not [path for path in paths if not (ROOT / path).exists()]
        for name in re.findall(r"`(\w+)` in `", row):
            path = re.search(rf"`{name}` in `([^`]*)`", row)[1]
            assert re.search(rf"\b{name}\b", (ROOT / path).read_text()), row


def test_the_tree_names_nothing_that_is_not_there(layout):
    tree, package = re.search(r"```\n(.*?)```", layout, re.DOTALL)[1], ""
    for line in tree.splitlines():
        if not line.startswith(" "):
            package = line.split()[0]
            assert (ROOT / package).is_dir(), line
            continue
        for word in re.split(r" {3,}", line.strip())[0].split():
            paths = ROOT / package / word, ROOT / package / f"{word}.py"
            assert any(path.exists() for path in paths), line
