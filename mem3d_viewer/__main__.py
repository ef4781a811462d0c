"""``python -m mem3d_viewer`` is the command ``mem3d-viewer``."""

import sys

from mem3d_viewer.app import main

sys.exit(main())
