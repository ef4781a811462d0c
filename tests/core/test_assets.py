"""Assets are found beside the package in a checkout and inside it when installed."""

import pytest

from core import assets
from core.errors import Mem3DError


def test_a_checkout_uses_its_own_assets():
    folder = assets.asset("samples")
    assert folder.is_dir()
    assert folder.parent.name == "assets"
    assert (folder.parent.parent / "pyproject.toml").is_file()


def test_an_installed_package_uses_the_assets_inside_it(tmp_path, monkeypatch):
    (tmp_path / "core" / "assets").mkdir(parents=True)
    (tmp_path / "assets").mkdir()
    for folder in (tmp_path / "core" / "assets", tmp_path / "assets"):
        (folder / "thing").write_text("")
    monkeypatch.setattr(assets, "__file__", str(tmp_path / "core" / "assets.py"))
    assert assets.asset("thing") == tmp_path / "core" / "assets" / "thing"


def test_a_missing_asset_is_named():
    with pytest.raises(Mem3DError, match=r"no-such-asset.*install"):
        assets.asset("no-such-asset")


def test_samples_are_pictures_in_the_order_of_their_names(tmp_path, monkeypatch):
    samples = tmp_path / "core" / "assets" / "samples"
    samples.mkdir(parents=True)
    for name in ("b.png", "a.png", "readme.md"):
        (samples / name).write_text("")
    monkeypatch.setattr(assets, "__file__", str(tmp_path / "core" / "assets.py"))
    assert [path.name for path in assets.sample_images()] == ["a.png", "b.png"]


def test_what_is_an_asset(tmp_path):
    assert assets.is_asset(assets.asset("samples") / "new.png")
    assert not assets.is_asset(tmp_path / "assets" / "samples" / "a.png")
