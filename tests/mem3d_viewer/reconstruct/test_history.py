from dataclasses import replace

import numpy as np
import pytest
import viewer_support
from PySide6.QtCore import QObject, Signal

from core.data.foreground import Edits
from core.prior_edits import NO_EDITS, PriorEdits
from mem3d_viewer.reconstruct.history import EditHistory, History, State
from mem3d_viewer.reconstruct.pipeline import PictureSource

ONE, TWO, THREE = (Edits(((0, 0, side, side),)) for side in (1, 2, 3))
MUTED, PINNED = NO_EDITS.mute([1]), NO_EDITS.pin([2])


def test_undo_and_redo_go_through_the_states():
    history = History()
    for edits in (ONE, TWO):
        history.do(State(edits))
    history.undo()
    assert history.state == State(ONE)
    history.undo()
    history.undo()  # nothing left: no error
    assert history.state == State()
    history.redo()
    history.redo()
    history.redo()
    assert history.state == State(TWO)


def test_a_new_edit_forgets_what_was_undone_and_a_vain_one_is_none():
    history = History()
    history.do(State(ONE))
    history.do(State(TWO))
    history.undo()
    history.do(State(THREE))
    history.redo()
    assert history.state == State(THREE)
    history.do(State(THREE))
    history.undo()
    assert history.state == State(ONE)


def test_without_priors_only_steps_of_the_picture_are_left():
    states = [State(), State(ONE), State(ONE, MUTED), State(TWO, MUTED), State(TWO, PINNED)]
    history = History(states[-1], states[:-1])
    assert history.without_priors() == History(State(TWO), [State(), State(ONE)])


def test_older_edits_of_the_picture_go_on_under_those_of_the_priors():
    history = History(State(priors=MUTED), [State()])
    joined = history.on_top_of(History(State(TWO), [State(), State(ONE)]))
    assert joined.state == State(TWO, MUTED)
    assert joined.before == [State(), State(priors=MUTED), State(ONE, MUTED)]


class Answered(QObject):
    """A session that shows what it is told to."""

    answer_changed = Signal()
    answer = None

    def show(self, answer):
        self.answer = answer
        self.answer_changed.emit()


@pytest.fixture
def shown(controller, session):
    return session.answer


@pytest.fixture
def fake(shown):
    fake = Answered()
    fake.answer = shown
    return fake


@pytest.fixture
def history(fake, shown, actions, host):
    history = EditHistory(fake, actions, host)
    fake.show(shown)
    return history


def other(answer, tmp_path):
    """An answer about another picture."""
    picture = replace(answer.picture, pixels=np.zeros((5, 5, 3), np.uint8), path=tmp_path / "other.png")
    source = PictureSource(viewer_support.make_picture(tmp_path / "other.png"))
    return replace(answer, picture=picture, request=replace(answer.request, picture=source))


def test_one_undo_goes_back_through_picture_and_priors(history, actions):
    history.edit_foreground(ONE)
    history.edit_priors(MUTED)
    history.edit_foreground(TWO)
    assert history.state == State(TWO, MUTED)
    seen = []
    history.changed.connect(lambda: seen.append(history.state))
    for _ in range(3):
        actions["undo"].trigger()
    assert seen == [State(ONE, MUTED), State(ONE), State()]
    assert not actions["undo"].isEnabled()
    actions["redo"].trigger()
    assert history.state == State(ONE)


def test_a_number_that_is_turned_up_is_one_step(history):
    for limit in (3, 4, 5):
        history.edit_priors(PriorEdits(limit=limit), "limit")
    history.edit_priors(MUTED)
    history.undo()
    assert history.state.priors == PriorEdits(limit=5)
    history.undo()
    assert history.state == State()
    assert not history.can_undo


def test_another_picture_begins_anew_and_edits_of_the_first_come_back_when_asked_for(history, fake, shown, tmp_path):
    history.edit_foreground(ONE)
    history.edit_priors(MUTED)
    fake.show(other(shown, tmp_path))
    assert history.state == State()
    assert not history.can_undo
    fake.show(shown)
    assert history.state == State()
    history.adopt()
    assert history.state == State(ONE)
    history.undo()
    assert history.state == State()


def test_another_checkpoint_keeps_the_picture_and_drops_what_named_its_slots(history, fake, shown):
    history.edit_foreground(ONE)
    history.edit_priors(MUTED)
    fake.show(replace(shown, model=object()))
    assert history.state == State(ONE)
    history.undo()
    assert history.state == State()
    assert not history.can_undo
