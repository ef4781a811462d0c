from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import viewer_support
from viewer_support import ABOVE_BETA, BETA

from core.data.images import picture_from_pixels
from core.errors import CheckpointError, ImageError
from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Pipeline, Request


@pytest.fixture
def request_(checkpoint, picture):
    return Request(ModelSource(checkpoint, "cpu"), PictureSource(picture))


def stages(pipeline, request, shown=None):
    said = []
    return pipeline.answer(request, shown, said.append), [text.split(" ")[0] for text in said]


def test_the_parts_of_an_answer_belong_together(request_, checkpoint, picture):
    answer = Pipeline().answer(request_)
    assert answer.request is request_
    assert answer.model.path == checkpoint
    assert answer.picture.path == picture
    assert answer.beta == answer.reconstruction.beta == BETA
    assert answer.reconstruction.above_beta == ABOVE_BETA


def test_a_model_alone(request_):
    answer = Pipeline().answer(replace(request_, picture=None))
    assert answer.reconstruction is None
    assert answer.picture is None


def test_only_what_is_new_is_done(request_, tmp_path):
    pipeline = Pipeline()
    first, said = stages(pipeline, request_)
    assert said == ["Loading", "Encoding"]
    second, said = stages(pipeline, replace(request_, beta=0.9), first)
    assert said == []
    assert second.encoded is first.encoded
    third, said = stages(pipeline, replace(request_, use_memory=False), second)
    assert said == []
    assert third.reconstruction.priors == ()
    other = PictureSource(viewer_support.make_picture(tmp_path / "other.png"))
    fourth, said = stages(pipeline, replace(request_, picture=other), third)
    assert said == ["Encoding"]
    assert fourth.model is first.model


def test_parts_of_what_is_shown_are_used_even_if_another_answer_came_between(request_, tmp_path):
    pipeline = Pipeline()
    shown = pipeline.answer(request_)
    stale = PictureSource(viewer_support.make_picture(tmp_path / "stale.png"))
    pipeline.answer(replace(request_, picture=stale), shown)
    again, said = stages(pipeline, replace(request_, beta=0.6), shown)
    assert said == []
    assert again.encoded is shown.encoded


def test_a_file_opened_anew_is_read_anew(request_, tmp_path):
    path = viewer_support.make_picture(tmp_path / "changing.png")
    pipeline = Pipeline()
    before = pipeline.answer(replace(request_, picture=PictureSource(path)))
    viewer_support.make_picture(path, shade=80)
    after = pipeline.answer(replace(request_, picture=PictureSource(path)), before)
    assert not np.array_equal(before.picture.pixels, after.picture.pixels)


def test_a_pasted_picture(request_):
    picture = picture_from_pixels(np.full((40, 40, 3), 90, np.uint8))
    answer = Pipeline().answer(replace(request_, picture=PictureSource(picture=picture)))
    assert answer.picture is picture
    assert answer.request.picture.name == "pasted picture"


def test_bad_sources_raise_errors_that_name_them(request_):
    with pytest.raises(ImageError, match=r"missing\.png"):
        Pipeline().answer(replace(request_, picture=PictureSource(Path("missing.png"))))
    with pytest.raises(CheckpointError, match=r"missing\.safetensors"):
        Pipeline().answer(replace(request_, model=ModelSource(Path("missing.safetensors"), "cpu")))
    with pytest.raises(ImageError):
        Pipeline().answer(replace(request_, picture=PictureSource()))
