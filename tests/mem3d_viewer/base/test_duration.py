"""How long something takes, for people."""

import pytest

from mem3d_viewer.base.duration import duration


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (80, "80 s"), (600, "10 min"), (7200, "2.0 h"), (200_000, "2.3 days")]
)
def test_a_time_is_told_roughly(seconds, words):
    assert duration(seconds) == words
