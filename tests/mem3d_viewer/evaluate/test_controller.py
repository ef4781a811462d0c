"""The controller of evaluations alone, and the command that measures what a request says."""

import argparse
import shlex
from pathlib import Path

import pytest
import viewer_support

from core.cli import evaluate as command
from core.errors import Mem3DError, OutputError
from core.evaluation.document import load_result, to_json
from core.evaluation.result import Condition, EvaluationResult, EvaluationSettings
from mem3d_viewer.evaluate import controller as module
from mem3d_viewer.evaluate.controller import EvaluationController, EvaluationRequest, evaluate_command


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


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return f"packed:{viewer_support.make_packed(tmp_path_factory.mktemp('data') / 'blocks')}"


@pytest.fixture
def evaluation(qapp):
    controller = EvaluationController()
    yield controller
    controller.release()
    viewer_support.dispose(controller)


@pytest.fixture
def result(evaluation, checkpoint, packed, qtbot):
    settings = EvaluationSettings(views=1, f_scores=False)
    measured = []
    evaluation.measured.connect(measured.append)
    evaluation.start(EvaluationRequest(checkpoint, packed, settings, device="cpu"))
    assert evaluation.running
    qtbot.waitUntil(lambda: not evaluation.running, timeout=60_000)
    (result,) = measured
    return result


def examples(evaluation, result, qtbot):
    with qtbot.waitSignal(evaluation.examples_ready, timeout=60_000) as told:
        evaluation.show_examples(result, result.samples[:2], Condition(True, 0.0), 0.3, "cpu")
    return told.args[0]


@pytest.mark.gui
def test_samples_keep_the_network_until_its_file_changes(evaluation, result, qtbot, monkeypatch, checkpoint):
    read = []
    load = module.load_checkpoint
    monkeypatch.setattr(module, "load_checkpoint", lambda path: read.append(path) or load(path))
    shown = [examples(evaluation, result, qtbot) for _ in range(2)]
    assert [example.sample for example in shown[1]] == list(result.samples[:2])
    assert read == [checkpoint]
    checkpoint.touch()
    examples(evaluation, result, qtbot)
    assert read == [checkpoint] * 2


@pytest.mark.gui
def test_running_out_of_memory_is_told_in_words(evaluation, result, qtbot, monkeypatch):
    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr(module, "run_batch", full)
    with qtbot.waitSignal(evaluation.failed, timeout=60_000) as told:
        evaluation.show_examples(result, result.samples[:1], Condition(True, 0.0), 0.3, "cpu")
    assert isinstance(told.args[0], Mem3DError)
    assert "out of memory" in str(told.args[0])


@pytest.mark.gui
def test_a_file_is_written_and_read_in_the_background(evaluation, result, qtbot, tmp_path, monkeypatch):
    with qtbot.waitSignal(evaluation.saved, timeout=60_000) as told:
        evaluation.save(tmp_path / "r.json", result, published=False)
        assert evaluation.writing
    assert told.args == [tmp_path / "r.json"]
    monkeypatch.setattr(module, "_LARGE", 1)  # read in another process
    with qtbot.waitSignal(evaluation.measured, timeout=120_000) as told:
        evaluation.load(tmp_path / "r.json")
    read: EvaluationResult = told.args[0]
    assert to_json(read) == to_json(load_result(tmp_path / "r.json"))
    with qtbot.waitSignal(evaluation.failed, timeout=60_000) as told:
        evaluation.save(tmp_path / "nowhere" / "r.json", result, published=False)
    assert isinstance(told.args[0], OutputError)
