"""The report's figures, drawn by matplotlib without a window."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.files import replacing
from core.report.measuring import OCCLUSIONS, Scores
from core.report.questions import COUNTS, SHARES

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Okabe and Ito's colours, which the colour-blind tell apart."""


def save_figures(folder: Path, all_scores: Sequence[Scores]) -> list[tuple[Path, str]]:
    """Draw every figure into a folder.

    Returns:
        Each file with its caption, in the order of the report.

    Raises:
        OutputError: if one cannot be written.
    """
    figures = (
        ("occlusion.png", "Mean IoU against the covered part of the object's box, with 95 % intervals", _occlusion),
        ("priors.png", "Mean IoU against the number of priors read; dashed: 30 % covered", _priors),
        ("slots.png", "Mean IoU against the share of the memory that may be read; dashed: 30 % covered", _slots),
    )  # fmt: skip
    made = []
    for name, caption, draw in figures:
        figure, axes = _axes(all_scores)
        for scores, panel in zip(all_scores, axes, strict=True):
            draw(scores, panel)
            panel.set_title(scores.name, fontsize=10)
            panel.grid(alpha=0.3)
        axes[0].set_ylabel("mean IoU")
        axes[-1].legend(fontsize=8, frameon=False)
        path = folder / name
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png", dpi=110, metadata={"Software": None})
        made.append((path, caption))
    return made


def _axes(all_scores: Sequence[Scores]) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.4 * len(all_scores), 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, len(all_scores), squeeze=False)[0]


def _occlusion(scores: Scores, panel: Any) -> None:
    names = ("memory on", "memory off", "top prior alone", "mean of priors alone")
    for name, colour in zip(names, _COLOURS, strict=True):
        means = [scores.mean(name, level) for level in OCCLUSIONS]
        low, high = zip(*(scores.interval(name, level) for level in OCCLUSIONS), strict=True)
        panel.plot([100 * level for level in OCCLUSIONS], means, "o-", color=colour, label=name, markersize=3)
        panel.fill_between([100 * level for level in OCCLUSIONS], low, high, color=colour, alpha=0.12, linewidth=0)
    panel.set_xlabel("covered, %")


def _priors(scores: Scores, panel: Any) -> None:
    for occlusion, style in ((0.0, "o-"), (0.3, "o--")):
        means = [scores.mean("memory off", occlusion)] + [scores.mean(f"{count} priors", occlusion) for count in COUNTS]
        panel.plot([0, *COUNTS], means, style, color=_COLOURS[0], markersize=3, label=f"{occlusion:.0%} covered")
    panel.set_xscale("symlog", linthresh=1)
    panel.set_xticks([0, *COUNTS], [str(count) for count in (0, *COUNTS)], fontsize=7)
    panel.set_xlabel("priors")


def _slots(scores: Scores, panel: Any) -> None:
    for occlusion, style in ((0.0, "o-"), (0.3, "o--")):
        means = [scores.mean("memory off", occlusion)]
        means += [scores.mean(f"{share:.0%} of the slots", occlusion) for share in SHARES]
        means.append(scores.mean("memory on", occlusion))
        panel.plot([0, *(100 * share for share in SHARES), 100], means, style, color=_COLOURS[0], markersize=3,
                   label=f"{occlusion:.0%} covered")  # fmt: skip
    panel.set_xlabel("slots, %")
