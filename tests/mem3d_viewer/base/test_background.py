import subprocess
import sys
import threading

import pytest

from mem3d_viewer.base.background import Lane


@pytest.fixture
def lane(qapp):
    lane = Lane("test-lane")
    yield lane
    lane.close()


def record(job):
    seen = []
    for name in ("told", "succeeded", "failed"):
        getattr(job, name).connect(lambda value, name=name: seen.append((name, value)))
    job.finished.connect(lambda: seen.append(("finished", None)))
    return seen


def test_result_and_events_arrive_on_the_gui_thread_in_order(lane, qtbot):
    threads = []

    def work(job):
        job.report("half")
        threads.append(threading.current_thread())
        return 42

    job = lane.submit(work)
    seen = record(job)
    job.succeeded.connect(lambda _: threads.append(threading.current_thread()))
    qtbot.waitUntil(lambda: ("finished", None) in seen)
    assert seen == [("told", "half"), ("succeeded", 42), ("finished", None)]
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_any_exception_is_handed_over(lane, qtbot):
    error = RuntimeError("torch raises these")

    def work(job):
        raise error

    seen = record(lane.submit(work))
    qtbot.waitUntil(lambda: ("finished", None) in seen)
    assert seen == [("failed", error), ("finished", None)]


def test_a_cancelled_job_only_finishes(lane, qtbot):
    go_on = threading.Event()

    def work(job):
        go_on.wait(10)
        job.report("late")
        return job.cancelled

    job = lane.submit(work)
    seen = record(job)
    job.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("finished", None)]


def test_jobs_run_one_after_the_other_in_order(lane, qtbot):
    order, running = [], []

    def work(number):
        def run(job):
            running.append(number)
            assert len(running) == 1
            order.append(number)
            running.remove(number)

        return run

    jobs = [lane.submit(work(number)) for number in range(20)]
    done = []
    for job in jobs:
        job.finished.connect(lambda: done.append(1))
    qtbot.waitUntil(lambda: len(done) == 20)
    assert order == list(range(20))
    assert not lane.busy


def test_closing_waits_for_the_running_job_and_drops_the_rest(lane):
    started, ended, never = threading.Event(), threading.Event(), []

    def slow(job):
        started.set()
        threading.Event().wait(0.1)
        ended.set()

    lane.submit(slow)
    lane.submit(lambda job: never.append(1))
    started.wait(10)
    lane.close()
    assert ended.is_set()
    assert never == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-lane")]


_FREED = """
import gc, time
from PySide6.QtCore import QCoreApplication
from mem3d_viewer.base.background import Lane

app = QCoreApplication([])
for _ in range(100):
    lane = Lane("freed")
    jobs = [lane.submit(lambda job: 1) for _ in range(3)]
    time.sleep(0.002)
    lane.close()
    del lane  # what its jobs have to say has not been delivered yet
    gc.collect()
    app.processEvents()
    del jobs
    gc.collect()
    app.processEvents()
"""


def test_a_lane_that_nobody_owns_may_be_freed_before_its_jobs_are_delivered():
    """In a process of its own: where this goes wrong, Qt ends the process."""
    done = subprocess.run([sys.executable, "-c", _FREED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
