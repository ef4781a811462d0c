"""JSON is read as Python reads it, or refused in bounded depth and time."""

import json
import os

import pytest

from core import json_files
from core.json_files import DEEPEST, is_whole, parse_json, read_json


def nested(levels):
    return "[" * levels + "]" * levels


def test_ordinary_documents_are_read_as_they_are(tmp_path):
    values = {"text": 'a [b] {c} \\ " ü 𝄞', "numbers": [0, -1, 2**63, 1.5e300], "none": None, "yes": True}
    for ascii_only in (True, False):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(values, ensure_ascii=ascii_only), encoding="utf-8")
        assert read_json(path) == values
    path.write_bytes(b"\xef\xbb\xbf[1]")  # a mark that some editors begin a file with
    assert read_json(path) == [1]


def test_levels_are_counted_outside_of_strings():
    assert parse_json(nested(DEEPEST)) is not None
    many = json.dumps([["[" * 500, '"[{\\'] for _ in range(200)])
    assert parse_json(many) == json.loads(many)
    with pytest.raises(ValueError, match="levels"):
        parse_json(nested(DEEPEST + 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 1_000_000, "levels"),
        ('{"a":' * 100_000, "levels"),
        ("7" * 5000, "5000 digits"),
        ("[1, -" + "7" * 21 + "]", "22 digits"),
        ('"half a letter \\ud800"', "surrogates"),
        ("", "Expecting value"),
        ("[1, ", "Expecting value"),
        (b"\xff\xfe[\0", "decode"),
    ],
)
def test_what_cannot_be_used_is_a_value_error(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_json(text)


def test_letters_in_two_halves_and_bytes_of_file_names_are_letters():
    assert parse_json('"\\ud834\\udd1e"') == "𝄞"
    assert parse_json('"\\udcff"') == os.fsdecode(b"\xff")


def test_a_file_that_is_too_large_or_holds_too_much_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([[]] * 100))
    monkeypatch.setattr(json_files, "_MOST_CONTAINERS", 50)
    with pytest.raises(ValueError, match="too many"):
        read_json(path)
    monkeypatch.setattr(json_files, "LARGEST", 100)
    with pytest.raises(ValueError, match="MB"):
        read_json(path)


def test_whole_numbers_are_told_from_what_looks_like_them():
    assert [is_whole(value) for value in (0, 7, 2**63 - 1)] == [True] * 3
    assert [is_whole(value) for value in (-1, True, 1.0, "1", None, 2**63)] == [False] * 6
    assert is_whole(-1, -1)
