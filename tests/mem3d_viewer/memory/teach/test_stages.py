"""The lesson says what the memory really did."""

import numpy as np
import pytest

from core.memory.teaching import Lesson, Sample
from mem3d_viewer.memory.teach.stages import STAGES, explanation


def sample(name, degrees, height):
    grid = np.zeros((32, 32, 32), bool)
    grid[:, :height] = True
    angle = np.radians(degrees)
    return Sample(name, np.zeros((4, 4, 3), np.uint8), np.array([np.cos(angle), np.sin(angle)], np.float32), grid)


def told(step, lesson):
    return [
        explanation(step, stage, delta=lesson.delta, beta=lesson.beta, kind=lesson.kind) for stage in range(len(STAGES))
    ]


@pytest.fixture
def lesson():
    return Lesson(2, 2, beta=0.9, value_similarity="iou", delta=0.6)


def test_the_first_write(lesson):
    similar, rule, change, read = told(lesson.write(sample("a", 0, 8)), lesson)
    assert "nothing to compare with" in similar
    assert "Rule 2" in rule
    assert "was empty" in change
    assert "slot 0 (1.000)" in read


def test_a_known_shape(lesson):
    lesson.write(sample("a", 0, 8))
    similar, rule, change, read = told(lesson.write(sample("b", 60, 10)), lesson)
    assert "slot 0, n1, with S_k = 0.500" in similar
    assert "is 0.800" in rule
    assert "rule 1 fires" in rule
    assert "turns by 30.0°" in change
    assert "from 0.500 to 0.866" in change
    assert "“a”" in change
    assert "No slot is more similar than beta = 0.90" in read


def test_a_new_shape_forgets_the_oldest(lesson):
    for step in (sample("a", 0, 8), sample("b", 90, 32)):
        lesson.write(step)
    _, rule, change, read = told(lesson.write(sample("c", 90, 2)), lesson)
    assert "rule 2 fires" in rule
    assert "the oldest, with age 1" in rule
    assert "forgets “a”" in change
    assert "turns by 90.0°" in change
    assert "2 slots are more similar" in read


def test_a_zero_feature(lesson):
    nothing = Sample("n", np.zeros((4, 4, 3), np.uint8), np.zeros(2, np.float32), np.ones((32, 32, 32), bool))
    assert all("never written" in words for words in told(lesson.write(nothing), lesson))
