"""The user guide: its pictures are there and can be made anew, its links lead somewhere, its keys are real."""

import re
from pathlib import Path

import pytest
from PIL import Image

from core.assets import asset
from mem3d_viewer.actions import COMMANDS
from mem3d_viewer.help import _EDITOR, _LESSON, _MOUSE, _PRIORS, _RUNS, MAP_KEYS
from mem3d_viewer.reader import fragment_of
from mem3d_viewer.scenes import SCENES

FOLDER = asset("guide")
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
WORDS = ("Memory", "Key", "Value", "Age", "Prior", "β", "Threshold")


def test_every_picture_is_there_small_and_the_scene_of_its_name():
    assert len(PICTURES) == len(set(PICTURES)) > 15
    for name in PICTURES:
        assert Path(name).stem in SCENES
        assert (FOLDER / name).stat().st_size < 150_000
        with Image.open(FOLDER / name) as image:
            assert image.width > 200
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 1_500_000
    assert {file.name for file in FOLDER.iterdir()} == {"README.md", *PICTURES}


@pytest.mark.parametrize("word", WORDS)
def test_every_word_has_a_sentence_and_a_picture(word):
    section = TEXT.partition("## The seven words")[2].partition("\n## ")[0]
    assert re.search(rf"^\*\*{word}\*\*(.|\n)*?\.\n\n!\[", section, re.MULTILINE)


def test_every_link_of_the_contents_leads_to_a_heading():
    headings = {fragment_of(line.lstrip("# ")) for line in TEXT.splitlines() if line.startswith("#")}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert len(links) > 10
    assert set(links) <= headings


def test_every_key_in_the_guide_is_real_and_every_commands_key_is_in_it():
    named = set(re.findall(r"`([^`]+)`", TEXT)) - {"mem3d"}
    of_commands = {command.shortcut for command in COMMANDS if command.shortcut}
    elsewhere = {key for rows in (_MOUSE, _PRIORS, _EDITOR, _RUNS, _LESSON, MAP_KEYS) for key, _ in rows}
    others = set(re.findall(r"[\w+\[\]−-]+", " ".join(elsewhere))) | {"Tab", "-", "Return"}
    assert named - of_commands - others == set()
    pages = {f"Ctrl+{number}" for number in range(1, 6)}  # written as a range
    assert of_commands - named - pages == set()
