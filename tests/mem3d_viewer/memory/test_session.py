"""Edits, the present picture and the selection of the page Memory, without a window."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.memory.editing import remove
from core.memory.slots import MemorySlots
from core.network.shape_memory import ShapeSource
from mem3d_viewer.memory.session import MemorySession, PictureRead
from mem3d_viewer.memory.slot_table_model import AGE, SIMILARITY, SLOT_ROLE, Filter, SlotTableModel
from mem3d_viewer.memory.slot_views import _runs

PATH = Path("a.safetensors")


def make_slots():
    """Five slots, the fourth empty; keys at 0, 10, 20, - and 40 degrees."""
    angles = np.radians([0, 10, 20, 0, 40])
    keys = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    keys[3] = 0
    occupied = np.array([True, True, True, False, True])
    packed = np.zeros((5, 4096), np.uint8)
    packed[occupied, 0] = [1, 3, 7, 15]
    sources = tuple(
        ShapeSource("boxes", f"{kind}/{slot}", slot, kind) if kind else None
        for slot, kind in enumerate(["chair", "lamp", "chair", "", "hat"])
    )
    return MemorySlots(keys, packed, np.array([7, 3, 9, 0, 1]), occupied, sources)


@pytest.fixture
def session(qapp):
    session = MemorySession()
    session.open(SimpleNamespace(path=PATH), make_slots())
    return session


def shown(model):
    return [model.index(row, 0).data(SLOT_ROLE) for row in range(model.rowCount())]


def test_undo_and_redo_go_through_every_edit(session):
    first = session.slots
    second = remove(first, [1])
    session.edit(second, "removing 1 slot")
    third = remove(second, [2])
    session.edit(third, "removing another")
    assert (session.slots, session.edited, session.undo_words) == (third, True, "removing another")
    session.undo()
    session.undo()
    session.undo()
    assert (session.edited, session.undo_words, session.redo_words) == (False, "", "removing 1 slot")
    np.testing.assert_array_equal(session.slots.keys, first.keys)
    assert session.slots.sources == first.sources
    session.redo()
    np.testing.assert_array_equal(session.slots.keys, second.keys)
    assert session.slots.sources == second.sources
    other = remove(second, [4])
    session.edit(other, "removing the hat")
    assert session.redo_words == ""
    session.set_saved(SimpleNamespace(path=Path("b.safetensors")))
    assert not session.edited
    session.undo()
    assert session.edited
    session.edit(remove(second, [0]), "removing the chair")
    session.undo()
    assert session.edited  # what was saved cannot be reached any more


def test_a_removed_slot_is_not_selected_any_more(session):
    session.select(frozenset({1, 2}), 1)
    session.edit(remove(session.slots, [1]), "removing 1 slot")
    assert (session.selected, session.current) == (frozenset({2}), None)


def test_a_picture_counts_once_however_often_beta_moves(session):
    feature = np.array([1, 0], np.float32)
    for retrieved in ((0,), (0, 1), (0,)):
        session.set_picture(PATH, PictureRead("a", feature, retrieved))
    assert [session.retrieved(slot) for slot in (0, 1, 2)] == [1, 1, 0]
    session.set_picture(PATH, PictureRead("b", np.array([0, 1], np.float32), (0,)))
    assert [session.retrieved(slot) for slot in (0, 1, 2)] == [2, 1, 0]
    session.set_picture(PATH, None)
    assert session.picture is None
    assert session.similarities() is None
    assert session.retrieved(0) == 2


def test_another_models_picture_is_not_this_memorys(session):
    session.set_picture(Path("other.safetensors"), PictureRead("a", np.ones(2, np.float32), (0,)))
    assert session.picture is None
    assert session.retrieved(0) == 0
    session.set_picture(PATH, PictureRead("a", np.ones(3, np.float32), (0,)))
    assert session.similarities() is None  # a feature of another length


def test_rows_are_filtered_and_sorted(session):
    model = SlotTableModel(session)
    model.refresh()
    assert shown(model) == [0, 1, 2, 4]
    model.set_sorting(AGE, True)
    assert shown(model) == [2, 0, 1, 4]
    model.set_filter(Filter("chair"))
    assert shown(model) == [2, 0]
    model.set_filter(Filter("boxes view 2"))
    assert shown(model) == [2]
    model.set_filter(Filter(category="hat"))
    assert shown(model) == [4]
    model.set_filter(Filter(among=frozenset({1, 3, 4})))
    assert shown(model) == [1, 4]
    model.set_filter(Filter())
    session.set_picture(PATH, PictureRead("a", np.array([np.cos(0.3), np.sin(0.3)], np.float32), (2,)))
    model.refresh_picture()
    model.set_sorting(SIMILARITY, True)  # 0.3 rad is 17.2 degrees
    assert shown(model) == [2, 1, 0, 4]
    assert model.index(0, SIMILARITY).data() == f"{np.cos(np.radians(20) - 0.3):.3f}"
    assert model.row_of(1) == 1
    assert model.row_of(3) is None


def test_runs():
    assert _runs([]) == []
    assert _runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
