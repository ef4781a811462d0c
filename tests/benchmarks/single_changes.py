"""What each choice of the preset ``compact`` gives: trainings that differ from one baseline by one setting each.

    python tests/benchmarks/single_changes.py OUT [--dataset SPEC] [--set NAME=SPEC@SPLIT …] [--epochs N]

Every training sees every picture of its data set once (or --epochs times) with the same seed, and is measured on the
same views at the β and the threshold that it chose on validation. Rows that OUT holds already are not trained again, so
the program may be stopped and called anew; OUT/table.md has what is done. The whole takes hours: 8000 pictures, as
``mem3d dataset build embedded --per-category 200`` gives them, are seven minutes on one core.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.checkpoint import load_checkpoint
from core.data.opening import open_dataset
from core.report.measuring import Scores, bootstrap_interval, measure
from core.report.questions import on_and_off

CHANGES: Mapping[str, Sequence[str]] = {
    "baseline": (),
    "trained without memory": ("--no-memory",),
    "prior path: LSTM alone": ("--set", "prior_path=lstm"),
    "the paper's value similarity": ("--set", "value_similarity=paper", "--set", "delta=automatic"),
    "no Dice loss": ("--set", "dice_weight=0"),
    "no moving average of the weights": ("--set", "average_decay=0"),
    "constant learning rate": ("--set", "schedule=steps", "--set", "halve_after_epochs=[]"),
    "batches of 32": ("--set", "batch_size=32"),
    "triplet loss of weight 1": ("--set", "triplet_weight=1"),
    "no triplet loss": ("--set", "triplet_weight=0"),
    "whole backbone learns": ("--set", "freeze_until=0"),
    "random weights at the start": ("--set", "imagenet_weights=false", "--set", "freeze_until=0"),
    "own object not left out": ("--set", "leave_out_own_object=false"),
    "shapes of 16^3 into the LSTM": ("--set", "shape_encoder_resolution=16"),
    "no occluders in training": ("--set", "occluder_probability=0"),
}
"""The row of the table to what is added to the baseline's command."""


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, help="a folder for the runs and the table")
    parser.add_argument("--dataset", default="builtin", help="what is trained on (default: builtin)")
    parser.add_argument("--backgrounds", help="a folder of photographs to put behind the renderings")
    parser.add_argument("--set", action="append", dest="sets", help="a test set (default: built-in=builtin@test)")
    parser.add_argument("--limit", type=int, default=240, help="views of each test set (default: 240)")
    parser.add_argument("--epochs", type=int, default=1, help="length of each training (default: 1)")
    parser.add_argument("--only", action="append", choices=list(CHANGES), help="rows to train (default: all)")
    options = parser.parse_args()
    if options.out is None:
        print("name a folder to train the rows in; the whole takes hours")
        return
    sets = [entry.partition("=")[::2] for entry in options.sets or ["built-in=builtin@test"]]
    measured: dict[str, list[Scores]] = {}
    for row in options.only or CHANGES:
        model = load_checkpoint(_trained(row, options)).build()
        measured[row] = [
            measure(model, open_dataset(spec), name, split, on_and_off(), limit=options.limit)
            for name, (spec, _, split) in ((name, where.rpartition("@")) for name, where in sets)
        ]  # fmt: skip
        (options.out / "table.md").write_text(_table(measured), encoding="utf-8")
        print(_table({row: measured[row]}), flush=True)


def _trained(row: str, options: argparse.Namespace) -> Path:
    """The best checkpoint of the row's training, which is done here unless OUT holds it."""
    run = options.out / row.replace(" ", "-").replace("'", "").replace(":", "").replace("^", "")
    best = run / "checkpoints/best.safetensors"
    if not (run / "done").exists():
        command = [sys.executable, "-m", "core", "train"]
        if (run / "config.json").exists():
            command += ["--resume", str(run)]
        else:
            command += ["--preset", "compact", "--dataset", options.dataset, "--out", str(run)]
            command += ["--set", f"epochs={options.epochs}", "--set", "probes=0", *CHANGES[row]]
            command += ["--backgrounds", options.backgrounds] if options.backgrounds else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (run / "done").touch()
    return best


def _table(measured: Mapping[str, Sequence[Scores]]) -> str:
    """Markdown: mean IoU plain / 30 % covered, on minus off, and what is lost or won against the first row."""
    lines = ["| changed | test set | IoU, plain / covered | memory on minus off | minus the baseline, plain |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    baseline = next(iter(measured.values()))
    for row, every in measured.items():
        for scores, first in zip(every, baseline, strict=True):
            plain, covered = (scores.mean("memory on", level) for level in (0.0, 0.3))
            off = [scores.mean("memory off", level) for level in (0.0, 0.3)]
            gain = scores.iou["memory on", 0.0] - first.iou["memory on", 0.0]
            low, high = bootstrap_interval(gain, [sample.item for sample in scores.samples])
            against = "" if scores is first else f"{gain.mean():+.3f} ({low:+.3f} … {high:+.3f})"
            lines.append(
                f"| {row} | {scores.name} | {plain:.3f} / {covered:.3f} "
                f"| {plain - off[0]:+.3f} / {covered - off[1]:+.3f} | {against} |"
            )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
