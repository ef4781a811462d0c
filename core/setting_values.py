"""Values of settings by the type written in the code: from JSON, from text as people type it, and as such text.

The types are those that fields have: ``int``, ``float``, ``bool``, ``str``, ``Literal``, tuples of one of them with a
fixed or any length, and each of these or None.
"""

import json
import math
import re
import types
from typing import Any, Literal, Union, get_args, get_origin

AUTOMATIC = "automatic"
"""None as people read and type it."""
_NOTHING = ("", AUTOMATIC, "none", "null")
_WORDS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
_LONGEST = 60


def converted(value: Any, hint: Any) -> Any:
    """A plain value, as JSON has it, in a field's type.

    JSON knows neither tuples nor the difference of 1 and 1.0.

    Args:
        value: ``None``, a truth value, a number, a string, or a list of them.
        hint: the field's type.

    Raises:
        ValueError: with what is expected, if it is of another type.
    """
    if is_optional(hint):
        return None if value is None else converted(value, _without_none(hint))
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise _unexpected(hint, value)
        kind, length = _entries(hint)
        if length not in (None, len(value)):
            raise _unexpected(hint, value)
        try:
            return tuple(converted(entry, kind) for entry in value)
        except ValueError:
            raise _unexpected(hint, value) from None
    if get_origin(hint) is Literal:
        fits = isinstance(value, str) and value in get_args(hint)
    elif hint is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        value = float(value) if fits else value
    else:
        fits = isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    if not fits:
        raise _unexpected(hint, value)
    return value


def parsed(text: str, hint: Any) -> Any:
    """What was typed, in a field's type.

    Nothing and ``automatic`` are None where that is possible; truth values are ``on`` and ``off``; the entries of a
    tuple have commas between them, with or without brackets around them.

    Args:
        text: what was typed.
        hint: the field's type.

    Raises:
        ValueError: with what is expected, if it is none.
    """
    text = text.strip()
    if is_optional(hint):
        return None if text.lower() in _NOTHING else parsed(text, _without_none(hint))
    if get_origin(hint) is tuple:
        inner = text[1:-1] if re.fullmatch(r"\[.*\]|\(.*\)", text, re.DOTALL) else text
        kind, _ = _entries(hint)
        try:
            return converted([parsed(part, kind) for part in inner.split(",") if part.strip()], hint)
        except ValueError:
            raise _unexpected(hint, text) from None
    if hint is bool and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if hint is int and re.fullmatch(r"[+-]?\d{1,19}", text):
        return int(text)
    if hint is float and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return converted(float(text), hint)
    if hint is str or get_origin(hint) is Literal:
        return converted(text, hint)
    raise _unexpected(hint, text)


def as_text(value: Any) -> str:
    """A value as it is typed: what ``parsed`` makes the same value of."""
    if value is None:
        return AUTOMATIC
    if isinstance(value, tuple | list):
        return ", ".join(as_text(entry) for entry in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def is_optional(hint: Any) -> bool:
    """Whether a field's type allows None."""
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _without_none(hint: Any) -> Any:
    return next(kind for kind in get_args(hint) if kind is not type(None))


def _entries(hint: Any) -> tuple[Any, int | None]:
    """Type and number of a tuple's entries, which are all of one type; None: any number."""
    kinds = get_args(hint)
    return kinds[0], None if kinds[-1] is ... else len(kinds)


def _expected(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"one of {', '.join(get_args(hint))}"
    if get_origin(hint) is tuple:
        kind, length = _entries(hint)
        many = {int: "whole numbers", float: "numbers"}.get(kind, "entries")
        return f"a list of {length} {many}" if length else f"a list of {many}"
    return {int: "a whole number", float: "a number", bool: "on or off", str: "a text"}[hint]


def _unexpected(hint: Any, value: Any) -> ValueError:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    return ValueError(f"{_expected(hint)} is expected" + (f", not {shown}" if value != "" else ""))
