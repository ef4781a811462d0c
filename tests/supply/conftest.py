"""Packages that are there for a test alone."""

import pytest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package of a name and version with lines of metadata, as far as its metadata goes."""
    place = tmp_path / "site-packages"
    place.mkdir()
    monkeypatch.syspath_prepend(place)

    def install(name, version="1.0", *lines):
        folder = place / f"{name}-{version}.dist-info"
        folder.mkdir()
        head = ("Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}")
        (folder / "METADATA").write_text("\n".join((*head, *lines)) + "\n")

    return install
