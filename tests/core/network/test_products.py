"""Products with a large matrix in groups of rows are those of the whole, and so are their gradients."""

import pytest
import torch

from core.network import products as module
from core.network.products import products


@pytest.mark.parametrize("rows", [1, 3, 4, 5, 8, 11])
@pytest.mark.parametrize("vectors", [1, 2])
def test_groups_of_rows_give_what_the_whole_does(rows, vectors, monkeypatch):
    monkeypatch.setattr(module, "_LARGE", 1)
    generator = torch.Generator().manual_seed(rows)
    matrix = torch.randn(rows, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    few = torch.randn(vectors, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(vectors, rows, generator=generator, dtype=torch.float64)
    expected = (few[:, None] * matrix[None]).sum(dim=2)
    made = products(few, matrix)
    torch.testing.assert_close(made, expected)
    for one in (few, matrix):
        (gradient,) = torch.autograd.grad((made * weights).sum(), one, retain_graph=True)
        (wanted,) = torch.autograd.grad((expected * weights).sum(), one, retain_graph=True)
        torch.testing.assert_close(gradient, wanted)


def test_a_large_matrix_is_taken_in_groups_and_a_small_one_whole(monkeypatch):
    taken = []
    real = torch.bmm
    monkeypatch.setattr(torch, "bmm", lambda *given: taken.append(len(given[0])) or real(*given))
    small, large = torch.rand(8, 4), torch.rand(1 << 10, 1 << 8)
    torch.testing.assert_close(products(torch.ones(1, 4), small), small.sum(dim=1)[None])
    assert taken == []
    torch.testing.assert_close(products(torch.ones(1, 1 << 8), large), large.sum(dim=1)[None])
    assert taken == [4]
