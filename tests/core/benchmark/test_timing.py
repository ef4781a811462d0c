import pytest

from core.benchmark.timing import compared, in_turn


def test_works_are_done_in_turn_and_the_first_round_does_not_count(monkeypatch):
    done, clock = [], [0.0]
    cost = {"a": iter([9.0, 1.0, 3.0, 2.0]), "b": iter([9.0, 4.0, 4.0, 4.0])}

    def work(name):
        def do():
            done.append(name)
            clock[0] += next(cost[name])

        return do

    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    found = in_turn({"a": work("a"), "b": work("b")}, 3)
    assert done == ["a", "b"] * 4
    assert found == {"a": 2000.0, "b": 4000.0}


def test_a_row_tells_what_it_is_compared_with(monkeypatch):
    monkeypatch.setattr("core.benchmark.timing.in_turn", lambda works, rounds, wait: {"a": 2.0, "b": 4.0, "c": 12.0})
    rows = compared({}, {"c": "b"}, 1)
    assert [(row.name, row.ratio, row.of) for row in rows] == [
        ("a", None, ""),
        ("b", pytest.approx(2.0), "a"),
        ("c", pytest.approx(3.0), "b"),
    ]
