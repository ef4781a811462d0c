"""Values of settings, for every type a field can have: from JSON, from text and as text."""

from typing import Literal

import pytest

from core.setting_values import as_text, converted, is_optional, parsed

Colour = Literal["red", "blue"]


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (int, 3, 3),
        (float, 3, 3.0),
        (float, 0.5, 0.5),
        (bool, False, False),
        (str, "x", "x"),
        (Colour, "blue", "blue"),
        (tuple[int, int], [1, 2], (1, 2)),
        (tuple[float, ...], [], ()),
        (tuple[float, ...], [1, 2.5], (1.0, 2.5)),
        (float | None, None, None),
        (float | None, 1, 1.0),
        (tuple[int, ...] | None, [1], (1,)),
    ],
)
def test_json_becomes_the_fields_type(hint, value, expected):
    found = converted(value, hint)
    assert found == expected
    assert type(found) is type(expected)
    if isinstance(expected, tuple):
        assert list(map(type, found)) == list(map(type, expected))


@pytest.mark.parametrize(
    ("hint", "value", "reason"),
    [
        (int, 3.0, "a whole number is expected, not 3.0"),
        (int, True, "a whole number is expected, not true"),
        (int, None, "a whole number is expected, not null"),
        (float, "3", 'a number is expected, not "3"'),
        (float, False, "a number is expected"),
        (float, float("nan"), "a number is expected, not NaN"),
        (float, float("inf"), "a number is expected, not Infinity"),
        (bool, 1, "on or off is expected, not 1"),
        (str, 1, "a text is expected, not 1"),
        (Colour, "green", 'one of red, blue is expected, not "green"'),
        (Colour, [], "one of red, blue is expected"),
        (tuple[int, int], [1, 2, 3], "a list of 2 whole numbers is expected"),
        (tuple[int, int], [1, 2.5], "a list of 2 whole numbers is expected"),
        (tuple[float, ...], 1.5, "a list of numbers is expected, not 1.5"),
        (tuple[float, ...], [1, "2"], "a list of numbers is expected"),
        (float | None, "x", 'a number is expected, not "x"'),
    ],
)
def test_another_type_is_refused_with_what_is_expected(hint, value, reason):
    with pytest.raises(ValueError, match="expected") as caught:
        converted(value, hint)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        (" 12 ", int, 12),
        ("-1", int, -1),
        ("1e-3", float, 0.001),
        (".5", float, 0.5),
        ("on", bool, True),
        ("False", bool, False),
        ("all", str, "all"),
        ("", str, ""),
        ("red", Colour, "red"),
        ("", float | None, None),
        ("automatic", float | None, None),
        ("null", float | None, None),
        ("0.9", float | None, 0.9),
        ("512, 256,256", tuple[int, int, int], (512, 256, 256)),
        ("[1, 2]", tuple[int, int], (1, 2)),
        ("2.4,", tuple[float, ...], (2.4,)),
        ("1", tuple[float, ...], (1.0,)),
        ("", tuple[float, ...], ()),
        ("[]", tuple[float, ...], ()),
    ],
)
def test_what_is_typed_becomes_a_value_and_back(text, hint, value):
    assert parsed(text, hint) == value
    assert parsed(as_text(value), hint) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1.5", int),
        ("", int),
        ("1" * 20, int),
        ("x", float),
        ("nan", float),
        ("1e999", float),
        ("1_0", float),
        ("1, b", tuple[int, int]),
        ("1", tuple[int, int]),
        ("perhaps", bool),
        ("green", Colour),
        ("null", int),
    ],
)
def test_what_is_no_value_says_what_is_expected(text, hint):
    with pytest.raises(ValueError, match="expected"):
        parsed(text, hint)


def test_long_values_are_not_repeated_in_full():
    with pytest.raises(ValueError, match="…") as caught:
        parsed("x" * 5000, int)
    assert len(str(caught.value)) < 120


def test_only_types_with_none_are_optional():
    assert is_optional(float | None)
    assert not is_optional(float)
    assert not is_optional(tuple[float, ...])
