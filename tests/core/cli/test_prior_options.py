import argparse

import pytest

from core.cli.prior_options import add_prior_options, prior_edits, prior_words
from core.errors import ConfigError
from core.prior_edits import NO_EDITS, PriorEdits


def parse(words):
    parser = argparse.ArgumentParser()
    add_prior_options(parser)
    return prior_edits(parser.parse_args(words))


@pytest.mark.parametrize(
    "edits",
    [
        NO_EDITS,
        PriorEdits(muted=frozenset({17, 3}), pinned=frozenset({5}), limit=0),
        PriorEdits(order=(9, 2, 4), limit=7),
        PriorEdits(least_first=True),
    ],
)
def test_the_words_give_back_the_edits(edits):
    assert parse(prior_words(edits)) == edits


def test_what_is_typed():
    assert prior_words(NO_EDITS) == []
    assert parse(["--mute", "3, 17", "--prior-order", "most"]) == PriorEdits(muted=frozenset({3, 17}))


@pytest.mark.parametrize("words", [["--mute", "x"], ["--pin", "-1"], ["--max-priors", "-1"], ["--prior-order", "up"]])
def test_nonsense_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        parse(words)
    assert words[0] in capsys.readouterr().err


def test_a_slot_cannot_be_both():
    with pytest.raises(ConfigError, match="slot 4"):
        parse(["--mute", "4", "--pin", "4"])
