from mem3d_viewer.base import remaining as module
from mem3d_viewer.base.remaining import Remaining


def test_the_time_left_follows_from_what_was_done_in_this_stage(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    left = Remaining()
    assert left.words(50, 100, "a") == ""  # fifty were there before
    now[0] = 110.0
    assert left.words(60, 100, "a") == ", 40 s left"
    assert left.words(0, 10, "b") == ""
    now[0] = 130.0
    assert left.words(1, 10, "b") == ", 3 min left"
    assert left.words(10, 10, "b") == ""
