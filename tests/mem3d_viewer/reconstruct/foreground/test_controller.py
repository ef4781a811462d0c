from core.data.foreground import Edits
from mem3d_viewer.reconstruct.foreground.controller import History

ONE, TWO, THREE = (Edits(((0, 0, side, side),)) for side in (1, 2, 3))


def test_undo_and_redo_go_through_the_states():
    history = History()
    for edits in (ONE, TWO):
        history.do(edits)
    history.undo()
    assert history.edits == ONE
    history.undo()
    history.undo()  # nothing left: no error
    assert history.edits == Edits()
    history.redo()
    history.redo()
    history.redo()
    assert history.edits == TWO


def test_a_new_edit_forgets_what_was_undone_and_a_vain_one_is_none():
    history = History()
    history.do(ONE)
    history.do(TWO)
    history.undo()
    history.do(THREE)
    history.redo()
    assert history.edits == THREE
    history.do(THREE)
    history.undo()
    assert history.edits == ONE
