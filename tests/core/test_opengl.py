"""What may be loaded after something was drawn."""

import subprocess
import sys

import pytest

_DRAWN = {
    "rendering": "from core.data.rendering import Renderer; kept = Renderer().__enter__()",
    "drawing": "from core.export.drawing import Drawing, DrawingOptions; kept = Drawing(DrawingOptions()).__enter__()",
    "window": "import mem3d_viewer, pyvista; kept = pyvista.Plotter(off_screen=True); kept.show(auto_close=False)",
}


@pytest.mark.parametrize("how", list(_DRAWN))
def test_torchs_compiler_may_be_loaded_after_something_was_drawn(how):
    """As the first training does in a window, and every network of torchvision."""
    code = f"import torch; {_DRAWN[how]}; import torchvision, torch._dynamo; print('whole')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200, check=False)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr
