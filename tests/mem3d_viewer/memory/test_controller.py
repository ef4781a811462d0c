"""What the page Memory does off the GUI thread: over a real checkpoint, without a window."""

import numpy as np
import pytest
from viewer_support import SLOTS, block, dispose

from core.checkpoint import load_checkpoint
from core.data.meshes.examining import Orientation
from core.errors import Mem3DError
from mem3d_viewer.memory.controller import MemoryController
from mem3d_viewer.memory.session import MemorySession


@pytest.fixture
def session(qapp):
    return MemorySession()


@pytest.fixture
def memory(session, checkpoint, qtbot):
    """A controller that has read the small checkpoint."""
    controller = MemoryController(session)
    with qtbot.waitSignal(session.slots_changed, timeout=20_000):
        controller.open(checkpoint)
    qtbot.waitUntil(lambda: not controller.working)
    yield controller
    controller.stop()
    dispose(controller)


@pytest.fixture
def grid(tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, voxels=block(6))
    return path


def occupied(session):
    return int(session.slots.occupied.sum())


def test_a_checkpoint_s_memory_is_read(memory, session, checkpoint):
    assert session.path == checkpoint
    assert occupied(session) == SLOTS
    assert not session.edited


def test_shapes_are_added_selected_and_undone(memory, session, grid, qtbot):
    told = []
    memory.progress.connect(lambda *words: told.append(words))
    with qtbot.waitSignal(memory.added, timeout=60_000) as found:
        memory.add([str(grid)], category="chair", orientation=Orientation(), views=2)
    qtbot.waitUntil(lambda: not memory.working)
    places = found.args[0].places.tolist()
    assert occupied(session) == SLOTS + len(places)
    assert session.selected == frozenset(places)
    assert {session.slots.sources[place].category for place in places} == {"chair"}
    assert told[-1] == (0, 0, "")
    assert "mine.npz" in session.undo_words
    session.undo()
    assert occupied(session) == SLOTS


def test_while_one_thing_is_done_another_is_not_begun(memory, session, grid, qtbot, tmp_path):
    memory.add([str(grid)], category=None, orientation=Orientation(), views=1)
    memory.save(tmp_path / "second.safetensors")
    qtbot.waitUntil(lambda: not memory.working, timeout=60_000)
    assert not (tmp_path / "second.safetensors").exists()


def test_what_is_saved_is_what_is_shown_from_then_on(memory, session, qtbot, tmp_path):
    memory.remove(frozenset({0, 1}))
    assert session.edited
    path = tmp_path / "fewer.safetensors"
    with qtbot.waitSignal(memory.saved, timeout=20_000):
        memory.save(path)
    assert (session.path, session.edited) == (path, False)
    assert int(load_checkpoint(path).build().memory.occupied.sum()) == SLOTS - 2


def test_a_failure_is_handed_over_and_the_memory_stays(memory, session, checkpoint, qtbot, tmp_path):
    with qtbot.waitSignal(memory.failed, timeout=20_000) as caught:
        memory.save(tmp_path / "no folder" / "a.safetensors")
    assert isinstance(caught.args[0], Mem3DError)
    assert "no folder" in str(caught.args[0])
    with qtbot.waitSignal(memory.failed, timeout=20_000):
        memory.open(tmp_path / "missing.safetensors")
    assert session.path == checkpoint


def test_a_map_has_a_place_for_every_occupied_slot(memory, session, qtbot):
    busy = []
    memory.map_busy.connect(busy.append)
    with qtbot.waitSignal(memory.map_made, timeout=20_000) as made:
        memory.find_map("pca")
    qtbot.waitUntil(lambda: not memory.mapping)
    assert made.args[0].points.shape == (SLOTS, 2)
    assert busy == [True, False]


def test_a_map_of_slots_that_have_changed_meanwhile_is_dropped(memory, session, qtbot):
    made = []
    memory.map_made.connect(made.append)
    memory.find_map("pca")
    memory.remove(frozenset({3}))
    qtbot.waitUntil(lambda: not memory.mapping, timeout=20_000)
    assert made == []


def test_a_slot_whose_data_set_is_not_at_hand_has_no_picture(memory, qtbot):
    with qtbot.waitSignal(memory.picture_found, timeout=20_000) as found:
        memory.find_picture(0)
    assert found.args == [0, None]
