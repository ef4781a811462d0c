"""The errors a user can cause and mend: each message is one line that names the file and the remedy."""

import re

LONGEST_MESSAGE = 300
"""Characters of the longest message: a name may have thousands, and what it says must still be seen."""
_BREAK = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """``text`` on one line of at most ``longest`` characters that a terminal only shows.

    Line breaks become spaces, other control characters their escapes, and of what is too long the middle is left out:
    the file is named at the beginning, the remedy at the end.
    """
    if len(text) > 4 * longest:  # a megabyte need not be looked through
        text = f"{text[: 2 * longest]} … {text[-2 * longest :]}"
    text = _BREAK.sub(" ", text.strip())
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    if len(text) <= longest:
        return text
    half = (longest - 3) // 2
    return f"{text[:half].rstrip()} … {text[-half:].lstrip()}"


class Mem3DError(Exception):
    """Base of every error that is reported to the user as one line, without a traceback."""

    def __str__(self) -> str:
        """The message as ``one_line`` makes it, whatever a file is called."""
        return one_line(super().__str__())


class ConfigError(Mem3DError):
    """A combination of settings that cannot work; the message says why."""


class ImageError(Mem3DError):
    """A picture that cannot be read or used."""


class DatasetError(Mem3DError):
    """A data set, mesh or voxel file that is missing, unreadable or inconsistent."""


class CheckpointError(Mem3DError):
    """A checkpoint that is missing, truncated, foreign, or written by a newer version."""


class TrainingError(Mem3DError):
    """A training that cannot start or go on; what was saved last is kept."""


class OutputError(Mem3DError):
    """A result that cannot be written where it was asked for."""
