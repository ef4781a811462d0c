"""Results as files: JSON, CSV, LaTeX, Markdown, and the text that the command line prints."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from core.errors import OutputError
from core.evaluation.document import json_pieces
from core.evaluation.result import EvaluationResult
from core.evaluation.tables import Table, tables
from core.files import replacing

_ROWS_AT_ONCE = 1000

_LATEX_SIGNS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "β": r"$\beta$",
}  # fmt: skip


def save_result(path: Path, result: EvaluationResult, *, published: bool = False) -> None:
    """Write a result; the ending decides: one of ``ENDINGS``. The file is whole, or what it was before.

    Args:
        path: file to write; one that is there is replaced.
        result: what was measured.
        published: put published figures beside ours, where the format has tables.

    Raises:
        OutputError: for an unknown ending or a place that cannot be written.
    """
    path = Path(path)
    pieces = _format(path)(result, published)
    # Piece by piece: one piece of a hundred megabytes would hold up every other thread while it is encoded.
    with replacing(path) as temporary, open(temporary, "w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def require_writable(path: Path) -> None:
    """Refuse, before the work is done, a name that ``save_result`` could not write.

    Raises:
        OutputError: if the ending is unknown, or the folder is missing or read-only.
    """
    _format(path)
    try:
        missing = not path.parent.is_dir() or path.is_dir()
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}): choose another name") from error
    if missing:
        raise OutputError(f"{path}: cannot be written: name a file in a folder that exists")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"{path}: the folder may not be written to; choose another one")


def text_tables(result: EvaluationResult, published: bool = False) -> str:
    """Every table in columns of plain text."""
    return "\n\n".join(map(_text, tables(result, published=published)))


def markdown(result: EvaluationResult, published: bool = False) -> str:
    """Every table in Markdown."""
    return "\n\n".join(map(_markdown, tables(result, published=published))) + "\n"


def latex(result: EvaluationResult, published: bool = False) -> str:
    """Every table in LaTeX, for the package booktabs."""
    return "% needs \\usepackage{booktabs}\n" + "\n".join(map(_latex, tables(result, published=published)))


def category_csv(result: EvaluationResult, published: bool = False) -> str:
    """One line per occlusion, memory use, threshold and category, and for the two averages."""
    lines: list[list[object]] = [["occlusion", "memory", "threshold", "chosen_on", "category", "n", "iou", "f_score"]]
    for condition in result.settings.conditions:
        for level in (*result.settings.thresholds, None):
            iou, f_score = (result.scores(measure, condition, level) for measure in ("iou", "f_score"))
            if iou is None:
                continue
            threshold = result.best_threshold(condition.memory) if level is None else level
            head = [condition.occlusion, int(condition.memory), threshold, "val" if level is None else ""]
            means, f_means = result.averages(iou), None if f_score is None else result.averages(f_score)
            for name, count in result.counts.items():
                f_mean = "" if f_means is None else _number(f_means.categories[name])
                lines.append([*head, name, count, _number(means.categories[name]), f_mean])
            for name in ("mean", "macro"):
                f_mean = "" if f_means is None else _number(getattr(f_means, name))
                lines.append([*head, f"({name})", len(result.samples), _number(getattr(means, name)), f_mean])
    return _csv(lines)


def sample_csv(result: EvaluationResult, published: bool = False) -> Iterator[str]:
    """One line per sample, occlusion, memory use and threshold, with what the memory found."""
    yield "object,view,category,occlusion,memory,threshold,iou,f_score,"
    yield "top_slot_iou,top_slot_right_category,above_beta\n"
    settings = result.settings
    for at, condition in enumerate(settings.conditions):
        level = settings.occlusions.index(condition.occlusion)
        for row, threshold in enumerate(settings.thresholds):
            for first in range(0, len(result.samples), _ROWS_AT_ONCE):
                yield _csv([
                    [
                        sample.object_id, sample.view, sample.category,
                        condition.occlusion, int(condition.memory), threshold,
                        _number(result.iou[at, row, number]),
                        "" if result.f_score is None else _number(result.f_score[at, row, number]),
                        _number(result.top_slot_iou[level, number]),
                        int(result.top_slot_category[level, number]), int(result.above_beta[level, number]),
                    ]
                    for number, sample in enumerate(result.samples[first : first + _ROWS_AT_ONCE], start=first)
                ])  # fmt: skip


ENDINGS: dict[str, Callable[[EvaluationResult, bool], Iterable[str]]] = {
    ".json": lambda result, _: chain(json_pieces(result), ["\n"]),
    ".csv": lambda result, published: [category_csv(result, published)],
    ".samples.csv": sample_csv,
    ".tex": lambda result, published: [latex(result, published)],
    ".md": lambda result, published: [markdown(result, published)],
}
"""Ending to a result in pieces of text: everything; per category; per sample; tables in LaTeX; tables in Markdown."""


def _format(path: Path) -> Callable[[EvaluationResult, bool], Iterable[str]]:
    name = path.name.lower()
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return ENDINGS[ending]
    raise OutputError(f"{path}: unknown ending: use one of {', '.join(ENDINGS)}")


def _number(value: float) -> str:
    return f"{value:.5f}"


def _csv(lines: list[list[object]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines)
    return stream.getvalue()


def _cells(table: Table) -> tuple[list[str], list[list[str]]]:
    """Headings and rows in words; the count has a column where a row has one."""
    counted = any(row.count is not None for row in table.rows)
    head = [table.corner, *(["n"] if counted else []), *(column.title for column in table.columns)]
    body = [
        [
            row.name,
            *(["" if row.count is None else str(row.count)] if counted else []),
            *(
                "" if value is None else f"{value:.{column.digits}f}"
                for column, value in zip(table.columns, row.values, strict=True)
            ),
        ]
        for row in table.rows
    ]
    return head, body


def _published_at(table: Table) -> int | None:
    """How many columns at the right end are published; None where all or none are."""
    count = sum(column.published for column in table.columns)
    return count if 0 < count < len(table.columns) else None


def _text(table: Table) -> str:
    head, body = _cells(table)
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    published = _published_at(table) or 0

    def line(cells: list[str]) -> str:
        words = [
            cells[0].ljust(widths[0]),
            *(f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True)),
        ]
        if published:
            words.insert(len(words) - published, "|")
        return "  ".join(words).rstrip()

    made = [table.title, line(head)]
    if published:
        ours = "  ".join(line(head).split("|")[:1])
        made.insert(1, f"{'':<{len(ours)}}| published, not measured here")
    for number, (cells, row) in enumerate(zip(body, table.rows, strict=True)):
        if number and row.kind != table.rows[number - 1].kind:
            made.append(line(["-" * width for width in widths]))
        made.append(line(cells))
    return "\n".join([*made, *(f"({note})" for note in table.notes)])


def _markdown(table: Table) -> str:
    head, body = _cells(table)
    published = _published_at(table) or 0
    first = len(head) - published
    head = [*head[:first], *(f"*{title}* (published)" for title in head[first:])]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *([cell.replace("|", r"\|") for cell in row] for row in body)]
    made = [f"**{table.title}**", "", *("| " + " | ".join(cells) + " |" for cells in lines)]
    return "\n".join([*made, *(f"\n{note}" for note in table.notes)])


def _latex(table: Table) -> str:
    head, body = _cells(table)
    published = _published_at(table) or 0
    bar = ["l", *"r" * (len(head) - 1 - published), *(["|" + "r" * published] if published else [])]
    lines = [r"\begin{table}", r"\centering", f"\\begin{{tabular}}{{{''.join(bar)}}}", r"\toprule"]
    if published:
        lines.append(f"& \\multicolumn{{{len(head) - 1 - published}}}{{c|}}{{measured here}}"
                     f" & \\multicolumn{{{published}}}{{c}}{{published}} \\\\")  # fmt: skip
    lines += [_latex_line(head), r"\midrule"]
    for number, (cells, row) in enumerate(zip(body, table.rows, strict=True)):
        if number and row.kind != table.rows[number - 1].kind:
            lines.append(r"\midrule")
        lines.append(_latex_line(cells))
    caption = ". ".join(_escaped(text[0].upper() + text[1:]) for text in (table.title, *table.notes))
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", f"\\caption{{{caption}.}}", r"\end{table}", ""])


def _latex_line(cells: list[str]) -> str:
    return " & ".join(map(_escaped, cells)) + r" \\"


def _escaped(text: str) -> str:
    return "".join(_LATEX_SIGNS.get(sign, sign) for sign in text)
