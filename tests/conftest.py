"""What every test gets: no trace in the user's folders, no thread left behind, a small share of the machine."""

import os
import threading
import time
from pathlib import Path

import pytest

# Read when NumPy, torch and Qt are first imported, hence here and not in a fixture.
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny networks: a second thread only waits, on a busy machine for long
os.environ.setdefault("QT_API", "pyside6")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Genuine R2N2, Pix3D, mesh and photo samples beside the repository; skips where they are absent."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no folder ../shared/data with genuine samples beside the repository")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory):
    """Settings and caches go to a temporary home; once a session, as Qt looks its folders up only once."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "CACHE", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """No test sees a data set that another one, or the user, has built."""
    monkeypatch.setenv("MEM3D_CACHE", str(tmp_path / "user_cache"))


@pytest.fixture(autouse=True)
def _no_thread_left(request):
    """A Python thread that outlives its test fails it: it would disturb the next one or hang at exit."""
    before = set(threading.enumerate())
    # A window that the tests of a module share starts its threads when they are needed; it is asked when it closes.
    # Where a module makes its own fixture of it, older versions of pytest do not list what that is made of.
    shared = {"window", "_shared"} & set(request.fixturenames)
    kept = "mem3d-" if shared else "no thread has this name"
    yield
    deadline = time.monotonic() + 2.0
    while left := [t for t in threading.enumerate() if t not in before and _is_ours(t) and not t.name.startswith(kept)]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {', '.join(t.name for t in left)}")
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _nothing_of_a_window_left(request):
    """A timer, a job or a VTK window that outlives its test fails it; only tests of Qt are looked at."""
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    from leftovers import left_behind, living

    before = living()
    yield
    # The window that the tests of a module share goes on; what it leaves is looked at when it is closed.
    if "_shared" not in request.fixturenames and (left := left_behind(before)):
        pytest.fail(f"left behind: {', '.join(sorted(left))}")


def _is_ours(thread: threading.Thread) -> bool:
    """Leaves out tqdm's one watcher per process and the shadows Python keeps of threads made by others."""
    return type(thread).__name__ not in ("TMonitor", "_DummyThread")
