"""``python -m core`` is the command ``mem3d``."""

import sys

from core.cli import main

sys.exit(main())
