"""How settings are written in the form: names, values and meanings as text, and back."""

import re
import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin

_WORDS = {"lstm": "LSTM", "iou": "IoU", "adam": "Adam", "imagenet": "ImageNet"}


def spoken(name: str) -> str:
    """A field's name for people: ``lstm_hidden`` is "LSTM hidden"."""
    words = [_WORDS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def rich(doc: str) -> str:
    """A docstring's few marks as rich text."""
    text = doc.replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"``(.+?)``", r"<code>\1</code>", text)
    return re.sub(r"\*(\w+)\*", r"<i>\1</i>", text)


def as_text(value: Any) -> str:
    """A value as it is typed into the form."""
    if value is None:
        return "automatic"
    if isinstance(value, tuple | list):
        return ", ".join(as_text(entry) for entry in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def setting_named(message: str, names: list[str]) -> str:
    """The setting that an error is about: the first one it names, else the first of all."""
    places = {name: match.start() for name in names if (match := re.search(rf"\b{name}\b", message))}
    return min(places, key=lambda name: places[name]) if places else names[0]


def is_optional(hint: Any) -> bool:
    """Whether a field's type allows None."""
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def parsed(text: str, hint: Any) -> Any:
    """What was typed, as a value of the field's type.

    Raises:
        ValueError: with what is expected, if it is none.
    """
    if is_optional(hint):
        if not text:
            return None
        hint = next(kind for kind in get_args(hint) if kind is not type(None))
    if get_origin(hint) is tuple:
        kind: Callable[[str], Any] = get_args(hint)[0]
        return tuple(parsed(part.strip(), kind) for part in text.split(",") if part.strip())
    if hint is int:
        if not re.fullmatch(r"[+-]?\d{1,19}", text):
            raise ValueError(f"a whole number is expected, not {text!r}" if text else "a whole number is expected")
        return int(text)
    if hint is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"a number is expected, not {text!r}" if text else "a number is expected") from None
    return text
