import numpy as np
import pytest

from core.memory.teaching import Lesson, Sample


def slab(height):
    grid = np.zeros((32, 32, 32), bool)
    grid[:, :height] = True
    return grid


def sample(name, feature, height):
    return Sample(name, np.zeros((4, 4, 3), np.uint8), np.array(feature, np.float32), slab(height))


@pytest.fixture
def lesson():
    return Lesson(2, 2, beta=0.5, value_similarity="iou", delta=0.6)


def test_the_first_write_takes_an_empty_slot(lesson):
    step = lesson.write(sample("a", [3, 0], 8))
    assert (step.nearest, step.slot, step.new, step.turned) == (None, 0, True, 0)
    assert [state.voxels is None for state in step.before] == [True, True]
    assert [(state.name, state.age) for state in step.after] == [("a", 0), ("", 0)]
    assert step.read == ((0, pytest.approx(1)),)


def test_a_known_shape_turns_the_key_half_way(lesson):
    lesson.write(sample("a", [1, 0], 8))
    step = lesson.write(sample("b", [0.6, 0.8], 10))  # 53.13 degrees away; IoU 8 / 10
    assert (step.nearest, step.slot, step.new) == (0, 0, False)
    assert step.before[0].similarity == pytest.approx(0.6)
    assert step.value_similarity == pytest.approx(0.8)
    assert step.turned == pytest.approx(53.13 / 2, abs=0.01)
    assert step.after[0].similarity == pytest.approx(np.cos(np.radians(53.13 / 2)), abs=1e-4)
    np.testing.assert_array_equal(step.after[0].voxels, slab(8))  # the value stays
    assert step.after[0].name == "a"


def test_a_new_shape_takes_the_oldest_slot_and_the_others_age(lesson):
    lesson.write(sample("a", [1, 0], 8))
    lesson.write(sample("b", [0, 1], 32))
    step = lesson.write(sample("c", [0.1, 1], 2))  # nearest is b, whose IoU is 2 / 32
    assert (step.nearest, step.slot, step.new) == (1, 0, True)
    assert step.value_similarity == pytest.approx(2 / 32)
    assert [(state.name, state.age) for state in step.before] == [("a", 1), ("b", 0)]
    assert [(state.name, state.age) for state in step.after] == [("c", 0), ("b", 1)]
    assert [slot for slot, _ in step.read] == [0, 1]
    assert step.turned == pytest.approx(np.degrees(np.arctan2(1, 0.1)), abs=0.01)


def test_back_takes_the_last_write_back(lesson):
    first = lesson.write(sample("a", [1, 0], 8))
    second = lesson.write(sample("b", [0, 1], 30))
    lesson.back()
    assert lesson.steps == [first]
    again = lesson.write(sample("b", [0, 1], 30))
    assert [state.age for state in again.after] == [state.age for state in second.after] == [1, 0]
    for _ in range(5):
        lesson.back()
    assert lesson.steps == []


def test_a_zero_feature_is_not_written(lesson):
    step = lesson.write(sample("nothing", [0, 0], 8))
    assert (step.slot, step.new, step.read) == (None, False, ())
    assert all(state.voxels is None for state in step.after)
