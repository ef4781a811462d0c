from dataclasses import replace

import numpy as np
import pytest

from core.config import DEFAULT_THRESHOLD
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.reconstruct.pipeline import Pipeline
from mem3d_viewer.reconstruct.session import Display, Session, remembered_display


@pytest.fixture
def answer(session):
    return Pipeline().answer(session.request)


def heard(session):
    """What the session says, in order."""
    said = []
    for name in ("request_changed", "answer_changed", "selection_changed", "display_changed", "busy_changed"):
        getattr(session, name).connect(lambda name=name: said.append(name))
    return said


def test_only_changes_are_told(session):
    said = heard(session)
    session.set_request(session.request)
    session.set_display(threshold=session.display.threshold)
    session.set_busy("")
    session.select(None)
    assert said == []
    session.set_request(replace(session.request, beta=0.7))
    session.set_display(threshold=0.5)
    session.set_busy("Working")
    assert said == ["request_changed", "display_changed", "busy_changed"]
    assert (session.beta, session.display, session.busy) == (0.7, Display(threshold=0.5), "Working")


def test_beta_is_unknown_until_a_model_says_what_its_own_is(session, answer):
    assert session.beta is None
    session.set_answer(answer)
    assert session.beta == answer.model.config.model.beta


@pytest.mark.parametrize("remembered", [DEFAULT_THRESHOLD, 0.7])
def test_a_model_brings_its_threshold_where_no_other_was_chosen(session, answer, remembered):
    session.set_display(threshold=remembered)
    own = answer.model.config
    answer.model.config = replace(own, model=replace(own.model, threshold=0.2))
    session.set_answer(answer)
    assert session.display.threshold == (0.2 if remembered == DEFAULT_THRESHOLD else 0.7)
    session.set_display(threshold=0.4)
    session.set_answer(replace(answer))
    assert session.display.threshold == 0.4  # the same model
    another = Pipeline().answer(replace(session.request, model=replace(session.request.model)))
    session.set_answer(another)
    assert session.display.threshold == another.model.config.model.threshold == DEFAULT_THRESHOLD


def test_a_selected_slot_stays_selected_only_where_the_same_picture_still_calls_it_up(session, answer):
    session.set_answer(answer)
    slot = answer.reconstruction.priors[-1].slot
    session.select(slot)
    assert session.selected is answer.reconstruction.priors[-1]
    said = heard(session)
    fewer = replace(answer.reconstruction, priors=answer.reconstruction.priors[:-1])
    session.set_answer(replace(answer, reconstruction=fewer))
    assert session.selected is None
    assert said == ["answer_changed", "selection_changed"]
    session.set_answer(answer)
    assert session.selected.slot == slot
    other = replace(answer, picture=replace(answer.picture, pixels=np.zeros((4, 4, 3), np.uint8)))
    session.set_answer(other)
    assert session.selected is None


def test_the_display_is_remembered_and_nonsense_is_not(tmp_path):
    settings = Settings(tmp_path / "settings.ini")
    for key, value in {"threshold": 0.45, "surface": "smooth", "colouring": "rainbow", "edges": False}.items():
        settings.set(f"display/{key}", value)
    assert remembered_display(settings) == Display(threshold=0.45, surface="smooth", edges=False)


def test_a_session_without_answer_selects_nothing(session):
    assert Session(session.request, Display()).selected is None
