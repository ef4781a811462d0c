"""What the commands share."""

import os

import pytest

from core.cli.options import refuse_inputs
from core.errors import OutputError


def test_what_is_read_is_not_written_over_by_any_of_its_names(tmp_path):
    source, other = tmp_path / "shape.obj", tmp_path / "other.obj"
    for path in (source, other):
        path.write_text("mine")
    os.link(source, tmp_path / "linked.obj")
    refuse_inputs([other, tmp_path / "new.obj"], source, None, tmp_path / "missing.png")
    for name in ("shape.obj", "linked.obj", "../" + tmp_path.name + "/shape.obj"):
        with pytest.raises(OutputError, match=r"\.obj: is what is read: choose another name"):
            refuse_inputs([other, tmp_path / name], None, source)
