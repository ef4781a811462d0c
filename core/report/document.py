"""The report as Markdown: the template's chapters, filled with tables and sentences made from what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.checkpoint import Checkpoint
from core.evaluation.published import METHODS
from core.files import replace_text
from core.report.figures import save_figures
from core.report.measuring import OCCLUSIONS, Scores, bootstrap_interval
from core.report.photos import PHOTOS
from core.report.questions import COUNTS, PLAIN_AND_OCCLUDED, SHARES

_TEMPLATE = Path(__file__).with_name("template.md")
CONTROL = "nothing changed"
"""The twin that was trained as the others were, with nothing changed."""
_NO_PHOTOS = "None were given; `--photos FOLDER` shows what the network makes of one's own."
_WITHOUT = "trained without memory"
TWINS = {
    CONTROL: "",
    _WITHOUT: "--set use_memory=false",
    "triplet loss without read": "--set beta=1",
    "read without triplet loss": "--set triplet_weight=0",
    "own object not left out": "--set leave_out_own_object=false",
    "own object seen by half of the reads": "--set own_object_share=0.5",
    "the paper's value similarity": "--set value_similarity=paper --set delta=automatic",
}
"""Trainings that chapter 5.2 compares with, and how each is started: all on from the checkpoint itself, or all from the
beginning. Beside a control the others are compared with that."""


@dataclass(frozen=True)
class Report:
    """All that a report is made from."""

    checkpoint: Checkpoint
    """The network."""
    scores: Sequence[Scores]
    """One entry a data set."""
    twins: Mapping[str, Sequence[Scores]]
    """Differently trained networks by their names in ``TWINS``: "memory on" and "memory off" on the same views."""
    twin_checkpoints: Mapping[str, Checkpoint]
    """Those networks."""
    photos: bool
    """Whether the folder has ``photos.png``."""
    command: str
    """The command that makes this report."""


def save_report(folder: Path, report: Report) -> Path:
    """Write the document and its figures into a folder that exists.

    Returns:
        The document, ``README.md``.

    Raises:
        OutputError: if a file cannot be written.
    """
    figures = save_figures(folder, report.scores)
    if report.photos:
        caption = "Photos as they are, what was cut out, the result from two sides, and the first three shapes read"
        figures.append((folder / PHOTOS, caption))
    text = _TEMPLATE.read_text(encoding="utf-8")
    parts = {
        "setup": _setup(report), "command": report.command, "memory": _memory(report), "twins": _twins(report),
        "paths": _paths(report), "priors": _priors(report), "slots": _slots(report), "limits": _limits(report),
        "photos": _NO_PHOTOS, "published": _published(), "conclusion": _conclusion(report),
    }  # fmt: skip
    for number, (path, caption) in enumerate(figures, 1):
        place = "photos" if path.name == PHOTOS else f"figure {path.name}"
        parts[place] = f"![{caption}]({path.name})\n\n*Figure {number}: {caption}.*"
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    replace_text(folder / "README.md", text)
    return folder / "README.md"


def _setup(report: Report) -> str:
    checkpoint, model = report.checkpoint, report.checkpoint.config.model
    occupied = int(checkpoint.tensors["memory.occupied"].sum())
    rows = [
        (
            "checkpoint",
            f"`{checkpoint.path.name}`, trained for {_pictures(checkpoint)}",
        ),
        (
            "network",
            f"{model.backbone} at {model.image_size} px, feature of {model.key_size}, prior path `{model.prior_path}`, "
            f"at most {model.max_priors} priors",
        ),
        (
            "memory",
            f"{occupied} of {model.memory_slots} slots, value similarity `{model.value_similarity}`, "
            f"δ {model.known_from:g}, β {model.beta:g}, t {model.threshold:g}",
        ),
        ("the paper's", "ResNet-50 at 224 px, feature of 12 544, LSTM of 2048, m 4000, δ 0.90, β 0.85"),
    ]
    for scores in report.scores:
        objects = len({sample.item for sample in scores.samples})
        rows.append((f"test set *{scores.name}*", f"{len(scores.samples)} views of {objects} objects"))
    return _table(["", ""], rows)


def _memory(report: Report) -> str:
    heads = ["test set", "covered", "memory on", "memory off", "on minus off", "top prior alone"]
    rows = []
    for scores in report.scores:
        for occlusion in OCCLUSIONS:
            on, off, top = (_mean(scores, name, occlusion) for name in ("memory on", "memory off", "top prior alone"))
            gain = _difference(scores, "memory on", "memory off", occlusion)
            rows.append([scores.name, f"{occlusion:.0%}", on, off, gain, top])
    return _captioned(1, "mean IoU by covered part of the object's box", heads, rows)


def _twins(report: Report) -> str:
    rows = []
    control = report.twins.get(CONTROL)
    for name, words in TWINS.items():
        if name in report.twins:
            twin = report.twin_checkpoints[name]
            asked = "memory on" if twin.config.training.use_memory else "memory off"
            others = report.scores if control is None or name == CONTROL else control
            # A control that begins anew, and perhaps smaller, tells nothing beside this checkpoint.
            alone = name == CONTROL and not twin.config.training.start_from
            for scores, other in zip(report.twins[name], others, strict=True):
                cells, theirs = (
                    " / ".join(f"{of.mean(how, level):.3f}" for level in PLAIN_AND_OCCLUDED)
                    for of, how in ((scores, asked), (other, "memory on"))
                )
                gains = [_gain(other, scores, asked, level) for level in PLAIN_AND_OCCLUDED]
                compared = ["", "", ""] if alone else [theirs, *gains]
                rows.append([name, f"preset `{twin.config.preset}`, {_pictures(twin)}", scores.name, cells, *compared])
        elif name != CONTROL:
            rows.append([name, f"not measured; train it with `mem3d train … {words}`", *[""] * 5])
    against = "this checkpoint" if control is None else f"*{CONTROL}*"
    heads = ["training", "for", "test set", "its IoU", f"that of {against}", f"{against} minus it, plain", "covered"]
    return _captioned(2, "networks trained differently, mean IoU plain / 30 % covered", heads, rows)


def _gain(other: Scores, scores: Scores, asked: str, level: float) -> str:
    """How much better another network does with its memory than one that is asked so, and how sure that is."""
    gain = other.iou["memory on", level] - scores.iou[asked, level]
    low, high = bootstrap_interval(gain, [sample.item for sample in other.samples])
    return f"{gain.mean():+.3f} ({low:+.3f} … {high:+.3f})"


def _pictures(checkpoint: Checkpoint) -> str:
    """How much a network was trained."""
    training = checkpoint.config.training
    start = f" on from `{Path(training.start_from).name}`" if training.start_from else ""
    return f"{checkpoint.step * training.batch_size} pictures ({checkpoint.step} steps of {training.batch_size}){start}"


def _paths(report: Report) -> str:
    names = ("memory on", "LSTM only", "blend only", "memory off", "mean of priors alone", "top prior alone")
    rows = [
        [scores.name, f"{level:.0%}", *(f"{scores.mean(name, level):.3f}" for name in names)]
        for scores in report.scores
        for level in PLAIN_AND_OCCLUDED
    ]
    return _captioned(3, "mean IoU with parts switched off", ["test set", "covered", *names], rows)


def _priors(report: Report) -> str:
    names = [f"{count} priors" for count in COUNTS]
    rows = [
        [scores.name, f"{level:.0%}", *(f"{scores.mean(name, level):.3f}" for name in names),
         _difference(scores, "least similar first", "memory on", level)]
        for scores in report.scores
        for level in PLAIN_AND_OCCLUDED
    ]  # fmt: skip
    heads = ["test set", "covered", *map(str, COUNTS), "least similar first, minus as configured"]
    return _captioned(4, "mean IoU by number of priors, and by their order", heads, rows)


def _slots(report: Report) -> str:
    names = [*(f"{share:.0%} of the slots" for share in SHARES), "memory on"]
    rows = [
        [scores.name, f"{level:.0%}", *(f"{scores.mean(name, level):.3f}" for name in names)]
        for scores in report.scores
        for level in PLAIN_AND_OCCLUDED
    ]
    heads = ["test set", "covered", *(f"{share:.0%}" for share in SHARES), "100%"]
    return _captioned(5, "mean IoU by share of the memory", heads, rows)


def _limits(report: Report) -> str:
    rows = [
        [
            scores.name,
            f"{level:.0%}",
            *(f"{scores.mean(name, level):.3f}" for name in ("top prior alone", "memory on", "given the best slots")),
            _difference(scores, "given the best slots", "memory on", level),
            f"{scores.mean('best slot alone'):.3f}",
        ]
        for scores in report.scores
        for level in PLAIN_AND_OCCLUDED
    ]
    heads = ["test set", "covered", "top prior alone", "network", "network given the best slots", "difference"]
    return _captioned(6, "what a perfect retrieval would give", [*heads, "best slot alone"], rows)


def _published() -> str:
    rows = [[f"*{m.name}*", f"{m.printed:.3f}", f"{m.macro:.3f}", m.source] for m in METHODS]
    return _captioned(
        7, "mean IoU as published", ["method", "printed", "mean of the 13 categories (our arithmetic)", "source"], rows
    )


def _conclusion(report: Report) -> str:
    lines = []
    for scores in report.scores:
        for level in PLAIN_AND_OCCLUDED:
            low, high = scores.interval("memory on", level, minus="memory off")
            gain = scores.mean("memory on", level) - scores.mean("memory off", level)
            how = "pictures as they are" if not level else f"{level:.0%} of the object's box covered"
            if low > 0:
                words = f"reading the memory raises the mean IoU by {gain:.3f} ({low:+.3f} … {high:+.3f})"
            elif high < 0:
                words = f"reading the memory lowers the mean IoU by {-gain:.3f} ({low:+.3f} … {high:+.3f})"
            else:
                words = f"no effect of reading can be told from chance ({gain:+.3f}, {low:+.3f} … {high:+.3f})"
            lines.append(f"- *{scores.name}*, {how}: {words}.")
    for scores in report.scores:
        best = max(COUNTS, key=lambda count: scores.mean(f"{count} priors"))
        over = scores.mean("memory on") - scores.mean("top prior alone")
        lines.append(
            f"- *{scores.name}*: {best} priors are best of {', '.join(map(str, COUNTS))}; the network is "
            f"{abs(over):.3f} {'above' if over >= 0 else 'below'} the most similar slot's own shape."
        )
    for scores in report.scores:
        alone, more = scores.mean("best slot alone"), _difference(scores, "given the best slots", "memory on", 0.0)
        lines.append(
            f"- *{scores.name}*: of all slots the best has an IoU of {alone:.3f}, the most similar one "
            f"{scores.mean('top prior alone'):.3f}; given the best ones the network would gain {more}."
        )
    without = report.twins.get(_WITHOUT, ())
    for scores, other in zip(without, report.twins.get(CONTROL, report.scores) if without else (), strict=True):
        gains = " and ".join(
            f"{_gain(other, scores, 'memory off', level)} {how}"
            for level, how in zip(PLAIN_AND_OCCLUDED, ("plain", "30 % covered"), strict=True)
        )
        lines.append(f"- *{scores.name}*: *training* with a memory adds {gains} (table 2).")
    missing = [name for name in TWINS if name not in report.twins and name != CONTROL]
    if missing:
        lines.append(f"- What remains open: the trainings of table 2 that were not done ({', '.join(missing)}).")
    return "\n".join(lines)


def _mean(scores: Scores, variant: str, occlusion: float) -> str:
    low, high = scores.interval(variant, occlusion)
    return f"{scores.mean(variant, occlusion):.3f} ({low:.3f} … {high:.3f})"


def _difference(scores: Scores, variant: str, minus: str, occlusion: float) -> str:
    low, high = scores.interval(variant, occlusion, minus)
    return f"{scores.mean(variant, occlusion) - scores.mean(minus, occlusion):+.3f} ({low:+.3f} … {high:+.3f})"


def _captioned(number: int, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"*Table {number}: {caption}.*\n\n{_table(heads, rows)}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
