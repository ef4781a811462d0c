"""The published table against sums that can be checked elsewhere."""

import pytest

from core.data.categories import CATEGORIES
from core.evaluation.published import MEANS, METHODS, TEST_OBJECTS, is_comparable


@pytest.mark.parametrize(
    ("name", "printed", "macro", "weighted"),
    [
        ("Mem3D", 0.729, 0.729, 0.739),
        ("CPG3D", 0.743, 0.743, 0.752),
        ("Pix2Vox++", 0.670, 0.663, 0.670),
        ("Pix2Vox-A", 0.661, 0.654, 0.661),
        ("Pix2Vox-F", 0.634, 0.627, 0.634),
        ("3D-R2N2", 0.560, 0.560, 0.569),
    ],
)
def test_averages_of_the_categories(name, printed, macro, weighted):
    (method,) = [method for method in METHODS if method.name == name]
    assert (method.printed, round(method.macro, 3), round(method.weighted, 3)) == (printed, macro, weighted)
    assert tuple(method.iou) == CATEGORIES


def test_one_test_split():
    assert sum(TEST_OBJECTS.values()) == 8770
    assert tuple(TEST_OBJECTS) == CATEGORIES


def test_every_figure_has_a_source():
    assert all(entry.source for entry in (*METHODS, *MEANS))
    # Two independent sources agree on the methods they share.
    iou = {mean.name: mean.iou for mean in MEANS}
    assert [iou[name] for name in ("3D-R2N2", "Pix2Vox++")] == [
        method.printed for method in sorted(METHODS, key=lambda m: m.name) if method.name in iou
    ]


def test_only_what_was_measured_as_published_is_comparable(published_like):
    assert is_comparable(published_like())
    assert not is_comparable(published_like(), occlusion=0.4)
    assert not is_comparable(published_like(protocol="own"))
    assert not is_comparable(published_like(split="all"))
    assert not is_comparable(published_like(views=(0, 1)))
    assert not is_comparable(published_like(views=(3,)))
    assert not is_comparable(published_like({**TEST_OBJECTS, "car": 1500}))
