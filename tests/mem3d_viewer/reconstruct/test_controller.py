from pathlib import Path

import numpy as np
import pytest
import viewer_support
from viewer_support import ABOVE_BETA, BETA

from core.data.images import picture_from_pixels
from core.errors import CheckpointError, ImageError


@pytest.fixture
def failures(controller):
    failed = []
    controller.failed.connect(failed.append)
    return failed


def test_the_first_request_is_answered(controller, session):
    assert session.answer.request is session.request
    assert session.answer.reconstruction.above_beta == ABOVE_BETA
    assert session.busy == ""
    assert not controller.working


def test_what_is_opened_is_asked_for_and_told_once_it_is_shown(controller, session, tmp_path, wait):
    asked, opened = [], []
    controller.asked.connect(lambda: asked.append(session.request.picture.name))
    controller.picture_opened.connect(opened.append)
    path = viewer_support.make_picture(tmp_path / "other.png")
    controller.open_picture(path)
    assert asked == ["brown block.png"]  # before anything is wanted: the page is seen to work
    assert opened == []
    wait(controller)
    assert opened == [path]
    controller.set_beta(0.8)
    wait(controller)
    assert opened == [path]
    assert len(asked) == 1


def test_a_pasted_picture_is_no_file_to_remember(controller, session, wait):
    opened = []
    controller.picture_opened.connect(opened.append)
    controller.open_pasted(picture_from_pixels(np.full((40, 40, 3), 90, np.uint8)))
    wait(controller)
    assert session.answer.request.picture.name == "pasted picture"
    assert opened == []


def test_of_many_changes_only_the_latest_is_run_next(controller, session, wait):
    answers = []
    session.answer_changed.connect(lambda: answers.append(session.answer.beta))
    for beta in np.linspace(0.5, 0.9, 30):
        controller.set_beta(float(beta))
    wait(controller)
    assert answers[-1] == pytest.approx(0.9)
    assert len(answers) <= 2


def test_a_picture_that_cannot_be_opened_is_reported_and_what_was_shown_stays(controller, session, failures, wait):
    shown = session.answer
    controller.open_picture(Path("missing.png"))
    wait(controller)
    assert [type(error) for error in failures] == [ImageError]
    assert session.answer is shown
    assert session.request == shown.request
    controller.set_beta(0.6)  # it works on
    wait(controller)
    assert session.answer.beta == 0.6


def test_another_checkpoint_brings_its_own_beta(controller, session, failures, picture, tmp_path, wait):
    controller.set_beta(0.9)
    controller.open_checkpoint(viewer_support.make_checkpoint(tmp_path / "b.safetensors", picture, beta=0.3, seed=1))
    wait(controller)
    assert session.beta == 0.3
    controller.open_checkpoint(tmp_path / "none.safetensors")
    wait(controller)
    assert [type(error) for error in failures] == [CheckpointError]
    assert session.beta == 0.3


def test_cancelled_work_leaves_what_was_shown(controller, session, failures, tmp_path, wait):
    shown = session.answer
    controller.open_picture(viewer_support.make_picture(tmp_path / "other.png"))
    assert session.busy.startswith("Reconstructing")
    controller.cancel()
    assert session.busy == "Cancelling…"
    wait(controller)
    assert session.answer is shown
    assert failures == []


def test_stepping_goes_round_the_folder_by_name(controller, session, tmp_path, wait):
    for name in ("a.png", "b.png", "c.png"):
        viewer_support.make_picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    controller.open_picture(tmp_path / "c.png")
    wait(controller)
    names = []
    for by in (1, 1, -1):
        controller.step(by)
        wait(controller)
        names.append(session.answer.request.picture.name)
    assert names == ["a.png", "b.png", "a.png"]


def test_after_stop_nothing_begins(controller, session):
    controller.stop()
    controller.set_beta(0.9)
    assert not controller.working
    assert session.answer.beta == BETA


def test_closing_the_picture_keeps_the_model(controller, session, wait):
    model = session.answer.model
    controller.close_picture()
    wait(controller)
    assert session.answer.reconstruction is None
    assert session.answer.model is model
