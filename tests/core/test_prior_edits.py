"""Hand-made lists of slots: what is read, and in which order."""

import pytest

from core.errors import ConfigError
from core.prior_edits import NO_EDITS, PriorEdits

RANKED = [7, 3, 9, 1, 4]


def read(edits, below=(), limit=3):
    return edits.arrange(RANKED, below, limit).read


def test_without_edits_the_most_similar_are_read_up_to_the_limit():
    assert NO_EDITS.arrange(RANKED, [], 3) == ((7, 3, 9, 1, 4), (7, 3, 9))


def test_a_muted_slot_stays_listed_and_the_next_takes_its_place():
    edits = NO_EDITS.mute([3])
    assert edits.arrange(RANKED, [], 3) == ((7, 3, 9, 1, 4), (7, 9, 1))
    assert read(edits.mute([3], on=False)) == (7, 3, 9)


def test_a_pinned_slot_is_read_whatever_its_similarity_and_takes_a_place():
    assert read(NO_EDITS.pin([4])) == (7, 3, 4)
    assert read(NO_EDITS.pin([20]), below=[20]) == (7, 3, 20)
    assert read(NO_EDITS.pin([4, 20]), below=[20], limit=1) == (4, 20)  # more are pinned than are to be read


def test_pinning_unmutes_and_muting_unpins():
    edits = NO_EDITS.mute([3]).pin([3])
    assert (edits.muted, edits.pinned) == (frozenset(), {3})
    assert edits.mute([3]) == PriorEdits(muted=frozenset({3}))
    with pytest.raises(ConfigError, match="slot 3"):
        PriorEdits(muted=frozenset({3}), pinned=frozenset({3}))


def test_an_order_comes_first_and_decides_what_is_read():
    edits = PriorEdits(order=(4, 9, 55))  # 55 is not there any more
    assert edits.arrange(RANKED, [], 3) == ((4, 9, 7, 3, 1), (4, 9, 7))


def test_least_similar_first_turns_round_what_is_read_not_what_is_chosen():
    edits = PriorEdits(least_first=True)
    assert edits.arrange(RANKED, [], 3) == ((9, 3, 7, 1, 4), (9, 3, 7))


@pytest.mark.parametrize("limit", [0, 2, 9])
def test_the_limit_takes_the_place_of_the_models(limit):
    assert read(PriorEdits(limit=limit)) == tuple(RANKED[:limit])


def test_a_limit_below_zero_is_refused():
    with pytest.raises(ConfigError, match="0 or more"):
        PriorEdits(limit=-1)
