"""A picture and a small genuine checkpoint for the tests of parts that need a network."""

import pytest
import viewer_support


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    return viewer_support.make_picture(tmp_path_factory.mktemp("pictures") / "brown block.png")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory, picture):
    return viewer_support.make_checkpoint(tmp_path_factory.mktemp("models") / "small.safetensors", picture)
