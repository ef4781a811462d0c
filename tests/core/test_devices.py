"""A device that fails is one line with a remedy; any other error of the network stays what it is."""

import pytest
import torch

from core.devices import told_when_out_of_memory
from core.errors import Mem3DError


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "cuda:0 is out of memory; close"),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel errors …"), "cuda:0 is out of memory; close"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling x"), "cuda:0 is out of memory; close"),
        (MemoryError(), "cuda:0 is out of memory; close"),
        (
            RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later"),
            r"cuda:0 has failed \(CUDA error: unspecified launch failure\); start the program again, or choose .* cpu",
        ),
        (RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"), "cuda:0 has failed .cuDNN error"),
    ],
)
def test_a_device_that_fails_is_one_line(error, told):
    with pytest.raises(Mem3DError, match=told) as caught, told_when_out_of_memory("cuda:0"):
        raise error
    assert "\n" not in str(caught.value)


def test_any_other_error_stays_what_it_is():
    with pytest.raises(RuntimeError, match="at odds"), told_when_out_of_memory("cuda:0"):
        raise RuntimeError("the tensors are at odds")
