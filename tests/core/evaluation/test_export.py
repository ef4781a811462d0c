"""Files in every format, read back."""

import csv
import os
import re

import pytest

from core.errors import OutputError
from core.evaluation.document import load_result, to_json
from core.evaluation.export import ENDINGS, require_writable, save_result, text_tables


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_json_is_the_whole_result(by_hand, tmp_path):
    save_result(tmp_path / "r.json", by_hand)
    assert to_json(load_result(tmp_path / "r.json")) == to_json(by_hand)


def test_csv_per_category(by_hand, tmp_path):
    save_result(tmp_path / "r.csv", by_hand)
    rows = rows_of(tmp_path / "r.csv")
    assert len(rows) == 2 * 2 * 3 * 4  # occlusions, memory uses, thresholds with the best, categories with averages
    (chair,) = [
        row for row in rows
        if (row["category"], row["occlusion"], row["memory"], row["threshold"]) == ("chair", "0.0", "1", "0.3")
    ]  # fmt: skip
    assert (chair["n"], chair["chosen_on"]) == ("2", "")
    assert float(chair["iou"]) == pytest.approx(0.6)
    assert float(chair["f_score"]) == pytest.approx(0.3)
    best = [row for row in rows if row["chosen_on"] == "val"]
    assert {row["threshold"] for row in best} == {"0.25", "0.3"}
    assert {row["f_score"] for row in best} == {""}


def test_csv_per_sample(by_hand, tmp_path):
    save_result(tmp_path / "r.samples.csv", by_hand)
    rows = rows_of(tmp_path / "r.samples.csv")
    assert len(rows) == 4 * 2 * 3
    (row,) = [
        row for row in rows
        if row["object"] == "lamp/b" and (row["occlusion"], row["memory"], row["threshold"]) == ("0.4", "1", "0.3")
    ]  # fmt: skip
    assert float(row["iou"]) == pytest.approx(0.1)
    assert (row["top_slot_right_category"], row["above_beta"]) == ("1", "3")


def test_markdown_tables_are_rectangular_and_name_what_is_published(by_hand, tmp_path):
    save_result(tmp_path / "r.md", by_hand, published=True)
    blocks = re.findall(r"(?:^\|.*\n)+", (tmp_path / "r.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(blocks) == 5
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1
    assert "*Mem3D* (published)" in blocks[0]
    assert "| chair | 2 | 0.600 |" in blocks[0]


def test_latex_is_balanced_and_escaped(by_hand, tmp_path):
    save_result(tmp_path / "r.tex", by_hand, published=True)
    text = (tmp_path / "r.tex").read_text(encoding="utf-8")
    assert text.count(r"\begin{") == text.count(r"\end{") > 0
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 5
    assert r"F@1\%" in text
    assert "β" not in text
    body = re.sub(r"\\[%&_#$]", "", text)
    assert re.findall(r"%", body) == ["%"]  # the one comment
    assert "_" not in body
    columns = re.search(r"tabular}{(l[r|]*)}", text)[1].replace("|", "")
    line = next(line for line in text.splitlines() if line.startswith("chair"))
    assert line.count("&") == len(columns) - 1


def test_text_for_people(by_hand):
    text = text_tables(by_hand, published=True)
    assert "published, not measured here" in text
    assert (
        "measured here: best.safetensors (step 12); shapenet:data, damaged skip, split test; 3 views of 2 objects"
        in text
    )
    lines = text.splitlines()
    bars = [line.index("|") for line in lines[:8] if "|" in line]
    assert len(bars) > 4
    assert len(set(bars)) == 1
    assert "published" not in text_tables(by_hand)


def test_places_that_cannot_be_written(by_hand, tmp_path):
    for name, reason in (("r.txt", r"\.samples\.csv"), ("nowhere/r.csv", "folder"), ("n" * 300 + ".csv", "too long")):
        with pytest.raises(OutputError, match=reason):
            require_writable(tmp_path / name)
        with pytest.raises(OutputError):
            save_result(tmp_path / name, by_hand)
    (tmp_path / "d.json").mkdir()
    with pytest.raises(OutputError, match=r"d\.json"):
        save_result(tmp_path / "d.json", by_hand)
    assert [path.name for path in tmp_path.iterdir()] == ["d.json"]


def test_a_folder_that_is_read_only_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == tmp_path and mode == os.W_OK))
    with pytest.raises(OutputError, match=r"r\.csv: the folder may not be written to; choose another one"):
        require_writable(tmp_path / "r.csv")


def test_a_file_is_whole_or_what_it_was(by_hand, tmp_path):
    for ending in ENDINGS:
        path = tmp_path / f"r{ending}"
        path.write_text("old")
        save_result(path, by_hand)
        assert path.read_text(encoding="utf-8") != "old"
    assert len(list(tmp_path.iterdir())) == len(ENDINGS)
