"""What a process that draws with OpenGL must not load."""

import sys


def keep_triton_out() -> None:
    """Let ``import triton`` fail from now on, unless it has happened already.

    torch loads Triton together with its compiler, which optimisers and torchvision import and nothing here uses. Triton
    brings an LLVM of its own; beside the one that Mesa draws with the process crashes while it is loaded. Torch does
    without it, as it does on systems for which there is none.
    """
    sys.modules.setdefault("triton", None)  # type: ignore[arg-type]  # Python's own mark of what cannot be imported
