import faulthandler
import logging
import sys
import threading

from mem3d_viewer.base.diagnostics import exceptions_to, log_to


def test_the_log_holds_what_is_logged_and_ends_with_the_block(tmp_path):
    file = tmp_path / "logs" / "viewer.log"
    with log_to(file) as kept:
        assert kept == file
        logging.getLogger("anything").warning("something happened")
        assert faulthandler.is_enabled()
    logging.getLogger("anything").warning("not any more")
    text = file.read_text()
    assert "something happened" in text
    assert "not any more" not in text


def test_a_large_log_begins_anew(tmp_path):
    file = tmp_path / "viewer.log"
    file.write_bytes(b"x" * 2_000_000)
    with log_to(file):
        logging.getLogger("anything").warning("fresh")
    assert file.stat().st_size < 1000
    assert (tmp_path / "viewer.old.log").stat().st_size == 2_000_000


def test_no_log_is_no_reason_not_to_start(tmp_path):
    (tmp_path / "file").touch()
    with log_to(tmp_path / "file" / "viewer.log") as kept:
        assert kept is None
    with log_to(None) as kept:
        assert kept is None


def test_exceptions_from_anywhere_are_reported():
    seen = []
    before = sys.excepthook, threading.excepthook
    error = ValueError("in a slot")
    with exceptions_to(seen.append):
        sys.excepthook(ValueError, error, None)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    assert seen[0] is error
    assert isinstance(seen[1], ZeroDivisionError)
    assert (sys.excepthook, threading.excepthook) == before
