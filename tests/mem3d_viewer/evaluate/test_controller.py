"""The command that measures what a request says."""

import argparse
import shlex
from pathlib import Path

from core.cli import evaluate as command
from core.evaluation.result import EvaluationSettings
from mem3d_viewer.evaluate.controller import EvaluationRequest, evaluate_command


def parsed(request):
    parser = argparse.ArgumentParser()
    command.add_command(parser.add_subparsers())
    words = shlex.split(evaluate_command(request, ["result file.json"]))
    assert words[:2] == ["mem3d", "evaluate"]
    return parser.parse_args(words[1:])


def test_the_command_says_all_that_the_request_does():
    settings = EvaluationSettings(
        "val", (0.2, 0.35), "with", (0.0, 0.4), views=2, limit=9, seed=5, f_scores=False, protocol="pix2vox"
    )
    options = parsed(EvaluationRequest(Path("a b.safetensors"), "pix3d:my data", settings, {"subset": "chairs"}, "cpu"))
    assert options.checkpoint == Path("a b.safetensors")
    assert (options.dataset, options.subset, options.split) == ("pix3d:my data", "chairs", "val")
    assert (options.threshold, options.occlude, options.memory) == ((0.2, 0.35), (0.0, 0.4), "with")
    assert (options.views, options.limit, options.seed, options.no_f_score) == (2, 9, 5, True)
    assert options.protocol == "pix2vox"
    assert (options.device, options.output) == ("cpu", [Path("result file.json")])


def test_what_is_not_asked_for_is_left_out():
    words = evaluate_command(EvaluationRequest(Path("c"), "builtin", EvaluationSettings()))
    assert not any(
        option in words for option in ("--limit", "--views", "--device", "--no-f-score", "--subset", "--protocol")
    )
