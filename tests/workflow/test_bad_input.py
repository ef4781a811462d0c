"""Bad input: one clear error that names file and remedy, what was shown stays, the window stays of use."""

import struct
import zlib

import pytest
import viewer_support
from PIL import Image
from PySide6.QtGui import QGuiApplication

pytestmark = pytest.mark.gui


def huge_png(path):
    """A valid PNG header of 30 000 x 30 000 pixels and hardly any data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")))


def truncated_png(path):
    whole = viewer_support.make_picture(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


BAD_PICTURES = {
    "text.png": lambda path: path.write_text("no picture at all"),
    "tiny.png": lambda path: Image.new("RGB", (1, 1)).save(path),
    "huge.png": huge_png,
    "truncated.png": truncated_png,
    "empty.png": lambda path: path.write_bytes(b""),
    "missing.png": lambda path: None,
    "transparent.png": lambda path: Image.new("RGBA", (50, 50)).save(path),
    "folder": lambda path: path.mkdir(),
}

GOOD_PICTURES = {
    "cmyk.jpg": lambda path: Image.new("CMYK", (40, 40), (0, 100, 200, 10)).save(path),
    "deep.png": lambda path: Image.new("I;16", (40, 40), 30000).save(path),
    "palette.png": lambda path: Image.new("RGB", (40, 40), "teal").convert("P").save(path),
    "photo.webp": lambda path: Image.new("RGB", (80, 40), "olive").save(path),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_bad_picture_is_refused_and_changes_nothing(window, tmp_path, problem, name):
    BAD_PICTURES[name](tmp_path / name)
    before, title = window.reconstruct.session.answer, window.windowTitle()
    window.reconstruct.controller.open_picture(tmp_path / name)
    text = problem(window)
    assert name in text
    assert ":" in text
    assert "\n" not in text
    assert window.reconstruct.session.answer is before
    assert window.reconstruct.session.request == before.request
    assert window.windowTitle() == title
    assert not window.reconstruct.session.busy


@pytest.mark.parametrize("name", GOOD_PICTURES)
def test_an_unusual_picture_is_reconstructed(window, tmp_path, wait_idle, name):
    GOOD_PICTURES[name](tmp_path / name)
    window.reconstruct.controller.open_picture(tmp_path / name)
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path.name == name


def test_the_window_works_on_after_an_error(window, tmp_path, problem, wait_idle):
    window.reconstruct.controller.open_picture(tmp_path / "missing.png")
    problem(window)
    window.reconstruct.controller.open_picture(viewer_support.make_picture(tmp_path / "good.png"))
    wait_idle(window)
    assert window.reconstruct.session.answer.picture.path.name == "good.png"


BAD_CHECKPOINTS = {
    "text.safetensors": lambda path, good: path.write_text("no checkpoint"),
    "truncated.safetensors": lambda path, good: path.write_bytes(good.read_bytes()[:5000]),
    "missing.safetensors": lambda path, good: None,
}


@pytest.mark.parametrize("name", BAD_CHECKPOINTS)
def test_a_bad_checkpoint_is_refused_and_changes_nothing(window, tmp_path, checkpoint, problem, wait_idle, name):
    BAD_CHECKPOINTS[name](tmp_path / name, checkpoint)
    before = window.reconstruct.session.answer
    window.reconstruct.controller.open_checkpoint(tmp_path / name)
    assert name in problem(window)
    assert window.reconstruct.session.answer is before
    window.reconstruct.similarity.beta.changed.emit(0.6)
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.6)


def test_a_window_whose_first_checkpoint_is_bad_can_open_another(open_window, tmp_path, checkpoint, problem, wait_idle):
    bad = tmp_path / "bad.safetensors"
    bad.write_text("nothing")
    window = open_window(model=bad)
    assert "bad.safetensors" in problem(window)
    window.reconstruct.controller.open_checkpoint(checkpoint)
    wait_idle(window)
    assert window.reconstruct.session.answer.model.path == checkpoint


def test_repeats_are_merged_and_the_report_can_be_copied(window, tmp_path, qtbot):
    for _ in range(3):
        window.errors.report(ValueError("first"))
    window.errors.report(KeyError("second"))
    dialog = window.errors.dialog
    report = dialog.report
    assert report.count("ValueError: first") == 1
    assert "KeyError" in dialog.message.text()
    window.errors.report(ValueError("first"))
    assert "(4 times)" in dialog.message.text()
    copy = next(b for b in dialog.findChildren(type(dialog._details)) if "Copy" in b.text())
    copy.click()
    assert QGuiApplication.clipboard().text() == dialog.report
    assert "Python" in dialog.report
    assert "log file" in dialog.report


def test_an_unexpected_error_of_the_network_is_shown_and_survived(window, problem, wait_idle, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the tensors are at odds")

    before = window.reconstruct.session.answer
    with monkeypatch.context() as patch:
        patch.setattr(type(before.model), "decode", broken)
        window.reconstruct.similarity.beta.changed.emit(0.33)
        assert "the tensors are at odds" in problem(window)
    assert window.reconstruct.session.answer is before
    assert window.reconstruct.similarity.beta.value == pytest.approx(before.beta)
    window.reconstruct.similarity.beta.changed.emit(0.7)
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.7)
