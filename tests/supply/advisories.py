"""Whether something that is installed for the project has a known advisory, where a list of them is at hand.

    python tests/supply/advisories.py --list FOLDER    # a copy of github.com/pypa/advisory-database, or OSV's files

Without a list it asks pip-audit if that is installed, and says so where neither can answer. Exit code 1 if there is an
advisory that was not accepted by ``--accept ID``.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

from packages import installed, requirements
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True)
class Advisory:
    """An advisory that an installed version is affected by."""

    package: str
    version: str
    ids: tuple[str, ...]
    """Its name, and the others it goes by, such as a CVE's number."""
    fixed: str
    """The releases that are not affected, if it names any."""


def records(folder: Path) -> Iterator[dict]:
    """The advisories in a folder, in the format of osv.dev: every JSON file, and every YAML file where it can be read.

    Raises:
        ValueError: it holds none, or one of them cannot be read.
    """
    found = False
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".json", ".yaml", ".yml"):
            record = _parsed(path)
            if isinstance(record, dict) and "affected" in record:
                found = True
                yield record
    if not found:
        raise ValueError(f"{folder}: no advisories in it; give a copy of github.com/pypa/advisory-database")


def _parsed(path: Path) -> object:
    try:
        if path.suffix == ".json":
            return json.loads(path.read_text())
        import yaml

        return yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except ImportError:
        raise ValueError(f"{path}: reading YAML needs the package PyYAML") from None
    except Exception as error:
        raise ValueError(f"{path}: cannot be read: {' '.join(str(error).split())[:150]}") from None


def affecting(advisories: Iterable[dict], packages: Iterable[Distribution]) -> list[Advisory]:
    """Those of the advisories that hold for an installed version, and were not withdrawn."""
    versions = {canonicalize_name(package.name): package.version for package in packages}
    found = []
    for record in advisories:
        for affected in () if record.get("withdrawn") else record["affected"]:
            about = affected.get("package", {})
            name = canonicalize_name(about.get("name", ""))
            if about.get("ecosystem") == "PyPI" and name in versions and _holds(affected, versions[name]):
                events = [event for span in affected.get("ranges", ()) for event in span["events"]]
                fixed = ", ".join(event["fixed"] for event in events if "fixed" in event and _version(event["fixed"]))
                ids = tuple(dict.fromkeys((record["id"], *record.get("aliases", ()))))
                found.append(Advisory(name, versions[name], ids, fixed))
    return found


def _holds(affected: dict, version: str) -> bool:
    """Whether a version is listed, or lies in a span from an introduction to a fix; commits of git are left out."""
    if version in affected.get("versions", ()):
        return True
    spans = [span["events"] for span in affected.get("ranges", ()) if span.get("type") != "GIT"]
    return any(_inside(events, Version(version)) for events in spans)


def _inside(events: list[dict[str, str]], version: Version) -> bool:
    """The last event at or below the version decides; ``last_affected`` itself is still affected."""
    inside = False
    for kind, text in sorted((pair for event in events for pair in event.items()), key=lambda pair: _order(pair[1])):
        at = _order(text)
        if kind == "introduced" and at <= version:
            inside = True
        elif (kind == "fixed" and at <= version) or (kind == "last_affected" and at < version):
            inside = False
    return inside


def _order(text: str) -> Version:
    return Version("0.dev0") if text == "0" else _version(text) or Version("0.dev0")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:  # a commit, among the events of git
        return None


def asked_of_pip_audit() -> list[Advisory] | None:
    """What pip-audit says of this environment; None if it is not installed or gets no answer."""
    if importlib.util.find_spec("pip_audit") is None:
        return None
    command = [sys.executable, "-m", "pip_audit", "--local", "--format=json", "--progress-spinner=off"]
    return from_pip_audit(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def from_pip_audit(answer: str) -> list[Advisory] | None:
    """The advisories in an answer of pip-audit; None if it is none, as without a network.

    A package index that knows of no advisories makes it skip every package, and find nothing.
    """
    try:
        dependencies = json.loads(answer)["dependencies"]
    except ValueError:
        return None
    skipped = [dependency["name"] for dependency in dependencies if "skip_reason" in dependency]
    if len(skipped) == len(dependencies):
        return None
    if skipped:
        print(f"advisories: pip-audit could not look at {', '.join(skipped)}")
    return [
        Advisory(
            dependency["name"],
            dependency["version"],
            (found["id"], *found.get("aliases", ())),
            ", ".join(found.get("fix_versions", ())),
        )
        for dependency in dependencies
        for found in dependency.get("vulns", ())
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", type=Path, metavar="FOLDER", help="advisories in OSV's format, as JSON or YAML")
    parser.add_argument(
        "--accept", action="append", default=[], metavar="ID", help="one that is known and does no harm"
    )
    options = parser.parse_args(arguments)
    packages = installed(requirements("test"))
    try:
        found = affecting(records(options.list), packages) if options.list else asked_of_pip_audit()
    except ValueError as error:
        print(f"advisories: {error}")
        return 2
    if found is None:
        print("advisories: not looked at, as no list is at hand: make test ADVISORIES=FOLDER, or pip install pip-audit")
        return 0
    refused = [advisory for advisory in found if not {*advisory.ids} & {*options.accept}]
    for advisory in refused:
        remedy = f"fixed in {advisory.fixed}" if advisory.fixed else "no fix is known"
        print(f"advisories: {advisory.package} {advisory.version}: {' '.join(advisory.ids)}; {remedy}")
    print(f"advisories: {len(packages)} packages, {len(refused)} advisories, {len(found) - len(refused)} accepted")
    return int(bool(refused))


if __name__ == "__main__":
    raise SystemExit(main())
