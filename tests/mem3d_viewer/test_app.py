"""The command ``mem3d-viewer``, as a process of its own."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from mem3d_viewer.app import main


def run(*arguments, display=True, **environment):
    variables = {**os.environ, "PYTHONWARNINGS": "ignore", **environment}
    if not display:
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            variables.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "mem3d_viewer", *map(str, arguments)],
        capture_output=True, text=True, env=variables, timeout=200, check=False,
    )  # fmt: skip


@pytest.mark.gui
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshot_shows_the_window_and_ends(tmp_path, picture, checkpoint, theme):
    file = tmp_path / "window.png"
    arguments = (picture, "--checkpoint", checkpoint, "--size", "1000x640", "--theme", theme, "--screenshot", file)
    config = tmp_path / "config"
    done = run(*arguments, XDG_CONFIG_HOME=str(config))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(file) as image:
        assert image.size == (1000, 640)
        corner = sum(image.convert("RGB").getpixel((900, 4)))
        assert (corner < 200) == (theme == "dark")
        middle = image.convert("RGB").crop((350, 150, 550, 450))
        assert len(middle.getcolors(1 << 17)) > 20  # something is drawn in 3D
    assert not (config / "mem3d-viewer").exists()


@pytest.mark.gui
def test_a_scene_by_its_name_on_a_picture_of_ones_own(tmp_path, picture, checkpoint):
    file = tmp_path / "beta.webp"
    done = run(picture, "--checkpoint", checkpoint, "--size", "1000x640", "--scene", "beta", "--screenshot", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(file) as image:
        assert image.format == "WEBP"
        assert image.width < 500


@pytest.mark.gui
def test_a_photo_is_cut_out_at_once(tmp_path, checkpoint):
    """The picture of the window has the editor's wide canvas, half of it faded to a checkerboard."""
    pixels = np.full((60, 80, 3), 200, np.uint8)
    pixels[15:45, 20:60] = (200, 30, 30)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    found = []
    for words in ((), ("--cut-out",)):
        file = tmp_path / "window.png"
        arguments = (tmp_path / "photo.png", "--checkpoint", checkpoint, "--size", "1000x640", "--screenshot", file)
        done = run(*arguments, *words)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        with Image.open(file) as image:
            found.append((np.asarray(image.convert("RGB")) == (200, 30, 30)).all(axis=2).sum())
    assert found[1] > 3 * found[0] > 0


@pytest.mark.gui
def test_a_training_can_begin_after_the_first_drawing_in_3d(tmp_path, picture, checkpoint):
    """Its compiler brings an LLVM of its own, and so do Mesa's drivers; loaded in the wrong order they crash."""
    arguments = [str(picture), "--checkpoint", str(checkpoint), "--screenshot", str(tmp_path / "window.png")]
    code = f"from mem3d_viewer.app import main; assert main({arguments!r}) == 0; import torch._dynamo"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, timeout=200, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.gui
def test_a_foreign_checkpoint_ends_with_one_line(tmp_path, picture):
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"nothing of ours" * 100)
    for more in ((), ("--screenshot", tmp_path / "out.png")):
        done = run(picture, "--checkpoint", foreign, *more, XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "foreign.safetensors" in done.stderr
    assert not (tmp_path / "out.png").exists()


def refused(capsys, *arguments):
    """One line on standard error, exit code 2; found out before Qt is needed."""
    assert main([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("mem3d-viewer: ")
    return err


def test_bad_pictures(capsys, tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    assert "text.png" in refused(capsys, tmp_path / "text.png")
    assert "missing.png" in refused(capsys, tmp_path / "missing.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "tiny.png")
    assert "tiny.png" in refused(capsys, tmp_path / "tiny.png", "--screenshot", tmp_path / "out.png")


@pytest.mark.parametrize("size", ["big", "10x10", "1280", "1280x", "99999x99999", "-5x700"])
def test_bad_sizes(capsys, size):
    assert "1280x800" in refused(capsys, f"--size={size}")


def test_bad_arguments(capsys, tmp_path, picture):
    assert "--theme" in refused(capsys, "--theme", "pink")
    assert "--nonsense" in refused(capsys, "--nonsense")
    assert "missing.safetensors" in refused(capsys, "--checkpoint", tmp_path / "missing.safetensors")
    assert "nowhere" in refused(capsys, picture, "--screenshot", tmp_path / "nowhere" / "out.png")
    assert ".png" in refused(capsys, picture, "--screenshot", tmp_path / "out.tiff")
    assert "--screenshot" in refused(capsys, "--scene", "muted")
    assert "nothing-like-it" in refused(capsys, "--scene", "nothing-like-it", "--screenshot", tmp_path / "out.png")
    (tmp_path / "folder.png").mkdir()
    assert "cannot be written" in refused(capsys, picture, "--screenshot", tmp_path / "folder.png")


def test_without_a_display_it_says_so(picture):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells by the environment whether there is a display")
    done = run(picture, display=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no display" in done.stderr


def test_the_window_does_not_import_what_only_meshes_and_analyses_need():
    code = (
        "import sys, mem3d_viewer.main_window\n"
        "late = {'trimesh', 'networkx', 'scipy.spatial', 'scipy.sparse', 'scipy.ndimage', 'sklearn', 'timm'}\n"
        "assert not late & set(sys.modules), late & set(sys.modules)"
    )
    environment = {**os.environ, "QT_API": "pyside6"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr


def test_help_needs_neither_torch_nor_qt_nor_a_display():
    code = (
        "import sys; from mem3d_viewer.app import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'torch', 'PySide6', 'vtkmodules', 'numpy'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("IMAGE", "--checkpoint", "--size", "--theme", "--screenshot", "--scene"):
        assert words in done.stdout
