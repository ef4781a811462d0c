"""Checkpoints and devices."""

import pytest
import viewer_support
from PySide6.QtWidgets import QFileDialog

pytestmark = pytest.mark.gui


def test_open_checkpoint_by_menu(window, tmp_path, picture, wait_idle, monkeypatch):
    other = viewer_support.make_checkpoint(tmp_path / "other.safetensors", picture, beta=0.9, seed=5)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(other), ""))
    before = window.reconstruct.session.answer
    window.actions_["open_checkpoint"].trigger()
    wait_idle(window)
    after = window.reconstruct.session.answer
    assert after.model.path == other
    assert after.picture is before.picture
    assert after.reconstruction.beta == pytest.approx(0.9)
    assert window.status.model.text() == "other.safetensors"


def test_the_built_in_model(window, tmp_path, picture, wait_idle, monkeypatch):
    embedded = viewer_support.make_checkpoint(tmp_path / "embedded.safetensors", picture, seed=6)
    monkeypatch.setattr("mem3d_viewer.reconstruct.opening.asset", lambda name: embedded)
    window.actions_["builtin_model"].trigger()
    wait_idle(window)
    assert window.reconstruct.session.answer.model.path == embedded


def test_devices_are_listed_and_chosen(window, wait_idle, monkeypatch):
    window.menus.device.aboutToShow.emit()
    names = [action.text() for action in window.menus.device.actions()]
    assert "cpu" in names
    cpu = window.menus.device.actions()[names.index("cpu")]
    assert cpu.isChecked()
    asked = []
    monkeypatch.setattr(window.reconstruct.controller, "_want", lambda **changes: asked.append(changes))
    window.reconstruct.controller.set_device("cpu")
    window.reconstruct.controller.set_device("cuda:1")
    assert [changes["model"].device for changes in asked] == ["cuda:1"]


def test_a_device_that_is_not_there_is_refused(window, problem):
    before = window.reconstruct.session.answer
    window.reconstruct.controller.set_device("cuda:77")
    assert "cuda:77" in problem(window)
    assert window.reconstruct.session.answer is before


def test_the_status_bar_tells_device_model_beta_and_seconds(window):
    status = window.status
    assert status.device.text() == "cpu"
    assert status.model.text() == "small.safetensors"
    assert status.beta.text() == "β 0.50"
    assert float(status.seconds.text().removesuffix(" s")) >= 0
    assert "shape encoder" in status.seconds.toolTip()


def test_the_gui_thread_stays_free_while_the_network_works(window, wait_idle, monkeypatch):
    """While a slow encoder runs, the window still answers; and it runs on another thread."""
    import threading

    kind = type(window.reconstruct.session.answer.model)
    encode, go_on, threads = kind.encode, threading.Event(), []

    def slow(self, picture):
        threads.append(threading.current_thread())
        assert go_on.wait(30)
        return encode(self, picture)

    monkeypatch.setattr(kind, "encode", slow)
    window.reconstruct.controller.open_picture(window.reconstruct.session.answer.picture.path)
    assert window.reconstruct.controller.working
    assert "Reconstructing" in window.status.activity.text()
    window.reconstruct.session.set_display(colouring="height")  # answered at once
    assert window.reconstruct.view._legend.isVisible()
    go_on.set()
    wait_idle(window)
    assert threads
    assert threading.main_thread() not in threads
    assert window.status.activity.text() == "Ready"
