"""What the commands ``mem3d`` and ``mem3d-viewer`` share: bad arguments are answered as all bad input is."""

import argparse
from typing import NoReturn

from core.errors import ConfigError

BAD_INPUT = 2
"""Exit code for anything the user can mend."""


class ArgumentParser(argparse.ArgumentParser):
    """A parser whose errors are the program's own.

    Raises:
        ConfigError: from ``parse_args``, for arguments that cannot be used.
    """

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments, with the way to learn about them."""
        raise ConfigError(f"{message}; see `{self.prog} --help`")
