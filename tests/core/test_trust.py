"""Uncertainty and doubts, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.bit_packing import pack
from core.reconstruction_result import Likeness, Reconstruction, RetrievedShape
from core.trust import doubts, undecided_share


def prior(slot, category, read=True):
    packed = pack(np.zeros((32, 32, 32), bool))
    return RetrievedShape(slot, 0.9, category, "set", f"object {slot}", 0, 0, read, packed)


def result(cells=((3, 3, 3), (3, 3, 4)), categories=("chair", "chair"), **changes):
    occupancy = np.zeros((32, 32, 32), np.float32)
    for cell in cells:
        occupancy[cell] = 0.9
    priors = tuple(prior(slot, category) for slot, category in enumerate(categories))
    made = Reconstruction(
        occupancy=occupancy, network_input=np.zeros((8, 8, 3), np.uint8), beta=0.8, memory_used=True, priors=priors,
        above_beta=len(priors), max_priors=20, similarities=np.array([0.9, 0.5], np.float32), device="cpu", seconds={},
    )  # fmt: skip
    return replace(made, **changes)


def test_the_undecided_share_of_five_voxels():
    occupancy = np.array([0.0, 0.1, 0.25, 0.35, 0.4, 0.9, 1.0], np.float32)
    # t = 0.3: 0.25, 0.35 and 0.4 are within 0.1 of it; they and 0.9 and 1.0 are above 0.2.
    assert undecided_share(occupancy, 0.3) == pytest.approx(3 / 5)
    assert undecided_share(occupancy, 0.7) == 0
    assert undecided_share(np.zeros(4, np.float32), 0.3) == 0
    assert undecided_share(np.full(4, 0.3, np.float32), 0.3) == 1


def test_nothing_to_doubt():
    assert doubts(result(), 0.3) == ()
    assert doubts(result(categories=("chair", "chair", "table")), 0.3) == ()


def test_nothing_like_it_in_memory():
    (words,) = doubts(result(categories=(), similarities=np.array([0.31, 0.62], np.float32)), 0.3)
    assert "0.62" in words
    assert "0.80" in words
    assert doubts(result(categories=(), memory_used=False), 0.3) == ()
    assert doubts(result(categories=(), similarities=np.zeros(0, np.float32)), 0.3) == ()


def test_pieces_are_counted_at_the_threshold_in_force():
    broken = result(cells=((3, 3, 3), (3, 3, 4), (9, 9, 9), (12, 1, 1)))
    (words,) = doubts(broken, 0.3)
    assert "3 pieces: 2 of 4 voxels" in words
    assert doubts(broken, 0.95) == ()


def test_priors_of_no_common_category():
    (words,) = doubts(result(categories=("chair", "chair", "table", "lamp")), 0.3)
    assert words.endswith("2 chair, 1 table, 1 lamp.")
    muted = result(categories=("chair",))
    muted = replace(muted, priors=(*muted.priors, prior(7, "table", read=False)))
    assert doubts(muted, 0.3) == ()


@pytest.mark.parametrize(
    ("similarity", "strength", "said"),
    [
        (0.8, 9.0, ""),
        (0.7, 8.0, ""),
        (0.69, 9.0, "slot has 0.69, usually over 0.70"),
        (0.9, 7.9, "feature 7.9, usually over 8.0"),
        (0.2, 1.0, "feature 1.0"),
    ],
)
def test_a_picture_unlike_those_of_the_validation(similarity, strength, said):
    found = doubts(result(likeness=Likeness(similarity, strength, 0.7, 8.0)), 0.3)
    assert len(found) == bool(said)
    assert said in "".join(found)
