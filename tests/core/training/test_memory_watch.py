"""Reports on the memory, on slots written by hand."""

from core.network.shape_memory import ShapeMemory, ShapeSource
from core.training.memory_watch import MemoryWatch


def source(category, name, view=0):
    return ShapeSource("boxes", name, view, category)


def test_a_report_counts_categories_and_names_what_was_overwritten():
    memory = ShapeMemory(4, 2)
    watch = MemoryWatch(memory)
    memory.set_sources([source("lamp", "l1"), source("table", "t1"), source("lamp", "l2"), None])
    first = watch.report(3)
    assert (first.step, first.slots, first.occupied) == (3, 4, 3)
    assert list(first.categories.items()) == [("lamp", 2), ("table", 1)]
    assert (first.overwritten, first.overwritten_total) == ([], 0)
    memory.set_sources([source("lamp", "l1"), source("chair", "c1"), source("lamp", "l2"), source("lamp", "l3")])
    second = watch.report(6)
    assert second.occupied == 4
    assert (second.overwritten, second.overwritten_total) == ([(1, "table t1", "chair c1")], 1)
    assert watch.report(9).overwritten == []


def test_at_most_200_overwritten_slots_are_listed():
    memory = ShapeMemory(300, 2)
    memory.set_sources([source("lamp", f"old{slot}") for slot in range(300)])
    watch = MemoryWatch(memory)
    memory.set_sources([source("lamp", f"new{slot}") for slot in range(300)])
    report = watch.report(1)
    assert (len(report.overwritten), report.overwritten_total) == (200, 300)
    assert report.overwritten[199] == (199, "lamp old199", "lamp new199")


def test_a_watch_goes_on_from_what_had_changed():
    memory = ShapeMemory(2, 2)
    memory.set_sources([source("lamp", "l1"), None])
    watch = MemoryWatch(memory)
    memory.set_sources([source("table", "t1"), source("table", "t2")])
    assert watch.changed == {0: source("lamp", "l1"), 1: None}
    assert MemoryWatch(memory, watch.changed).report(5) == watch.report(5)


def test_a_slot_whose_new_shape_is_of_unknown_origin_is_named_so():
    memory = ShapeMemory(2, 1)
    memory.set_sources([source("lamp", "l1"), None])
    watch = MemoryWatch(memory)
    memory.set_sources([None, None])
    assert watch.report(4).overwritten == [(0, "lamp l1", "unknown")]
