"""How settings are written in the form: their names, their meanings, and which one an error is about."""

import re

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


def setting_named(message: str, names: list[str]) -> str:
    """The setting that an error is about: the first one it names, else the first of all."""
    places = {name: match.start() for name in names if (match := re.search(rf"\b{name}\b", message))}
    return min(places, key=lambda name: places[name]) if places else names[0]
