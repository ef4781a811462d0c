import sys

import psutil
import pytest
import torch

from core.heap import give_freed_memory_back, keep_freed_memory


@pytest.mark.skipif(sys.platform != "linux", reason="only there the C library is told")
def test_what_is_kept_can_be_given_back():
    keep_freed_memory()
    process = psutil.Process()
    held = torch.ones(100_000_000)
    del held
    kept = process.memory_info().rss
    give_freed_memory_back()
    assert kept - process.memory_info().rss > 300_000_000
