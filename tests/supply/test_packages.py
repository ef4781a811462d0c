"""The project's requirements are all found installed, and each has a lower bound."""

import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from bounds import oldest
from packages import installed, requirements
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = """
[project]
dependencies = ["torch>=2.5,<3", "numpy>=2.0; python_version < '3'", "Pillow>=11.1; python_version > '3'"]
[project.optional-dependencies]
test = ["pytest>=8.3"]
"""


def test_requirements_are_those_that_hold_here(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(PROJECT)
    assert oldest(requirements(project=project)) == {"torch": "2.5", "Pillow": "11.1"}
    assert oldest(requirements("test", project=project)) == {"torch": "2.5", "Pillow": "11.1", "pytest": "8.3"}


def test_a_requirement_without_a_lower_bound_is_refused():
    with pytest.raises(ValueError, match="write numpy>=VERSION"):
        oldest([Requirement("numpy<3")])


def test_what_is_installed_is_not_older_than_what_this_project_allows():
    for name, version in oldest(requirements("test")).items():
        assert Version(metadata.version(name)) >= Version(version), name


def test_packages_are_found_through_others_and_with_the_extras_that_are_asked_for(package):
    package("made_up_a", "1.0", "Requires-Dist: made-up-b", "Requires-Dist: made-up-c; python_version < '3'")
    package("made_up_b", "1.0", "Requires-Dist: made-up-d; extra == 'more'", "Requires-Dist: made-up-a")
    package("made_up_d")

    def names(text):
        return [found.name for found in installed([Requirement(text)])]

    assert names("Made-Up.A") == ["made_up_a", "made_up_b"]
    assert names("made_up_b[more]") == ["made_up_a", "made_up_b", "made_up_d"]
    with pytest.raises(metadata.PackageNotFoundError, match="made-up-e"):
        names("made-up-e")


def test_the_job_of_either_end_says_how_it_is_called():
    script = Path(__file__).resolve().parents[2] / ".ci" / "versions.sh"
    done = subprocess.run([script, "middle"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: .ci/versions.sh oldest|newest")
